"""Somebody who tries everything finds nothing that fails; the long form is ``tests.ui.monkey``."""

import pytest
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QApplication

from mnist_studio.data.errors import DataError

from .monkey import Monkey


@pytest.fixture
def window(open_window, monkeypatch):
    def no_network(*_arguments):
        raise DataError("There is no network.")

    monkeypatch.setattr("mnist_studio.data.download.download", no_network)
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda _url: True)
    return open_window()


def test_pressing_everything_and_then_anything_ends_in_no_error(qtbot, window):
    monkey = Monkey(window, seed=1)
    for command in (monkey.walk, lambda: monkey.play(300), monkey.walk):
        command()
        qtbot.waitUntil(lambda: monkey.done)
    missed = monkey.never_reached()
    monkey.stop()
    window.studio.session.stop()
    window.studio.sweeps.cancel_all()
    qtbot.waitUntil(lambda: QApplication.activeModalWidget() is None)
    # What is there from the beginning, whatever a run does, was reached, in every section, too.
    window_wide = ("trainButton", "stepButton", "saveButton", "labNoteBatchSize", "newSweep")
    sections = ("unitOrderButton", "contrastButton", "projectionLayerButton")
    for name in window_wide + sections:
        assert not any(each.endswith(f" {name}") for each in missed), missed

"""What is around the window."""

import sys

import pytest
from PySide6.QtWidgets import QWidget

from mnist_studio.ui.widgets import fit_screen

from .. import first_paint
from ..polling import PATIENCE


@pytest.mark.parametrize(("wanted", "kept"), [((5000, 4000), False), ((300, 200), True)])
def test_the_first_window_is_no_larger_than_the_screen(qtbot, wanted, kept):
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(*wanted)
    fit_screen(window)
    available = window.screen().availableSize()
    assert window.width() <= available.width()
    assert window.height() < available.height()
    assert (window.size().toTuple() == wanted) is kept


ASKED_TO_END = """
import os, signal, sys
from PySide6.QtCore import QTimer
from mnist_studio.ui import app
class Window(app.MainWindow):
    def paintEvent(self, event):
        super().paintEvent(event)
        if self.pages:
            QTimer.singleShot(0, lambda: os.kill(os.getpid(), signal.SIGTERM))
app.MainWindow = Window
sys.exit(app.run_window())
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signal")
def test_a_window_that_is_asked_to_end_closes_and_remembers_its_settings(tmp_path):
    process = first_paint.start(ASKED_TO_END, tmp_path)
    process.communicate(timeout=PATIENCE)
    assert process.returncode == 0
    (remembered,) = tmp_path.rglob("settings.ini")
    assert "config=" in remembered.read_text("utf-8")
    assert list(tmp_path.rglob("mnist-studio.log"))

"""What lives as long as a window, for tests of its parts."""

import dataclasses

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication

from mnist_studio.data import loading
from mnist_studio.session.studio import Studio
from mnist_studio.ui import redraw_clock, theme

from .windows import open_main_window, show_widget


@pytest.fixture(autouse=True)
def _look_as_usual():
    """Undo a change of theme or scale, when there is no window any more to be made anew."""
    yield
    if QApplication.instance() and (theme.current(), theme.notifier().scale) != (theme.LIGHT, 1.0):
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        theme.choose("light", 1.0)


@pytest.fixture(autouse=True)
def _redrawn_soon(monkeypatch):
    """Redraw without the pauses that leave the processor to a training: tests wait for all."""
    monkeypatch.setattr(redraw_clock, "_SHORTEST", 5)
    monkeypatch.setattr(redraw_clock, "_SHARE", 0.5)


@pytest.fixture(scope="session")
def few_digits():
    """Half of the embedded digits: 4,000 to train on and 1,000 to test on."""
    whole = loading.load("mnist-10k")
    return dataclasses.replace(
        whole,
        train_images=whole.train_images[:4000],
        train_labels=whole.train_labels[:4000],
        test_images=whole.test_images[:1000],
        test_labels=whole.test_labels[:1000],
    )


@pytest.fixture
def studio(qapp, tmp_path, monkeypatch, few_digits):
    """Session, runs and sweeps in a folder of their own, with few digits."""
    monkeypatch.setattr(loading, "load", lambda _name, _folder: few_digits)
    studio = Studio(tmp_path / "runs")
    yield studio
    studio.shut_down()
    studio.deleteLater()  # not by whichever thread collects the garbage


@pytest.fixture
def open_window(qtbot, tmp_path):
    """Open windows on one folder of settings and runs; they are closed at the end."""
    opened = []

    def open_one(*size):
        window = open_main_window(tmp_path)
        opened.append(window)
        if size:
            window.resize(*size)
        with qtbot.waitExposed(window):
            window.show()
        return window

    yield open_one
    for window in opened:
        window.close()
        window.deleteLater()


@pytest.fixture
def show_view(qtbot, studio):
    """Show a view of the network in view, as a page does, to the end of the test."""
    views = []

    def show(kind):
        view = kind(studio)
        views.append(view)
        return show_widget(qtbot, view, 900, 640)

    yield show
    for view in views:
        view.shut_down()
        view.close()


@pytest.fixture
def trained(qtbot, studio):
    """Train a run to its end and return its file."""

    def train(config):
        with qtbot.waitSignal(studio.session.run_ended):
            studio.session.start(config)
        return studio.session.run.path

    return train

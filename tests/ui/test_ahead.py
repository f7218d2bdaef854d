"""What is made before it is looked at."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from mnist_studio.ui import ahead
from mnist_studio.ui.ahead import Ahead
from mnist_studio.ui.live_view import LiveView

from .windows import open_main_window, show_widget

PAUSE = 1000


class Clock:
    """Tells the milliseconds since somebody did something."""

    def __init__(self):
        self.since = 0

    def start(self):
        self.since = 0

    restart = start

    def elapsed(self):
        return self.since


@pytest.fixture
def clock(monkeypatch):
    monkeypatch.setattr(ahead, "_INTERVAL", 1)
    monkeypatch.setattr(ahead, "_PAUSE", PAUSE)
    clock = Clock()
    monkeypatch.setattr(ahead, "QElapsedTimer", lambda: clock)
    return clock


@pytest.fixture
def window(qtbot):
    window = QWidget()
    return show_widget(qtbot, window)


def test_views_are_made_while_nobody_does_anything_and_ask_nothing(
    qtbot, tmp_path, monkeypatch, clock
):
    monkeypatch.setattr(clock, "elapsed", lambda: PAUSE)
    asked = []
    monkeypatch.setattr(LiveView, "_watch", lambda _view, watched: asked.append(watched))
    window = open_main_window(tmp_path, panels_after_paint=True)
    qtbot.addWidget(window)
    grown = []
    window.grown.connect(lambda: grown.append(True))
    window.show()
    qtbot.waitUntil(lambda: len(window.findChildren(LiveView)) == 7)
    qtbot.waitUntil(lambda: window.findChild(Ahead) is None)
    views = [*window.findChildren(LiveView), window.findChild(QWidget, "experimentsView")]
    assert not any(view.isVisible() for view in views)
    assert True not in asked
    assert len(grown) == 2  # by columns and plots, and by these views
    window.close()


def test_nothing_is_made_while_a_button_is_down(qtbot, window, clock):
    made = []
    QTest.mousePress(window.windowHandle(), Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    maker = Ahead((made.append(piece) for piece in "abc"), window)
    clock.since = PAUSE
    for _ in range(3):
        maker._timer.timeout.emit()
    assert made == []

    QTest.mouseRelease(window.windowHandle(), Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    clock.since = PAUSE
    qtbot.waitUntil(lambda: made == ["a", "b", "c"])


def test_a_key_postpones_what_comes_next(qtbot, window, clock):
    made = []
    maker = Ahead((made.append(piece) for piece in "ab"), window)
    clock.since = PAUSE
    QTest.keyClick(window.windowHandle(), Qt.Key.Key_A)
    for _ in range(3):
        maker._timer.timeout.emit()
    assert made == []

    clock.since = PAUSE
    qtbot.waitUntil(lambda: made == ["a", "b"])

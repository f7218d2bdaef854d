"""How far the run is, at the bottom of the window."""

import pytest
from PySide6.QtWidgets import QApplication, QLabel, QProgressBar, QVBoxLayout, QWidget

from mnist_studio.training.status import RunStatus
from mnist_studio.ui import theme
from mnist_studio.ui.status_strip import StatusStrip

from .fakes import FakeSession
from .layout_requests import LayoutRequests
from .windows import show_widget


@pytest.fixture
def session():
    return FakeSession()


@pytest.fixture
def strip(qtbot, session):
    strip = StatusStrip()
    strip.watch(session)
    qtbot.addWidget(strip)
    return strip


def test_there_is_nothing_to_show_before_the_first_run(strip):
    assert strip.findChild(QProgressBar, "progressBar").value() == 0
    assert strip.findChild(QLabel, "positionLabel").text() == "Ready"


@pytest.mark.parametrize(
    ("limit", "share"), [({}, 0.1), ({"max_images": 2000}, 0.5), ({"max_seconds": 0.625}, 0.8)]
)
def test_the_bar_is_full_when_the_run_ends_whatever_ends_it(strip, session, limit, share):
    session.start(train_size=2000, batch_size=20, epochs=5, **limit)
    session.train(50)
    session.status_changed.emit(RunStatus.PAUSED)
    assert strip.findChild(QProgressBar, "progressBar").value() == 1000 * share
    assert strip.findChild(QLabel, "positionLabel").text() == "epoch 1, batch 50 / 100"


@pytest.mark.layout
def test_the_position_is_seen_whole_in_text_of_any_size(qtbot, session):
    strip = StatusStrip()
    strip.watch(session)
    show_widget(qtbot, strip, 600, 40)
    session.start(train_size=2000, batch_size=20, epochs=5)
    session.train(100)
    session.set_status(RunStatus.PAUSED)
    label = strip.findChild(QLabel, "positionLabel")
    for scale in (1.5, 1.0, 1.25):
        theme.set_scale(scale)
        assert label.fontMetrics().horizontalAdvance(label.text()) <= label.width()
        assert label.fontMetrics().height() <= label.height()


def test_a_new_position_has_nothing_laid_out_anew(qtbot, session):
    window = QWidget()
    strip = StatusStrip()
    strip.watch(session)
    QVBoxLayout(window).addWidget(strip)
    show_widget(qtbot, window)
    session.start(train_size=2000, batch_size=20, epochs=5)
    for _ in range(2):  # the strip is laid out anew, then the window
        QApplication.processEvents()
    requests = LayoutRequests(window)
    label = strip.findChild(QLabel, "positionLabel")
    for _ in range(3):
        session.train(50)
        session.status_changed.emit(RunStatus.RUNNING)
        QApplication.processEvents()
        assert label.fontMetrics().horizontalAdvance(label.text()) <= label.width()
    assert label.text() == "epoch 2, batch 50 / 100"
    assert requests.count == 0

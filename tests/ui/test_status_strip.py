"""How far the run is, at the bottom of the window."""

import pytest
from PySide6.QtWidgets import QLabel, QProgressBar

from mnist_studio.training.status import RunStatus
from mnist_studio.ui.status_strip import StatusStrip

from .plots.fakes import FakeSession


@pytest.fixture
def session():
    return FakeSession()


@pytest.fixture
def strip(qtbot, session):
    strip = StatusStrip(session)
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

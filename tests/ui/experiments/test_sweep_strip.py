"""The strip: quiet without a sweep, steers one at work, offers one again."""

from types import SimpleNamespace

import pytest
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFrame, QLabel, QProgressBar, QToolButton

from mnist_studio.session.sweep_state import Offer
from mnist_studio.ui import theme
from mnist_studio.ui.experiments.sweep_strip import SweepStrip


class Queue(QObject):
    """A queue without threads, which keeps what it is told to do."""

    queue_changed = Signal()
    known_changed = Signal()
    sweep_begun = Signal(str)
    sweep_ended = Signal(object, object, object)
    sweep_offered = Signal(object)

    def __init__(self, **state):
        super().__init__()
        self.told = []
        self.known = {}
        self.offer = None
        self.active, self.paused, self.title, self.waiting = False, False, "", ()
        self.done = self.total = self.at_once = 0
        self.share, self.seconds_left = 0.0, None
        vars(self).update(state)

    def become(self, **state):
        vars(self).update(state)
        self.queue_changed.emit()

    def pause(self):
        self.told.append("pause")

    def resume(self):
        self.told.append("resume")

    def cancel_all(self):
        self.told.append("cancel_all")

    def resume_offered(self):
        self.told.append("resume_offered")

    def dismiss_offered(self):
        self.told.append("dismiss_offered")


AT_WORK = {
    "active": True,
    "title": "Lab note: batch size",
    "done": 3,
    "total": 6,
    "seconds_left": 41.2,
    "share": 0.55,
    "at_once": 2,
}
OFFER = Offer(SimpleNamespace(title="Lab note: batch size"), 3, 6)


@pytest.fixture
def queue(qapp):
    return Queue()


@pytest.fixture
def strip(qtbot, queue):
    strip = SweepStrip(queue)
    qtbot.addWidget(strip)
    return strip


def text_of(strip, name):
    return strip.findChild(QLabel, name).text()


def press(strip, name):
    QTest.mouseClick(strip.findChild(QToolButton, name), Qt.MouseButton.LeftButton)


def seen(strip):
    names = ("sweepOffer", "sweepRunning")
    return [name for name in names if not strip.findChild(QFrame, name).isHidden()]


def test_nothing_is_shown_without_a_sweep(strip):
    assert strip.isHidden()
    assert seen(strip) == []


def test_a_sweep_at_work_says_how_far_it_is(strip, queue):
    queue.become(**AT_WORK)
    assert not strip.isHidden()
    assert seen(strip) == ["sweepRunning"]
    assert text_of(strip, "sweepText") == "Lab note: batch size: 3 of 6 done, 0:42 left"
    assert text_of(strip, "sweepDetails") == "2 at once"
    assert strip.findChild(QProgressBar, "sweepProgress").value() == 550
    queue.become(active=False)
    assert strip.isHidden()


def test_a_sweep_that_has_just_begun_knows_no_time(strip, queue):
    queue.become(**(AT_WORK | {"seconds_left": None, "done": 0}))
    assert text_of(strip, "sweepText").endswith("0 of 6 done, starting …")


@pytest.mark.layout
@pytest.mark.parametrize("scale", [1.0, 1.5])
def test_a_sweep_is_paused_and_goes_on(strip, queue, scale):
    queue.become(**AT_WORK)
    strip.show()
    pause = strip.findChild(QToolButton, "sweepPause")
    theme.set_scale(scale)
    QApplication.processEvents()
    width = pause.width()
    press(strip, "sweepPause")
    queue.become(paused=True)
    assert text_of(strip, "sweepText").endswith("3 of 6 done, paused")
    assert pause.text() == "Resume"
    QApplication.processEvents()
    assert pause.width() == width >= pause.sizeHint().width()
    press(strip, "sweepPause")
    queue.become(paused=False)
    assert queue.told == ["pause", "resume"]
    assert pause.text() == "Pause"
    QApplication.processEvents()
    assert pause.width() == width


def test_a_sweep_is_cancelled(strip, queue):
    queue.become(**AT_WORK)
    strip.show()
    press(strip, "sweepCancelAll")
    assert queue.told == ["cancel_all"]


def test_it_tells_what_comes_next_and_who_shares_the_cores(strip, queue):
    queue.become(**(AT_WORK | {"waiting": ("Lab note: learning rate",)}))
    strip.set_window_trains(True)
    notes = text_of(strip, "sweepDetails")
    assert "then Lab note: learning rate" in notes
    assert "shares the cores" in notes
    strip.set_window_trains(False)
    assert "shares the cores" not in text_of(strip, "sweepDetails")


@pytest.mark.parametrize(
    ("button", "command"),
    [("sweepContinue", "resume_offered"), ("sweepDismiss", "dismiss_offered")],
)
def test_an_interrupted_sweep_is_offered(strip, queue, button, command):
    queue.sweep_offered.emit(OFFER)
    assert seen(strip) == ["sweepOffer"]
    assert text_of(strip, "sweepOfferText") == (
        "Your sweep “Lab note: batch size” was interrupted: 3 of 6 runs are done."
    )
    strip.show()
    press(strip, button)
    assert queue.told == [command]
    queue.sweep_offered.emit(None)
    assert strip.isHidden()


def test_what_was_told_before_the_strip_was_there_is_shown(qtbot, qapp):
    strip = SweepStrip(Queue(offer=OFFER, **AT_WORK))
    qtbot.addWidget(strip)
    assert seen(strip) == ["sweepOffer", "sweepRunning"]


def test_every_button_says_what_it_does(strip):
    for button in strip.findChildren(QToolButton):
        assert button.toolTip(), button.objectName()
        assert button.objectName()

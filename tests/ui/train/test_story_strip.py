"""The strip tells what happened where it happened, and leads back to it."""

import dataclasses

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QAccessible, QAction, QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QToolButton, QWidget

from mnist_studio.data.registry import DATASETS
from mnist_studio.insight.story import MomentKind
from mnist_studio.session.run_in_view import Snapshot
from mnist_studio.training.status import RunStatus
from mnist_studio.ui import theme
from mnist_studio.ui.plots.hover import CrossLine
from mnist_studio.ui.plots.x_units import XUnit
from mnist_studio.ui.train.story import Story
from mnist_studio.ui.train.story_texts import words_of
from mnist_studio.ui.train.view import TrainView

from ..fakes import FakeSession
from ..plots.fakes import grow

# The offscreen platform says so of every tooltip.
pytestmark = pytest.mark.qt_log_ignore("does not support raise")

LEFT = Qt.MouseButton.LeftButton
DRAWING = np.full((28, 28), 3, np.uint8)


class Answering:
    """A network that takes everything for the same class."""

    def __init__(self, answer):
        self.answer = answer

    def predict_probabilities(self, _pixels):
        return np.eye(10)[[self.answer]]


@pytest.fixture
def session(qapp):
    session = FakeSession()
    yield session
    session.deleteLater()


@pytest.fixture
def window(qtbot):
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(900, 600)
    yield window
    window.close()


@pytest.fixture
def view(qtbot, session, window):
    view = TrainView(session, window)
    view.resize(900, 600)
    with qtbot.waitExposed(window):
        window.show()
    view.load_plots()
    settle(qtbot, view)
    return view


@pytest.fixture
def strip(view):
    return view.story


def settle(qtbot, view):
    qtbot.waitUntil(lambda: not view.clock.running)


def copy_network(session, answer=0):
    """Let the session have a copy of the weights of now."""
    newest = Snapshot(session.run.history.step, Answering(answer))
    session.run = dataclasses.replace(session.run, newest=newest)
    session.network_changed.emit()
    return newest


def losses(count, first=2.3):
    return np.float32([first, *[1.0] * (count - 1)])


def kinds(strip):
    """Return the kinds of what is told, each once, in order."""
    return list(dict.fromkeys(moment.kind for moment in strip.moments))


def place_of(strip, kind):
    """Return the place of a moment in the strip."""
    return next(
        place
        for place in strip.places
        if any(strip.moments[index].kind is kind for index in place.marks)
    )


def point_of(strip, kind):
    return QPoint(place_of(strip, kind).x, 7)


def train_two_epochs(session, answers=(7, 3, 3)):
    """Train with a drawing on the pad; the answer to it changes with the copies."""
    session.drawing.show(DRAWING)
    session.start(train_size=20_000, batch_size=200)
    copies = [copy_network(session, answers[0])]
    for answer in answers[1:]:
        session.train(100, losses(100) if session.run.history.step == 0 else None)
        copies.append(copy_network(session, answer))
    return copies


def test_nothing_is_told_of_no_run(qtbot, strip):
    assert strip.moments == ()
    assert strip.places == []


def test_moments_are_told_at_their_batches_whatever_the_unit(qtbot, view, session, strip):
    train_two_epochs(session)
    settle(qtbot, view)
    assert kinds(strip) == [
        MomentKind.GUESSING,
        MomentKind.REACHED,
        MomentKind.BEST,
        MomentKind.READ_AS,
    ]
    for unit in (XUnit.BATCHES, XUnit.SECONDS, XUnit.IMAGES, XUnit.EPOCHS):
        menu = view.findChild(QToolButton, "xUnitButton").menu()
        menu.findChild(QAction, f"{unit.value}Action").trigger()
        settle(qtbot, view)
        graph = view.plots[0].graph
        at = graph.pixel_of(float(unit.positions(session.run.history, 200)))
        x = graph.mapTo(view, QPoint(at, 0)).x()
        assert strip.mapTo(view, point_of(strip, MomentKind.BEST)).x() == pytest.approx(x, abs=1)


def test_what_skipping_easy_images_leaves_open_is_said_where_validation_stops_improving(session):
    session.start(train_size=2000, batch_size=200, skip_easy=0.9)
    history = session.run.history
    for loss in (0.4, 0.3, 0.32, 0.34, 0.36):
        grow(history, 10, validation=loss)
    (moment,) = [each for each in Story(session).look() if each.kind is MomentKind.WORSENS]
    words = words_of(moment, history, DATASETS["mnist"].class_names, ended=False)
    assert words.label == "validation stops improving"
    assert words.sentence.startswith("Validation stopped improving after epoch 2.")
    assert "begins to memorize" not in words.sentence


def test_a_drawing_is_read_as_something_since_its_answer_changed(qtbot, view, session, strip):
    train_two_epochs(session, answers=(7, 7, 3))
    settle(qtbot, view)
    (moment,) = [each for each in strip.moments if each.kind is MomentKind.READ_AS]
    assert (moment.step, moment.value) == (200, 3)
    session.drawing.show(DRAWING + 1)
    settle(qtbot, view)
    assert MomentKind.READ_AS not in kinds(strip)


def test_an_empty_pad_is_read_as_nothing(qtbot, view, session, strip):
    train_two_epochs(session)
    session.drawing.show(None)
    copy_network(session)
    settle(qtbot, view)
    assert MomentKind.READ_AS not in kinds(strip)


def test_a_click_goes_back_and_another_one_forth(qtbot, view, session, strip):
    first, *_ = train_two_epochs(session)
    settle(qtbot, view)
    assert strip.back.isHidden()
    point = point_of(strip, MomentKind.GUESSING)
    QTest.mouseClick(strip, LEFT, pos=point)
    assert session.run.recalled == first
    assert strip.back.isVisible()
    assert strip.back.text() == "pad as at batch 0 · back to now"
    settle(qtbot, view)
    QTest.mouseClick(strip, LEFT, pos=point)
    assert session.run.recalled is None
    assert strip.back.isHidden()


def test_the_mark_leads_back_to_now(qtbot, view, session, strip):
    train_two_epochs(session)
    settle(qtbot, view)
    QTest.mouseClick(strip, LEFT, pos=point_of(strip, MomentKind.GUESSING))
    settle(qtbot, view)
    for place in strip.places:  # nothing lies below the mark
        assert place.x < strip.back.x()
    QTest.mouseClick(strip.back, LEFT)
    assert session.run.recalled is None


def test_the_keys_go_from_moment_to_moment_back_and_forth(qtbot, view, session, strip, window):
    stopped = []
    QShortcut(Qt.Key.Key_Escape, window).activated.connect(lambda: stopped.append(True))
    copies = train_two_epochs(session)
    settle(qtbot, view)
    strip.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(strip, Qt.Key.Key_End)
    QTest.keyClick(strip, Qt.Key.Key_Return)
    assert session.run.recalled == copies[2]
    settle(qtbot, view)
    QTest.keyClick(strip, Qt.Key.Key_Home)
    QTest.keyClick(strip, Qt.Key.Key_Return)
    assert session.run.recalled == copies[0]
    QTest.keyClick(strip, Qt.Key.Key_Escape)
    assert session.run.recalled is None
    assert not stopped
    QTest.keyClick(strip, Qt.Key.Key_Escape)
    assert stopped  # as everywhere else


def test_pointing_at_a_moment_shows_where_it_was_and_says_all(qtbot, view, session, strip):
    train_two_epochs(session)
    settle(qtbot, view)
    graph = view.plots[0].graph
    QTest.mouseMove(strip, point_of(strip, MomentKind.BEST))
    (line,) = [each for each in graph.findChildren(CrossLine) if each.isVisible()]
    assert line.x() == graph.pixel_of(2.0)
    interface = QAccessible.queryAccessibleInterface(strip)
    assert "best so far: 92.0 %" in interface.text(QAccessible.Text.Name)
    assert interface.text(QAccessible.Text.Description).startswith(
        "Epoch 2 is the best: 92.00 % of the validation images are right"
    )
    assert strip.cursor().shape() is Qt.CursorShape.PointingHandCursor
    QApplication.sendEvent(strip, QEvent(QEvent.Type.Leave))
    assert not line.isVisible()


def test_the_mark_goes_when_others_answer(qtbot, view, session, strip):
    train_two_epochs(session)
    settle(qtbot, view)
    QTest.mouseClick(strip, LEFT, pos=point_of(strip, MomentKind.GUESSING))
    assert strip.back.isVisible()
    copy_network(session)
    assert strip.back.isVisible()
    session.recall(Snapshot(200, Answering(5)))
    assert strip.back.isHidden()


def test_another_run_has_another_past(qtbot, view, session, strip):
    train_two_epochs(session)
    settle(qtbot, view)
    QTest.mouseClick(strip, LEFT, pos=point_of(strip, MomentKind.GUESSING))
    QTest.mouseMove(strip, point_of(strip, MomentKind.BEST))
    session.start(batch_size=40)
    assert strip.moments == ()
    assert strip.back.isHidden()
    strip.grab()  # paints nothing that was
    settle(qtbot, view)


def test_while_nobody_looks_nothing_is_asked_or_kept(qtbot, view, session, strip):
    session.drawing.show(DRAWING)
    session.start()
    copy_network(session)
    settle(qtbot, view)
    view.hide()

    class Unasked:
        def predict_probabilities(self, _pixels):
            raise AssertionError("nobody looks")

    session.train(100, losses(100))
    session.run = dataclasses.replace(session.run, newest=Snapshot(100, Unasked()))
    session.network_changed.emit()
    session.train(100)
    session.run = dataclasses.replace(session.run, newest=Snapshot(200, Answering(3)))
    view.show()
    settle(qtbot, view)
    assert MomentKind.READ_AS not in kinds(strip)  # nobody knows since when


def test_a_run_that_was_opened_leads_back_to_its_best_epoch_and_its_last(
    qtbot, view, session, strip
):
    session.start(train_size=20_000, batch_size=200)
    session.train(250, losses(250))
    session.run = dataclasses.replace(
        session.run, status=RunStatus.STOPPED, newest=Snapshot(200, Answering(1))
    )
    session.run_started.emit(session.run)
    settle(qtbot, view)
    assert kinds(strip) == [
        MomentKind.GUESSING,
        MomentKind.REACHED,
        MomentKind.BEST,
        MomentKind.LAST,
    ]
    QTest.mouseClick(strip, LEFT, pos=point_of(strip, MomentKind.GUESSING))
    assert session.run.recalled is None  # its file has no weights of then
    QTest.mouseClick(strip, LEFT, pos=point_of(strip, MomentKind.BEST))
    assert session.run.recalled == session.run.newest


@pytest.mark.layout
@pytest.mark.parametrize("choice", ["light", "dark"])
def test_the_strip_is_painted_in_both_themes_and_any_width(qtbot, view, session, strip, choice):
    train_two_epochs(session)
    theme.choose(choice)
    for width in (420, 700, 1400):
        view.resize(width, 600)
        settle(qtbot, view)
        for place in strip.places:
            assert 0 <= place.x <= strip.width()
        image = strip.grab().toImage()
        colors = {image.pixelColor(x, 7).name() for x in range(image.width())}
        assert theme.color("series_3").name() in colors  # the best epoch's dot


def test_moments_and_labels_follow_a_new_size_at_once(qtbot, view, session, strip):
    train_two_epochs(session)
    settle(qtbot, view)
    labels = [plot.graph.findChild(QLabel, "levelLabel") for plot in view.plots[:2]]
    before = strip.places, [each.geometry() for each in labels]
    view.resize(700, 500)
    QApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)
    at_once = strip.places, [each.geometry() for each in labels]
    assert at_once != before
    settle(qtbot, view)
    assert (strip.places, [each.geometry() for each in labels]) == at_once

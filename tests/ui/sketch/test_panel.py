"""The panel answers for what is on the pad, at once when a stroke ends."""

import dataclasses

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, QSize, Qt, QUrl
from PySide6.QtGui import (
    QDragEnterEvent,
    QDropEvent,
    QGuiApplication,
    QImage,
    QMouseEvent,
    QPainter,
    QPen,
    QPixmap,
)
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel

from mnist_studio.data.dataset import Dataset
from mnist_studio.session.run_in_view import RunInView, Snapshot
from mnist_studio.training.config import DataConfig, RunConfig
from mnist_studio.training.status import RunStatus
from mnist_studio.ui import theme
from mnist_studio.ui.sketch.pad import SketchPad
from mnist_studio.ui.sketch.panel import SketchPanel

from ..fakes import FakeSession

# The offscreen platform says so of every window with a smallest size.
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")

LEFT = Qt.MouseButton.LeftButton

SEVEN = [0.01, 0.0, 0.0, 0.02, 0.0, 0.0, 0.0, 0.941, 0.029, 0.0]
UNSURE = [0.1, 0.1, 0.412, 0.088, 0.05, 0.05, 0.05, 0.05, 0.05, 0.05]


@pytest.fixture
def session(qapp):
    session = FakeSession()
    session.answer = SEVEN
    return session


@pytest.fixture
def panel(qtbot, session):
    panel = SketchPanel(session)
    qtbot.addWidget(panel)
    panel.resize(280, 640)
    panel.show()
    return panel


@pytest.fixture
def pad(panel):
    return panel.findChild(SketchPad, "sketchPad")


@pytest.fixture
def label(panel):
    return panel.findChild(QLabel, "predictionLabel")


@pytest.fixture
def digit_file(tmp_path):
    """A photograph of a seven: dark on light."""
    path = tmp_path / "seven.png"
    assert seven().save(str(path))
    return path


def seven():
    image = QImage(120, 160, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    painter.setPen(QPen(Qt.GlobalColor.black, 12))
    painter.drawPolyline([QPoint(30, 40), QPoint(90, 40), QPoint(50, 130)])
    painter.end()
    return image


def dataset(names=tuple("0123456789")):
    images = np.arange(20 * 784, dtype=np.uint32).reshape(20, 784) % 251
    labels = np.arange(20, dtype=np.uint8) % 10
    pixels = images.astype(np.uint8)
    return Dataset("mnist", pixels, labels, pixels, labels, names)


def draw(pad, *places):
    places = [QPoint(x, y) for x, y in places or [(60, 60), (160, 60), (100, 180)]]
    QTest.mousePress(pad, LEFT, pos=places[0])
    for place in places[1:]:
        QTest.mouseMove(pad, place)
    QTest.mouseRelease(pad, LEFT, pos=places[-1])


def test_the_answer_is_there_as_soon_as_the_button_is_released(panel, pad, label):
    assert label.text() == ""
    draw(pad)
    assert label.text() == "7"
    assert panel.answer.line.text() == "94.1 % sure"
    assert panel.bars.probabilities == tuple(SEVEN)


def test_the_network_gets_a_prepared_image(panel, pad, session):
    draw(pad)
    (image,) = session.asked
    assert image.shape == (28, 28)
    assert image.dtype == np.uint8
    assert panel.seen.pixels is image


def test_delete_leaves_no_answer(panel, pad, label):
    draw(pad)
    QTest.keyClick(pad, Qt.Key.Key_Delete)
    assert label.text() == ""
    assert panel.answer.line.text() == ""
    assert panel.bars.probabilities == ()
    assert panel.seen.pixels is None


def test_moves_are_answered_while_the_stroke_is_being_drawn(pad, label, qtbot):
    QTest.mousePress(pad, LEFT, pos=QPoint(50, 50))
    QTest.mouseMove(pad, QPoint(100, 60))
    qtbot.waitUntil(lambda: label.text() == "7")
    QTest.mouseRelease(pad, LEFT, pos=QPoint(100, 60))


def test_many_moves_in_one_frame_are_answered_once(pad, session):
    QTest.mousePress(pad, LEFT, pos=QPoint(50, 50))
    for x in range(50, 200):
        pad.mouseMoveEvent(_move(x))
    asked = len(session.asked)
    assert asked <= 1
    QTest.mouseRelease(pad, LEFT, pos=QPoint(199, 50))
    assert len(session.asked) == asked + 1
    assert len(pad.strokes[0]) == 151


def _move(x):
    place = QPointF(x, 50)
    none = Qt.MouseButton.NoButton
    return QMouseEvent(QEvent.Type.MouseMove, place, place, none, LEFT, Qt.KeyboardModifier(0))


def test_the_answer_follows_the_training(panel, pad, label, session):
    draw(pad)
    session.learn(UNSURE)
    assert label.text() == "2"
    assert panel.answer.line.text() == "not sure: 2 or 0?"
    assert session.asked[0] is session.asked[1]


def test_where_not_even_two_are_likely_there_is_no_answer_but_a_question_mark(
    panel, pad, label, session
):
    session.answer = [0.3, 0.16] + [0.0675] * 8
    draw(pad)
    assert label.text() == "?"
    assert panel.answer.line.text() == "no idea: like none of them"
    session.data.use(dataset())
    panel.show_random()
    truth = int(panel.pad.picture.truth)
    session.learn([0.3 if digit == truth else 0.7 / 9 for digit in range(10)])
    assert panel.answer.verdict.text() == f"✗ {truth}"  # no answer is no right one


def test_nobody_is_completely_sure(panel, pad, session):
    session.answer = [1.0] + [0.0] * 9
    draw(pad)
    assert panel.answer.line.text() == "> 99.9 % sure"


def test_an_empty_pad_asks_nothing_when_the_network_learns(label, session):
    session.network_changed.emit()
    assert session.asked == []
    assert label.text() == ""


def test_without_a_network_a_quiet_hint_takes_the_place_of_the_answer(panel, pad, label, session):
    session.answer = None
    draw(pad)
    assert label.text() == ""
    assert panel.answer.line.text() == "Train or open a model first"
    session.learn(SEVEN)
    assert label.text() == "7"


def test_a_network_of_exploded_weights_has_no_answer_and_says_so(panel, pad, label, session):
    session.answer = [float("nan")] * 10
    draw(pad)
    assert label.text() == ""
    assert panel.answer.line.text() == "No answer: its weights are no numbers any more"
    assert panel.bars.probabilities == ()
    session.learn(SEVEN)
    assert label.text() == "7"


def test_it_is_said_when_earlier_weights_answer(panel, session):
    live = panel.findChild(QLabel, "liveLabel")
    run = RunInView(RunConfig(), RunStatus.RUNNING, history=None, newest=Snapshot(9000, None))
    session.run = dataclasses.replace(run, recalled=Snapshot(212, None))
    session.learn(SEVEN)
    assert live.text() == "as at batch 212"
    session.run = run
    session.learn(SEVEN)
    assert live.text() == "live"


def test_live_is_shown_while_a_run_is_running(panel, session):
    live = panel.findChild(QLabel, "liveLabel")
    assert live.text() == ""
    session.status_changed.emit(RunStatus.RUNNING)
    assert live.text() == "live"
    session.status_changed.emit(RunStatus.PAUSED)
    assert live.text() == ""
    session.status_changed.emit(RunStatus.RUNNING)
    session.run_ended.emit(RunStatus.COMPLETED, None)
    assert live.text() == ""


def test_the_buttons_do_what_the_keys_do(panel, pad, label):
    assert not panel.controls.undo.isEnabled()
    assert not panel.controls.clear.isEnabled()
    draw(pad)
    draw(pad, (20, 20), (30, 30))
    panel.controls.undo.click()
    assert len(pad.strokes) == 1
    panel.controls.clear.click()
    assert pad.is_empty
    panel.controls.undo.click()
    assert label.text() == "7"


def test_the_keys_work_when_another_control_of_the_panel_has_the_focus(panel, pad):
    draw(pad)
    QTest.keyClick(panel.controls.clear, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert pad.is_empty


def test_the_pen_changes_what_the_network_sees(panel, pad, session):
    draw(pad)
    panel.controls.pen.setValue(panel.controls.pen.maximum())
    usual, thick = session.asked
    assert thick.sum(dtype=int) > usual.sum(dtype=int)


def test_a_random_test_image_is_shown_with_its_label(panel, pad, label, session):
    assert not panel.controls.random.isEnabled()
    session.data.use(dataset())
    panel.controls.random.click()
    index = int(pad.picture.caption.split()[2].rstrip(","))
    assert pad.picture.caption == f"test image {index}, label {index % 10}"
    assert np.array_equal(session.asked[-1].ravel(), session.data.dataset.test_images[index])
    assert label.text() == "7"
    draw(pad)
    assert pad.picture is None


def test_a_test_image_is_told_right_or_wrong(panel, session):
    session.data.use(dataset())
    verdict = panel.answer.verdict
    seen = set()
    while len(seen) < 2:
        panel.controls.random.click()
        truth = panel.pad.picture.truth
        assert verdict.text() == (f"✓ {truth}" if truth == "7" else f"✗ {truth}")
        seen.add(truth == "7")
    draw(panel.pad)
    assert verdict.text() == ""


def test_no_verdict_on_an_image_of_something_the_network_never_saw(panel, session):
    session.run = RunInView(RunConfig(DataConfig("mnist")), RunStatus.COMPLETED, None, None)
    session.data.use(dataset(names=("T-shirt", "Coat", "Bag", *"def", "Shoe", *"hij")))
    panel.controls.random.click()
    assert panel.answer.verdict.text() == ""


def test_it_says_that_the_network_came_along(panel, session):
    live = panel.findChild(QLabel, "liveLabel")
    session.run = RunInView(RunConfig(), RunStatus.COMPLETED, None, None, bundled=True)
    session.status_changed.emit(RunStatus.COMPLETED)
    assert live.text() == "trained for you"
    session.run = None
    session.status_changed.emit(None)
    assert live.text() == ""


def test_classes_that_are_no_digits_are_named(panel, pad, label, session):
    session.data.use(dataset(names=("T-shirt", *"123456", "Sneaker", *"89")))
    draw(pad)
    assert label.text() == "Sneaker"
    assert panel.answer.line.text() == "94.1 % sure"


def test_the_classes_are_those_the_network_was_trained_on(panel, pad, label, session):
    config = RunConfig(DataConfig("mnist-10k"))
    session.run = RunInView(config, RunStatus.COMPLETED, history=None, newest=None)
    session.data.use(dataset(names=("T-shirt", *"123456", "Sneaker", *"89")))
    draw(pad)
    assert panel.answer.line.text() == "94.1 % sure"


def test_an_image_file_is_prepared_and_shown(panel, pad, label, session, digit_file, monkeypatch):
    chosen = (str(digit_file), "")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_args: chosen)
    panel.choose_image()
    assert pad.picture.caption == "seven.png"
    assert session.asked[-1].shape == (28, 28)
    assert session.asked[-1].max() > 200
    assert label.text() == "7"


def test_a_cancelled_dialog_changes_nothing(panel, pad, monkeypatch):
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_args: ("", ""))
    panel.choose_image()
    assert pad.is_empty


def test_a_file_that_is_no_image_is_named_and_the_message_leaves_with_the_next_stroke(
    panel, pad, tmp_path
):
    path = tmp_path / "notes.png"
    path.write_text("no image", encoding="utf-8")
    panel.open_image(path)
    assert panel.error.isVisible()
    assert panel.error.text().startswith("notes.png cannot be read")
    assert pad.is_empty
    draw(pad)
    assert not panel.error.isVisible()


@pytest.mark.layout
def test_a_message_moves_no_control(panel, pad, tmp_path, qtbot):
    QApplication.processEvents()
    before = [pad.geometry(), panel.controls.undo.geometry(), panel.bars.geometry()]
    panel.open_image(tmp_path / "missing.png")
    QApplication.processEvents()
    assert [pad.geometry(), panel.controls.undo.geometry(), panel.bars.geometry()] == before


def test_a_blank_image_is_refused(panel, pad):
    image = QImage(50, 50, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    panel.classify(image, "blank")
    assert panel.error.text().startswith("The image is blank")
    assert pad.is_empty


def test_ctrl_v_classifies_the_image_on_the_clipboard(pad, label):
    QGuiApplication.clipboard().setImage(seven())
    QTest.keyClick(pad, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert pad.picture is not None
    assert label.text() == "7"


def test_a_pixmap_on_the_clipboard_is_an_image_too(pad, label):
    QGuiApplication.clipboard().setPixmap(QPixmap.fromImage(seven()))
    QTest.keyClick(pad, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert pad.picture.caption == "from the clipboard"
    assert label.text() == "7"


def test_an_image_that_cannot_be_read_is_refused(panel, pad):
    data = QMimeData()
    data.setData("application/x-qt-image", b"no image")
    QGuiApplication.clipboard().setMimeData(data)
    panel.paste()
    assert panel.error.isVisible()
    assert pad.is_empty


def test_a_clipboard_without_an_image_is_told(panel, pad):
    QGuiApplication.clipboard().setText("seven")
    panel.paste()
    assert panel.error.text().startswith("There is no image on the clipboard")


def test_a_dropped_image_file_is_classified(panel, pad, digit_file):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(digit_file))])
    assert _drag_in(panel, data).isAccepted()
    place, copy = QPointF(10, 10), Qt.DropAction.CopyAction
    drop = QDropEvent(place, copy, data, LEFT, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(panel, drop)
    assert pad.picture.caption == "seven.png"


def test_a_model_file_is_left_to_the_window(panel):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile("/somewhere/run.npz")])
    assert not _drag_in(panel, data).isAccepted()


def _drag_in(panel, data):
    copy = Qt.DropAction.CopyAction
    event = QDragEnterEvent(QPoint(10, 10), copy, data, LEFT, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(panel, event)
    return event


@pytest.mark.layout
@pytest.mark.parametrize("height", [600, 640, 980, 1400])
def test_the_pad_is_square_and_nothing_is_cut_off(panel, pad, height):
    panel.resize(280, height)
    QApplication.processEvents()
    needed = panel.minimumSizeHint()
    assert panel.size() == QSize(280, height).expandedTo(needed)
    # Room to spare goes to the pad first.
    spare = panel.height() - needed.height()
    assert pad.width() == pad.height()
    assert pad.height() >= min(pad.minimumSizeHint().height() + 0.9 * spare, 220)
    assert panel.rect().contains(panel.bars.geometry())


@pytest.mark.layout
def test_where_text_is_large_in_a_low_panel_the_pad_has_the_room_of_the_pen(panel, pad, session):
    assert panel.controls.pen.isVisible()
    theme.set_scale(1.5)
    panel.setMinimumSize(1, 1)  # as the window has it, which is as low as its page allows
    panel.resize(410, 460)
    QApplication.processEvents()
    assert not panel.controls.pen.isVisible()
    assert pad.height() > 95
    draw(pad)
    session.learn(UNSURE)
    QApplication.processEvents()
    digit, line = panel.answer.digit, panel.answer.line
    places = [each.mapTo(panel, QPoint()).y() for each in (digit, line, panel.bars)]
    assert places[0] + digit.height() <= places[1]
    assert places[1] + line.height() <= places[2]
    theme.set_scale(1.0)
    panel.resize(280, 640)
    assert panel.controls.pen.isVisible()


@pytest.mark.layout
def test_an_image_drawn_over_changes_no_place(panel, pad, session):
    QApplication.processEvents()
    before = [panel.seen.geometry(), panel.answer.geometry(), panel.bars.geometry()]
    session.data.use(dataset())
    draw(pad)
    session.learn(UNSURE)
    QApplication.processEvents()
    assert [panel.seen.geometry(), panel.answer.geometry(), panel.bars.geometry()] == before


def test_every_control_says_what_it_is_for(panel):
    for control in (
        panel.pad,
        panel.controls.undo,
        panel.controls.clear,
        panel.controls.random,
        panel.controls.image,
        panel.controls.pen,
        panel.seen,
        panel.bars,
    ):
        assert control.toolTip()
        assert control.accessibleName()


def test_answer_after_answer_can_be_painted(panel, pad, session):
    for count in range(50):
        session.answer = SEVEN if count % 2 else UNSURE
        draw(pad)
        pad.clear()
        panel.grab()
    assert pad.is_empty

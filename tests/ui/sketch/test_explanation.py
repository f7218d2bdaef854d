"""Why the network answers so, laid over the pad."""

import re

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolButton, QVBoxLayout, QWidget

from mnist_studio.data.pixels import unit_range
from mnist_studio.data.registry import DATASETS
from mnist_studio.data.strokes import MERELY_SHRUNK, Preparation, render_strokes
from mnist_studio.insight.contributions import contributions_of
from mnist_studio.number_text import grouped
from mnist_studio.session.run_in_view import Snapshot
from mnist_studio.training.config import HiddenLayer, ModelConfig, RunConfig, TrainingConfig
from mnist_studio.ui import theme
from mnist_studio.ui.diverging import levels_of
from mnist_studio.ui.sketch.explanation import Explanation
from mnist_studio.ui.sketch.pad import PEN
from mnist_studio.ui.sketch.panel import SketchPanel

QUICK = RunConfig(
    model=ModelConfig((HiddenLayer(16),)), training=TrainingConfig(batch_size=100, epochs=2)
)
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def panel(qtbot, studio):
    window = QWidget()
    qtbot.addWidget(window)
    panel = SketchPanel(studio.session)
    panel.put_below_pad(Explanation(studio, panel))
    QVBoxLayout(window).addWidget(panel)
    window.resize(300, 700)
    with qtbot.waitExposed(window):
        window.show()
    yield panel
    window.close()


def train(qtbot, studio, config=QUICK):
    with qtbot.waitSignal(studio.session.run_ended):
        studio.session.start(config)


def draw(panel):
    pad = panel.pad
    QTest.mousePress(pad, LEFT, pos=QPoint(80, 40))
    for y in range(50, 180, 10):
        QTest.mouseMove(pad, QPoint(80 + y // 8, y))
    QTest.mouseRelease(pad, LEFT, pos=QPoint(100, 180))


def ask(qtbot, studio, panel, name):
    QTest.mouseClick(panel.findChild(QToolButton, name), LEFT)
    overlay = panel.findChild(QWidget, "contributionsView")
    qtbot.waitUntil(lambda: not studio.inquirer.awaits("contributions") and not overlay.isHidden())
    return overlay


def drawn(studio):
    return unit_range(studio.session.drawing.pixels.reshape(1, -1))[0]


def expected(studio, *, against_second):
    network = studio.session.run.network
    image = drawn(studio)
    second, first = network.logits(image[None])[0].argsort()[-2:]
    return contributions_of(network, image, first, second if against_second else None), first


@pytest.mark.parametrize("name", ["contributionsToggle", "why_notButton"])
def test_what_each_pixel_adds_lies_over_the_pad_and_adds_up(qtbot, studio, panel, name):
    train(qtbot, studio)
    draw(panel)
    overlay = ask(qtbot, studio, panel, name)
    found, first = expected(studio, against_second=name == "why_notButton")
    np.testing.assert_array_equal(overlay.levels, levels_of(found.pixels[None], own=True)[0])
    kind = "difference" if name == "why_notButton" else "logit"
    assert f"= {kind} {grouped(found.logit, 2)}" in overlay.accessibleName()
    assert f"biases {grouped(found.biases, 2)}" in overlay.accessibleName()
    # What is read adds up to the last digit.
    shown = [float(each) for each in re.findall(r"-?\d+\.\d\d", overlay.accessibleName())]
    assert round(shown[0] + shown[1], 2) == shown[2]
    assert shown[0] == pytest.approx(float(found.pixels.sum()), abs=0.011)
    toggle = panel.findChild(QToolButton, "contributionsToggle")
    assert toggle.text() == f"why {first}?"


def test_a_click_on_a_bar_explains_that_class_and_again_shows_the_drawing(qtbot, studio, panel):
    train(qtbot, studio)
    draw(panel)
    overlay = panel.findChild(QWidget, "contributionsView")
    place = panel.bars.row_rect(6).center().toPoint()
    QTest.mouseClick(panel.bars, LEFT, pos=place)
    qtbot.waitUntil(lambda: not overlay.isHidden())
    found = contributions_of(studio.session.run.network, drawn(studio), 6)
    np.testing.assert_array_equal(overlay.levels, levels_of(found.pixels[None], own=True)[0])
    assert overlay.accessibleName().startswith("Blue speaks for 6")
    assert panel.findChild(QToolButton, "contributionsToggle").text() == "why 6?"
    assert found.pixels.sum() + found.biases == pytest.approx(found.logit, rel=1e-4, abs=1e-4)
    QTest.mouseClick(panel.bars, LEFT, pos=place)
    assert overlay.isHidden()


def test_with_shift_two_classes_are_compared(qtbot, studio, panel):
    train(qtbot, studio)
    draw(panel)
    overlay = panel.findChild(QWidget, "contributionsView")
    QTest.mouseClick(panel.bars, LEFT, pos=panel.bars.row_rect(6).center().toPoint())
    shift = Qt.KeyboardModifier.ShiftModifier
    QTest.mouseClick(panel.bars, LEFT, shift, pos=panel.bars.row_rect(2).center().toPoint())
    found = contributions_of(studio.session.run.network, drawn(studio), 6, 2)
    qtbot.waitUntil(lambda: overlay.accessibleName().startswith("Blue speaks for 6, orange for 2"))
    assert f"difference {grouped(found.logit, 2)}" in overlay.accessibleName()
    np.testing.assert_array_equal(overlay.levels, levels_of(found.pixels[None], own=True)[0])


def test_a_class_is_chosen_by_keys_too(qtbot, studio, panel):
    train(qtbot, studio)
    draw(panel)
    for _ in range(3):
        QTest.keyClick(panel.bars, Qt.Key.Key_Down)
    QTest.keyClick(panel.bars, Qt.Key.Key_Return)
    overlay = panel.findChild(QWidget, "contributionsView")
    qtbot.waitUntil(lambda: overlay.accessibleName().startswith("Blue speaks for 3"))


def asked(studio, pixels):
    return studio.session.run.network.predict_probabilities(unit_range(pixels.reshape(1, -1)))[0]


def test_the_drawing_merely_shrunk_is_beside_the_prepared_one_with_both_answers(
    qtbot, studio, panel
):
    train(qtbot, studio)
    draw(panel)
    view = panel.findChild(QWidget, "preparationView")
    QTest.mouseClick(panel.findChild(QToolButton, "preparationToggle"), LEFT)
    qtbot.waitUntil(lambda: not view.isHidden())
    shrunk, prepared = view.shown
    strokes = panel.pad.strokes
    np.testing.assert_array_equal(prepared.pixels, studio.session.drawing.pixels)
    expected = render_strokes(strokes, 1.0, MERELY_SHRUNK, PEN)
    np.testing.assert_array_equal(shrunk.pixels, expected)
    for each in view.shown:
        probabilities = asked(studio, each.pixels)
        assert each.answer == probabilities.argmax()
        assert each.probability == pytest.approx(probabilities.max(), abs=1e-6)


@pytest.mark.parametrize("step", Preparation._fields)
def test_each_step_of_the_preparation_is_left_out_by_a_click(qtbot, studio, panel, step):
    train(qtbot, studio)
    draw(panel)
    view = panel.findChild(QWidget, "preparationView")
    QTest.mouseClick(panel.findChild(QToolButton, "preparationToggle"), LEFT)
    qtbot.waitUntil(lambda: not view.isHidden())
    QTest.mouseClick(panel.findChild(QToolButton, f"{step}Step"), LEFT)
    steps = Preparation()._replace(**{step: False})
    expected = render_strokes(panel.pad.strokes, 1.0, steps, PEN)
    qtbot.waitUntil(lambda: (view.shown[1].pixels == expected).all())


def test_of_a_test_image_no_step_can_be_left_out(qtbot, studio, panel):
    train(qtbot, studio)
    panel.show_random()
    view = panel.findChild(QWidget, "preparationView")
    QTest.mouseClick(panel.findChild(QToolButton, "preparationToggle"), LEFT)
    qtbot.waitUntil(lambda: not view.isHidden())
    np.testing.assert_array_equal(view.shown[0].pixels, view.shown[1].pixels)
    assert not panel.findChild(QToolButton, "boxStep").isVisible()
    draw(panel)
    step = panel.findChild(QToolButton, "boxStep")
    qtbot.waitUntil(step.isVisible)
    QTest.mouseClick(step, LEFT)
    panel.show_random()
    qtbot.waitUntil(lambda: not step.isVisible())
    assert view._usual  # a picture is prepared as ever


def test_a_photo_is_shrunk_with_its_margins(qtbot, studio, panel):
    train(qtbot, studio)
    photo = QImage(300, 200, QImage.Format.Format_RGB32)
    photo.fill(Qt.GlobalColor.white)
    painter = QPainter(photo)
    painter.fillRect(60, 40, 20, 90, Qt.GlobalColor.black)
    painter.end()
    panel.classify(photo, "photo")
    view = panel.findChild(QWidget, "preparationView")
    QTest.mouseClick(panel.findChild(QToolButton, "preparationToggle"), LEFT)
    qtbot.waitUntil(lambda: not view.isHidden())
    shrunk, prepared = view.shown
    np.testing.assert_array_equal(prepared.pixels, panel.pad.picture.pixels)
    rows, columns = np.nonzero(shrunk.pixels > 127)
    assert (columns.min(), columns.max()) == (6, 6)
    assert (rows.min(), rows.max()) == (6, 17)


def test_curved_activations_say_how_much_stays_unexplained(qtbot, studio, panel):
    train(
        qtbot,
        studio,
        RunConfig(model=ModelConfig((HiddenLayer(16, "tanh"),)), training=QUICK.training),
    )
    draw(panel)
    overlay = ask(qtbot, studio, panel, "contributionsToggle")
    found, _ = expected(studio, against_second=False)
    unexplained, logit = grouped(found.remainder, 2), grouped(found.logit, 2)
    assert f"{unexplained} of {logit} unexplained" in overlay.accessibleName()


def test_a_stroke_is_seen_while_it_is_drawn_and_explained_afterwards(qtbot, studio, panel):
    train(qtbot, studio)
    draw(panel)
    overlay = ask(qtbot, studio, panel, "contributionsToggle")
    pad = panel.pad
    QTest.mousePress(pad, LEFT, pos=QPoint(40, 40))
    QTest.mouseMove(pad, QPoint(60, 60))
    assert overlay.isHidden()
    QTest.mouseRelease(pad, LEFT, pos=QPoint(60, 60))
    qtbot.waitUntil(lambda: not overlay.isHidden())


def test_the_drawing_comes_back_and_an_empty_pad_explains_nothing(qtbot, studio, panel):
    train(qtbot, studio)
    draw(panel)
    overlay = ask(qtbot, studio, panel, "contributionsToggle")
    QTest.mouseClick(panel.findChild(QToolButton, "drawingButton"), LEFT)
    assert overlay.isHidden()
    _, first = expected(studio, against_second=False)
    assert panel.findChild(QToolButton, "contributionsToggle").text() == f"why {first}?"
    panel.pad.clear()
    assert panel.findChild(QToolButton, "contributionsToggle").text() == "why …?"
    QTest.mouseClick(panel.findChild(QToolButton, "contributionsToggle"), LEFT)
    assert not studio.inquirer.awaits("contributions")
    assert overlay.isHidden()


def test_it_covers_the_pad_at_any_size(qtbot, studio, panel):
    train(qtbot, studio)
    draw(panel)
    overlay = ask(qtbot, studio, panel, "contributionsToggle")
    panel.window().resize(420, 900)
    qtbot.waitUntil(lambda: panel.pad.geometry().adjusted(4, 4, -4, -4) == overlay.geometry())


@pytest.mark.layout
def test_beside_a_small_pad_the_sentence_leaves_the_picture_its_height(qtbot, studio, panel):
    theme.set_scale(1.5)
    panel.window().resize(440, 640)
    train(qtbot, studio)
    draw(panel)
    overlay = ask(qtbot, studio, panel, "contributionsToggle")
    assert panel.pad.width() < 0.6 * overlay.width()
    picture, place = overlay._beside(overlay.fontMetrics(), overlay.accessibleName())
    assert picture.height() == panel.pad.height()
    assert place.left() > picture.right()
    assert overlay.rect().contains(place)


@pytest.mark.layout
def test_clothes_are_named_on_the_buttons_where_there_is_room_for_any(
    qtbot, studio, panel, monkeypatch
):
    train(qtbot, studio)
    draw(panel)
    toggle = panel.findChild(QToolButton, "contributionsToggle")
    clothes = DATASETS["fashion-mnist"].class_names
    monkeypatch.setattr(type(studio.session.run), "dataset", "fashion-mnist")
    panel.window().resize(340, 700)
    qtbot.waitUntil(lambda: toggle.text() == "why …?")
    panel.window().resize(600, 700)
    qtbot.waitUntil(lambda: toggle.text() != "why …?")
    assert toggle.text()[4:-1] in clothes
    qtbot.waitUntil(lambda: toggle.width() >= toggle.sizeHint().width())


@pytest.mark.parametrize("name", ["contributionsToggle", "why_notButton", "preparationToggle"])
def test_spoilt_weights_explain_nothing(qtbot, studio, panel, name):
    train(qtbot, studio)
    draw(panel)
    toggle = panel.findChild(QToolButton, name)
    QTest.mouseClick(toggle, LEFT)
    overlays = [
        panel.findChild(QWidget, f"{each}View") for each in ("contributions", "preparation")
    ]
    qtbot.waitUntil(lambda: any(each.isVisible() for each in overlays))
    spoilt = studio.session.run.network.copy()
    spoilt.linear_layers[0].weight.value[...] = np.nan
    studio.session.recall(Snapshot(7, spoilt.freeze()))
    qtbot.waitUntil(lambda: not any(each.isVisible() for each in overlays))
    assert panel.findChild(QToolButton, "contributionsToggle").text() == "why …?"
    studio.session.recall(None)
    qtbot.waitUntil(lambda: any(each.isVisible() for each in overlays))


def test_the_keyboard_comes_to_the_modes_before_the_bars_below_them(panel):
    names, each = [], panel.pad
    while (each := each.nextInFocusChain()) is not panel.bars:
        names.append(each.objectName())
    assert names[-4:] == [
        "drawingButton",
        "contributionsToggle",
        "why_notButton",
        "preparationToggle",
    ]

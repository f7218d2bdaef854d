"""One step under the magnifier, as a person walks through it."""

import dataclasses
import math

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QFontMetrics
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QScrollArea, QToolButton

from mnist_studio.insight.one_step import numeric_gradient
from mnist_studio.insight.weight_update import update_of
from mnist_studio.runs.bundled import bundled_path, open_bundled
from mnist_studio.training.status import RunStatus
from mnist_studio.ui import theme
from mnist_studio.ui.figure import picture
from mnist_studio.ui.inside import class_table
from mnist_studio.ui.inside.class_table import ClassFigures, ClassTable
from mnist_studio.ui.inside.formula import number
from mnist_studio.ui.inside.magnifier_view import MagnifierView
from mnist_studio.ui.inside.step_texts import Quantity

from ..live_views import every_look, quick_run

QUICK = quick_run(24, 12, batch_size=20, epochs=50, l2=0.1)
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def view(show_view):
    return show_view(MagnifierView)


@pytest.fixture
def card(view):
    return view.card


def begin(qtbot, card, studio, config=QUICK):
    """Train the first batch of a run, and look at it."""
    studio.session.start(config, first="batch")
    qtbot.waitUntil(lambda: studio.session.status is RunStatus.PAUSED)
    look(qtbot, card)


def step(qtbot, card, studio):
    before = studio.session.run.newest.step
    studio.session.step()
    qtbot.waitUntil(
        lambda: (
            studio.session.run.newest.step > before and studio.session.status is RunStatus.PAUSED
        )
    )
    look(qtbot, card)


def look(qtbot, card):
    qtbot.waitUntil(lambda: card.figure.current and card.figure.answer is not None)
    card.turn.redraw()
    card.words.redraw()


def cells(card, quantity):
    return card.tiles.tiles[quantity].cells


def click(qtbot, card, quantity, cell):
    shown = cells(card, quantity)
    QTest.mouseClick(shown, LEFT, pos=shown.cell_rect(cell).center())
    look(qtbot, card)


def point(card, quantity, cell):
    """Move the pointer over a number, and return what it is said to be made of."""
    shown = cells(card, quantity)
    QTest.mouseMove(shown, shown.cell_rect(0).bottomRight())
    QTest.mouseMove(shown, shown.cell_rect(cell).center())
    return card.explanation.text()


def test_without_a_run_it_says_what_to_do(view):
    hint = view.findChild(QLabel, "viewHint")
    assert hint.isVisible()
    assert hint.text().startswith("Press Step or open a run")


def test_after_each_step_it_shows_that_step_with_the_trainers_weights(qtbot, view, card, studio):
    begin(qtbot, card, studio)
    assert card.title.text() == "STEP 1, JUST MADE"
    for wanted in ("STEP 2, JUST MADE", "STEP 3, JUST MADE"):
        step(qtbot, card, studio)
        assert card.title.text() == wanted
        assert "bit for bit" in card.update_text.text()
        answer = card.figure.answer
        trained = studio.session.run.newest.network.weights()
        for made, expected in zip(answer.step.parameters(), trained, strict=True):
            np.testing.assert_array_equal(made, expected)


def test_images_that_were_augmented_are_called_so_with_their_own_shape(qtbot, card, studio):
    training = dataclasses.replace(QUICK.training, shift=1.0)
    begin(qtbot, card, studio, dataclasses.replace(QUICK, training=training))
    tile = card.tiles.tiles[Quantity.INPUT]
    assert (tile.formula.text(), tile.shape.text()) == ("<i>X</i>, augmented", "20×784")
    assert "augmented" not in card.tiles.tiles[Quantity.WEIGHT].formula.text()


def test_a_weight_without_a_gradient_is_left_unless_somebody_has_chosen_it(qtbot, card, studio):
    training = dataclasses.replace(QUICK.training, batch_size=1)
    config = dataclasses.replace(QUICK, training=training)
    begin(qtbot, card, studio, config)
    left = 0
    for _ in range(8):
        before = card.figure.answer.place
        step(qtbot, card, studio)
        answer, shown = card.figure.answer, card.figure.answer.place
        assert update_of(answer.step, shown.layer, shown.row, shown.unit).gradient
        if not update_of(answer.step, before.layer, before.row, before.unit).gradient:
            left += 1
        else:
            assert shown == before
    assert left
    click(qtbot, card, Quantity.WEIGHT, 0)  # a corner of the image, where there never is ink
    step(qtbot, card, studio)
    assert card.figure.answer.place.row == 0


def test_of_a_run_that_has_ended_it_shows_the_step_that_comes_next(qtbot, card, studio):
    with qtbot.waitSignal(studio.session.run_ended):
        studio.session.start(quick_run(24, 12, epochs=1))
    look(qtbot, card)
    assert card.title.text() == "STEP 61, COMES NEXT"
    assert "bit for bit" not in card.update_text.text()


def test_a_training_that_goes_on_is_followed(qtbot, card, studio):
    studio.session.start(QUICK)
    qtbot.waitUntil(lambda: card.figure.answer is not None)
    first = card.figure.answer.step.number
    qtbot.waitUntil(lambda: card.figure.answer.step.number > first)
    studio.session.stop()


def test_nothing_is_asked_and_nothing_told_while_it_is_hidden(qtbot, view, card, studio):
    view.hide()
    studio.session.start(QUICK)
    qtbot.waitUntil(lambda: studio.session.run is not None)
    with qtbot.waitSignals([studio.session.network_changed] * 3):
        pass
    assert not studio.session.watch.updates
    assert studio.session.run.state is None
    assert card.figure.answer is None
    assert not studio.inquirer.awaits("magnifier")
    view.show()
    qtbot.waitUntil(lambda: card.figure.answer is not None)
    view.hide()
    assert not studio.session.watch.updates
    studio.session.stop()


def test_a_sum_is_made_of_inputs_times_weights_and_the_bias(qtbot, card, studio):
    begin(qtbot, card, studio)
    step(qtbot, card, studio)
    text = point(card, Quantity.SUM, 7)
    layer = card.figure.answer.step.layers[0]
    products = layer.inputs[0].astype(float) * layer.weight[:, 7]
    assert number(float(layer.sums[0, 7])) in text
    largest = int(np.abs(products).argmax())
    assert number(float(layer.inputs[0, largest])) in text
    assert number(abs(float(layer.weight[largest, 7]))) in text
    order = np.argsort(-np.abs(products), kind="stable")
    assert f"({np.count_nonzero(products) - 3} more)" in text
    assert number(abs(float(products[order[3:]].sum()))) in text
    assert number(abs(float(layer.bias[7]))) in text


@pytest.mark.parametrize("quantity", Quantity)
@pytest.mark.parametrize("layer", [0, 1, 2])
def test_every_number_can_be_pointed_at(quantity, layer, qtbot, card, studio):
    begin(qtbot, card, studio)
    choose_layer(qtbot, card, layer)
    shown = cells(card, quantity)
    text = point(card, quantity, shown.count - 1)
    made = card.figure.answer.step.layers[layer]
    rows, place = made.weight.shape[0], card.figure.answer.place
    value = {
        Quantity.INPUT: lambda: made.inputs[0, -1],
        Quantity.WEIGHT: lambda: made.bias[place.unit],
        Quantity.SUM: lambda: made.sums[0, -1],
        Quantity.OUTPUT: lambda: made.activations[0, -1],
        Quantity.INPUT_GRADIENT: lambda: made.inputs_gradient[0, -1],
        Quantity.WEIGHT_GRADIENT: lambda: made.bias_gradient[place.unit],
        Quantity.SUM_GRADIENT: lambda: made.sums_gradient[0, -1],
        Quantity.OUTPUT_GRADIENT: lambda: (
            float(card.figure.answer.step.batch.labels[0] == 9)
            if made.outputs_gradient is None
            else made.outputs_gradient[0, -1]
        ),
        Quantity.CHANGE: lambda: update_of(card.figure.answer.step, layer, rows, place.unit).change,
    }[quantity]()
    first_line = text.split("<br>")[0]
    assert first_line.endswith(f"= {number(float(value))}</b>")


def choose_layer(qtbot, card, layer):
    card.findChild(QToolButton, "stepLayerButton").findChild(QAction, f"{layer}Action").trigger()
    look(qtbot, card)


def test_a_click_on_a_weight_checks_its_gradient_and_writes_its_update(qtbot, card, studio):
    begin(qtbot, card, studio)
    click(qtbot, card, Quantity.SUM, 5)
    click(qtbot, card, Quantity.WEIGHT_GRADIENT, 14 * 28 + 13)
    answer = card.figure.answer
    assert (answer.place.unit, answer.place.row) == (5, 14 * 28 + 13)
    gradient = float(answer.step.layers[0].weight_gradient[14 * 28 + 13, 5])
    numeric = numeric_gradient(answer.step, 0, 14 * 28 + 13, 5)
    said = card.update_text.text()
    assert f"analytic {number(gradient)}" in said
    assert f"numeric {number(numeric)}" in said
    update = update_of(answer.step, 0, 14 * 28 + 13, 5)
    expected = update.weight - 0.1 * (gradient + 0.1 / 20 * update.weight)
    assert number(expected) in said


def test_image_unit_and_weight_are_chosen_by_keys_as_well(qtbot, card, studio):
    begin(qtbot, card, studio)
    click(qtbot, card, Quantity.SUM, 5)
    QTest.keyClick(cells(card, Quantity.SUM), Qt.Key.Key_Right)
    look(qtbot, card)
    assert card.figure.answer.place.unit == 6
    QTest.keyClick(card.batch, Qt.Key.Key_Right)
    look(qtbot, card)
    assert card.figure.answer.place.image == 1
    QTest.mouseClick(card.batch, LEFT, pos=card.batch.image_rect(3).center())
    look(qtbot, card)
    assert card.figure.answer.place.image == 3
    assert card.figure.answer.place.unit == 6


def test_the_class_table_tells_where_a_logits_gradient_comes_from(qtbot, card, studio):
    begin(qtbot, card, studio)
    table = card.tiles.table
    QTest.mouseMove(table, table.cell_rect(Quantity.SUM_GRADIENT, 2).center())
    last = card.figure.answer.step.layers[-1]
    p, gradient = float(last.activations[0, 2]), float(last.sums_gradient[0, 2])
    label = int(card.figure.answer.step.batch.labels[0] == 2)
    assert f"({number(p)} − {label}) / 20" in card.explanation.text()
    assert number(gradient) in card.explanation.text()
    mean = number(float(card.figure.answer.step.losses.mean()))
    assert f"mean of the 20 images: {mean}" in card.tiles.loss.text()


def test_dropout_is_part_of_it(qtbot, card, studio):
    begin(qtbot, card, studio, quick_run(24, 12, dropout=0.5))
    mask = card.figure.answer.step.layers[0].mask[0]
    assert "Dropout keeps it" in point(card, Quantity.OUTPUT, int(mask.argmax()))
    assert "Dropout leaves it out" in point(card, Quantity.OUTPUT, int(mask.argmin()))


def test_a_run_without_its_optimizers_state_says_so(qtbot, card, studio):
    studio.session.data.load("mnist-10k")
    studio.session.show_run(bundled_path(), open_bundled())
    look(qtbot, card)
    assert card.title.text().endswith("COMES NEXT")
    assert "not in the file" in card.update_text.text()


def test_a_run_that_exploded_begins_with_the_last_good_weights(qtbot, card, studio):
    with qtbot.waitSignal(studio.session.run_ended):
        studio.session.start(quick_run(24, 12, learning_rate=10.0))
    look(qtbot, card)
    assert card.title.text().endswith("WITH THE LAST GOOD WEIGHTS")


def test_it_is_painted_in_both_themes_and_sizes(qtbot, view, card, studio):
    begin(qtbot, card, studio)
    for _ in every_look(view, (640, 430), (1500, 900)):
        assert not view.grab().isNull()
        assert card.explanation.sizeHint().isValid()


@pytest.mark.layout
@pytest.mark.parametrize("size", [(640, 420), (900, 400), (1150, 500)])
def test_large_text_in_little_room_is_scrolled_to_rather_than_made_tiny(
    qtbot, view, card, studio, size
):
    begin(qtbot, card, studio)
    view.resize(640, 500)
    tiles, area = card.tiles, card.findChild(QScrollArea, "stepNumbers")
    assert not area.verticalScrollBar().maximum()
    theme.set_scale(1.5)
    view.resize(*size)
    qtbot.waitUntil(lambda: area.verticalScrollBar().maximum() > 0)
    usual = tiles.fontMetrics().height()
    assert tiles.table.height() >= 11 * 18
    assert tiles.table._font().pointSizeF() >= 0.7 * QApplication.font().pointSizeF()
    for tile in tiles.tiles.values():
        assert tile.cells.height() >= 84
    for text in (card.update_text, card.explanation, tiles.loss):
        assert QFontMetrics(text._font).height() >= 0.7 * usual


def test_where_the_layer_takes_all_the_width_the_loss_stands_below(qtbot, view, card, studio):
    begin(qtbot, card, studio)
    for width, below in ((900, False), (480, True), (900, False)):
        view.resize(width, 700)
        QApplication.processEvents()
        tiles = card.tiles
        backward = tiles.tiles[Quantity.OUTPUT_GRADIENT]
        assert (tiles.table.y() > backward.geometry().bottom()) is below
        assert tiles.table.width() > 150


def test_a_run_on_other_images_says_which_and_shows_nothing_of_the_run_before(qtbot, view, studio):
    card = view.card
    begin(qtbot, card, studio)
    assert card.tiles.isVisible()
    with qtbot.waitSignal(studio.session.run_ended):
        studio.session.stop()
    opened = open_bundled()
    studio.session.show_run(bundled_path(), dataclasses.replace(opened, bundled=False))
    assert view.findChild(QLabel, "viewHint").text().startswith("This run was trained on MNIST")
    assert view.findChild(QToolButton, "loadDataButton").text() == "Load MNIST"
    assert not card.isVisible()
    assert card.tiles.isVisibleTo(card) is False


def test_its_picture_is_of_the_theme_that_was_asked_for(qtbot, card, studio):
    theme.choose("dark")
    begin(qtbot, card, studio)
    sizes, papers = [], []
    for look in (theme.DARK, theme.LIGHT):
        image = picture([card], look)
        sizes.append(image.size())
        ratio = image.devicePixelRatio()
        corner = cells(card, Quantity.INPUT).mapTo(card, QPoint(3, 3))
        papers.append(image.pixelColor((corner.toPointF() * ratio).toPoint()).name())
    assert papers == [theme.DARK.paper, theme.LIGHT.paper]
    assert sizes[0] == sizes[1]


def test_what_it_shows_is_taken_along(qtbot, card, studio):
    assert card.sheet() is None
    begin(qtbot, card, studio)
    click(qtbot, card, Quantity.SUM, 5)
    table = card.sheet()
    assert table.columns == ["number", "layer", "image", "input", "unit", "value"]
    rows = {tuple(row[:5]): row[5] for row in table.rows}
    layer = card.figure.answer.step.layers[0]
    assert rows["z", 1, 1, None, 6] == layer.sums[0, 5]
    assert rows["dL/dw", 1, 1, 300, 6] == layer.weight_gradient[299, 5]
    assert rows["new w", 1, 1, 300, 6] == layer.new_weight[299, 5]
    assert len(rows) == 2 * 784 + 7 * 24 + 3 * 784


def test_a_number_that_is_rounded_to_zero_has_no_sign(qtbot):
    table = ClassTable()
    qtbot.addWidget(table)
    table.show_figures(ClassFigures(["4", "9"], [-0.001, -1.5], [0.9, 0.1], [-1e-6, 1e-6], 0))
    assert table.accessibleDescription() == "4: 0.00, 0.90; 9: −1.50, 0.10"


@pytest.mark.parametrize(
    ("gradients", "places"),
    [((0.2, -0.7), 4), ((1e-3, 0.0), 4), ((4e-6, -4.7e-5), 6), ((1e-9,), 6), ((math.nan,), 4)],
)
def test_small_gradients_of_logits_are_told_to_more_places(qtbot, gradients, places):
    table = ClassTable()
    qtbot.addWidget(table)
    assert class_table._places(gradients, table.fontMetrics(), 500) == places
    assert class_table._places(gradients, table.fontMetrics(), 10) == 4


def test_how_gradients_are_told_is_worked_out_before_the_table_is_painted(qtbot, monkeypatch):
    table = ClassTable()
    qtbot.addWidget(table)
    table.resize(400, 300)
    figures = ClassFigures(["4", "9"], [1.0, -1.5], [0.9, 0.1], [-4.7e-5, 4.7e-5], 0)
    table.show_figures(figures)
    with qtbot.waitExposed(table):
        table.show()
    monkeypatch.setattr(class_table, "_places", lambda *_: pytest.fail("worked out again"))
    table.grab()

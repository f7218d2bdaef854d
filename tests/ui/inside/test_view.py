"""What is inside the network, on the page as a person uses it."""

import numpy as np
import pytest
from PySide6.QtCore import QByteArray, QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QAction, QHelpEvent, QImage, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolButton, QToolTip, QWidget

from mnist_studio.insight.units import UnitOrder, filters, order_units, switched_off
from mnist_studio.training.config import (
    DataConfig,
    HiddenLayer,
    ModelConfig,
    RunConfig,
    TrainingConfig,
)
from mnist_studio.ui import theme
from mnist_studio.ui.diverging import ZERO, diverging_image, levels_of
from mnist_studio.ui.inside.view import InsideView

QUICK = RunConfig(
    DataConfig(validation_fraction=0.25),
    ModelConfig((HiddenLayer(24), HiddenLayer(12))),
    TrainingConfig(batch_size=100, epochs=2),
)
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def view(qtbot, studio):
    view = InsideView(studio)
    qtbot.addWidget(view)
    view.resize(900, 640)
    with qtbot.waitExposed(view):
        view.show()
    yield view
    view.shut_down()
    view.close()


def train(qtbot, view, studio, config=QUICK):
    with qtbot.waitSignal(studio.session.run_ended):
        studio.session.start(config)
    wait_for(qtbot, view.filters)
    view.filters.turn.redraw()


def wait_for(qtbot, card):
    qtbot.waitUntil(lambda: card.figure.current)


def choose(view, name, action):
    view.findChild(QToolButton, name).findChild(QAction, f"{action}Action").trigger()


def click_unit(qtbot, view, studio, unit):
    shown = view.filters.view
    QTest.mouseClick(shown, LEFT, pos=shown.unit_rect(shown._shown.units.index(unit)).center())
    wait_for(qtbot, view.unit)
    view.unit.turn.redraw()


def test_without_a_run_it_says_what_to_do(view):
    assert view.unit.title.text() == "CHOOSE A UNIT"
    assert not view.unit._off.isEnabled()


def test_the_filters_are_the_first_weights_of_the_network_in_view(qtbot, view, studio):
    train(qtbot, view, studio)
    shown = view.filters.view._shown
    assert shown.units == list(range(24))
    weights = studio.session.run.network.parameters[0].value.T
    largest = np.abs(weights).max(axis=1, keepdims=True)
    expected = np.rint(weights / largest * ZERO).astype(int) + ZERO
    np.testing.assert_array_equal(shown.levels.reshape(24, 784), expected)
    columns, rows = view.filters.sheet()
    assert (columns[0], columns[29]) == ("unit", "row_2_column_1")
    rows = np.array(list(rows))
    assert rows[:, 0].tolist() == list(range(1, 25))
    np.testing.assert_array_equal(rows[:, 1:].astype(np.float32), weights)


def test_a_deeper_layer_and_another_order_are_chosen_by_menu(qtbot, view, studio):
    train(qtbot, view, studio)
    choose(view, "layerButton", 1)
    wait_for(qtbot, view.filters)
    choose(view, "unitOrderButton", "norm")
    wait_for(qtbot, view.filters)
    view.filters.turn.redraw()
    network, dataset = studio.session.run.network, studio.session.data.dataset
    hidden = network.activations(dataset.test_images[:1000] / np.float32(255))[1]
    units = order_units(network, 1, hidden, UnitOrder.NORM)
    assert view.filters.view._shown.units == units.tolist()
    expected = levels_of(filters(network, 1, dataset.test_images)[units], own=True)
    np.testing.assert_array_equal(view.filters.view._shown.levels, expected)


def test_a_click_on_a_unit_shows_what_it_answers_to(qtbot, view, studio):
    train(qtbot, view, studio)
    click_unit(qtbot, view, studio, 5)
    answer = view.unit._answer()
    assert view.unit.title.text() == "LAYER 1, UNIT 6"
    network, dataset = studio.session.run.network, studio.session.data.dataset
    from mnist_studio.data.split import split

    indices = split(dataset.train_labels, 0.25, 0).validation_indices
    images, labels = dataset.train_images[indices], dataset.train_labels[indices]
    activations = network.activations(images / np.float32(255))[0][:, 5]
    np.testing.assert_allclose(answer.figures.activations, activations, atol=1e-5)
    assert answer.figures.means[3] == pytest.approx(activations[labels == 3].mean(), abs=1e-4)
    columns, rows = view.unit.sheet()
    row = dict(zip(columns, rows[3], strict=True))
    assert row["class"] == "3"
    assert row["mean_activation"] == pytest.approx(activations[labels == 3].mean(), abs=1e-4)
    assert row["share_on"] == pytest.approx((activations[labels == 3] > 0).mean())
    best = images[int(activations.argmax())].reshape(28, 28)
    np.testing.assert_array_equal(view.unit.exciting._images[0].pixels, best)


def test_the_spread_of_the_activations_is_shown_by_class(qtbot, view, studio):
    train(qtbot, view, studio)
    click_unit(qtbot, view, studio, 5)
    means = view.unit.bars.grab().toImage()
    QTest.mouseClick(view.findChild(QToolButton, "histogramToggle"), LEFT)
    assert view.unit.bars.grab().toImage() != means
    network, dataset = studio.session.run.network, studio.session.data.dataset
    from mnist_studio.data.split import split

    indices = split(dataset.train_labels, 0.25, 0).validation_indices
    images, labels = dataset.train_images[indices], dataset.train_labels[indices]
    activations = network.activations(images / np.float32(255))[0][:, 5]
    edges = np.linspace(activations.min(), activations.max(), len(view.unit.bars.shares[0]) + 1)
    of_sevens = np.histogram(activations[labels == 7], edges)[0] / np.count_nonzero(labels == 7)
    np.testing.assert_allclose(view.unit.bars.shares[7], of_sevens, atol=0.02)


def test_the_arrow_keys_go_from_unit_to_unit(qtbot, view, studio):
    train(qtbot, view, studio)
    click_unit(qtbot, view, studio, 5)
    QTest.keyClick(view.filters.view, Qt.Key.Key_Right)
    assert view.filters.view.chosen == 6
    wait_for(qtbot, view.unit)
    view.unit.turn.redraw()
    assert view.unit.title.text() == "LAYER 1, UNIT 7"


def wheel(widget, place, notches):
    QApplication.sendEvent(
        widget,
        QWheelEvent(
            QPointF(place),
            QPointF(widget.mapToGlobal(place)),
            QPoint(),
            QPoint(0, 120 * notches),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        ),
    )


def test_the_wheel_shows_what_is_under_the_pointer_larger(qtbot, view, studio):
    train(qtbot, view, studio)
    shown = view.filters.view
    place = shown.unit_rect(9).center()
    before = shown.unit_rect(9).width()
    wheel(shown, place, 3)
    assert shown.unit_rect(9).width() > 1.5 * before
    assert shown.unit_at(place) == 9
    wheel(shown, place, -5)
    assert shown.unit_rect(9).width() == before
    assert shown.unit_rect(0).topLeft() == QPoint(0, 0)


def test_the_sheet_is_dragged_while_it_is_larger_and_a_click_still_chooses(qtbot, view, studio):
    train(qtbot, view, studio)
    shown = view.filters.view
    wheel(shown, QPoint(1, 1), 6)
    first = shown.unit_rect(0).topLeft()
    QTest.mousePress(shown, LEFT, pos=QPoint(100, 100))
    QTest.mouseMove(shown, QPoint(60, 70))
    QTest.mouseRelease(shown, LEFT, pos=QPoint(60, 70))
    assert shown.unit_rect(0).topLeft() == first - QPoint(40, 30)
    place = QPoint(100, 100)
    unit = shown.unit_at(place)
    assert shown.chosen != unit
    QTest.mouseClick(shown, LEFT, pos=place)
    assert shown.chosen == unit


def test_keys_zoom_around_the_chosen_unit_and_keep_it_in_sight(qtbot, view, studio):
    train(qtbot, view, studio)
    click_unit(qtbot, view, studio, 7)
    shown = view.filters.view
    for _ in range(4):
        QTest.keyClicks(shown, "+")
    assert shown.rect().intersects(shown.unit_rect(7))
    for _ in range(10):
        QTest.keyClick(shown, Qt.Key.Key_Right)
        assert shown.rect().intersects(shown.unit_rect(shown.chosen))
    QTest.keyClicks(shown, "0")
    assert shown.unit_rect(0).topLeft() == QPoint(0, 0)


def test_the_unit_under_the_pointer_is_named_and_shown_large(qtbot, view, studio):
    train(qtbot, view, studio)
    shown = view.filters.view
    place = shown.unit_rect(9).center()
    QApplication.sendEvent(shown, QHelpEvent(QEvent.Type.ToolTip, place, shown.mapToGlobal(place)))
    text = QToolTip.text()
    assert "unit 10" in text
    image = QImage.fromData(QByteArray.fromBase64(text.split("base64,")[1].split('"')[0].encode()))
    assert image.width() > 4 * 28
    small = image.scaled(28, 28)
    expected = diverging_image(shown._shown.levels[9])
    assert small.pixelColor(20, 9) == expected.pixelColor(20, 9)


def test_every_one_of_a_thousand_units_is_seen(qtbot, view, studio):
    config = RunConfig(QUICK.data, ModelConfig((HiddenLayer(1024),)), QUICK.training)
    with qtbot.waitSignal(studio.session.run_ended):
        studio.session.start(config)
    view.resize(680, 480)
    wait_for(qtbot, view.filters)
    view.filters.turn.redraw()
    assert view.filters.view.rect().contains(view.filters.view.unit_rect(1023))


def test_a_unit_is_switched_off_on_a_copy_and_on_again(qtbot, view, studio):
    train(qtbot, view, studio)
    session = studio.session
    trained = session.run.network
    image = session.data.dataset.test_images[3].reshape(28, 28)
    before = session.predict(image)
    click_unit(qtbot, view, studio, 5)
    QTest.mouseClick(view.unit._off, LEFT)
    expected = switched_off(trained, 0, 5)
    np.testing.assert_allclose(
        session.predict(image),
        expected.predict_probabilities(image.reshape(1, -1) / np.float32(255))[0],
        atol=1e-6,
    )
    wait_for(qtbot, view.unit)
    view.unit.turn.redraw()
    answer = view.unit._answer()
    assert f"{100 * answer.changed_accuracy:.2f}" in view.unit.sentence.text()
    QTest.mouseClick(view.unit._discard, LEFT)
    assert session.run.network is trained
    assert session.predict(image) == before
    assert not view.unit._discard.isVisible()


def test_another_bias_is_tried_and_discarded_with_the_unit(qtbot, view, studio):
    train(qtbot, view, studio)
    trained = studio.session.run.network
    click_unit(qtbot, view, studio, 5)
    view.unit._bias.setFocus()
    QTest.keyClick(view.unit._bias, Qt.Key.Key_Up)
    bias = studio.session.run.network.linear_layers[0].bias.value[5]
    assert bias == pytest.approx(trained.linear_layers[0].bias.value[5] + 0.1, abs=2e-3)
    click_unit(qtbot, view, studio, 6)
    assert studio.session.run.network is trained


def test_a_unit_of_the_drawing_can_be_chosen(qtbot, view, studio):
    train(qtbot, view, studio)
    QApplication.processEvents()
    block = view.drawing._places.blocks[1]
    QTest.mouseClick(view.drawing, LEFT, pos=block.dots[4].toPoint())
    wait_for(qtbot, view.unit)
    view.unit.turn.redraw()
    assert view.unit.title.text() == "LAYER 2, UNIT 5"
    assert view.filters.layer == 1


def test_a_run_with_other_layers_forgets_the_unit(qtbot, view, studio):
    train(qtbot, view, studio)
    click_unit(qtbot, view, studio, 20)
    train(
        qtbot, view, studio, RunConfig(QUICK.data, ModelConfig((HiddenLayer(8),)), QUICK.training)
    )
    assert len(view.filters.view._shown.units) == 8
    assert 0 <= view.filters.view.chosen < 8


def test_the_unit_that_is_on_most_often_is_shown_until_one_is_chosen(qtbot, view, studio):
    view.hide()
    with qtbot.waitSignal(studio.session.run_ended):
        studio.session.start(QUICK)
    view.show()
    qtbot.waitUntil(lambda: view.unit.figure.current)
    view.unit.turn.redraw()
    view.filters.turn.redraw()
    images = studio.session.data.dataset.test_images[:1000] / np.float32(255)
    weights, biases = (each.value for each in studio.session.run.network.parameters[:2])
    used = (images @ weights + biases > 0).mean(axis=0)
    assert used[view.filters.view.chosen] == used.max()
    assert view.unit.title.text() == f"LAYER 1, UNIT {view.filters.view.chosen + 1}"
    click_unit(qtbot, view, studio, 20)
    train(qtbot, view, studio)
    assert view.unit.title.text() == "LAYER 1, UNIT 21"


def test_nothing_is_said_of_a_unit_that_is_not_there(qtbot, view, studio):
    train(qtbot, view, studio, RunConfig(QUICK.data, ModelConfig(()), QUICK.training))
    view.unit.turn.redraw()
    assert view.unit.title.text() == "NO UNITS"
    for name in ("unitBias", "switchOffButton", "histogramToggle"):
        assert not view.findChild(QWidget, name).isVisible()
    assert not view.unit.exciting.isVisible()


def test_a_network_without_hidden_layers_shows_the_weights_of_its_classes(qtbot, view, studio):
    train(qtbot, view, studio, RunConfig(QUICK.data, ModelConfig(()), QUICK.training))
    shown = view.filters.view
    weights = studio.session.run.network.parameters[0].value.T
    np.testing.assert_array_equal(shown._shown.levels, levels_of(weights, own=True))
    QTest.mouseClick(shown, LEFT, pos=shown.unit_rect(3).center())
    assert shown.chosen == -1
    assert not studio.inquirer.awaits("unit")
    view.unit.turn.redraw()
    assert view.unit.sentence.text() == "This network has no hidden units to look at."


def test_a_hidden_page_asks_nothing(qtbot, view, studio):
    train(qtbot, view, studio)
    click_unit(qtbot, view, studio, 5)
    view.hide()
    train_again = studio.session.start
    with qtbot.waitSignal(studio.session.run_ended):
        train_again(QUICK)
    assert not studio.inquirer.awaits("filters")
    assert not studio.inquirer.awaits("unit")


@pytest.mark.layout
@pytest.mark.parametrize("name", ["light", "dark"])
@pytest.mark.parametrize("size", [(680, 480), (900, 620), (1500, 900)])
def test_nothing_is_cut_off(qtbot, view, studio, name, size):
    theme.choose(name)
    train(qtbot, view, studio)
    click_unit(qtbot, view, studio, 3)
    QTest.mouseClick(view.unit._off, LEFT)
    view.resize(*size)
    QApplication.processEvents()
    for each in view.findChildren(QToolButton):
        if each.isVisible():
            assert each.width() >= each.minimumSizeHint().width(), each.objectName()
    theme.choose("light")

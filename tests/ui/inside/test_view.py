"""What is inside the network, on the page as a person uses it."""

import numpy as np
import pytest
from PySide6.QtCore import QByteArray, QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QAction, QHelpEvent, QImage, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QScrollArea, QToolButton, QToolTip, QWidget

from mnist_studio.data.split import split
from mnist_studio.insight.units import UnitOrder, filters, order_units, switched_off
from mnist_studio.session.run_in_view import Snapshot
from mnist_studio.ui import theme
from mnist_studio.ui.diverging import ZERO, diverging_image, levels_of
from mnist_studio.ui.inside.view import InsideView

from ..live_views import assert_buttons_are_whole, every_look, go_back_to_the_beginning, quick_run

QUICK = quick_run(24, 12)
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def view(show_view):
    return show_view(InsideView)


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


def first_validation_images(dataset):
    return dataset.train_images[split(dataset.train_labels, 0.25, 0).validation_indices[:500]]


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
    images = first_validation_images(dataset)
    hidden = network.activations(images / np.float32(255))[1]
    units, _ = order_units(network, 1, hidden, UnitOrder.NORM)
    assert view.filters.view._shown.units == units.tolist()
    expected = levels_of(filters(network, 1, images)[units], own=True)
    np.testing.assert_array_equal(view.filters.view._shown.levels, expected)


def test_a_click_on_a_unit_shows_what_it_answers_to(qtbot, view, studio):
    train(qtbot, view, studio)
    click_unit(qtbot, view, studio, 5)
    answer = view.unit._answer()
    assert view.unit.title.text() == "LAYER 1, UNIT 6"
    network, dataset = studio.session.run.network, studio.session.data.dataset
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
    assert list(row.values())[4:] == answer.figures.histograms[3].tolist()
    low, high = answer.figures.edges[[0, 1]]
    assert columns[4] == f"images_{low:.4g}_to_{high:.4g}"
    best = images[int(activations.argmax())].reshape(28, 28)
    np.testing.assert_array_equal(view.unit.exciting._images[0].pixels, best)


@pytest.mark.layout
def test_images_that_excite_a_unit_are_seen_in_a_low_window(qtbot, view, studio):
    view.resize(662, 482)  # as in a window of 1024x600
    train(qtbot, view, studio)
    click_unit(qtbot, view, studio, 5)
    content = view.unit.findChild(QScrollArea).widget()
    strip = view.unit.exciting
    qtbot.waitUntil(lambda: content.rect().contains(strip.geometry()))
    assert strip.y() > view.unit.bars.geometry().bottom()


@pytest.mark.layout
def test_a_unit_is_read_in_large_text_and_needs_no_scrolling_in_usual_text(qtbot, view, studio):
    train(qtbot, view, studio)
    click_unit(qtbot, view, studio, 5)
    view.resize(662, 482)  # as in a window of 1024x600
    area = view.unit.findChild(QScrollArea)
    QApplication.processEvents()
    assert area.verticalScrollBar().maximum() == 0
    theme.set_scale(1.5)
    view.resize(760, 570)
    qtbot.waitUntil(lambda: area.verticalScrollBar().maximum() > 0)
    assert view.unit.bars.height() >= 11 * 15
    label = next(each for each in view.unit.findChildren(QLabel) if each.text() == "excited by")
    assert label.width() >= label.sizeHint().width()


def test_the_spread_of_the_activations_is_shown_by_class(qtbot, view, studio):
    train(qtbot, view, studio)
    click_unit(qtbot, view, studio, 5)
    means = view.unit.bars.grab().toImage()
    QTest.mouseClick(view.findChild(QToolButton, "histogramToggle"), LEFT)
    assert view.unit.bars.grab().toImage() != means
    network, dataset = studio.session.run.network, studio.session.data.dataset
    indices = split(dataset.train_labels, 0.25, 0).validation_indices
    images, labels = dataset.train_images[indices], dataset.train_labels[indices]
    activations = network.activations(images / np.float32(255))[0][:, 5]
    edges = np.linspace(activations.min(), activations.max(), len(view.unit.bars.shares[0]) + 1)
    of_sevens = np.histogram(activations[labels == 7], edges)[0] / np.count_nonzero(labels == 7)
    np.testing.assert_allclose(view.unit.bars.shares[7], of_sevens, atol=0.02)


def test_a_deeper_unit_looks_the_same_in_the_layer_and_by_itself(qtbot, view, studio):
    train(qtbot, view, studio)
    choose(view, "layerButton", 1)
    wait_for(qtbot, view.filters)
    view.filters.turn.redraw()
    click_unit(qtbot, view, studio, 7)
    shown = view.filters.view._shown
    levels = shown.levels[shown.units.index(7)]
    np.testing.assert_array_equal(view.unit._answer().levels, levels)
    images = first_validation_images(studio.session.data.dataset)
    network = studio.session.run.network
    np.testing.assert_array_equal(levels, levels_of(filters(network, 1, images), own=True)[7])


def test_groups_are_told_apart_by_lines_and_under_the_pointer(qtbot, view, studio):
    train(qtbot, view, studio)
    choose(view, "unitOrderButton", "group")
    wait_for(qtbot, view.filters)
    view.filters.turn.redraw()
    shown = view.filters.view
    groups = shown._shown.groups
    assert groups[0] == 0 < groups[-1]
    first = next(
        k
        for k in range(1, len(groups))
        if groups[k] != groups[k - 1] and shown.unit_rect(k).left() > 0
    )
    name = f"group {groups[first] + 1} of {groups[-1] + 1}"
    assert name in shown._describe(shown._shown.units[first])
    picture, rect = shown.grab().toImage(), shown.unit_rect(first)
    line = picture.pixelColor(rect.left() - 1, rect.center().y())
    assert line == theme.color("text")
    inside = shown.unit_rect(0)
    assert picture.pixelColor(inside.right() + 1, inside.center().y()) != line


def test_the_activation_now_goes_with_what_is_on_the_pad(qtbot, view, studio):
    train(qtbot, view, studio)
    click_unit(qtbot, view, studio, 5)
    assert "pad" not in view.unit.sentence.text()
    image = studio.session.data.dataset.test_images[3]
    studio.session.drawing.show(image.reshape(28, 28))
    view.unit.turn.redraw()
    weights, biases = (each.value for each in studio.session.run.network.parameters[:2])
    now = max(0.0, float(image / 255 @ weights[:, 5] + biases[5]))
    assert view.unit.sentence.text().endswith(f"What is on the pad gives {now:.2f}.")
    studio.session.drawing.show(None)
    view.unit.turn.redraw()
    assert "pad" not in view.unit.sentence.text()


def test_the_figures_of_a_class_are_said_under_the_pointer(qtbot, view, studio):
    train(qtbot, view, studio)
    click_unit(qtbot, view, studio, 5)
    bars, figures = view.unit.bars, view.unit._answer().figures
    bars.grab()
    place = QPoint(20, round(4.5 * bars._line))  # the headings have a line, too
    QApplication.sendEvent(bars, QHelpEvent(QEvent.Type.ToolTip, place, bars.mapToGlobal(place)))
    speaks = view.unit._answer().speaks[3]
    assert QToolTip.text() == (
        f"3: mean activation {figures.means[3]:.2f}, on for {100 * figures.used[3]:.0f} %, "
        f"speaks for it {speaks:+.2f}".replace("-", "−")
    )


def test_without_validation_images_it_says_that_the_test_images_are_looked_at(qtbot, view, studio):
    train(qtbot, view, studio, quick_run(24, validation_fraction=0.0))
    click_unit(qtbot, view, studio, 5)
    answer = view.unit._answer()
    assert len(answer.figures.activations) == len(studio.session.data.dataset.test_labels)
    assert "of the test images" in view.unit.sentence.text()


def test_what_every_unit_gives_is_taken_along(qtbot, view, studio):
    train(qtbot, view, studio)
    view.drawing.grab()
    assert view.network.sheet() is None
    studio.session.drawing.show(studio.session.data.dataset.test_images[3].reshape(28, 28))
    view.drawing.grab()
    columns, rows = view.network.sheet()
    rows = list(rows)
    assert columns == ("layer", "unit", "activation")
    assert len(rows) == 784 + 24 + 12 + 10
    probabilities = [value for layer, _, value in rows if layer == 3]
    assert probabilities == pytest.approx(studio.session.predict(studio.session.drawing.pixels))


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


@pytest.mark.layout
def test_the_headings_of_narrow_bars_are_not_written_over_one_another(qtbot, view, studio):
    train(qtbot, view, studio)
    theme.choose("light", 1.5)
    bars = view.unit.bars
    bars.resize(90, 165)
    picture = bars.grab().toImage()
    heading = range(1, int(bars._line) - 1)
    blank = "".join(
        " x"[any(picture.pixel(x, y) != picture.pixel(0, 0) for y in heading)]
        for x in range(picture.width())
    )
    between = blank[len(blank) // 2 : 7 * len(blank) // 10]
    assert " " * 6 in between


def test_every_one_of_a_thousand_units_is_seen(qtbot, view, studio):
    config = quick_run(1024)
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
    assert "worked out" in view.unit.sentence.text()  # not what was said without the change
    wait_for(qtbot, view.unit)
    view.unit.turn.redraw()
    answer = view.unit._answer()
    assert f"{100 * answer.changed_accuracy:.2f}" in view.unit.sentence.text()
    QTest.mouseClick(view.unit._discard, LEFT)
    assert session.run.network is trained
    assert session.predict(image) == before
    assert not view.unit._discard.isVisible()
    # Nothing lies over anything else.
    assert view.unit._picture.geometry().right() < view.unit.bars.geometry().left()


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


def test_a_moment_that_is_recalled_is_seen_in_the_unit_and_ends_what_was_tried(qtbot, view, studio):
    train(qtbot, view, studio)
    session, shown = studio.session, view.filters.view
    click_unit(qtbot, view, studio, 5)
    moment = session.run.network.copy()
    moment.linear_layers[0].weight.value[:, 5] = np.linspace(-1, 1, 784)
    moment.linear_layers[0].bias.value[5] = 0.25
    QTest.mouseClick(view.unit._off, LEFT)
    session.recall(Snapshot(7, moment.freeze()))
    assert not view.unit._discard.isVisible()
    assert not view.unit._off.isChecked()
    for card in (view.filters, view.unit):
        wait_for(qtbot, card)
        card.turn.redraw()
    answer = view.unit._answer()
    assert answer.bias == 0.25
    levels = shown._shown.levels[shown._shown.units.index(5)]
    np.testing.assert_array_equal(answer.levels, levels)
    # What is tried now is tried with it.
    QTest.mouseClick(view.unit._off, LEFT)
    outgoing = session.run.network.linear_layers[1].weight.value
    assert not outgoing[5].any()
    assert session.run.network.linear_layers[0].bias.value[5] == 0.25


def test_spoilt_weights_are_told_in_words(qtbot, view, studio):
    train(qtbot, view, studio)
    click_unit(qtbot, view, studio, 5)
    image = studio.session.data.dataset.test_images[3]
    studio.session.drawing.show(image.reshape(28, 28))
    spoilt = studio.session.run.network.copy()
    spoilt.linear_layers[0].weight.value[...] = np.nan
    studio.session.recall(Snapshot(7, spoilt.freeze()))
    wait_for(qtbot, view.unit)
    view.unit.turn.redraw()
    assert view.unit.sentence.text() == "Its activations are no numbers any more."
    assert not view.grab().isNull()


@pytest.mark.parametrize("other", [True, False])
def test_a_bias_that_was_being_typed_is_not_taken_for_another_units(qtbot, view, studio, other):
    train(qtbot, view, studio)
    trained = studio.session.run.network
    click_unit(qtbot, view, studio, 5)
    view.activateWindow()
    view.unit._bias.setFocus()
    qtbot.waitUntil(view.unit._bias.hasFocus)
    QTest.keyClick(view.unit._bias, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(view.unit._bias, "7")  # without Enter
    if other:
        QApplication.processEvents()
        place = view.drawing._places.blocks[0].dots[6].toPoint()
        QTest.mouseClick(view.drawing, LEFT, pos=place)
    else:
        QTest.keyClick(view.unit._bias, Qt.Key.Key_Return)
        QTest.mouseClick(view.unit._discard, LEFT)
    unit = 6 if other else 5
    assert view.unit._unit == unit
    assert studio.session.run.network is trained
    wait_for(qtbot, view.unit)
    view.unit.turn.redraw()
    bias = float(trained.linear_layers[0].bias.value[unit])
    assert view.unit._bias.value() == pytest.approx(bias, abs=1e-3)
    assert not view.unit._discard.isVisible()


def test_a_unit_of_the_drawing_can_be_chosen(qtbot, view, studio):
    train(qtbot, view, studio)
    QApplication.processEvents()
    block = view.drawing._places.blocks[1]
    QTest.mouseClick(view.drawing, LEFT, pos=block.dots[4].toPoint())
    wait_for(qtbot, view.unit)
    view.unit.turn.redraw()
    assert view.unit.title.text() == "LAYER 2, UNIT 5"
    assert view.filters.layer == 1
    assert view.drawing._marked == (2, 4)
    click_unit(qtbot, view, studio, 3)
    assert view.drawing._marked == (2, 3)


def test_a_run_with_other_layers_forgets_the_unit(qtbot, view, studio):
    train(qtbot, view, studio)
    click_unit(qtbot, view, studio, 20)
    train(qtbot, view, studio, quick_run(8))
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
    images = first_validation_images(studio.session.data.dataset) / np.float32(255)
    weights, biases = (each.value for each in studio.session.run.network.parameters[:2])
    used = (images @ weights + biases > 0).mean(axis=0)
    assert used[view.filters.view.chosen] == used.max()
    assert view.unit.title.text() == f"LAYER 1, UNIT {view.filters.view.chosen + 1}"
    click_unit(qtbot, view, studio, 20)
    train(qtbot, view, studio)
    assert view.unit.title.text() == "LAYER 1, UNIT 21"


def test_nothing_is_said_of_a_unit_that_is_not_there(qtbot, view, studio):
    train(qtbot, view, studio)
    click_unit(qtbot, view, studio, 5)
    train(qtbot, view, studio, quick_run())
    assert not view.unit.isVisible()
    assert view.filters.view.chosen == -1
    for name in ("layerButton", "unitOrderButton"):
        assert not view.findChild(QWidget, name).isVisible()
    train(qtbot, view, studio)
    assert view.unit.isVisible()
    assert view.findChild(QWidget, "layerButton").isVisible()


def test_a_network_without_hidden_layers_shows_the_weights_of_its_classes(qtbot, view, studio):
    train(qtbot, view, studio, quick_run())
    shown = view.filters.view
    weights = studio.session.run.network.parameters[0].value.T
    np.testing.assert_array_equal(shown._shown.levels, levels_of(weights, own=True))
    QTest.mouseClick(shown, LEFT, pos=shown.unit_rect(3).center())
    assert shown.chosen == -1
    assert not studio.inquirer.awaits("unit")
    text = "The weights of each class: blue, ink here speaks for it; orange, against it."
    assert view.filters.caption.text() == text


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
def test_nothing_is_cut_off(qtbot, view, studio):
    train(qtbot, view, studio)
    click_unit(qtbot, view, studio, 3)
    QTest.mouseClick(view.unit._off, LEFT)
    for _ in every_look(view, (680, 480), (900, 620), (1500, 900)):
        assert_buttons_are_whole(view)


def test_it_is_said_that_the_weights_are_those_before_the_training(qtbot, view, studio):
    train(qtbot, view, studio)
    before = view.filters.caption.text()
    go_back_to_the_beginning(studio.session)
    view.filters.turn.redraw()
    assert view.filters.caption.text() == f"Before the training: {before}"

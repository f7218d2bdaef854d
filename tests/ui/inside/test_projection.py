"""All images in a plane, as a person looks at them."""

import itertools

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QToolButton

from mnist_studio.data.split import split
from mnist_studio.insight.projection import project
from mnist_studio.number_text import certainty
from mnist_studio.session.run_in_view import Snapshot
from mnist_studio.training.parts import Part
from mnist_studio.ui.inside.projection_view import ProjectionView
from mnist_studio.ui.inside.projection_work import LOGITS, PIXELS, project_part

from ..live_views import assert_buttons_are_whole, every_look, go_back_to_the_beginning, quick_run

LEFT = Qt.MouseButton.LeftButton


QUICK = quick_run(24, 12)


@pytest.fixture
def view(show_view):
    return show_view(ProjectionView)


def train(qtbot, view, studio, config=QUICK):
    with qtbot.waitSignal(studio.session.run_ended):
        studio.session.start(config)
    settle(qtbot, view)


def settle(qtbot, view):
    qtbot.waitUntil(lambda: view.projection.figure.current)
    view.projection.turn.redraw()


def choose_layer(qtbot, view, layer):
    button = view.findChild(QToolButton, "projectionLayerButton")
    button.findChild(QAction, f"{layer}Action").trigger()
    settle(qtbot, view)


def validation_images(studio, fraction=0.25):
    dataset = studio.session.data.dataset
    indices = split(dataset.train_labels, fraction, 0).validation_indices[:3000]
    return dataset.train_images[indices] / np.float32(255), dataset.train_labels[indices], indices


def drag(plot, *corners):
    """Draw a line through corners with the left button."""
    QTest.mousePress(plot, LEFT, pos=corners[0])
    for before, after in itertools.pairwise(corners):
        for share in (0.25, 0.5, 0.75, 1.0):
            QTest.mouseMove(plot, before + (after - before) * share)
    QTest.mouseRelease(plot, LEFT, pos=corners[-1])


def position_of(plot, row):
    x, y = plot.positions(plot.cloud.places[row : row + 1])[0].tolist()
    return QPoint(round(x), round(y))


def is_loneliest(plot):
    """Return the row whose dot is furthest from all others."""
    places = plot.positions(plot.cloud.places)
    distances = np.hypot(*(places[:, np.newaxis] - places).transpose(2, 0, 1))
    np.fill_diagonal(distances, np.inf)
    return int(distances.min(axis=1).argmax())


def test_without_a_run_it_says_what_to_do(view):
    assert view.projection.plot.cloud is None
    assert "Press Train" in view.findChild(QLabel, "viewHint").text()


@pytest.mark.parametrize("layer", [PIXELS, 1, 2, LOGITS])
def test_the_dots_are_the_scores_of_the_two_first_components(qtbot, view, studio, layer):
    train(qtbot, view, studio)
    choose_layer(qtbot, view, layer)
    images, labels, _ = validation_images(studio)
    network = studio.session.run.network
    rows = [images, *network.activations(images)][layer].astype(float)
    _, sizes, axes = np.linalg.svd(rows - rows.mean(axis=0), full_matrices=False)
    scores = (rows - rows.mean(axis=0)) @ axes[:2].T
    cloud = view.projection.plot.cloud
    np.testing.assert_array_equal(cloud.labels, labels)
    np.testing.assert_array_equal(cloud.predicted, network.logits(images).argmax(axis=1))
    # Turned as a whole, so what stays is how far the images are from each other.
    apart = np.hypot(*(scores[:50] - scores[50:100]).T)
    shown = np.hypot(*(cloud.places[:50] - cloud.places[50:100]).T)
    np.testing.assert_allclose(shown, apart, rtol=0.02, atol=0.02)
    sheet = view.projection.sheet()
    first = dict(zip(sheet.columns, next(iter(sheet.rows)), strict=True))
    assert first["class"] == str(labels[0])
    assert (first["x"], first["y"]) == tuple(cloud.places[0].tolist())
    share = (sizes**2)[:2].sum() / (sizes**2).sum()
    assert f"{100 * share:.0f} %" in view.projection.caption.text()


def test_while_it_trains_the_dots_stay_as_near_as_a_turn_can_bring_them(qtbot, view, studio):
    train(qtbot, view, studio)
    before = view.projection.figure.answer
    dataset, run = studio.session.data.dataset, studio.session.run
    network = run.network.copy()
    network.linear_layers[1].weight.value[...] *= -1.0
    network.linear_layers[1].bias.value[...] *= -1.0
    after = project_part(network, LOGITS, dataset, run.config.data, before, lambda: False)
    free = project(after.part.answers.logits).points
    assert ((after.projection.points - before.projection.points) ** 2).sum() <= (
        (free - before.projection.points) ** 2
    ).sum()


def test_the_pixels_are_projected_once_and_their_answers_anew(qtbot, view, studio):
    train(qtbot, view, studio)
    choose_layer(qtbot, view, PIXELS)
    before = view.projection.figure.answer
    other = studio.session.run.network.copy()
    other.linear_layers[-1].weight.value[...] *= -1.0
    studio.session.recall(Snapshot(1, other.freeze(), edited=True))
    settle(qtbot, view)
    after = view.projection.figure.answer
    assert after.projection is before.projection
    assert (after.part.answers.predicted != before.part.answers.predicted).mean() > 0.5


def test_a_change_of_depth_keeps_the_last_layer_in_view(qtbot, view, studio):
    train(qtbot, view, studio)
    assert view.projection.layer == 2
    train(qtbot, view, studio, quick_run(16))
    assert view.projection.layer == 1
    train(qtbot, view, studio, quick_run())
    assert view.projection.layer == LOGITS
    assert view.projection.plot.cloud is not None
    train(qtbot, view, studio, quick_run(8, 8, 8))
    assert view.projection.layer == 3


@pytest.mark.parametrize("width", [1, 2])
def test_narrow_layers_can_be_looked_at(qtbot, view, studio, width):
    train(qtbot, view, studio, quick_run(width))
    plot = view.projection.plot
    answer = view.projection.figure.answer
    if answer.projection.rank == 1:
        heights = [np.unique(plot.cloud.places[plot.cloud.labels == k, 1]) for k in range(10)]
        assert [len(each) for each in heights] == [1] * 10
        assert (np.diff(np.concatenate(heights)) < 0).all()
        assert "each class has a row" in view.projection.caption.text()
    view.grab()


def test_a_layer_of_dead_units_says_so(qtbot, view, studio):
    train(qtbot, view, studio)
    dead = studio.session.run.network.copy()
    dead.linear_layers[1].bias.value[...] = -1e6
    studio.session.recall(Snapshot(1, dead.freeze(), edited=True))
    settle(qtbot, view)
    assert view.projection.plot.cloud is None
    assert "same for every image" in view.projection.plot.message


def test_spoilt_weights_are_said_to_be_no_numbers(qtbot, view, studio):
    train(qtbot, view, studio)
    spoilt = studio.session.run.network.copy()
    spoilt.parameters[0].value[...] = np.nan
    studio.session.recall(Snapshot(1, spoilt.freeze(), edited=True))
    settle(qtbot, view)
    assert "no numbers any more" in view.projection.plot.message


def test_without_validation_images_it_shows_the_test_images(qtbot, view, studio):
    train(qtbot, view, studio, quick_run(8, validation_fraction=0.0))
    assert view.projection.figure.answer.part.part is Part.TEST
    assert "test images" in view.projection.caption.text()


def test_the_drawing_is_a_star_where_the_network_puts_it(qtbot, view, studio):
    train(qtbot, view, studio)
    plot = view.projection.plot
    assert plot.star is None
    _, _, indices = validation_images(studio)
    pixels = studio.session.data.dataset.train_images[indices[17]].reshape(28, 28)
    studio.session.drawing.show(pixels)
    qtbot.waitUntil(lambda: plot.star is not None)
    np.testing.assert_allclose(plot.star, plot.cloud.places[17], atol=1e-3)
    studio.session.drawing.show(None)
    qtbot.waitUntil(lambda: plot.star is None)


def test_the_pointer_shows_the_image_with_its_answer(qtbot, view, studio):
    train(qtbot, view, studio)
    plot = view.projection.plot
    row = is_loneliest(plot)
    QTest.mouseMove(plot, position_of(plot, row))
    qtbot.waitUntil(lambda: plot.pointed == row)
    probabilities = view.projection.figure.answer.part.answers.probabilities[row]
    assert f"{certainty(probabilities.max())} sure" in plot.accessibleDescription()
    QTest.mouseMove(plot, QPoint(1, 1))
    qtbot.waitUntil(lambda: plot.pointed == -1)


def test_the_arrow_keys_go_from_image_to_image_and_enter_puts_it_on_the_pad(qtbot, view, studio):
    train(qtbot, view, studio)
    plot = view.projection.plot
    QTest.keyClick(plot, Qt.Key.Key_Right)
    first = plot.pointed
    QTest.keyClick(plot, Qt.Key.Key_Right)
    assert position_of(plot, plot.pointed).x() >= position_of(plot, first).x()
    assert plot.pointed != first
    with qtbot.waitSignal(view.projection.pad_wanted) as wanted:
        QTest.keyClick(plot, Qt.Key.Key_Return)
    answer = view.projection.figure.answer.part
    expected = answer.images[answer.answers.indices[plot.pointed]].reshape(28, 28)
    np.testing.assert_array_equal(wanted.args[0].pixels, expected)


def test_a_double_click_puts_an_image_on_the_pad(qtbot, view, studio):
    train(qtbot, view, studio)
    plot = view.projection.plot
    row = is_loneliest(plot)
    with qtbot.waitSignal(view.projection.pad_wanted) as wanted:
        QTest.mouseDClick(plot, LEFT, pos=position_of(plot, row))
    assert wanted.args[0].truth == str(plot.cloud.labels[row])


def test_a_loop_asks_for_the_images_inside_of_it(qtbot, view, studio):
    train(qtbot, view, studio)
    plot = view.projection.plot
    left, right, top, bottom = 1, plot.width() // 2, 1, plot.height() - 1
    corners = ((left, top), (right, top), (right, bottom), (left, bottom), (left, top))
    with qtbot.waitSignal(view.projection.images_wanted) as wanted:
        drag(plot, *(QPoint(*corner) for corner in corners))
    found = wanted.args[0]
    x = plot.positions(plot.cloud.places)[:, 0]
    np.testing.assert_array_equal(found.rows, np.flatnonzero(x < right))
    assert found.part is view.projection.figure.answer.part


def test_a_click_or_an_empty_loop_asks_for_nothing(qtbot, view, studio):
    train(qtbot, view, studio)
    plot = view.projection.plot
    with qtbot.assertNotEmitted(view.projection.images_wanted):
        QTest.mouseClick(plot, LEFT, pos=QPoint(plot.width() // 2, plot.height() // 2))
        drag(plot, QPoint(1, 1), QPoint(5, 1), QPoint(5, 5), QPoint(1, 5), QPoint(1, 1))


def test_a_class_is_hidden_by_a_click_and_shown_alone_by_a_double_click(qtbot, view, studio):
    train(qtbot, view, studio)
    card = view.projection
    plot, legend = card.plot, card.legend
    assert [entry.text for entry in legend.entries] == [str(k) for k in range(10)]
    QTest.mouseClick(legend, LEFT, pos=legend.place_of(3).center())
    right, bottom = plot.width() - 1, plot.height() - 1
    corners = ((1, 1), (right, 1), (right, bottom), (1, bottom))
    with qtbot.waitSignal(card.images_wanted) as wanted:
        drag(plot, *(QPoint(*corner) for corner in corners))
    assert set(plot.cloud.labels[wanted.args[0].rows].tolist()) == set(range(10)) - {3}
    QTest.mouseDClick(legend, LEFT, pos=legend.place_of(5).center())
    with qtbot.waitSignal(card.images_wanted) as wanted:
        drag(plot, *(QPoint(*corner) for corner in corners))
    assert set(plot.cloud.labels[wanted.args[0].rows].tolist()) == {5}


def test_a_hidden_page_asks_nothing(qtbot, view, studio):
    train(qtbot, view, studio)
    view.hide()
    with qtbot.waitSignal(studio.session.run_ended):
        studio.session.start(QUICK)
    assert not studio.inquirer.awaits("projection")
    assert view.projection.figure.answer is None
    view.show()
    settle(qtbot, view)
    assert view.projection.plot.cloud is not None


@pytest.mark.layout
def test_nothing_is_cut_off(qtbot, view, studio):
    train(qtbot, view, studio)
    caption = view.projection.caption
    for _ in every_look(view, (680, 480), (900, 620), (1500, 900)):
        view.grab()
        assert_buttons_are_whole(view)
        assert all(view.projection.legend.place_of(k) is not None for k in range(10))
        assert caption.heightForWidth(caption.width()) <= caption.height()


def test_it_is_said_that_the_weights_are_those_before_the_training(qtbot, view, studio):
    train(qtbot, view, studio)
    before = view.projection.caption.text()
    go_back_to_the_beginning(studio.session)
    view.projection.turn.redraw()
    assert view.projection.caption.text() == f"Before the training: {before}"

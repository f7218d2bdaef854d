"""How little turns what is on the pad into another digit, as a person looks at it."""

import dataclasses

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QToolButton

from mnist_studio.data.registry import DATASETS
from mnist_studio.number_text import certainty
from mnist_studio.session.run_in_view import Snapshot
from mnist_studio.training.config import (
    DataConfig,
)
from mnist_studio.ui.inside.other_digit_work import STEPS
from mnist_studio.ui.inside.projection_view import ProjectionView
from mnist_studio.ui.inside.way_plot import Way, WayPlot

from ..live_views import every_look, quick_run

QUICK = quick_run(24, epochs=1)


@pytest.fixture
def view(show_view):
    return show_view(ProjectionView)


def train(qtbot, studio):
    with qtbot.waitSignal(studio.session.run_ended):
        studio.session.start(QUICK)


def draw(qtbot, view, studio, index=7):
    """Put a test image on the pad; return it as the network gets it."""
    pixels = studio.session.data.dataset.test_images[index]
    image = pixels / np.float32(255)
    studio.session.drawing.show(pixels.reshape(28, 28))

    def answered():
        answer = view.other.figure.answer
        return answer is not None and np.allclose(answer.found.image, image, atol=1e-6)

    qtbot.waitUntil(answered)
    settle(qtbot, view)
    return image


def settle(qtbot, view):
    qtbot.waitUntil(lambda: view.other.figure.current)
    view.other.turn.redraw()


def choose(qtbot, view, target):
    button = view.findChild(QToolButton, "targetButton")
    button.findChild(QAction, f"{target}Action").trigger()
    settle(qtbot, view)


def text_of(view, name):
    return view.findChild(QLabel, name).text()


def test_without_a_run_or_a_drawing_it_says_what_to_do(qtbot, view, studio):
    view.other.turn.redraw()
    assert "Press Train" in text_of(view, "otherDigitCaption")
    train(qtbot, studio)
    view.other.turn.redraw()
    assert "Draw a digit" in text_of(view, "otherDigitCaption")
    assert not view.other.slider.isEnabled()
    assert view.other.plot.way is None


def test_the_slider_goes_from_the_drawing_to_what_is_answered_otherwise(qtbot, view, studio):
    train(qtbot, studio)
    image = draw(qtbot, view, studio)
    network = studio.session.run.network
    first, second = np.argsort(network.logits(image[np.newaxis])[0])[::-1][:2]
    found = view.other.figure.answer.found
    assert found.target == second
    way = view.other.plot.way
    assert (way.origin, way.target) == (first, second)
    for step in (0, STEPS // 2, STEPS):
        place = image + step / STEPS * (found.changed - image)
        logits = place @ network.parameters[0].value + network.parameters[1].value
        logits = np.maximum(logits, 0) @ network.parameters[2].value + network.parameters[3].value
        probabilities = np.exp(logits - logits.max())
        probabilities /= probabilities.sum()
        view.other.slider.setValue(step)
        answer = int(probabilities.argmax())
        expected = f"{answer} · {certainty(probabilities[answer])} sure"
        assert text_of(view, "otherDigitAnswer") == expected
        np.testing.assert_allclose(way.probabilities[step], probabilities, atol=1e-4)
    assert answer == second


def test_the_size_of_the_change_is_said(qtbot, view, studio):
    train(qtbot, studio)
    image = draw(qtbot, view, studio)
    changed = view.other.figure.answer.found.changed
    length, largest = np.sqrt(((changed - image) ** 2).sum()), np.abs(changed - image).max()
    text = text_of(view, "otherDigitCaption")
    assert f"{length:.2f} in all" in text
    assert f"{largest:.2f} of full ink in a pixel" in text
    sheet = view.other.sheet()
    assert sheet.columns == ("row", "column", "before", "after")
    rows = np.array(list(sheet.rows))
    np.testing.assert_array_equal(rows[:, :2], np.argwhere(np.ones((28, 28))) + 1)
    np.testing.assert_allclose(rows[:, 2], image, atol=1e-6)
    np.testing.assert_array_equal(rows[:, 3], changed)


def test_another_class_is_chosen_by_the_menu(qtbot, view, studio):
    train(qtbot, studio)
    image = draw(qtbot, view, studio)
    answer = studio.session.run.network.logits(image[np.newaxis]).argmax()
    for target in range(10):
        choose(qtbot, view, target)
        found = view.other.figure.answer.found
        assert found.target == target
        text = text_of(view, "otherDigitCaption")
        if target == answer:
            assert "already" in text
            assert not view.other.slider.isEnabled()
        elif not found.found:
            assert "No change was found" in text
        else:
            assert studio.session.run.network.logits(found.changed[None]).argmax() == target


def test_the_keys_move_the_slider_and_a_hollow_star_in_the_projection(qtbot, view, studio):
    train(qtbot, studio)
    draw(qtbot, view, studio)
    qtbot.waitUntil(lambda: view.projection.figure.current)
    view.projection.turn.redraw()
    found = view.other.figure.answer.found
    plot = view.projection.plot
    shown = view.projection.figure.answer
    QTest.keyClick(view.other.slider, Qt.Key.Key_End)
    view.projection.turn.redraw()
    places = shown.place(np.stack([found.image, found.changed]))
    np.testing.assert_allclose([plot.star, plot.other_star], places, atol=1e-4)
    QTest.keyClick(view.other.slider, Qt.Key.Key_Home)
    view.projection.turn.redraw()
    assert plot.other_star is None


def test_it_follows_the_drawing_and_goes_with_it(qtbot, view, studio):
    train(qtbot, studio)
    draw(qtbot, view, studio)
    draw(qtbot, view, studio, index=11)
    studio.session.drawing.show(None)
    view.other.turn.redraw()
    assert not view.other.slider.isEnabled()
    assert text_of(view, "otherDigitAnswer") == ""


def test_spoilt_weights_have_no_way_to_another_class(qtbot, view, studio):
    train(qtbot, studio)
    spoilt = studio.session.run.network.copy()
    spoilt.parameters[0].value[...] = np.nan
    studio.session.recall(Snapshot(1, spoilt.freeze(), edited=True))
    draw(qtbot, view, studio)
    assert "no numbers any more" in text_of(view, "otherDigitCaption")
    assert text_of(view, "otherDigitAnswer") == ""
    assert view.other.sheet() is None
    assert not view.other.slider.isEnabled()
    view.grab()


def test_a_hidden_card_asks_nothing(qtbot, view, studio):
    train(qtbot, studio)
    draw(qtbot, view, studio)
    before = view.other.figure.answer
    view.hide()
    studio.session.drawing.show(studio.session.data.dataset.test_images[3].reshape(28, 28))
    assert not studio.inquirer.awaits("otherDigit")
    assert view.other.figure.answer is before
    view.show()
    settle(qtbot, view)
    assert view.other.figure.answer is not before


def test_classes_have_the_names_of_the_data_set(qtbot, view, studio):
    train(qtbot, studio)
    run = studio.session.run
    fashion = dataclasses.replace(
        run, config=dataclasses.replace(run.config, data=DataConfig("fashion-mnist"))
    )
    studio.session.run_started.emit(fashion)
    button = view.findChild(QToolButton, "targetButton")
    names = [action.text() for action in button.menu().actions()]
    assert names == ["another class", *DATASETS["fashion-mnist"].class_names]


@pytest.mark.layout
def test_a_curve_does_not_cross_the_name_at_its_beginning(qtbot):
    plot = WayPlot()
    qtbot.addWidget(plot)
    plot.resize(200, 150)
    sinking = np.tile(np.linspace(0.97, 0.9, 11, dtype=np.float32)[:, np.newaxis], (1, 2))
    sinking[:, 1] = 0.02
    plot.show_way(Way(sinking, 0, 1, ("4", "9")))
    image = plot.grab().toImage()
    first = round(2 + 0.03 * 146)  # of the curve that sinks by a pixel or two over the name
    paper = image.pixelColor(100, 120)
    written = [
        any(image.pixelColor(x, y) != paper for x in range(12, 50))
        for y in range(first, first + 30)
    ]
    assert written[0]
    assert True in written[written.index(False) :]  # below the curve is paper, and then the name


@pytest.mark.layout
def test_nothing_is_cut_off(qtbot, view, studio):
    train(qtbot, studio)
    draw(qtbot, view, studio)
    for _ in every_look(view, (660, 480), (900, 620), (1500, 900)):
        view.grab()
        for each in view.other.findChildren(QLabel):
            assert each.width() >= each.minimumSizeHint().width(), each.objectName()
            if each.hasHeightForWidth():
                assert each.heightForWidth(each.width()) <= each.height(), each.text()
        assert view.other.picture.height() >= 0.9 * view.other.picture.width()

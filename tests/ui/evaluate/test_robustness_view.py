"""How much distortion runs endure, on the page as a person uses it."""

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QToolButton

from mnist_studio.data.distortion import STRENGTHS, Distorter, Distortion
from mnist_studio.data.split import split
from mnist_studio.runs.opened import open_run
from mnist_studio.ui.evaluate.robustness_view import RobustnessView

from ..live_views import assert_buttons_are_whole, every_look, go_back_to_the_beginning, quick_run

LEFT = Qt.MouseButton.LeftButton
STRENGTH_COUNT = len(STRENGTHS[Distortion.ROTATION])


@pytest.fixture
def view(show_view):
    return show_view(RobustnessView)


def button(view, name):
    return view.findChild(QToolButton, name)


def wait_until_whole(qtbot, view):
    qtbot.waitUntil(
        lambda: (
            not view.curves.busy
            and view.curves.progress[0] == view.curves.progress[1] > 0
            and not view.clock.running
        )
    )


def counted(network, images, labels, indices, kind, strength):
    """Return the accuracy in percent, straight from the network."""
    pixels = Distorter(kind, strength)(images[indices], indices)
    return 100 * np.mean(network.logits(pixels).argmax(axis=1) == labels[indices])


def expected(studio, network, kind):
    dataset = studio.session.data.dataset
    every = np.arange(len(dataset.test_labels))
    return [
        counted(network, dataset.test_images, dataset.test_labels, every, kind, strength)
        for strength in STRENGTHS[kind]
    ]


def click_at(view, x, y):
    """Click at plot coordinates."""
    graph = view.plot.plot.graph
    scene = graph.view_box.mapViewToScene(QPointF(x, y))
    QTest.mouseClick(graph.viewport(), LEFT, pos=graph.mapFromScene(scene))


def test_before_anything_is_trained_it_says_what_will_be_here(view, asked):
    assert "Press Train" in view.findChild(QLabel, "viewHint").text()
    assert asked == []


def test_the_curve_grows_from_the_images_as_they_are(qtbot, view, studio, trained):
    seen = []
    view.curves.changed.connect(
        lambda: seen.extend(curve.strengths.tolist() for curve in view.curves.curves())
    )
    trained(quick_run(16))
    wait_until_whole(qtbot, view)
    assert seen[0] == [0.0]
    assert {tuple(sorted(map(abs, each)))[-1] for each in seen if len(each) <= 3} == {0.0, 15.0}


def test_the_curve_is_the_accuracy_on_the_distorted_test_images(qtbot, view, studio, trained):
    trained(quick_run(16))
    wait_until_whole(qtbot, view)
    x, y = view.plot.plot.shown_data()[0, "line"]
    assert x.tolist() == list(STRENGTHS[Distortion.ROTATION])
    np.testing.assert_allclose(y, expected(studio, studio.session.run.network, Distortion.ROTATION))
    assert "1\u202f000 test images" in view.plot.sentence.text()
    sheet = view.plot.sheet()
    assert sheet.columns[:3] == ("distortion", "strength", "set")
    for row, strength, accuracy in zip(sheet.rows, x, y, strict=True):
        assert row[:3] == ["rotation", strength, "test"]
        assert row[5:] == [pytest.approx(accuracy / 100), 0.0]
    button(view, "distortionButton").findChild(QAction, "missingAction").trigger()
    wait_until_whole(qtbot, view)
    x, y = view.plot.plot.shown_data()[0, "line"]
    assert x.tolist() == list(STRENGTHS[Distortion.MISSING])
    np.testing.assert_allclose(y, expected(studio, studio.session.run.network, Distortion.MISSING))


def test_each_strength_is_a_question_of_its_own_and_none_is_asked_twice(
    qtbot, view, trained, asked
):
    trained(quick_run(16))
    wait_until_whole(qtbot, view)
    button(view, "distortionButton").findChild(QAction, "scaleAction").trigger()
    wait_until_whole(qtbot, view)
    scales = len(STRENGTHS[Distortion.SCALE])
    before = asked.count("robustness")
    assert before >= STRENGTH_COUNT + scales
    button(view, "distortionButton").findChild(QAction, "rotationAction").trigger()
    wait_until_whole(qtbot, view)
    assert asked.count("robustness") == before


def test_pinned_runs_are_drawn_and_seeds_of_one_setting_have_a_band(qtbot, view, studio, trained):
    seeds = [trained(quick_run(16, seed=seed, epochs=1)) for seed in (1, 2)]
    trained(quick_run(16, batch_size=50))
    qtbot.waitUntil(lambda: all(studio.library.row(path) for path in seeds))
    for path in seeds:
        studio.library.set_label(path, pinned=True)
    qtbot.waitUntil(lambda: view.curves.progress[1] == 3 * STRENGTH_COUNT)
    wait_until_whole(qtbot, view)
    assert button(view, "comparedRunsButton").text().startswith("Runs: 3")
    own, both = view.curves.curves()
    assert (len(own.networks), len(both.networks)) == (1, 2)
    rows = np.array(
        [expected(studio, open_run(path).network, Distortion.ROTATION) for path in seeds]
    )
    mean, deviation = rows.mean(axis=0), rows.std(axis=0, ddof=1)
    shown = view.plot.plot.shown_data()
    np.testing.assert_allclose(shown[1, "line"][1], mean)
    band = np.concatenate([mean - deviation, (mean + deviation)[::-1]])
    np.testing.assert_allclose(shown[1, "band"][1], band)
    assert len(shown[0, "band"][1]) == 0
    assert [each.text for each in view.plot.legend.entries] == [own.label, both.label]
    go_back_to_the_beginning(studio.session)
    view.plot.turn.redraw()
    sentence = view.plot.sentence.text()
    assert sentence.startswith("Before the training: ")
    assert sentence.endswith("Other runs answer as they were trained.")


def test_runs_are_chosen_in_the_menu(qtbot, view, studio, trained):
    other = trained(quick_run(16, seed=1))
    trained(quick_run(16))
    qtbot.waitUntil(lambda: button(view, "comparedRunsButton").isEnabled())
    (action,) = button(view, "comparedRunsButton").menu().actions()
    assert not action.isChecked()
    action.trigger()
    wait_until_whole(qtbot, view)
    assert view.curves.progress[1] == 2 * STRENGTH_COUNT
    (both,) = view.curves.curves()  # they differ by their seed alone
    assert len(both.networks) == 2
    studio.library.delete([other])
    qtbot.waitUntil(lambda: view.curves.progress[1] == STRENGTH_COUNT)
    assert len(view.curves.curves()[0].networks) == 1


def test_a_click_shows_what_images_look_like_and_how_they_are_read(qtbot, view, studio, trained):
    trained(quick_run(16))
    wait_until_whole(qtbot, view)
    click_at(view, 44.0, 50.0)
    assert view.plot.strength == 45.0
    qtbot.waitUntil(lambda: button(view, "strengthButton").text().startswith("45"))
    x, _ = view.plot.plot.shown_data()["chosen"]
    assert x.tolist() == [45.0, 45.0]
    dataset = studio.session.data.dataset
    first = int(np.flatnonzero(dataset.test_labels == 0)[0])
    pixels = Distorter(Distortion.ROTATION, 45.0)(
        dataset.test_images[first : first + 1], np.array([first])
    )
    picture = np.rint(255 * pixels).reshape(28, 28)
    strip = view.images.strip
    qtbot.waitUntil(
        lambda: len(strip.images) > 0 and np.array_equal(strip.images[0].pixels, picture)
    )
    answer = int(studio.session.run.network.logits(pixels).argmax())
    assert strip.images[0].name == dataset.class_names[answer]
    assert strip.images[0].same == (answer == 0)
    assert "degrees clockwise" in view.images.caption.text()
    button(view, "strengthButton").findChild(QAction, "0.0Action").trigger()
    assert view.plot.strength == 0.0
    plain = dataset.test_images[first].reshape(28, 28)
    qtbot.waitUntil(lambda: np.array_equal(strip.images[0].pixels, plain))


def test_the_readout_tells_the_accuracies_at_the_nearest_strength(qtbot, view, studio, trained):
    trained(quick_run(16))
    wait_until_whole(qtbot, view)
    graph = view.plot.plot.graph
    graph.hovered.emit(QPointF(graph.pixel_of(16.0), graph.area().center().y()))
    head, row = view.plot.plot.readout.rows
    assert head.text == "15"
    at = STRENGTHS[Distortion.ROTATION].index(15.0)
    accuracy = expected(studio, studio.session.run.network, Distortion.ROTATION)[at]
    assert row.value == f"{accuracy:.2f} %"


def test_it_can_be_called_off_and_taken_up_again(qtbot, view, trained, asked):
    trained(quick_run(16))
    qtbot.waitUntil(lambda: view.curves.progress[0] > 0)
    view.curves.halt()
    qtbot.waitUntil(lambda: button(view, "robustnessHaltButton").text() == "Go on")
    known = view.curves.progress[0]
    assert known < STRENGTH_COUNT
    assert not view.curves.busy
    assert view.findChild(QLabel, "robustnessState").text() == f"{known} of {STRENGTH_COUNT}"
    QTest.mouseClick(button(view, "robustnessHaltButton"), LEFT)
    wait_until_whole(qtbot, view)
    assert not button(view, "robustnessHaltButton").isVisible()


def test_a_hidden_view_asks_nothing(qtbot, view, studio, trained, asked):
    view.hide()
    trained(quick_run(16))
    assert not view.curves.busy
    assert not {"robustness", "distortedImages"} & set(asked)
    view.show()
    wait_until_whole(qtbot, view)
    assert asked.count("robustness") >= STRENGTH_COUNT
    view.hide()
    before = len(asked)
    trained(quick_run(16, seed=1))
    assert len(asked) == before
    assert not studio.inquirer.awaits("robustness")


def test_while_it_trains_the_validation_images_are_asked_about(qtbot, view, studio):
    session = studio.session
    session.start(quick_run(16, epochs=500))
    qtbot.waitUntil(lambda: session.active and view.curves.progress[0] > 0)
    session.pause()
    qtbot.waitUntil(lambda: view.curves.progress[0] == STRENGTH_COUNT and not view.curves.busy)
    assert "validation images" in view.plot.sentence.text()
    (curve,) = view.curves.curves()
    dataset = session.data.dataset
    indices = split(dataset.train_labels, 0.25, 0).validation_indices
    accuracies = [
        counted(
            curve.networks[0],
            dataset.train_images,
            dataset.train_labels,
            indices,
            Distortion.ROTATION,
            strength,
        )
        for strength in STRENGTHS[Distortion.ROTATION]
    ]
    np.testing.assert_allclose(100 * curve.accuracies[0], accuracies)
    with qtbot.waitSignal(session.run_ended):
        session.stop()
    wait_until_whole(qtbot, view)
    assert "test images, changed" in view.plot.sentence.text()


def test_spoilt_weights_are_shown_as_what_they_are(qtbot, view, open_spoilt):
    open_spoilt()
    wait_until_whole(qtbot, view)
    (curve,) = view.curves.curves()
    assert curve.label == "this run"
    assert (curve.accuracies < 0.2).all()


def test_a_run_that_cannot_be_read_is_left_out(qtbot, view, studio, trained):
    other = trained(quick_run(16, seed=1, batch_size=50))
    trained(quick_run(16))
    qtbot.waitUntil(lambda: button(view, "comparedRunsButton").isEnabled())
    wait_until_whole(qtbot, view)
    other.write_bytes(b"nothing")
    (action,) = button(view, "comparedRunsButton").menu().actions()
    action.trigger()
    qtbot.waitUntil(lambda: not view.curves.busy)
    assert len(view.curves.curves()) == 1


def test_a_run_of_another_data_set_offers_to_load_it(qtbot, view, studio, trained, monkeypatch):
    trained(quick_run(16))
    wanted = []
    monkeypatch.setattr(studio.session.data, "load", wanted.append)
    monkeypatch.setattr(studio.session.data, "has", lambda _name: False)
    studio.session.run_started.emit(studio.session.run)
    assert "MNIST 10k" in view.findChild(QLabel, "viewHint").text()
    QTest.mouseClick(button(view, "loadDataButton"), LEFT)
    assert wanted == ["mnist-10k"]


@pytest.mark.layout
def test_nothing_is_cut_off(qtbot, view, trained):
    trained(quick_run(16))
    wait_until_whole(qtbot, view)
    for _ in every_look(view, (640, 460), (900, 620), (1500, 900)):
        assert_buttons_are_whole(view)
        assert view.plot.plot.graph.height() > 120


def test_it_is_said_that_the_weights_are_those_before_the_training(view, studio, trained):
    trained(quick_run(16))
    view.plot.turn.redraw()
    before = view.plot.sentence.text()
    go_back_to_the_beginning(studio.session)
    view.plot.turn.redraw()
    assert view.plot.sentence.text() == f"Before the training: {before}"

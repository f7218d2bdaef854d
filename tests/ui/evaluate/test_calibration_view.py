"""How far probabilities can be believed, on the page as a person uses it."""

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from PySide6.QtWidgets import QApplication, QLabel

from mnist_studio.data.split import split
from mnist_studio.insight.calibration import calibrate
from mnist_studio.training.answers import Answers
from mnist_studio.training.parts import Part
from mnist_studio.ui import theme
from mnist_studio.ui.evaluate.calibration_view import CalibrationView
from mnist_studio.ui.evaluate.live_calibration import CalibratedPart

from ..live_views import every_look, go_back_to_the_beginning, quick_run


@pytest.fixture
def view(show_view):
    return show_view(CalibrationView)


def wait_until_shown(qtbot, view, part=Part.TEST):
    qtbot.waitUntil(
        lambda: (
            view.calibration.calibrated is not None
            and view.calibration.calibrated.part is part
            and view.calibration.current
            and not view.clock.running
        )
    )


def probabilities(network, images, temperature=1.0):
    logits = network.logits(images / np.float32(255)).astype(float) / temperature
    scaled = np.exp(logits - logits.max(axis=1, keepdims=True))
    return scaled / scaled.sum(axis=1, keepdims=True)


def error_and_counts(given, labels):
    """Return the expected calibration error in 15 bins, and the images in each."""
    sure, right = given.max(axis=1), given.argmax(axis=1) == labels
    error, counts = 0.0, []
    for m in range(15):
        inside = (sure > m / 15) & (sure <= (m + 1) / 15)
        counts.append(int(inside.sum()))
        if inside.any():
            error += inside.mean() * abs(right[inside].mean() - sure[inside].mean())
    return error, counts


def answers_of(count, wrong):
    """Return answers that are all sure, of which so many are wrong."""
    labels = np.arange(count, dtype=np.uint8) % 10
    predicted = (labels + (np.arange(count) < wrong)) % 10
    sureness = np.linspace(4, 9, count, dtype=np.float32)[:, np.newaxis]
    return Answers(np.arange(count), labels, np.eye(10, dtype=np.float32)[predicted] * sureness)


def show_answers(view, answers):
    found = CalibratedPart(Part.VALIDATION, len(answers.labels), calibrate(answers, answers))
    view.calibration.answer = found
    graphs = view.coverage.graph, view.reliability.graph, view.reliability.counts
    for card in (view.coverage, view.reliability):
        card.turn.redraw()
    return [graph.visible_range() for graph in graphs]


def test_the_axes_stay_while_a_training_network_gets_a_little_better(view):
    first = show_answers(view, answers_of(1000, 23))
    assert show_answers(view, answers_of(1000, 20)) == first
    (_, (low, high)), *_ = first
    assert low < 100 - 2.3
    assert high > 100
    assert show_answers(view, answers_of(1000, 5))[0] != first[0]


def test_before_anything_is_trained_it_says_what_will_be_here(view, asked):
    assert "Press Train" in view.findChild(QLabel, "viewHint").text()
    assert asked == []


def test_the_figures_are_those_of_the_test_images_before_and_after(qtbot, view, studio, trained):
    trained(quick_run(16))
    wait_until_shown(qtbot, view)
    network, dataset = studio.session.run.network, studio.session.data.dataset
    found = view.calibration.calibrated.calibration
    temperature = found.fitted.value
    text = view.findChild(QLabel, "calibrationFigures").text()
    before, after = text.splitlines()
    for line, divided in ((before, 1.0), (after, temperature)):
        given = probabilities(network, dataset.test_images, divided)
        error, _ = error_and_counts(given, dataset.test_labels)
        loss = -np.log(given[np.arange(1000), dataset.test_labels]).mean()
        assert f"error {100 * error:.2f} %" in line
        assert f"loss {loss:.4f}" in line
    assert "1\u202f000 test images" in before
    assert f"T = {temperature:.2f} from 1\u202f000 validation images" in after
    indices = split(dataset.train_labels, 0.25, 0).validation_indices
    images, labels = dataset.train_images[indices], dataset.train_labels[indices]

    def loss_at(each):
        return -np.log(probabilities(network, images, each)[np.arange(len(labels)), labels]).mean()

    assert loss_at(temperature) <= min(loss_at(0.99 * temperature), loss_at(1.01 * temperature))


def test_it_is_said_that_the_weights_are_those_before_the_training(qtbot, view, studio, trained):
    trained(quick_run(16))
    wait_until_shown(qtbot, view)
    before = view.reliability.figures.text()
    go_back_to_the_beginning(studio.session)
    view.reliability.turn.redraw()
    assert view.reliability.figures.text() == f"Before the training: {before}"


def test_the_diagram_and_the_counts_are_drawn_for_every_bin(qtbot, view, studio, trained):
    trained(quick_run(16))
    wait_until_shown(qtbot, view)
    dataset = studio.session.data.dataset
    given = probabilities(studio.session.run.network, dataset.test_images)
    sure, right = given.max(axis=1), given.argmax(axis=1) == dataset.test_labels
    _, counts = error_and_counts(given, dataset.test_labels)
    x, y = view.reliability.counts.shown_data()["series_1"]
    np.testing.assert_allclose(10 ** y[1], [count for count in counts if count])
    lefts = [100 * m / 15 for m, count in enumerate(counts) if count]
    np.testing.assert_allclose(x[0], lefts)
    rows = view.reliability.sheet().rows
    assert [row[4] for row in rows[:15]] == counts
    assert rows[0][:2] == ["test", 1.0]
    assert {row[1] for row in rows[15:]} == {view.calibration.calibrated.calibration.fitted.value}
    shown = view.reliability.graph.shown_data()
    for name, kept in (
        ("dots", [m for m in range(15) if counts[m] >= 10]),
        ("few", [m for m in range(15) if 0 < counts[m] < 10]),
    ):
        x, y = shown["series_1", name]
        which = np.ceil(15 * sure).astype(int) - 1
        np.testing.assert_allclose(x, [100 * sure[which == m].mean() for m in kept], rtol=1e-5)
        np.testing.assert_allclose(y, [100 * right[which == m].mean() for m in kept])


def test_accuracy_against_coverage_leaves_the_least_sure_out(qtbot, view, studio, trained):
    trained(quick_run(16))
    wait_until_shown(qtbot, view)
    dataset = studio.session.data.dataset
    given = probabilities(studio.session.run.network, dataset.test_images)
    right = given.argmax(axis=1) == dataset.test_labels
    surest = right[np.argsort(-given.max(axis=1), kind="stable")]
    x, y = view.coverage.graph.shown_data()["line"]
    assert (len(x), x[-1]) == (100, 100.0)
    for share, accuracy in zip(x, y, strict=True):
        assert accuracy == pytest.approx(100 * surest[: round(10 * share)].mean(), abs=0.06)
    assert y[-1] == pytest.approx(100 * right.mean())
    least, share, accuracy = list(view.coverage.sheet().rows)[-1]
    assert least == pytest.approx(given.max(axis=1).min(), rel=1e-5)
    assert (share, accuracy) == (1.0, pytest.approx(right.mean()))
    assert "half of the mistakes are gone" in view.coverage.sentence.text()


def test_the_readouts_tell_what_is_under_the_pointer(qtbot, view, studio, trained):
    trained(quick_run(16))
    wait_until_shown(qtbot, view)
    graph = view.reliability.graph
    graph.hovered.emit(QPointF(graph.pixel_of(99.0), graph.area().center().y()))
    head, before, _ = view.reliability.readout.rows
    assert head.text == "93 % – 100 %"
    bins = view.calibration.calibrated.calibration.before.reliability
    assert before.value.replace("\u202f", "") == str(bins.counts[-1])
    assert before.second == f"{100 * bins.accuracy[-1]:.1f} %"
    graph = view.coverage.graph
    graph.hovered.emit(QPointF(graph.pixel_of(50.0), graph.area().center().y()))
    answered, accuracy, _ = view.coverage.readout.rows
    assert float(answered.value.removesuffix(" %")) == pytest.approx(50, abs=1)
    assert float(accuracy.value.removesuffix(" %")) > 90


def test_while_it_trains_the_validation_images_are_used_and_that_is_said(qtbot, view, studio):
    session = studio.session
    session.start(quick_run(16, epochs=500))
    qtbot.waitUntil(lambda: session.active and view.calibration.calibrated is not None)
    session.pause()
    wait_until_shown(qtbot, view, Part.VALIDATION)
    figures = view.findChild(QLabel, "calibrationFigures")
    assert "1\u202f000 validation images" in figures.text()
    assert "these very images" in figures.text()
    with qtbot.waitSignal(session.run_ended):
        session.stop()
    wait_until_shown(qtbot, view)
    assert "test images" in figures.text()


def test_a_hidden_view_asks_nothing(qtbot, view, studio, trained, asked):
    view.hide()
    trained(quick_run(16))
    assert "calibration" not in asked
    assert not studio.inquirer.awaits("calibration")
    view.show()
    wait_until_shown(qtbot, view)


def test_spoilt_weights_have_no_probabilities(qtbot, view, open_spoilt):
    open_spoilt()
    wait_until_shown(qtbot, view)
    assert "no numbers any more" in view.reliability.sentence.text()
    assert view.findChild(QLabel, "calibrationFigures").text() == ""
    assert "Nothing can be answered" in view.coverage.sentence.text()


@pytest.mark.layout
def test_nothing_is_cut_off(qtbot, view, trained):
    trained(quick_run(16))
    wait_until_shown(qtbot, view)
    for _ in every_look(view, (660, 480), (900, 620), (1500, 900)):
        for label in view.findChildren(QLabel):
            if label.isVisible() and label.wordWrap():
                assert label.height() >= label.heightForWidth(label.width()), label.text()
        assert view.reliability.graph.height() > 100


@pytest.mark.layout
def test_large_text_in_a_small_window_leaves_the_diagram_its_room(qtbot, view, trained):
    trained(quick_run(16))
    wait_until_shown(qtbot, view)
    theme.set_scale(1.5)
    try:
        for size in ((885, 445), (760, 565)):
            view.resize(*size)
            QApplication.processEvents()
            assert view.reliability.graph.height() > 100
            assert len(view.reliability.legend.entries) == 3
            assert all(map(view.reliability.legend.place_of, range(3)))
            assert not view.reliability.counts.isVisible()
        theme.set_scale(1.0)
        QApplication.processEvents()
        assert view.reliability.counts.isVisible()
    finally:
        theme.set_scale(1.0)

"""The layers of the network and their health, on the page as a person uses it."""

import csv
import itertools

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QFontMetrics
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QToolButton, QWidget

from mnist_studio.data.split import split
from mnist_studio.insight.health import Ailment
from mnist_studio.insight.layers import BINS, Histogram, histogram
from mnist_studio.runs.checkpoint import write_checkpoint
from mnist_studio.training.networks import first_network
from mnist_studio.training.status import RunStatus
from mnist_studio.ui import theme
from mnist_studio.ui.figure import picture
from mnist_studio.ui.inside.layer_rows import LayerRows, levels_of
from mnist_studio.ui.inside.layers_card import update_text
from mnist_studio.ui.inside.layers_view import LayersView

from ..live_views import assert_buttons_are_whole, every_look, quick_run
from ..windows import open_main_window

LEFT = Qt.MouseButton.LeftButton


QUICK = quick_run(24, 12)
UNREACHED = quick_run(*[16] * 6, initializer="normal")


@pytest.fixture
def view(show_view):
    return show_view(LayersView)


def train(qtbot, view, studio, config=QUICK):
    with qtbot.waitSignal(studio.session.run_ended):
        studio.session.start(config)
    settle(qtbot, view)


def settle(qtbot, view):
    qtbot.waitUntil(lambda: view.layers.figure.current)
    view.layers.turn.redraw()


def fixed_images(dataset, fraction=0.25):
    indices = split(dataset.train_labels, fraction, 0).validation_indices[:500]
    return dataset.train_images[indices] / np.float32(255), dataset.train_labels[indices]


# --- what is shown ---------------------------------------------------------------------------


def test_without_a_run_it_says_what_to_do(qtbot, view):
    qtbot.waitUntil(lambda: not view.clock.running)
    hint = view.findChild(QLabel, "viewHint")
    assert hint.isVisible()
    assert hint.text().startswith("Press Train or open a run: what is in its layers")
    assert view.layers.rows.rows == ()
    assert not view.remedy.isVisible()


@pytest.mark.parametrize("config", [QUICK, quick_run(), quick_run(*[8] * 6)])
def test_every_layer_is_shown_as_it_is_over_what_it_began_as(qtbot, view, studio, config):
    train(qtbot, view, studio, config)
    session = studio.session
    network, start = session.run.network, first_network(config)
    images, _ = fixed_images(session.data.dataset)
    rows = view.layers.rows.rows
    assert [row.name for row in rows] == [f"layer {k + 1}" for k in range(len(rows))]
    assert rows[-1].kind == "10 classes"
    pairs = zip(network.linear_layers, start.linear_layers, strict=True)
    activations = network.activations(images), start.activations(images)
    for index, (now, before) in enumerate(pairs):
        expected = (
            histogram(now.weight.value, before.weight.value),
            histogram(now.bias.value, before.bias.value),
            histogram(activations[0][index], activations[1][index]),
        )
        for found, wanted in zip(rows[index].histograms, expected, strict=False):
            np.testing.assert_allclose(found.edges, wanted.edges, rtol=1e-4)
            assert abs(found.now - wanted.now).sum() <= 2  # by rounding
            assert found.start.sum() == wanted.start.sum()
            assert found.size == pytest.approx(wanted.size, rel=1e-4)
        assert rows[index].histograms[3].now.sum() > 0


def test_how_far_an_update_moves_each_layer_is_the_median_of_the_last_looks(qtbot, view, studio):
    train(qtbot, view, studio)
    history, step = studio.session.run.history, studio.session.run.newest.step
    looks = np.flatnonzero(history.layer_steps <= step)
    medians = np.median(history.update_ratios[:, looks[-3:]], axis=1)
    assert [row.update for row in view.layers.rows.rows] == [update_text(x) for x in medians]


def test_an_opened_run_is_shown_over_the_weights_that_it_began_with(qtbot, view, studio, tmp_path):
    train(qtbot, view, studio)
    path, session = tmp_path / "elsewhere.npz", studio.session
    before = view.layers.rows.rows
    write_checkpoint(path, session.run.checkpoint)
    with qtbot.waitSignal(session.opener.opened):
        session.opener.open(path)
    settle(qtbot, view)
    for now, then in zip(view.layers.rows.rows, before, strict=True):
        for found, wanted in zip(now.histograms, then.histograms, strict=True):
            np.testing.assert_array_equal(found.start, wanted.start)


def test_a_fork_is_shown_over_what_it_was_forked_from_and_without_a_start_when_opened(
    qtbot, view, studio
):
    train(qtbot, view, studio)
    session = studio.session
    kept = session.run.network.linear_layers[0].weight.value
    with qtbot.waitSignal(session.run_ended):
        session.opener.fork(
            session.run.path, quick_run(24, 12, epochs=1), best=True, parent="first"
        )
    settle(qtbot, view)
    now = session.run.network.linear_layers[0].weight.value
    found, expected = view.layers.rows.rows[0].histograms[0], histogram(now, kept)
    np.testing.assert_array_equal(found.start, expected.start)
    with qtbot.waitSignal(session.opener.opened):
        session.opener.open(session.run.path)
    settle(qtbot, view)
    assert view.layers.rows.rows[0].histograms[0].start is None


def test_gradients_and_updates_are_drawn_over_time(qtbot, view, studio):
    train(qtbot, view, studio)
    qtbot.waitUntil(lambda: not view.clock.running)
    history = studio.session.run.history
    for plot, recorded in zip(
        view.plots, (history.gradient_norms, history.update_ratios), strict=True
    ):
        shown = plot.shown_data()
        assert {1, 2, 3} <= shown.keys()
        for layer in (1, 2, 3):
            mean = np.log10(recorded[layer - 1].mean())
            assert shown[layer][1].mean() == pytest.approx(mean, abs=0.3)


def test_the_pointer_on_a_histogram_is_told_its_numbers(qtbot, view, studio):
    train(qtbot, view, studio)
    rows = view.layers.rows
    QApplication.processEvents()
    QTest.mouseMove(rows, QPoint(rows.width() // 4, rows.height() // 3))
    size = rows.rows[0].histograms[0].size
    assert rows.toolTip().startswith("layer 1, weights: ")
    assert f"root mean square {size:.2g}" in rows.toolTip()
    QTest.mouseMove(rows, QPoint(2, rows.height() // 3))
    assert rows.toolTip() == ""


def test_what_is_shown_is_told_to_those_who_cannot_see_it(qtbot, view, studio):
    train(qtbot, view, studio)
    first = view.layers.rows.accessibleDescription().partition(";")[0]
    assert first == f"layer 1, 24 ReLU: healthy, an update of {view.layers.rows.rows[0].update}"


def test_a_hidden_view_asks_and_draws_nothing(qtbot, view, studio):
    train(qtbot, view, studio)
    answer, rows = view.layers.figure.answer, view.layers.rows.rows
    assert answer is not None
    view.hide()
    with qtbot.waitSignal(studio.session.run_ended):
        studio.session.start(QUICK)
    assert not studio.inquirer.awaits("layers")
    assert view.layers.figure.answer is None
    assert view.layers.rows.rows is rows
    assert not any(each.turn.wants_redraw() for each in (view.layers, *view.plots))
    assert not view.clock.running


def test_the_bins_of_all_histograms_can_be_taken_along(qtbot, view, studio):
    train(qtbot, view, studio)
    lines = list(csv.DictReader(view.layers.sheet().to_csv().splitlines()))
    assert len(lines) == 3 * 4 * BINS
    now = view.layers.answer.layers[1].activations
    found = [x for x in lines if (x["layer"], x["numbers"]) == ("2", "activations")]
    assert [int(each["count_now"]) for each in found] == now.now.tolist()
    assert [int(each["count_at_start"]) for each in found] == now.start.tolist()
    assert [float(each["from"]) for each in found] == now.edges[:-1].tolist()
    assert float(found[0]["update_ratio"]) == view.layers.answer.ratios[1]
    assert lines[-1]["share_never_on"] == ""


def test_what_is_recorded_of_the_layers_can_be_taken_along(qtbot, view, studio):
    assert [plot.sheet() for plot in view.plots] == [None, None]
    train(qtbot, view, studio)
    history = studio.session.run.history
    for plot, recorded in zip(
        view.plots, (history.gradient_norms, history.update_ratios), strict=True
    ):
        lines = list(csv.DictReader(plot.sheet().to_csv().splitlines()))
        assert [float(line["step"]) for line in lines] == history.layer_steps.tolist()
        for layer in (1, 2, 3):
            shown = [float(line[f"layer_{layer}"]) for line in lines]
            assert shown == recorded[layer - 1].tolist()


# --- health ----------------------------------------------------------------------------------


def test_six_layers_of_small_weights_are_told_before_they_are_trained(qtbot, view, studio):
    session = studio.session
    session.start(UNREACHED, first="batch")
    qtbot.waitUntil(lambda: session.status is RunStatus.PAUSED)
    settle(qtbot, view)
    assert view.remedy.isVisible()
    assert view.remedy.label.text().startswith("Almost nothing reaches layers 1 to ")
    assert view.remedy.label.text().endswith("; try initialization He.")
    assert view.remedy.attempt.text() == "Stop, train with initialization He"
    assert view.layers.rows.rows[0].state == "hardly reached"
    assert view.layers.rows.rows[-1].state == ""
    with qtbot.waitSignal(view.remedy.remedy_chosen) as chosen:
        QTest.mouseClick(view.remedy.attempt, LEFT)
    assert chosen.args[0].model.initializer == "he"
    assert chosen.args[1] is True
    with qtbot.waitSignal(session.run_ended):
        session.stop()


def test_a_healthy_network_is_told_nothing(qtbot, view, studio):
    train(qtbot, view, studio)
    assert not view.remedy.isVisible()
    assert {row.state for row in view.layers.rows.rows} == {""}


def test_units_at_their_limits_are_marked_with_their_share(qtbot, view, studio):
    train(
        qtbot, view, studio, quick_run(24, 24, kind="tanh", initializer="glorot", learning_rate=5.0)
    )
    answer, row = view.layers.answer, view.layers.rows.rows[0]
    assert answer.findings[0].ailment is Ailment.SATURATED
    assert row.state == "saturated"
    assert row.note == f"{100 * answer.layers[0].saturated:.0f} % at limits"


def test_a_run_that_diverged_says_so(qtbot, view, studio):
    train(
        qtbot, view, studio, quick_run(256, 128, learning_rate=10.0, optimizer="nesterov", epochs=4)
    )
    assert studio.session.status is RunStatus.FAILED
    assert "learning rate of 10 are too large" in view.remedy.label.text()
    assert view.remedy.take.text() == "Use learning rate 1"


@pytest.mark.qt_log_ignore("propagateSizeHints")
def test_the_button_applies_the_remedy_to_the_next_run(qtbot, tmp_path):
    window = open_main_window(tmp_path)
    window.show()
    session = window.studio.session
    qtbot.waitUntil(lambda: session.data.dataset is not None)
    window.findChild(QWidget, "tabs").setCurrentIndex(list(window.pages).index("inside"))
    page = window.findChild(QWidget, "insidePage")
    page.show_section("layers")
    view = window.findChild(QWidget, "layersView")
    window.settings.set_config(UNREACHED)
    with qtbot.waitSignal(session.run_ended):
        QTest.mouseClick(window.findChild(QToolButton, "trainButton"), LEFT)
    qtbot.waitUntil(view.remedy.take.isVisible)
    QTest.mouseClick(view.remedy.take, LEFT)
    assert window.settings.config().model.initializer == "he"
    with qtbot.waitSignal(session.run_ended):
        QTest.mouseClick(view.remedy.attempt, LEFT)
    assert session.run.config.model.initializer == "he"
    qtbot.waitUntil(lambda: not view.remedy.isVisible())
    window.close()
    window.deleteLater()


def found(now, start=None):
    counts = [None if each is None else np.array(each) for each in (now, start)]
    return Histogram(np.arange(len(now) + 1.0), *counts, 1.0)


def test_histograms_are_pictures_of_what_is_now_over_what_was():
    now, alone = levels_of([found([0, 2, 4, 2], [4, 4, 0, 0]), found([1, 1, 1, 0])], 4)
    assert now.tolist() == [[1, 1, 2, 0], [1, 1, 2, 0], [1, 3, 2, 2], [1, 3, 2, 2]]
    assert alone.tolist() == [[2, 2, 2, 0]] * 4


def test_a_bin_with_more_than_half_of_all_numbers_is_cut_off_so_that_the_others_are_seen():
    (levels,) = levels_of([found([1000, 10, 5, 0])], 4)
    assert (levels > 0).sum(axis=0).tolist() == [4, 4, 2, 0]
    (levels,) = levels_of([found([0, 7, 0, 0])], 4)
    assert (levels > 0).sum(axis=0).tolist() == [0, 4, 0, 0]
    (levels,) = levels_of([found([0, 0, 0, 0])], 4)
    assert not levels.any()


@pytest.mark.parametrize("name", ["light", "dark"])
def test_what_is_painted_has_the_colors_of_the_theme(qtbot, view, studio, name):
    theme.choose(name)
    train(qtbot, view, studio)
    image = view.layers.rows.grab().toImage()
    colors = {image.pixelColor(x, y).name() for x in range(100, 260) for y in range(20, 90)}
    assert theme.tint("series_1", 0.85).name() in colors


def test_a_picture_to_be_taken_along_has_the_colors_of_its_own_theme(qtbot, view, studio):
    train(qtbot, view, studio)
    tokens = theme.DARK.series_1, theme.DARK.surface
    pairs = zip(*(QColor(each).getRgb() for each in tokens), strict=True)
    expected = [round(0.85 * over + 0.15 * under) for over, under in pairs][:3]
    image = picture([view.layers], theme.DARK)
    places = itertools.product(range(200, 500, 2), range(40, 400, 3))
    found = {image.pixelColor(x, y).getRgb()[:3] for x, y in places}
    assert min(max(map(abs, np.subtract(each, expected))) for each in found) <= 1


# --- form ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ratio", "text"),
    [
        (0.48, "48 %"),
        (0.0094, "0.94 %"),
        (1e-3, "0.1 %"),
        (3.4e-5, "0.003 %"),
        (2e-11, "2e−9 %"),
        (0.0, "0 %"),
        (np.nan, "–"),
    ],
)
def test_an_update_is_a_percentage_in_two_digits(ratio, text):
    assert update_text(ratio) == text


@pytest.mark.layout
def test_rows_and_plots_have_their_room(qtbot, view, studio):
    train(qtbot, view, studio, UNREACHED)
    rows = view.layers.rows
    for _ in every_look(view, (650, 460), (900, 620), (1500, 960)):
        assert rows.height() >= rows.minimumSizeHint().height()
        assert rows.width() <= view.layers.width()
        for plot in view.plots:
            assert plot.graph.height() >= plot.graph.minimumHeight()
        assert_buttons_are_whole(view)


@pytest.mark.layout
@pytest.mark.parametrize("scale", [1.0, 1.5])
def test_histograms_are_left_out_before_their_headings_touch(qtbot, scale):
    theme.set_scale(scale)
    rows = LayerRows()
    qtbot.addWidget(rows)
    width_of = QFontMetrics(theme.number_font(8.5)).horizontalAdvance
    seen = set()
    for width in range(300, 1300, 20):
        rows.resize(width, 200)
        columns = rows._columns()
        seen.add(len(columns))
        for which, left, right in columns:
            assert left + width_of(rows._headings()[which]) <= right + theme.scaled(14)
        if columns:  # and what stands behind them is in sight
            assert right + theme.scaled(62 + 112) <= width
    assert {0, 1, 2, 3} <= seen

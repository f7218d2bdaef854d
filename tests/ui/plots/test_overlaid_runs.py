import re
from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QHBoxLayout, QToolButton, QWidget

from mnist_studio.training.history import History, Origin
from mnist_studio.ui import theme
from mnist_studio.ui.plots import run_curves
from mnist_studio.ui.plots.accuracy_plot import accuracy_plot
from mnist_studio.ui.plots.common_grid import Spread
from mnist_studio.ui.plots.loss_plot import loss_plot
from mnist_studio.ui.plots.plot_controls import PlotControls
from mnist_studio.ui.plots.plotted_run import PlotContent, PlottedRun
from mnist_studio.ui.plots.series import ACCURACY, LOSS, Series
from mnist_studio.ui.plots.spans import Smoothing
from mnist_studio.ui.plots.x_units import XScale, XUnit
from mnist_studio.ui.redraw_clock import RedrawClock
from mnist_studio.ui.train.view import TrainView

from ..fakes import FakeSession
from ..windows import show_widget
from .fakes import (
    choose_scale,
    drawn,
    grow,
    is_drawn,
    pen_color,
    plain_scales,
    recorded,
)


def plotted(*histories, key=0, label=None, **options):
    label = f"batch {10 * (key + 1)}" if label is None else label
    return PlottedRun(key, histories, theme.run_token(key), label, **options)


class Overlay(QWidget):
    """The two plots side by side under one set of controls, as a view has them."""

    def __init__(self, parent):
        super().__init__(parent)
        self.content = PlotContent()
        self.clock = RedrawClock(self)
        self.loss, self.accuracy = loss_plot(self.clock), accuracy_plot(self.clock)
        self.plots = (self.loss, self.accuracy)
        self.controls = PlotControls()
        self.controls.chosen.connect(lambda options: self.show_content(options=options))
        row = QHBoxLayout(self)
        row.addWidget(self.controls)
        for plot in self.plots:
            row.addWidget(plot, 1)
            plot.run_hovered.connect(lambda key: self.show_content(highlighted=key))
            plot.runs_hidden.connect(lambda keys: self.show_content(hidden=keys))
        self.clock.set_turns([plot.turn for plot in self.plots])

    def show_runs(self, *runs):
        self.show_content(runs=runs)

    def show_content(self, **changes):
        self.content = self.content._replace(**changes)
        for plot in self.plots:
            plot.show_content(self.content)

    def changed(self):
        for plot in self.plots:
            plot.turn.mark_dirty()


@pytest.fixture
def overlay(qtbot):
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(1400, 460)
    overlay = Overlay(window)
    overlay.resize(1400, 460)
    with qtbot.waitExposed(window):
        window.show()
    plain_scales(*overlay.plots)
    settle(qtbot, overlay)
    yield overlay
    window.close()


def settle(qtbot, overlay):
    qtbot.waitUntil(lambda: not overlay.clock.running)


def button(plot, name):
    return plot.findChild(QToolButton, f"{name}Button")


def choose(button, name):
    button.menu().findChild(object, f"{name}Action").trigger()


def hover(plot, x, y=None):
    area = plot.graph.area()
    row = area.center().y() if y is None else y
    viewport = plot.graph.viewport()
    QTest.mouseMove(viewport, QPoint(1, 1))  # where it is already, a pointer does not move
    QTest.mouseMove(viewport, QPoint(plot.graph.pixel_of(x), row))


def click(button):
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def line(plot, key):
    return plot.shown_data()[key, "line"]


# --- what is drawn ------------------------------------------------------------------------


def test_every_run_has_its_color_its_line_and_its_validation(qtbot, overlay):
    histories = [recorded(300, batch_size=10 * (key + 1)) for key in range(5)]
    overlay.show_runs(*(plotted(each, key=key) for key, each in enumerate(histories)))
    settle(qtbot, overlay)
    for key, history in enumerate(histories):
        for plot, column in ((overlay.loss, "loss"), (overlay.accuracy, "accuracy")):
            assert pen_color(plot, key, "validation") == theme.color(f"run_{key + 1}")
            _, y = plot.shown_data()[key, "validation dots"]
            scale = 100 if column == "accuracy" else 1
            expected = scale * history.epoch_column(f"validation_{column}")
            np.testing.assert_allclose(y, expected)
        x, y = line(overlay.loss, key)
        assert x[-1] == pytest.approx(300 / history.batches_per_epoch)
        series = Series(history, LOSS, Smoothing.NORMAL)
        assert y[-1] == pytest.approx(series.line_at(300))


def test_the_range_reaches_to_the_end_of_the_longest_run_and_shows_the_highest(qtbot, overlay):
    low = recorded(500, losses=np.full(500, 0.1))
    high = recorded(200, losses=np.full(200, 1.5))
    overlay.show_runs(plotted(low), plotted(high, key=1))
    settle(qtbot, overlay)
    (start, end), (bottom, top) = overlay.loss.graph.visible_range()
    assert (start, end) == (0.0, pytest.approx(1.01 * 5))
    assert bottom == 0.0
    assert top == 2.5


def test_a_run_that_diverges_leaves_the_others_room(qtbot, overlay):
    good = recorded(300, losses=np.full(300, 0.4))
    bad = recorded(300, losses=np.geomspace(1.0, 1e6, 300))
    overlay.show_runs(plotted(good), plotted(bad, key=1))
    settle(qtbot, overlay)
    assert 4 < overlay.loss.graph.visible_range()[1][1] < 10


def test_a_run_that_has_only_begun_moves_no_axis(qtbot, overlay):
    ended = plotted(recorded(1000))
    overlay.show_runs(ended)
    settle(qtbot, overlay)
    before = [plot.graph.visible_range() for plot in overlay.plots]
    fresh = recorded(30, losses=np.full(30, 2.3))
    overlay.show_runs(ended, plotted(fresh, key=1, total_steps=1000, ended=False))
    settle(qtbot, overlay)
    assert [plot.graph.visible_range() for plot in overlay.plots] == before


def test_a_live_run_leaves_room_up_to_its_planned_end(qtbot, overlay):
    history = recorded(290)
    overlay.show_runs(plotted(history, total_steps=300, ended=False))
    settle(qtbot, overlay)
    assert overlay.loss.graph.visible_range()[0][1] == pytest.approx(1.01 * 3)


def test_a_growing_run_is_drawn_on_and_nothing_is_worked_out_again_for_the_others(
    qtbot, overlay, monkeypatch
):
    still, live = recorded(400), recorded(100)
    overlay.show_runs(plotted(still), plotted(live, key=1, total_steps=400, ended=False))
    settle(qtbot, overlay)
    overlay.changed()  # the first drawing chose the range, and with it the size of a pixel
    settle(qtbot, overlay)
    read = []
    original = Series.line
    monkeypatch.setattr(
        Series, "line", lambda self, *rest: (read.append(self.history), original(self, *rest))[1]
    )
    grow(live, 50)
    overlay.changed()
    settle(qtbot, overlay)
    assert overlay.loss.shown_data()[1, "tails"][0][-1] == pytest.approx(1.5)
    assert live in read
    assert still not in read


def test_the_end_of_a_live_curve_is_marked_as_provisional_until_the_run_has_ended(qtbot, overlay):
    history = recorded(290)
    overlay.show_runs(plotted(history, total_steps=300, ended=False))
    settle(qtbot, overlay)
    (x, y), (tail_x, tail_y) = line(overlay.loss, 0), overlay.loss.shown_data()[0, "tails"]
    assert x[-1] < 2.9 == pytest.approx(tail_x[-1])
    assert (x[-1], y[-1]) == (tail_x[0], tail_y[0])
    reading = Series(history, LOSS, Smoothing.NORMAL)
    assert tail_y[-1] == pytest.approx(reading.line_at(290))
    overlay.show_runs(plotted(history, total_steps=300, ended=True))
    settle(qtbot, overlay)
    assert line(overlay.loss, 0)[0][-1] == pytest.approx(2.9)
    assert not len(overlay.loss.shown_data()[0, "tails"][0])


def test_what_was_worked_out_stays_while_key_and_history_stay(qtbot, overlay, monkeypatch):
    first, second = recorded(100), recorded(100)
    made = []

    def make(history, *rest):
        made.append(history)
        return Series(history, *rest)

    monkeypatch.setattr(run_curves, "Series", make)
    overlay.show_runs(plotted(first))
    settle(qtbot, overlay)
    before = drawn(overlay.loss, 0, "line")
    overlay.show_runs(plotted(second, key=1), plotted(first, label="renamed"))
    assert drawn(overlay.loss, 0, "line") == before
    assert made == [first, first, second, second]  # once in each plot
    assert [each.text for each in overlay.loss.run_legend.entries] == ["batch 20", "renamed"]
    overlay.show_runs(plotted(second))
    assert made[4:] == [second, second]
    settle(qtbot, overlay)


def test_many_runs_are_drawn_a_few_at_a_time(qtbot, overlay):
    count, plot = 20, overlay.loss
    overlay.show_runs(*(plotted(recorded(100), key=key) for key in range(count)))
    numbers = [0]
    while numbers[-1] < count:
        plot.turn.redraw()
        numbers.append(sum(is_drawn(plot, key, "line") for key in range(count)))
        assert plot.turn.wants_redraw() is (numbers[-1] < count)
    assert 0 < max(np.diff(numbers)) < count / 2
    settle(qtbot, overlay)


def test_only_what_a_run_shows_is_in_the_graph(qtbot, overlay):
    before = {plot: len(plot.graph.view_box.addedItems) for plot in overlay.plots}
    overlay.show_runs(*(plotted(recorded(100), key=key) for key in range(3)))
    settle(qtbot, overlay)
    for plot in overlay.plots:
        shown = [name for name, (x, _) in plot.shown_data().items() if len(x)]
        assert len(plot.graph.view_box.addedItems) - before[plot] <= len(shown)


def test_a_run_taken_away_leaves_nothing_in_the_plot(qtbot, overlay):
    empty = overlay.loss.shown_data().keys()
    overlay.show_runs(*(plotted(recorded(100), key=key) for key in range(3)))
    overlay.show_runs()
    settle(qtbot, overlay)
    assert overlay.loss.shown_data().keys() == empty
    assert not overlay.loss.run_legend.isVisible()
    assert not overlay.loss.legend.entries
    assert overlay.loss.hint.isVisible()


def test_two_runs_with_one_key_are_refused(overlay):
    with pytest.raises(ValueError, match="same key"):
        overlay.show_runs(plotted(recorded(10)), plotted(recorded(10)))


def test_runs_without_a_single_batch_are_no_obstacle(qtbot, overlay):
    empty = History(2000, 20)
    overlay.show_runs(plotted(empty, ended=False), plotted(key=1))
    settle(qtbot, overlay)
    assert overlay.loss.hint.isVisible()
    overlay.show_runs(plotted(empty, ended=False), plotted(recorded(100), key=1))
    settle(qtbot, overlay)
    assert not overlay.loss.hint.isVisible()


def test_a_loss_that_is_no_number_is_borne_on_both_axes(qtbot, overlay):
    losses = np.array([2.0, 1.0, np.inf, np.nan] * 30)
    overlay.show_runs(plotted(recorded(120, losses=losses)), plotted(recorded(200), key=1))
    choose_scale(overlay.loss, "logarithmic")
    click(overlay.controls.log_x_button)
    settle(qtbot, overlay)
    for plot in overlay.plots:
        assert np.isfinite(plot.graph.visible_range()).all()
        plot.grab()


# --- raw values ---------------------------------------------------------------------------


def raw_points(plot, key):
    return len(plot.shown_data()[key, "raw"][0])


def test_raw_values_are_shown_for_up_to_three_runs_unless_the_user_decides(qtbot, overlay):
    runs = [plotted(recorded(100), key=key) for key in range(4)]
    loss = overlay.loss
    overlay.show_runs(*runs[:3])
    settle(qtbot, overlay)
    raw = button(loss, "raw")
    assert raw.isChecked()
    assert raw_points(loss, 0) == 100
    overlay.show_runs(*runs)
    settle(qtbot, overlay)
    assert not raw.isChecked()
    assert raw_points(loss, 0) == 0
    click(raw)
    settle(qtbot, overlay)
    assert raw_points(loss, 3) == 100
    click(raw)
    overlay.show_runs(*runs[:1])
    settle(qtbot, overlay)
    assert not raw.isChecked()
    assert raw_points(loss, 0) == 0


def test_raw_values_lie_pale_below_all_lines(qtbot, overlay):
    overlay.show_runs(plotted(recorded(100)), plotted(recorded(100), key=1))
    settle(qtbot, overlay)
    pale = pen_color(overlay.loss, 0, "raw")
    assert pale.alpha() == 255
    assert pale.lightness() > theme.color("run_1").lightness()
    raw, _ = drawn(overlay.loss, 0, "raw")
    for key, part in ((1, "line"), (0, "line"), (1, "validation")):
        assert raw.zValue() < drawn(overlay.loss, key, part)[0].zValue()


# --- several seeds ------------------------------------------------------------------------


def band(plot, key=0):
    x, y = plot.shown_data()[key, "band"]
    half = len(x) // 2
    return x[:half], y[:half], y[half:][::-1]


def test_seeds_are_drawn_as_their_mean_with_their_deviation(qtbot, overlay):
    seeds = [recorded(200, losses=np.full(200, value)) for value in (0.1, 0.2, 0.3)]
    overlay.show_runs(plotted(*seeds))
    settle(qtbot, overlay)
    _, y = line(overlay.loss, 0)
    np.testing.assert_allclose(y, 0.2, rtol=1e-5)
    x, low, high = band(overlay.loss)
    assert x[-1] == pytest.approx(2.0)
    np.testing.assert_allclose(low, 0.1, rtol=1e-5)
    np.testing.assert_allclose(high, 0.3, rtol=1e-5)


def test_the_band_may_also_be_the_range(qtbot, overlay):
    seeds = [recorded(200, losses=np.full(200, value)) for value in (0.1, 0.1, 0.4)]
    overlay.show_runs(plotted(*seeds))
    overlay.controls.offer_spread(True)
    choose(overlay.controls.spread_button, "range")
    settle(qtbot, overlay)
    assert overlay.controls.options.spread is Spread.RANGE
    _, low, high = band(overlay.loss)
    np.testing.assert_allclose(low, 0.1, rtol=1e-5)
    np.testing.assert_allclose(high, 0.4, rtol=1e-5)


def test_the_mean_goes_as_far_as_all_seeds_and_the_rest_is_drawn_by_itself(qtbot, overlay):
    whole, half, waiting = recorded(400), recorded(200), History(2000, 20)
    overlay.show_runs(plotted(whole, half, waiting, total_steps=400, ended=False))
    settle(qtbot, overlay)
    for plot in overlay.plots:
        shown = plot.shown_data()
        assert shown[0, "line"][0][-1] == pytest.approx(2.0, abs=0.1)
        assert shown[0, "validation dots"][0].tolist() == [1.0, 2.0]
        ahead, _ = shown[0, "tails"]
        assert np.nanmin(ahead) >= 1.8
        assert np.nanmax(ahead) == pytest.approx(4.0)
    grow(half, 200)
    overlay.changed()
    settle(qtbot, overlay)
    for plot in overlay.plots:
        assert plot.shown_data()[0, "line"][0][-1] == pytest.approx(4.0)
        assert len(plot.shown_data()[0, "tails"][0]) == 0


def test_one_seed_that_has_begun_is_a_single_run(qtbot, overlay):
    overlay.show_runs(plotted(recorded(100), History(2000, 20), ended=False))
    settle(qtbot, overlay)
    assert len(band(overlay.loss)[0]) == 0
    assert len(line(overlay.loss, 0)[0]) > 50


def test_the_validation_of_seeds_has_bars(qtbot, overlay):
    seeds = [recorded(200, validation=value) for value in (0.2, 0.4)]
    overlay.show_runs(plotted(*seeds))
    settle(qtbot, overlay)
    x, y = overlay.loss.shown_data()[0, "validation bars"]
    assert x.tolist() == [1.0, 1.0, 2.0, 2.0]
    deviation = 0.2 / np.sqrt(2)
    np.testing.assert_allclose(y, [0.3 - deviation, 0.3 + deviation] * 2)


# --- the shared controls ------------------------------------------------------------------


@pytest.mark.parametrize("unit", XUnit)
@pytest.mark.parametrize("measure", [LOSS, ACCURACY])
def test_a_curve_that_is_not_smoothed_has_settled_to_its_end_whatever_the_axis(unit, measure):
    history = recorded(150)
    series, scale = Series(history, measure, Smoothing.NONE), XScale(unit)
    x, _ = series.line(scale, 0, history.step)
    assert len(x) > 1
    assert x[-1] <= scale.positions(history, series.settled_steps) < np.inf


@pytest.mark.parametrize(
    ("unit", "last"), [("batches", 300), ("images", 6000), ("epochs", 3), ("seconds", 3)]
)
def test_both_plots_count_what_was_chosen(qtbot, overlay, unit, last):
    overlay.show_runs(plotted(recorded(300)), plotted(recorded(150), key=1))
    choose(overlay.controls.unit_button, unit)
    settle(qtbot, overlay)
    assert overlay.controls.options.scale == XScale(XUnit(unit))
    for plot in overlay.plots:
        assert line(plot, 0)[0][-1] == pytest.approx(last)
        assert plot.graph.visible_range()[0][1] == pytest.approx(1.01 * last)


def test_a_logarithmic_x_axis_has_points_in_every_decade(qtbot, overlay):
    history = recorded(60_000, train_size=60_000)
    overlay.show_runs(plotted(history))
    choose(overlay.controls.unit_button, "batches")
    click(overlay.controls.log_x_button)
    settle(qtbot, overlay)
    x, _ = line(overlay.loss, 0)
    assert (x[0], x[-1]) == (0.0, pytest.approx(np.log10(60_000)))
    counts, _ = np.histogram(x, bins=[0, 1, 2, 3, 4, 4.8])
    assert (counts >= 9).all()
    assert counts.sum() < 1000
    low, high = overlay.loss.graph.visible_range()[0]
    assert (low, high) == (0.0, pytest.approx(1.01 * np.log10(60_000)))
    click(overlay.controls.log_x_button)
    settle(qtbot, overlay)
    assert overlay.loss.graph.visible_range()[0][1] == pytest.approx(60_600)


def test_stronger_smoothing_is_calmer_and_none_shows_every_extreme(qtbot, overlay):
    rng = np.random.default_rng(3)
    losses = rng.exponential(size=5000)
    losses[3210] = 50.0
    overlay.show_runs(plotted(recorded(5000, losses=losses, train_size=20_000)))
    roughness = []
    for name in ("strong", "normal", "light", "none"):
        choose(overlay.controls.smoothing_button, name)
        settle(qtbot, overlay)
        assert overlay.controls.options.smoothing is Smoothing(name)
        _, y = line(overlay.loss, 0)
        roughness.append(float(np.std(y[len(y) // 2 :])))
    assert roughness == sorted(roughness)
    assert y.max() == pytest.approx(50.0)
    assert len(y) < 1100


def test_a_loss_that_hardly_falls_does_not_stretch_a_logarithmic_axis(qtbot, overlay):
    slow = recorded(300, losses=np.full(300, 2.3), validation=2.3)
    fast = recorded(300, losses=np.geomspace(2.3, 0.05, 300), validation=0.1)
    overlay.show_runs(plotted(slow), plotted(fast, key=1))
    choose_scale(overlay.loss, "logarithmic")
    settle(qtbot, overlay)
    assert overlay.loss.graph.visible_range()[1] == (-1.5, 0.5)


def test_the_band_is_offered_only_where_there_are_seeds(overlay):
    assert not overlay.controls.spread_button.isEnabled()
    overlay.controls.offer_spread(True)
    assert overlay.controls.spread_button.isEnabled()


def test_plots_and_legends_have_names_for_those_who_do_not_see_them(qtbot, overlay):
    overlay.show_runs(plotted(recorded(50)))
    settle(qtbot, overlay)
    for plot, name in zip(overlay.plots, ("Plot of the loss", "Plot of the accuracy"), strict=True):
        for widget in (plot, plot.graph):
            assert QAccessible.queryAccessibleInterface(widget).text(QAccessible.Text.Name) == name
        assert "double click" in plot.graph.accessibleDescription()
        assert plot.run_legend.accessibleName() == "batch 10"
        assert plot.run_legend.accessibleDescription()


def test_every_control_says_what_it_does(overlay):
    controls = overlay.controls
    buttons = [controls.unit_button, controls.log_x_button, controls.smoothing_button]
    for each in [*buttons, controls.spread_button, button(overlay.loss, "raw")]:
        assert len(each.toolTip()) > 40
        assert each.objectName()
        assert each.text()


def test_zooming_ends_following_in_an_overlay_too(qtbot, overlay):
    overlay.show_runs(plotted(recorded(300)), plotted(recorded(300), key=1))
    settle(qtbot, overlay)
    loss = overlay.loss
    place = loss.graph.area().center()
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QTest.mousePress(loss.graph.viewport(), left, none, place)
    for distance in (20, 40, 80):
        QTest.mouseMove(loss.graph.viewport(), place - QPoint(distance, 0))
    QTest.mouseRelease(loss.graph.viewport(), left, none, place - QPoint(80, 0))
    assert not loss.following
    moved = loss.graph.visible_range()
    overlay.show_runs(plotted(recorded(900)))
    settle(qtbot, overlay)
    assert loss.graph.visible_range() == moved
    QTest.mouseDClick(loss.graph.viewport(), left, none, place)
    assert loss.graph.visible_range()[0][1] == pytest.approx(9.09)


# --- the legend ---------------------------------------------------------------------------


@pytest.mark.layout
def test_a_legend_of_many_runs_wraps_and_counts_what_does_not_fit(qtbot, overlay):
    legend = overlay.loss.run_legend
    overlay.show_runs(plotted(recorded(50)))
    settle(qtbot, overlay)
    one_line = legend.height()
    overlay.show_runs(*(plotted(recorded(50), key=key) for key in range(20)))
    settle(qtbot, overlay)
    assert one_line < legend.height() <= 2 * one_line + 1
    shown = [legend.place_of(index) for index in range(20) if legend.place_of(index)]
    assert len(shown) < 20
    assert len({place.y() for place in shown}) == 2
    assert all(legend.rect().contains(place) for place in shown)
    assert not any(a.intersects(b) for a, b in pairwise(shown))
    missing = legend.toolTip().splitlines()
    assert missing == [f"batch {10 * (key + 1)}" for key in range(len(shown), 20)]
    legend.grab()


@pytest.mark.layout
def test_a_very_long_name_is_shortened(qtbot, overlay):
    overlay.show_runs(plotted(recorded(50), label="a long name " * 30))
    settle(qtbot, overlay)
    assert overlay.loss.run_legend.place_of(0).width() < 250


def test_an_entry_under_the_pointer_brings_its_run_forward_in_both_plots(qtbot, overlay):
    overlay.show_runs(*(plotted(recorded(100), key=key) for key in range(3)))
    settle(qtbot, overlay)
    legend = overlay.loss.run_legend

    def looks(plot, key):
        curve, _ = drawn(plot, key, "validation")
        return pen_color(plot, key, "validation").name(), curve.zValue()

    usual = {(plot, key): looks(plot, key) for plot in overlay.plots for key in range(3)}
    QTest.mouseMove(legend, legend.place_of(1).center())
    for plot in overlay.plots:
        assert looks(plot, 1)[0] == usual[plot, 1][0]
        assert looks(plot, 1)[1] > max(looks(plot, 0)[1], looks(plot, 2)[1])
        assert looks(plot, 0)[0] != usual[plot, 0][0]
    QApplication.sendEvent(legend, QEvent(QEvent.Type.Leave))
    assert {each: looks(*each) for each in usual} == usual
    QTest.mouseMove(legend, legend.place_of(1).center())
    overlay.show_runs(*(plotted(recorded(100), key=key, label="other") for key in range(3)))
    assert {each: looks(*each) for each in usual} == usual


def press(legend, index, double=False):
    """Click an entry, or double-click it: a click comes before."""
    button, none, place = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, None
    place = legend.place_of(index).center()
    QTest.mouseClick(legend, button, none, place)
    if double:
        QTest.mouseDClick(legend, button, none, place)


def visible(overlay):
    """Return the runs whose lines are seen; they are the same in both plots."""
    for plot in overlay.plots:
        plot.turn.redraw()
    (keys, others) = (
        [key for key in range(3) if is_drawn(plot, key, "line")] for plot in overlay.plots
    )
    assert keys == others
    return keys


def test_a_click_on_an_entry_hides_its_run_in_both_plots_until_the_next(qtbot, overlay):
    low, high = recorded(300), recorded(300, losses=np.full(300, 4.0))
    overlay.show_runs(plotted(low), plotted(high, key=1), plotted(recorded(300), key=2))
    settle(qtbot, overlay)
    tall = overlay.loss.graph.visible_range()[1][1]
    press(overlay.loss.run_legend, 1)
    settle(qtbot, overlay)
    assert visible(overlay) == [0, 2]
    assert overlay.accuracy.run_legend.hidden == {1}
    assert "batch 20 (hidden)" in overlay.loss.run_legend.accessibleName()
    assert overlay.loss.graph.visible_range()[1][1] < tall
    grow(low, 50)
    overlay.changed()
    overlay.show_runs(plotted(low), plotted(high, key=1), plotted(recorded(300), key=2))
    settle(qtbot, overlay)
    assert visible(overlay) == [0, 2]
    hover(overlay.loss, 1.0)
    assert [row.text for row in overlay.loss.readout.rows][1:] == ["batch 10", "batch 30"]
    press(overlay.accuracy.run_legend, 1)
    settle(qtbot, overlay)
    assert visible(overlay) == [0, 1, 2]


def test_a_double_click_on_an_entry_shows_its_run_alone_and_the_next_one_shows_all(qtbot, overlay):
    overlay.show_runs(*(plotted(recorded(100), key=key) for key in range(3)))
    settle(qtbot, overlay)
    legend = overlay.loss.run_legend
    for index, alone in ((1, [1]), (2, [2]), (2, [0, 1, 2]), (0, [0]), (0, [0, 1, 2])):
        press(legend, index, double=True)
        assert visible(overlay) == alone


def test_the_legend_obeys_the_keyboard(qtbot, overlay):
    overlay.show_runs(*(plotted(recorded(100), key=key) for key in range(3)))
    settle(qtbot, overlay)
    legend = overlay.loss.run_legend
    assert legend.focusPolicy() == Qt.FocusPolicy.TabFocus
    legend.setFocus()
    QTest.keyClick(legend, Qt.Key.Key_Left)
    QTest.keyClick(legend, Qt.Key.Key_Space)
    assert visible(overlay) == [0, 1]
    QTest.keyClick(legend, Qt.Key.Key_Right)
    QTest.keyClick(legend, Qt.Key.Key_Right)
    QTest.keyClick(legend, Qt.Key.Key_Return)
    assert visible(overlay) == [1]
    QTest.keyClick(legend, Qt.Key.Key_Return)
    assert visible(overlay) == [0, 1, 2]
    legend.grab()


def test_a_part_of_the_curves_is_hidden_in_its_own_plot(qtbot, overlay):
    overlay.show_runs(plotted(recorded(300)))
    settle(qtbot, overlay)
    press(overlay.loss.legend, 1)
    settle(qtbot, overlay)
    for plot, seen in zip(overlay.plots, (False, True), strict=True):
        assert is_drawn(plot, 0, "validation") is seen
        assert is_drawn(plot, 0, "validation dots") is seen
        assert is_drawn(plot, 0, "line")
    press(overlay.loss.legend, 1)
    settle(qtbot, overlay)
    assert is_drawn(overlay.loss, 0, "validation")


def test_names_that_begin_alike_are_shortened_where_they_do_not_differ(qtbot, overlay):
    common = "a very long name that many runs share "
    labels = [common * 3 + end for end in ("first", "second")]
    overlay.show_runs(*(plotted(recorded(50), key=k, label=each) for k, each in enumerate(labels)))
    settle(qtbot, overlay)
    legend = overlay.loss.run_legend
    first, second = legend._texts
    assert (first[-5:], second[-6:]) == ("first", "second")
    QTest.mouseMove(legend, legend.place_of(1).center())
    assert legend.toolTip().startswith(labels[1])


def test_the_header_of_an_overlay_tells_the_shapes(qtbot, overlay):
    overlay.show_runs(plotted(recorded(100)))
    assert [each.text for each in overlay.loss.legend.entries] == ["training", "validation"]
    assert [each.dots for each in overlay.loss.legend.entries] == [False, True]
    settle(qtbot, overlay)


# --- the pointer --------------------------------------------------------------------------


def rows_of(plot):
    return {row.text: row for row in plot.readout.rows}


def test_the_pointer_reads_every_run_that_reaches_it(qtbot, overlay):
    long, short = recorded(400, losses=np.full(400, 0.25)), recorded(150)
    overlay.show_runs(plotted(short), plotted(long, key=1), plotted(History(2000, 20), key=2))
    settle(qtbot, overlay)
    hover(overlay.loss, 1.2)
    head, first, second = overlay.loss.readout.rows
    assert (head.value, head.second) == ("training", "validation")
    assert head.text in ("epoch 1.19", "epoch 1.20", "epoch 1.21")
    assert (first.color, first.text, first.second) == ("run_1", "batch 10", "0.2000")
    assert (second.color, second.value) == ("run_2", "0.2500")
    hover(overlay.loss, 3.0)
    assert [row.text for row in overlay.loss.readout.rows[1:]] == ["batch 20"]
    hover(overlay.accuracy, 1.2)
    assert rows_of(overlay.accuracy)["batch 20"].value.endswith(" %")
    QApplication.sendEvent(overlay.loss.graph, QEvent(QEvent.Type.Leave))
    assert not overlay.loss.readout.isVisible()


@pytest.mark.parametrize(
    ("unit", "x", "text"),
    [
        ("batches", 250, r"batch 2[45]\d"),
        ("images", 5000, r"[45]\D\d{3} images"),
        ("epochs", 2.5, r"epoch 2\.[45]\d"),
        ("seconds", 2.5, r"2\.[45] s"),
    ],
)
def test_the_pointer_says_where_it_is(qtbot, overlay, unit, x, text):
    overlay.show_runs(plotted(recorded(400)))
    choose(overlay.controls.unit_button, unit)
    settle(qtbot, overlay)
    hover(overlay.loss, x)
    assert re.fullmatch(text, overlay.loss.readout.rows[0].text)


def test_runs_with_other_batch_sizes_are_read_at_the_same_place(qtbot, overlay):
    small = recorded(400, batch_size=10, losses=np.linspace(2, 0, 400))
    large = recorded(40, batch_size=100, losses=np.linspace(1, 0, 40))
    overlay.show_runs(plotted(small), plotted(large, key=1))
    choose(overlay.controls.smoothing_button, "none")
    settle(qtbot, overlay)
    hover(overlay.loss, 1.0)
    rows = rows_of(overlay.loss)
    assert float(rows["batch 10"].value) == pytest.approx(1.0, abs=0.02)
    assert float(rows["batch 20"].value) == pytest.approx(0.5, abs=0.02)


def test_seeds_are_read_as_mean_and_deviation(qtbot, overlay):
    seeds = [recorded(200, losses=np.full(200, value)) for value in (0.1, 0.3)]
    overlay.show_runs(plotted(*seeds))
    settle(qtbot, overlay)
    hover(overlay.loss, 1.5)
    assert rows_of(overlay.loss)["batch 10"].value == "0.2000 ± 0.1414"
    hover(overlay.accuracy, 1.0)
    assert rows_of(overlay.accuracy)["batch 10"].second == "91.00 ± 0.00 %"


@pytest.mark.layout
def test_of_too_many_runs_those_nearest_to_the_pointer_are_read(qtbot, overlay):
    histories = [recorded(200, losses=np.full(200, 0.1 * (key + 1))) for key in range(20)]
    overlay.show_runs(*(plotted(each, key=key) for key, each in enumerate(histories)))
    settle(qtbot, overlay)
    loss = overlay.loss
    overlay.parent().resize(1400, 300)
    overlay.resize(1400, 300)
    settle(qtbot, overlay)
    hover(loss, 1.0, loss.graph.area().bottom() - 3)
    texts = [row.text for row in loss.readout.rows]
    assert texts[-1] == f"… {20 - (len(texts) - 2)} more"
    assert texts[1:-1] == [f"batch {10 * (key + 1)}" for key in range(len(texts) - 2)]
    assert 4 <= len(texts) < 20
    assert loss.graph.area().contains(loss.readout.geometry())
    loss.readout.grab()


# --- beside the run in view ---------------------------------------------------------------


@pytest.fixture
def session(qapp):
    session = FakeSession()
    yield session
    session.deleteLater()


@pytest.fixture
def train_view(qtbot, session):
    view = TrainView(session)
    show_widget(qtbot, view, 900, 700)
    yield view
    view.close()


def test_pinned_runs_lie_behind_the_run_in_view(qtbot, train_view, session):
    train_view.set_references([plotted(recorded(400)), plotted(recorded(50), key=1)], "run_7")
    train_view.load_plots()
    session.start()
    session.train(150)
    settle(qtbot, train_view)
    loss, accuracy, gradient = train_view.plots
    for plot in (loss, accuracy):
        assert plot.graph.visible_range()[0][1] == pytest.approx(1.01 * 4)
        assert [each.text for each in plot.run_legend.entries] == ["batch 10", "batch 20"]
        assert plot.run_legend.isVisible()
        pinned, own = (drawn(plot, key, "line")[0] for key in (0, None))
        assert pinned.zValue() < own.zValue()
        assert pen_color(plot, None, "validation") == theme.color("run_7")
        assert raw_points(plot, 0) == 0
    assert not button(loss, "raw").isVisible()
    assert gradient.graph.visible_range()[0][1] < 3
    hover(loss, 1.0)
    texts = [row.text for row in loss.readout.rows]
    assert texts[:4] == ["epoch 1, batch 100", "this batch", "smoothed", "validation"]
    assert "batch 10" in texts
    assert "batch 20" not in texts

    train_view.set_references([])
    settle(qtbot, train_view)
    assert pen_color(loss, None, "line") == theme.color("series_1")
    assert not loss.run_legend.isVisible()
    assert loss.graph.visible_range()[0][1] < 3


def test_pinned_runs_are_drawn_before_the_first_training_too(qtbot, train_view, session):
    train_view.load_plots()
    train_view.set_references([plotted(recorded(200))])
    settle(qtbot, train_view)
    loss = train_view.plots[0]
    assert len(line(loss, 0)[0]) > 50
    assert not loss.hint.isVisible()
    session.start()
    session.train(20)
    settle(qtbot, train_view)
    assert [each.text for each in loss.legend.entries] == ["every batch", "smoothed", "validation"]


def test_curves_of_runs_follow_the_theme(qtbot, overlay):
    overlay.show_runs(plotted(recorded(100)))
    settle(qtbot, overlay)
    for choice in ("dark", "light"):
        theme.choose(choice)
        assert pen_color(overlay.loss, 0, "line") == theme.color("run_1")
    settle(qtbot, overlay)


def test_a_fork_is_drawn_from_where_it_left(qtbot, overlay):
    parent = recorded(200)
    fork = History(2000, 20, Origin(200, 4000, 2.0, 2.0))
    grow(fork, 100)
    overlay.show_runs(plotted(parent), plotted(fork, key=1))
    settle(qtbot, overlay)
    assert line(overlay.loss, 1)[0][0] == pytest.approx(2.01)
    assert line(overlay.loss, 1)[0][-1] == pytest.approx(3.0)
    hover(overlay.loss, 1.0)
    assert list(rows_of(overlay.loss))[1:] == ["batch 10"]
    hover(overlay.loss, 2.5)
    assert list(rows_of(overlay.loss))[1:] == ["batch 20"]

"""What is recorded of every layer, as curves."""

import numpy as np
import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from mnist_studio.training.events import BatchEnded, ProgressSampled
from mnist_studio.training.history import History
from mnist_studio.ui.plots.graph import Graph
from mnist_studio.ui.plots.layer_curves import LayerCurves, update_ratios
from mnist_studio.ui.plots.live_plot import LivePlot
from mnist_studio.ui.plots.plotted_run import PlotContent
from mnist_studio.ui.plots.x_follower import Track
from mnist_studio.ui.redraw_clock import RedrawClock


def layer_plot(qtbot, recorded, **options):
    """Return a plot of a value of each layer."""
    graph = Graph()
    clock = RedrawClock(graph)
    plot = LivePlot(clock, QLabel(), graph, LayerCurves(graph, recorded, **options))
    qtbot.addWidget(plot)
    plot.resize(700, 400)
    clock.set_turns([plot.turn])
    with qtbot.waitExposed(plot):
        plot.show()
    return plot


def layers_recorded(rows, samples=60):
    """Return a history with a sample at every batch, its update ratios those of the rows."""
    history = History(2000, 20)
    for step in range(1, samples + 1):
        history.record(BatchEnded(step, 1.0, 0.1, step / 10))
        values = tuple(row(step) for row in rows)
        history.record(ProgressSampled(step, 0.5, tuple(1.0 for _ in rows), values))
    return history


def test_layers_far_apart_are_drawn_by_powers_of_ten_around_what_is_usual(qtbot):
    plot = layer_plot(qtbot, update_ratios, logarithmic=True, usual=1e-3)
    rows = (lambda _: 1e-8, lambda _: 0.02, lambda _: 0.0)
    plot.show_content(PlotContent(Track(layers_recorded(rows), 60, ended=True)))
    plot.turn.redraw()
    shown = plot.shown_data()
    np.testing.assert_allclose(shown[1][1], -8)
    np.testing.assert_allclose(shown[2][1], np.log10(0.02))
    assert np.isnan(shown[3][1]).all()  # zero is nowhere on such an axis
    assert shown["usual"][1].tolist() == [-3, -3]
    assert plot.graph.visible_range()[1] == (-8, -1)
    QTest.mouseMove(plot.graph.viewport(), plot.graph.viewport().rect().center())
    assert [row.value for row in plot.readout.rows[1:]] == ["1e-08", "0.02", "0"]


def test_the_axis_stays_where_a_curve_only_seemed_to_fall_below_a_power_of_ten(qtbot):
    history = History(2000, 20)
    plot = layer_plot(qtbot, update_ratios, logarithmic=True)
    plot.show_content(PlotContent(Track(history, 1000, ended=False)))
    ranges = []
    for value, count in ((0.02, 60), (0.004, 8), (0.5, 40)):  # what follows raises the last mean
        for _ in range(count):
            step = history.step + 1
            history.record(BatchEnded(step, 1.0, 0.1, step / 10))
            history.record(ProgressSampled(step, 0.5, (1.0,), (value,)))
        plot.turn.redraw()
        ranges.append(plot.graph.visible_range()[1])
    assert 0.01 < 10 ** plot.shown_data()[1][1].min() < 0.02
    assert ranges == [(-2, -1), (-3, -1), (-3, 0)]


def test_what_older_samples_do_not_have_is_not_drawn(qtbot):
    old, history = layers_recorded([lambda _: 1.0], 40), History(2000, 20)
    history.append(old.part_since()._replace(update_ratios=np.empty((0, 0))))
    plot = layer_plot(qtbot, update_ratios, logarithmic=True, usual=1e-3)
    plot.show_content(PlotContent(Track(history, 60, ended=False)))
    plot.turn.redraw()
    assert plot.shown_data().keys() == {"usual"}
    label = next(x for x in plot.graph.findChildren(QLabel) if x.text().startswith("usual"))
    assert label.text() == "usual; of this run none is recorded"
    for step in range(41, 61):
        history.record(BatchEnded(step, 1.0, 0.1, step / 10))
        history.record(ProgressSampled(step, 0.5, (1.0,), (0.1,)))
    plot.turn.redraw()
    x, y = plot.shown_data()[1]
    assert (x[0], x[-1]) == (pytest.approx(0.41), pytest.approx(0.6))
    np.testing.assert_allclose(y, -1)
    assert label.text() == "usual"


def test_many_layers_have_the_colors_of_a_ramp_and_few_have_those_of_curves(qtbot):
    for count, distinct in ((3, 3), (7, 7)):
        plot = layer_plot(qtbot, update_ratios)
        rows = [lambda step: 0.01] * count
        plot.show_content(PlotContent(Track(layers_recorded(rows), 60, ended=True)))
        plot.turn.redraw()
        colors = [each.paint.token for each in plot.graph.drawn()]
        assert len(set(colors)) == distinct
        assert all(token.startswith("run_") for token in colors) is (count == 7)

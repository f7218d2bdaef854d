"""What goes into the charts, against direct computation."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnist_studio.report.comparison import compare
from mnist_studio.report.figures import block_means, curve_charts, series_of
from mnist_studio.report.palette import LIGHT
from mnist_studio.report.texts import untranslated
from mnist_studio.runs.label import RunLabel
from mnist_studio.training.history import Origin
from mnist_studio.training.status import RunStatus

from .builders import diverged, history, record, sweep

FALLING = [2.0, 1.5, 1.0, 0.75, 0.5, 0.25]


def charts_of(runs, histories, names=None):
    """Return the charts by their titles."""
    comparison = compare(runs, names)
    by_path = {run.path: each for run, each in zip(runs, histories, strict=True)}
    series = series_of(comparison, by_path, untranslated)
    charts = curve_charts(comparison, series, untranslated)
    return {chart.title: chart for chart in charts}


def labelled(chart, label):
    (line,) = [line for line in chart.lines if line.label == label and len(line.x)]
    return line


def test_one_run_shows_its_batches_their_means_and_its_validation():
    curves = history(FALLING, per_epoch=3, accuracies=(0.75, 0.875))
    loss = charts_of([record()], [curves])["Loss"]
    raw, training, validation, *_ = loss.lines
    assert raw.pale
    assert (raw.label, training.label) == ("", "training")
    # Every loss twice, as lowest and highest of a column with one batch.
    assert raw.y == [loss for loss in FALLING for _ in range(2)]
    assert training.y == FALLING
    assert training.x == pytest.approx([step / 3 for step in range(1, 7)])
    assert (validation.x, validation.y) == ([1, 2], [0.5, 0.25])
    assert validation.dashed
    assert loss.log_y
    assert {line.color for line in loss.lines} == {LIGHT[0]}


def test_accuracies_of_one_run_on_what_it_learns_and_what_it_does_not():
    curves = history(FALLING, per_epoch=3, accuracies=(0.75, 0.875))
    accuracy = charts_of([record()], [curves])["Accuracy"]
    assert labelled(accuracy, "training").y == [0.75, 0.875]
    validation = labelled(accuracy, "validation")
    assert (validation.x, validation.y, validation.dashed) == ([1, 2], [0.75, 0.875], True)
    assert accuracy.percent
    assert (accuracy.x_label, accuracy.first) == ("Epoch", 0)


def test_seeds_become_a_mean_with_a_band_of_one_deviation():
    runs = sweep("batch_size", {10: [0.9, 0.9], 20: 0.9})
    curves = [
        history([1.0, 3.0], per_epoch=2, accuracies=[0.8]),
        history([2.0, 5.0], per_epoch=2, accuracies=[0.9]),
        history([4.0, 4.0], per_epoch=2, accuracies=[0.7]),
    ]
    charts = charts_of(runs, curves)
    loss = labelled(charts["Loss"], "batch 10")
    assert loss.y == [1.5, 4.0]
    # Deviations of 1, 2 and of 3, 5 divided by n - 1.
    assert loss.low == pytest.approx([1.5 - math.sqrt(0.5), 4 - math.sqrt(2)])
    assert loss.high == pytest.approx([1.5 + math.sqrt(0.5), 4 + math.sqrt(2)])
    accuracy = labelled(charts["Validation accuracy"], "batch 10")
    assert accuracy.y == pytest.approx([0.85])
    assert accuracy.low == pytest.approx([0.85 - 0.1 * math.sqrt(0.5)])
    alone = labelled(charts["Loss"], "batch 20")
    assert (alone.low, alone.high) == ([], [])


def test_the_legend_has_the_names_that_were_given_and_no_made_ones():
    made = RunLabel(name="batch 10, seed 1", sweep="sweep-0001")
    given = RunLabel(name="my favourite", color=1, sweep="sweep-0001")
    runs = [
        record(batch_size=10, seed=1, label=made),
        record(batch_size=20, seed=1, number=2, label=given),
    ]
    loss = charts_of(runs, [history(FALLING, per_epoch=3)] * 2)["Loss"]
    assert {"batch 10", "my favourite"} < {line.label for line in loss.lines}


def test_a_mean_reaches_as_far_as_all_of_its_seeds():
    runs = sweep("batch_size", {10: [0.9, 0.9], 20: 0.9})
    curves = [history(FALLING[:n], per_epoch=2, accuracies=[0.8] * 3) for n in (6, 4, 6)]
    charts = charts_of(runs, curves)
    assert labelled(charts["Loss"], "batch 10").x[-1] == 2
    assert labelled(charts["Validation accuracy"], "batch 10").x == [1, 2]
    assert labelled(charts["Validation accuracy"], "batch 20").x == [1, 2, 3]


def test_what_failed_is_left_out_of_a_mean_unless_all_did():
    runs = sweep("batch_size", {10: [0.9, None], 20: [None, None]})
    curves = [history([k + 1.0] * 2, per_epoch=2, accuracies=[0.5]) for k in range(4)]
    loss = charts_of(runs, curves)["Loss"]
    assert labelled(loss, "batch 10").y == [1.0, 1.0]
    assert labelled(loss, "batch 20 (diverged)").y == [3.5, 3.5]


def test_what_was_stopped_early_or_repeated_is_no_part_of_a_mean_of_complete_runs():
    runs = [
        record(0.9, seed=0),
        record(0.9, seed=1, number=2),
        record(None, seed=2, number=3, status=RunStatus.STOPPED),
        record(0.9, seed=1, number=4),
    ]
    curves = [history([1.0] * n, per_epoch=2, accuracies=[a] * 2) for n, a in ((4, 0.5), (4, 0.7))]
    curves += [history([9.0], per_epoch=2), history([3.0] * 4, per_epoch=2, accuracies=[0.9] * 2)]
    charts = charts_of(runs, curves)
    assert labelled(charts["Loss"], "training").y == [2.0] * 4
    validation = labelled(charts["Accuracy"], "validation")
    assert (validation.x, validation.y) == ([1, 2], pytest.approx([0.7, 0.7]))
    assert validation.low == pytest.approx([0.7 - 0.2 * math.sqrt(2)] * 2)


def test_runs_without_a_batch_and_without_an_epoch():
    runs = sweep("batch_size", {10: 0.9, 20: 0.9, 50: 0.9})
    curves = [history(FALLING[:n], per_epoch=3, accuracies=[0.5]) for n in (0, 2, 3)]
    charts = charts_of(runs, curves)
    assert {line.label for line in charts["Loss"].lines if len(line.x)} == {
        "batch 20",
        "batch 50",
        "",
    }
    assert [line.label for line in charts["Validation accuracy"].lines] == ["batch 50"]


def test_without_validation_there_is_no_chart_of_it():
    runs = sweep("batch_size", {10: 0.9, 20: 0.9})
    charts = charts_of(runs, [history(FALLING, per_epoch=3)] * 2)
    assert charts.keys() == {"Loss"}
    assert "validation" in {line.label for line in charts["Loss"].lines}


def test_batch_sizes_are_also_compared_by_their_updates():
    runs = sweep("batch_size", {10: 0.9, 20: 0.9})
    curves = [history(FALLING, per_epoch=n, accuracies=[0.5, 0.6, 0.7]) for n in (2, 3)]
    chart = charts_of(runs, curves)["Validation accuracy by updates"]
    assert labelled(chart, "batch 10").x == [2, 4, 6]
    assert labelled(chart, "batch 20").x == [3, 6]
    assert chart.log_x
    assert chart.first is None
    by_rate = charts_of(sweep("learning_rate", {0.1: 0.9, 0.2: 0.9}), curves)
    assert "Validation accuracy by updates" not in by_rate


def test_a_budget_of_seconds_makes_seconds_the_axis():
    run = record(max_seconds=2.5)
    curves = history(FALLING, per_epoch=3, accuracies=(0.75, 0.875))
    charts = charts_of([run], [curves])
    loss, accuracy = charts["Loss"], charts["Accuracy"]
    assert loss.x_label == "Training time (s)"
    assert not loss.whole_x
    assert loss.lines[1].x == [0.5, 1.0, 1.5, 2.0, 2.5, 3.0]
    assert labelled(accuracy, "validation").x == [1.5, 3.0]


@pytest.mark.parametrize(("budget", "first", "last"), [(0.0, 7, 9), (99.0, 50, 53)])
def test_a_fork_goes_on_where_it_began(budget, first, last):
    origin = Origin(batches=21, images=84, epochs=7.0, seconds=50.0)
    curves = history(FALLING, per_epoch=3, accuracies=(0.75, 0.875), origin=origin)
    chart = charts_of([record(max_seconds=budget)], [curves])["Accuracy"]
    assert chart.first == first
    assert labelled(chart, "validation").x[-1] == last


def test_results_have_error_bars_at_the_values_of_the_setting():
    runs = sweep("learning_rate", {0.01: [0.8, 0.9], 0.1: [0.95, 0.97], 1.0: [0.5, 0.5]})
    chart = charts_of(runs, [history([1.0], per_epoch=3)] * 6)["Accuracy by learning rate"]
    validation, test = labelled(chart, "validation"), labelled(chart, "test")
    assert chart.ticks == validation.x == (0.01, 0.1, 1.0)
    assert chart.log_x
    assert validation.errors
    assert validation.y == pytest.approx([0.85, 0.96, 0.5])
    deviations = [0.1 / math.sqrt(2), 0.02 / math.sqrt(2), 0]
    assert np.subtract(validation.high, validation.y) == pytest.approx(deviations)
    assert np.subtract(validation.y, validation.low) == pytest.approx(deviations)
    assert test.y == [0.85] * 3
    assert test.dashed


@pytest.mark.parametrize(
    ("name", "scores"),
    [
        ("learning_rate", {0.1: 0.9, 0.2: 0.8}),  # two results are no curve
        ("optimizer", {"sgd": 0.9, "adam": 0.9, "nesterov": 0.9}),  # and names have no axis
    ],
)
def test_results_without_an_axis_have_no_chart(name, scores):
    charts = charts_of(sweep(name, scores), [history([1.0], per_epoch=3)] * len(scores))
    assert charts.keys() == {"Loss"}


def test_an_axis_that_begins_at_zero_is_not_logarithmic():
    runs = sweep("l2", {0.0: 0.9, 0.001: 0.9, 0.01: 0.9})
    chart = charts_of(runs, [history([1.0], per_epoch=3)] * 3)["Accuracy by L2 penalty"]
    assert not chart.log_x


def test_widths_of_a_layer_are_an_axis_of_numbers():
    runs = [record(0.9, hidden=(width,), number=width) for width in (8, 16, 64)]
    chart = charts_of(runs, [history([1.0], per_epoch=3)] * 3)["Accuracy by network"]
    assert chart.ticks == (8.0, 16.0, 64.0)
    assert chart.log_x


def test_one_bad_run_does_not_flatten_the_others():
    """Five times what the median is short of all is shown."""
    runs = sweep("batch_size", {10: 0.98, 20: 0.98, 500: 0.2})
    curves = [history([1.0], per_epoch=1, accuracies=[final]) for final in (0.98, 0.98, 0.2)]
    charts = charts_of(runs, curves)
    assert charts["Validation accuracy"].lowest == pytest.approx(0.9)
    assert charts["Accuracy by batch size"].lowest == pytest.approx(
        1 - 5 * (1 - np.median([0.98, 0.98, 0.2, 0.85, 0.85, 0.85]))
    )
    good = [history([1.0], per_epoch=1, accuracies=[final]) for final in (0.98, 0.97, 0.96)]
    assert charts_of(runs, good)["Validation accuracy"].lowest == pytest.approx(0.96)


def test_the_legend_tells_strokes_once_and_colors_by_run():
    runs = sweep("batch_size", {10: 0.9, 20: 0.9})
    loss = charts_of(runs, [history(FALLING, per_epoch=3, accuracies=[0.5, 0.6])] * 2)["Loss"]
    keys = [(line.label, line.dashed) for line in loss.lines if line.label]
    assert keys == [
        ("batch 10", False),
        ("batch 20", False),
        ("training", False),
        ("validation", True),
    ]
    curves = [line for line in loss.lines if len(line.x)]
    assert [line.css_class for line in curves] == ["run-1", "run-2"] * 2
    assert not {line.color for line in loss.lines if not len(line.x)} & set(LIGHT)


def test_more_than_three_settings_that_differ_are_not_written_into_the_legend():
    settings = [
        {"batch_size": 10, "learning_rate": 0.1, "optimizer": "adam", "epochs": 2},
        {"batch_size": 20, "learning_rate": 0.2, "optimizer": "sgd", "epochs": 3},
    ]
    runs = [record(number=number, **values) for number, values in enumerate(settings, 5)]
    loss = charts_of(runs, [history(FALLING, per_epoch=3)] * 2)["Loss"]
    assert {"run 5", "run 6"} <= {line.label for line in loss.lines}


def test_a_diverged_run_is_drawn_as_far_as_it_came():
    curves = history([2.3, 50.0, math.inf, math.nan], per_epoch=9)
    loss = charts_of([diverged()], [curves])["Loss"]
    raw, training, *_ = loss.lines
    assert training.y[:2] == [pytest.approx(2.3), 50.0]
    assert len(raw.y) == 8


# --- means of blocks -----------------------------------------------------------------------

values = st.lists(st.floats(0, 100, width=32), max_size=200)


@given(values, st.integers(1, 40))
def test_blocks_cover_every_value_once(numbers, blocks):
    middles, means = block_means(np.array(numbers, np.float32), blocks)
    assert len(means) == len(middles) == min(len(numbers), blocks)
    assert (np.diff(middles) > 0).all()
    if numbers:
        assert means.min() >= min(numbers) - 1e-9
        assert means.max() <= max(numbers) + 1e-9
        # The middle of a block says how long it is: blocks lie side by side from 0 to the end.
        edges = [0.0]
        for middle in middles:
            edges.append(2 * (middle - 0.5) - edges[-1])
        assert edges[-1] == pytest.approx(len(numbers))
        assert np.dot(np.diff(edges), means) == pytest.approx(sum(numbers), abs=1e-3)


@given(values)
def test_as_many_blocks_as_values_are_the_values(numbers):
    middles, means = block_means(np.array(numbers, np.float32), 200)
    assert means.tolist() == numbers
    assert middles.tolist() == list(range(1, len(numbers) + 1))


def test_means_of_blocks_worked_out_by_hand():
    middles, means = block_means(np.array([1, 3, 5, 7, 9, 11], np.float32), 3)
    assert middles.tolist() == [1.5, 3.5, 5.5]
    assert means.tolist() == [2, 6, 10]
    middles, means = block_means(np.array([4, 6], np.float32), 10)
    assert (middles.tolist(), means.tolist()) == ([1, 2], [4, 6])
    assert block_means(np.empty(0, np.float32), 5)[1].tolist() == []

"""Runs of several seeds as one group."""

import dataclasses
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnist_studio.report.aggregate import Statistic, group_runs, statistic
from mnist_studio.training.status import RunStatus

from .builders import OUT_OF_MEMORY, diverged, record


def test_mean_and_deviation_worked_out_by_hand():
    # Squares of -3, -1, 1, 3 add up to 20; a third of that is the variance.
    figures = statistic([2.0, 4.0, 6.0, 8.0])
    assert figures == Statistic(4, 5.0, pytest.approx(math.sqrt(20 / 3)), 2.0, 8.0)


def test_what_is_not_a_number_does_not_count():
    found = statistic([math.nan, 1.0, math.nan, 3.0])
    assert (found.n, found.mean, found.minimum, found.maximum) == (2, 2.0, 1.0, 3.0)
    assert found.deviation == pytest.approx(math.sqrt(2))


def test_one_value_has_no_deviation_and_none_no_mean():
    one = statistic([0.5])
    assert (one.n, one.mean) == (1, 0.5)
    assert math.isnan(one.deviation)
    none = statistic([math.nan])
    assert none.n == 0
    assert math.isnan(none.mean)


@given(st.lists(st.one_of(st.just(math.nan), st.floats(-1e6, 1e6)), max_size=9))
def test_statistics_are_those_of_numpy(values):
    found = statistic(values)
    numbers = [value for value in values if not math.isnan(value)]
    assert found.n == len(numbers)
    if numbers:
        assert found.mean == pytest.approx(np.mean(numbers), rel=1e-9, abs=1e-9)
        assert (found.minimum, found.maximum) == (min(numbers), max(numbers))
    if len(numbers) > 1:
        assert found.deviation == pytest.approx(np.std(numbers, ddof=1), rel=1e-6, abs=1e-6)


def test_a_loss_beyond_all_numbers_has_no_deviation():
    found = statistic([1.0, math.inf])
    assert found.mean == found.maximum == math.inf
    assert math.isnan(found.deviation)


@given(st.lists(st.floats(-1e6, 1e6), min_size=1))
def test_the_mean_lies_between_the_extremes(values):
    found = statistic(values)
    assert found.minimum <= found.mean <= found.maximum
    assert found.n == 1 or found.deviation >= 0


def test_runs_that_differ_by_their_seed_are_one_group():
    runs = [
        record(0.90, batch_size=10, seed=0),
        record(0.80, batch_size=20, seed=0),
        record(0.94, batch_size=10, seed=1),
    ]
    small, large = group_runs(runs)
    assert small.runs == (runs[0], runs[2])
    assert small.values["batch_size"] == 10
    assert "seed" not in small.values
    assert small.figures["validation_accuracy"].mean == pytest.approx(0.92)
    assert small.figures["validation_accuracy"].deviation == pytest.approx(0.04 / math.sqrt(2))
    assert large.figures["validation_accuracy"].n == 1
    assert large.figures["test_accuracy"].mean == 0.85
    assert large.figures["train_loss"].mean == 0.125
    assert large.figures["validation_loss"].mean == 0.25
    assert large.figures["best_epoch"].mean == 3
    assert large.figures["seconds"].mean == 2
    assert large.figures["updates"].mean == 45


@given(
    st.lists(st.tuples(st.sampled_from([10, 20, 50]), st.integers(0, 3)), min_size=1, max_size=9)
)
def test_every_run_is_in_the_one_group_of_its_settings(settings):
    runs = [record(batch_size=size, seed=seed, number=k) for k, (size, seed) in enumerate(settings)]
    groups = {group.values["batch_size"]: group for group in group_runs(runs)}
    assert list(groups) == list(dict(settings))
    for size, group in groups.items():
        assert group.runs == tuple(runs[k] for k, each in enumerate(settings) if each[0] == size)
        # A seed that was trained twice counts once.
        assert group.figures["test_accuracy"].n == len({s for b, s in settings if b == size})


def test_settings_without_effect_do_not_part_runs():
    assert len(group_runs([record(momentum=0.5), record(momentum=0.9, seed=6)])) == 1
    with_momentum = [record(optimizer="momentum", momentum=m) for m in (0.5, 0.9)]
    assert len(group_runs(with_momentum)) == 2


def test_a_fork_is_no_further_seed():
    assert len(group_runs([record(), record(seed=6, parent="run 1")])) == 2


def test_a_run_with_settings_that_nobody_knows_is_no_further_seed():
    strange = record(seed=6)
    header = dataclasses.replace(strange.header, ignored=("mixup",))
    assert len(group_runs([record(), dataclasses.replace(strange, header=header)])) == 2


def test_the_same_seed_twice_counts_once():
    (group,) = group_runs([record(0.9, seed=3), record(0.9, seed=3), record(0.8, seed=4)])
    assert group.figures["validation_accuracy"].n == 2
    assert group.figures["validation_accuracy"].mean == pytest.approx(0.85)


def test_what_diverged_failed_or_is_unfinished_is_counted_and_left_out_of_the_mean():
    (group,) = group_runs(
        [
            record(0.9, seed=0),
            diverged(seed=1),
            record(0.2, seed=2, failure=OUT_OF_MEMORY),
            record(0.3, seed=3, status=RunStatus.RUNNING),
        ]
    )
    assert (group.diverged, group.failed, group.unfinished) == (1, 1, 1)
    assert group.figures["validation_accuracy"].n == 1
    assert group.figures["validation_accuracy"].mean == 0.9


def test_stopped_runs_count_where_there_is_no_complete_one():
    (group,) = group_runs([record(0.9, seed=s, status=RunStatus.STOPPED) for s in (0, 1)])
    assert group.figures["validation_accuracy"].n == 2
    assert group.unfinished == 2


def test_a_group_without_any_result_has_no_figures():
    (group,) = group_runs([diverged()])
    assert group.figures["validation_accuracy"].n == 0
    assert group.diverged == 1

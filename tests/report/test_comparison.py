"""Runs side by side: order, best and worst, and what chance does."""

import math
import statistics

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnist_studio.report.aggregate import statistic
from mnist_studio.report.comparison import compare, ordered
from mnist_studio.report.noise import images_of, noise_of, pooled_deviation
from mnist_studio.report.trends import Trend
from mnist_studio.training.status import RunStatus

from .builders import diverged, record, sweep

scores = st.floats(0, 1, width=32)
groups_of_scores = st.lists(st.lists(scores, min_size=1, max_size=4), min_size=1, max_size=5)


def values_of(comparison, name):
    return [group.values.get(name) for group in comparison.groups]


def runs_of(scores):
    """Return a run for each score; those in one list differ by their seed."""
    return sweep("batch_size", {10 * (k + 1): found for k, found in enumerate(scores)})


def test_groups_are_ordered_by_what_differs():
    runs = [
        record(batch_size=batch, learning_rate=rate)
        for batch, rate in ((100, 0.1), (20, 0.5), (100, 0.05), (20, 0.1))
    ]
    comparison = compare(runs)
    assert comparison.names == ("learning_rate", "batch_size")
    assert values_of(comparison, "learning_rate") == [0.05, 0.1, 0.1, 0.5]
    assert values_of(comparison, "batch_size") == [100, 20, 100, 20]


def test_what_has_no_order_stays_in_the_order_given():
    runs = sweep("schedule", {"step": 0.9, "constant": 0.8, "cosine": 0.7})
    comparison = compare(runs, ["schedule"])
    assert values_of(comparison, "schedule") == ["step", "constant", "cosine"]
    assert not ordered(comparison.groups, "schedule")
    assert comparison.trend() is None


def test_a_setting_without_effect_comes_last():
    runs = [record(optimizer="sgd"), record(optimizer="momentum", momentum=0.5)]
    assert values_of(compare(runs, ["momentum"]), "momentum") == [0.5, None]


def test_the_seed_is_no_difference():
    comparison = compare(sweep("batch_size", {10: [0.9, 0.8]}))
    assert comparison.names == ()
    assert len(comparison.groups) == 1


@given(groups_of_scores, st.randoms(use_true_random=False))
def test_the_order_of_the_runs_changes_no_figure(found, random):
    runs = runs_of(found)
    shuffled = random.sample(runs, len(runs))
    one, other = compare(runs), compare(shuffled)
    assert values_of(one, "batch_size") == values_of(other, "batch_size")
    assert one.noise.threshold == pytest.approx(other.noise.threshold, nan_ok=True, abs=1e-12)
    for mine, theirs in zip(one.groups, other.groups, strict=True):
        assert one.score(mine) == pytest.approx(other.score(theirs))


@given(groups_of_scores)
def test_best_and_worst_are_those_of_the_highest_and_lowest_mean(found):
    comparison = compare(runs_of(found))
    means = [statistics.fmean(scores) for scores in found]
    assert comparison.score(comparison.best) == pytest.approx(max(means))
    assert comparison.score(comparison.worst) == pytest.approx(min(means))
    assert comparison.spread == pytest.approx(max(means) - min(means))
    assert comparison.within_noise(comparison.best) or math.isnan(comparison.noise.threshold)
    for group, mean in zip(comparison.groups, means, strict=True):
        if abs(max(means) - mean - comparison.noise.threshold) > 1e-9:
            hidden = max(means) - mean < comparison.noise.threshold
            assert comparison.within_noise(group) == hidden


def test_runs_without_any_accuracy():
    comparison = compare([diverged(batch_size=b) for b in (10, 20)])
    assert comparison.best is comparison.worst is None
    assert comparison.scored == []
    assert comparison.trend() is None
    assert math.isnan(comparison.spread)
    assert len(comparison.diverged) == 2
    assert comparison.noise.seeds == 0


def test_a_group_is_diverged_only_if_all_of_its_runs_are():
    comparison = compare(sweep("learning_rate", {0.1: [0.9, None], 1.0: [None, None]}))
    assert [group.values["learning_rate"] for group in comparison.diverged] == [1.0]
    assert len(comparison.scored) == 1


def test_validation_is_compared_where_there_is_one():
    validated, tested = record(0.9, test=0.5), record(math.nan, test=0.8, validation_fraction=0.0)
    assert compare([validated]).measure == "validation_accuracy"
    assert compare([tested]).measure == "test_accuracy"
    assert compare([validated, tested]).measure == "validation_accuracy"
    assert compare([record(None, test=None)]).measure == "validation_accuracy"


def test_rows_and_columns_of_two_settings():
    runs = [
        record(score, batch_size=batch, learning_rate=rate)
        for (batch, rate), score in {
            (10, 0.05): 0.90,
            (10, 0.5): 0.95,
            (100, 0.05): 0.85,
            (100, 0.5): 0.80,
            (500, 0.5): 0.10,
        }.items()
    ]
    comparison = compare(runs)
    along_rate = comparison.along("learning_rate")
    assert [row.trend() for row in along_rate] == [Trend.RISING, Trend.FALLING]
    assert [len(row.groups) for row in along_rate] == [2, 2]  # one alone is no row
    along_batch = comparison.along("batch_size")
    assert [row.trend() for row in along_batch] == [Trend.FALLING, Trend.FALLING]
    assert [values_of(row, "batch_size") for row in along_batch] == [[10, 100], [10, 100, 500]]
    assert {row.noise for row in along_rate + along_batch} == {comparison.noise}


# --- noise ---------------------------------------------------------------------------------


def test_the_threshold_takes_the_smallest_group():
    comparison = compare(runs_of([[0.90, 0.92, 0.94], [0.80, 0.82]]))
    # Variances of 0.0004 and 0.0002 with 2 and 1 degrees of freedom.
    deviation = math.sqrt((2 * 0.0004 + 0.0002) / 3)
    assert comparison.noise.deviation == pytest.approx(deviation)
    assert comparison.noise.threshold == pytest.approx(2 * deviation * math.sqrt(2 / 2))
    assert comparison.noise.seeds == 2


def test_one_group_with_seeds_tells_the_noise_of_the_others():
    comparison = compare(runs_of([[0.90, 0.92], [0.80]]))
    assert comparison.noise.deviation == pytest.approx(0.01 * math.sqrt(2))
    # One of two means may be that of a single run.
    assert comparison.noise.threshold == pytest.approx(2 * 0.01 * math.sqrt(2) * math.sqrt(2 / 1))


@given(st.lists(st.lists(scores, min_size=1, max_size=5), max_size=5))
def test_the_pooled_deviation_is_that_of_the_residuals(found):
    residuals = np.concatenate([[], *(np.subtract(each, np.mean(each)) for each in found)])
    freedom = sum(len(each) - 1 for each in found)
    expected = math.sqrt((residuals**2).sum() / freedom) if freedom else math.nan
    pooled = pooled_deviation([statistic(each) for each in found])
    assert pooled == pytest.approx(expected, nan_ok=True, abs=1e-9)


@given(st.integers(1, 9999))
def test_with_one_seed_the_threshold_is_two_binomial_errors(right):
    share = right / 10_000
    runs = [record(math.nan, test=share, validation_fraction=0.0, batch_size=b) for b in (10, 20)]
    comparison = compare(runs)
    # The embedded set is tested on 2,000 images: var(p) = p (1 - p) / N.
    error = math.sqrt(share * (1 - share) / 2000)
    assert comparison.noise.threshold == pytest.approx(2 * error)
    assert comparison.noise.deviation == pytest.approx(error)
    assert comparison.noise.seeds == 1


@pytest.mark.parametrize(
    ("train_size", "fraction", "images"),
    [(54_000, 0.1, 6000), (7200, 0.1, 800), (30_000, 0.5, 30_000), (10_000, 0.0, 0)],
)
def test_images_of_the_validation_are_what_the_training_left_over(train_size, fraction, images):
    run = record(train_size=train_size, validation_fraction=fraction)
    (group,) = compare([run]).groups
    assert images_of(group, "validation_accuracy") == images
    assert images_of(group, "test_accuracy") == 2000


def test_nothing_is_known_without_figures_and_without_images():
    assert math.isnan(noise_of([], "test_accuracy").threshold)
    (group,) = compare([record(0.9, validation_fraction=0.0)]).groups
    noise = noise_of([group], "validation_accuracy")
    assert math.isnan(noise.threshold)
    assert not noise.hides(0.0)


def test_unfinished_runs_are_compared_as_far_as_they_are():
    stopped = [record(0.9, batch_size=size, status=RunStatus.STOPPED) for size in (10, 20)]
    comparison = compare([*stopped, record(None, test=None, batch_size=50)])
    assert comparison.scored == list(comparison.groups[:2])

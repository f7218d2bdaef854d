"""Reliability, coverage and temperature are what their formulas say."""

import math

import numpy as np
import pytest

from mnist_studio.insight.calibration import (
    BINS,
    COLDEST,
    HOTTEST,
    SHARES,
    calibrate,
    calibrated,
    coverage,
    fit_temperature,
    pooled,
    reliability,
)
from mnist_studio.training.answers import Answers


def answers_of(logits, labels):
    labels = np.array(labels, np.uint8)
    return Answers(np.arange(len(labels)), labels, np.array(logits, np.float32))


def random_answers(count=400, sharpness=3.0, seed=1):
    """Return answers that are too sure of themselves."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 10, count)
    logits = rng.normal(0, 1, (count, 10))
    logits[np.arange(count), labels] += 1.5
    return answers_of(sharpness * logits, labels)


def probabilities(logits, temperature=1.0):
    scaled = np.exp(np.array(logits, np.float64) / temperature)
    return scaled / scaled.sum(axis=1, keepdims=True)


def mean_loss(answers, temperature):
    chosen = probabilities(answers.logits, temperature)
    return -np.log(chosen[np.arange(len(answers.labels)), answers.labels]).mean()


def sure_and_right(answers, temperature=1.0):
    given = probabilities(answers.logits, temperature)
    return given.max(axis=1), given.argmax(axis=1) == answers.labels


def test_bins_hold_what_lies_above_their_lower_and_up_to_their_upper_edge():
    found = reliability(
        np.array([0.1, 0.2, 0.2000001, 0.5, 1.0]), np.array([1, 0, 1, 1, 0], bool), 5
    )
    assert found.counts.tolist() == [2, 1, 1, 0, 1]
    np.testing.assert_allclose(found.edges, [0, 0.2, 0.4, 0.6, 0.8, 1])
    np.testing.assert_allclose(found.accuracy, [0.5, 1, 1, math.nan, 0])
    np.testing.assert_allclose(found.confidence, [0.15, 0.2000001, 0.5, math.nan, 1])


def test_the_expected_calibration_error_is_the_sum_over_the_bins():
    answers = random_answers()
    confidences, right = sure_and_right(answers)
    expected, counts = 0.0, []
    for m in range(BINS):
        inside = (confidences > m / BINS) & (confidences <= (m + 1) / BINS)
        counts.append(inside.sum())
        if inside.any():
            gap = abs(right[inside].mean() - confidences[inside].mean())
            expected += inside.sum() / len(right) * gap
    found = calibrated(answers)
    assert found.reliability.counts.tolist() == counts
    assert found.reliability.error == pytest.approx(expected, rel=1e-5)
    assert found.loss == pytest.approx(mean_loss(answers, 1.0), rel=1e-5)
    assert found.reliability.unknown == 0


def test_answers_of_several_networks_are_taken_together():
    one, other = random_answers(300, seed=1), random_answers(200, sharpness=1.0, seed=2)
    both = answers_of([*one.logits, *other.logits], [*one.labels, *other.labels])
    found = pooled([calibrated(each).reliability for each in (one, other)])
    expected = calibrated(both).reliability
    assert found.counts.tolist() == expected.counts.tolist()
    np.testing.assert_allclose(found.confidence, expected.confidence, rtol=1e-6)
    np.testing.assert_allclose(found.accuracy, expected.accuracy, rtol=1e-6)
    assert found.error == pytest.approx(expected.error, rel=1e-6)


def test_a_probability_that_rounding_put_above_one_is_in_the_last_bin():
    found = reliability(np.array([1.0 + 1e-7]), np.array([True]))
    assert found.counts[-1] == 1


def test_coverage_counts_the_surest_answers_first():
    answers = random_answers()
    confidences, right = sure_and_right(answers)
    found = coverage(confidences, right)
    for threshold, covered, accuracy in zip(
        found.thresholds, found.coverage, found.accuracy, strict=True
    ):
        given = confidences >= threshold
        assert covered == pytest.approx(given.mean())
        assert accuracy == pytest.approx(right[given].mean())
    surest = right[np.argsort(-confidences)]
    np.testing.assert_allclose(
        found.accuracy_at(SHARES), [surest[: round(400 * each)].mean() for each in SHARES]
    )
    assert found.coverage[-1] == 1.0
    assert found.accuracy[-1] == pytest.approx(right.mean())


def test_equally_sure_answers_are_given_together():
    found = coverage(np.array([0.9, 0.5, 0.5, 0.5]), np.array([1, 0, 1, 1], bool))
    assert found.thresholds.tolist() == [0.9, 0.5]
    assert found.coverage.tolist() == [0.25, 1.0]
    assert found.accuracy.tolist() == [1.0, 0.75]
    accuracies = found.accuracy_at(np.array([0.2, 0.25, 0.26, 1.0]))
    np.testing.assert_array_equal(accuracies, [1, 1, 0.75, 0.75])


@pytest.mark.parametrize("sharpness", [0.3, 1.0, 3.0])
def test_the_fitted_temperature_has_the_least_loss(sharpness):
    answers = random_answers(sharpness=sharpness)
    found = fit_temperature(answers.logits, answers.labels)
    assert not found.at_end
    grid = np.exp(np.linspace(np.log(COLDEST), np.log(HOTTEST), 4001))
    best = grid[np.argmin([mean_loss(answers, each) for each in grid])]
    assert found.value == pytest.approx(best, rel=2e-3)
    around = [mean_loss(answers, found.value * each) for each in (0.999, 1.0, 1.001)]
    assert around[1] <= min(around)
    step = 1e-5
    slope = mean_loss(answers, found.value + step) - mean_loss(answers, found.value - step)
    assert abs(slope / (2 * step)) < 1e-6


def test_scaling_all_logits_scales_the_temperature():
    one, other = random_answers(sharpness=1.0), random_answers(sharpness=4.0)
    ratio = (
        fit_temperature(other.logits, other.labels).value
        / fit_temperature(one.logits, one.labels).value
    )
    assert ratio == pytest.approx(4.0, rel=1e-5)


def test_a_network_without_a_mistake_wants_to_be_as_sure_as_it_can():
    found = fit_temperature(np.eye(10, dtype=np.float32), np.arange(10, dtype=np.uint8))
    assert (found.value, found.at_end) == (COLDEST, True)


def test_a_network_that_is_always_wrong_wants_to_be_as_unsure_as_it_can():
    wrong = np.roll(np.arange(10, dtype=np.uint8), 1)
    found = fit_temperature(np.eye(10, dtype=np.float32), wrong)
    assert (found.value, found.at_end) == (HOTTEST, True)


def test_after_scaling_the_answers_are_the_same_and_their_probabilities_are_truer():
    validation, test = random_answers(seed=1), random_answers(seed=2)
    found = calibrate(validation, test)
    confidences, right = sure_and_right(test, found.fitted.value)
    assert found.fitted_on == 400
    assert found.after.temperature == found.fitted.value > 1
    np.testing.assert_allclose(
        found.after.reliability.counts.sum(), found.before.reliability.counts.sum()
    )
    expected = reliability(confidences, right)
    assert found.after.reliability.error == pytest.approx(expected.error, abs=1e-5)
    assert found.after.reliability.error < found.before.reliability.error
    assert found.after.loss == pytest.approx(mean_loss(test, found.fitted.value), rel=1e-5)
    assert found.after.loss < found.before.loss


def test_spoilt_weights_give_no_temperature_and_no_confidence():
    spoilt = answers_of(np.full((5, 10), np.nan), [0, 1, 2, 3, 4])
    found = calibrate(spoilt, spoilt)
    assert math.isnan(found.fitted.value)
    assert found.after is None
    assert found.before.reliability.counts.sum() == 0
    assert found.before.reliability.unknown == 5
    assert math.isnan(found.before.reliability.error)
    assert math.isnan(found.before.loss)
    assert found.before.coverage.coverage.tolist() == []


def test_some_answers_without_confidence_are_never_given():
    found = coverage(np.array([0.9, math.nan, 0.8, math.nan]), np.array([1, 1, 0, 1], bool))
    assert found.coverage.tolist() == [0.25, 0.5]
    assert found.accuracy.tolist() == [1.0, 0.5]
    np.testing.assert_array_equal(found.accuracy_at(np.array([0.5, 0.6])), [0.5, math.nan])


def test_without_validation_images_there_is_no_temperature():
    none = answers_of(np.empty((0, 10)), [])
    found = calibrate(none, random_answers())
    assert math.isnan(found.fitted.value)
    assert found.after is None
    assert found.fitted_on == 0
    assert found.before.reliability.counts.sum() == 400


def test_without_any_image_nothing_is_known():
    none = answers_of(np.empty((0, 10)), [])
    found = calibrated(none)
    assert math.isnan(found.reliability.error)
    assert math.isnan(found.loss)
    assert len(found.coverage.coverage) == 0

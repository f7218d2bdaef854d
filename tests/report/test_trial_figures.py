"""Two runs' robustness and calibration, side by side in charts and a table."""

import numpy as np
import pytest

from mnist_studio.data.distortion import STRENGTHS, Distortion
from mnist_studio.insight.calibration import SHARES, calibrate
from mnist_studio.insight.robustness import robustness
from mnist_studio.report.comparison import compare
from mnist_studio.report.texts import untranslated
from mnist_studio.report.trial_figures import (
    calibration_charts,
    calibration_table,
    robustness_charts,
)
from mnist_studio.report.trials import Trial, Trials
from mnist_studio.runs.opened import open_run
from mnist_studio.training.answers import ask, gather
from mnist_studio.training.parts import Part, answer_part


@pytest.fixture(scope="module")
def comparison(saved_runs):
    return compare(saved_runs)


@pytest.fixture(scope="module")
def trials(saved_runs, blobs):
    measured = Trials(saved_runs, Trial)
    told = []
    measured.measure(lambda name: blobs, told.append)
    assert told == sorted(told)
    assert told[-1] == measured.steps
    return measured


def calibration_of(run, blobs):
    network = open_run(run.path).network
    return calibrate(
        answer_part(network, blobs, Part.VALIDATION, run.header.config.data).answers,
        gather(ask(network, blobs.test_images, blobs.test_labels)),
    )


def test_each_distortion_has_a_chart_with_a_band_over_the_seeds(
    comparison, trials, saved_runs, blobs
):
    charts = robustness_charts(comparison, trials, untranslated)
    assert [chart.title for chart in charts] == [
        "Noise",
        "Rotation",
        "Shift",
        "Scale",
        "Stroke thickness",
        "Missing pixels",
    ]
    chart = charts[1]
    assert chart.x_label == "degrees clockwise"
    assert [line.label for line in chart.lines] == ["batch 16", "batch 60"]
    for line, seeds in zip(chart.lines, (saved_runs[:2], saved_runs[2:]), strict=True):
        rows = np.array(
            [
                robustness(open_run(run.path).network, blobs.test_images, blobs.test_labels)[
                    Distortion.ROTATION
                ]
                for run in seeds
            ]
        )
        assert list(line.x) == list(STRENGTHS[Distortion.ROTATION])
        np.testing.assert_allclose(line.y, rows.mean(axis=0))
        np.testing.assert_allclose(line.high, rows.mean(axis=0) + rows.std(axis=0, ddof=1))
        np.testing.assert_allclose(line.low, rows.mean(axis=0) - rows.std(axis=0, ddof=1))


def test_the_reliability_diagram_counts_the_answers_of_all_seeds(
    comparison, trials, saved_runs, blobs
):
    reliability, sizes, coverage = calibration_charts(comparison, trials, untranslated)
    diagonal, *lines = reliability.lines
    assert list(diagonal.x) == list(diagonal.y) == [0.0, 1.0]
    solid = [line for line in lines if line.label and not line.dashed]
    assert [line.label for line in solid] == ["batch 16", "batch 60"]
    assert [line.label for line in lines if line.dashed] == ["", "", "after temperature scaling"]
    found = [calibration_of(run, blobs).before for run in saved_runs[:2]]
    counts = sum(each.reliability.counts for each in found)
    right = sum(
        np.nan_to_num(each.reliability.accuracy) * each.reliability.counts for each in found
    )
    np.testing.assert_allclose(solid[0].y, (right / np.maximum(counts, 1))[counts > 0])
    np.testing.assert_allclose(sizes.lines[0].y, counts / 2)
    shares = np.array(coverage.lines[0].x)
    assert set(shares) <= set(SHARES)
    accuracies = [each.coverage.accuracy_at(shares) for each in found]
    np.testing.assert_allclose(coverage.lines[0].y, np.mean(accuracies, axis=0))


def test_the_table_has_the_errors_before_and_after(comparison, trials, saved_runs, blobs):
    table = calibration_table(comparison, trials, untranslated)
    assert [row[0].text for row in table.rows] == ["batch 16", "batch 60"]
    found = [calibration_of(run, blobs) for run in saved_runs[2:]]
    _, error, loss, temperature, error_after, loss_after, surest = (
        cell.value for cell in table.rows[1]
    )
    assert error == pytest.approx(np.mean([each.before.reliability.error for each in found]))
    assert loss == pytest.approx(np.mean([each.before.loss for each in found]))
    assert temperature == pytest.approx(np.mean([each.fitted.value for each in found]))
    assert error_after == pytest.approx(np.mean([each.after.reliability.error for each in found]))
    assert loss_after == pytest.approx(np.mean([each.after.loss for each in found]))
    assert 0 <= surest <= 1


def test_without_a_wish_nothing_is_measured_or_drawn(comparison, saved_runs):
    trials = Trials(saved_runs)
    assert trials.steps == 0
    trials.measure(pytest.fail, pytest.fail)
    assert robustness_charts(comparison, trials, untranslated) == []
    assert calibration_charts(comparison, trials, untranslated) == []
    assert calibration_table(comparison, trials, untranslated) is None

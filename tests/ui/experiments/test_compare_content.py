"""What a comparison says of its runs."""

import dataclasses
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnist_studio.runs.header import RunHeader
from mnist_studio.runs.label import RunLabel
from mnist_studio.session.run_row import RunRow
from mnist_studio.training.config import DataConfig
from mnist_studio.training.events import EpochEnded, FinalEvaluation
from mnist_studio.training.status import Failure, FailureKind, RunStatus
from mnist_studio.ui.describe import describe_failure
from mnist_studio.ui.experiments.compare_content import (
    as_markdown,
    different_settings,
    equal_settings,
    failures,
    images_per_second,
    results,
    time_text,
)

from ...training.builders import small_run


def epoch(accuracy=0.9, loss=0.3, number=2):
    return EpochEnded(number, 10 * number, loss / 2, 0.9, loss, accuracy, 0.0, 1.0, True)


def row(tmp_path, number, *, name="", failure=None, header=True, config=None, **figures):
    config = config or small_run()
    status = RunStatus.FAILED if failure else RunStatus.COMPLETED
    values = {"step": 45, "train_size": 240, "seconds": 2.0, "failure": failure} | figures
    made = RunHeader(config, status, **values) if header else None
    path = tmp_path / f"run-{number:04}.npz"
    return RunRow(path, RunLabel(name=name), config, status, made, failure=failure)


def line(lines, heading):
    return next(line for line in lines if line.heading == heading)


def test_settings_that_differ_have_a_line_and_the_others_are_counted(tmp_path):
    rows = [
        row(tmp_path, 1, config=small_run(batch_size=8)),
        row(tmp_path, 2, config=small_run(batch_size=16, optimizer="momentum")),
    ]
    assert [(each.heading, each.texts) for each in different_settings(rows)] == [
        ("Optimizer", ("SGD", "Momentum")),
        ("Momentum", ("–", "0.9")),
        ("Batch size", ("8", "16")),
    ]
    equal = dict(equal_settings(rows))
    assert equal["Learning rate"] == "0.1"
    assert equal["Hidden layers"] == "12"
    assert not equal.keys() & {"Optimizer", "Momentum", "Batch size"}
    assert "Step factor" not in equal  # it has no effect in either


def test_every_setting_that_has_an_effect_is_either_different_or_equal(tmp_path):
    rows = [
        row(tmp_path, 1, config=small_run(schedule="step")),
        row(tmp_path, 2, config=small_run(schedule="cosine", l2=0.1)),
    ]
    different = {each.heading for each in different_settings(rows)}
    equal = {name for name, _ in equal_settings(rows)}
    assert not different & equal
    assert {"Schedule", "L2 (λ)", "Step factor", "Step every (epochs)"} <= different
    assert {"Data set", "Seed", "Epochs", "Validation share"} <= equal


def test_the_higher_accuracy_and_the_lower_validation_loss_are_the_best(tmp_path):
    rows = [
        row(tmp_path, 1, best=epoch(0.91, 0.2), last=epoch(0.9, 0.5)),
        row(tmp_path, 2, best=epoch(0.95, 0.4), last=epoch(0.9, 0.1)),
    ]
    found = results(rows)
    assert line(found, "Validation accuracy").texts == ("91.00 %", "95.00 %")
    assert line(found, "Validation accuracy").best == {1}
    assert line(found, "Validation loss").texts == ("0.2000", "0.4000")
    assert line(found, "Validation loss").best == {0}
    assert line(found, "Training loss").texts == ("0.2500", "0.0500")
    assert not line(found, "Training loss").best  # dropout and augmentation raise it


def test_neither_a_late_epoch_nor_a_long_time_is_better_or_worse(tmp_path):
    rows = [
        row(tmp_path, 1, best=epoch(number=1), seconds=1.0),
        row(tmp_path, 2, best=epoch(number=3), seconds=99.0),
    ]
    assert line(results(rows), "Best epoch").texts == ("1", "3")
    assert line(results(rows), "Time").texts == ("1.00 s", "1:39")
    assert not line(results(rows), "Best epoch").best
    assert not line(results(rows), "Time").best


def test_figures_that_read_the_same_are_equally_good(tmp_path):
    accuracies = (0.97001, 0.97004, 0.95)
    rows = [row(tmp_path, k, best=epoch(value)) for k, value in enumerate(accuracies)]
    assert line(results(rows), "Validation accuracy").best == {0, 1}
    assert not line(results(rows[:2]), "Validation accuracy").best


def test_the_only_one_that_has_a_figure_is_not_called_the_best(tmp_path):
    rows = [row(tmp_path, 1, test=FinalEvaluation(0.2, 0.94)), row(tmp_path, 2)]
    found = line(results(rows), "Test accuracy")
    assert found.texts == ("94.00 %", "–")
    assert not found.best


def test_runs_on_different_data_are_no_rivals(tmp_path):
    other = dataclasses.replace(small_run(), data=DataConfig("fashion-mnist"))
    rows = [row(tmp_path, 1, best=epoch(0.9)), row(tmp_path, 2, best=epoch(0.8), config=other)]
    assert not any(each.best for each in results(rows))


def test_a_figure_that_no_run_has_is_left_out(tmp_path):
    unvalidated = epoch(math.nan, math.nan)
    rows = [row(tmp_path, k, best=unvalidated, last=unvalidated) for k in (1, 2)]
    headings = [each.heading for each in results(rows)]
    assert headings == ["Best epoch", "Time", "Images per second"]


def test_a_queued_run_has_dashes(tmp_path):
    rows = [row(tmp_path, 1, best=epoch()), row(tmp_path, 2, header=False)]
    assert all(each.texts[1] == "–" for each in results(rows))


def test_the_speed_counts_the_smaller_last_batch_of_each_epoch(tmp_path):
    # 240 images in batches of 16 are 15 batches; 100 are 7 of which the last has 4.
    assert images_per_second(row(tmp_path, 1).header) == 3 * 240 / 2.0
    header = row(tmp_path, 1, step=9, train_size=100).header
    assert images_per_second(header) == (100 + 2 * 16) / 2.0
    assert math.isnan(images_per_second(row(tmp_path, 1, step=0).header))


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.0, "0:00"), (0.0421, "0.042 s"), (3.14159, "3.14 s"), (12.34, "12.3 s"), (125, "2:05")],
)
def test_short_times_have_decimals(seconds, text):
    assert time_text(seconds) == text


def test_why_a_run_failed_is_told(tmp_path):
    rows = [row(tmp_path, 1), row(tmp_path, 2, failure=Failure(FailureKind.OUT_OF_MEMORY))]
    assert failures(rows) == [(rows[1], describe_failure(rows[1].failure))]
    unknown = dataclasses.replace(rows[1], failure=None)
    assert failures([unknown])[0][1].startswith("The run failed")


def test_the_markdown_has_a_column_for_each_run_and_bold_figures(tmp_path):
    rows = [
        row(tmp_path, 1, name="a|b", best=epoch(0.91)),
        row(tmp_path, 2, best=epoch(0.95)),
    ]
    head, rule, first, *_ = as_markdown(rows, results(rows)).splitlines()
    assert head == "|                     |    a\\|b |       run 2 |"
    assert rule == "| ------------------- | ------: | ----------: |"
    assert first == "| Validation accuracy | 91.00 % | **95.00 %** |"


@given(st.text(min_size=1), st.text(min_size=1))
def test_a_name_in_the_markdown_stays_in_its_cell_and_means_nothing(tmp_path_factory, one, other):
    folder = tmp_path_factory.getbasetemp()
    rows = [row(folder, 1, name=one), row(folder, 2, name=other, best=epoch(0.95))]
    lines = as_markdown(rows, results(rows)).split("\n")
    assert lines.pop() == ""
    assert len(lines) == 2 + len(results(rows))
    for line in lines:
        assert line.replace("\\\\", "").replace("\\|", "").count("|") == 4


@given(st.lists(st.one_of(st.just(math.nan), st.floats(0, 1)), min_size=2, max_size=6))
def test_only_the_highest_accuracies_are_ever_marked(tmp_path_factory, accuracies):
    folder = tmp_path_factory.getbasetemp()
    rows = [row(folder, k, best=epoch(value)) for k, value in enumerate(accuracies)]
    found = [each for each in results(rows) if each.heading == "Validation accuracy"]
    finite = [value for value in accuracies if math.isfinite(value)]
    assert bool(found) == bool(finite)
    for each in found:
        highest = f"{100 * max(finite):.2f} %"
        assert {each.texts[k] for k in each.best} <= {highest}

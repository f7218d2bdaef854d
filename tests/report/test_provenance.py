"""Where results come from."""

from datetime import datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnist_studio.report.provenance import (
    command_lines,
    dates,
    differing_settings,
    same_settings,
    sources,
)
from mnist_studio.report.reproduce import train_command
from mnist_studio.report.texts import label, untranslated
from mnist_studio.runs.restore import restore, take_checkpoint
from mnist_studio.training.config import TrainingConfig
from mnist_studio.training.events import HyperparameterChanged
from mnist_studio.training.hyperparameter import hyperparameters

from ..training.builders import small_run, train, train_until
from .builders import history, record, replaced, sweep

OFF_AT_ZERO = [name for name, each in hyperparameters(TrainingConfig).items() if each.off_at_zero]


def started(*moments):
    return [
        replaced(record(number=k), started=datetime(*moment).timestamp() if moment else 0.0)
        for k, moment in enumerate(moments, 1)
    ]


def same(**training):
    return dict(same_settings([record(**training)], untranslated))


def caveats(runs, curves=None):
    curves = curves or history([1.0], per_epoch=1)
    return command_lines(runs, {run.path: curves for run in runs}, untranslated)[1]


@pytest.mark.parametrize(
    ("moments", "text"),
    [
        ([(2026, 3, 1, 9)], "2026-03-01"),
        ([(2026, 3, 1, 23), (2026, 3, 1, 0)], "2026-03-01"),
        ([(2026, 3, 2), (2026, 2, 27), ()], "2026-02-27 – 2026-03-02"),
        ([()], ""),
    ],
)
def test_the_days_of_the_runs(moments, text):
    assert dates(started(*moments)) == text


def test_every_setting_is_either_equal_or_different():
    runs = sweep("batch_size", {20: [0.9, 0.9], 10: 0.9}, optimizer="momentum", momentum=0.5)
    different = dict(differing_settings(runs, untranslated))
    same = dict(same_settings(runs, untranslated))
    assert different == {"Batch size": "10, 20"}
    assert same["Optimizer"] == "momentum"
    assert same["Momentum"] == "0.5"
    assert not set(different) & set(same)


def test_seeds_and_data_have_a_place_of_their_own():
    runs = sweep("batch_size", {10: [0.9, 0.9]})
    assert differing_settings(runs, untranslated) == []
    assert not {"Seed", "Data set", "Split seed"} & set(dict(same_settings(runs, untranslated)))


def test_what_is_switched_off_and_what_has_no_effect_need_no_line():
    names = set(dict(same_settings([record(optimizer="sgd", dropout=0.0)], untranslated)))
    assert not {"Momentum", "Dropout", "Warm-up", "Time limit (s)"} & names
    names = set(dict(same_settings([record(dropout=0.5)], untranslated)))
    assert "Dropout" in names


@given(st.permutations([("0.5", 0.5), ("0.02", 0.02), ("1e-05", 1e-5), ("0.1", 0.1)]))
def test_values_come_by_their_size(values):
    runs = [record(learning_rate=value, number=k) for k, (_, value) in enumerate(values)]
    assert differing_settings(runs, untranslated) == [("Learning rate", "1e-05, 0.02, 0.1, 0.5")]


def test_names_come_in_the_order_of_the_runs():
    runs = [record(schedule=name) for name in ("step", "constant", "step")]
    assert dict(differing_settings(runs, untranslated))["Schedule"] == "step, constant"


def test_data_seeds_and_versions_are_told_once():
    found = dict(sources(sweep("batch_size", {10: [0.9, 0.9], 20: [0.9, 0.9]}), untranslated))
    assert found == {
        "Data set": "mnist-10k",
        "Split": "54\u202f000 images to train on and 6\u202f000 to validate with, the same share "
        "of every class (split seed 0)",
        "Seeds": "0, 1",
        "Trained with": "MNIST Studio 0.1.0, NumPy 2.4, Python 3.12, Linux",
    }


def test_different_splits_and_versions_have_a_line_each():
    runs = [
        record(),
        replaced(
            record(validation_fraction=0.0, train_size=60_000),
            versions={"numpy": "2.1", "python": "unknown"},
        ),
        replaced(record(), versions={}),
    ]
    found = dict(sources(runs, untranslated))
    assert found["Split"].splitlines()[1] == (
        "all 60\u202f000 training images, none to validate with"
    )
    assert found["Trained with"].splitlines()[1:] == ["NumPy 2.1"]
    assert dict(sources(runs[2:], untranslated))["Trained with"] == "–"


def test_the_command_comes_with_what_it_needs():
    run = record()
    lines, (usual,) = command_lines([run], {run.path: history([1.0], per_epoch=1)}, untranslated)
    assert lines == [train_command(run.header.config)]
    assert "one BLAS thread" in usual


def test_what_a_command_cannot_repeat_is_said():
    changed = history([1.0], per_epoch=1)
    changed.record(HyperparameterChanged(1, "learning_rate", 0.01))
    assert "began with another run's weights" in caveats([record(parent="run 1")])[1]
    assert "changed during the training" in caveats([record()], changed)[1]
    assert "The budget is in seconds" in caveats([record(max_seconds=3.0)])[1]
    assert len(caveats([record(parent="run 1", max_seconds=3.0)], changed)) == 4


@pytest.mark.parametrize("planned", [1, 3])
@pytest.mark.parametrize(
    ("settings", "told"),
    [({}, False), ({"schedule": "linear"}, True), ({"warmup": 0.5}, True)],
)
def test_a_run_of_another_length_at_first_had_other_rates_than_its_command(
    settings, told, planned, blobs
):
    first = train_until(15, small_run(epochs=planned, **settings), blobs)
    trainer = restore(take_checkpoint(first), blobs, epochs=2)
    for _ in trainer.run():
        pass
    at_once = train(trainer.config, blobs)
    for trained, expected in ((first, False), (trainer, told), (at_once, False)):
        run = replaced(record(), config=trained.config)
        found = caveats([run], trained.history)
        assert any("shorter or longer at first" in each for each in found) == expected
    assert np.array_equal(trainer.history.losses, at_once.history.losses) != told


def test_the_rates_of_another_length_are_found_however_soon_the_run_went_on(blobs):
    first = train(small_run(epochs=1, schedule="linear"), blobs)
    trainer = restore(take_checkpoint(first), blobs, epochs=40)
    for _ in trainer.run():
        pass
    found = caveats([replaced(record(), config=trainer.config)], trainer.history)
    assert any("shorter or longer at first" in each for each in found)


@pytest.mark.parametrize("name", OFF_AT_ZERO)
def test_a_setting_whose_zero_is_nothing_has_a_line_only_if_it_is_on(name):
    declared = hyperparameters(TrainingConfig)[name]
    assert label(name) not in same(**{name: declared.kind(0)})
    assert label(name) in same(**{name: declared.maximum})


def test_other_zeros_are_told():
    assert same(optimizer="momentum", momentum=0.0)["Momentum"] == "0"

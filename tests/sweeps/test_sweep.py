"""Sweeps: which runs they are made of."""

import dataclasses
import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnist_studio.runs.restore import restore, take_checkpoint
from mnist_studio.sweeps.sweep import SWEEP_PRESETS, Budget, Sweep, budget_of
from mnist_studio.training.config import RunConfig, TrainingConfig
from mnist_studio.training.hyperparameter import ConfigError
from mnist_studio.training.trainer import Trainer
from mnist_studio.training.variation import differing, values_of

from ..training.builders import assert_same_arrays, small_run, train
from ..training.test_config import json_values

BATCHES = ("batch_size", (10, 20))
RATES = ("learning_rate", (0.05, 0.1, 0.5))


def test_every_combination_is_run_with_every_seed_value_by_value():
    sweep = Sweep("", RunConfig(training=TrainingConfig(seed=7)), (BATCHES, RATES), repeat=2)
    values = [values_of(config) for config in sweep.configs()]
    found = [(each["batch_size"], each["learning_rate"], each["seed"]) for each in values]
    assert found == [(b, r, s) for b in BATCHES[1] for r in RATES[1] for s in (7, 8)]
    assert sweep.count == len(found) == 12
    assert differing(sweep.configs()) == ["learning_rate", "batch_size", "seed"]


def test_the_budget_is_the_same_for_all():
    for kind, amount, expected in (
        ("epochs", 3, (3, 0, 0.0)),
        ("images", 5000, (1000, 5000, 0.0)),
        ("seconds", 1.5, (1000, 0, 1.5)),
    ):
        sweep = Sweep("", RunConfig(), (BATCHES,), budget=Budget(kind, amount))
        for config in sweep.configs():
            training = config.training
            assert (training.epochs, training.max_images, training.max_seconds) == expected
            assert budget_of(training) == Budget(kind, amount)


@pytest.mark.parametrize(
    ("kind", "amount"),
    [
        ("epochs", 0),
        ("epochs", 1.5),
        ("epochs", math.inf),
        ("images", math.nan),
        ("images", -1),
        ("images", 10**400),
        ("seconds", math.inf),
        ("seconds", math.nan),
        ("hours", 1),
    ],
)
def test_an_impossible_budget_is_refused(kind, amount):
    with pytest.raises(ConfigError):
        Budget(kind, amount)


@pytest.mark.parametrize(
    "changes",
    [
        {"vary": ()},
        {"vary": (BATCHES, RATES, ("l2", (0.0,)))},
        {"vary": (BATCHES, BATCHES)},
        {"vary": (("batchsize", (1,)),)},
        {"vary": (("seed", (1, 2)),)},
        {"vary": (("max_images", (1, 2)),)},
        {"vary": (("batch_size", ()),)},
        {"vary": (("batch_size", (0,)),)},
        {"vary": (("epochs", (1, 2)),), "budget": Budget("images", 100)},
        {"repeat": 0},
        {"repeat": 11},
        {"vary": (("batch_size", tuple(range(1, 502))),)},
    ],
)
def test_what_cannot_be_run_is_refused(changes):
    with pytest.raises(ConfigError):
        dataclasses.replace(Sweep("", RunConfig(), (BATCHES,)), **changes)


def test_a_sweep_survives_json():
    vary = (("hidden", ("64", "64 tanh-32 relu")), ("l2", (0.0, 0.001)))
    sweep = Sweep("试验", RunConfig(), vary, 3, Budget("seconds", 2.5))
    assert Sweep.from_json(json.loads(json.dumps(sweep.to_json()))) == sweep


@given(st.sampled_from(["base", "vary", "repeat", "budget"]), json_values)
def test_a_sweep_with_a_strange_part_is_read_or_refused(name, value):
    values = Sweep("", RunConfig(), (BATCHES,)).to_json() | {name: value}
    try:
        sweep = Sweep.from_json(values)
    except ConfigError:
        return
    assert Sweep.from_json(sweep.to_json()) == sweep


@given(
    st.lists(st.integers(1, 100), min_size=1, max_size=5, unique=True),
    st.lists(st.floats(1e-6, 10), min_size=1, max_size=5, unique=True),
    st.integers(1, 10),
    st.integers(0, 1000),
)
def test_the_runs_differ_pairwise_and_by_nothing_but_what_is_varied(sizes, rates, repeat, seed):
    base = RunConfig(training=TrainingConfig(seed=seed))
    vary = (("batch_size", tuple(sizes)), ("learning_rate", tuple(rates)))
    sweep = Sweep("", base, vary, repeat)
    configs = sweep.configs()
    assert len(set(configs)) == len(configs) == sweep.count
    assert set(differing([base, *configs])) <= {"batch_size", "learning_rate", "seed"}
    assert [config.training.seed for config in configs[:repeat]] == [*range(seed, seed + repeat)]
    assert Sweep.from_json(sweep.to_json()) == sweep


def test_seeds_beyond_the_last_one_are_refused_before_anything_is_trained():
    base = RunConfig(training=TrainingConfig(seed=2**31 - 2))
    assert Sweep("", base, (BATCHES,), 2).count == 4
    with pytest.raises(ConfigError, match="seed"):
        Sweep("", base, (BATCHES,), 3)


def test_the_title_of_a_sweep_is_one_line():
    vary = (("batch_size", (10, 20)),)
    assert Sweep("Batches\nof two sizes", RunConfig(), vary).title == "Batches of two sizes"


@pytest.mark.parametrize("name", ["title", "base", "vary", "repeat", "budget"])
def test_an_incomplete_sweep_is_refused(name):
    values = Sweep("", RunConfig(), (BATCHES,)).to_json()
    for broken in ({k: v for k, v in values.items() if k != name}, values | {name: 3.7}):
        if name == "title" and name in broken:
            continue
        with pytest.raises(ConfigError):
            Sweep.from_json(broken)


def test_the_lab_notes_sweeps_are_the_notes():
    batch = SWEEP_PRESETS["lab-note-batch-size"]("mnist")
    rate = SWEEP_PRESETS["lab-note-learning-rate"]("mnist")
    assert batch.vary == (("batch_size", (10, 20, 50, 100, 200, 500)),)
    assert rate.vary == (("learning_rate", (0.01, 0.05, 0.1, 0.5, 1.0)),)
    for sweep in (batch, rate):
        for config in sweep.configs():
            values = values_of(config)
            assert (values["optimizer"], values["initializer"]) == ("sgd", "normal")
            assert values["dataset"] == "mnist"
    assert {config.training.learning_rate for config in batch.configs()} == {0.1}
    assert {config.training.batch_size for config in rate.configs()} == {20}


def test_runs_of_a_seed_begin_with_the_same_weights_and_see_the_images_in_the_same_order(blobs):
    trainers = [
        Trainer(config, blobs)
        for config in Sweep("", small_run(), (("batch_size", (7, 16)),)).configs()
    ]
    assert_same_arrays(trainers[0].network.weights(), trainers[1].network.weights())
    orders = [trainer.batches.order(1).tolist() for trainer in trainers]
    assert orders[0] == orders[1]


def test_a_run_ends_when_its_images_are_used_up_with_a_last_part_of_an_epoch(blobs):
    whole = train(small_run(epochs=3), blobs)
    size, per_epoch = whole.history.train_size, whole.history.batches_per_epoch
    trainer = train(small_run(epochs=1000, max_images=size + 3 * 16), blobs)
    assert trainer.step == per_epoch + 3
    assert [epoch.step for epoch in trainer.history.epochs] == [per_epoch, per_epoch + 3]
    assert trainer.history.losses.tolist() == whole.history.losses[: trainer.step].tolist()
    last = trainer.history.epochs[-1]
    assert last.train_loss == pytest.approx(trainer.history.losses[-3:].mean())
    assert 0 <= last.train_accuracy <= 1
    assert trainer.history.test is not None
    again = restore(take_checkpoint(trainer), blobs)
    assert list(again.run()) == []


def test_a_run_ends_when_its_time_is_up(blobs):
    trainer = train(small_run(epochs=1000, max_seconds=1e-9), blobs)
    assert trainer.step == 1
    assert [epoch.step for epoch in trainer.history.epochs] == [1]
    assert trainer.history.test is not None
    again = restore(take_checkpoint(trainer), blobs)
    assert list(again.run()) == []
    assert again.status is trainer.status

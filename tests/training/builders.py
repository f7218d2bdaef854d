"""Small runs for tests."""

import dataclasses

import numpy as np

from mnist_studio.training.config import DataConfig, HiddenLayer, ModelConfig, RunConfig
from mnist_studio.training.config import TrainingConfig as Training
from mnist_studio.training.trainer import Trainer


def small_run(*, hidden=(12,), validation_fraction=0.2, **training) -> RunConfig:
    """Return a configuration that trains in milliseconds."""
    values = {"batch_size": 16, "epochs": 3, "seed": 5} | training
    return RunConfig(
        DataConfig(validation_fraction=validation_fraction),
        ModelConfig(tuple(HiddenLayer(width) for width in hidden)),
        Training(**values),
    )


def train(config, dataset, control=None) -> Trainer:
    """Train to the end and return the trainer."""
    trainer = Trainer(config, dataset, control)
    for _ in trainer.run():
        pass
    return trainer


def assert_same_run(one: Trainer, other: Trainer) -> None:
    """Assert that two trainers have the same numbers, bit for bit, but for the seconds."""
    assert one.status is other.status
    assert one.step == other.step
    assert_same_arrays(one.network.weights(), other.network.weights())
    assert_same_arrays(one.best_weights, other.best_weights)
    assert without_seconds(one.checkpoint().history) == without_seconds(other.checkpoint().history)
    mine, theirs = one.checkpoint(), other.checkpoint()
    assert mine.optimizer_state.keys() == theirs.optimizer_state.keys()
    for name, array in mine.optimizer_state.items():
        np.testing.assert_array_equal(array, theirs.optimizer_state[name])
    assert _timeless(mine.position) == _timeless(theirs.position)


def assert_same_arrays(one, other) -> None:
    assert len(one) == len(other)
    for a, b in zip(one, other, strict=True):
        np.testing.assert_array_equal(a, b)


def without_seconds(history) -> dict[str, bytes]:
    """Return a history's arrays as bytes, its clock set to zero."""
    arrays = {name: np.array(array) for name, array in history.items()}
    arrays["batches"][2] = 0
    arrays["epochs"][7] = 0
    return {name: array.tobytes() for name, array in arrays.items()}


def _timeless(position):
    return {name: value for name, value in position.items() if name not in ("seconds", "started")}


def with_training(config: RunConfig, **changes) -> RunConfig:
    return dataclasses.replace(config, training=dataclasses.replace(config.training, **changes))

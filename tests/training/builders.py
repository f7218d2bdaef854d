"""Small runs for tests."""

import contextlib
import dataclasses
import json
from pathlib import Path

import numpy as np

from mnist_studio.data.dataset import Dataset
from mnist_studio.runs.checkpoint import read_checkpoint, write_checkpoint
from mnist_studio.runs.restore import take_checkpoint
from mnist_studio.training.config import DataConfig, HiddenLayer, ModelConfig, RunConfig
from mnist_studio.training.config import TrainingConfig as Training
from mnist_studio.training.failures import TrainingDiverged
from mnist_studio.training.history import HistoryPart
from mnist_studio.training.trainer import Trainer


def small_blobs() -> Dataset:
    """Return 300 training and 100 test images that a small network learns in seconds.

    Each class is a pattern of its own under noise; the data set bears the embedded one's name, so
    that default configurations fit it.
    """
    rng = np.random.default_rng(7)
    patterns = 255 * (rng.random((10, 784)) < 0.15)

    def part(count):
        labels = np.arange(count, dtype=np.uint8) % 10
        images = patterns[labels] * rng.random((count, 784))
        return images.astype(np.uint8), labels

    return Dataset("mnist-10k", *part(300), *part(100), tuple("0123456789"))


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


def train_until(step, config, dataset) -> Trainer:
    """Train so many updates and return the trainer."""
    trainer = Trainer(config, dataset)
    with contextlib.closing(trainer.run()) as events:
        while trainer.step < step:
            next(events)
    return trainer


def assert_begins_the_same(path, config, dataset) -> None:
    """Assert that a run file holds what an undisturbed training has after as many updates."""
    saved = read_checkpoint(path)
    whole = train_until(saved.step, config, dataset)
    assert_same_arrays(saved.weights, whole.network.weights())
    losses, expected = (each.history["batches"][0] for each in (saved, take_checkpoint(whole)))
    np.testing.assert_array_equal(losses, expected)


def save_run(store, config, dataset, label=None) -> Path:
    """Train as far as it goes, save it among a store's runs, and return its file."""
    trainer = Trainer(config, dataset)
    with contextlib.suppress(TrainingDiverged):
        for _ in trainer.run():
            pass
    path = store.reserve(label)
    write_checkpoint(path, take_checkpoint(trainer))
    return path


def save_spoilt_run(path, dataset) -> None:
    """Write the file of a run whose weights are no numbers any more."""
    checkpoint = take_checkpoint(train(small_run(epochs=1), dataset))
    nothing = [np.full_like(weights, np.nan) for weights in checkpoint.weights]
    write_checkpoint(path, dataclasses.replace(checkpoint, weights=nothing, best_weights=nothing))


def batches_part(first_step, values) -> HistoryPart:
    """Return a part of a history with nothing but batches, given as an array of shape (3, n)."""
    batches = np.asarray(values, np.float32)
    none, no_counts = np.empty((0, 0)), np.empty((0, 0), np.uint32)
    return HistoryPart(
        first_step, batches, np.empty((2, 0)), none, np.empty((9, 0)), no_counts, none
    )


def assert_same_run(one: Trainer, other: Trainer) -> None:
    """Assert that two trainers have the same numbers, bit for bit, but for the seconds."""
    assert one.status is other.status
    assert one.step == other.step
    assert_same_arrays(one.network.weights(), other.network.weights())
    assert_same_arrays(one.best_weights, other.best_weights)
    assert_same_arrays(one.average.arrays, other.average.arrays)
    assert without_seconds(take_checkpoint(one).history) == without_seconds(
        take_checkpoint(other).history
    )
    mine, theirs = take_checkpoint(one), take_checkpoint(other)
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
    return dataclasses.replace(position, seconds=0.0, started=0.0)


def strange_copy(run_file: Path, folder: Path, **settings) -> Path:
    """Return a copy of a run file by a version of the program with other training settings."""
    with np.load(run_file) as file:
        arrays = dict(file)
    header = json.loads(arrays["header"].tobytes())
    header["config"]["training"] |= settings
    arrays["header"] = np.frombuffer(json.dumps(header).encode(), np.uint8)
    np.savez(folder / "strange.npz", **arrays)
    return folder / "strange.npz"


def with_training(config: RunConfig, **changes) -> RunConfig:
    return dataclasses.replace(config, training=dataclasses.replace(config.training, **changes))

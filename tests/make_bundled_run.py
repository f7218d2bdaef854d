"""Train the run that comes along anew, after its preset has changed.

Run it with ``python -m tests.make_bundled_run``; it needs the full MNIST, found as the app finds
it, takes two minutes, and writes into ``resources/runs``. What it prints belongs into that
folder's README.
"""

# ruff: noqa: T201
from __future__ import annotations

import dataclasses
from pathlib import Path

import mnist_studio  # noqa: F401 - sets the number of BLAS threads before NumPy is imported

import numpy as np  # isort: skip

from mnist_studio.data.dataset import Dataset
from mnist_studio.data.loading import load
from mnist_studio.runs.bundled import PRESET, bundled_path
from mnist_studio.runs.checkpoint import Checkpoint, write_checkpoint
from mnist_studio.runs.restore import take_checkpoint
from mnist_studio.training.config import DataConfig, RunConfig
from mnist_studio.training.evaluation import evaluate
from mnist_studio.training.events import EpochEnded, FinalEvaluation
from mnist_studio.training.presets import PRESETS
from mnist_studio.training.trainer import Trainer

LEFT_OUT = 10_000
"""So many training images of MNIST, the first ones, are embedded; the run has not seen them."""
SEED = 4
"""Of eight, the one whose network reads drawings best; its choice is not by MNIST's test images."""


def bundled_config() -> RunConfig:
    """Return the settings that the run is to have been trained with."""
    preset = PRESETS[PRESET]
    training = dataclasses.replace(preset.training, seed=SEED)
    return RunConfig(DataConfig("mnist"), preset.model, training)


def without_embedded(mnist: Dataset) -> Dataset:
    """Return MNIST without the training images that the embedded data set consists of."""
    images, labels = mnist.train_images[LEFT_OUT:], mnist.train_labels[LEFT_OUT:]
    return dataclasses.replace(mnist, train_images=images, train_labels=labels)


def write_bundled(path: Path, checkpoint: Checkpoint) -> None:
    """Write what the window opens at its first start: the kept weights with half of their digits.

    Nobody goes on with it, so that the last weights, the optimizer's state and what was easy are
    left out; of the samples, and of what is known at their steps, every fourth stays.
    """
    history = checkpoint.history
    sampled = {name: history[name][:, 3::4] for name in ("samples", "update_ratios")}
    small = dataclasses.replace(
        checkpoint,
        weights=[],
        best_weights=[array.astype(np.float16) for array in checkpoint.kept_weights],
        optimizer_state={},
        easy_images={},
        history=history | sampled,
    )
    write_checkpoint(path, small)


def main() -> None:
    """Train, measure what is left of the weights in the file, and write it."""
    dataset = without_embedded(load("mnist"))
    trainer = Trainer(bundled_config(), dataset)
    for event in trainer.run():
        if isinstance(event, EpochEnded):
            print(f"epoch {event.epoch}: validation {event.validation_accuracy:.2%}", flush=True)
    network = trainer.network.copy()
    network.load_weights([array.astype(np.float16) for array in trainer.best_weights])
    test = evaluate(network, dataset.test_images, dataset.test_labels)
    trainer.history.record(FinalEvaluation(test.loss, test.accuracy))
    write_bundled(bundled_path(), take_checkpoint(trainer))
    embedded = load("mnist-10k")
    unseen = evaluate(network, embedded.test_images, embedded.test_labels)
    print(f"MNIST's test images {test.accuracy:.2%}, the embedded test part {unseen.accuracy:.2%}")


if __name__ == "__main__":
    main()

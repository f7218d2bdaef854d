"""Train the run that comes along anew, after its preset has changed.

Run it with ``python -m tests.make_bundled_run``; it needs the full MNIST, found as the app finds
it, takes two minutes, and writes into ``resources/runs``. What it prints belongs into that
folder's README.
"""

# ruff: noqa: T201
from __future__ import annotations

import dataclasses

import mnist_studio  # noqa: F401 - sets the number of BLAS threads before NumPy is imported

import numpy as np  # isort: skip

from mnist_studio.data.dataset import Dataset
from mnist_studio.data.loading import load
from mnist_studio.runs.bundled import LEFT_OUT, bundled_config, bundled_path, write_bundled
from mnist_studio.runs.restore import take_checkpoint
from mnist_studio.training.evaluation import evaluate
from mnist_studio.training.events import EpochEnded, FinalEvaluation
from mnist_studio.training.trainer import Trainer


def without_embedded(mnist: Dataset) -> Dataset:
    """Return MNIST without the training images that the embedded data set consists of."""
    images, labels = mnist.train_images[LEFT_OUT:], mnist.train_labels[LEFT_OUT:]
    return dataclasses.replace(mnist, train_images=images, train_labels=labels)


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

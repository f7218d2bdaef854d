"""What the arrays of a run must be; checked where a file is read, so that nobody else needs to.

Losses, penalties, gradient norms and updates may be infinite or not a number, since a run that
diverges has such. Everything else is finite and within its range.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from ..archive import Array, Form
from ..nn.optimizers import OPTIMIZERS
from ..training.config import ModelConfig, RunConfig
from ..training.easy_images import EasyImages
from ..training.events import EpochEnded
from ..training.values import MOST

BATCHES = Form("f4", (3, None))
ACCURACIES = Form("f8", (2, None))
SAMPLES = Form("f8", (None, None))
EPOCHS = Form("f8", (len(EpochEnded._fields), None))
CONFUSIONS = Form("u4", (None, None))
UPDATE_RATIOS = Form("f8", (None, None))
TEST = Form("f8", (None,))
EASY_IMAGES = {name: Form("b1", (None,)) for name in EasyImages.slots}
# What stands for the arrays of a history that older files do not have.
SINCE_ADDED: dict[str, Array] = {
    "accuracies": np.empty((2, 0), np.float64),
    "confusions": np.empty((0, 0), np.uint32),
    "update_ratios": np.empty((0, 0), np.float64),
}


def history_forms(step: int) -> dict[str, Form]:
    """Return what the arrays of a history of so many updates must be, by name."""
    return {
        "batches": Form("f4", (3, step)),
        "accuracies": ACCURACIES,
        "samples": SAMPLES,
        "epochs": EPOCHS,
        "confusions": CONFUSIONS,
        "update_ratios": UPDATE_RATIOS,
        "change_steps": Form("i8", (None,)),
        "change_names": Form("U", (None,)),
        "change_values": Form("f8", (None,)),
        "test": TEST,
    }


def weight_forms(model: ModelConfig, kind: str = "f4") -> list[Form]:
    """Return what the weights and biases of a network must be, in its order."""
    layers = itertools.pairwise(model.sizes)
    return [
        Form(kind, shape) for inputs, outputs in layers for shape in ((inputs, outputs), (outputs,))
    ]


def optimizer_forms(config: RunConfig) -> dict[str, Form]:
    """Return what the state of a run's optimizer must be, by name."""
    forms = {"steps": Form("i8", ())}
    for slot in OPTIMIZERS[config.training.optimizer].slots:
        forms |= {f"{slot}_{i}": form for i, form in enumerate(weight_forms(config.model))}
    return forms


def check_history(arrays: Mapping[str, Array], step: int, layers: int, classes: int) -> None:
    """Raise ValueError if the arrays of a history are not those of a run of so many updates.

    Parameters
    ----------
    arrays : dict of ndarray
        As :func:`history_forms` has them.
    step : int
        Updates that the run has made.
    layers : int
        Its linear layers.
    classes : int
        Its outputs.
    """
    check_batches(arrays["batches"])
    check_samples(arrays["samples"], step, layers)
    check_accuracies(arrays["accuracies"], step)
    check_epochs(arrays["epochs"], step)
    check_confusions(arrays["confusions"], arrays["epochs"].shape[1], classes)
    check_update_ratios(arrays["update_ratios"], arrays["samples"])
    check_test(arrays["test"])
    steps = arrays["change_steps"]
    if not len(steps) == len(arrays["change_names"]) == len(arrays["change_values"]):
        raise ValueError("the changes are not complete")
    _check_range(steps, 0, step)
    _check_range(arrays["change_values"], -MOST, MOST)


def check_head(head: Array) -> None:
    """Raise ValueError unless the head of a journal, shape (7,), is one of a run."""
    _check_range(head[:2], 1, MOST)  # images and batch size
    _check_range(head[2:], 0, MOST)  # where it began, and when


def check_batches(batches: Array) -> None:
    """Raise ValueError unless learning rates and seconds, shape (3, n), are numbers."""
    _check_range(batches[1:], 0, MOST)


def check_accuracies(accuracies: Array, step: int) -> None:
    """Raise ValueError unless accuracies, shape (2, n), are of the first `step` updates."""
    _check_steps(accuracies[0], step)
    _check_range(accuracies[1], 0, 1)


def check_samples(samples: Array, step: int, layers: int | None = None) -> None:
    """Raise ValueError unless samples, shape (2 + layers, n), are of the first `step` updates."""
    if not samples.size:
        return
    if len(samples) < 3 or layers not in (None, len(samples) - 2):
        raise ValueError("the samples are of a network with other layers")
    check_accuracies(samples[:2], step)


def check_epochs(epochs: Array, step: int, known: int = 0) -> None:
    """Raise ValueError unless epochs, shape (9, n), follow `known` ones of `step` updates."""
    columns = dict(zip(EpochEnded._fields, epochs, strict=True))
    if columns["epoch"].tolist() != list(range(known + 1, known + 1 + epochs.shape[1])):
        raise ValueError("the epochs are not numbered 1, 2, 3 …")
    _check_steps(columns["step"], step)
    _check_range(columns["seconds"], 0, MOST)
    _check_range(columns["train_accuracy"], 0, 1)
    measured = columns["validation_accuracy"]
    _check_range(measured[~np.isnan(measured)], 0, 1)  # there may be no validation part
    if not np.isin(columns["best"], (0, 1)).all():
        raise ValueError("an epoch is neither the best one nor another one")


def check_confusions(confusions: Array, epochs: int, classes: int | None = None) -> None:
    """Raise ValueError unless matrices, shape (classes * classes, n), are of so many epochs."""
    if confusions.shape == (0, 0):
        return
    size, count = confusions.shape
    known = math.isqrt(size) if classes is None else classes
    if size != known**2 or count > epochs:
        raise ValueError("the confusion matrices are of other classes or epochs")
    totals = confusions.sum(axis=0, dtype=np.int64)
    if count and (not totals[0] or (totals != totals[0]).any()):
        raise ValueError("the confusion matrices are not of the same images")


def check_update_ratios(ratios: Array, samples: Array) -> None:
    """Raise ValueError unless ratios, shape (layers, n), are of the layers of so many samples."""
    if ratios.shape == (0, 0):
        return
    if len(ratios) != len(samples) - 2 or ratios.shape[1] > samples.shape[1]:
        raise ValueError("the updates are of other layers or samples")


def check_test(test: Array) -> None:
    """Raise ValueError unless the test's result is a loss and an accuracy, or nothing."""
    if test.shape not in ((0,), (2,)):
        raise ValueError("the test has another result than loss and accuracy")
    _check_range(test[1:], 0, 1)


def _check_steps(steps: Array, last: int) -> None:
    _check_range(steps, 0, last)
    if (steps != np.floor(steps)).any() or (np.diff(steps) < 0).any():
        raise ValueError("steps are not whole numbers in order")


def _check_range(values: Any, least: float, most: float) -> None:
    if not ((values >= least) & (values <= most)).all():  # so is what is no number
        raise ValueError(f"values are not between {least} and {most}")

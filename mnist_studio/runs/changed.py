"""A run made of weights that were changed by hand, as it would be after no update of its own."""

from __future__ import annotations

import dataclasses
import math

import numpy as np

from ..data.dataset import Dataset
from ..data.split import split
from ..nn.arrays import FloatArray
from ..training.answers import ask
from ..training.config import RunConfig
from ..training.evaluation import Evaluation
from ..training.events import EpochEnded
from ..training.history import Origin
from ..training.status import RunStatus
from ..training.trainer import Trainer
from .checkpoint import Checkpoint
from .restore import share_checkpoint


def changed_run(
    weights: list[FloatArray], config: RunConfig, dataset: Dataset, origin: Origin, parent: str
) -> Checkpoint:
    """Return a run that begins, and so far ends, with these weights.

    Its history has a single epoch, at step 0, that says how the weights do on the training and on
    the validation part. It can be trained further like a fork, and is the better for it only if
    an epoch beats that one.

    Parameters
    ----------
    weights : list of ndarray of float32
        In the network's order.
    config : RunConfig
        Of the run that they are from.
    dataset : Dataset
        What it is measured on, and would be trained further on.
    origin : Origin
        How far that run was.
    parent : str
        Name of that run, with what was changed.
    """
    trainer = Trainer(config, dataset)
    trainer.load_weights(weights, weights)
    trainer.history.origin, trainer.parent = origin, parent
    parts = split(dataset.train_labels, config.data.validation_fraction, config.data.split_seed)
    training, validation = Evaluation(), Evaluation()
    measured_on = ((training, parts.train_indices), (validation, parts.validation_indices))
    for evaluation, indices in measured_on:
        for answers in ask(trainer.network, dataset.train_images, dataset.train_labels, indices):
            evaluation.add(answers)
    with np.errstate(all="ignore"):  # weights may have exploded
        penalty = trainer.network.penalty(config.training.l2, config.training.batch_size)
    measured = EpochEnded(
        epoch=1,
        step=0,
        train_loss=training.loss,
        train_accuracy=training.accuracy,
        validation_loss=validation.loss,
        validation_accuracy=validation.accuracy,
        penalty=penalty,
        seconds=0.0,
        best=True,
    )
    trainer.history.record(measured)
    state = share_checkpoint(trainer)
    # Of exploded weights anything is the better.
    score = validation.score if math.isfinite(validation.loss) else None
    position = dataclasses.replace(state.position, best_score=score)
    return dataclasses.replace(state, status=RunStatus.COMPLETED, position=position)

"""The way from a trainer to a checkpoint, and back: to go on, or to begin another run."""

from __future__ import annotations

import dataclasses

from ..data.dataset import Dataset
from ..training.config import RunConfig
from ..training.control import TrainingControl
from ..training.trainer import Trainer
from .checkpoint import UNFIT, Checkpoint, CheckpointError
from .checkpoint_history import history_of, origin_of_fork


def take_checkpoint(trainer: Trainer) -> Checkpoint:
    """Return a copy of a trainer's whole state, from which :func:`restore` goes on exactly."""
    state = share_checkpoint(trainer)
    return dataclasses.replace(
        state,
        weights=[array.copy() for array in state.weights],
        average=[array.copy() for array in state.average],
        best_weights=[array.copy() for array in state.best_weights],
        optimizer_state={name: array.copy() for name, array in state.optimizer_state.items()},
        easy_images={name: array.copy() for name, array in state.easy_images.items()},
    )


def share_checkpoint(trainer: Trainer) -> Checkpoint:
    """Return a trainer's whole state without a second copy of it: to be written at once.

    The next batch changes it; that of a trainer at its end is its last.
    """
    return Checkpoint(
        config=trainer.config,
        status=trainer.status,
        position=trainer.position,
        weights=[parameter.value for parameter in trainer.network.parameters],
        best_weights=trainer.best_weights,
        average=trainer.average.arrays,
        optimizer_state=trainer.optimizer.shared_state(),
        easy_images=trainer.batches.easy.shared_state(),
        history=trainer.history.to_arrays(),
        failure=trainer.failure,
        ignored=trainer.ignored,
    )


def restore(
    checkpoint: Checkpoint,
    dataset: Dataset,
    control: TrainingControl | None = None,
    epochs: int | None = None,
) -> Trainer:
    """Return a trainer that goes on where `checkpoint` was taken, bit for bit.

    Parameters
    ----------
    checkpoint : Checkpoint
        From :func:`take_checkpoint` or read from a file.
    dataset : Dataset
        The same data set.
    control : TrainingControl, optional
    epochs : int, optional
        Train to another number of epochs than configured, e.g. longer.

    Raises
    ------
    CheckpointError
        If the state does not fit the configuration or the data set.
    """
    config = checkpoint.config
    if epochs is not None:
        config = config.with_epochs(epochs)
    trainer = Trainer(config, dataset, control)
    if checkpoint.position.train_size != trainer.history.train_size:
        raise CheckpointError(
            "The run cannot go on: it was trained on other images than these. Train anew."
        )
    trainer.ignored = checkpoint.ignored
    try:
        trainer.load_weights(checkpoint.weights, checkpoint.best_weights)
        trainer.average.load(checkpoint.average)
        trainer.optimizer.load_state(checkpoint.optimizer_state)
        trainer.batches.easy.load_state(checkpoint.easy_images)
        trainer.go_to(checkpoint.position, history_of(checkpoint))
    except UNFIT as error:
        raise CheckpointError(
            "The run cannot go on: its saved state does not fit its settings. Train anew."
        ) from error
    return trainer


def fork(
    checkpoint: Checkpoint,
    config: RunConfig,
    dataset: Dataset,
    control: TrainingControl | None = None,
    *,
    best: bool = False,
    parent: str = "",
) -> Trainer:
    """Return a trainer of a new run that begins with the weights of another one.

    Its epochs, its schedule and its history begin anew; the history's origin says where.

    Parameters
    ----------
    checkpoint : Checkpoint
        Of the run to begin with.
    config : RunConfig
        Settings of the new run; the network has to have the same layers.
    dataset : Dataset
    control : TrainingControl, optional
    best : bool
        Begin with the weights of the best epoch instead of the last ones.
    parent : str
        Name of the run to begin with.

    Raises
    ------
    CheckpointError
        If the network has other layers.
    """
    trainer = Trainer(config, dataset, control)
    weights = checkpoint.kept_weights if best else checkpoint.weights
    try:
        trainer.load_weights(weights, weights)
        if not best and config.training.optimizer == checkpoint.config.training.optimizer:
            trainer.optimizer.load_state(checkpoint.optimizer_state)
        trainer.history.origin = origin_of_fork(checkpoint, best=best)
    except UNFIT as error:
        raise CheckpointError(
            "The run cannot begin with these weights: its network has other layers. Set the "
            "architecture of the run that you fork."
        ) from error
    trainer.parent = parent
    return trainer

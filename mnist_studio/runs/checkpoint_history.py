"""The history of a run, from its checkpoint or straight from its file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from ..training.config import RunConfig
from ..training.history import History, Origin
from ..training.position import Position
from .checkpoint import Checkpoint, read_arrays, read_run


def history_of(checkpoint: Checkpoint) -> History:
    """Return the history of a checkpoint; raises as NumPy does if its parts do not fit."""
    return _history(checkpoint.config, checkpoint.ignored, checkpoint.position, checkpoint.history)


def read_history(path: Path) -> History:
    """Read the history of a run file, without its weights.

    Raises
    ------
    CheckpointError
        If the file is missing, damaged, or not a run of MNIST Studio.
    """
    return read_run(
        path,
        lambda header, archive: _history(
            header["config"],
            header["ignored"],
            header["position"],
            read_arrays(header, archive),
        ),
    )


def _history(
    config: RunConfig, ignored: tuple[str, ...], position: Position, arrays: dict[str, Any]
) -> History:
    history = History(position.train_size, config.training.batch_size, position.origin)
    history.load_arrays(arrays)
    # What was changed while it was trained may not exist here.
    history.changes = [change for change in history.changes if change.name not in ignored]
    if history.step != position.step:
        raise ValueError("the history ends at another step than the run")
    return history


def origin_of_fork(checkpoint: Checkpoint, *, best: bool) -> Origin:
    """Return where a run begins that is forked from a checkpoint, or from its best epoch."""
    history = history_of(checkpoint)
    step = history.step
    if best and history.epoch_count:
        step = int(history.epoch_column("step")[np.flatnonzero(history.epoch_column("best"))[-1]])
    return origin_at(history, step)


def origin_at(history: History, step: int) -> Origin:
    """Return where a run begins that has the weights of another one after so many updates."""
    before = history.origin
    return Origin(
        batches=before.batches + step,
        images=before.images + int(history.images_seen(step)),
        epochs=before.epochs + step / history.batches_per_epoch,
        seconds=before.seconds + (float(history.seconds[step - 1]) if step else 0.0),
    )

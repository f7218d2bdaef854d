"""The history of a run, from its checkpoint or straight from its file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from .checkpoint import HISTORY, Checkpoint, open_archive
from .config import RunConfig
from .history import History, Origin


def history_of(checkpoint: Checkpoint) -> History:
    """Return the history of a checkpoint; raises as NumPy does if its parts do not fit."""
    return _history(checkpoint.config, checkpoint.position, checkpoint.history)


def read_history(path: Path) -> History:
    """Read the history of a run file, without its weights.

    Raises
    ------
    CheckpointError
        If the file is missing, damaged, or not a run of MNIST Studio.
    """
    with open_archive(path) as (header, archive):
        names = [name for name in archive if name.startswith(HISTORY)]
        arrays = {name.removeprefix(HISTORY): archive[name] for name in names}
        return _history(header["config"], header["position"], arrays)


def _history(config: RunConfig, position: Mapping[str, Any], arrays: dict[str, Any]) -> History:
    origin = Origin(*position.get("origin", ()))
    history = History(int(position["train_size"]), config.training.batch_size, origin)
    history.load_arrays(arrays)
    if history.step != int(position["step"]):
        raise ValueError("the history ends at another step than the run")
    return history


def origin_of_fork(checkpoint: Checkpoint, *, best: bool) -> Origin:
    """Return where a run begins that is forked from a checkpoint, or from its best epoch."""
    history = history_of(checkpoint)
    step = history.step
    if best and history.epoch_count:
        step = int(history.epoch_column("step")[np.flatnonzero(history.epoch_column("best"))[-1]])
    before = history.origin
    return Origin(
        batches=before.batches + step,
        images=before.images + int(history.images_seen(step)),
        epochs=before.epochs + step / history.batches_per_epoch,
        seconds=before.seconds + (float(history.seconds[step - 1]) if step else 0.0),
    )

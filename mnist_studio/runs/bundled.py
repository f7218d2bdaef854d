"""The run that comes along: a network that was trained before anybody pressed Train."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np

from .. import paths
from ..archive import Archive
from ..training.config import DataConfig, RunConfig
from ..training.presets import PRESETS
from .checkpoint import Checkpoint, read_arrays, read_run, read_weights, write_checkpoint
from .opened import OpenedRun, from_checkpoint

PRESET = "best-for-drawing"
LEFT_OUT = 10_000
"""So many training images of MNIST, the first ones, are embedded; it has not seen them."""


def bundled_config() -> RunConfig:
    """Return the settings that the run is to have been trained with."""
    preset = PRESETS[PRESET]
    return RunConfig(DataConfig("mnist"), preset.model, preset.training)


def bundled_path() -> Path:
    """Return the run's file among the resources; nobody writes there."""
    return paths.resource(f"runs/{PRESET}.npz")


def open_bundled() -> OpenedRun:
    """Read the run.

    Raises
    ------
    CheckpointError
        If its file is missing or damaged.
    """
    opened = from_checkpoint(read_run(bundled_path(), _checkpoint))
    return dataclasses.replace(opened, bundled=True)


def _checkpoint(header: dict[str, Any], archive: Archive) -> Checkpoint:
    """Return what the file holds, which is less than is needed to go on with a run."""
    weights = read_weights(archive, "best_weights", header["config"].model)
    return Checkpoint(
        config=header["config"],
        status=header["status"],
        position=header["position"],
        weights=weights,
        best_weights=weights,
        history=read_arrays(header, archive),
    )


def write_bundled(path: Path, checkpoint: Checkpoint) -> None:
    """Write what :func:`open_bundled` reads: the kept weights with half of their digits.

    Nobody goes on with it, so that the last weights and the optimizer's state are left out; of
    the samples every fourth stays.
    """
    history = checkpoint.history
    sampled = {"accuracies": history["accuracies"][:, 3::4]}
    small = dataclasses.replace(
        checkpoint,
        weights=[],
        best_weights=[array.astype(np.float16) for array in checkpoint.kept_weights],
        optimizer_state={},
        history=history | sampled,
    )
    write_checkpoint(path, small)

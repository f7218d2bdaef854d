"""The run that comes along: a network that was trained before anybody pressed Train."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

from .. import paths
from ..archive import Archive
from .checkpoint import Checkpoint, read_arrays, read_run, read_weights
from .opened import OpenedRun, from_checkpoint

PRESET = "best-for-drawing"


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

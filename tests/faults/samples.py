"""What is there before a fault: a folder of runs, and the small run in it."""

from __future__ import annotations

import dataclasses
import functools
from pathlib import Path

from mnist_studio.runs.checkpoint import Checkpoint, write_checkpoint
from mnist_studio.runs.label import RunLabel
from mnist_studio.runs.restore import take_checkpoint
from mnist_studio.runs.store import RunStore
from mnist_studio.training.trainer import Trainer

from ..training.builders import small_blobs, small_run

LABEL = RunLabel("my best run", "do not lose it", color=3, pinned=True)


@functools.cache
def small_state() -> Checkpoint:
    """Return the state of a run in the middle of its second epoch."""
    trainer = Trainer(small_run(optimizer="adam", dropout=0.2, hidden=(6,)), small_blobs())
    for event in trainer.run():
        if getattr(event, "step", 0) == 22:
            trainer.control.request_stop()
    return take_checkpoint(trainer)


def state_at(second: float) -> Checkpoint:
    """Return the same with another training time to tell it by."""
    state = small_state()
    return dataclasses.replace(
        state, position=dataclasses.replace(state.position, seconds=float(second))
    )


def store_with_run(folder: Path) -> tuple[RunStore, Path]:
    """Return a folder of runs with one that was asked to be saved in its first second."""
    store = RunStore(folder / "runs")
    path = store.reserve(LABEL, color=LABEL.color)
    write_checkpoint(path, state_at(1))
    return store, path

"""How far a queue of runs is, and how long it will take."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ..training.config import RunConfig
from ..training.run_length import RunLength, step_work
from ..training.status import Failure, RunStatus


@dataclass(frozen=True)
class RunProgress:
    """Where a run of a queue is.

    Attributes
    ----------
    path : Path
        The run's file.
    config : RunConfig
        Its settings.
    length : RunLength
        How long it is to be.
    status : RunStatus
        ``QUEUED``, ``RUNNING``, ``PAUSED`` or as it ended.
    step : int
        Updates made.
    seconds : float
        Training time so far.
    failure : Failure, optional
        Why it failed, if it did.
    """

    path: Path
    config: RunConfig
    length: RunLength
    status: RunStatus = RunStatus.QUEUED
    step: int = 0
    seconds: float = 0.0
    failure: Failure | None = None

    @property
    def open(self) -> bool:
        """Whether it is still to be trained, or is being trained."""
        return self.status.open

    @property
    def share(self) -> float:
        """How much of it is done, 0 to 1; ended runs are done."""
        if not self.open:
            return 1.0
        return self.length.share_done(self.step, self.seconds)


def seconds_left(runs: Sequence[RunProgress], workers: int) -> float | None:
    """Return how long `workers` will need for the open runs, in their order.

    The pace is that of the runs so far, each step weighed by its matrix products. None as long as
    nothing tells the pace.
    """
    pace = _pace(runs)
    lefts = [_left(run, pace) for run in runs if run.open]
    loads = [0.0] * workers
    for left in lefts:
        if left is None:
            return None
        heapq.heapreplace(loads, loads[0] + left)
    return max(loads)


def _pace(runs: Sequence[RunProgress]) -> float | None:
    """Return seconds per unit of work."""
    work = sum(run.step * step_work(run.config) for run in runs)
    return sum(run.seconds for run in runs) / work if work else None


def _left(run: RunProgress, pace: float | None) -> float | None:
    seconds_per_step = None if pace is None else step_work(run.config) * pace
    return run.length.seconds_left(run.step, run.seconds, seconds_per_step)

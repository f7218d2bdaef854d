"""The states of a run."""

from __future__ import annotations

from enum import Enum


class RunStatus(Enum):
    """Where a run is in its life."""

    QUEUED = "queued"
    RUNNING = "running"
    PAUSED = "paused"
    COMPLETED = "completed"
    STOPPED = "stopped"
    FAILED = "failed"

    @property
    def active(self) -> bool:
        """Whether the run holds the training thread."""
        return self in (RunStatus.RUNNING, RunStatus.PAUSED)

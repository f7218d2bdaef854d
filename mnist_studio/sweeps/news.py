"""What a sweep's runner tells its owner, at each look at the runs."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from ..training.history import History
from ..training.status import Failure, RunStatus


class RunStarted(NamedTuple):
    """A run was handed to a worker."""

    path: Path


class RunGrew(NamedTuple):
    """There is more of a run's curves.

    Attributes
    ----------
    path : Path
        The run's file.
    history : History
        All there is until now. It is the runner's and grows: read it before the next poll, in the
        same thread. A run that went on from an earlier state comes with another object.
    """

    path: Path
    history: History


class RunEnded(NamedTuple):
    """A run ended; its file has everything, unless it is ``INTERRUPTED``.

    Attributes
    ----------
    path : Path
        The run's file; it is missing if the run could not even begin.
    status : RunStatus
        ``COMPLETED``, ``STOPPED`` or ``FAILED``; ``INTERRUPTED`` if its end could not be written,
        or another program trains it.
    failure : Failure, optional
        Why it failed or was interrupted, if it was.
    """

    path: Path
    status: RunStatus
    failure: Failure | None


News = RunStarted | RunGrew | RunEnded

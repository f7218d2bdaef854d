"""What the sweeps' thread tells the window's: values that nobody changes after they are sent."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from ..training.history import History
    from ..training.sweep_progress import RunProgress
    from ..training.sweep_runner import RunEnded
    from ..training.sweep_store import SweepRecord


class CurvePart(NamedTuple):
    """What a run has recorded since the last part; all of it is the receiver's.

    Attributes
    ----------
    path : Path
        The run's file.
    history : History, optional
        An empty one that this part is the beginning of; None if it goes on.
    arrays : tuple of ndarray
        As :meth:`History.append_arrays` takes them.
    """

    path: Path
    history: History | None
    arrays: tuple[Any, ...]


class SweepState(NamedTuple):
    """How far a sweep is: its title, ended runs, and runs without those taken out."""

    title: str
    done: int
    total: int


@dataclass(frozen=True)
class QueueState:
    """Everything about the queue at one moment.

    Attributes
    ----------
    sweeps : tuple of SweepState
        That are not ended; the first is at work.
    entries : tuple of RunProgress
        All runs in the order of the queue.
    paused : bool
        Whether the queue waits.
    seconds_left : float, optional
        How long it will take.
    share : float
        How much of the work is done, 0 to 1.
    at_once : int
        How many runs are trained at the same time.
    """

    sweeps: tuple[SweepState, ...] = ()
    entries: tuple[RunProgress, ...] = ()
    paused: bool = False
    seconds_left: float | None = None
    share: float = 0.0
    at_once: int = 0


class Report(NamedTuple):
    """The queue, how curves have grown, and which runs have ended."""

    state: QueueState
    parts: tuple[CurvePart, ...] = ()
    ends: tuple[RunEnded, ...] = ()


class Offer(NamedTuple):
    """A sweep that was interrupted: what it is, how many runs are ended, and of how many."""

    record: SweepRecord
    done: int
    total: int

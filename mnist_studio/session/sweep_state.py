"""What the sweeps' thread tells the window's: values that nobody changes after they are sent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from ..sweeps.news import RunEnded
    from ..sweeps.progress import RunProgress
    from ..sweeps.store import SweepRecord
    from .run_growth import RunGrowth


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
    growths: tuple[RunGrowth, ...] = ()
    ends: tuple[RunEnded, ...] = ()


class Offer(NamedTuple):
    """A sweep that was interrupted: what it is, how many runs are ended, and of how many."""

    record: SweepRecord
    done: int
    total: int

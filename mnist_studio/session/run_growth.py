"""How curves that grow in one thread grow in another one, too."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from ..training.history import Counts, History, HistoryPart


class RunGrowth(NamedTuple):
    """What a run has recorded since the last time; all of it is the receiver's.

    Attributes
    ----------
    path : Path
        The run's file.
    begins : History, optional
        An empty one that this is the beginning of; None if it goes on.
    part : HistoryPart
        What to append.
    """

    path: Path
    begins: History | None
    part: HistoryPart


class GrowthSender:
    """Cuts what is new in the histories of runs, which another thread has copies of."""

    def __init__(self) -> None:
        self._sent: dict[Path, tuple[History, Counts]] = {}

    def __contains__(self, path: Path) -> bool:
        """Return whether anything of a run was sent."""
        return path in self._sent

    def note(self, path: Path, history: History, counts: Counts) -> None:
        """Note that the other thread has so much of this history."""
        self._sent[path] = (history, counts)

    def cut(self, path: Path, history: History) -> RunGrowth:
        """Return what is new: everything, if this is another history than the last time."""
        from ..training.history import History

        known, counts = self._sent.get(path, (None, (0, 0, 0, 0)))
        begins = None
        if known is not history:
            begins = History(history.train_size, history.batch_size, history.origin)
            counts = begins.counts
        self.note(path, history, history.counts)
        return RunGrowth(path, begins, history.part_since(counts))

    def forget(self, path: Path) -> None:
        """Send all of its history the next time."""
        self._sent.pop(path, None)

"""The curves of runs that are kept in memory."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..training.history import History

# In batches of 12 bytes, unless more are being looked at: those asked for in the last seconds.
_BATCHES_KEPT = 10_000_000
_SECONDS_KEPT = 60.0


class HistoryCache(dict[Path, "History"]):
    """Curves of runs by their files; how many are kept depends on when they were asked for."""

    def __init__(self) -> None:
        super().__init__()
        self._asked: dict[Path, float] = {}

    def ask(self, path: Path) -> History | None:
        """Return the curves of a run, or None if they are not kept; notes the use."""
        self._asked[path] = time.monotonic()
        return self.get(path)

    def drop_some(self) -> None:
        """Drop the curves asked for longest ago while there are too many, but none in use."""
        batches = sum(history.step for history in self.values())
        # Dropping what is drawn would have it loaded again at once, and again, without end.
        before = time.monotonic() - _SECONDS_KEPT
        for path in sorted(self, key=self._asked_at):
            if batches <= _BATCHES_KEPT or self._asked_at(path) > before:
                return
            batches -= self.pop(path).step

    def _asked_at(self, path: Path) -> float:
        return self._asked.get(path, 0.0)

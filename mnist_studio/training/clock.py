"""The clock of a training."""

from __future__ import annotations

import time


class Clock:
    """Seconds of training, without pauses.

    Parameters
    ----------
    seconds : float
        What had passed before.
    """

    def __init__(self, seconds: float = 0.0) -> None:
        self._before = seconds
        self._started: float | None = None

    def start(self) -> None:
        """Go on."""
        if self._started is None:
            self._started = time.perf_counter()

    def stop(self) -> None:
        """Pause."""
        self._before = self.seconds()
        self._started = None

    def seconds(self) -> float:
        """Return how much has passed."""
        if self._started is None:
            return self._before
        return self._before + time.perf_counter() - self._started

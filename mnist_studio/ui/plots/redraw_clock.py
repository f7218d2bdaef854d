"""One timer for everything that is redrawn while a run goes on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from PySide6.QtCore import QObject, QTimer, Slot

INTERVAL = 33  # milliseconds between two redraws of whatever is next


class Redrawable(Protocol):
    """Something the clock redraws."""

    def wants_redraw(self) -> bool:
        """Whether it is out of date and can be seen."""

    def redraw(self) -> None:
        """Bring it up to date."""


class RedrawClock(QObject):
    """Redraws one thing at a time, in turn, and stops when nothing is left to do.

    Painting holds the interpreter lock, so the work is kept rare, and one thing a tick keeps the
    event loop free between two of them. What is named more often in `turns` is redrawn more often.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._turns: Sequence[Redrawable] = ()
        self._next = 0
        self._timer = QTimer(self)
        self._timer.setInterval(INTERVAL)
        self._timer.timeout.connect(self._on_timeout)

    def set_turns(self, turns: Sequence[Redrawable]) -> None:
        """Set what is redrawn, in this order, again and again."""
        self._turns = turns
        self._next = 0
        self.wake()

    def wake(self) -> None:
        """Run until everything visible is up to date."""
        if not self._timer.isActive():
            self._timer.start()

    @Slot()
    def _on_timeout(self) -> None:
        if not any(each.wants_redraw() for each in self._turns):
            self._timer.stop()
            return
        turn = self._turns[self._next % len(self._turns)]
        self._next += 1
        if turn.wants_redraw():
            turn.redraw()

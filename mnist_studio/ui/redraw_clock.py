"""One timer for everything that is redrawn while something goes on."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtWidgets import QWidget

_SHORTEST = 33  # milliseconds between two redraws of whatever is next
_SHARE = 0.05  # of the time that redraws may take
_RATE = 8.0  # a second, of what is redrawn most often, however much it costs
_MEMORY = 0.9  # of what redraws have cost so far


class RedrawClock(QObject):
    """Redraws one thing at a time, in turn, and stops when nothing is left to do.

    Painting holds the interpreter lock, so it is paced by what it costs here: redraws take about a
    twentieth of the time, and come a little more seldom where they are dear. One thing a tick keeps
    the event loop free between two of them. What is named more often in `turns` is redrawn more
    often.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._turns: Sequence[Turn] = ()
        self._next = 0
        self._cost = 0.0
        self._timer = QTimer(self)
        self._timer.setInterval(_SHORTEST)
        self._timer.timeout.connect(self._on_timeout)

    @property
    def running(self) -> bool:
        """Whether something visible may be out of date."""
        return self._timer.isActive()

    @property
    def interval(self) -> int:
        """Milliseconds between two redraws."""
        return self._timer.interval()

    def set_turns(self, turns: Sequence[Turn]) -> None:
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
            self._pace(turn.seconds + turn.painting())

    def _pace(self, seconds: float) -> None:
        """Let the next redraw come when this one has been paid for."""
        self._cost = _MEMORY * self._cost + (1.0 - _MEMORY) * seconds
        share = max(map(self._turns.count, self._turns)) / len(self._turns)
        longest = 1000.0 * share / _RATE
        interval = round(max(_SHORTEST, min(longest, 1000.0 * self._cost / _SHARE)))
        if interval != self._timer.interval():
            self._timer.setInterval(interval)


class Turn:
    """The redrawing of a widget when it is out of date, once it can be seen.

    Parameters
    ----------
    clock : RedrawClock
        Redraws it.
    widget : QWidget
        What has to be seen.
    draw : callable
        Brings it up to date.

    Attributes
    ----------
    seconds : float
        Time that the last redraw took.
    painting : callable
        Returns the seconds that the last painting took, which comes after the redraw, if known.
    """

    def __init__(self, clock: RedrawClock, widget: QWidget, draw: Callable[[], None]) -> None:
        self._clock = clock
        self._widget = widget
        self._draw = draw
        self._dirty = True
        self.seconds = 0.0
        self.painting: Callable[[], float] = lambda: 0.0

    def mark_dirty(self) -> None:
        """Have it redrawn at the clock's next turn."""
        self._dirty = True
        if self._widget.isVisible():
            self._clock.wake()

    def wants_redraw(self) -> bool:
        """Return whether it is out of date and can be seen."""
        widget = self._widget
        return self._dirty and widget.isVisible() and not widget.window().isMinimized()

    def redraw(self) -> None:
        """Bring it up to date now."""
        start = time.perf_counter()
        self._dirty = False
        self._draw()
        self.seconds = time.perf_counter() - start

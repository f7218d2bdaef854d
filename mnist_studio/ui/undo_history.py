"""The way back to what was there before, and forward again."""

from __future__ import annotations

from collections import deque
from typing import Generic, TypeVar

REMEMBERED = 100
"""Steps that can be undone; bounded, so that hours of work need no more memory."""
State = TypeVar("State")


class UndoHistory(Generic[State]):
    """The current state between those that can be undone and redone.

    Parameters
    ----------
    current : State
        What to begin with; states are values that nobody changes.

    Attributes
    ----------
    current : State
        What is to be seen.
    """

    def __init__(self, current: State) -> None:
        self.current = current
        self._past: deque[State] = deque(maxlen=REMEMBERED)
        self._future: list[State] = []
        self._part_of: object = None

    @property
    def can_undo(self) -> bool:
        """Whether there is something to undo."""
        return bool(self._past)

    def change(self, state: State, *, part_of: object = None) -> None:
        """Make `state` the current one.

        Parameters
        ----------
        state : State
            Nothing happens if it is the current one already.
        part_of : object
            Names an edit of which this is a part: the parts that follow one another are one step,
            and none if they end where they began. None for a step of its own.
        """
        if state == self.current:
            return
        if part_of is None or part_of != self._part_of:
            self._past.append(self.current)
        elif self._past and self._past[-1] == state:
            self._past.pop()
            part_of = None
        self._future.clear()
        self.current = state
        self._part_of = part_of

    def undo(self) -> None:
        """Go one step back, if there is one."""
        if self._past:
            self._future.append(self.current)
            self.current = self._past.pop()
            self._part_of = None

    def redo(self) -> None:
        """Go forward to what was undone last, if anything was."""
        if self._future:
            self._past.append(self.current)
            self.current = self._future.pop()
            self._part_of = None

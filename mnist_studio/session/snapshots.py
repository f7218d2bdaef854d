"""Copies of a run's weights at the moments that one may want to go back to."""

from __future__ import annotations

from collections.abc import Iterable

from .run_in_view import Snapshot

MOST = 20


class Snapshots:
    """Keeps the weights nearest to some moments, and the newest: twenty copies at most.

    They are the frozen copies that the pad is answered by anyway, so keeping one costs its memory
    and nothing else.
    """

    def __init__(self) -> None:
        self._kept: list[Snapshot] = []

    def __len__(self) -> int:
        return len(self._kept)

    def clear(self) -> None:
        """Keep none."""
        self._kept = []

    def add(self, newest: Snapshot, wanted: Iterable[int]) -> None:
        """Keep another copy, and of the others those that stand for wanted steps.

        Weights of a step that is over already are no news and change nothing.
        """
        if self._kept and newest.step <= self._kept[-1].step:
            return
        self._kept.append(newest._replace(state=None))
        keepers = {each.step for step in wanted if (each := self.after(step))} | {newest.step}
        self._kept = [each for each in self._kept if each.step in keepers][-MOST:]

    def after(self, step: int) -> Snapshot | None:
        """Return the first copy that was taken after so many updates or more."""
        return next((each for each in self._kept if each.step >= step), None)

"""Up to where the x axis reaches while it follows what is recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from .ranges import SteppedEnd
from .x_units import XScale, XUnit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...training.history import History

_FEWEST_STEPS = 20  # the axis begins with room for so many


class Track(NamedTuple):
    """What the x axis follows: a history, the updates planned, whether no more will come."""

    history: History
    total_steps: int | None
    ended: bool


class XFollower:
    """Finds the range that shows all histories; where one still grows, with room for more."""

    def __init__(self) -> None:
        self._end = SteppedEnd()

    def range_of(self, tracks: Sequence[Track], scale: XScale) -> tuple[float, float]:
        """Return the coordinates from and to; each of the tracks (one at least) has begun."""
        unit = scale.unit
        end = max((_reached(each, unit) for each in tracks if each.ended), default=0.0)
        live = [each for each in tracks if not each.ended]
        if live:
            reached = max(_reached(each, unit) for each in live)
            planned = max(_planned(each, unit) for each in live)
            end = max(end, reached, min(self._end.follow(reached), planned))
        if scale.logarithmic:
            first = [float(unit.positions(each.history, 1)) for each in tracks]
            low, high = scale.coordinates([min(first), end]).tolist()
        else:
            low, high = min(unit.start(each.history) for each in tracks), end
        # A little more, so that a dot at the very end is whole.
        return low, low + 1.01 * max(high - low, 1e-3)


def _reached(track: Track, unit: XUnit) -> float:
    """Return where a history ends, or a little later if it has only begun."""
    reached = float(unit.positions(track.history, track.history.step))
    if unit is not XUnit.SECONDS:
        reached = max(reached, float(unit.positions(track.history, _FEWEST_STEPS)))
    return max(reached, 1e-3)


def _planned(track: Track, unit: XUnit) -> float:
    if track.total_steps is None or unit is XUnit.SECONDS:
        return float("inf")
    return float(unit.positions(track.history, track.total_steps))

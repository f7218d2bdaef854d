"""Axis ranges that move in steps, so that following the data seldom repaints the axes."""

from __future__ import annotations

import math

Range = tuple[float, float]
_MANTISSAS = (1.0, 1.25, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)


def round_up(value: float) -> float:
    """Return the next round number at or above a positive value: 1, 1.25, 1.5, 2 and so on."""
    scale = 10.0 ** math.floor(math.log10(value))
    for mantissa in _MANTISSAS:
        if value <= mantissa * scale * (1 + 1e-9):
            return mantissa * scale
    return 10.0 * scale


class SteppedEnd:
    """The upper end of a range: a round number that grows with the data and seldom shrinks."""

    def __init__(self) -> None:
        self._end = 0.0

    def follow(self, needed: float) -> float:
        """Return the end to use if the data need `needed` (positive)."""
        rounded = round_up(needed)
        # Falling back only when much too large keeps a noisy need from switching to and fro.
        if needed > self._end or rounded < 0.75 * self._end:
            self._end = rounded
        return self._end

"""Axes: where a value lies, and which round numbers are written beside it."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from ..number_text import grouped, with_minus

_LARGEST = 1e100
_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)


@dataclass(frozen=True)
class Scale:
    """A straight or logarithmic axis.

    Attributes
    ----------
    lowest, highest : float
        Values at its ends.
    start, end : float
        Pixels at its ends; the start may be the larger one.
    logarithmic : bool
    ticks : tuple of float
        Values that are marked, in order.
    """

    lowest: float
    highest: float
    start: float
    end: float
    logarithmic: bool
    ticks: tuple[float, ...]

    def at(self, value: float) -> float | None:
        """Return the pixel of a value; None for one that cannot be drawn."""
        if not _can_be_shown(value, self.logarithmic):
            return None
        if self.logarithmic:
            share = math.log(value / self.lowest) / math.log(self.highest / self.lowest)
        else:
            share = (value - self.lowest) / (self.highest - self.lowest)
        # What lies far outside is drawn at a place that every viewer can count to.
        return self.start + min(max(share, -10.0), 10.0) * (self.end - self.start)

    def positions(self) -> list[float]:
        """Return the pixels of the ticks."""
        places = [self.at(tick) for tick in self.ticks]
        return [place for place in places if place is not None]

    def texts(self, *, percent: bool = False) -> list[str]:
        """Return the texts of the ticks, all with as many decimals where these matter."""
        values = [100 * tick if percent else tick for tick in self.ticks]
        sign = " %" if percent else ""
        if self.logarithmic:
            return [f"{_shortest(value)}{sign}" for value in values]
        decimals = max((_decimals(value) for value in values), default=0)
        return [f"{_grouped(value, decimals)}{sign}" for value in values]


def make_scale(
    values: Iterable[float],
    logarithmic: bool,
    start: float,
    end: float,
    room: float = 0.0,
    *,
    whole: bool = False,
) -> Scale:
    """Return an axis that shows all values that it can.

    Parameters
    ----------
    values : iterable of float
        Those that are not finite, or not positive on a logarithmic axis, do not count.
    logarithmic : bool
    start, end : float
        Pixels at its ends.
    room : float
        Share of the axis to leave free at each end.
    whole : bool
        Whether ticks are to be at whole numbers.
    """
    shown = [value for value in values if _can_be_shown(value, logarithmic)]
    low, high = (min(shown), max(shown)) if shown else (0.1 if logarithmic else 0.0, 1.0)
    if logarithmic:
        return _logarithmic(low, high, start, end, room)
    if high - low <= max(1e-9 * max(abs(low), abs(high)), 1 / _LARGEST):
        spread = abs(low) * 0.1 if abs(low) > 1 / _LARGEST else 0.5
        low, high = low - spread, high + spread
    spread = (high - low) * room
    low, high = low - spread, high + spread
    return Scale(low, high, start, end, False, _round_ticks(low, high, whole))


def _can_be_shown(value: float, logarithmic: bool) -> bool:
    """Whether a value has a place on an axis; numbers that no figure of ours reaches have none."""
    if logarithmic:
        return 1 / _LARGEST <= value <= _LARGEST
    return abs(value) <= _LARGEST


def _logarithmic(low: float, high: float, start: float, end: float, room: float) -> Scale:
    if high / low < 1.2:
        low, high = low / 1.2, high * 1.2
    factor = (high / low) ** room
    low, high = low / factor, high * factor
    decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    for digits in ((1,), (1, 3), (1, 2, 5), (1, 1.5, 2, 3, 4, 5, 6, 8)):
        every = 1 + len(decades) // 8 if digits == (1,) else 1
        found = [d * 10.0**k for k in decades[::every] for d in digits]
        ticks = tuple(float(f"{tick:.3g}") for tick in found if low <= tick <= high)
        if len(ticks) >= 3:
            break
    else:  # in less than a factor of two
        ticks = _round_ticks(low, high, whole=False)
    return Scale(low, high, start, end, True, ticks)


def _round_ticks(low: float, high: float, whole: bool) -> tuple[float, ...]:
    """Return four to eight round numbers from `low` to `high`."""
    rough = (high - low) / 6
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * each for each in _STEPS if power * each >= rough * 0.999)
    if whole:
        step = float(max(1, math.ceil(step)))
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return tuple(float(f"{k * step:.12g}") for k in range(first, last + 1))


def _decimals(value: float) -> int:
    return len(f"{value:.10f}".rstrip("0").partition(".")[2])


def _grouped(value: float, decimals: int) -> str:
    if abs(value) >= 1e9 or 0 < abs(value) < 1e-8:
        return with_minus(f"{value:g}")
    return grouped(value, decimals)


def _shortest(value: float) -> str:
    if 1e-4 <= value < 1e7:
        return _grouped(value, _decimals(value))
    return with_minus(f"{value:g}")

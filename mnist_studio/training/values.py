"""Values from a file that anybody may have written: checked once, where they are read."""

from __future__ import annotations

import math
from typing import Any

MOST = 2**53
"""The largest whole number that is exact in every program that reads JSON."""
_LAST_DAY = 32_000_000_000.0  # in the year 2984; some systems know no later one


def whole(value: Any, least: int = 0, most: int = MOST) -> int:
    """Return a whole number; raises ValueError if it is none, or out of range."""
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise ValueError(f"{value!r:.80} is not a whole number from {least} to {most}")
    return value


def real(value: Any, least: float = 0.0, most: float = math.inf) -> float:
    """Return a finite number; raises ValueError if it is none, or out of range."""
    number = any_real(value)
    if not math.isfinite(number) or not least <= number <= most:
        raise ValueError(f"{number} is not a number from {least} to {most}")
    return number


def any_real(value: Any) -> float:
    """Return a number that may be infinite or none, as a loss; raises ValueError otherwise."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"{value!r:.80} is not a number")
    try:
        return float(value)
    except OverflowError as error:
        raise ValueError("a number is too large") from error


def moment(value: Any) -> float:
    """Return a time in seconds since 1970 that a calendar has; raises ValueError otherwise."""
    return real(value, most=_LAST_DAY)


def text(value: Any) -> str:
    """Return a text that can be written to a file again; raises ValueError if it is none."""
    if not isinstance(value, str):
        raise ValueError(f"{type(value).__name__} is not a text")
    value.encode("utf-8")  # half a pair of surrogates cannot be; that is a ValueError, too
    return value


def one_line(value: str) -> str:
    """Return a text without breaks of lines, and with single spaces."""
    return " ".join(value.split())


def flag(value: Any) -> bool:
    """Return whether something is so; raises ValueError if it says neither."""
    if not isinstance(value, bool):
        raise ValueError(f"{type(value).__name__} is neither true nor false")
    return value

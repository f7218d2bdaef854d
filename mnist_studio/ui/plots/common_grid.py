"""Curves of the same settings with other seeds: their mean and how far they spread."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.floating]
Curve = tuple[Numbers, Numbers]  # x, rising, and y


class Spread(Enum):
    """What the band around a mean shows."""

    DEVIATION = "deviation"
    RANGE = "range"


class Summary(NamedTuple):
    """Mean of several curves and the band around it, each of shape (n,)."""

    mean: Numbers
    low: Numbers
    high: Numbers


def resample(curves: Sequence[Curve]) -> Curve:
    """Bring curves onto one grid, as far as all of them reach.

    The grid is that of the curve with the fewest points between the latest beginning and the
    earliest end; the others are interpolated linearly. Beyond the earliest end a mean would jump
    wherever one curve fewer takes part, so there is none.

    Parameters
    ----------
    curves : sequence of (x, y)
        At least one, each of shape (n,) with n >= 1 and x rising.

    Returns
    -------
    grid : ndarray of float, shape (n,)
        Empty if the curves have no x in common.
    rows : ndarray of float, shape (curves, n)
    """
    start = max(float(x[0]) for x, _ in curves)
    end = min(float(x[-1]) for x, _ in curves)
    if end < start:
        return np.empty(0), np.empty((len(curves), 0))
    inside = [x[(x >= start) & (x <= end)] for x, _ in curves]
    grid = np.unique(np.concatenate([[start], min(inside, key=len), [end]]))
    with np.errstate(invalid="ignore"):
        return grid, np.stack([np.interp(grid, x, y) for x, y in curves])


def summarize(rows: Numbers, spread: Spread) -> Summary:
    """Return mean and band of rows of shape (curves, n).

    The deviation is that of a sample: ``sqrt(sum((y - mean)**2) / (curves - 1))``; of a single
    curve it is zero. Where a curve is not finite, mean and band are not either.
    """
    with np.errstate(invalid="ignore", over="ignore"):
        mean = rows.mean(axis=0)
        if spread is Spread.RANGE:
            return Summary(mean, rows.min(axis=0), rows.max(axis=0))
        deviation = rows.std(axis=0, ddof=1) if len(rows) > 1 else np.zeros_like(mean)
        return Summary(mean, mean - deviation, mean + deviation)

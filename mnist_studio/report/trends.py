"""How an accuracy changes along the values of a hyperparameter."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum


class Trend(Enum):
    """What a series of accuracies does, differences within the noise apart."""

    RISING = "rising"
    FALLING = "falling"
    PEAK = "peak"
    MIXED = "mixed"
    NOISE = "noise"


def trend_of(scores: Sequence[float], threshold: float) -> Trend:
    """Return what accuracies do, in the order of their hyperparameter's values.

    Parameters
    ----------
    scores : sequence of float
        At least one, all of them numbers.
    threshold : float
        Differences up to this may be chance; NaN counts as none.
    """
    noise = threshold if threshold > 0 else 0.0
    if max(scores) - min(scores) <= noise:
        return Trend.NOISE
    falls, rises = _largest_fall(scores) > noise, _largest_rise(scores) > noise
    if not falls and scores[-1] - scores[0] > noise:
        return Trend.RISING
    if not rises and scores[0] - scores[-1] > noise:
        return Trend.FALLING
    top = scores.index(max(scores))
    up, down = scores[: top + 1], scores[top:]
    steady = _largest_fall(up) <= noise and _largest_rise(down) <= noise
    if steady and min(scores[top] - scores[0], scores[top] - scores[-1]) > noise:
        return Trend.PEAK
    return Trend.MIXED


def _largest_rise(scores: Sequence[float]) -> float:
    """Return the largest difference of a score to any one before it."""
    lowest, largest = scores[0], 0.0
    for score in scores:
        lowest = min(lowest, score)
        largest = max(largest, score - lowest)
    return largest


def _largest_fall(scores: Sequence[float]) -> float:
    return _largest_rise([-score for score in scores])

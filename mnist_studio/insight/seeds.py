"""The same run with other seeds: which images are hard, and which are wrong by chance."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ..training.config import RunConfig, TrainingConfig

_SETTINGS = [each.name for each in dataclasses.fields(TrainingConfig) if each.name != "seed"]


@dataclass(frozen=True, eq=False)
class SeedTally:
    """How often images were taken for another class.

    Attributes
    ----------
    wrong : ndarray of int64, shape (n,)
        In how many of the runs each image is wrong.
    runs : int
        How many runs there are.
    """

    wrong: npt.NDArray[np.int64]
    runs: int

    def rows(self, least: int, most: int) -> npt.NDArray[np.intp]:
        """Return which images are wrong in `least` to `most` of the runs."""
        return np.flatnonzero((self.wrong >= least) & (self.wrong <= most))


def tally(
    labels: npt.NDArray[np.uint8], predictions: Iterable[npt.NDArray[np.integer[Any]]]
) -> SeedTally:
    """Count in how many runs each image is wrong.

    Parameters
    ----------
    labels : ndarray of uint8, shape (n,)
        True classes.
    predictions : iterable of ndarray of int, shape (n,)
        What each run takes the same images for.
    """
    wrong, runs = np.zeros(len(labels), np.int64), 0
    for predicted in predictions:
        wrong += predicted != labels
        runs += 1
    return SeedTally(wrong, runs)


def differ_in_seed_only(one: RunConfig, other: RunConfig) -> bool:
    """Return whether two runs have different seeds, and all else in common."""
    first, second = one.training, other.training
    return (
        first.seed != second.seed
        and (one.model, one.data) == (other.model, other.data)
        and all(getattr(first, name) == getattr(second, name) for name in _SETTINGS)
    )

"""The smoothed line: a centered moving mean that can be read at any resolution."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ...training.growing_table import GrowingTable
from .decimation import COLUMNS, Values, block_size

_BLOCK = 16
_BEGINNING = 5  # a mean reaches over a fifth of what came before it, at most
_LARGEST = 1e9  # more is off any axis, and would swallow what follows it in a sum


class CenteredMean:
    """Moving mean of an append-only series, which reaches as far ahead as back.

    An average of what came before lies above a curve that falls, since it trails it; this one lies
    in the middle. Where a curve begins it falls fastest, so there the mean reaches less far. The
    last means are provisional: they reach ahead as far as there is something, and settle when
    more has come. Only every 16th sum is kept, half a byte a value; those between are worked out
    where they are looked at. Beyond the first value that is no number there is no mean.

    Parameters
    ----------
    span : float
        How many values it reaches back and ahead.
    """

    def __init__(self, span: float) -> None:
        self._span = int(span)
        self._seen = 0
        self._numbers: int | None = None  # how many there are before one that is none
        # The sum of all values before each block of 16.
        self._sums = GrowingTable(1, np.float64)
        self._sums.append((0.0,))

    def sample(
        self, values: Values, first: int, last: int, columns: int = COLUMNS
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
        """Return the mean at about `columns` places of ``values[first:last]`` and at its end.

        Returns
        -------
        indices : ndarray of int64, shape (n,)
        means : ndarray of float64, shape (n,)
            The mean around each index.
        """
        block = block_size(last - first, columns)
        ends = np.arange(first // block + 1, last // block + 1) * block
        if last % block or not len(ends):
            ends = np.append(ends, last)
        indices = ends - 1
        return indices, self._means(values, indices)

    def at(self, values: Values, index: int) -> float:
        """Return the mean at one index."""
        return float(self._means(values, np.array([index]))[0])

    def settled(self, count: int) -> int:
        """Return how many of the first means of `count` values more values will not change."""
        parts, rest = divmod(count - 1, _BEGINNING + 1)
        early = _BEGINNING * parts + min(rest, _BEGINNING - 1) + 1
        return max(0, early, count - self._span)

    def _means(self, values: Values, indices: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
        self._update(values)
        reach = np.minimum(self._span, indices // _BEGINNING)
        count = len(values) if self._numbers is None else self._numbers
        begin, end = indices - reach, np.minimum(indices + reach + 1, count)
        sums = self._sums_before(values, np.concatenate([begin, end]))
        sizes = np.where(indices < count, end - begin, np.nan)
        return (sums[len(indices) :] - sums[: len(indices)]) / sizes

    def _sums_before(
        self, values: Values, places: npt.NDArray[np.int64]
    ) -> npt.NDArray[np.float64]:
        """Return the sum of all values before each place."""
        blocks = places // _BLOCK
        inside = blocks[:, None] * _BLOCK + np.arange(_BLOCK)
        parts = _bounded(values.take(inside, mode="clip"))
        parts[inside >= places[:, None]] = 0.0
        return self._sums.column(0)[blocks] + parts.sum(axis=1)

    def _update(self, values: Values) -> None:
        if self._numbers is None:
            none = np.flatnonzero(~np.isfinite(values[self._seen :]))
            self._numbers = self._seen + int(none[0]) if len(none) else None
        self._seen = len(values)
        done, count = len(self._sums) - 1, len(values) // _BLOCK
        if count > done:
            rows = _bounded(values[done * _BLOCK : count * _BLOCK]).reshape(-1, _BLOCK)
            sums = self._sums.column(0)[-1] + rows.sum(axis=1).cumsum()
            self._sums.extend(sums[None])


def _bounded(values: Values) -> npt.NDArray[np.float64]:
    return np.minimum(values, _LARGEST, dtype=np.float64)

"""The smoothed line: an exponential moving average that can be read at any resolution."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ...training.history import GrowingTable
from .decimation import COLUMNS, Values, block_size

_BLOCK = 16


class ExponentialAverage:
    """Bias-corrected exponential moving average of an append-only series.

    ``m[t] = decay * m[t-1] + (1 - decay) * x[t]``, divided by ``1 - decay**(t+1)``, which makes
    the first averages means of what there is instead of drawing them to zero (Kingma and Ba,
    "Adam", 2015, section 3). Only every 16th ``m`` is kept, a quarter of a byte a value; those
    between are worked out where they are looked at.

    Parameters
    ----------
    span : float
        How many values an average reaches back to, about; at least 1.
    """

    def __init__(self, span: float) -> None:
        self._decay = 1.0 - 1.0 / max(span, 1.0)
        # The state before each block of 16; the first is zero.
        self._states = GrowingTable(1)
        self._states.append((0.0,))

    def sample(
        self, values: Values, first: int, last: int, columns: int = COLUMNS
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
        """Return the average at about `columns` places of ``values[first:last]`` and at its end.

        Returns
        -------
        indices : ndarray of int64, shape (n,)
        averages : ndarray of float64, shape (n,)
            The average of all values up to and including each index.
        """
        with np.errstate(invalid="ignore", over="ignore"):
            self._update(values)
            block = block_size(last - first, columns)
            if block < _BLOCK:
                return self._dense(values, first, last, block)
            ends = np.arange(-(-first // block), last // block + 1) * block
            ends = ends[ends > 0]
            tail = np.empty(0, np.int64), np.empty(0)
            if last % block:
                tail = self._dense(values, last - 1, last, 1)
            states = self._states.column(0)[ends // _BLOCK]
            averages = self._corrected(states.astype(np.float64), ends - 1)
            return np.append(ends - 1, tail[0]), np.append(averages, tail[1])

    def at(self, values: Values, index: int) -> float:
        """Return the average at one index."""
        return float(self.sample(values, index, index + 1)[1][-1])

    def _dense(
        self, values: Values, first: int, last: int, stride: int
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
        """Follow the recursion through all blocks that are looked at, side by side."""
        start, end = first // _BLOCK, -(-last // _BLOCK)
        part = values[start * _BLOCK : end * _BLOCK]
        rows = np.zeros((end - start, _BLOCK))
        rows.flat[: len(part)] = part
        state = self._states.column(0)[start:end].astype(np.float64)
        for k in range(_BLOCK):
            state = self._decay * state + (1.0 - self._decay) * rows[:, k]
            rows[:, k] = state
        indices = np.arange(first - first % stride, last, stride)
        indices = np.append(indices[indices >= first], last - 1)
        indices = np.unique(indices)
        return indices, self._corrected(rows.reshape(-1)[indices - start * _BLOCK], indices)

    def _corrected(
        self, states: npt.NDArray[np.float64], indices: npt.NDArray[np.int64]
    ) -> npt.NDArray[np.float64]:
        return states / (1.0 - self._decay ** (indices + 1.0))

    def _update(self, values: Values) -> None:
        done, count = len(self._states) - 1, len(values) // _BLOCK
        if count == done:
            return
        rows = values[done * _BLOCK : count * _BLOCK].reshape(-1, _BLOCK).astype(np.float64)
        weights = (1.0 - self._decay) * self._decay ** np.arange(_BLOCK - 1, -1, -1.0)
        over_block = self._decay**_BLOCK
        state = float(self._states.column(0)[-1])
        states = np.empty((1, len(rows)))
        for k, gain in enumerate((rows * weights).sum(axis=1).tolist()):
            state = over_block * state + gain
            states[0, k] = state
        self._states.extend(states)

"""Fewer points than pixels: the lowest and highest value of each of some hundred columns.

A line through every batch of a long run costs a hundred milliseconds to paint; its extremes per
column look the same and cost less than one. Columns are blocks of consecutive batches whose size
is a power of two and which start at a multiple of it, so that they stay where they are while more
batches arrive and the curve does not shimmer.
"""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ...training.growing_table import GrowingTable

Values = npt.NDArray[np.floating]
COLUMNS = 500
_BASE = 16  # values in a block of the lowest level: half a byte a value is spent on it
_FACTOR = 8  # blocks of one level in a block of the next


class Columns(NamedTuple):
    """Extremes of consecutive blocks of a series.

    Attributes
    ----------
    starts : ndarray of int64, shape (n,)
        Index of the first value of each block.
    block : int
        Values in a block; the last one may hold fewer.
    low, high : ndarray of float, shape (n,)
        Lowest and highest value of each block; NaN only where nothing else is.
    """

    starts: npt.NDArray[np.int64]
    block: int
    low: Values
    high: Values


def block_size(count: int, columns: int = COLUMNS) -> int:
    """Return the smallest power of two that covers `count` values by at most `columns` blocks."""
    blocks = -(-count // columns)
    return 1 << max(0, blocks - 1).bit_length()


def reduce_blocks(values: Values, block: int) -> tuple[Values, Values]:
    """Return the lowest and highest value of each block; the last block may be shorter."""
    starts = np.arange(0, len(values), block)
    # fmin and fmax pass over NaN, and say nothing of it.
    return np.fmin.reduceat(values, starts), np.fmax.reduceat(values, starts)


def extremes(values: Values, first: int, last: int, columns: int = COLUMNS) -> Columns:
    """Return the columns of ``values[first:last]``; looks at each value, so for short series."""
    last = min(last, len(values))
    block = block_size(last - first, columns - 1)
    first -= first % block
    if last <= first:
        return Columns(np.empty(0, np.int64), block, values[:0], values[:0])
    starts = np.arange(first, last, block)
    return Columns(starts, block, *reduce_blocks(values[first : _round_up(last, block)], block))


def octaves(first: int, last: int) -> list[tuple[int, int]]:
    """Cut ``[first, last)`` at 64, 512, 4096 …, for an axis of powers of ten.

    There equal blocks would be far too wide at the beginning. The cuts stay where they are while
    more values arrive.
    """
    cuts = [64 * 8**power for power in range(max(0, last.bit_length() // 3 - 1))]
    edges = [first, *(cut for cut in cuts if first < cut < last), last]
    return list(pairwise(edges))


class MinMaxPyramid:
    """Extremes of an append-only series at several resolutions, so that any view of it is cheap.

    Level k holds the extremes of blocks of ``16 * 8**k`` values: 0.57 bytes a value in all. The
    values themselves stay with their owner, who passes them to every call.
    """

    def __init__(self) -> None:
        self._levels: list[GrowingTable] = []

    def columns(self, values: Values, first: int, last: int, columns: int = COLUMNS) -> Columns:
        """Return the extremes of at most `columns` blocks that cover ``values[first:last]``.

        Parameters
        ----------
        values : ndarray of float, shape (n,)
            The whole series: what it was in the last call, and perhaps more.
        first, last : int
            Bounds of what is visible, ``0 <= first <= last <= n``.
        columns : int
            At least 2. One is kept in hand, as blocks may begin before `first`.
        """
        self._update(values)
        block = block_size(last - first, columns - 1)
        if block < _BASE:
            return extremes(values, first, last, columns)
        first_block, end_block = first // block, -(-last // block)
        complete = min(end_block, len(values) // block)
        low, high = self._complete_blocks(block, first_block, complete)
        if complete < end_block:
            tail = values[complete * block :]
            low = np.append(low, np.fmin.reduce(tail))
            high = np.append(high, np.fmax.reduce(tail))
        return Columns(np.arange(first_block, end_block) * block, block, low, high)

    def _complete_blocks(self, block: int, start: int, end: int) -> tuple[Values, Values]:
        level = 0
        while _BASE * _FACTOR ** (level + 1) <= block:
            level += 1
        if end <= start or level >= len(self._levels):
            return np.empty(0), np.empty(0)
        group = block // (_BASE * _FACTOR**level)
        low, high = self._levels[level].to_array()[:, start * group : end * group]
        if group == 1:
            return low, high
        return reduce_blocks(low, group)[0], reduce_blocks(high, group)[1]

    def _update(self, values: Values) -> None:
        """Add the blocks that are complete now, level by level."""
        low, high, size, level = values, values, _BASE, 0
        while True:
            done = len(self._levels[level]) if level < len(self._levels) else 0
            count = len(low) // size
            if count == done:
                return
            if level == len(self._levels):
                self._levels.append(GrowingTable(2, values.dtype))
            part = slice(done * size, count * size)
            new_low, _ = reduce_blocks(low[part], size)
            _, new_high = reduce_blocks(high[part], size)
            self._levels[level].extend(np.stack([new_low, new_high]))
            low, high = self._levels[level].to_array()
            size, level = _FACTOR, level + 1


def _round_up(value: int, block: int) -> int:
    return -(-value // block) * block

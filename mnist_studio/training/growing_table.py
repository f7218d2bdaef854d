"""Rows of numbers in one array that grows when full."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt


class GrowingTable:
    """Rows of numbers in one array that grows when full.

    Parameters
    ----------
    columns : int, optional
        Numbers in a row; by default as many as the first rows have.
    dtype : dtype
        Type of all of them.
    """

    def __init__(self, columns: int | None = None, dtype: npt.DTypeLike = np.float32) -> None:
        self._rows = np.empty((columns or 0, 64), dtype)
        self._open = columns is None
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def append(self, row: Iterable[float]) -> None:
        """Append one row."""
        row = tuple(row)
        self._begin(len(row))
        if self._count == self._rows.shape[1]:
            self._grow(self._count + 1)
        self._rows[:, self._count] = row
        self._count += 1

    def extend(self, rows: npt.NDArray[np.generic]) -> None:
        """Append rows given as an array of shape (columns, n).

        An array of shape (0, 0) is nothing to a table whose columns were not given.

        Raises
        ------
        ValueError
            If they have another shape or are numbers of another kind.
        """
        if self._open and rows.shape == (0, 0):
            return
        if rows.ndim == 2:
            self._begin(len(rows))
        fits = rows.ndim == 2 and len(rows) == len(self._rows)
        if not fits or rows.dtype.kind != self._rows.dtype.kind:
            raise ValueError(f"{rows.dtype} of shape {rows.shape} are not rows of this table")
        end = self._count + rows.shape[1]
        if end > self._rows.shape[1]:
            self._grow(end)
        self._rows[:, self._count : end] = rows
        self._count = end

    def column(self, index: int) -> npt.NDArray[Any]:
        """Return one column as a view, shape (n,)."""
        view: npt.NDArray[Any] = self._rows[index : index + 1, : self._count].reshape(-1)
        return view

    def to_array(self) -> npt.NDArray[Any]:
        """Return all rows as a view, shape (columns, n); (0, 0) before columns are known."""
        view: npt.NDArray[Any] = self._rows[:, : self._count]
        return view

    def _begin(self, columns: int) -> None:
        if self._open and not len(self._rows):
            self._rows = np.empty((columns, self._rows.shape[1]), self._rows.dtype)

    def _grow(self, needed: int) -> None:
        # A quarter more each time: appends stay cheap and a long run wastes at most a fifth.
        capacity = max(needed, self._rows.shape[1] + self._rows.shape[1] // 4 + 64)
        rows = np.empty((len(self._rows), capacity), self._rows.dtype)
        rows[:, : self._count] = self._rows[:, : self._count]
        self._rows = rows

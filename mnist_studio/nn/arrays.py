"""Array types and the reusable arrays that keep a training step free of allocations."""

from __future__ import annotations

from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.floating[Any]]
"""Real numbers: float32 in the product, float64 where a test checks gradients."""

IntArray = npt.NDArray[np.integer[Any]]
"""Whole numbers of any width: labels and indices."""

_Scalar = TypeVar("_Scalar", bound=np.generic)


class Scratch:
    """An array that is allocated when the shape asked for changes, and reused until then.

    A training step asks for the same shapes again and again, so nothing is allocated except for
    the first batch and for a last batch that is smaller. The content is whatever the last user
    left there, so this is asked only for memory to write to: who needs what was written later keeps
    the array.
    """

    def __init__(self) -> None:
        self._array: npt.NDArray[Any] = np.empty(0)

    def get(self, shape: tuple[int, ...], dtype: npt.DTypeLike) -> npt.NDArray[Any]:
        """Return an uninitialized array of this shape and type."""
        if self._array.shape != shape or self._array.dtype != dtype:
            self._array = np.empty(shape, dtype)
        return self._array

    def like(self, array: npt.NDArray[_Scalar]) -> npt.NDArray[_Scalar]:
        """Return an uninitialized array of the shape and type of `array`."""
        return self.get(array.shape, array.dtype)


def squares(array: FloatArray) -> float:
    """Return the sum of the squares of an array, of any shape."""
    flat = array.reshape(-1)
    return float(np.dot(flat, flat))

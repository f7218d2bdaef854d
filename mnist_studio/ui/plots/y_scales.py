"""Where values lie on a y axis: evenly, by powers of ten, or by the square root of a distance."""

from __future__ import annotations

import math
from enum import Enum
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from .ranges import Range, round_up

_DECADES = 8  # of distances that may have labels
# What is labeled before what, where there is no room for all.
_MANTISSAS = ((1.0,), (2.0, 5.0), (3.0,), (1.5, 4.0, 6.0, 8.0))


class YScale(Enum):
    """How a y axis is divided; detail is an even one that begins where the curves are."""

    LINEAR = "linear"
    DETAIL = "detail"
    ROOT = "root"
    LOGARITHMIC = "logarithmic"


class Root(NamedTuple):
    """A scale of square roots of the distance from a base: shows what is near it large.

    Unlike a logarithm it reaches the base itself.

    Attributes
    ----------
    base : float
        The value whose neighborhood is magnified.
    sign : float
        1 for values above the base, -1 for values below it.
    """

    base: float = 0.0
    sign: float = 1.0

    def heights(self, values: npt.NDArray[np.floating]) -> npt.NDArray[np.floating]:
        """Return the coordinates of values; those beyond the base lie on it."""
        return self.sign * np.sqrt(np.maximum(self.sign * (values - self.base), 0.0))

    def height(self, value: float) -> float:
        """Return the coordinate of a value."""
        return float(self.heights(np.array(value)))

    def value(self, height: float) -> float:
        """Return the value at a coordinate."""
        return self.base + self.sign * height * height

    def ticks(self, low: float, high: float, most: float) -> list[float]:
        """Return the coordinates of round values from `low` to `high`, about `most` of them."""
        near, far = sorted(max(self.sign * each, 0.0) for each in (low, high))
        if far <= 0.0:
            return []
        apart = (high - low) / most
        roots = [0.0] if near == 0.0 else []
        power = math.floor(2 * math.log10(far))
        for mantissas in _MANTISSAS:
            for exponent in range(power, power - _DECADES, -1):
                for mantissa in mantissas:
                    root = math.sqrt(mantissa * 10.0**exponent)
                    inside = near <= root <= far * (1 + 1e-9)
                    if inside and all(abs(root - each) >= apart for each in roots):
                        roots.append(root)
        if len(roots) < 3:
            roots = self._even(near * near, far * far, most)
        return sorted(self.sign * root for root in roots)

    def _even(self, near: float, far: float, most: float) -> list[float]:
        """Return the roots of evenly spaced distances, for an axis that shows but a part."""
        values = sorted((self.base + self.sign * near, self.base + self.sign * far))
        step = round_up((values[1] - values[0]) / most)
        first, last = math.ceil(values[0] / step - 1e-9), math.floor(values[1] / step + 1e-9)
        if last <= first:
            return self._even(near, far, 2 * most)
        return [abs(self.height(step * count)) for count in range(first, last + 1)]


def spanned(root: Root, values: Range) -> Range:
    """Return the coordinates of a range of values."""
    return root.height(values[0]), root.height(values[1])

"""Numbers on both sides of zero as pictures: one hue above, another below."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from PySide6.QtGui import QImage

from ..data.registry import SIDE
from . import theme

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from ..nn.arrays import FloatArray

ZERO = 127
"""The level of zero; 0 is the most negative, 254 the most positive."""
BLANK = 2 * ZERO + 1
"""The level of what is no number."""


def levels_of(values: FloatArray, *, own: bool) -> npt.NDArray[np.uint8]:
    """Return numbers, shape (n, 784), as levels around `ZERO`, shape (n, 28, 28).

    Parameters
    ----------
    own : bool
        Whether the largest of each row has the fullest color, or only that of all.
    """
    return _levels(values, axis=1 if own else None).reshape(-1, SIDE, SIDE)


def cell_levels(values: FloatArray) -> npt.NDArray[np.uint8]:
    """Return numbers, shape (n,), as levels around `ZERO`; what is not finite is `BLANK`."""
    import numpy as np

    levels = _levels(values, axis=None)
    levels[~np.isfinite(values)] = BLANK
    return levels


def _levels(values: FloatArray, axis: int | None) -> npt.NDArray[np.uint8]:
    import numpy as np

    finite = np.where(np.isfinite(values), values, 0.0)
    largest = np.abs(finite).max(axis=axis, keepdims=True)
    levels = np.rint(finite * (ZERO / np.maximum(largest, 1e-30))) + ZERO
    return levels.astype(np.uint8)


@functools.lru_cache(maxsize=4)
def _colors(_theme: theme.Theme) -> list[int]:
    """Return the colors of the levels in the theme in use: one hue below zero, another above."""
    levels = range(-ZERO, ZERO + 1)
    colors = [
        theme.tint("series_1" if level > 0 else "series_2", abs(level) / ZERO) for level in levels
    ]
    return [each.rgb() for each in (*colors, theme.color("surface"))]


def diverging_image(levels: npt.NDArray[np.uint8]) -> QImage:
    """Return levels, shape (height, width), as an image in the theme's colors."""
    import numpy as np

    height, width = levels.shape
    rows = np.ascontiguousarray(levels)
    image = QImage(rows.tobytes(), width, height, width, QImage.Format.Format_Indexed8)
    image.setColorTable(_colors(theme.current()))
    return image.convertToFormat(QImage.Format.Format_RGB32)

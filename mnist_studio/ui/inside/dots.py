"""Thousands of dots as one picture: painted by NumPy, since Qt takes 50 times as long."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QImage

from ...data.registry import CLASSES
from .. import theme

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

_RING = CLASSES  # the color of what goes around mistakes
_LEVELS = 4  # of each color over the ground, so that edges are smooth
_RING_WIDTH = 1.2  # pixels


def dots_image(
    size: tuple[int, int],
    places: npt.NDArray[np.float32],
    classes: npt.NDArray[np.uint8],
    wrong: npt.NDArray[np.bool_],
    radius: float,
) -> QImage:
    """Return dots in the colors of their classes; those that are wrong lie above, with a ring.

    Parameters
    ----------
    size : tuple of int
        Width and height in pixels.
    places : ndarray of float32, shape (n, 2)
        From the left and from the top, in pixels; what is outside is left out.
    classes : ndarray of uint8, shape (n,)
        Less than `CLASSES`.
    wrong : ndarray of bool, shape (n,)
    radius : float
        In pixels.
    """
    import numpy as np

    width, height = size
    margin = round(radius + _RING_WIDTH) + 2
    whole = np.rint(places).astype(np.intp)
    last = np.array([width, height]) - margin - 1
    inside = ((whole >= margin) & (whole <= last)).all(axis=1)
    spots = whole[:, 1] * width + whole[:, 0]
    picture = np.zeros((height, width), np.uint8)
    right, wrong = inside & ~wrong, inside & wrong
    _stamp(picture, spots[right], classes[right], radius)
    _stamp(picture, spots[wrong], np.full_like(classes[wrong], _RING), radius + _RING_WIDTH)
    _stamp(picture, spots[wrong], classes[wrong], radius)
    image = QImage(picture.tobytes(), width, height, width, QImage.Format.Format_Indexed8)
    image.setColorTable(_color_table())
    return image.convertToFormat(QImage.Format.Format_RGB32)


def _stamp(
    picture: npt.NDArray[np.uint8],
    spots: npt.NDArray[np.intp],
    colors: npt.NDArray[np.uint8],
    radius: float,
) -> None:
    """Put a disc on each spot, the later ones above; the inner of one covers the edge of another.

    Pixels get 0 for the ground, else color * `_LEVELS` + level, from 1 to `_LEVELS`.
    """
    import numpy as np

    reach = int(radius + 1.5)
    rows, columns = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    covered = np.clip(radius + 0.5 - np.hypot(rows, columns), 0.0, 1.0)
    levels = np.rint(covered * _LEVELS).astype(int)
    pixels = picture.reshape(-1)
    for level in range(1, _LEVELS + 1):
        offsets = (rows * picture.shape[1] + columns)[levels == level]
        value = (colors * _LEVELS + level).astype(np.uint8)
        pixels[(spots[:, np.newaxis] + offsets).reshape(-1)] = np.repeat(value, len(offsets))


def class_token(index: int) -> str:
    """Return the color token of a class."""
    return theme.run_token(index)


def _color_table() -> list[int]:
    """Return the colors of the pixels: the ground, then each color from faint to full."""
    tokens = [*map(class_token, range(CLASSES)), "text"]
    levels = [(level + 1) / _LEVELS for level in range(_LEVELS)]
    shades = [theme.tint(token, level) for token in tokens for level in levels]
    return [theme.color("surface").rgb(), *(shade.rgb() for shade in shades)]

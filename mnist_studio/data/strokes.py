"""From pen strokes to 28x28 grey levels, prepared the way MNIST's digits were.

MNIST's digits were scaled into a 20x20 box with their aspect kept, antialiased, and moved so that
their center of mass lies at pixel (14, 14) of 28x28 (LeCun et al., 1998, "Gradient-based learning
applied to document recognition"). A network can only recognize a drawing that went the same way;
but people write far wider on a pad than they did for MNIST, and what is wide is narrowed.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from .registry import SIDE

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    FloatArray = NDArray[np.float32]

BOX = 20
CENTER = 14.0
# A drawing is placed between whole pixels, where ink as long as the box would touch 21 of them.
_INK_LENGTH = BOX - 0.7
# MNIST's average stroke is about this wide, in pixels of the final image, with edges that fade
# over the second width (fitted to the mean ink and the histogram of grey levels of its images).
STROKE_WIDTH = 2.5
EDGE_WIDTH = 1.2
# Points closer along a stroke than this (in pixels of the final image) are thinned out; a scribble
# is cut into about so many pieces at most, so that it is answered as fast as a digit.
_POINT_SPACING = 0.5
_MOST_PIECES = 300
# Width over height of the middle one of MNIST's digits. The ratio of a wider drawing becomes the
# geometric mean of this and its own, so that a nearly flat one still lies when it is narrowed.
_USUAL_ASPECT = 0.7
# A drawing smaller than this (in the pad's own units) is a dot.
_DOT = 1e-6


class Preparation(NamedTuple):
    """Which steps of MNIST's preparation a drawing goes through.

    Attributes
    ----------
    aspect : bool
        Width and height are scaled alike, but for what is wider than usual, whose width is scaled
        less; else each fills the box. Without a box they always are scaled alike.
    box : bool
        The drawing is scaled to a box of 20x20; else it is as large, and where, it was drawn.
    center : bool
        Its center of mass is moved to the middle.
    pen : bool
        The pen is as wide as MNIST's at the final size; else it is scaled with the drawing.
    """

    aspect: bool = True
    box: bool = True
    center: bool = True
    pen: bool = True


MNIST_PREPARATION = Preparation()
MERELY_SHRUNK = Preparation(aspect=False, box=False, center=False, pen=False)


def render_strokes(
    strokes: Sequence[ArrayLike],
    pen_width: float = 1.0,
    steps: Preparation = MNIST_PREPARATION,
    drawn_width: float = 0.0,
    *,
    narrow: bool = True,
) -> NDArray[np.uint8] | None:
    """Draw pen strokes as a digit like MNIST's, whatever the size and place of the drawing.

    The strokes are scaled first and drawn afterwards, straight at the final size, so that a
    small drawing does not come out bold.

    Parameters
    ----------
    strokes : sequence of array_like, each of shape (n, 2)
        Each stroke's points (x, y) in order, y downwards, in any unit; without a box as fractions
        of the sheet. A single point is a dot; strokes without points are ignored.
    pen_width : float
        Width of the pen; 1 is MNIST's average.
    steps : Preparation
        All by default.
    drawn_width : float
        Width of the pen as it was drawn, in the strokes' unit, for when that is to be kept.
    narrow : bool
        Whether what is wider than usual is narrowed, if its aspect counts at all.

    Returns
    -------
    ndarray of uint8, shape (28, 28), or None
        Grey levels, 0 where there is no ink; None if nothing was drawn.

    Raises
    ------
    ValueError
        If a stroke is not an array of finite (x, y) points, or ``pen_width`` is not positive.
    """
    if not pen_width > 0:
        raise ValueError(f"The pen's width is {pen_width}: choose a positive number.")
    lines = _clean(strokes)
    if not lines:
        return None
    scale = _scale(lines, steps, STROKE_WIDTH * pen_width, drawn_width, narrow=narrow)
    if not steps.pen:
        pen_width = drawn_width * float(np.sqrt(scale.prod())) / STROKE_WIDTH
    lines = [line * scale - 0.5 for line in lines] if not steps.box else _in_middle(lines, scale)
    start, step = _segments(lines)
    ink = _draw(start, step, pen_width)
    if not steps.center:
        return to_bytes(ink)
    margin = (STROKE_WIDTH * pen_width + EDGE_WIDTH) / 2
    start = start + _centering_shift(ink, start, step, margin)
    return to_bytes(_draw(start, step, pen_width))


def _clean(strokes: Sequence[ArrayLike]) -> list[NDArray[np.float64]]:
    """Return the strokes that have points, as float64 arrays of shape (n, 2)."""
    lines = []
    for stroke in strokes:
        points = np.asarray(stroke, np.float64)
        if points.size == 0:
            continue
        if points.ndim != 2 or points.shape[1] != 2 or not np.isfinite(points).all():
            raise ValueError("A stroke must be a list of finite (x, y) points.")
        lines.append(points)
    return lines


def _scale(
    lines: list[NDArray[np.float64]],
    steps: Preparation,
    pen: float,
    drawn_width: float,
    *,
    narrow: bool,
) -> NDArray[np.float64]:
    """Return by how much x and y are scaled to pixels of the final image, shape (2,)."""
    if not steps.box:
        return np.full(2, float(SIDE))
    points = np.concatenate(lines)
    extent = points.max(0) - points.min(0)
    narrowing = np.ones(2)
    if steps.aspect:
        width, height = extent.tolist()
        if narrow and min(width, height) > _DOT:  # what has no height, as a dash, is no digit
            narrowing[0] = min(1.0, math.sqrt(_USUAL_ASPECT * height / width))
        extent = np.full(2, (extent * narrowing).max())
    if not steps.pen:  # whose width is scaled, too
        scale: NDArray[np.float64] = (_INK_LENGTH - EDGE_WIDTH) / (extent + drawn_width)
        return scale * narrowing
    size = max(_INK_LENGTH - (pen + EDGE_WIDTH), 1.0)
    scale = np.array([size / each if each > _DOT else 1.0 for each in extent.tolist()])
    return scale * narrowing


def _in_middle(
    lines: list[NDArray[np.float64]], scale: NDArray[np.float64]
) -> list[NDArray[np.float64]]:
    """Scale the lines, and center the box around them on ``CENTER``."""
    points = np.concatenate(lines)
    low, high = points.min(0), points.max(0)
    middle = low + (high - low) / 2
    return [(line - middle) * scale + CENTER for line in lines]


def _segments(lines: list[NDArray[np.float64]]) -> tuple[FloatArray, FloatArray]:
    """Cut lines into straight pieces, leaving out points that lie too close together.

    Returns
    -------
    tuple of ndarray of float32, each of shape (n, 2)
        Where each piece starts, and the step to its end (zero for a dot).
    """
    paces = [np.hypot(*(line[1:] - line[:-1]).T) for line in lines]
    spacing = max(_POINT_SPACING, sum(float(pace.sum()) for pace in paces) / _MOST_PIECES)
    starts, steps = [], []
    for line, pace in zip(lines, paces, strict=True):
        bins = (np.cumsum(pace) / spacing).astype(np.int64)
        # The first point of every stretch of that length, and the last point of all.
        keep = np.ones(len(line), np.bool_)
        keep[1:-1] = bins[:-1] > np.concatenate(([0], bins[:-2]))
        kept = line[keep]
        if len(kept) == 1:
            kept = np.repeat(kept, 2, axis=0)
        starts.append(kept[:-1])
        steps.append(kept[1:] - kept[:-1])
    return np.concatenate(starts).astype(np.float32), np.concatenate(steps).astype(np.float32)


def _draw(start: FloatArray, step: FloatArray, pen_width: float) -> FloatArray:
    """Return the share of each pixel, shape (28, 28), that round-ended strokes cover.

    A pixel is inked by its distance from the nearest piece of line: fully inside the pen's
    radius, fading over ``EDGE_WIDTH`` around it.
    """
    nearest = np.full((SIDE, SIDE), np.inf, np.float32)
    for first in range(0, len(start), 32):  # in parts that stay in the cache
        part = slice(first, first + 32)
        np.minimum(nearest, _squared_distance(start[part], step[part]).min(0), out=nearest)
    inside = STROKE_WIDTH * pen_width / 2 - np.sqrt(nearest)
    ink: FloatArray = np.clip(inside / EDGE_WIDTH + 0.5, 0, 1)
    return ink


def _squared_distance(start: FloatArray, step: FloatArray) -> FloatArray:
    """Return each pixel's squared distance from each piece of line, shape (n, 28, 28)."""
    places = np.arange(SIDE, dtype=np.float32)
    x = places[np.newaxis, :] - start[:, :1]
    y = places[np.newaxis, :] - start[:, 1:]
    length = np.maximum((step**2).sum(1, keepdims=True), np.float32(1e-12))
    # How far along the piece the nearest point lies, from 0 (its start) to 1 (its end).
    along = (y * (step[:, 1:] / length))[:, :, np.newaxis]
    along = along + (x * (step[:, :1] / length))[:, np.newaxis, :]
    np.clip(along, 0, 1, out=along)
    across: FloatArray = np.subtract(x[:, np.newaxis, :], along * step[:, :1, np.newaxis])
    along *= step[:, 1:, np.newaxis]
    np.subtract(y[:, :, np.newaxis], along, out=along)
    across *= across
    along *= along
    across += along
    return across


def _centering_shift(
    ink: FloatArray, start: FloatArray, step: FloatArray, margin: float
) -> FloatArray:
    """Return the shift (x, y) that brings the center of mass to ``CENTER``.

    A shift that would push ink over the edge of the image stops there.
    """
    places = np.arange(SIDE, dtype=np.float32)
    mass = ink.sum()
    center = np.array([ink.sum(0) @ places, ink.sum(1) @ places]) / mass
    ends = np.concatenate((start, start + step))
    lowest = -0.5 - (ends.min(0) - margin)
    highest = SIDE - 0.5 - (ends.max(0) + margin)
    shift: FloatArray = np.clip(
        CENTER - center, np.minimum(lowest, 0), np.maximum(highest, 0), dtype=np.float32
    )
    return shift


def to_bytes(ink: NDArray[np.floating[Any]]) -> NDArray[np.uint8]:
    """Return shares of ink, 0 to 1, as grey levels."""
    grey: NDArray[np.uint8] = np.rint(ink * 255).astype(np.uint8)
    return grey

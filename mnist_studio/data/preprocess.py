"""From a drawing to 28x28 grey levels, prepared the way MNIST's digits were.

MNIST's digits were scaled into a 20x20 box with their aspect kept, antialiased, and moved so that
their center of mass lies at pixel (14, 14) of 28x28 (LeCun et al., 1998, "Gradient-based learning
applied to document recognition"). A network can only recognize a drawing that went the same way.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    FloatArray = NDArray[np.float32]

SIDE = 28
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
# A drawing smaller than this (in the pad's own units) is a dot.
_DOT = 1e-6
# Pictures are averaged down to this before anything else; a photo has no more to say.
_WORKING_SIDE = 160


def render_strokes(
    strokes: Sequence[ArrayLike], pen_width: float = 1.0
) -> NDArray[np.uint8] | None:
    """Draw pen strokes as a digit like MNIST's, whatever the size and place of the drawing.

    The strokes are scaled first and drawn afterwards, straight at the final size, so that a
    small drawing does not come out bold.

    Parameters
    ----------
    strokes : sequence of array_like, each of shape (n, 2)
        Each stroke's points (x, y) in order, y downwards, in any unit. A single point is a dot;
        strokes without points are ignored.
    pen_width : float
        Width of the pen; 1 is MNIST's average.

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
    ink_width = STROKE_WIDTH * pen_width + EDGE_WIDTH
    lines = _fit_into_box(lines, max(_INK_LENGTH - ink_width, 1.0))
    start, step = _segments(lines)
    ink = _draw(start, step, pen_width)
    start = start + _centering_shift(ink, start, step, ink_width / 2)
    return _to_bytes(_draw(start, step, pen_width))


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


def _fit_into_box(lines: list[NDArray[np.float64]], size: float) -> list[NDArray[np.float64]]:
    """Scale the lines so that their longer side is ``size``, and center them on ``CENTER``."""
    points = np.concatenate(lines)
    low, high = points.min(0), points.max(0)
    extent = float((high - low).max())
    scale = size / extent if extent > _DOT else 1.0
    middle = low + (high - low) / 2
    return [(line - middle) * scale + CENTER for line in lines]


def _segments(lines: list[NDArray[np.float64]]) -> tuple[FloatArray, FloatArray]:
    """Cut lines into straight pieces, leaving out points that lie too close together.

    Returns
    -------
    tuple of ndarray of float32, each of shape (n, 2)
        Where each piece starts, and the step to its end (zero for a dot).
    """
    paces = [np.hypot(*np.diff(line, axis=0).T) for line in lines]
    spacing = max(_POINT_SPACING, sum(float(pace.sum()) for pace in paces) / _MOST_PIECES)
    starts, steps = [], []
    for line, pace in zip(lines, paces, strict=True):
        bins = (np.cumsum(pace) / spacing).astype(np.int64)
        # The first point of every stretch of that length, and the last point of all.
        keep = np.concatenate(([True], np.diff(bins, prepend=0) > 0))
        keep[-1] = True
        kept = line[keep]
        if len(kept) == 1:
            kept = np.repeat(kept, 2, axis=0)
        starts.append(kept[:-1])
        steps.append(np.diff(kept, axis=0))
    return np.concatenate(starts).astype(np.float32), np.concatenate(steps).astype(np.float32)


def _draw(start: FloatArray, step: FloatArray, pen_width: float) -> FloatArray:
    """Return the share of each pixel, shape (28, 28), that round-ended strokes cover.

    A pixel is inked by its distance from the nearest piece of line: fully inside the pen's
    radius, fading over ``EDGE_WIDTH`` around it.
    """
    nearest = np.full((SIDE, SIDE), np.inf, np.float32)
    for first in range(0, len(start), 128):  # in parts, so that a long scribble stays in the cache
        part = slice(first, first + 128)
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
    across: FloatArray = x[:, np.newaxis, :] - along * step[:, :1, np.newaxis]
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


def prepare_image(pixels: ArrayLike) -> NDArray[np.uint8] | None:
    """Turn a picture of one digit (a scan, a photo, a drawing) into a digit like MNIST's.

    The background may be dark or light and unevenly lit. A picture of exactly 28x28 pixels is
    taken to be prepared already: only its polarity is set right.

    Parameters
    ----------
    pixels : array_like, shape (height, width)
        Grey levels, as uint8 or as floats of any range.

    Returns
    -------
    ndarray of uint8, shape (28, 28), or None
        The digit, light on black; None if the picture shows nothing but background.

    Raises
    ------
    ValueError
        If the picture is not a two-dimensional array of finite grey levels.
    """
    raw = np.asarray(pixels)
    if raw.ndim != 2 or raw.size == 0 or not np.isfinite(raw).all():
        raise ValueError("The picture must be a two-dimensional array of finite grey levels.")
    if raw.shape == (SIDE, SIDE) and raw.dtype == np.uint8:
        return _light_on_black(raw)
    ink = _find_ink(_shrink(raw.astype(np.float64), _WORKING_SIDE))
    if ink is None:
        return None
    ink = _crop(_drop_specks(ink))
    ink = _crop(_thicken(_resize(ink, 4 * BOX)))
    digit = _resize(ink, BOX)
    return _paste_centered(digit / digit.max())


def _light_on_black(image: NDArray[np.uint8]) -> NDArray[np.uint8] | None:
    """Invert a 28x28 image whose border is light; None if the image is all of one grey."""
    if image.min() == image.max():
        return None
    border = np.concatenate((image[0], image[-1], image[:, 0], image[:, -1]))
    return np.invert(image) if np.median(border) > 127 else image.copy()


def _find_ink(picture: NDArray[np.float64]) -> NDArray[np.float64] | None:
    """Return how much ink each pixel holds, 0 to 1, or None if the picture is blank."""
    spread = float(np.ptp(picture))
    if spread == 0:
        return None
    contrast = picture / spread
    contrast = contrast - _background(contrast)
    # Ink is what few pixels have and far from the background: the heavier tail.
    if (contrast**3).sum() < 0:
        contrast = -contrast
    noise = 1.5 * float(np.median(np.abs(contrast)))
    level = float(np.median(contrast[contrast > _otsu_threshold(contrast)]))
    if level < 5 * noise:
        return None
    low = min(max(2 * noise, 0.1 * level), 0.5 * level)
    ink: NDArray[np.float64] = np.clip((contrast - low) / (0.95 * level - low), 0, 1)
    return ink


def _background(picture: NDArray[np.float64]) -> NDArray[np.float64]:
    """Fit the light on the paper by a quadratic surface, ink and other outliers left out."""
    height, width = picture.shape
    y, x = np.meshgrid(np.linspace(-1, 1, height), np.linspace(-1, 1, width), indexing="ij")
    basis = np.stack([np.ones_like(x), x, y, x * y, x * x, y * y], axis=-1).reshape(-1, 6)
    values = picture.ravel()
    surface = np.full(values.shape, np.median(values))
    for _ in range(4):
        distance = np.abs(values - surface)
        paper = distance <= max(2.5 * float(np.median(distance)), 1e-9)
        surface = basis @ np.linalg.lstsq(basis[paper], values[paper], rcond=None)[0]
    return surface.reshape(picture.shape)


def _otsu_threshold(values: NDArray[np.float64]) -> float:
    """Return the threshold that splits values into the two best separated groups (Otsu, 1979)."""
    counts, edges = np.histogram(values, 256)
    middles = (edges[:-1] + edges[1:]) / 2
    below = np.cumsum(counts)[:-1]
    above = values.size - below
    sums = np.cumsum(counts * middles)
    mean_below = sums[:-1] / np.maximum(below, 1)
    mean_above = (sums[-1] - sums[:-1]) / np.maximum(above, 1)
    return float(edges[1 + int(np.argmax(below * above * (mean_above - mean_below) ** 2))])


def _drop_specks(ink: NDArray[np.float64]) -> NDArray[np.float64]:
    """Clear everything but the connected parts that are not far smaller than the largest."""
    mask = ink > 0.5
    labels = np.where(mask, np.arange(1, mask.size + 1).reshape(mask.shape), 0)
    while True:  # every pixel takes the highest label around it until none changes
        spread = np.where(mask, _maximum_around(_maximum_around(labels, 0), 1), 0)
        if np.array_equal(spread, labels):
            break
        labels = spread
    areas = np.bincount(labels.ravel())
    areas[0] = 0
    kept = (areas >= 0.06 * areas.max())[labels] & mask
    # The soft edge around a kept part belongs to it.
    cleared: NDArray[np.float64] = ink * _maximum_around(_maximum_around(kept, 0), 1)
    return cleared


def _maximum_around(values: NDArray[Any], axis: int) -> NDArray[Any]:
    """Return each value's maximum with its two neighbors along an axis."""
    values = np.moveaxis(values, axis, 0)
    result = values.copy()
    np.maximum(result[1:], values[:-1], out=result[1:])
    np.maximum(result[:-1], values[1:], out=result[:-1])
    return np.moveaxis(result, 0, axis)


def _thicken(ink: NDArray[np.float64]) -> NDArray[np.float64]:
    """Widen lines that would fade at the final size, on the grid four times as fine.

    A stroke's width is estimated as twice its area over the length of its outline.
    """
    ink = np.pad(ink, 4)
    slope_y, slope_x = np.gradient(ink)
    width = 2 * ink.sum() / np.hypot(slope_y, slope_x).sum()
    radius = (4 * STROKE_WIDTH * 0.9 - width) / 2
    widest = ink.copy()
    reach = int(np.clip(radius, 0, 4))
    for dy in range(-reach, reach + 1):
        for dx in range(-reach, reach + 1):
            if dx * dx + dy * dy <= radius * radius:
                np.maximum(widest, np.roll(ink, (dy, dx), (0, 1)), out=widest)
    return widest


def _crop(ink: NDArray[np.float64]) -> NDArray[np.float64]:
    """Cut off empty margins."""
    mask = ink > 0.1
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    return ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def _shrink(picture: NDArray[np.float64], side: int) -> NDArray[np.float64]:
    """Average a picture down until its longer side is ``side``; a smaller one stays."""
    return _resize(picture, side) if max(picture.shape) > side else picture


def _resize(picture: NDArray[np.float64], side: int) -> NDArray[np.float64]:
    """Resize by averaging areas so that the longer side is ``side``, with the aspect kept."""
    scale = side / max(picture.shape)
    height, width = (max(1, round(length * scale)) for length in picture.shape)
    return _averages(picture.shape[0], height) @ picture @ _averages(picture.shape[1], width).T


def _averages(source: int, target: int) -> NDArray[np.float64]:
    """Return the (target, source) matrix that averages over equal stretches of an axis."""
    edges = np.linspace(0, source, target + 1)
    cells = np.arange(source)
    overlap = np.minimum(edges[1:, None], cells + 1) - np.maximum(edges[:-1, None], cells)
    averages: NDArray[np.float64] = np.clip(overlap, 0, 1) * (target / source)
    return averages


def _paste_centered(digit: NDArray[np.float64]) -> NDArray[np.uint8]:
    """Place a digit so that its center of mass is as near to ``CENTER`` as whole pixels allow."""
    image = np.zeros((SIDE, SIDE))
    corner = []
    for axis, length in enumerate(digit.shape):
        center = digit.sum(1 - axis) @ np.arange(length) / digit.sum()
        corner.append(int(np.clip(round(CENTER - center), 0, SIDE - length)))
    top, left = corner
    image[top : top + digit.shape[0], left : left + digit.shape[1]] = digit
    return _to_bytes(image)


def _to_bytes(ink: NDArray[np.floating[Any]]) -> NDArray[np.uint8]:
    grey: NDArray[np.uint8] = np.rint(ink * 255).astype(np.uint8)
    return grey

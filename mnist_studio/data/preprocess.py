"""From a picture of a digit to 28x28 grey levels, prepared the way MNIST's digits were.

See :mod:`~mnist_studio.data.strokes` for what that means.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .registry import SIDE
from .strokes import BOX, CENTER, STROKE_WIDTH, to_bytes

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

# Pictures are averaged down to this before anything else; a photo has no more to say.
_WORKING_SIDE = 160


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


def shrink_image(pixels: ArrayLike) -> NDArray[np.uint8] | None:
    """Shrink a picture to 28x28 and do nothing else, but set its polarity right.

    This is what a picture is compared with that went through :func:`prepare_image`.

    Parameters
    ----------
    pixels : array_like of uint8, shape (height, width)
        Grey levels.

    Returns
    -------
    ndarray of uint8, shape (28, 28), or None
        Light on black; None if the picture is all of one grey.
    """
    picture = np.asarray(pixels, np.float64)
    height, width = picture.shape
    small = _averages(height, SIDE) @ picture @ _averages(width, SIDE).T
    return _light_on_black(to_bytes(small / 255))


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
    if level < 5 * noise or level == 0:  # so few pixels that all of them may pass for paper
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
        center = float(digit.sum(1 - axis) @ np.arange(length) / digit.sum())
        corner.append(int(np.clip(round(CENTER - center), 0, SIDE - length)))
    top, left = corner
    image[top : top + digit.shape[0], left : left + digit.shape[1]] = digit
    return to_bytes(image)

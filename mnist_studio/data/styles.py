"""Ways of writing digits that MNIST hardly shows: crossed sevens, slashed zeros, ones with a flag.

MNIST was written by Americans, to whom a one is a plain line. Elsewhere it has a flag and often a
base, a seven has a bar, a zero sometimes a slash, and a network that never saw these takes a
crossed seven for a two. So a part of these digits gets the missing line drawn in while training.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float32]

SIDE = 28
# MNIST's digits have their center of mass here; a new line moves it, so it is moved back.
CENTER = 14.0
# Radius of the pen, and the width over which its edge fades, in pixels.
_RADIUS = (0.9, 1.6)
_EDGE = 1.2
_PLACES = np.arange(SIDE, dtype=np.float32)


class StyleMixer:
    """Draws a line into some of a batch's zeros, ones and sevens, each time another one.

    Only for data sets whose labels are digits.

    Parameters
    ----------
    fraction : float
        Share of the zeros, ones and sevens that are changed, from 0 to 1.
    rng : numpy.random.Generator
        Source of all randomness.

    Raises
    ------
    ValueError
        If the fraction is not between 0 and 1.
    """

    def __init__(self, fraction: float, rng: np.random.Generator) -> None:
        if not 0 <= fraction <= 1:
            raise ValueError(f"The share of styles is {fraction}: choose a number from 0 to 1.")
        self.fraction = fraction
        self.rng = rng

    def apply(self, images: NDArray[np.uint8], labels: NDArray[np.integer]) -> None:
        """Change a random part of the images, in place.

        Parameters
        ----------
        images : ndarray of uint8, shape (n, 784)
            A batch that belongs to the caller; light digits on black.
        labels : ndarray of int, shape (n,)
            The digits they show.
        """
        if self.fraction == 0:
            return
        known = (labels == 0) | (labels == 1) | (labels == 7)
        chosen = np.flatnonzero(known & (self.rng.random(len(labels)) < self.fraction))
        if len(chosen) == 0:
            return
        ink = images[chosen].reshape(-1, SIDE, SIDE) * np.float32(1 / 255)
        digits = labels[chosen]
        chances = self.rng.random((7, len(chosen)), dtype=np.float32)
        radius = _between(*_RADIUS, chances[6])
        for line in _lines(_Outline.of(ink), digits, chances):
            np.maximum(ink, _draw(line, radius), out=ink)
        images[chosen] = np.rint(_centered(ink) * 255).reshape(-1, SIDE * SIDE).astype(np.uint8)


@dataclass(frozen=True)
class _Outline:
    """Where the ink of n images lies, in pixels; each array has shape (n,) but for ``middles``."""

    top: FloatArray
    bottom: FloatArray
    left: FloatArray
    right: FloatArray
    middles: FloatArray
    """Mean x of the ink of every row, shape (n, 28)."""

    @classmethod
    def of(cls, ink: FloatArray) -> _Outline:
        rows, columns = ink.sum(2), ink.sum(1)
        # Rows and columns with less ink than this are the fading edge, or a speck.
        inked_rows, inked_columns = rows > 0.5, columns > 0.5
        return cls(
            top=inked_rows.argmax(1).astype(np.float32),
            bottom=(SIDE - 1 - inked_rows[:, ::-1].argmax(1)).astype(np.float32),
            left=inked_columns.argmax(1).astype(np.float32),
            right=(SIDE - 1 - inked_columns[:, ::-1].argmax(1)).astype(np.float32),
            middles=(ink @ _PLACES) / np.maximum(rows, np.float32(1e-3)),
        )

    def middle_at(self, y: FloatArray) -> FloatArray:
        """Return the mean x of the ink in the row at each y."""
        rows = np.clip(np.rint(y), 0, SIDE - 1).astype(np.intp)
        return self.middles[np.arange(len(rows)), rows]


def _lines(outline: _Outline, digits: NDArray[np.integer], chances: FloatArray) -> FloatArray:
    """Choose up to two lines for each image.

    Returns
    -------
    ndarray of float32, shape (2, 4, n)
        Start x, start y, end x, end y of the first and the second line; where one is enough,
        the second repeats it.
    """
    flag, base = _flag(outline, chances), _base(outline, chances)
    single = np.where(digits == 0, _slash(outline, chances), _bar(outline, chances))
    first = np.where(digits == 1, flag, single)
    second = np.where((digits == 1) & (chances[5] < 0.4), base, first)
    return np.stack([first, second])


def _slash(outline: _Outline, chances: FloatArray) -> FloatArray:
    """From the upper right to the lower left, a little inside the digit or beyond it."""
    width, height = outline.right - outline.left, outline.bottom - outline.top
    return np.stack(
        [
            outline.right - width * _between(-0.1, 0.25, chances[0]),
            outline.top + height * _between(-0.05, 0.25, chances[1]),
            outline.left + width * _between(-0.1, 0.25, chances[2]),
            outline.bottom - height * _between(-0.05, 0.25, chances[3]),
        ]
    )


def _bar(outline: _Outline, chances: FloatArray) -> FloatArray:
    """Across the stem, somewhere around half its height."""
    height = outline.bottom - outline.top
    y = outline.top + height * _between(0.4, 0.75, chances[0])
    tilt = _between(-0.15, 0.3, chances[3])
    return _across(outline.middle_at(y), y, height, tilt, chances)


def _base(outline: _Outline, chances: FloatArray) -> FloatArray:
    """Under the foot."""
    y = outline.bottom - 1
    tilt = _between(-0.15, 0.15, chances[4])
    return _across(outline.middle_at(y), y, outline.bottom - outline.top, tilt, chances)


def _across(
    x: FloatArray, y: FloatArray, height: FloatArray, tilt: FloatArray, chances: FloatArray
) -> FloatArray:
    """Through (x, y), to the left and the right by their own share of the height."""
    left = height * _between(0.12, 0.35, chances[1])
    right = height * _between(0.12, 0.35, chances[2])
    return np.stack([x - left, y + left * tilt, x + right, y - right * tilt])


def _flag(outline: _Outline, chances: FloatArray) -> FloatArray:
    """From the top down to the left."""
    y = outline.top + 1
    x = outline.middle_at(y)
    length = (outline.bottom - outline.top) * _between(0.2, 0.5, chances[0])
    angle = np.radians(_between(20, 70, chances[3]))
    return np.stack([x, y, x - length * np.cos(angle), y + length * np.sin(angle)])


def _between(low: float, high: float, chance: FloatArray) -> FloatArray:
    return np.float32(low) + np.float32(high - low) * chance


def _draw(line: FloatArray, radius: FloatArray) -> FloatArray:
    """Return the ink of one straight line on each of n images, shape (n, 28, 28)."""
    start_x, start_y, end_x, end_y = line[:, :, np.newaxis]
    step_x, step_y = end_x - start_x, end_y - start_y
    length = np.maximum(step_x**2 + step_y**2, np.float32(1e-6))
    x, y = _PLACES - start_x, _PLACES - start_y
    # How far along the line the nearest point to a pixel lies, from 0 (its start) to 1 (its end).
    along = (y * step_y / length)[:, :, np.newaxis] + (x * step_x / length)[:, np.newaxis, :]
    np.clip(along, 0, 1, out=along)
    across = x[:, np.newaxis, :] - along * step_x[:, :, np.newaxis]
    along *= step_y[:, :, np.newaxis]
    distance = np.hypot(across, y[:, :, np.newaxis] - along)
    inside = radius[:, np.newaxis, np.newaxis] - distance
    ink: FloatArray = np.clip(inside / np.float32(_EDGE) + np.float32(0.5), 0, 1)
    return ink


def _centered(ink: FloatArray) -> FloatArray:
    """Move each image by whole pixels so that its center of mass is at ``CENTER`` again."""
    mass = np.maximum(ink.sum((1, 2)), np.float32(1e-3))
    x = np.rint(CENTER - (ink.sum(1) @ _PLACES) / mass).astype(np.intp)
    y = np.rint(CENTER - (ink.sum(2) @ _PLACES) / mass).astype(np.intp)
    places = np.arange(SIDE)
    # Around the edge: what leaves on one side is empty margin and returns on the other.
    rows = (places - y[:, np.newaxis]) % SIDE
    columns = (places - x[:, np.newaxis]) % SIDE
    images = np.arange(len(ink))[:, np.newaxis, np.newaxis]
    moved: FloatArray = ink[images, rows[:, :, np.newaxis], columns[:, np.newaxis, :]]
    return moved

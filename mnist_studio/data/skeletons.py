"""The skeletons of written digits: what a pen does, without the hand that shakes.

``resources/skeletons/README.md`` says how the file is written.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from .. import paths
from .registry import DIGITS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]

HEIGHT = 100.0
"""About the height of every skeleton in the file."""
# A curve between two points is drawn as so many straight pieces; a digit has about ten points.
_PIECES = 3


@dataclass(frozen=True, eq=False)
class Skeleton:
    """One way to write a digit: points that the pen passes, and the curves between them.

    The curves depend linearly on the points, so that a digit is written anew by moving these.

    Attributes
    ----------
    name : str
        What the file calls it.
    points : ndarray of float64, shape (n, 2)
        (x, y) of all strokes, one after the other, y downwards, in heights of a digit; the middle
        of their bounding box is at (0, 0).
    stroke_of_point : ndarray of int, shape (n,)
        To which stroke each point belongs.
    curves : ndarray of float64, shape (m, n)
        ``curves @ points`` are the points of the drawn curves.
    ends : tuple of int
        Where each stroke but the last ends among those m points.
    """

    name: str
    points: FloatArray
    stroke_of_point: NDArray[np.intp]
    curves: FloatArray
    ends: tuple[int, ...]

    @property
    def stroke_count(self) -> int:
        """How often the pen is put down."""
        return len(self.ends) + 1

    def strokes(self, curve_points: FloatArray) -> list[FloatArray]:
        """Cut ``curves @ points``, or what was made of them, into strokes."""
        return np.split(curve_points, self.ends)


@functools.cache
def digit_skeletons() -> tuple[tuple[Skeleton, ...], ...]:
    """Return the skeletons of the digits 0 to 9 that come with the program."""
    return parse_skeletons(_read("digits"))


@functools.cache
def non_digit_skeletons() -> tuple[Skeleton, ...]:
    """Return the skeletons of letters and signs that come with the program."""
    return tuple(_skeleton(name, strokes) for name, strokes in _read("non-digits").items())


def _read(name: str) -> dict[str, Any]:
    text = paths.resource(f"skeletons/{name}.json").read_text(encoding="utf-8")
    contents: dict[str, Any] = json.loads(text)
    return contents


def parse_skeletons(
    digits: Mapping[str, Mapping[str, Sequence[str]]],
) -> tuple[tuple[Skeleton, ...], ...]:
    """Return the skeletons of the digits 0 to 9 that a file describes.

    Parameters
    ----------
    digits : mapping
        Digit to name to strokes, as in the file.

    Raises
    ------
    LookupError, ValueError
        If a digit is missing, or a stroke is no list of at least two points.
    """
    return tuple(
        tuple(_skeleton(name, strokes) for name, strokes in digits[digit].items())
        for digit in DIGITS
    )


def _skeleton(name: str, strokes: Sequence[str]) -> Skeleton:
    parsed = [_points(stroke) for stroke in strokes]
    points = np.concatenate([points for points, _ in parsed]) / HEIGHT
    points -= (points.min(0) + points.max(0)) / 2
    blocks = [spline(len(places), corners) for places, corners in parsed]
    curves = np.zeros((sum(len(block) for block in blocks), len(points)))
    row = column = 0
    for block in blocks:
        height, width = block.shape
        curves[row : row + height, column : column + width] = block
        row, column = row + height, column + width
    ends = np.cumsum([len(block) for block in blocks])[:-1]
    stroke_of_point = np.repeat(np.arange(len(parsed)), [len(places) for places, _ in parsed])
    return Skeleton(name, points, stroke_of_point, curves, tuple(ends.tolist()))


def _points(stroke: str) -> tuple[FloatArray, list[int]]:
    """Return a stroke's points and which of them are corners."""
    words = stroke.split()
    points = np.array([[float(part) for part in word.rstrip("*").split(",")] for word in words])
    if points.ndim != 2 or points.shape[1] != 2 or len(points) < 2:
        raise ValueError(f"“{stroke}” is not a list of at least two points x,y.")
    return points, [index for index, word in enumerate(words) if word.endswith("*")]


def spline(count: int, corners: Sequence[int]) -> FloatArray:
    """Return what draws a smooth line through points: each row weighs them.

    The line is a Catmull-Rom spline (Catmull and Rom, 1974, "A class of local interpolating
    splines") from corner to corner; at its ends the direction is that of the nearest point.

    Parameters
    ----------
    count : int
        How many points there are, at least two.
    corners : sequence of int
        Which of them, from 0, end one smooth part and begin the next.

    Returns
    -------
    ndarray of float64, shape ((count - 1) * pieces + 1, count)
    """
    t = np.arange(_PIECES) / _PIECES
    basis = np.stack(
        [
            (-t + 2 * t**2 - t**3) / 2,
            (2 - 5 * t**2 + 3 * t**3) / 2,
            (t + 4 * t**2 - 3 * t**3) / 2,
            (t**3 - t**2) / 2,
        ],
        axis=1,
    )
    rows = np.zeros(((count - 1) * _PIECES + 1, count))
    for start in range(count - 1):
        before = start if start in corners else max(start - 1, 0)
        after = start + 1 if start + 1 in corners else min(start + 2, count - 1)
        part = rows[start * _PIECES : (start + 1) * _PIECES]
        for column, weight in zip((before, start, start + 1, after), basis.T, strict=True):
            part[:, column] += weight
    rows[-1, -1] = 1.0
    return rows

"""Digits that are written while training: strokes of a pen, rendered as the sketch pad renders.

MNIST was written by Americans with pencils and scanned. People elsewhere cross their sevens and
zeros, begin a one with a long upstroke, build an eight of two circles; and a line that reaches
far out of a zero makes the whole drawing smaller in its box. So digits are written from skeletons
of such shapes (``resources/skeletons``), each time another way, and take the road of a drawing.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from .skeletons import Skeleton, digit_skeletons, non_digit_skeletons, spline
from .strokes import render_strokes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]

# Standard deviations. Lengths are in heights of a digit, angles in radians.
_POINT = 0.03  # of each point of a skeleton, on its own
_STROKE_PLACE = 0.04  # of each stroke, on its own: where it lies,
_STROKE_TURN = 0.10  # how it is turned,
_STROKE_SIZE = 0.13  # and the logarithm of its size
_WAVE = 0.03  # of the waves that bend all of the digit
_BEND = 0.12  # of how far a parabola bends it
_TURN = 0.10
_SLANT = 0.18
_STRETCH = 0.3  # of the logarithm of width over height,
_WIDE, _WIDE_SHARE = 0.6, 0.12  # to which so much is added for a hand that writes wide
_TREMOR = 0.004  # of each point of the drawn curves
_PEN = 0.18  # of the logarithm of the pen's width
_MOST_PEN = 1.6  # as many times wider, or narrower, than the average at most
_WAVES = 2
# Of what is no digit: lines through random points, and two digits; the rest are letters and signs.
_SCRIBBLES, _PAIRS = 0.3, 0.1
_LONGEST_WAVE, _SHORTEST_WAVE = 3.0, 0.8


def write_digit(digit: int, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Write a digit by a random skeleton in a random hand.

    Parameters
    ----------
    digit : int
        0 to 9.
    rng : numpy.random.Generator
        Source of all randomness.

    Returns
    -------
    ndarray of uint8, shape (784,)
        Grey levels, light on black, as of a drawing on the sketch pad that is not narrowed.
    """
    # Not narrowed: who has seen wide digits, too, reads narrowed ones better.
    return _draw(_written_way(digit_skeletons()[digit], rng), rng, narrow=False)


def write_non_digit(rng: np.random.Generator) -> NDArray[np.uint8]:
    """Write a letter or a sign, two digits beside each other, or a scribble.

    Letters that may be read as a digit, such as O and l, are not among them.

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of all randomness.

    Returns
    -------
    ndarray of uint8, shape (784,)
        As of :func:`write_digit`.
    """
    kind = rng.random()
    if kind < _SCRIBBLES:
        return _draw(_scribble(rng), rng)
    if kind < _SCRIBBLES + _PAIRS:
        left, right = (
            _written_way(digit_skeletons()[digit], rng) for digit in rng.integers(0, 10, 2)
        )
        return _draw(left + _beside(left, right, rng), rng)
    return _draw(_written_way(non_digit_skeletons(), rng), rng)


def _scribble(rng: np.random.Generator) -> list[FloatArray]:
    """Return one or two lines through random points, smooth or with corners."""
    strokes = []
    for _ in range(rng.integers(1, 3)):
        count = int(rng.integers(6, 16))
        corners = np.flatnonzero(rng.random(count) < rng.choice([0.0, 0.5]))
        strokes.append(spline(count, corners.tolist()) @ rng.random((count, 2)))
    return strokes


def _beside(
    left: list[FloatArray], right: list[FloatArray], rng: np.random.Generator
) -> list[FloatArray]:
    """Return strokes moved to the right of others."""
    gap = np.concatenate(left).max(0)[0] - np.concatenate(right).min(0)[0]
    shift = np.array([gap + rng.uniform(-0.1, 0.4), rng.uniform(-0.2, 0.2)])
    return [stroke + shift for stroke in right]


def _written_way(ways: Sequence[Skeleton], rng: np.random.Generator) -> list[FloatArray]:
    return written_strokes(ways[int(rng.integers(len(ways)))], rng)


def _draw(
    strokes: list[FloatArray], rng: np.random.Generator, *, narrow: bool = True
) -> NDArray[np.uint8]:
    """Render strokes by a pen of random width."""
    pen_width = min(max(math.exp(_PEN * rng.standard_normal()), 1 / _MOST_PEN), _MOST_PEN)
    image = render_strokes(strokes, pen_width, narrow=narrow)
    assert image is not None  # nothing that is written is empty
    return image.reshape(-1)


def written_strokes(skeleton: Skeleton, rng: np.random.Generator) -> list[FloatArray]:
    """Return a skeleton's strokes as one hand writes them once.

    Parameters
    ----------
    skeleton : Skeleton
        Stays as it is.
    rng : numpy.random.Generator
        Source of all randomness.

    Returns
    -------
    list of ndarray of float64, each of shape (n, 2)
        Points (x, y), y downwards, in heights of a digit.
    """
    points = _moved_strokes(skeleton, rng)
    points += _POINT * rng.standard_normal(points.shape)
    curves = skeleton.curves @ points
    _bend(curves, rng)
    curves = curves @ _hand(rng).T
    curves += _TREMOR * rng.standard_normal(curves.shape)
    return skeleton.strokes(curves)


def _moved_strokes(skeleton: Skeleton, rng: np.random.Generator) -> FloatArray:
    """Return a skeleton's points with each stroke turned, resized and shifted on its own."""
    points = skeleton.points.copy()
    if skeleton.stroke_count == 1:
        return points  # what follows moves all of it
    count = skeleton.stroke_count
    place = _STROKE_PLACE * rng.standard_normal((count, 2))
    for stroke, (turn, size) in enumerate(rng.standard_normal((count, 2)).tolist()):
        own = points[skeleton.stroke_of_point == stroke]
        middle = own.mean(0)
        turned = math.exp(_STROKE_SIZE * size) * _rotation(_STROKE_TURN * turn)
        moved = (own - middle) @ turned.T + middle + place[stroke]
        points[skeleton.stroke_of_point == stroke] = moved
    return points


def _bend(curves: FloatArray, rng: np.random.Generator) -> None:
    """Bend curves by a parabola along each axis and by a few long waves, in place."""
    # Crossed: the height bends the digit sideways, its width up or down.
    curves += _BEND * rng.standard_normal(2) * curves[:, ::-1] ** 2
    direction, phases, length = rng.random((3, _WAVES))
    direction *= 2 * math.pi
    waves = np.array([np.cos(direction), np.sin(direction)])
    waves *= 2 * math.pi / (_SHORTEST_WAVE + (_LONGEST_WAVE - _SHORTEST_WAVE) * length)
    heights = _WAVE * rng.standard_normal((_WAVES, 2))
    curves += np.sin(curves @ waves + 2 * math.pi * phases) @ heights


def _hand(rng: np.random.Generator) -> FloatArray:
    """Return a random rotation x slant x stretch, shape (2, 2)."""
    turn, slant, stretch = rng.standard_normal(3).tolist()
    wide = _WIDE if rng.random() < _WIDE_SHARE else 0.0
    widen = math.exp((_STRETCH * stretch + wide) / 2)
    # y points downwards: a positive slant moves the top to the right.
    hand: FloatArray = _rotation(_TURN * turn) @ [
        [widen, -_SLANT * slant / widen],
        [0.0, 1 / widen],
    ]
    return hand


def _rotation(angle: float) -> FloatArray:
    cos, sin = math.cos(angle), math.sin(angle)
    return np.array([[cos, -sin], [sin, cos]])

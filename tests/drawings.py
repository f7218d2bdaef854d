"""Digits and letters as strokes of a pen, drawn by formulas that no training uses.

They are what people draw and MNIST hardly shows. Points are (x, y), y downwards, in heights of a
digit.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mnist_studio.data.skeletons import spline
from mnist_studio.data.strokes import render_strokes

Stroke = NDArray[np.float64]


def line(*points):
    return np.array(points, float)


def arc(x, y, width, height, start, end):
    """Return a part of an ellipse; angles in degrees, clockwise from the right."""
    angles = np.radians(np.linspace(start, end, 30))
    return np.stack([x + width / 2 * np.cos(angles), y + height / 2 * np.sin(angles)], axis=1)


def slashed_zero(rng):
    """Cross an oval at any angle between flat and upright, inside it or far beyond it."""
    angle, length = np.radians(rng.uniform(25, 90)), rng.uniform(0.45, 0.85)
    half = length * np.array([np.cos(angle), -np.sin(angle)])
    start = rng.uniform(200, 330)
    middle = rng.uniform(-0.05, 0.05, 2)
    oval = arc(0, 0, rng.uniform(0.5, 0.95), 1, start, start - rng.uniform(340, 385))
    return [oval, np.stack([middle - half, middle + half])]


def zero_with_backslash(rng):
    oval, slash = slashed_zero(rng)
    return [oval, slash * [-1, 1]]


def one_with_upstroke(rng):
    lean, angle = np.radians(rng.uniform(-8, 25)), np.radians(rng.uniform(20, 50))
    length = rng.uniform(0.4, 0.95)
    start = (-length * np.sin(angle), length * np.cos(angle))
    return [line(start, (0, 0), (-np.sin(lean), np.cos(lean)))]


def one_with_base(rng):
    foot = -rng.uniform(-0.1, 0.25)
    flag = line((-rng.uniform(0.15, 0.45), rng.uniform(0.1, 0.45)), (0, 0), (foot, 1))
    half = rng.uniform(0.2, 0.5)
    base = line((foot - half, 1), (foot + half * rng.uniform(0.7, 1.2), 1))
    return [flag if rng.random() < 0.7 else flag[1:], base]


def leaning_one(rng):
    lean = np.radians(rng.uniform(20, 60))
    return [line((np.sin(lean), -np.cos(lean)), (0, 0))]


def flat_one(rng):
    lean = np.radians(rng.uniform(60, 80))
    return [line((np.sin(lean), -np.cos(lean)), (0, 0))]


def hooked_one(rng):
    size = rng.uniform(0.15, 0.3)
    return [
        np.concatenate(
            [line((0, 0), (0, 1 - size / 2)), arc(-size / 2, 1 - size / 2, size, size, 0, 150)]
        )
    ]


def crossed_seven(rng):
    width, foot, height = rng.uniform(0.5, 0.8), rng.uniform(0.05, 0.4), rng.uniform(0.42, 0.6)
    serif = [(0, rng.uniform(0.1, 0.22))] if rng.random() < 0.6 else []
    middle = width * 0.62
    left = (middle - rng.uniform(0.2, 0.4), height + rng.uniform(-0.05, 0.1))
    right = (middle + rng.uniform(0.15, 0.35), height - rng.uniform(-0.05, 0.1))
    stem = line(*serif, (0, 0), (width, 0), (0.6 * width + 0.2 * foot, 0.45), (foot, 1))
    return [stem, line(left, right)]


def eight_of_circles(rng):
    top, bottom = rng.uniform(0.7, 1.0), rng.uniform(0.8, 1.2)
    start, gap = rng.uniform(0, 360), rng.uniform(-0.1, 0.1)
    return [
        arc(rng.uniform(-0.1, 0.1), side * (size + gap) / 2, size * wide, size, start, start + turn)
        for side, size in ((-1, top), (1, bottom))
        for wide, turn in [(rng.uniform(0.8, 1.15), rng.uniform(345, 375))]
    ]


def eight_with_small_head(rng):
    top = rng.uniform(0.4, 0.55)
    turn = rng.uniform(335, 370)
    head = arc(0, -top / 2, top, top, 90, 90 + turn)
    return [np.concatenate([head, arc(0, 0.5, rng.uniform(0.8, 1.1), 1, -90, -90 - turn)])]


def four_of_two_strokes(rng):
    x, y = rng.uniform(0.45, 0.7), rng.uniform(0.5, 0.7)
    corner = line((rng.uniform(0.05, 0.4), 0), (0, y), (rng.uniform(0.8, 1.05), y))
    return [corner, line((x + rng.uniform(0, 0.12), rng.uniform(-0.1, 0.4)), (x, 1))]


def six_with_loop_beside(rng):
    width, height = rng.uniform(0.45, 0.7), rng.uniform(0.4, 0.6)
    stem = line((rng.uniform(0.1, 0.35), -0.1), (0.02, 0.35), (0, 0.7))
    loop = arc(width / 2, 1 - height / 2, width, height, 170, 170 - rng.uniform(330, 400))
    return [np.concatenate([stem, loop])]


def six_with_large_loop(rng):
    width, height = rng.uniform(0.6, 0.85), rng.uniform(0.6, 0.75)
    loop = arc(0, 1 - height / 2, width, height, 190, 190 - rng.uniform(330, 380))
    return [np.concatenate([line((rng.uniform(-0.1, 0.15), 0)), loop])]


def seven_with_long_serif(rng):
    width, serif = rng.uniform(0.5, 0.8), rng.uniform(0.22, 0.36)
    stem = line((rng.uniform(-0.03, 0.03), serif), (0, 0), (width, 0), (width * 0.6, 1))
    height = rng.uniform(0.45, 0.6)
    bar = line((width * 0.4, height), (width * rng.uniform(0.95, 1.2), height - 0.05))
    return [stem, bar] if rng.random() < 0.5 else [stem]


def two_with_short_foot(rng):
    width, height = rng.uniform(0.45, 0.65), rng.uniform(0.45, 0.55)
    head = arc(0, height / 2, width, height, 200, 200 + rng.uniform(180, 200))
    left = -width * rng.uniform(0.3, 0.5)
    foot = line((left, 1), (left + rng.uniform(0.2, 0.35), rng.uniform(0.97, 1.03)))
    return [np.concatenate([head, foot])]


def nine_like_a_g(rng):
    """Draw a small head, and a stem that ends in a wide hook."""
    width, height = rng.uniform(0.35, 0.55), rng.uniform(0.24, 0.36)
    head = arc(0, height / 2, width, height, -20, -20 - rng.uniform(310, 340))
    size = width * rng.uniform(0.8, 1.2)
    hook = arc((width - size) / 2, 0.85, size, 0.3, 0, rng.uniform(120, 180))
    return [np.concatenate([head, line((width / 2, 0.05)), hook])]


SHAPES = {
    "zeros with a slash": (0, slashed_zero),
    "zeros with a backslash": (0, zero_with_backslash),
    "ones with an upstroke": (1, one_with_upstroke),
    "ones with a base": (1, one_with_base),
    "leaning ones": (1, leaning_one),
    "nearly flat ones": (1, flat_one),
    "hooked ones": (1, hooked_one),
    "crossed sevens": (7, crossed_seven),
    "eights of two circles": (8, eight_of_circles),
    "eights with a small head": (8, eight_with_small_head),
    "fours of two strokes": (4, four_of_two_strokes),
    "sixes with the loop beside": (6, six_with_loop_beside),
    "sixes with a large loop": (6, six_with_large_loop),
    "sevens with a long serif": (7, seven_with_long_serif),
    "twos with a short foot": (2, two_with_short_foot),
    "nines like a g": (9, nine_like_a_g),
}


def by_hand(strokes, rng):
    """Turn, slant, stretch and wave strokes a little, as no two hands write alike."""
    turn, slant, stretch = rng.normal(0, [0.07, 0.08, 0.12])
    turning = [[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]]
    hand = turning @ np.array([[np.exp(stretch), slant], [0, np.exp(-stretch)]])
    number, phase = rng.uniform(1.5, 6, 2), rng.uniform(0, 2 * np.pi)
    height = rng.normal(0, 0.03, 2)
    drawn = []
    for stroke in strokes:
        places = np.linspace(0, len(stroke) - 1, 12 * len(stroke))
        dense = np.stack([np.interp(places, range(len(stroke)), axis) for axis in stroke.T], axis=1)
        drawn.append((dense + np.sin(dense @ number + phase)[:, np.newaxis] * height) @ hand.T)
    return drawn


def drawings(shape, count, seed=0):
    """Return images of a shape, shape (count, 784), as the sketch pad prepares them."""
    rng = np.random.default_rng(seed)
    draw = SHAPES[shape][1]
    images = [render_strokes(by_hand(draw(rng), rng)) for _ in range(count)]
    return np.stack(images).reshape(count, -1)


LETTERS = {
    "E": [line((0.6, 0), (0, 0), (0, 1), (0.6, 1)), line((0, 0.5), (0.5, 0.5))],
    "H": [line((0, 0), (0, 1)), line((0.6, 0), (0.6, 1)), line((0, 0.5), (0.6, 0.5))],
    "K": [line((0, 0), (0, 1)), line((0.6, 0), (0, 0.55), (0.6, 1))],
    "M": [line((0, 1), (0.1, 0), (0.4, 0.7), (0.7, 0), (0.8, 1))],
    "N": [line((0, 1), (0, 0), (0.6, 1), (0.6, 0))],
    "X": [line((0, 0), (0.6, 1)), line((0.6, 0), (0, 1))],
}


def letters(count):
    """Return images of letters of straight lines, shape (count of each, 784)."""
    rng = np.random.default_rng(1)
    images = [render_strokes(by_hand(each, rng)) for each in LETTERS.values() for _ in range(count)]
    return np.stack(images).reshape(len(images), -1)


def scribbles(count):
    """Return images of smooth lines through random points, shape (count, 784)."""
    rng = np.random.default_rng(2)
    images = []
    for _ in range(count):
        points = rng.random((rng.integers(6, 14), 2))
        images.append(render_strokes([spline(len(points), ()) @ points]))
    return np.stack(images).reshape(count, -1)

"""Strokes to be drawn, and what is measured of the images made of them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mnist_studio.data.strokes import render_strokes

Image = NDArray[np.uint8]
Points = NDArray[np.float64]


def rendered(strokes: list[Points], pen_width: float = 1.0) -> Image:
    image = render_strokes(strokes, pen_width)
    assert image is not None
    return image


def circle(points: int = 60, radius: float = 80.0) -> Points:
    turn = np.linspace(0, 2 * np.pi, points)
    return np.stack([150 + radius * np.cos(turn), 140 + 1.3 * radius * np.sin(turn)], axis=1)


def seven() -> list[Points]:
    return [
        np.array([[40.0, 30.0], [160.0, 32.0], [90.0, 230.0]]),
        np.array([[80.0, 130.0], [150.0, 128.0]]),
    ]


def center_of_mass(image: Image) -> tuple[float, float]:
    places = np.arange(28)
    mass = image.sum(dtype=float)
    return float(image.sum(0) @ places / mass), float(image.sum(1) @ places / mass)


def ink_box(image: Image) -> tuple[int, int]:
    rows, columns = np.flatnonzero(image.any(1)), np.flatnonzero(image.any(0))
    return int(columns[-1] - columns[0] + 1), int(rows[-1] - rows[0] + 1)

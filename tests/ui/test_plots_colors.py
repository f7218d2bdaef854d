from itertools import combinations

import numpy as np
import pytest
from PySide6.QtGui import QColor

from mnist_studio.ui import theme

RUNS = [theme.run_token(index) for index in range(10)]
# Linear RGB as it is seen without the long, the medium and the short cones (Machado, Oliveira and
# Fernandes, "A physiologically-based model for simulation of color vision deficiency", 2009).
PROTANOPIA = [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
]
DEUTERANOPIA = [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.011820, 0.042940, 0.968881],
]
# From linear RGB to cones and from their cube roots to Oklab (Ottosson, 2020).
CONES = [
    [0.4122214708, 0.5363325363, 0.0514459929],
    [0.2119034982, 0.6806995451, 0.1073969566],
    [0.0883024619, 0.2817188376, 0.6299787005],
]
OKLAB = [
    [0.2104542553, 0.7936177850, -0.0040720468],
    [1.9779984951, -2.4285922050, 0.4505937099],
    [0.0259040371, 0.7827717662, -0.8086757660],
]


def linear(text):
    part = np.array(QColor(text).getRgbF()[:3])
    return np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)


def contrast(first, second):
    """Contrast ratio of WCAG 2."""
    light, dark = sorted(
        (float(linear(each) @ [0.2126, 0.7152, 0.0722]) for each in (first, second)), reverse=True
    )
    return (light + 0.05) / (dark + 0.05)


def seen(text, deficiency):
    color = np.clip(np.array(deficiency) @ linear(text), 0, 1)
    return np.array(OKLAB) @ np.cbrt(np.array(CONES) @ color)


@pytest.mark.parametrize("colors", [theme.DARK, theme.LIGHT], ids=lambda each: each.name)
@pytest.mark.parametrize("deficiency", [np.eye(3), PROTANOPIA, DEUTERANOPIA])
def test_run_colors_are_told_apart_by_everyone(colors, deficiency):
    looks = {token: seen(getattr(colors, token), deficiency) for token in RUNS}
    for first, second in combinations(RUNS, 2):
        # A difference of 0.02 is just noticed side by side.
        assert np.linalg.norm(looks[first] - looks[second]) > 0.06, (first, second)


@pytest.mark.parametrize("colors", [theme.DARK, theme.LIGHT], ids=lambda each: each.name)
def test_run_colors_stand_out_from_the_surface(colors):
    for token in RUNS:
        assert contrast(getattr(colors, token), colors.surface) >= 3.0


def test_the_eleventh_run_has_the_first_color_again():
    assert len(set(RUNS)) == 10
    assert theme.run_token(10) == theme.run_token(0) == "run_1"


def test_a_tint_lies_between_the_color_and_the_surface(qapp):
    theme.choose("light")
    assert theme.tint("run_1", 0.0).name() == theme.current().surface
    assert theme.tint("run_1", 1.0).name() == theme.current().run_1
    assert theme.tint("error", 0.5).name() == "#e39494"

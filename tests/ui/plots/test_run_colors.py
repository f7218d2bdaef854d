from itertools import combinations, pairwise

import numpy as np
import pytest
from PySide6.QtGui import QColor

from mnist_studio.runs.label import RAMP_COLORS, RUN_COLORS
from mnist_studio.ui import theme
from mnist_studio.ui.colors import contrast

RUNS = range(RUN_COLORS)
RAMP = range(RUN_COLORS, RUN_COLORS + RAMP_COLORS)
THEMES = pytest.mark.parametrize("colors", [theme.DARK, theme.LIGHT], ids=lambda each: each.name)
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


def seen(text, deficiency):
    color = np.clip(np.array(deficiency) @ linear(text), 0, 1)
    return np.array(OKLAB) @ np.cbrt(np.array(CONES) @ color)


@THEMES
@pytest.mark.parametrize("deficiency", [np.eye(3), PROTANOPIA, DEUTERANOPIA])
def test_run_colors_are_told_apart_by_everyone(colors, deficiency):
    looks = [seen(colors.runs[index], deficiency) for index in RUNS]
    for first, second in combinations(looks, 2):
        # A difference of 0.02 is just noticed side by side.
        assert np.linalg.norm(first - second) > 0.06


@THEMES
@pytest.mark.parametrize("deficiency", [np.eye(3), PROTANOPIA, DEUTERANOPIA])
@pytest.mark.parametrize("count", [2, 3, 4, 5, 6])
def test_neighbors_on_the_ramp_are_told_apart_by_everyone(colors, deficiency, count):
    places = np.linspace(RAMP[0], RAMP[-1], count).round().astype(int)
    looks = [seen(colors.runs[index], deficiency) for index in places]
    for first, second in pairwise(looks):
        assert np.linalg.norm(first - second) > 0.06


@THEMES
def test_the_ramp_grows_lighter_from_one_end_to_the_other(colors):
    lightness = [seen(colors.runs[index], np.eye(3))[0] for index in RAMP]
    assert (np.diff(lightness) > 0).all()


@THEMES
def test_run_colors_stand_out_from_the_surface_and_are_no_black_or_white(colors):
    assert len(colors.runs) == RUN_COLORS + RAMP_COLORS
    for color in colors.runs:
        assert contrast(QColor(color), QColor(colors.surface)) >= 3.0
        lightness, *chroma = seen(color, np.eye(3))
        assert 0.35 < lightness < 0.95
        assert np.hypot(*chroma) > 0.05


def test_a_run_has_the_same_hue_in_both_themes():
    for light, dark in zip(theme.LIGHT.runs, theme.DARK.runs, strict=True):
        one, other = (seen(each, np.eye(3))[1:] for each in (light, dark))
        turn = np.angle(complex(*one) / complex(*other), deg=True)
        assert abs(turn) < 25, (light, dark)


def test_copies_of_a_color_grow_paler(qapp):
    tokens = [theme.run_token(2, copy) for copy in range(4)]
    assert tokens == ["run_3", "run_3-1", "run_3-2", "run_3"]
    first, second, third = (theme.color(each).lightness() for each in tokens[:3])
    assert first < second < third


def test_a_tint_lies_between_the_color_and_the_surface(qapp):
    assert theme.tint("run_1", 0.0).name() == theme.current().surface
    assert theme.tint("run_1", 1.0).name() == theme.current().runs[0]
    assert theme.tint("error", 0.5).name() == "#e39494"

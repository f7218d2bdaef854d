"""Which part of a plane a widget shows."""

import numpy as np
import pytest
from PySide6.QtCore import QSize

from mnist_studio.ui.inside.plane import Plane

SQUARE = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)], np.float32)


@pytest.fixture
def plane():
    plane = Plane(margin=10)
    plane.size = QSize(420, 220)
    return plane


def test_all_places_are_within_the_margin_and_units_are_as_long_in_both_directions(plane):
    places = np.random.default_rng(0).normal(size=(100, 2)).astype(np.float32)
    plane.fit(places)
    pixels = plane.pixels(places)
    assert (pixels >= 10).all()
    assert (pixels <= [410, 210]).all()
    apart = places[:50] - places[50:]
    ratio = np.hypot(*(pixels[:50] - pixels[50:]).T) / np.hypot(*apart.T)
    np.testing.assert_allclose(ratio, ratio[0], rtol=1e-3)
    assert ((pixels[:50, 1] < pixels[50:, 1]) == (places[:50, 1] > places[50:, 1])).all()


def test_what_is_shown_stays_while_the_places_move_a_little(plane):
    plane.fit(SQUARE)
    before = plane.pixels(SQUARE)
    plane.fit(0.9 * SQUARE)
    np.testing.assert_allclose(plane.pixels(SQUARE), before)


@pytest.mark.parametrize("factor", [1.3, 0.3])
def test_it_fits_anew_when_a_place_leaves_or_all_have_become_small(plane, factor):
    plane.fit(SQUARE)
    before = plane.pixels(SQUARE)
    plane.fit(factor * SQUARE)
    np.testing.assert_allclose(plane.pixels(factor * SQUARE), before, rtol=1e-4)


def test_a_single_place_and_a_line_are_in_the_middle(plane):
    plane.fit(np.zeros((3, 2), np.float32))
    np.testing.assert_allclose(plane.pixels(np.zeros((1, 2), np.float32)), [[210, 110]])
    plane.fit(np.array([(0, 5), (2, 5)], np.float32))
    np.testing.assert_allclose(plane.pixels(np.array([(1, 5)], np.float32)), [[210, 110]])

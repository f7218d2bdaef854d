"""Dots painted by NumPy."""

import numpy as np
import pytest
from PySide6.QtGui import QColor

from mnist_studio.data.registry import CLASSES
from mnist_studio.ui import theme
from mnist_studio.ui.inside.dots import class_token, dots_image


def image_of(*dots, size=(60, 40), radius=3.0):
    """Paint dots (x, y, class, wrong)."""
    x, y, classes, wrong = zip(*dots, strict=True)
    places = np.column_stack((x, y)).astype(np.float32)
    return dots_image(size, places, np.array(classes, np.uint8), np.array(wrong), radius)


def color_at(image, x, y):
    return QColor(image.pixel(x, y)).name()


@pytest.fixture(params=["light", "dark"])
def colors(qapp, request):
    theme.choose(request.param)
    return theme.color


def test_a_dot_has_the_color_of_its_class_on_the_surface(colors):
    image = image_of(*((5 * k + 7, 20, k, False) for k in range(CLASSES)), radius=2.0)
    assert (image.width(), image.height()) == (60, 40)
    for k in range(CLASSES):
        assert color_at(image, 5 * k + 7, 20) == colors(class_token(k)).name()
    assert color_at(image, 30, 5) == colors("surface").name()
    assert len({colors(class_token(k)).name() for k in range(CLASSES)}) == CLASSES


def test_its_area_is_that_of_a_disc(colors):
    image = image_of((30, 20, 0, False), radius=4.0)
    surface, color = colors("surface"), colors(class_token(0))
    covered = sum(
        (image.pixelColor(x, y).redF() - surface.redF()) / (color.redF() - surface.redF())
        for x in range(60)
        for y in range(40)
    )
    assert covered == pytest.approx(np.pi * 4.0**2, rel=0.05)


def test_a_mistake_lies_above_with_a_ring_around_it(colors):
    image = image_of((30, 20, 1, True), (33, 20, 2, False))
    assert color_at(image, 30, 20) == colors(class_token(1)).name()
    surface, text = colors("surface").redF(), colors("text").redF()
    for x in (34, 26):  # the other dot would be there
        assert (image.pixelColor(x, 20).redF() - surface) / (text - surface) > 0.6


def test_the_later_of_two_dots_lies_above(colors):
    image = image_of((30, 20, 1, False), (32, 20, 2, False))
    assert color_at(image, 31, 20) == colors(class_token(2)).name()


def test_what_is_outside_or_nowhere_is_left_out(colors):
    image = image_of((-5, 20, 1, False), (30, 1e6, 2, True), (59.9, 39.9, 3, False))
    surface = colors("surface").name()
    assert {color_at(image, x, y) for x in range(60) for y in range(40)} == {surface}

"""Digits that are written: readable, of many kinds, and the same for the same random numbers."""

import numpy as np
import pytest

from mnist_studio.data.registry import SIDE
from mnist_studio.data.skeletons import digit_skeletons, non_digit_skeletons
from mnist_studio.data.strokes import CENTER, render_strokes
from mnist_studio.data.writing import write_digit, write_non_digit, written_strokes

from .drawings import ink_box


def generator(seed=0):
    return np.random.default_rng(seed)


@pytest.mark.parametrize("digit", [*range(10), None])
def test_what_is_written_is_prepared_like_a_drawing(digit):
    places = np.arange(SIDE)
    for seed in range(30):
        rng = generator(seed)
        image = write_non_digit(rng) if digit is None else write_digit(digit, rng)
        assert image.dtype == np.uint8
        assert image.shape == (784,)
        ink = image.reshape(SIDE, SIDE).astype(float)
        mass = ink.sum()
        assert 255 * 15 < mass < 255 * (260 if digit is not None else 400)
        if np.ptp(np.argwhere(ink)[:, 0]) < 20:  # else it touches the edge of its box
            assert ink.sum(1) @ places / mass == pytest.approx(CENTER, abs=0.6)


def test_the_same_random_numbers_write_the_same_digit_and_others_another():
    assert write_digit(4, generator(1)).tobytes() == write_digit(4, generator(1)).tobytes()
    images = {write_digit(4, generator(seed)).tobytes() for seed in range(50)}
    assert len(images) == 50


def test_every_way_of_a_digit_is_used():
    ways = digit_skeletons()[7]
    nearest = set()
    plain = [render_strokes(way.strokes(way.curves @ way.points)).reshape(-1) for way in ways]
    for seed in range(200):
        image = write_digit(7, generator(seed)).astype(float)
        nearest.add(int(np.argmin([np.abs(image - other).sum() for other in plain])))
    assert nearest == set(range(len(ways)))


def test_every_letter_and_sign_is_used():
    ways = non_digit_skeletons()
    plain = [render_strokes(way.strokes(way.curves @ way.points)).reshape(-1) for way in ways]
    images = [write_non_digit(generator(seed)).astype(float) for seed in range(400)]
    nearest = {int(np.argmin([np.abs(image - way).sum() for way in plain])) for image in images}
    assert len(nearest) > 0.8 * len(ways)


def test_digits_are_as_wide_as_they_are_written():
    def aspect(image):
        width, height = ink_box(image.reshape(SIDE, SIDE))
        return width / height

    # A drawing that is narrowed would have to be twice as wide for it.
    assert max(aspect(write_digit(0, generator(seed))) for seed in range(60)) > 1.5


def test_pens_are_thin_and_thick():
    ink = [write_digit(1, generator(seed)).sum() for seed in range(200)]
    assert max(ink) > 2 * min(ink)


def test_strokes_are_the_skeletons_with_small_changes_of_their_own():
    skeleton = digit_skeletons()[0][3]  # an oval with a slash
    rng = generator()
    plain = skeleton.strokes(skeleton.curves @ skeleton.points)
    angles = []
    for _ in range(200):
        oval, slash = written_strokes(skeleton, rng)
        assert (len(oval), len(slash)) == tuple(map(len, plain))
        step = slash[-1] - slash[0]
        angles.append(np.degrees(np.arctan2(step[1], -step[0])))
    assert min(angles) < 45
    assert max(angles) > 75


def test_writing_changes_no_skeleton():
    skeleton = digit_skeletons()[8][0]
    before = skeleton.points.copy()
    written_strokes(skeleton, generator())
    np.testing.assert_array_equal(skeleton.points, before)

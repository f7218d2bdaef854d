"""Grey levels as numbers from 0 to 1."""

import numpy as np
import pytest

from mnist_studio.data.pixels import unit_range

LEVELS = np.arange(256, dtype=np.uint8).reshape(2, 128)


def test_levels_become_numbers_from_nothing_to_all():
    numbers = unit_range(LEVELS)
    assert numbers.dtype == np.float32
    assert (numbers.shape, numbers.min(), numbers.max()) == ((2, 128), 0.0, 1.0)
    np.testing.assert_allclose(numbers, LEVELS / 255, rtol=1e-6)


@pytest.mark.parametrize(
    "images", [LEVELS, LEVELS[:, ::2], LEVELS.T], ids=["all", "half", "turned"]
)
def test_every_way_gives_the_same_numbers(images):
    expected = images * np.float32(1 / 255)
    whole, wider = np.empty(images.shape, np.float32), np.zeros((300, 300), np.float32)
    part = wider[1 : 1 + images.shape[0], 1 : 1 + images.shape[1]]
    for out in (whole, part):
        assert unit_range(images, out) is out
        np.testing.assert_array_equal(out, expected)
    np.testing.assert_array_equal(unit_range(images), expected)
    assert wider.sum() == part.sum()


def test_numbers_stay_as_they_are_and_are_not_written_to():
    numbers = np.linspace(0, 1, 8, dtype=np.float32)
    numbers.setflags(write=False)
    copy = unit_range(numbers)
    np.testing.assert_array_equal(copy, numbers)
    assert not np.shares_memory(copy, numbers)

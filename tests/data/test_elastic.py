"""The bank of smooth fields: noise blurred by a Gaussian, of unit size everywhere."""

import numpy as np
import pytest

from mnist_studio.data.elastic import FIELDS, SMOOTHNESS, displacement_fields


def test_every_pixel_moves_by_one_pixel_in_the_root_mean_square_and_nowhere_on_average():
    fields = displacement_fields()
    assert fields.shape == (FIELDS, 784)
    assert fields.dtype == np.float32
    np.testing.assert_allclose(fields.mean(0), 0, atol=1e-6)
    np.testing.assert_allclose(np.sqrt(np.mean(fields**2, axis=0)), 1, rtol=1e-5)


@pytest.mark.parametrize("distance", [1, 4, 8])
@pytest.mark.parametrize("axis", [1, 2])
def test_pixels_are_alike_as_noise_blurred_by_a_gaussian_is(axis, distance):
    """The blurred noise's autocorrelation is a Gaussian, too, wider by the square root of two."""
    fields = displacement_fields().reshape(-1, 28, 28)
    near = np.moveaxis(fields, axis, 0)
    measured = np.mean(near[distance:] * near[:-distance])
    expected = np.exp(-((distance / SMOOTHNESS) ** 2) / 4)
    assert measured == pytest.approx(expected, abs=0.03)


def test_the_bank_is_made_once_and_nobody_can_change_it():
    assert displacement_fields() is displacement_fields()
    with pytest.raises(ValueError, match="read-only"):
        displacement_fields()[0] = 0

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from mnist_studio.data.preprocess import prepare_image, shrink_image
from mnist_studio.data.strokes import CENTER

from .drawings import Image, center_of_mass, ink_box, rendered, seven


def prepared(pixels: NDArray[np.generic]) -> Image:
    image = prepare_image(pixels)
    assert image is not None
    return image


def picture_of_a_seven(scale: int = 6) -> NDArray[np.float64]:
    """Draw a seven on a picture of 200 x 240 or so, ink 1 on paper 0."""
    digit = rendered(seven()) / 255
    large = np.kron(digit, np.ones((scale, scale)))
    return np.pad(large, ((10, 60), (50, 20)))


def assert_like(image: Image, expected: Image, tolerance: float = 0.12) -> None:
    difference = np.abs(image.astype(float) - expected).sum() / expected.sum(dtype=float)
    assert difference < tolerance


def test_a_28x28_image_on_black_passes_unchanged() -> None:
    image = rendered(seven())
    result = prepared(image)
    np.testing.assert_array_equal(result, image)
    assert result is not image


def test_a_28x28_image_on_white_is_inverted() -> None:
    image = rendered(seven())
    np.testing.assert_array_equal(prepared(np.invert(image)), image)


@pytest.mark.parametrize("scale", [2, 6, 25])
def test_dark_on_light_and_light_on_dark_give_the_same_digit(scale: int) -> None:
    ink = picture_of_a_seven(scale)
    on_black = prepared((ink * 255).astype(np.uint8))
    on_white = prepared(255 - (ink * 255).astype(np.uint8))
    # Placed by whole pixels, not between them: up to half a pixel apart.
    assert_like(on_black, rendered(seven()), 0.5)
    assert_like(on_white, on_black, 0.02)


def test_floats_of_any_range_are_understood() -> None:
    ink = picture_of_a_seven()
    assert_like(prepared(1e-3 - 1e-4 * ink), prepared(ink), 0.01)
    assert_like(prepared(3000 * ink - 70), prepared(ink), 0.01)


def test_an_unevenly_lit_noisy_photo_gives_the_digit() -> None:
    ink = np.pad(picture_of_a_seven(), 60)
    y, x = np.mgrid[-1 : 1 : ink.shape[0] * 1j, -1 : 1 : ink.shape[1] * 1j]
    light = 170 - 40 * x + 20 * y - 25 * x * x
    noise = np.random.default_rng(0).normal(0, 5, ink.shape)
    photo = np.clip(light * (1 - 0.6 * ink) + noise, 0, 255).astype(np.uint8)
    assert_like(prepared(photo), prepared(ink), 0.2)


def test_specks_far_from_the_digit_are_left_out() -> None:
    ink = picture_of_a_seven()
    dusty = ink.copy()
    dusty[3:6, 3:6] = 1
    dusty[-4:-1, -5:-2] = 1
    assert_like(prepared(dusty), prepared(ink), 0.01)


def test_hairlines_become_as_strong_as_mnists_strokes() -> None:
    page = np.full((300, 200), 255, np.uint8)
    page[20:280, 99:102] = 30
    image = prepared(page)
    assert image.max() == 255
    assert 30 < image.sum(dtype=float) / 255 < 65


def test_the_prepared_digit_is_centered_by_whole_pixels() -> None:
    image = prepared(picture_of_a_seven())
    assert max(ink_box(image)) in (19, 20)
    for place in center_of_mass(image):
        assert place == pytest.approx(CENTER, abs=0.51)


def test_blank_pages_give_nothing() -> None:
    noise = np.random.default_rng(0).normal(120, 4, (90, 70))
    edge = np.array([[0, 255]], np.uint8)  # in which nothing is paper and nothing is ink
    for page in (np.zeros((28, 28), np.uint8), np.full((40, 50), 255, np.uint8), noise, edge):
        assert prepare_image(page) is None


@settings(deadline=None, max_examples=100)
@given(st.integers(1, 40), st.integers(1, 40), st.integers(0, 2**32 - 1), st.booleans())
def test_any_picture_gives_an_image_or_nothing(
    height: int, width: int, seed: int, sparse: bool
) -> None:
    pixels = np.random.default_rng(seed).integers(0, 256, (height, width), dtype=np.uint8)
    if sparse:
        pixels[pixels < 240] = 0
    image = prepare_image(pixels)
    if image is not None:
        assert image.shape == (28, 28)
        assert image.dtype == np.uint8
        assert image.any()


@pytest.mark.parametrize("bad", [np.zeros((2, 2, 3)), np.zeros(5), np.full((9, 9), np.nan)])
def test_what_is_no_grey_picture_is_refused(bad: NDArray[np.float64]) -> None:
    with pytest.raises(ValueError, match="two-dimensional"):
        prepare_image(bad)


def test_a_merely_shrunk_picture_keeps_its_margins_and_is_light_on_black() -> None:
    paper = 255 - (picture_of_a_seven() * 255).astype(np.uint8)
    image = shrink_image(paper)
    assert image is not None
    assert image.shape == (28, 28)
    assert image[-4:].max() == 0  # below the digit is a wide margin
    assert image.max() > 150
    assert shrink_image(np.full((40, 30), 200, np.uint8)) is None

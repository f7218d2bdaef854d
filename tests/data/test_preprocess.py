from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from mnist_studio.data.preprocess import CENTER, prepare_image, render_strokes

Image = NDArray[np.uint8]
Points = NDArray[np.float64]


def rendered(strokes: list[Points], pen_width: float = 1.0) -> Image:
    image = render_strokes(strokes, pen_width)
    assert image is not None
    return image


def prepared(pixels: NDArray[np.generic]) -> Image:
    image = prepare_image(pixels)
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


finite = st.floats(-1e6, 1e6, allow_nan=False, width=32)
stroke = st.lists(st.tuples(finite, finite), max_size=12).map(
    lambda points: np.array(points, float).reshape(-1, 2)
)


def test_nothing_drawn_gives_nothing() -> None:
    assert render_strokes([]) is None
    assert render_strokes([np.empty((0, 2))]) is None


@settings(deadline=None, max_examples=200)
@given(st.lists(stroke, max_size=4), st.floats(0.2, 3))
def test_any_strokes_give_an_image_whose_ink_fits(strokes: list[Points], pen: float) -> None:
    image = render_strokes(strokes, pen)
    if not any(len(each) for each in strokes):
        assert image is None
        return
    assert image is not None
    assert image.shape == (28, 28)
    assert image.dtype == np.uint8
    assert image.max() > 60
    assert max(ink_box(image)) <= 21


@settings(deadline=None, max_examples=60)
@given(st.floats(0.02, 50), st.floats(-1000, 1000), st.floats(-1000, 1000))
def test_size_and_place_of_the_drawing_do_not_matter(size: float, x: float, y: float) -> None:
    moved = [each * size + np.array([x, y]) for each in [circle(), *seven()]]
    difference = rendered(moved).astype(int) - rendered([circle(), *seven()]).astype(int)
    # Which of the close points are left out may change with rounding, hardly more.
    assert np.abs(difference).max() <= 12


def test_the_longer_side_of_the_ink_is_twenty_pixels_and_the_aspect_is_kept() -> None:
    width, height = ink_box(rendered([circle()]))
    assert height in (19, 20, 21)
    assert width == pytest.approx(height * 160 / 208, abs=2)


def test_the_center_of_mass_lies_at_the_center() -> None:
    for strokes in ([circle()], seven(), [circle()[:40]]):
        x, y = center_of_mass(rendered(strokes))
        assert x == pytest.approx(CENTER, abs=0.1)
        assert y == pytest.approx(CENTER, abs=0.1)


def test_a_lopsided_drawing_is_not_pushed_over_the_edge() -> None:
    comb = [np.array([[0.0, 100.0], [0.0, 0.0]])]
    comb += [np.array([[0.0, y], [4.0, y]]) for y in np.linspace(90, 100, 12)]
    comb += [np.array([[0.0, y], [100.0, y]]) for y in (99.0, 100.0)]
    image = rendered(comb)
    assert max(ink_box(image)) >= 20


def test_a_point_is_a_round_dot_at_the_center() -> None:
    image = rendered([np.array([[300.0, 12.0]])])
    np.testing.assert_array_equal(image, image.T)
    assert image[14, 14] == 255
    assert ink_box(image) == (3, 3)
    np.testing.assert_array_equal(image, rendered([np.array([[5.0, 5.0]] * 3)]))


def test_a_straight_one_has_the_ink_of_mnists_ones() -> None:
    image = rendered([np.array([[50.0, 10.0], [50.0, 210.0]])])
    assert ink_box(image)[1] in (19, 20, 21)
    # The mean ink of MNIST's ones is 60 with a standard deviation of 17.
    assert 40 < image.sum(dtype=float) / 255 < 65
    assert image[14, 14] == 255


def test_few_points_of_a_fast_mouse_are_joined() -> None:
    ends = np.array([[0.0, 0.0], [100.0, 200.0]])
    many = np.linspace(*ends, 300)
    difference = rendered([ends]).astype(int) - rendered([many]).astype(int)
    assert np.abs(difference).max() <= 2


def test_separate_strokes_are_not_joined() -> None:
    apart = rendered([np.array([[0.0, 0.0], [0.0, 100.0]]), np.array([[60.0, 0.0], [60.0, 100.0]])])
    assert apart[14, 14] == 0


def test_a_wider_pen_leaves_more_ink_in_the_same_box() -> None:
    thin, usual, wide = (rendered(seven(), pen) for pen in (0.6, 1.0, 1.6))
    assert thin.sum() < usual.sum() < wide.sum()
    assert abs(max(ink_box(thin)) - max(ink_box(wide))) <= 1


@pytest.mark.parametrize(
    "bad", [np.zeros(3), np.zeros((2, 3)), np.array([[0.0, np.nan]]), np.array([[np.inf, 0.0]])]
)
def test_strokes_that_are_not_points_are_refused(bad: NDArray[np.float64]) -> None:
    with pytest.raises(ValueError, match="finite"):
        render_strokes([bad])


@pytest.mark.parametrize("pen", [0.0, -1.0, float("nan")])
def test_a_pen_without_width_is_refused(pen: float) -> None:
    with pytest.raises(ValueError, match="positive"):
        render_strokes([circle()], pen)


# Pictures


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
    for page in (np.zeros((28, 28), np.uint8), np.full((40, 50), 255, np.uint8), noise):
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

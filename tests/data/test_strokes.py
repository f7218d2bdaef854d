from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from mnist_studio.data.strokes import (
    CENTER,
    MERELY_SHRUNK,
    STROKE_WIDTH,
    Preparation,
    render_strokes,
)

from .drawings import Image, Points, center_of_mass, circle, ink_box, rendered, seven

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


@pytest.mark.parametrize("times", [1.5, 2, 4])
def test_a_wide_drawing_is_narrowed_halfway_to_the_usual(times: float) -> None:
    usual = circle() * [0.7 / (160 / 208), 1]
    width, height = ink_box(rendered([usual * [times, 1]]))
    pen = STROKE_WIDTH  # which is no narrower for it
    assert (width - pen) / (height - pen) == pytest.approx(0.7 * times**0.5, rel=0.12)
    assert max(width, height) in (19, 20, 21)


def test_what_is_wide_without_any_height_stays_flat() -> None:
    width, height = ink_box(rendered([np.array([[0.0, 50.0], [200.0, 50.0]])]))
    assert width >= 19
    assert height <= 4


def test_the_center_of_mass_lies_at_the_center() -> None:
    for strokes in ([circle()], seven(), [circle()[:40]]):
        x, y = center_of_mass(rendered(strokes))
        assert x == pytest.approx(CENTER, abs=0.1)
        assert y == pytest.approx(CENTER, abs=0.1)


def test_a_lopsided_drawing_is_not_pushed_over_the_edge() -> None:
    comb = [np.array([[35.0, 100.0], [35.0, 0.0]])]
    comb += [np.array([[0.0, y], [70.0, y]]) for y in np.linspace(90, 100, 12)]
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


# Steps of the preparation left out; the strokes are fractions of a sheet then.

SMALL = [np.array([[0.1, 0.2], [0.3, 0.2], [0.2, 0.6]])]
PEN = 0.065


def with_steps(strokes: list[Points], steps: Preparation, pen_width: float = 1.0) -> Image:
    image = render_strokes(strokes, pen_width, steps, PEN * pen_width)
    assert image is not None
    return image


def test_a_merely_shrunk_drawing_is_as_large_and_where_it_was_drawn() -> None:
    image = with_steps(SMALL, MERELY_SHRUNK)
    rows, columns = np.flatnonzero((image > 127).any(1)), np.flatnonzero((image > 127).any(0))
    # 28 pixels, whose middles lie half a pixel inside, and half a pen on either side.
    assert abs(rows[0] - (0.2 * 28 - 1.4)) <= 1
    assert abs(rows[-1] - (0.6 * 28 + 0.4)) <= 1
    assert abs(columns[0] - (0.1 * 28 - 1.4)) <= 1
    assert abs(columns[-1] - (0.3 * 28 + 0.4)) <= 1


def test_all_steps_together_are_the_usual_preparation() -> None:
    np.testing.assert_array_equal(with_steps(SMALL, Preparation()), rendered(SMALL))


def test_without_the_aspect_both_sides_fill_the_box() -> None:
    narrow = ink_box(with_steps(SMALL, Preparation()))
    square = ink_box(with_steps(SMALL, Preparation(aspect=False)))
    assert narrow[0] < 15
    assert min(square) >= 19


def test_without_a_box_the_size_stays_and_the_center_moves() -> None:
    image = with_steps(SMALL, Preparation(box=False))
    assert max(ink_box(image)) <= 0.4 * 28 + 5
    assert center_of_mass(image) == pytest.approx((CENTER, CENTER), abs=0.2)


def test_without_the_center_of_mass_the_box_is_in_the_middle() -> None:
    image = with_steps(seven(), Preparation(center=False))
    rows = np.flatnonzero(image.any(1))
    assert rows[0] + rows[-1] == pytest.approx(28, abs=1)
    assert abs(center_of_mass(image)[1] - CENTER) > 0.5


def test_without_the_pen_a_small_drawing_comes_out_bold() -> None:
    tiny = [SMALL[0] / 3]
    kept = with_steps(tiny, Preparation(pen=False))
    usual = with_steps(tiny, Preparation())
    assert kept.sum() > 1.1 * usual.sum()
    assert abs(max(ink_box(kept)) - max(ink_box(usual))) <= 1


@settings(deadline=None, max_examples=60)
@given(
    st.lists(stroke.map(lambda points: points / 2e6 + 0.5), min_size=1, max_size=3),
    st.builds(Preparation, st.booleans(), st.booleans(), st.booleans(), st.booleans()),
)
def test_any_steps_give_an_image(strokes: list[Points], steps: Preparation) -> None:
    image = render_strokes(strokes, 1.0, steps, PEN)
    assert (image is None) == (not any(len(each) for each in strokes))
    assert image is None or image.shape == (28, 28)

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from mnist_studio.ui.plots.common_grid import Spread, resample, summarize

numbers = st.floats(-1e3, 1e3, width=32)


@st.composite
def curves(draw):
    """A few curves with x from anywhere to anywhere."""
    found = []
    for _ in range(draw(st.integers(1, 5))):
        x = sorted(draw(st.sets(numbers, min_size=1, max_size=12)))
        y = draw(st.lists(numbers, min_size=len(x), max_size=len(x)))
        found.append((np.array(x), np.array(y)))
    return found


@given(curves())
def test_the_grid_covers_just_what_all_curves_have(found):
    grid, rows = resample(found)
    start = max(x[0] for x, _ in found)
    end = min(x[-1] for x, _ in found)
    assert rows.shape == (len(found), len(grid))
    if end < start:
        assert len(grid) == 0
    else:
        assert (grid[0], grid[-1]) == (start, end)
        assert (np.diff(grid) > 0).all()


@given(curves())
def test_resampled_curves_go_through_their_own_points_and_never_beyond_them(found):
    grid, rows = resample(found)
    for (x, y), row in zip(found, rows, strict=True):
        own = dict(zip(x.tolist(), y.tolist(), strict=True))
        for place, height in zip(grid.tolist(), row.tolist(), strict=True):
            assert y.min() - 1e-9 <= height <= y.max() + 1e-9
            if place in own:
                assert height == pytest.approx(own[place])


@given(st.integers(1, 6), st.integers(1, 30), st.data())
def test_curves_with_the_same_places_keep_all_of_them(count, size, data):
    x = np.arange(float(size))
    heights = data.draw(arrays(np.float64, (count, size), elements=numbers))
    grid, rows = resample([(x, row) for row in heights])
    np.testing.assert_array_equal(grid, x)
    np.testing.assert_allclose(rows, heights)


def test_the_mean_ends_where_the_first_curve_ends_instead_of_jumping_there():
    long = np.arange(10.0), np.zeros(10)
    short = np.arange(4.0), np.ones(4)
    grid, rows = resample([long, short])
    assert grid.tolist() == [0, 1, 2, 3]
    assert summarize(rows, Spread.DEVIATION).mean.tolist() == [0.5] * 4


def test_a_curve_of_few_points_is_the_grid_of_one_with_many():
    fine = np.linspace(0, 10, 500), np.linspace(0, 100, 500)
    coarse = np.array([0.0, 5.0, 10.0]), np.array([1.0, 2.0, 3.0])
    grid, rows = resample([fine, coarse])
    assert grid.tolist() == [0, 5, 10]
    np.testing.assert_allclose(rows, [[0, 50, 100], [1, 2, 3]])


@given(arrays(np.float64, st.tuples(st.integers(1, 6), st.integers(1, 20)), elements=numbers))
def test_mean_and_band_are_those_of_the_textbook(rows):
    summary = summarize(rows, Spread.DEVIATION)
    for column, mean, low, high in zip(rows.T, *summary, strict=True):
        assert mean == pytest.approx(sum(column) / len(column), abs=1e-6)
        squares = sum((value - mean) ** 2 for value in column)
        deviation = (squares / (len(column) - 1)) ** 0.5 if len(column) > 1 else 0.0
        assert high - mean == pytest.approx(deviation, abs=1e-6)
        assert mean - low == pytest.approx(deviation, abs=1e-6)


@given(arrays(np.float64, st.tuples(st.integers(1, 6), st.integers(1, 20)), elements=numbers))
def test_the_range_goes_from_the_lowest_to_the_highest_and_holds_the_mean(rows):
    summary = summarize(rows, Spread.RANGE)
    np.testing.assert_array_equal(summary.low, rows.min(axis=0))
    np.testing.assert_array_equal(summary.high, rows.max(axis=0))
    assert (summary.mean >= summary.low - 1e-9).all()
    assert (summary.mean <= summary.high + 1e-9).all()


@pytest.mark.parametrize("spread", Spread)
def test_a_curve_that_is_no_number_leaves_a_gap_without_a_warning(spread):
    x = np.arange(3.0)
    _, rows = resample([(x, np.array([1.0, np.nan, 3.0])), (x, np.array([1.0, 2.0, np.inf]))])
    summary = summarize(rows, spread)
    assert summary.mean[0] == 1.0
    assert not np.isfinite(summary.mean[1:]).any()

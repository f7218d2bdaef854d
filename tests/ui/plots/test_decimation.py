from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnist_studio.ui.plots.decimation import MinMaxPyramid, block_size, extremes, octaves
from mnist_studio.ui.plots.smoothing import CenteredMean

counts = st.lists(st.integers(0, 700), min_size=1, max_size=8)
seeds = st.integers(0, 2**16)


def series(count, seed=0):
    return np.random.default_rng(seed).exponential(size=count).astype(np.float32)


def window(count, cut):
    first, last = sorted(round(each * count) for each in cut)
    return first, max(last, min(first + 1, count))


@given(counts, seeds, st.tuples(st.floats(0, 1), st.floats(0, 1)), st.integers(2, 60))
def test_columns_are_the_extremes_of_their_blocks_however_the_series_arrived(
    parts, seed, cut, columns
):
    total = sum(parts)
    values = series(total, seed)
    pyramid = MinMaxPyramid()
    for end in np.cumsum(parts):
        pyramid.columns(values[:end], 0, int(end), 8)
    first, last = window(total, cut)
    found = pyramid.columns(values, first, last, columns)
    assert len(found.starts) <= columns
    for start, low, high in zip(found.starts, found.low, found.high, strict=True):
        block = values[start : start + found.block]
        assert low == block.min()
        assert high == block.max()
    if last > first:
        assert found.starts[0] <= first < found.starts[0] + found.block
        assert found.starts[-1] < last <= found.starts[-1] + found.block


@given(st.integers(0, 5000), st.integers(2, 500))
def test_a_block_is_the_smallest_power_of_two_that_is_enough(count, columns):
    block = block_size(count, columns)
    assert block & (block - 1) == 0
    assert block * columns >= count
    assert block == 1 or block // 2 * columns < count


def test_complete_columns_stay_while_values_arrive():
    values = series(5000)
    pyramid = MinMaxPyramid()
    before = pyramid.columns(values[:3000], 0, 3000, 100)
    after = pyramid.columns(values[:3160], 0, 3160, 100)
    assert before.block == after.block
    np.testing.assert_array_equal(before.high[:-1], after.high[: len(before.high) - 1])


def test_a_value_that_is_no_number_hides_no_other():
    values = series(200)
    values[77] = np.nan
    found = MinMaxPyramid().columns(values, 0, 200, 10)
    assert np.isfinite(found.low).all()
    assert extremes(values, 77, 78).low.tolist() == pytest.approx([np.nan], nan_ok=True)


def test_a_pyramid_spends_less_than_a_byte_a_value():
    values = series(100_000)
    pyramid = MinMaxPyramid()
    pyramid.columns(values, 0, len(values))
    kept = sum(level.to_array().nbytes for level in pyramid._levels)
    assert kept < len(values)


def reference_means(values, span):
    reaches = [min(int(span), index // 5) for index in range(len(values))]
    exact = values.astype(np.float64)
    return np.array([exact[k - each : k + each + 1].mean() for k, each in enumerate(reaches)])


@given(
    counts, seeds, st.tuples(st.floats(0, 1), st.floats(0, 1)), st.integers(2, 60), st.floats(1, 99)
)
def test_the_smoothed_line_is_the_mean_around_each_place_however_the_series_arrived(
    parts, seed, cut, columns, span
):
    total = sum(parts)
    values = series(total, seed)
    mean = CenteredMean(span)
    for end in np.cumsum(parts):
        if end:
            mean.at(values[:end], int(end) - 1)
    first, last = window(total, cut)
    if last == first:
        return
    indices, smoothed = mean.sample(values, first, last, columns)
    assert len(indices) <= columns + 2
    assert indices[-1] == last - 1
    assert (np.diff(indices) > 0).all()
    np.testing.assert_allclose(smoothed, reference_means(values, span)[indices], rtol=1e-6)
    assert smoothed[-1] == pytest.approx(mean.at(values, last - 1), rel=1e-12)


@pytest.mark.parametrize("fall", [30.0, 120.0, 500.0])
def test_half_of_the_points_of_a_falling_curve_lie_below_its_smoothed_line(fall):
    steps = np.arange(3000)
    noise = np.random.default_rng(1).normal(0, 0.1, len(steps))
    values = (0.2 + 2.1 * np.exp(-steps / fall) + noise).astype(np.float32)
    _, smoothed = CenteredMean(104).sample(values, 0, len(values), len(values))
    for first, last in ((0, 50), (50, 200), (200, 675), (675, 3000)):
        below = np.mean(values[first:last] < smoothed[first:last])
        assert 0.4 < below < 0.65, (first, below)


@given(st.integers(1, 3000), st.integers(1, 300), st.floats(1, 200))
def test_means_that_have_settled_stay_and_the_next_one_does_not(count, more, span):
    values = series(count + more)
    mean = CenteredMean(span)
    settled = mean.settled(count)
    assert 0 < settled <= count
    before = mean.sample(values[:count], 0, count, count)[1]
    after = mean.sample(values, 0, count, count)[1]
    np.testing.assert_allclose(before[:settled], after[:settled], rtol=1e-9)
    if settled < count:
        assert before[settled] != pytest.approx(after[settled], rel=1e-9)


def test_the_first_mean_is_the_first_value():
    assert CenteredMean(50).at(np.array([2.25], np.float32), 0) == pytest.approx(2.25)


def test_an_infinite_loss_is_averaged_without_a_warning():
    values = np.array([1.0] * 20 + [np.inf, np.nan], np.float32)
    _, smoothed = CenteredMean(5).sample(values, 0, 22)
    assert np.isfinite(smoothed[:20]).all()
    assert not np.isfinite(smoothed[20:]).any()


def test_a_peak_beyond_all_axes_swallows_nothing_that_follows_it():
    values = series(500)
    values[100] = 1e30
    _, smoothed = CenteredMean(20).sample(values, 200, 500, 500)
    np.testing.assert_allclose(smoothed, reference_means(values, 20)[200:], rtol=1e-4)


def test_sums_take_half_a_byte_a_value():
    values = series(100_000)
    mean = CenteredMean(50)
    mean.at(values, 0)
    assert mean._sums.to_array().nbytes < 0.51 * len(values)


@given(st.integers(0, 10**6), st.integers(1, 10**6), st.integers(0, 10**5))
def test_octaves_follow_each_other_and_stay_while_values_arrive(first, count, more):
    last = first + count
    parts = octaves(first, last)
    assert (parts[0][0], parts[-1][1]) == (first, last)
    assert all(before[1] == after[0] for before, after in pairwise(parts))
    # Two powers of eight at most: no part is too wide for blocks of one size.
    assert all(end <= 8 * max(begin, 8) for begin, end in parts)
    assert octaves(first, last + more)[: len(parts) - 1] == parts[:-1]

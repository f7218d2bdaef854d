from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnist_studio.training.history import History, Origin
from mnist_studio.ui.plots.axes import NumberAxis
from mnist_studio.ui.plots.ranges import SteppedEnd, round_up
from mnist_studio.ui.plots.x_units import XScale, XUnit
from mnist_studio.ui.plots.y_scales import Root

from ...training.builders import batches_part
from .fakes import batches


@given(
    st.sampled_from(XUnit),
    st.integers(1, 500),
    st.integers(1, 60),
    st.integers(1, 400),
    st.data(),
)
def test_a_position_leads_back_to_its_step(unit, train_size, batch_size, steps, data):
    history = History(train_size, batch_size)
    history.append(batches(1, steps))
    step = data.draw(st.integers(1, steps))
    position = float(unit.positions(history, step))
    assert unit.step_before(history, position) == step


@pytest.mark.parametrize("unit", XUnit)
def test_positions_far_outside_are_the_first_and_the_last_step(unit):
    history = History(100, 10)
    assert unit.step_before(history, 5.0) == 0
    history.append(batches(1, 20))
    assert unit.step_before(history, -1e12) == 0
    assert unit.step_before(history, 1e12) == 20


@given(st.floats(1e-6, 1e9))
def test_a_round_number_is_at_most_a_third_too_large(value):
    rounded = round_up(value)
    assert value * (1 - 1e-6) <= rounded <= value * 1.34


@given(st.lists(st.floats(1e-3, 1e6), min_size=1, max_size=30))
def test_the_end_of_a_range_always_holds_the_data_and_is_never_much_too_large(needs):
    end = SteppedEnd()
    for need in needs:
        found = end.follow(need)
        assert need * (1 - 1e-6) <= found <= need * 1.34 / 0.74


def test_a_need_that_wavers_moves_no_axis():
    end = SteppedEnd()
    assert len({end.follow(need) for need in np.tile([0.95, 1.0, 0.8], 5).tolist()}) == 1


@given(
    st.sampled_from(XUnit),
    st.booleans(),
    st.integers(1, 500),
    st.integers(1, 60),
    st.integers(1, 400),
    st.data(),
)
def test_a_coordinate_leads_back_to_its_step_wherever_the_run_began(
    unit, logarithmic, train_size, batch_size, steps, data
):
    origin = Origin(*data.draw(st.sampled_from([(), (700, 14_000, 7.0, 12.5)])))
    history = History(train_size, batch_size, origin)
    history.append(batches(1, steps))
    scale = XScale(unit, logarithmic)
    step = data.draw(st.integers(1, steps))
    assert scale.nearest_step(history, float(scale.positions(history, step))) == step
    first, last = scale.steps_within(history, (-1e6, 1e6))
    assert (first, last) == (0, steps)


@pytest.mark.parametrize(("unit", "begin"), [*zip(XUnit, (40, 800, 0.4, 3.0), strict=True)])
def test_a_fork_begins_where_its_origin_says(unit, begin):
    history = History(2000, 20, Origin(40, 800, 0.4, 3.0))
    plain = History(2000, 20)
    for each in (history, plain):
        each.append(batches(1, 50))
    assert unit.start(history) == begin
    steps = np.arange(1, 51)
    np.testing.assert_allclose(
        unit.positions(history, steps), unit.positions(plain, steps) + begin, rtol=1e-6
    )


def test_zero_seconds_have_a_place_on_a_logarithmic_axis():
    history = History(100, 10)
    history.append(batches_part(1, np.zeros((3, 4))))
    assert np.isfinite(XScale(XUnit.SECONDS, True).positions(history, [1, 4])).all()


@pytest.fixture
def bottom(qapp):
    axis = NumberAxis("bottom")
    axis.setLogMode(x=True)
    return axis


@given(low=st.floats(-3, 7), decades=st.floats(0.02, 8), size=st.integers(200, 1600))
def test_a_logarithmic_axis_has_labels_wherever_it_is_zoomed_to(qapp, low, decades, size):
    axis = NumberAxis("bottom")
    axis.setLogMode(x=True)
    ((_, ticks),) = axis.logTickValues(low, low + decades, size, None)
    assert 2 <= len(ticks) <= size / 15
    assert all(low - 1e-9 <= tick <= low + decades + 1e-9 for tick in ticks)
    texts = axis.tickStrings(ticks, 1.0, 1.0)
    assert len(set(texts)) == len(texts)


def test_large_powers_of_ten_are_told_in_thousands(bottom):
    assert bottom.tickStrings([-2.0, 0.0, 3.0, np.log10(20_000), 6.0], 1.0, 1.0) == [
        "0.01",
        "1",
        "1000",
        "20k",
        "1M",
    ]


def test_a_whole_hundred_has_no_decimals_that_would_reach_beyond_the_axis():
    axis = NumberAxis("left", " %")
    assert axis.tickStrings([99.5, 100.0], 1.0, 0.5) == ["99.5 %", "100 %"]
    assert axis.tickStrings([0.0, 0.5, 1.0], 1.0, 0.5) == ["0 %", "0.5 %", "1.0 %"]


@pytest.mark.layout
@pytest.mark.parametrize(
    ("pixels", "numbers"),
    [(200, [0, 20, 40, 60, 80, 100]), (60, [0, 40, 80]), (30, [0, 100]), (8, [0])],
)
def test_numbers_are_left_out_before_they_touch(qapp, pixels, numbers):
    axis = NumberAxis("left", " %")
    ((_, values),) = axis.tickValues(0.0, 102.0, pixels)
    assert values == pytest.approx(numbers)


# --- root scales --------------------------------------------------------------------------

ROOTS = [Root(), Root(100.0, -1.0)]


@pytest.mark.parametrize("root", ROOTS)
@given(st.floats(0, 1), st.floats(1e-4, 1), st.floats(60, 800))
def test_a_root_axis_has_true_labels_that_are_apart_wherever_it_is_zoomed_to(
    root, start, share, size
):
    whole = sorted((root.height(0.0), root.height(100.0)))
    length = share * (whole[1] - whole[0])
    low = whole[0] + start * (whole[1] - whole[0] - length)
    ticks = root.ticks(low, low + length, size / 30)
    assert ticks == sorted(ticks)
    assert len(ticks) >= 2
    for height in ticks:
        assert low - 1e-3 <= height <= low + length + 1e-3
    for before, after in pairwise(ticks):
        assert (after - before) / length * size > 8


@given(st.floats(0, 100))
def test_a_height_on_a_root_scale_leads_back_to_its_value(value):
    for root in ROOTS:
        assert root.value(root.height(value)) == pytest.approx(value, abs=1e-9)


def test_labels_of_a_root_scale_are_round(qapp):
    axis = NumberAxis("left", " %")
    axis.set_root(Root(100.0, -1.0))
    ((_, heights),) = axis.tickValues(-10.0, 0.0, 200.0)
    assert axis.tickStrings(heights, 1.0, 1.0) == ["0 %", "50 %", "80 %", "90 %", "98 %", "100 %"]
    axis.set_root(Root())
    ((_, heights),) = axis.tickValues(0.0, 1.58, 200.0)
    assert axis.tickStrings(heights, 1.0, 1.0)[-2:] == ["1 %", "2 %"]

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnist_studio.training.history import History
from mnist_studio.ui.plots.ranges import SteppedEnd, round_up
from mnist_studio.ui.plots.x_units import XUnit

from .plot_fakes import batches


@given(
    st.sampled_from(XUnit),
    st.integers(1, 500),
    st.integers(1, 60),
    st.integers(1, 400),
    st.data(),
)
def test_a_position_leads_back_to_its_step(unit, train_size, batch_size, steps, data):
    history = History(train_size, batch_size)
    history.record_batches(batches(1, steps))
    step = data.draw(st.integers(1, steps))
    position = float(unit.positions(history, step))
    assert unit.step_before(history, position) == step


@pytest.mark.parametrize("unit", XUnit)
def test_positions_far_outside_are_the_first_and_the_last_step(unit):
    history = History(100, 10)
    assert unit.step_before(history, 5.0) == 0
    history.record_batches(batches(1, 20))
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

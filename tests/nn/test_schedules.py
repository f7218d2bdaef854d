import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnist_studio.nn.schedules import SCHEDULES, learning_rate_at


def rates(schedule, total, warmup=0, **options):
    return [learning_rate_at(schedule, s, total, 0.5, warmup, **options) for s in range(total)]


def test_constant_stays():
    assert rates("constant", 4) == [0.5] * 4


def test_linear_falls_evenly_to_just_above_zero():
    assert rates("linear", 5) == pytest.approx([0.5, 0.4, 0.3, 0.2, 0.1])


def test_cosine_falls_along_half_a_cosine():
    assert rates("cosine", 4) == pytest.approx(
        [0.25 * (1 + math.cos(math.pi * k / 4)) for k in range(4)]
    )


def test_step_multiplies_every_so_many_steps():
    assert rates("step", 6, step_size=2, factor=0.1) == pytest.approx(
        [0.5, 0.5, 0.05, 0.05, 0.005, 0.005]
    )


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_the_warm_up_rises_to_the_peak_and_the_schedule_starts_from_there(schedule):
    warmed = rates(schedule, 9, warmup=4, step_size=2)
    assert warmed[:4] == pytest.approx([0.125, 0.25, 0.375, 0.5])
    assert warmed[4:] == pytest.approx(rates(schedule, 5, step_size=2))


@given(
    schedule=st.sampled_from(sorted(SCHEDULES)),
    total=st.integers(1, 10**6),
    share=st.floats(0, 0.999999),
    warmup_share=st.floats(0, 1),
    peak=st.floats(1e-6, 10),
    step_size=st.integers(1, 1000),
    factor=st.floats(0.01, 1.0),
)
def test_a_rate_is_above_zero_and_at_most_the_peak(
    schedule, total, share, warmup_share, peak, step_size, factor
):
    rate = learning_rate_at(
        schedule,
        int(share * total),
        total,
        peak,
        round(warmup_share * total),
        step_size=step_size,
        factor=factor,
    )
    assert 0 < rate <= peak * (1 + 1e-12)


def test_after_the_last_step_the_last_rate_stays():
    assert learning_rate_at("linear", 50, 10, 1.0) == learning_rate_at("linear", 9, 10, 1.0)


def test_an_unknown_schedule_is_refused_by_name():
    with pytest.raises(ValueError, match="no schedule 'wavy'; use one of constant, step"):
        learning_rate_at("wavy", 0, 10, 0.1)

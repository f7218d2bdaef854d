"""Axes: where values lie and which numbers stand beside them."""

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from mnist_studio.report.scales import make_scale

sensible = st.floats(-1e9, 1e9).filter(lambda value: value == 0 or abs(value) > 1e-6)
positive = st.floats(1e-8, 1e8)
anything = st.floats(allow_nan=True, allow_infinity=True)


def number_of(text):
    return float(
        text.replace("\u202f", "").replace("−", "-").removesuffix("\u00a0%").removesuffix(" %")
    )


@given(st.lists(sensible, min_size=1, max_size=8), st.booleans(), st.floats(0, 0.1))
def test_every_value_lies_on_its_axis_in_order(values, turned, room):
    start, end = (300.0, 20.0) if turned else (20.0, 300.0)
    scale = make_scale(values, False, start, end, room)
    places = [scale.at(value) for value in sorted(values, reverse=turned)]
    assert all(20 - 1e-6 <= place <= 300 + 1e-6 for place in places)
    assert places == sorted(places)


@given(st.lists(positive, min_size=1, max_size=8), st.floats(0, 0.1))
def test_every_positive_value_lies_on_a_logarithmic_axis(values, room):
    scale = make_scale(values, True, 0, 100, room)
    places = [scale.at(value) for value in sorted(values)]
    assert all(-1e-6 <= place <= 100 + 1e-6 for place in places)
    assert places == sorted(places)


@given(sensible, sensible)
def test_there_are_three_to_ten_ticks_of_equal_and_round_steps(one, other):
    low, high = sorted((one, other))
    assume(high - low > 1e-6 * max(abs(low), abs(high)))
    scale = make_scale([low, high], False, 0, 100)
    assert 3 <= len(scale.ticks) <= 10
    assert scale.at(scale.ticks[0]) >= -1e-6
    assert scale.at(scale.ticks[-1]) <= 100 + 1e-6
    steps = [later - tick for tick, later in zip(scale.ticks, scale.ticks[1:], strict=False)]
    assert steps == pytest.approx([steps[0]] * len(steps), rel=1e-3)
    mantissa = steps[0] / 10.0 ** math.floor(math.log10(steps[0]) + 1e-6)
    assert min(abs(mantissa - each) for each in (1, 2, 2.5, 5, 10)) < 1e-2


@given(st.floats(1e-6, 1e6), st.floats(1.3, 1e6))
def test_a_logarithmic_axis_has_ticks_however_short_or_long_it_is(low, factor):
    scale = make_scale([low, low * factor], True, 0, 100)
    assert 3 <= len(scale.ticks) <= 20
    assert list(scale.ticks) == sorted(set(scale.ticks))
    for tick in scale.ticks:
        assert low * 0.999 <= tick <= low * factor * 1.001
        assert float(f"{tick:.3g}") == tick  # short numbers


@given(st.lists(sensible, min_size=1, max_size=4), st.booleans())
def test_the_texts_of_ticks_say_where_they_are(values, percent):
    scale = make_scale(values, False, 0, 100)
    texts = scale.texts(percent=percent)
    assert len(texts) == len(scale.positions()) == len(scale.ticks)
    factor = 100 if percent else 1
    for tick, text in zip(scale.ticks, texts, strict=True):
        assert number_of(text) == pytest.approx(factor * tick, rel=1e-5, abs=1e-9)
    decimals = {len(text.removesuffix(" %").partition(".")[2]) for text in texts}
    assert len(decimals) == 1 or max(abs(factor * tick) for tick in scale.ticks) >= 1e9


@given(st.lists(anything, max_size=6), st.booleans(), st.booleans())
def test_an_axis_of_any_numbers_has_ends_and_finite_places(values, logarithmic, whole):
    scale = make_scale(values, logarithmic, 0, 100, 0.04, whole=whole)
    assert scale.lowest < scale.highest
    for value in values:
        place = scale.at(value)
        assert place is None or -1000 <= place <= 1100
    assert all(math.isfinite(place) for place in scale.positions())
    assert len(scale.texts()) == len(scale.ticks)


@given(st.integers(0, 10**6), st.integers(1, 10**6))
def test_whole_numbers_have_whole_ticks(low, length):
    scale = make_scale([low, low + length], False, 0, 100, whole=True)
    assert scale.ticks
    assert all(tick == round(tick) for tick in scale.ticks)


@pytest.mark.parametrize(("low", "high"), [(0.52, 0.69), (2.1, 2.3), (1.05, 1.4)])
def test_a_loss_that_hardly_moves_has_numbers_beside_it_too(low, high):
    texts = make_scale([low, high], True, 0, 100).texts()
    assert len(texts) >= 3
    assert len(set(texts)) == len(texts)


def test_one_value_lies_in_the_middle_of_its_axis():
    for value in (0.0, 5.0, -3.0, 1e-12):
        assert make_scale([value], False, 0, 100).at(value) == pytest.approx(50)
    assert make_scale([0.1], True, 0, 100).at(0.1) == pytest.approx(50)


def test_room_is_left_at_both_ends():
    scale = make_scale([10, 20], False, 0, 100, room=0.1)
    assert (scale.lowest, scale.highest) == (9, 21)
    scale = make_scale([1, 100], True, 0, 100, room=0.5)
    assert (scale.lowest, scale.highest) == pytest.approx((0.1, 1000))


def test_values_far_outside_are_drawn_at_a_place_that_viewers_can_count_to():
    scale = make_scale([0, 1], False, 0, 100)
    assert scale.at(1e90) == 1000
    assert scale.at(-1e90) == -1000
    assert scale.at(1e200) is None


@pytest.mark.parametrize(
    ("values", "logarithmic", "texts"),
    [
        ((0, 60_000), False, ["0", "10\u202f000", "20\u202f000", "30\u202f000", "40\u202f000"]),
        ((-1, 1), False, ["−1.0", "−0.5", "0.0", "0.5", "1.0"]),
        ((0.001, 10), True, ["0.001", "0.01", "0.1", "1", "10"]),
        ((1e-7, 1e-5), True, ["1e−7", "1e−6", "1e−5"]),
        ((0, 4e9), False, ["0", "1e+09", "2e+09", "3e+09", "4e+09"]),
    ],
)
def test_numbers_are_written_as_people_read_them(values, logarithmic, texts):
    assert make_scale(values, logarithmic, 0, 100).texts()[: len(texts)] == texts


def test_equal_factors_lie_at_equal_distances_on_a_logarithmic_axis():
    scale = make_scale([0.01, 1.0], True, 0, 200)
    assert [scale.at(v) for v in (0.01, 0.1, 1.0)] == pytest.approx([0, 100, 200])
    assert scale.at(0.0) is None
    assert scale.at(-1.0) is None
    assert scale.texts() == ["0.01", "0.1", "1"]


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        (0, 6, (0, 1, 2, 3, 4, 5, 6)),
        (0.91, 0.98, (0.92, 0.94, 0.96, 0.98)),
        (0, 60_000, (0, 10_000, 20_000, 30_000, 40_000, 50_000, 60_000)),
    ],
)
def test_ticks_are_round_numbers(low, high, ticks):
    assert make_scale([low, high], False, 0, 100).ticks == ticks

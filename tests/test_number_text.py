"""Numbers as people read them."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnist_studio.number_text import (
    certainty,
    grouped,
    number,
    number_deviation,
    percent_deviation,
    percentage,
    signed,
    with_minus,
)

shares = st.floats(0, 1)
numbers = st.floats(-1e9, 1e9).filter(lambda value: value == 0 or abs(value) > 1e-9)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (percentage(0.979), "97.90 %"),
        (percentage(0.979, 1), "97.9 %"),
        (percentage(1.0, 0), "100 %"),
        (percentage(math.nan), "–"),
        (certainty(0.994), "99 %"),
        (certainty(0.996), "> 99 %"),
        (certainty(0.9994, 1), "99.9 %"),
        (certainty(1.0, 1), "> 99.9 %"),
        (certainty(math.nan), "–"),
        (percent_deviation(0.979, 0.00123), "97.90 ± 0.12 %"),
        (percent_deviation(0.979, math.nan), "97.90 %"),
        (percent_deviation(math.nan, 0.1), "–"),
        (number(0.021345), "0.0213"),
        (number(123.456), "123"),
        (number(-2.5), "−2.50"),
        (number(0.0), "0"),
        (number(-0.0), "0"),
        (number(12_345_678.0), "1.23e+07"),
        (number(math.inf), "inf"),
        (number(math.nan), "–"),
        (number_deviation(0.021345, 0.0012), "0.0213 ± 0.0012"),
        (number_deviation(31.25, 0.5), "31.2 ± 0.5"),
        (number_deviation(31.25, math.nan), "31.2"),
        (number_deviation(math.nan, 0.5), "–"),
        (grouped(1234567), "1\u202f234\u202f567"),
        (grouped(20.4), "20"),
        (grouped(math.nan), "–"),
        (grouped(-1234.5, 1), "−1\u202f234.5"),
        (grouped(-0.001, 2), "0.00"),
        (signed(4.254, 2), "+4.25"),
        (signed(-4.254, 2), "−4.25"),
        (signed(-0.001, 2), "+0.00"),
        (signed(math.nan, 2), "–"),
        (with_minus(f"{-0.00002:.2g}"), "−2e−5"),
    ],
)
def test_numbers_written_out(text, expected):
    assert text == expected


@given(shares, st.integers(0, 4))
def test_a_percentage_is_right_to_half_of_its_last_digit(share, digits):
    text = percentage(share, digits).removesuffix(" %")
    assert abs(float(text) - 100 * share) <= 0.5 * 10**-digits + 1e-9
    assert len(text.partition(".")[2]) == digits


@given(numbers, st.integers(1, 6))
def test_a_number_has_so_many_digits_and_no_powers_of_ten_below_a_million(value, digits):
    text = number(value, digits)
    assert float(text.replace("−", "-")) == pytest.approx(
        value, rel=0.51 * 10.0 ** (1 - digits), abs=1e-12
    )
    if abs(value) < 999_999:
        assert "e" not in text


@given(numbers, st.floats(0, 1e3))
def test_a_deviation_has_as_many_decimals_as_its_number(value, deviation):
    mean, _, scatter = number_deviation(value, deviation).partition(" ± ")
    assert (
        len(mean.partition(".")[2].partition("e")[0]) >= len(scatter.partition(".")[2])
        or "e" in mean
    )
    assert mean == number(value)


@given(st.integers(0, 10**15))
def test_thousands_are_set_apart(value):
    first, *others = grouped(value).split("\u202f")
    assert int("".join((first, *others))) == value
    assert 1 <= len(first) <= 3
    assert all(len(group) == 3 for group in others)

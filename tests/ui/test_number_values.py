"""Numbers are read as people write them, and stepped through usual values."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnist_studio.training.config import TrainingConfig
from mnist_studio.training.hyperparameter import Hyperparameter, hyperparameters
from mnist_studio.ui.number_values import format_number, next_value, parse_number

DECLARATIONS = hyperparameters(TrainingConfig)
NUMBERS = {name: each for name, each in DECLARATIONS.items() if each.kind is not str}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0.05", 0.05),
        ("1e-3", 0.001),
        ("0,2", 0.2),
        (".5", 0.5),
        (" 2 ", 2.0),
        ("1E-6", 1e-6),
        ("3e−5", 3e-5),
    ],
)
def test_a_number_is_read_as_people_write_it(text, value):
    assert parse_number(text, float) == value


@pytest.mark.parametrize("text", ["", "x", "nan", "inf", "1e", "0x10", "--1", "1.2.3", "٣٫٥x"])
def test_what_is_no_number_is_not_read(text):
    assert parse_number(text, float) is None


def test_a_whole_number_may_be_grouped_but_has_no_point():
    assert parse_number("1 000", int) == 1000
    assert parse_number("10.5", int) is None
    assert parse_number("9" * 5000, int) is None


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_formatted_number_reads_back_exactly(value):
    assert parse_number(format_number(value), float) == value


@given(st.sampled_from(sorted(NUMBERS)), st.data(), st.booleans())
def test_a_step_goes_its_way_and_stays_within_the_bounds(name, data, up):
    declaration = NUMBERS[name]
    low, high = declaration.minimum, declaration.maximum
    numbers = st.integers(int(low), int(high)) if declaration.kind is int else st.floats(low, high)
    value = data.draw(numbers)
    following = next_value(declaration, value, up=up)
    declaration.check(name, following)
    assert type(following) is declaration.kind
    if up:
        assert following > value or value == high
    else:
        assert following < value or value == low


def test_steps_are_the_usual_ones():
    rate, size = DECLARATIONS["learning_rate"], DECLARATIONS["batch_size"]
    assert [next_value(rate, value, up=True) for value in (0.1, 0.2, 0.5, 0.03)] == [
        0.2,
        0.5,
        1,
        0.05,
    ]
    assert [next_value(rate, value, up=False) for value in (0.1, 0.2)] == [0.05, 0.1]
    assert next_value(size, 20, up=True) == 40
    assert next_value(size, 1, up=False) == 1
    assert next_value(DECLARATIONS["momentum"], 0.9, up=True) == 0.95
    assert next_value(DECLARATIONS["dropout"], 0.1, up=True) == 0.15


def test_a_logarithmic_scale_from_zero_begins_small_and_reaches_zero_again():
    declaration = Hyperparameter(float, 0.0, 10.0, logarithmic=True)
    first = next_value(declaration, 0.0, up=True)
    assert 0 < first < 1e-3
    assert next_value(declaration, first, up=False) == 0.0
    assert next_value(declaration, 0.0, up=False) == 0.0

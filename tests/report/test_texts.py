"""What reports call things, and how they write numbers."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnist_studio.report.aggregate import group_runs
from mnist_studio.report.phrases import phrases
from mnist_studio.report.texts import (
    count,
    failure_text,
    number,
    number_deviation,
    percent,
    percent_deviation,
    status_text,
    untranslated,
)
from mnist_studio.training.status import Failure, FailureKind, RunStatus

from .builders import record

shares = st.floats(0, 1)
numbers = st.floats(-1e9, 1e9).filter(lambda value: value == 0 or abs(value) > 1e-9)


def test_every_state_of_a_run_has_a_word():
    words = {status: status_text(status) for status in RunStatus}
    assert all(words.values())
    # A run that was killed says it runs; in a report it is no longer alive.
    assert words[RunStatus.RUNNING] == words[RunStatus.PAUSED] == "unfinished"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (percent(0.979), "97.90 %"),
        (percent(0.979, 1), "97.9 %"),
        (percent(1.0, 0), "100 %"),
        (percent(math.nan), "–"),
        (percent_deviation(0.979, 0.00123), "97.90 ± 0.12 %"),
        (percent_deviation(0.979, math.nan), "97.90 %"),
        (percent_deviation(math.nan, 0.1), "–"),
        (number(0.021345), "0.0213"),
        (number(123.456), "123"),
        (number(-2.5), "-2.50"),
        (number(0.0), "0"),
        (number(12_345_678.0), "1.23e+07"),
        (number(math.inf), "inf"),
        (number(math.nan), "–"),
        (number_deviation(0.021345, 0.0012), "0.0213 ± 0.0012"),
        (number_deviation(31.25, 0.5), "31.2 ± 0.5"),
        (number_deviation(31.25, math.nan), "31.2"),
        (number_deviation(math.nan, 0.5), "–"),
        (count(1234567), "1\u202f234\u202f567"),
        (count(20.4), "20"),
        (count(math.nan), "–"),
    ],
)
def test_numbers_written_out(text, expected):
    assert text == expected


@given(shares, st.integers(0, 4))
def test_a_percentage_is_right_to_half_of_its_last_digit(share, digits):
    text = percent(share, digits).removesuffix(" %")
    assert abs(float(text) - 100 * share) <= 0.5 * 10**-digits + 1e-9
    assert len(text.partition(".")[2]) == digits


@given(numbers, st.integers(1, 6))
def test_a_number_has_so_many_digits_and_no_powers_of_ten_below_a_million(value, digits):
    text = number(value, digits)
    assert float(text) == pytest.approx(value, rel=0.51 * 10.0 ** (1 - digits), abs=1e-12)
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
    first, *others = count(value).split("\u202f")
    assert int("".join((first, *others))) == value
    assert 1 <= len(first) <= 3
    assert all(len(group) == 3 for group in others)


# --- how sentences speak of settings -------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value", "named", "place", "more"),
    [
        ("batch_size", 20, "batch size 20", "at batch 20", "Larger batches"),
        ("learning_rate", 0.05, "learning rate 0.05", "at 0.05", "Higher learning rates"),
        ("epochs", 3, "number of epochs 3", "after 3 epochs", "More epochs"),
        ("dropout", 0.25, "dropout 0.25", "at 0.25", "More dropout"),
        ("l2", 0.001, "L2 penalty 0.001", "at 0.001", "Stronger L2 penalties"),
    ],
)
def test_settings_have_their_own_words(name, value, named, place, more):
    (group,) = group_runs([record(**{name: value})])
    words = phrases(name, untranslated)
    assert words.named(group) == named
    assert words.at(group) == place
    assert words.more == more


def test_a_setting_without_words_of_its_own_is_named_as_in_the_form():
    (group,) = group_runs([record(warmup=0.1)])
    words = phrases("warmup", untranslated)
    assert (words.noun, words.more) == ("warm-up", "Larger values (Warm-up)")
    assert (words.value(group), words.at(group)) == ("0.1", "at 0.1")


def test_a_setting_without_effect_has_a_dash():
    (group,) = group_runs([record(optimizer="sgd")])
    assert phrases("momentum", untranslated).value(group) == "–"


# --- failures ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("failure", "sentence"),
    [
        (None, ""),
        (
            Failure(FailureKind.DIVERGED, "", 7, 2047.9, 0.25),
            "The loss exploded to 2\u202f048 at batch 7: steps with a learning rate of 0.25 are "
            "too large here. Try a learning rate ten times smaller.",
        ),
        (
            Failure(FailureKind.DIVERGED, "", 12, 1957895680.0, 0.5),
            "The loss exploded to over a million at batch 12: steps with a learning rate of 0.5 "
            "are too large here. Try a learning rate ten times smaller.",
        ),
        (
            Failure(FailureKind.DIVERGED, "", 7, None, 10.0),
            "The loss is no longer a number at batch 7: steps with a learning rate of 10 are too "
            "large here. Try a learning rate ten times smaller.",
        ),
        (
            Failure(FailureKind.PROGRAM_ERROR, "KeyError: '{odd}'"),
            "The training broke off by an error in the program (KeyError: '{odd}').",
        ),
        (Failure(FailureKind.OTHER, "It was {cold}."), "It was {cold}."),
    ],
)
def test_why_a_run_failed_is_one_sentence(failure, sentence):
    assert failure_text(failure) == sentence


@pytest.mark.parametrize("kind", [kind for kind in FailureKind if kind is not FailureKind.OTHER])
def test_the_sentence_on_a_failure_is_made_in_the_readers_language(kind):
    def translate(context, text):
        assert context == "report"
        return f"[{text}]"

    text = failure_text(Failure(kind), translate)
    assert text.startswith("[")
    assert text.endswith("]")

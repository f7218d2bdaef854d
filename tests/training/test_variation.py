"""Configurations as flat values: there and back, compared, and read from text."""

import contextlib
import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnist_studio.training.config import ACTIVATIONS, HiddenLayer, RunConfig, TrainingConfig
from mnist_studio.training.hyperparameter import ConfigError
from mnist_studio.training.presets import PRESETS
from mnist_studio.training.variation import (
    declarations,
    differing,
    format_layers,
    format_value,
    parse_layers,
    parse_value,
    parse_values,
    relevant_values,
    value_names,
    values_of,
    with_value,
)

from .test_config import run_configs

LAYERS = st.lists(st.builds(HiddenLayer, st.integers(1, 900), st.sampled_from(ACTIVATIONS)))


@given(LAYERS)
def test_layers_survive_as_text(layers):
    assert parse_layers(format_layers(layers)) == tuple(layers)


@pytest.mark.parametrize("text", ["256-", "a", "256 elu", "1 relu relu", "-3", "0", "256,128", "²"])
def test_text_that_is_no_layers_is_refused_with_its_field(text):
    with pytest.raises(ConfigError) as caught:
        parse_layers(text)
    assert caught.value.field_name in ("hidden", "width")


def test_every_value_can_be_set_and_read_again():
    config = RunConfig()
    other = {
        "dataset": "mnist",
        "hidden": "64 tanh-32",
        "initializer": "glorot",
        "optimizer": "adam",
        "schedule": "cosine",
    }
    for name, value in values_of(config).items():
        wanted = other.get(name)
        if wanted is None:
            declaration = declarations()[name]
            wanted = declaration.kind(declaration.maximum)
        if name == "hidden":
            wanted = "64 tanh-32 relu"
        changed = with_value(config, name, wanted)
        assert values_of(changed) == values_of(config) | {name: wanted}
        assert value != wanted


def test_the_names_are_those_of_the_values():
    assert value_names() == list(values_of(RunConfig()))


def test_values_without_effect_do_not_count_as_differences():
    sgd = RunConfig(training=TrainingConfig(momentum=0.5))
    other = RunConfig(training=TrainingConfig(momentum=0.9))
    assert differing([sgd, other]) == []
    nesterov = [
        dataclasses.replace(each, training=dataclasses.replace(each.training, optimizer="nesterov"))
        for each in (sgd, other)
    ]
    assert differing(nesterov) == ["momentum"]
    assert "momentum" not in relevant_values(sgd)


def test_differences_come_in_reading_order_and_some_can_be_ignored():
    configs = [
        RunConfig(model=PRESETS["lab-note"].model),
        with_value(with_value(RunConfig(), "seed", 3), "hidden", "64"),
    ]
    assert differing(configs) == ["hidden", "initializer", "seed"]
    assert differing(configs, ignore=("seed",)) == ["hidden", "initializer"]


@pytest.mark.parametrize(
    ("name", "text", "values"),
    [
        ("batch_size", "10, 20,50", (10, 20, 50)),
        ("learning_rate", "0.01..1:3", (0.01, 0.1, 1.0)),
        ("learning_rate", "0.1..0.3:3:linear", (0.1, 0.2, 0.3)),
        ("dropout", "0..0.4:5", (0.0, 0.1, 0.2, 0.3, 0.4)),
        ("batch_size", "1..8:4", (1, 2, 4, 8)),
        ("optimizer", "sgd,adam", ("sgd", "adam")),
        ("hidden", "64, 256-128", ("64", "256-128")),
        ("epochs", "5, 10..30:3", (5, 10, 20, 30)),
        ("batch_size", "1..3:9", (1, 2, 3)),
    ],
)
def test_lists_and_ranges_are_read(name, text, values):
    assert parse_values(name, text) == values


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("batch_size", "", "at least one value"),
        ("batch_size", "10, ten", "not a whole number"),
        ("batch_size", "10, 10", "twice"),
        ("learning_rate", "0", "between"),
        ("learning_rate", "1..0.1:3", "not a range"),
        ("learning_rate", "0.1..1", "not a range"),
        ("learning_rate", "0.1..1:1", "not a range"),
        ("learning_rate", "0.1..1:3:cubic", "not a range"),
        ("l2", "0..1:3", "begin above 0"),
        ("optimizer", "sgd, rmsprop", "one of"),
        ("optimizer", "a..b:3", "not a range"),
        ("batchsize", "3", "no hyperparameter"),
        ("batch_size", "5:3..", "not a range"),
        pytest.param("batch_size", "1..3:" + "9" * 5000, "not a range", id="count of 5000 digits"),
        pytest.param("batch_size", "9" * 5000, "not a whole number", id="value of 5000 digits"),
        pytest.param("hidden", "9" * 5000, "not a list of layers", id="width of 5000 digits"),
    ],
)
def test_a_text_that_cannot_be_used_is_explained(name, text, said):
    with pytest.raises(ConfigError, match=said):
        parse_values(name, text)


@given(
    st.text(max_size=30) | st.text("0123456789.:,- elog", max_size=12),
    st.sampled_from(value_names()),
)
def test_no_text_raises_anything_but_a_sentence(text, name):
    with contextlib.suppress(ConfigError):
        for value in parse_values(name, text):
            with_value(RunConfig(), name, value)


@given(
    st.floats(1e-6, 1.0), st.floats(1.001, 9.0), st.integers(2, 50), st.sampled_from(["log", ""])
)
def test_a_range_rises_from_its_first_to_its_last_value(low, factor, count, scale):
    high = low * factor
    text = f"{low!r}..{high!r}:{count}" + f":{scale}" * bool(scale)
    values = parse_values("learning_rate", text)
    assert values[0] == low
    assert values[-1] == high
    assert list(values) == sorted(values)


@given(st.floats(1e-6, 1.0), st.floats(1.1, 10.0), st.integers(2, 20), st.booleans())
def test_the_steps_of_a_range_are_equal_factors_or_differences(low, factor, count, logarithmic):
    scale = "log" if logarithmic else "linear"
    values = parse_values("learning_rate", f"{low!r}..{low * factor!r}:{count}:{scale}")
    assert len(values) == count
    exact = (np.geomspace if logarithmic else np.linspace)(low, low * factor, count)
    tolerance = 0.021 * np.diff(exact).max()  # they are rounded to what people would write
    np.testing.assert_allclose(values, exact, rtol=0, atol=tolerance)


@given(st.integers(1, 9000), st.integers(1, 900), st.integers(2, 100), st.booleans())
def test_a_range_of_whole_numbers_has_each_once_and_none_beside_it(low, more, count, logarithmic):
    text = f"{low}..{low + more}:{count}:{'log' if logarithmic else 'linear'}"
    values = parse_values("batch_size", text)
    assert (values[0], values[-1]) == (low, low + more)
    assert list(values) == sorted(set(values))
    assert {type(value) for value in values} == {int}
    assert len(values) <= count


@given(st.lists(st.integers(1, 10_000), min_size=1, max_size=9, unique=True), st.data())
def test_a_list_is_read_in_its_own_order_however_it_is_spaced(numbers, data):
    gaps = st.sampled_from([",", ", ", " ,", ",,", " , "])
    text = "".join(f"{number}{data.draw(gaps)}" for number in numbers)
    assert parse_values("batch_size", text) == tuple(numbers)


@given(run_configs)
def test_a_configuration_is_made_again_from_its_flat_values(config):
    made = RunConfig()
    for name, value in values_of(config).items():
        made = with_value(made, name, value)
    assert made == config


@given(run_configs, run_configs)
def test_what_differs_are_the_values_that_have_an_effect_on_one_side_at_least(one, other):
    mine, theirs = relevant_values(one), relevant_values(other)
    expected = [name for name in value_names() if mine.get(name) != theirs.get(name)]
    assert differing([one, other]) == differing([other, one]) == expected
    assert differing([one, other], ignore=expected) == differing([one, one]) == []
    assert mine.items() <= values_of(one).items()


@given(run_configs)
def test_every_value_is_read_from_the_text_of_its_exact_number(config):
    for name, value in values_of(config).items():
        assert parse_value(name, f" {value} ") == value


@given(st.floats(1e-6, 10.0))
def test_a_formatted_value_is_read_as_nearly_the_same(value):
    read = parse_value("learning_rate", format_value("learning_rate", value))
    assert read == pytest.approx(value, rel=1e-5)

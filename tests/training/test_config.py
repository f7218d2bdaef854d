"""The one declaration of every hyperparameter."""

import dataclasses
import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnist_studio.nn.initializers import INITIALIZERS
from mnist_studio.nn.network import ACTIVATIONS as ACTIVATION_LAYERS
from mnist_studio.nn.optimizers import OPTIMIZERS
from mnist_studio.nn.schedules import SCHEDULES
from mnist_studio.training.config import (
    ACTIVATIONS,
    DataConfig,
    HiddenLayer,
    ModelConfig,
    RunConfig,
    TrainingConfig,
)
from mnist_studio.training.hyperparameter import (
    ConfigError,
    Hyperparameter,
    by_group,
    hyperparameters,
)

CLASSES = (DataConfig, ModelConfig, TrainingConfig)
DECLARED = [
    (each, name, declaration)
    for each in CLASSES
    for name, declaration in hyperparameters(each).items()
]


def values_of(declaration):
    if declaration.choices:
        return st.sampled_from(declaration.choices)
    if declaration.kind is int:
        return st.integers(declaration.minimum, declaration.maximum)
    return st.floats(declaration.minimum, declaration.maximum)


def configs_of(config_class, **more):
    declared = hyperparameters(config_class).items()
    return st.builds(config_class, **{name: values_of(each) for name, each in declared}, **more)


hidden_layers = st.lists(
    st.builds(HiddenLayer, st.integers(1, 300), st.sampled_from(ACTIVATIONS)), max_size=6
).map(tuple)
run_configs = st.builds(
    RunConfig,
    configs_of(DataConfig),
    configs_of(ModelConfig, hidden=hidden_layers),
    configs_of(TrainingConfig),
)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(run_configs)
def test_a_configuration_survives_json(config):
    assert RunConfig.from_json(json.loads(json.dumps(config.to_json()))) == config


@given(json_values)
def test_any_other_json_is_refused(values):
    with pytest.raises(ConfigError):
        RunConfig.from_json(values)


@given(run_configs, st.data())
def test_a_configuration_with_one_wrong_value_loads_or_is_refused(config, data):
    values = config.to_json()
    part = data.draw(st.sampled_from(["data", "model", "training"]))
    name = data.draw(st.sampled_from(sorted(values[part])))
    values[part][name] = data.draw(json_values)
    try:
        loaded = RunConfig.from_json(values)
    except ConfigError:
        return
    assert RunConfig.from_json(loaded.to_json()) == loaded


def test_a_missing_or_unknown_field_is_refused():
    for change in ({"training": {"momenta": 1}}, {"model": {}}, {"data": None}):
        with pytest.raises(ConfigError):
            RunConfig.from_json(RunConfig().to_json() | change)


def test_a_run_file_of_this_version_has_nothing_to_ignore():
    assert RunConfig.from_run_file(RunConfig().to_json()) == (RunConfig(), ())


@pytest.mark.parametrize(("share", "named"), [(0.0, ()), (0.3, ("styles",))])
def test_a_setting_that_is_no_more_is_named_only_where_it_had_an_effect(share, named):
    values = RunConfig().to_json()
    values["training"]["styles"] = share
    assert RunConfig.from_run_file(values) == (RunConfig(), named)


def test_what_is_not_known_in_a_run_file_is_ignored_and_named():
    values = RunConfig().to_json()
    values["training"] |= {"epochs": 3, "optimizer": "lion", "mixup": 0.2, "batch_size": "many"}
    values["training"].pop("max_images")
    values["model"]["norm"] = "batch"
    values["data"]["dataset"] = "emnist"
    values["probes"] = {"every": 10}
    config, ignored = RunConfig.from_run_file(values)
    assert config == RunConfig(training=TrainingConfig(epochs=3))
    assert sorted(ignored) == ["batch_size", "dataset", "mixup", "norm", "optimizer", "probes"]


@given(run_configs, st.data())
def test_a_run_file_keeps_every_setting_but_those_that_cannot_be_used(config, data):
    values, kept = config.to_json(), config.to_json()
    names = [(part, name) for part in values for name in values[part] if name != "hidden"]
    spoilt = data.draw(st.sets(st.sampled_from(names), max_size=4))
    default = RunConfig().to_json()
    for part, name in spoilt:
        values[part][name] = data.draw(st.sampled_from(["?", None, [], -1, math.inf, math.nan]))
        kept[part][name] = default[part][name]
    for part in data.draw(st.sets(st.sampled_from(sorted(values)))):
        values[part]["of a later version"] = data.draw(json_values)
        spoilt = spoilt | {(part, "of a later version")}
    loaded, ignored = RunConfig.from_run_file(values)
    assert loaded == RunConfig.from_json(kept)
    assert sorted(ignored) == sorted(name for _, name in spoilt)


@given(st.integers(1, 1000), run_configs)
def test_another_number_of_epochs_changes_nothing_else(epochs, config):
    other = config.with_epochs(epochs)
    assert other.training.epochs == epochs
    assert other.with_epochs(config.training.epochs) == config


@pytest.mark.parametrize(
    "layer", [{"width": 8, "activation": "gelu"}, {"width": 8, "norm": True}, {"width": 0}, 8]
)
def test_a_network_in_a_run_file_that_cannot_be_built_is_refused(layer):
    values = RunConfig().to_json() | {"model": {"hidden": [layer]}}
    with pytest.raises(ConfigError):
        RunConfig.from_run_file(values)


@given(json_values)
def test_any_other_json_is_no_configuration_of_a_run_file(values):
    with pytest.raises((AttributeError, LookupError, TypeError)):
        RunConfig.from_run_file(values)


@pytest.mark.parametrize(("config_class", "name", "declaration"), DECLARED)
def test_a_value_out_of_bounds_is_refused_at_its_field(config_class, name, declaration):
    wrong = ["nonsense", None, True, [1], {}]
    if not declaration.choices:
        wrong += [declaration.minimum - 1, declaration.maximum * 2, math.nan, math.inf, 10**400]
        wrong += [] if declaration.kind is float else [1.5]
    for value in wrong:
        with pytest.raises(ConfigError, match=name) as caught:
            config_class(**{name: value})
        assert caught.value.field_name == name


@pytest.mark.parametrize(("config_class", "name", "declaration"), DECLARED)
def test_bounds_and_choices_themselves_are_allowed(config_class, name, declaration):
    for value in declaration.choices or (declaration.minimum, declaration.maximum):
        config_class(**{name: value})


def test_the_bounds_of_a_whole_number_are_told_in_all_their_digits():
    with pytest.raises(ConfigError, match="between 0 and 2147483647"):
        TrainingConfig(seed=2**31)


@pytest.mark.parametrize(("config_class", "name", "declaration"), DECLARED)
def test_every_default_is_of_its_declared_kind(config_class, name, declaration):
    assert type(getattr(config_class(), name)) is declaration.kind


def test_every_field_but_the_list_of_layers_is_a_declared_hyperparameter():
    for each in (*CLASSES, HiddenLayer):
        undeclared = {field.name for field in dataclasses.fields(each)} - set(hyperparameters(each))
        assert undeclared == ({"hidden"} if each is ModelConfig else set())


def test_a_field_that_is_declared_late_stands_with_its_group():
    declared = {
        name: Hyperparameter(int, 0, 1, group=group)
        for name, group in (("rate", "first"), ("epochs", "second"), ("decay", "first"))
    }
    assert by_group(declared) == {"first": ["rate", "decay"], "second": ["epochs"]}


@pytest.mark.parametrize(
    ("config_class", "name", "table"),
    [
        (TrainingConfig, "optimizer", OPTIMIZERS),
        (TrainingConfig, "schedule", SCHEDULES),
        (ModelConfig, "initializer", INITIALIZERS),
        (HiddenLayer, "activation", ACTIVATION_LAYERS),
    ],
)
def test_the_choices_are_what_the_network_knows(config_class, name, table):
    assert hyperparameters(config_class)[name].choices == tuple(table)


def test_only_what_may_be_zero_can_be_off_there():
    off = [declaration for _, _, declaration in DECLARED if declaration.off_at_zero]
    assert off
    assert all(declaration.minimum == 0 for declaration in off)


def test_exactly_what_the_trainer_reads_at_every_batch_can_be_changed_live():
    live = {name for _, name, declaration in DECLARED if declaration.live}
    assert live == {"learning_rate", "l2", "momentum", "dropout"}


def test_momentum_and_step_settings_are_relevant_only_where_they_act():
    declared = hyperparameters(TrainingConfig)
    values = dataclasses.asdict(TrainingConfig())
    assert not declared["momentum"].relevant(values)
    assert declared["momentum"].relevant(values | {"optimizer": "nesterov"})
    assert not declared["step_factor"].relevant(values)
    assert declared["step_factor"].relevant(values | {"schedule": "step"})


def test_parameters_are_counted_with_their_biases():
    assert ModelConfig((HiddenLayer(256),)).parameter_count == 785 * 256 + 257 * 10
    assert ModelConfig(()).parameter_count == 785 * 10


@pytest.mark.parametrize(
    "hidden", [(HiddenLayer(8192),) * 2, (HiddenLayer(1),) * 33, (HiddenLayer(8192),) * 33]
)
def test_a_network_too_large_is_refused(hidden):
    with pytest.raises(ConfigError, match=r"hidden layers|million parameters") as caught:
        ModelConfig(hidden)
    assert caught.value.field_name == "hidden"


@pytest.mark.parametrize(
    ("width", "activation", "field"), [(0, "relu", "width"), (8, "softplus", "activation")]
)
def test_a_layer_that_cannot_be_built_is_refused(width, activation, field):
    with pytest.raises(ConfigError) as caught:
        HiddenLayer(width, activation)
    assert caught.value.field_name == field


def test_an_unknown_data_set_is_refused():
    with pytest.raises(ConfigError, match="mnist-10k, mnist, fashion-mnist"):
        DataConfig("imagenet")

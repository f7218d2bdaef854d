"""Options are made from declarations, and wrong ones are refused."""

import pytest

import mnist_studio
from mnist_studio.__main__ import main
from mnist_studio.cli.commands import COMMANDS
from mnist_studio.cli.main import build_parser
from mnist_studio.cli.options import run_config
from mnist_studio.training.config import (
    DataConfig,
    HiddenLayer,
    ModelConfig,
    RunConfig,
    TrainingConfig,
)
from mnist_studio.training.hyperparameter import hyperparameters
from mnist_studio.training.presets import PRESETS

from .helpers import assert_one_sentence

CLASSES = (DataConfig, ModelConfig, TrainingConfig)


def parsed(*words):
    return run_config(build_parser("train").parse_args(words))


@pytest.mark.parametrize(
    ("config_class", "name", "declaration"),
    [(each, *item) for each in CLASSES for item in hyperparameters(each).items()],
)
def test_every_hyperparameter_is_an_option_made_from_its_declaration(
    config_class, name, declaration
):
    part = {DataConfig: "data", ModelConfig: "model", TrainingConfig: "training"}[config_class]
    values = declaration.choices or (declaration.minimum, declaration.maximum)
    for value in values:
        config = parsed(f"--{name.replace('_', '-')}", str(value))
        assert getattr(getattr(config, part), name) == value


def test_without_options_the_defaults_are_trained():
    assert parsed() == RunConfig()


@pytest.mark.parametrize("name", PRESETS)
def test_options_are_put_on_top_of_a_preset(name):
    config = parsed("--preset", name, "--dataset", "mnist", "--seed", "9")
    assert config.data.dataset == "mnist"
    assert config.model == PRESETS[name].model
    assert config.training.seed == 9
    assert config.training.learning_rate == PRESETS[name].training.learning_rate


@pytest.mark.parametrize(
    ("words", "layers"),
    [
        (["--hidden", "30", "20"], [(30, "relu"), (20, "relu")]),
        (["--hidden", "30", "20", "--activation", "tanh"], [(30, "tanh"), (20, "tanh")]),
        (["--hidden", "3", "2", "--activation", "tanh", "relu"], [(3, "tanh"), (2, "relu")]),
        (["--activation", "sigmoid"], [(256, "sigmoid")]),
        (["--hidden"], []),
    ],
)
def test_layers_are_widths_with_one_or_several_activations(words, layers):
    assert parsed(*words).model.hidden == tuple(HiddenLayer(*layer) for layer in layers)


@pytest.mark.parametrize(
    "words",
    [
        ["train", "--learning-rate", "nan"],
        ["train", "--learning-rate", "100"],
        ["train", "--batch-size", "0"],
        ["train", "--hidden", "0"],
        ["train", "--hidden", "8192", "8192"],
        ["train", "--hidden", "8", "8", "--activation", "relu", "relu", "relu"],
        ["data", "--download"],
        ["train", "--folder", "mnist"],  # which is not where the embedded images come from
        ["sweep", "--vary", "l2=0,1", "--folder", "mnist"],
    ],
)
def test_a_value_out_of_bounds_is_wrong_usage(words, capsys):
    assert main(words) == 2
    assert_one_sentence(capsys.readouterr().err)


@pytest.mark.parametrize(
    "words",
    [
        ["train", "--epochs", "many"],
        ["train", "--optimizer", "lbfgs"],
        ["train", "--nonsense"],
        ["train", "--dataset", "imagenet"],
        ["evaluate"],
        ["predict", "run.npz"],
        ["data", "imagenet"],
    ],
)
def test_wrong_usage_shows_the_usage(words, capsys):
    with pytest.raises(SystemExit) as caught:
        main(words)
    assert caught.value.code == 2
    assert "usage: mnist-studio" in capsys.readouterr().err


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command, capsys):
    with pytest.raises(SystemExit) as caught:
        main([command, "--help"])
    assert caught.value.code == 0
    output = capsys.readouterr().out
    assert COMMANDS[command] in output
    assert "--json" in output


def test_the_version_is_told(capsys):
    with pytest.raises(SystemExit) as caught:
        main(["--version"])
    assert caught.value.code == 0
    assert capsys.readouterr().out == f"mnist-studio {mnist_studio.__version__}\n"

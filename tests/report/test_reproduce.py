"""The command line gives the same numbers again."""

import dataclasses
import json
import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnist_studio import paths
from mnist_studio.__main__ import main
from mnist_studio.cli.main import build_parser
from mnist_studio.cli.options import run_config
from mnist_studio.cli.sweep import _sweep
from mnist_studio.data.loading import load
from mnist_studio.report.reproduce import commands, sweep_command, sweep_of, train_command
from mnist_studio.runs.checkpoint import read_checkpoint
from mnist_studio.runs.header import read_header
from mnist_studio.runs.restore import take_checkpoint
from mnist_studio.runs.store import RunStore
from mnist_studio.sweeps.sweep import SWEEP_PRESETS, Budget, Sweep
from mnist_studio.training.config import (
    ACTIVATIONS,
    INITIALIZERS,
    DataConfig,
    HiddenLayer,
    ModelConfig,
    RunConfig,
    TrainingConfig,
)
from mnist_studio.training.hyperparameter import hyperparameters
from mnist_studio.training.presets import PRESETS

from ..cli.helpers import finish, start
from ..training.builders import assert_same_arrays, small_run, train, without_seconds


def parsed(command):
    program, name, *words = shlex.split(command)
    assert program == "mnist-studio"
    return build_parser(name).parse_args(words)


def test_only_what_is_not_usual_is_written():
    assert train_command(RunConfig()) == "mnist-studio train"
    config = RunConfig(
        DataConfig("mnist", split_seed=4),
        ModelConfig((HiddenLayer(64, "tanh"), HiddenLayer(32))),
        TrainingConfig(optimizer="adam", learning_rate=0.001, epochs=3),
    )
    assert train_command(config) == (
        "mnist-studio train --dataset mnist --split-seed 4 --hidden 64 32 --activation tanh relu "
        "--optimizer adam --learning-rate 0.001 --epochs 3"
    )


def of_declaration(declaration):
    if declaration.choices:
        return st.sampled_from(declaration.choices)
    numbers = st.integers if declaration.kind is int else st.floats
    return numbers(declaration.minimum, declaration.maximum)


def parts(config_class, **more):
    values = {name: of_declaration(d) for name, d in hyperparameters(config_class).items()}
    return st.builds(config_class, **(values | more))


layers = st.builds(HiddenLayer, st.integers(1, 300), st.sampled_from(ACTIVATIONS))
configs = st.builds(
    RunConfig,
    parts(DataConfig, dataset=st.sampled_from(["mnist", "mnist-10k", "fashion-mnist"])),
    st.builds(
        ModelConfig,
        st.lists(layers, max_size=3).map(tuple),
        st.sampled_from(INITIALIZERS),
    ),
    parts(TrainingConfig),
)


@given(configs)
def test_the_command_reads_back_as_the_same_settings(config):
    assert run_config(parsed(train_command(config))) == config


@pytest.mark.parametrize("name", PRESETS)
def test_presets_are_written_out(name):
    preset = PRESETS[name]
    config = RunConfig(DataConfig(), preset.model, preset.training)
    assert run_config(parsed(train_command(config))) == config


QUICK = RunConfig(
    DataConfig(),
    ModelConfig((HiddenLayer(8, "leaky_relu"),), "glorot"),
    TrainingConfig(optimizer="nesterov", learning_rate=1 / 30, batch_size=200, epochs=2, seed=9),
)


@pytest.fixture(scope="module")
def expected():
    return train(QUICK, load("mnist-10k"))


def assert_reproduced(path, expected):
    header = read_header(path)
    assert header.config == QUICK
    assert header.test == expected.history.test
    assert header.last.train_loss == expected.history.epochs[-1].train_loss
    saved = read_checkpoint(path)
    assert_same_arrays(saved.weights, expected.network.weights())
    assert without_seconds(saved.history) == without_seconds(take_checkpoint(expected).history)


def test_the_command_trains_the_same_run(expected, tmp_path, capsys):
    words = shlex.split(train_command(QUICK))[1:]
    assert main([*words, "--json", "--save", str(tmp_path / "run.npz")]) == 0
    printed = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert printed["test_accuracy"] == expected.history.test.accuracy
    assert_reproduced(tmp_path / "run.npz", expected)


def test_the_command_trains_the_same_run_in_a_process_of_its_own(expected, tmp_path):
    words = shlex.split(train_command(QUICK))[1:]
    code, _, errors = finish(start(*words, "--save", tmp_path / "run.npz"))
    assert code == 0, errors
    assert_reproduced(tmp_path / "run.npz", expected)


# --- sweeps --------------------------------------------------------------------------------


def swept(command):
    return _sweep(parsed(command))


SWEEPS = [
    *(make("mnist-10k") for make in SWEEP_PRESETS.values()),
    Sweep(
        "two",
        small_run(seed=3),
        (("learning_rate", (0.05, 1 / 3)), ("hidden", ("none", "20 tanh-10 relu"))),
        repeat=3,
    ),
    Sweep("", small_run(), (("dataset", ("mnist", "mnist-10k")),), budget=Budget("images", 9000)),
    Sweep("", small_run(), (("optimizer", ("sgd", "adam")),), budget=Budget("seconds", 2.5)),
]


@pytest.mark.parametrize("sweep", SWEEPS, ids=lambda sweep: "-".join(sweep.names))
def test_the_command_of_a_sweep_reads_back_as_the_same_runs(sweep):
    assert swept(sweep_command(sweep)).configs() == sweep.configs()


@pytest.mark.parametrize("sweep", SWEEPS, ids=lambda sweep: "-".join(sweep.names))
def test_a_sweep_is_known_by_its_runs(sweep):
    found = sweep_of(sweep.configs())
    assert found is not None
    # The varied settings may come in another order.
    assert sorted(found.configs(), key=str) == sorted(sweep.configs(), key=str)
    assert commands(sweep.configs()) == [sweep_command(found)]


def test_runs_that_are_no_whole_sweep_have_a_command_each():
    configs = SWEEPS[2].configs()[1:]
    assert sweep_of(configs) is None
    assert commands(configs) == [train_command(config) for config in configs]
    assert sweep_of([QUICK]) is None
    assert commands([QUICK, QUICK]) == [train_command(QUICK)]


def test_seeds_with_a_gap_are_no_sweep():
    configs = [small_run(batch_size=b, seed=s) for b in (10, 20) for s in (1, 3)]
    assert sweep_of(configs) is None
    third = dataclasses.replace(configs[0].training, seed=2)
    assert sweep_of([*configs, dataclasses.replace(configs[0], training=third)]) is None


def test_the_command_trains_the_same_sweep():
    base = dataclasses.replace(QUICK, training=dataclasses.replace(QUICK.training, epochs=1))
    sweep = Sweep("", base, (("batch_size", (200, 500)),), repeat=2)
    words = shlex.split(sweep_command(sweep))[1:]
    assert main([*words, "--jobs", "1", "--json"]) == 0
    records, _ = RunStore(paths.runs_folder()).records()
    dataset = load("mnist-10k")
    assert [record.header.config for record in records] == sweep.configs()
    for record in records:
        history = train(record.header.config, dataset).history
        assert record.header.test == history.test
        assert record.header.last.train_loss == history.epochs[-1].train_loss

"""The command line that trains a run, or a sweep, again."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from typing import Any

from ..sweeps.sweep import Sweep
from ..training.config import DataConfig, ModelConfig, RunConfig, TrainingConfig
from ..training.hyperparameter import ConfigError
from ..training.hyperparameter import hyperparameters as declared
from ..training.variation import differing, relevant_values, values_of

PROGRAM = "mnist-studio"


def train_words(config: RunConfig) -> list[str]:
    """Return the words of the command that trains a configuration: what is not the default."""
    return ["train", *config_words(config)]


def train_command(config: RunConfig) -> str:
    """Return the command that trains a configuration, as a line for a shell."""
    return shlex.join([PROGRAM, *train_words(config)])


def sweep_words(sweep: Sweep) -> list[str]:
    """Return the words of the command that trains a sweep."""
    words = ["sweep"]
    for name, values in sweep.vary:
        words += ["--vary", f"{name}={','.join(map(_exact, values))}"]
    if sweep.repeat > 1:
        words += ["--repeat", str(sweep.repeat)]
    # The budget is in the configuration of the first run, as what it varies is not.
    varied = set(sweep.names)
    return [*words, *config_words(sweep.configs()[0], without=varied)]


def sweep_command(sweep: Sweep) -> str:
    """Return the command that trains a sweep, as a line for a shell."""
    return shlex.join([PROGRAM, *sweep_words(sweep)])


def commands(configs: Sequence[RunConfig]) -> list[str]:
    """Return what to write in a shell to train configurations again: one sweep if they are one."""
    sweep = sweep_of(configs)
    if sweep is not None:
        return [sweep_command(sweep)]
    return list(dict.fromkeys(map(train_command, configs)))


def sweep_of(configs: Sequence[RunConfig]) -> Sweep | None:
    """Return the sweep that has exactly these configurations, if there is one."""
    names = differing(configs, ignore=["seed"])
    if not 1 <= len(names) <= 2:
        return None
    seeds = sorted({config.training.seed for config in configs})
    first = min(configs, key=lambda config: config.training.seed)
    found = [values_of(config) for config in configs]
    vary = tuple((name, tuple(dict.fromkeys(values[name] for values in found))) for name in names)
    try:
        sweep = Sweep("", first, vary, len(seeds))
        planned = sweep.configs()
    except ConfigError:
        return None
    if len(planned) != len(configs) or _keys(planned) != _keys(configs):
        return None
    return sweep


def config_words(config: RunConfig, without: set[str] | None = None) -> list[str]:
    """Return the options of a configuration that differ from the defaults.

    Parameters
    ----------
    config : RunConfig
    without : set of str, optional
        Values to leave out.
    """
    skipped = without or set()
    words = _options(config.data, skipped)
    if config.model.hidden != ModelConfig().hidden and "hidden" not in skipped:
        words += ["--hidden", *(str(layer.width) for layer in config.model.hidden)]
        activations = [layer.activation for layer in config.model.hidden]
        if set(activations) - {"relu"}:
            words += ["--activation", *activations]
    return words + _options(config.model, skipped) + _options(config.training, skipped)


def _options(part: ModelConfig | DataConfig | TrainingConfig, skipped: set[str]) -> list[str]:
    usual = type(part)()
    words = []
    for name in declared(type(part)):
        value = getattr(part, name)
        if name not in skipped and value != getattr(usual, name):
            words += [f"--{name.replace('_', '-')}", _exact(value)]
    return words


def _exact(value: Any) -> str:
    """Return a value in all its digits; short ones without a point, as people write them."""
    short = f"{value:g}" if isinstance(value, float) else str(value)
    return short if isinstance(value, str) or float(short) == value else repr(value)


def _keys(configs: Sequence[RunConfig]) -> set[tuple[tuple[str, Any], ...]]:
    return {tuple(relevant_values(config).items()) for config in configs}

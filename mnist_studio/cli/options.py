"""The terminal's options for a run's configuration, made from the hyperparameters' declarations."""

from __future__ import annotations

import argparse
import dataclasses
from typing import Any

from ..labels import GROUPS, field_text
from ..training.config import (
    ACTIVATIONS,
    DataConfig,
    HiddenLayer,
    ModelConfig,
    RunConfig,
    TrainingConfig,
)
from ..training.hyperparameter import ConfigError, Hyperparameter, by_group, hyperparameters
from ..training.presets import PRESETS
from ..training.variation import declarations, format_value, values_of


def add_config_options(parser: argparse.ArgumentParser) -> None:
    """Add an option for everything that a run's configuration holds."""
    parser.add_argument("--preset", choices=PRESETS, help="settings to start from")
    declared, defaults = declarations(), values_of(RunConfig())
    for group, names in by_group(declared).items():
        options = parser.add_argument_group(GROUPS.get(group, group).lower())
        if group == "model":
            options.add_argument(
                "--hidden", type=int, nargs="*", metavar="WIDTH", help=_help("hidden")
            )
            options.add_argument(
                "--activation",
                nargs="+",
                choices=ACTIVATIONS,
                metavar="NAME",
                help=f"{_help('activation')} One for all hidden layers or one for each: "
                f"{', '.join(ACTIVATIONS)}.",
            )
        for name in names:
            _add_hyperparameter(options, name, declared[name], defaults[name])


def _add_hyperparameter(
    options: argparse._ArgumentGroup, name: str, declaration: Hyperparameter, default: Any
) -> None:
    option, words = f"--{name.replace('_', '-')}", _help(name)
    if declaration.choices:
        words += f" Default: {default}."
        options.add_argument(option, choices=declaration.choices, help=words)
        return
    low, high, usual = (
        format_value(name, declaration.kind(value))
        for value in (declaration.minimum, declaration.maximum, default)
    )
    options.add_argument(
        option,
        type=declaration.kind,
        metavar="N" if declaration.kind is int else "X",
        help=f"{words} Allowed: {low} to {high}. Default: {usual}.",
    )


def _help(name: str) -> str:
    return field_text(name).help.replace("%", "%%")


def run_config(chosen: argparse.Namespace) -> RunConfig:
    """Return the preset's or the default settings with the options put on top.

    Raises
    ------
    ConfigError
        If a value is out of its bounds, or the settings do not fit together.
    """
    preset = PRESETS.get(chosen.preset)
    model = preset.model if preset else ModelConfig()
    training = preset.training if preset else TrainingConfig()
    hidden = _hidden_layers(chosen, model)
    return RunConfig(
        DataConfig(**_given(chosen, DataConfig)),
        dataclasses.replace(model, hidden=hidden, **_given(chosen, ModelConfig)),
        dataclasses.replace(training, **_given(chosen, TrainingConfig)),
    )


def _hidden_layers(chosen: argparse.Namespace, model: ModelConfig) -> tuple[HiddenLayer, ...]:
    if chosen.hidden is None and chosen.activation is None:
        return model.hidden
    widths = [layer.width for layer in model.hidden] if chosen.hidden is None else chosen.hidden
    names = chosen.activation or ["relu"]
    if len(names) == 1:
        names = names * len(widths)
    if len(names) != len(widths):
        raise ConfigError(
            "activation",
            f"There are {len(widths)} hidden layers but {len(names)} activations; "
            "give one for all or one for each.",
        )
    return tuple(HiddenLayer(*layer) for layer in zip(widths, names, strict=True))


def _given(chosen: argparse.Namespace, config_class: type) -> dict[str, Any]:
    values = {name: getattr(chosen, name) for name in hyperparameters(config_class)}
    return {name: value for name, value in values.items() if value is not None}


def refuse_new_settings(chosen: argparse.Namespace, but: tuple[str, ...] = ("epochs",)) -> None:
    """Refuse settings of a new run beside ``--resume``, where they would have no effect.

    Parameters
    ----------
    chosen : Namespace
        All options.
    but : tuple of str
        What has an effect all the same.

    Raises
    ------
    ConfigError
        If there is one.
    """
    for name in ("preset", "hidden", "activation", *declarations()):
        if name not in but and getattr(chosen, name) is not None:
            hint = f" (only --{', --'.join(but)} can be given)" if but else ""
            option = f"--{name.replace('_', '-')}"
            raise ConfigError(
                name, f"What is resumed keeps its settings: leave out {option}{hint}."
            )

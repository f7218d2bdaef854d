"""The terminal's options for a run's configuration, made from the hyperparameters' declarations."""

from __future__ import annotations

import argparse
import dataclasses
from typing import Any

from ..training.config import (
    ACTIVATIONS,
    ConfigError,
    DataConfig,
    HiddenLayer,
    Hyperparameter,
    ModelConfig,
    RunConfig,
    TrainingConfig,
    hyperparameters,
)
from ..training.presets import PRESETS

_HELP = {
    "initializer": "how weights start; normal is N(0, 0.01)",
    "validation_fraction": "share of the training images to choose by",
    "split_seed": "seed of the split into training and validation",
    "optimizer": "update rule",
    "learning_rate": "peak learning rate",
    "momentum": "share of the last update kept (momentum, nesterov)",
    "batch_size": "images per update",
    "epochs": "passes over the training images",
    "max_images": "end after so many training images; 0: no limit",
    "max_seconds": "end after so much training time; 0: no limit",
    "l2": "lambda of the L2 penalty; its gradient is lambda / batch size * w",
    "schedule": "how the learning rate changes",
    "warmup": "share of the steps in which the learning rate rises to its peak",
    "step_epochs": "epochs between two falls (schedule step)",
    "step_factor": "factor of each fall (schedule step)",
    "dropout": "share of hidden outputs dropped in training",
    "shift": "augmentation: largest shift in pixels",
    "rotation": "augmentation: largest rotation in degrees",
    "scale": "augmentation: largest relative change of size",
    "aspect": "augmentation: largest relative change of width against height",
    "shear": "augmentation: largest slant",
    "styles": "augmentation: share of 0, 1 and 7 that get a slash, a flag or a bar",
    "seed": "seed of weights, batch order, dropout and augmentation",
}


def add_config_options(parser: argparse.ArgumentParser) -> None:
    """Add an option for everything that a run's configuration holds but the data set."""
    parser.add_argument("--preset", choices=PRESETS, help="settings to start from")
    parser.add_argument(
        "--hidden", type=int, nargs="*", metavar="WIDTH", help="widths of the hidden layers"
    )
    parser.add_argument(
        "--activation",
        nargs="+",
        choices=ACTIVATIONS,
        metavar="NAME",
        help=f"{', '.join(ACTIVATIONS)}; one for all hidden layers or one for each",
    )
    for config_class in (ModelConfig, DataConfig, TrainingConfig):
        for name, declaration in hyperparameters(config_class).items():
            _add_hyperparameter(parser, name, declaration)


def _add_hyperparameter(
    parser: argparse.ArgumentParser, name: str, declaration: Hyperparameter
) -> None:
    option = f"--{name.replace('_', '-')}"
    if declaration.choices:
        parser.add_argument(option, dest=name, choices=declaration.choices, help=_HELP[name])
    else:
        bounds = f"{declaration.minimum:g} to {declaration.maximum:g}"
        parser.add_argument(
            option,
            dest=name,
            type=declaration.kind,
            metavar="N" if declaration.kind is int else "X",
            help=f"{_HELP[name]} ({bounds})",
        )


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
        DataConfig(chosen.dataset or DataConfig.dataset, **_given(chosen, DataConfig)),
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
    names = ["dataset", "preset", "hidden", "activation"]
    for config_class in (ModelConfig, DataConfig, TrainingConfig):
        names += hyperparameters(config_class)
    for name in names:
        if name not in but and getattr(chosen, name) is not None:
            hint = f" (only --{', --'.join(but)} can be given)" if but else ""
            option = f"--{name.replace('_', '-')}"
            raise ConfigError(
                name, f"What is resumed keeps its settings: leave out {option}{hint}."
            )

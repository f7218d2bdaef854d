"""What a run is made of: data, model and hyperparameters, each declared exactly once.

Every hyperparameter is a field of a frozen dataclass whose metadata holds a
:class:`Hyperparameter`: its bounds, choices, scale and group. The form, the command line,
validation, reports and the checkpoint header are all made from these declarations, in their
order. What people call and are told of a field is in ``mnist_studio/labels.py``.
"""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from ..data.registry import CLASSES, DATASETS, PIXELS
from .hyperparameter import (
    Checked,
    ConfigError,
    Hyperparameter,
    choice,
    declared,
    number,
    uses,
)

MAXIMUM_PARAMETERS = 50_000_000
ACTIVATIONS = ("relu", "leaky_relu", "sigmoid", "tanh")
INITIALIZERS = ("he", "glorot", "normal")


# More threads than any computer's matrix product has a use for are a slip of the hand.
MOST_BLAS_THREADS = 64
BLAS_THREADS = Hyperparameter(int, 1, MOST_BLAS_THREADS)


@dataclass(frozen=True)
class DataConfig(Checked):
    """Which data set is used and how its training part is split.

    Parameters
    ----------
    dataset : str
        Name in the registry of data sets.
    validation_fraction : float
        Share of the training images held out to choose by; stratified by class.
    split_seed : int
        Seed of that split.
    """

    dataset: str = choice("data", "mnist-10k", tuple(DATASETS))
    validation_fraction: float = number("data", 0.1, 0.0, 0.5, off_at_zero=True)
    split_seed: int = number("data", 0, 0, 2**31 - 1)


@dataclass(frozen=True)
class HiddenLayer(Checked):
    """One hidden layer: a linear layer followed by an activation.

    Raises
    ------
    ConfigError
        If the width or the activation cannot be used.
    """

    width: int = declared(Hyperparameter(int, 1, 8192, logarithmic=True, group="model"))
    activation: str = choice("model", "relu", ACTIVATIONS)


@dataclass(frozen=True)
class ModelConfig(Checked):
    """The network's architecture, from 784 pixels to 10 classes.

    Parameters
    ----------
    hidden : tuple of HiddenLayer
        Hidden layers in order; empty for plain softmax regression.
    initializer : str
        How weights start: ``he``, ``glorot`` or ``normal`` (N(0, 0.01), as in the lab note).

    Raises
    ------
    ConfigError
        If the network would have more than 50 million parameters or 32 hidden layers.
    """

    hidden: tuple[HiddenLayer, ...] = (HiddenLayer(256),)
    initializer: str = choice("model", "he", INITIALIZERS)

    def __post_init__(self) -> None:
        super().__post_init__()
        if len(self.hidden) > 32:
            raise ConfigError("hidden", "The network has over 32 hidden layers; remove some.")
        if self.parameter_count > MAXIMUM_PARAMETERS:
            millions = self.parameter_count / 1e6
            raise ConfigError(
                "hidden",
                f"The network would have {millions:.0f} million parameters; "
                "at most 50 million fit, so make a layer narrower.",
            )

    @property
    def sizes(self) -> tuple[int, ...]:
        """Widths from the input to the output, e.g. ``(784, 256, 10)``."""
        return (PIXELS, *(layer.width for layer in self.hidden), CLASSES)

    @property
    def parameter_count(self) -> int:
        """Number of weights and biases."""
        sizes = self.sizes
        return sum((a + 1) * b for a, b in itertools.pairwise(sizes))


@dataclass(frozen=True)
class TrainingConfig(Checked):
    """The hyperparameters of a training.

    Parameters
    ----------
    optimizer : str
        ``sgd``, ``momentum``, ``nesterov``, ``adam`` or ``adamw``.
    momentum : float
        Share of the last update kept in the next (momentum and Nesterov only).
    learning_rate : float
        Peak learning rate, reached after the warm-up.
    batch_size : int
        Images per update.
    skip_easy : float
        Share of the images answered surely that each pass over the images leaves out, so that the
        others come more often; an epoch is as many images as ever.
    schedule : str
        How the learning rate changes: ``constant``, ``step``, ``linear`` or ``cosine``; or
        ``rising``, which tests a range of rates.
    step_epochs, step_factor : int, float
        Every `step_epochs` epochs the learning rate is multiplied by `step_factor`
        (step schedule only).
    warmup : float
        Share of all steps in which the learning rate rises from almost zero to its peak.
    epochs : int
        Passes over the training images, unless one of the two limits ends the run before.
    max_images : int
        The run ends when so many images have been trained on; 0 for no such limit.
    max_seconds : float
        The run ends after so many seconds of training; 0 for no such limit. Schedules do not
        know of it, and runs on another machine get further.
    l2 : float
        Lambda: the gradient of the penalty is ``l2 / batch_size * w``.
    dropout : float
        Share of each hidden layer's outputs set to zero in training.
    averaging : float
        Share of the training so far whose weights are averaged into those that are validated and
        kept; 0 to take the weights as they are.
    shift : float
        Augmentation: largest shift, in pixels.
    rotation : float
        Augmentation: largest rotation, in degrees.
    scale, aspect, shear : float
        Augmentation: largest relative change of size, of width against height, and of slant.
    elastic : float
        Augmentation: root mean square of a smooth random displacement of the pixels, in pixels.
    written : float
        Augmentation: share of the images in whose place a digit is written; for digits only.
    non_digits : float
        Augmentation: so many images of what is no digit are added to a batch, as a share of it, to
        be answered by equal probabilities; for digits only.
    seed : int
        Seed of the weights, the batch order, dropout and augmentation.
    """

    optimizer: str = choice("optimization", "sgd", ("sgd", "momentum", "nesterov", "adam", "adamw"))
    momentum: float = number(
        "optimization",
        0.9,
        0.0,
        0.999,
        live=True,
        relevant=uses("optimizer", "momentum", "nesterov"),
    )
    learning_rate: float = number("optimization", 0.1, 1e-6, 10.0, logarithmic=True, live=True)
    batch_size: int = number("optimization", 20, 1, 10_000, logarithmic=True)
    skip_easy: float = number("optimization", 0.0, 0.0, 0.95, off_at_zero=True)
    schedule: str = choice(
        "optimization", "constant", ("constant", "step", "linear", "cosine", "rising")
    )
    step_epochs: int = number("optimization", 5, 1, 1000, relevant=uses("schedule", "step"))
    step_factor: float = number("optimization", 0.5, 0.01, 1.0, relevant=uses("schedule", "step"))
    warmup: float = number("optimization", 0.0, 0.0, 0.9, off_at_zero=True)
    epochs: int = number("length", 10, 1, 1000)
    max_images: int = number("length", 0, 0, 10**9, off_at_zero=True)
    max_seconds: float = number("length", 0.0, 0.0, 1e6, off_at_zero=True)
    l2: float = number(
        "regularization", 0.0, 0.0, 10.0, logarithmic=True, live=True, off_at_zero=True
    )
    dropout: float = number("regularization", 0.0, 0.0, 0.9, live=True, off_at_zero=True)
    averaging: float = number("regularization", 0.0, 0.0, 0.5, off_at_zero=True)
    shift: float = number("augmentation", 0.0, 0.0, 8.0, off_at_zero=True)
    rotation: float = number("augmentation", 0.0, 0.0, 45.0, off_at_zero=True)
    scale: float = number("augmentation", 0.0, 0.0, 0.5, off_at_zero=True)
    aspect: float = number("augmentation", 0.0, 0.0, 0.5, off_at_zero=True)
    shear: float = number("augmentation", 0.0, 0.0, 0.8, off_at_zero=True)
    elastic: float = number("augmentation", 0.0, 0.0, 4.0, off_at_zero=True)
    written: float = number("augmentation", 0.0, 0.0, 1.0, off_at_zero=True)
    non_digits: float = number("augmentation", 0.0, 0.0, 1.0, off_at_zero=True)
    seed: int = number("randomness", 0, 0, 2**31 - 1)


@dataclass(frozen=True)
class RunConfig:
    """Everything that decides a run: data, model, hyperparameters."""

    data: DataConfig = field(default_factory=DataConfig)
    model: ModelConfig = field(default_factory=ModelConfig)
    training: TrainingConfig = field(default_factory=TrainingConfig)

    def with_epochs(self, epochs: int) -> RunConfig:
        """Return the same configuration for another number of epochs."""
        return dataclasses.replace(self, training=dataclasses.replace(self.training, epochs=epochs))

    def to_json(self) -> dict[str, Any]:
        """Return the configuration as plain JSON values."""
        return dataclasses.asdict(self)

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> RunConfig:
        """Return the configuration that :meth:`to_json` wrote.

        Raises
        ------
        ConfigError
            If a part is missing, unknown or has a value that cannot be used.
        """
        try:
            model = dict(values["model"])
            hidden = tuple(HiddenLayer(**layer) for layer in model.pop("hidden"))
            return cls(
                DataConfig(**values["data"]),
                ModelConfig(hidden=hidden, **model),
                TrainingConfig(**values["training"]),
            )
        except ConfigError:
            raise
        except (LookupError, TypeError, ValueError, AttributeError) as error:
            raise ConfigError(
                "configuration", f"The configuration is incomplete: {error}."
            ) from error

    @classmethod
    def from_run_file(cls, values: Mapping[str, Any]) -> tuple[RunConfig, tuple[str, ...]]:
        """Return the configuration that a run file of any version holds, as far as it is known.

        Returns
        -------
        RunConfig
            With defaults for what is missing or ignored.
        tuple of str
            Names of the settings that are ignored: unknown here, or of a value unknown here.

        Raises
        ------
        ConfigError
            If the network cannot be built.
        AttributeError, LookupError, TypeError
            If the values are no configuration at all.
        """
        match values:
            case {"training": {"styles": 0.0, **training}}:  # which is no more, and had no effect
                values = {**values, "training": training}
        parts = {"data": DataConfig, "model": ModelConfig, "training": TrainingConfig}
        ignored = [name for name in values if name not in parts]
        with suppress(ConfigError):  # as almost always; looking at each takes ten times as long
            return cls.from_json(values), tuple(ignored)
        known = {
            part: {
                name: value
                for name, value in values[part].items()
                if name == "hidden" or _can_be_used(config_class, name, value)
            }
            for part, config_class in parts.items()
        }
        ignored += [name for part in parts for name in values[part] if name not in known[part]]
        return cls.from_json(known), tuple(ignored)


def _can_be_used(config_class: type, name: str, value: object) -> bool:
    try:
        config_class(**{name: value})
    except (ConfigError, TypeError):
        return False
    return True

"""What a run is made of: data, model and hyperparameters, each declared exactly once.

Every hyperparameter is a field of a frozen dataclass whose metadata holds a
:class:`Hyperparameter`: its bounds, choices and scale. The form, the command line, validation
and the checkpoint header are all made from these declarations. Texts for people (labels,
tooltips) are not here; they live in ``ui`` and ``cli``.
"""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from ..data.registry import DATASETS

INPUT_SIZE = 28 * 28
CLASSES = 10
MAXIMUM_PARAMETERS = 50_000_000
ACTIVATIONS = ("relu", "leaky_relu", "sigmoid", "tanh")
INITIALIZERS = ("he", "glorot", "normal")


class ConfigError(ValueError):
    """A value that cannot be used, with the field it belongs to.

    Parameters
    ----------
    field_name : str
        Name of the offending field, e.g. ``"batch_size"``.
    message : str
        One sentence that says what is wrong and what is allowed.
    """

    def __init__(self, field_name: str, message: str) -> None:
        super().__init__(message)
        self.field_name = field_name


@dataclass(frozen=True)
class Hyperparameter:
    """Declaration of one hyperparameter.

    Parameters
    ----------
    kind : type
        ``int``, ``float`` or ``str``.
    minimum, maximum : float, optional
        Inclusive bounds of a number.
    choices : tuple of str
        Allowed values of a string.
    logarithmic : bool
        Whether neighbouring values differ by a factor rather than by a difference.
    live : bool
        Whether a new value can be used from the next batch of a running training.
    relevant : callable, optional
        Given the whole configuration's values, whether the value has any effect.
    """

    kind: type
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[str, ...] = ()
    logarithmic: bool = False
    live: bool = False
    relevant: Callable[[Mapping[str, Any]], bool] | None = None

    def check(self, name: str, value: object) -> None:
        """Raise :class:`ConfigError` if `value` cannot be used for the field `name`."""
        if self.kind is str:
            if value not in self.choices:
                allowed = ", ".join(self.choices)
                raise ConfigError(name, f"{name} is {value!r}, but must be one of {allowed}.")
            return
        numeric = isinstance(value, int) or (self.kind is float and isinstance(value, float))
        if isinstance(value, bool) or not numeric:
            noun = "a whole number" if self.kind is int else "a number"
            raise ConfigError(name, f"{name} is {value!r}, but must be {noun}.")
        assert isinstance(value, int | float)
        assert self.minimum is not None
        assert self.maximum is not None
        if not self.minimum <= value <= self.maximum:  # so is NaN
            shown = f"{value:g}" if isinstance(value, float) else f"{value}"
            raise ConfigError(
                name,
                f"{name} is {shown}, but must be between {self.minimum:g} and {self.maximum:g}.",
            )


def _number(
    default: float,
    minimum: float,
    maximum: float,
    *,
    logarithmic: bool = False,
    live: bool = False,
    relevant: Callable[[Mapping[str, Any]], bool] | None = None,
) -> Any:
    """Declare a numeric hyperparameter; its kind is the type of `default`."""
    declaration = Hyperparameter(
        type(default), minimum, maximum, logarithmic=logarithmic, live=live, relevant=relevant
    )
    return field(default=default, metadata={"hyperparameter": declaration})


def _choice(default: str, choices: tuple[str, ...]) -> Any:
    """Declare a hyperparameter that is one of `choices`."""
    declaration = Hyperparameter(str, choices=choices)
    return field(default=default, metadata={"hyperparameter": declaration})


def _uses(name: str, *values: str) -> Callable[[Mapping[str, Any]], bool]:
    return lambda configuration: configuration[name] in values


class _Checked:
    """Base of the configuration dataclasses: every declared field is checked on creation."""

    def __post_init__(self) -> None:
        for name, declaration in hyperparameters(type(self)).items():
            declaration.check(name, getattr(self, name))


def hyperparameters(config_class: type) -> dict[str, Hyperparameter]:
    """Return the declarations of a configuration class by field name, in order."""
    return {
        each.name: each.metadata["hyperparameter"]
        for each in fields(config_class)
        if "hyperparameter" in each.metadata
    }


@dataclass(frozen=True)
class DataConfig(_Checked):
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

    dataset: str = "mnist-10k"
    validation_fraction: float = _number(0.1, 0.0, 0.5)
    split_seed: int = _number(0, 0, 2**31 - 1)

    def __post_init__(self) -> None:
        super().__post_init__()
        Hyperparameter(str, choices=tuple(DATASETS)).check("dataset", self.dataset)


@dataclass(frozen=True)
class HiddenLayer:
    """One hidden layer: a linear layer followed by an activation.

    Raises
    ------
    ConfigError
        If the width or the activation cannot be used.
    """

    width: int
    activation: str = "relu"

    def __post_init__(self) -> None:
        Hyperparameter(int, 1, 8192).check("width", self.width)
        Hyperparameter(str, choices=ACTIVATIONS).check("activation", self.activation)


@dataclass(frozen=True)
class ModelConfig(_Checked):
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
    initializer: str = _choice("he", INITIALIZERS)

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
        return (INPUT_SIZE, *(layer.width for layer in self.hidden), CLASSES)

    @property
    def parameter_count(self) -> int:
        """Number of weights and biases."""
        sizes = self.sizes
        return sum((a + 1) * b for a, b in itertools.pairwise(sizes))


@dataclass(frozen=True)
class TrainingConfig(_Checked):
    """The hyperparameters of a training.

    Parameters
    ----------
    optimizer : str
        ``sgd``, ``momentum``, ``nesterov``, ``adam`` or ``adamw``.
    learning_rate : float
        Peak learning rate, reached after the warm-up.
    momentum : float
        Share of the last update kept in the next (momentum and Nesterov only).
    batch_size : int
        Images per update.
    epochs : int
        Passes over the training images, unless one of the two limits ends the run before.
    l2 : float
        Lambda: the gradient of the penalty is ``l2 / batch_size * w``.
    schedule : str
        How the learning rate changes: ``constant``, ``step``, ``linear`` or ``cosine``; or
        ``rising``, which tests a range of rates.
    warmup : float
        Share of all steps in which the learning rate rises from almost zero to its peak.
    step_epochs, step_factor : int, float
        Every `step_epochs` epochs the learning rate is multiplied by `step_factor`
        (step schedule only).
    dropout : float
        Share of each hidden layer's outputs set to zero in training.
    shift : float
        Augmentation: largest shift, in pixels.
    rotation : float
        Augmentation: largest rotation, in degrees.
    scale, aspect, shear : float
        Augmentation: largest relative change of size, of width against height, and of slant.
    styles : float
        Augmentation: share of zeros, ones and sevens that get a slash, a flag or a bar, as they
        are written outside of America; no effect on other data than digits.
    max_images : int
        The run ends when so many images have been trained on; 0 for no such limit.
    max_seconds : float
        The run ends after so many seconds of training; 0 for no such limit. Schedules do not
        know of it, and runs on another machine get further.
    seed : int
        Seed of the weights, the batch order, dropout and augmentation.
    """

    optimizer: str = _choice("sgd", ("sgd", "momentum", "nesterov", "adam", "adamw"))
    learning_rate: float = _number(0.1, 1e-6, 10.0, logarithmic=True, live=True)
    momentum: float = _number(
        0.9, 0.0, 0.999, live=True, relevant=_uses("optimizer", "momentum", "nesterov")
    )
    batch_size: int = _number(20, 1, 10_000, logarithmic=True)
    epochs: int = _number(10, 1, 1000)
    l2: float = _number(0.0, 0.0, 10.0, logarithmic=True, live=True)
    schedule: str = _choice("constant", ("constant", "step", "linear", "cosine", "rising"))
    warmup: float = _number(0.0, 0.0, 0.9)
    step_epochs: int = _number(5, 1, 1000, relevant=_uses("schedule", "step"))
    step_factor: float = _number(0.5, 0.01, 1.0, relevant=_uses("schedule", "step"))
    dropout: float = _number(0.0, 0.0, 0.9, live=True)
    shift: float = _number(0.0, 0.0, 8.0)
    rotation: float = _number(0.0, 0.0, 45.0)
    scale: float = _number(0.0, 0.0, 0.5)
    aspect: float = _number(0.0, 0.0, 0.5)
    shear: float = _number(0.0, 0.0, 0.8)
    styles: float = _number(0.0, 0.0, 1.0)
    max_images: int = _number(0, 0, 10**9)
    max_seconds: float = _number(0.0, 0.0, 1e6)
    seed: int = _number(0, 0, 2**31 - 1)


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

"""How a hyperparameter is declared: bounds, choices, scale, group, in the metadata of a field."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from ..errors import StudioError


class ConfigError(StudioError, ValueError):
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
    group : str
        What it belongs to: a name in ``labels.GROUPS``; empty for a number that is no field.
    off_at_zero : bool
        Whether zero stands for nothing there: no penalty, no limit.
    """

    kind: type
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[str, ...] = ()
    logarithmic: bool = False
    live: bool = False
    relevant: Callable[[Mapping[str, Any]], bool] | None = None
    group: str = ""
    off_at_zero: bool = False

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
            shown, low, high = (
                f"{each:g}" if isinstance(each, float) else f"{each}"
                for each in (value, self.minimum, self.maximum)
            )
            raise ConfigError(name, f"{name} is {shown}, but must be between {low} and {high}.")


def declared(declaration: Hyperparameter, default: Any = dataclasses.MISSING) -> Any:
    """Declare a field; without a default it has to be given."""
    return field(default=default, metadata={"hyperparameter": declaration})


def number(group: str, default: float, minimum: float, maximum: float, **more: Any) -> Any:
    """Declare a numeric hyperparameter; its kind is the type of `default`."""
    declaration = Hyperparameter(type(default), minimum, maximum, group=group, **more)
    return declared(declaration, default)


def choice(group: str, default: str, choices: tuple[str, ...]) -> Any:
    """Declare a hyperparameter that is one of `choices`."""
    return declared(Hyperparameter(str, choices=choices, group=group), default)


def uses(name: str, *values: str) -> Callable[[Mapping[str, Any]], bool]:
    """Return a test of whether a field has one of these values, see `relevant`."""
    return lambda configuration: configuration[name] in values


class Checked:
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


def by_group(declarations: Mapping[str, Hyperparameter]) -> dict[str, list[str]]:
    """Return the names of the fields of each group; groups and names keep their order."""
    found: dict[str, list[str]] = {}
    for name, declaration in declarations.items():
        found.setdefault(declaration.group, []).append(name)
    return found

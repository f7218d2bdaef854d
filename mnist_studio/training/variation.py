"""A configuration as one flat list of named values: to compare, to vary, to read and to write."""

from __future__ import annotations

import dataclasses
import functools
import itertools
import math
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from .config import ACTIVATIONS, DataConfig, HiddenLayer, ModelConfig, RunConfig, TrainingConfig
from .hyperparameter import ConfigError, Hyperparameter, hyperparameters

_PARTS: dict[str, type] = {"data": DataConfig, "model": ModelConfig, "training": TrainingConfig}
_MOST_VALUES = 100
_WHOLE = re.compile(r"\s*\d{1,9}\s*")  # Python refuses to read thousands of digits


# Asked a thousand times for a thousand runs, as the next two are, so worked out once.
@functools.cache
def declarations() -> Mapping[str, Hyperparameter]:
    """Return the declaration of every value but the hidden layers, by name, in order."""
    declared = [hyperparameters(config_class) for config_class in _PARTS.values()]
    return {name: each for part in declared for name, each in part.items()}


@functools.cache
def _places() -> dict[str, str]:
    """Return the part of the configuration that each value is in, in order."""
    return {each.name: part for part, kind in _PARTS.items() for each in dataclasses.fields(kind)}


def value_names() -> list[str]:
    """Return the names of all values, in the order of their declarations."""
    return list(_places())


@functools.cache
def _conditions() -> dict[str, Callable[[Mapping[str, Any]], bool]]:
    """Return what decides whether a value has an effect, for values that may have none."""
    found = {name: each.relevant for name, each in declarations().items()}
    return {name: condition for name, condition in found.items() if condition is not None}


def values_of(config: RunConfig) -> dict[str, Any]:
    """Return every value of a configuration by name; hidden layers as text, e.g. ``256-128``."""
    values = {name: getattr(getattr(config, part), name) for name, part in _places().items()}
    values["hidden"] = format_layers(config.model.hidden)
    return values


def relevant_values(config: RunConfig) -> dict[str, Any]:
    """Return :func:`values_of` without those that have no effect, e.g. plain SGD's momentum."""
    return dict(_relevant_values(config))


@functools.lru_cache(maxsize=16384)
def _relevant_values(config: RunConfig) -> Mapping[str, Any]:
    """Remember them: thousands of runs are compared and sorted by them in a moment."""
    values = values_of(config)
    irrelevant = [name for name, has_effect in _conditions().items() if not has_effect(values)]
    for name in irrelevant:
        del values[name]
    return values


def with_value(config: RunConfig, name: str, value: Any) -> RunConfig:
    """Return the configuration with another value.

    Raises
    ------
    ConfigError
        If there is no such value or it cannot be used.
    """
    part = _places().get(name)
    if part is None:
        raise ConfigError(name, f"There is no hyperparameter {name}.")
    inner: Any = {name: parse_layers(value) if name == "hidden" else value}
    whole: Any = {part: dataclasses.replace(getattr(config, part), **inner)}
    return dataclasses.replace(config, **whole)


def differing(configs: Iterable[RunConfig], ignore: Iterable[str] = ()) -> list[str]:
    """Return the names of the relevant values in which configurations differ, in order."""
    found = [_relevant_values(config) for config in set(configs)]
    skipped = set(ignore)
    return [
        name
        for name in value_names()
        if name not in skipped and len({values.get(name) for values in found}) > 1
    ]


# --- texts ---------------------------------------------------------------------------------


def format_layers(hidden: Iterable[HiddenLayer]) -> str:
    """Return hidden layers as text: ``256-128``, ``256 tanh-128 relu``, ``none``."""
    layers = tuple(hidden)
    if all(layer.activation == "relu" for layer in layers):
        return "-".join(str(layer.width) for layer in layers) or "none"
    return "-".join(f"{layer.width} {layer.activation}" for layer in layers)


def parse_layers(text: str) -> tuple[HiddenLayer, ...]:
    """Return the hidden layers of :func:`format_layers`.

    Raises
    ------
    ConfigError
        If the text is something else or a layer cannot be used.
    """
    if text.strip() in ("", "none"):
        return ()
    return tuple(_parse_layer(part.split(), text) for part in text.split("-"))


def _parse_layer(words: list[str], text: str) -> HiddenLayer:
    activation = words[1] if len(words) == 2 else "relu"
    if not 1 <= len(words) <= 2 or not _WHOLE.fullmatch(words[0]) or activation not in ACTIVATIONS:
        raise ConfigError(
            "hidden",
            f"{text.strip()} is not a list of layers; write widths like 256 or 256-128, "
            "or none for no hidden layer.",
        )
    return HiddenLayer(int(words[0]), activation)


def format_value(name: str, value: Any) -> str:
    """Return a value as people and :func:`parse_value` read it."""
    return f"{value:g}" if isinstance(value, float) else str(value)


def parse_value(name: str, text: str) -> Any:
    """Return the value that a text stands for.

    Raises
    ------
    ConfigError
        If the text cannot be read as such a value, or the value is not allowed.
    """
    if name == "hidden":
        return format_layers(parse_layers(text))
    declaration = declarations().get(name)
    if declaration is None:
        known = ", ".join(value_names())
        raise ConfigError(name, f"There is no hyperparameter {name}; use one of {known}.")
    try:
        value = declaration.kind(text.strip())
    except ValueError as error:
        noun = "a whole number" if declaration.kind is int else "a number"
        raise ConfigError(name, f"{text.strip()!r} is not {noun}.") from error
    declaration.check(name, value)
    return value


def parse_values(name: str, text: str) -> tuple[Any, ...]:
    """Return several values: a list ``10, 20, 50``, or ``0.001..1:7``, seven from low to high.

    A range has equal factors between its values if the hyperparameter is declared logarithmic,
    else equal differences; ``:log`` or ``:linear`` at its end asks for one of them.

    Raises
    ------
    ConfigError
        If the text cannot be read, or a value is not allowed or there twice.
    """
    values: list[Any] = []
    for part in text.split(","):
        if ".." in part:
            values += _parse_range(name, part.strip())
        elif part.strip():
            values.append(parse_value(name, part))
    if not values:
        raise ConfigError(name, "Write at least one value, e.g. 10, 20, 50.")
    if len(set(values)) < len(values):
        twice = next(value for value in values if values.count(value) > 1)
        raise ConfigError(name, f"{format_value(name, twice)} is there twice; leave one out.")
    return tuple(values)


def _parse_range(name: str, text: str) -> list[Any]:
    declaration = declarations().get(name)
    parts = text.split(":")
    is_range = len(parts) in (2, 3) and ".." in parts[0]
    if declaration is None or declaration.kind is str or not is_range:
        raise ConfigError(name, f"{text} is not a range; write e.g. 0.001..1:7 for seven values.")
    low, high = (parse_value(name, end) for end in parts[0].split("..", 1))
    count = int(parts[1]) if _WHOLE.fullmatch(parts[1]) else 0
    scale = (
        parts[2].strip() if len(parts) == 3 else ("log" if declaration.logarithmic else "linear")
    )
    if not 2 <= count <= _MOST_VALUES or scale not in ("log", "linear") or not low < high:
        raise ConfigError(
            name,
            f"{text} is not a range; write low..high:count with 2 to {_MOST_VALUES} values, "
            "and :log or :linear at its end if you like.",
        )
    if scale == "log" and low <= 0:
        raise ConfigError(name, f"{text} cannot rise by equal factors from {low:g}; begin above 0.")
    return _spread(declaration.kind, low, high, count, logarithmic=scale == "log")


def _spread(kind: type, low: float, high: float, count: int, *, logarithmic: bool) -> list[Any]:
    exact = [_between(low, high, k / (count - 1), logarithmic=logarithmic) for k in range(count)]
    inner = [
        _shortest(value, 0.02 * (following - value))
        for value, following in itertools.pairwise(exact[1:])
    ]
    values = [low, *(min(max(value, low), high) for value in inner), high]
    # Whole numbers close together would come twice.
    return list(dict.fromkeys(round(value) if kind is int else float(value) for value in values))


def _between(low: float, high: float, share: float, *, logarithmic: bool) -> float:
    if logarithmic:
        return low * math.exp(share * math.log(high / low))
    return low + share * (high - low)


def _shortest(value: float, tolerance: float) -> float:
    """Return the number of fewest digits near `value`: what people would have written."""
    for digits in range(2, 17):
        rounded = float(f"{value:.{digits}g}")
        if abs(rounded - value) <= tolerance:
            return rounded
    return value

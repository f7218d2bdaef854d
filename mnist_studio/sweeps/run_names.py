"""What a run of a sweep is called: by what makes it differ from the others."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from ..labels import field_text
from ..training.config import RunConfig
from ..training.variation import format_value, values_of

if TYPE_CHECKING:
    from ..runs.label import RunLabel


def run_name(config: RunConfig, names: Iterable[str]) -> str:
    """Return e.g. ``batch 20, seed 1`` for the values of these names."""
    values = values_of(config)
    return ", ".join(_part(name, values[name]) for name in names)


def given_name(label: RunLabel, config: RunConfig) -> str:
    """Return the name that the user has given a run; empty for that of :func:`run_name`, too."""
    if not label.sweep:
        return label.name
    made = {_part(name, value) for name, value in values_of(config).items()}
    return "" if all(part in made for part in label.name.split(", ")) else label.name


def _part(name: str, value: Any) -> str:
    return f"{field_text(name).short} {format_value(name, value)}".strip()

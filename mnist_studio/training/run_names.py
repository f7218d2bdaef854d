"""What a run of a sweep is called: by what makes it differ from the others."""

from __future__ import annotations

from collections.abc import Iterable

from .config import RunConfig
from .variation import format_value, values_of

_SHORT = {"batch_size": "batch", "hidden": "", "optimizer": "", "initializer": "weights"}


def run_name(config: RunConfig, names: Iterable[str]) -> str:
    """Return e.g. ``batch 20, seed 1`` for the values of these names."""
    values = values_of(config)
    return ", ".join(
        f"{_SHORT.get(name, name.replace('_', ' '))} {format_value(name, values[name])}".strip()
        for name in names
    )

"""The colors of a sweep's runs: in the order of what is varied, if that has one."""

from __future__ import annotations

from typing import Any

from ..runs.label import RAMP_COLORS, RUN_COLORS
from ..training.variation import declarations, values_of
from .sweep import Sweep


def run_colors(sweep: Sweep, first: int) -> list[int]:
    """Return an index of a color for each of ``sweep.configs()``; seeds of the same have the same.

    Parameters
    ----------
    sweep : Sweep
    first : int
        Where the colors begin if the values have no order.
    """
    places = [tuple(values_of(config)[name] for name in sweep.names) for config in sweep.configs()]
    different = list(dict.fromkeys(places))
    if all(_is_ordered(name, values) for name, values in sweep.vary) and len(different) > 1:
        different.sort(key=_order)
        step = (RAMP_COLORS - 1) / (len(different) - 1)
        return [RUN_COLORS + round(step * different.index(place)) for place in places]
    return [(first + different.index(place)) % RUN_COLORS for place in places]


def _is_ordered(name: str, values: tuple[Any, ...]) -> bool:
    if name == "hidden":  # networks of one hidden layer, by its width
        return all(str(value).isdecimal() for value in values)
    return declarations()[name].kind is not str


def _order(place: tuple[Any, ...]) -> tuple[float, ...]:
    return tuple(float(value) for value in place)

"""A value at the end of each epoch: a line, and dots while there are few."""

from __future__ import annotations

from collections.abc import Hashable

import numpy as np

from .graph import Graph, Item, Numbers, Paint, set_data

_MOST_DOTS = 40  # more of them would hide the line


class EpochPoints:
    """Draws a line through dots, with a vertical bar at each if they are means.

    Parameters
    ----------
    graph : Graph
        Where to draw.
    paint : Paint
        Color and width of the line.
    size : int
        Width of the dots in pixels.
    key : hashable
        Begins the names in the graph.
    """

    def __init__(self, graph: Graph, paint: Paint, size: int, key: Hashable) -> None:
        self._line = graph.add_curve((key, "validation"), paint)
        self._bars = graph.add_curve((key, "validation bars"), paint._replace(width=1), "pairs")
        self._dots = graph.add_points((key, "validation dots"), paint, size)

    @property
    def items(self) -> tuple[Item, ...]:
        """All that is drawn."""
        return self._line, self._bars, self._dots

    def draw(self, x: Numbers, y: Numbers, low: Numbers, high: Numbers) -> None:
        """Draw points whose bars go from `low` to `high`; those that are NaN are left out."""
        finite = np.isfinite(y)
        few = finite if np.count_nonzero(finite) <= _MOST_DOTS else np.zeros_like(finite)
        set_data(self._line, x[finite], y[finite])
        set_data(self._dots, x[few], y[few])
        barred = few & (high > low)
        ends = np.stack([low[barred], high[barred]], axis=1).ravel()
        set_data(self._bars, np.repeat(x[barred], 2), ends)

    def clear(self) -> None:
        """Draw nothing."""
        none = np.empty(0)
        self.draw(none, none, none, none)

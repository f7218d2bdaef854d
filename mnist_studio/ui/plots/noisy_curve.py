"""A noisy series: a thin line while it has few points, a band of its extremes when many."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from .decimation import Columns, Values
from .graph import Graph, set_data
from .x_units import XUnit

if TYPE_CHECKING:
    from ...training.history import History

_MOST_DOTS = 60  # up to so many values are dots as well


class NoisyCurve:
    """Draws the columns of a series that has one value a batch.

    Opaque rectangles are several times as fast to paint as the line through as many extremes, and
    leave no pattern of gaps between them.

    Parameters
    ----------
    graph : Graph
        Where to draw.
    token : str
        Color of the theme.
    """

    def __init__(self, graph: Graph, token: str) -> None:
        self._graph = graph
        self._line = graph.add_curve(token)
        self._dots = graph.add_points(token, size=5)
        self._band = graph.add_bars(token)
        self._has_band = False

    def draw(
        self,
        columns: Columns,
        history: History,
        unit: XUnit,
        height: Callable[[Values], Values],
    ) -> None:
        """Draw columns; `height` tells where values lie on the y axis."""
        steps = columns.starts + 1
        if columns.block == 1:
            x, y = unit.positions(history, steps), height(columns.low)
            dots = len(x) if len(x) <= _MOST_DOTS else 0
            set_data(self._line, x, y)
            set_data(self._dots, x[:dots], y[:dots])
            self._set_band(np.empty(0), x[:0], x[:0])
            return
        self._clear_points()
        edges = unit.positions(history, np.append(steps, steps[-1:] + columns.block) - 0.5)
        self._set_band(edges, height(columns.low), height(columns.high))

    def clear(self) -> None:
        """Draw nothing."""
        self._clear_points()
        self._set_band(np.empty(0), np.empty(0), np.empty(0))

    def _clear_points(self) -> None:
        for item in (self._line, self._dots):
            set_data(item, np.empty(0), np.empty(0))

    def _set_band(self, edges: npt.NDArray[np.float64], low: Values, high: Values) -> None:
        if not len(edges) and not self._has_band:
            return
        self._has_band = bool(len(edges))
        # A rectangle that is thinner than a pixel may miss all pixels, and a peak with it.
        wide, tall = self._graph.pixel_size()
        right = np.maximum(edges[1:], edges[:-1] + wide)
        top = np.maximum(high, low + tall)
        finite = np.isfinite(low) & np.isfinite(top)
        self._band.setOpts(x0=edges[:-1][finite], x1=right[finite], y0=low[finite], y1=top[finite])

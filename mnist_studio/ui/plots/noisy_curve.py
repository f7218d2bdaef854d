"""A noisy series: a thin line while it has few points, a band of its extremes when many."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from .decimation import Columns, Values
from .graph import Graph, Item, Paint, set_bars, set_data
from .x_units import XScale

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
    paint : Paint
        Its color.
    key : hashable
        Begins the names in the graph.
    """

    def __init__(self, graph: Graph, paint: Paint, key: Hashable) -> None:
        self._graph = graph
        self._line = graph.add_curve((key, "raw"), paint)
        self._dots = graph.add_points((key, "raw dots"), paint, size=5)
        self._band = graph.add_bars((key, "raw band"), paint)

    @property
    def items(self) -> tuple[Item, ...]:
        """All that is drawn."""
        return self._line, self._dots, self._band

    def draw(
        self,
        parts: Sequence[Columns],
        history: History,
        scale: XScale,
        height: Callable[[Values], Values],
    ) -> None:
        """Draw consecutive columns; `height` tells where values lie on the y axis."""
        fine = [part for part in parts if part.block == 1]
        coarse = [part for part in parts if part.block > 1]
        steps = _joined([part.starts + 1 for part in fine])
        x, y = scale.positions(history, steps), height(_joined([part.low for part in fine]))
        dots = len(x) if len(x) <= _MOST_DOTS and not coarse else 0
        set_data(self._line, x, y)
        set_data(self._dots, x[:dots], y[:dots])
        left = scale.positions(history, _joined([part.starts for part in coarse]) + 0.5)
        right = _joined([part.starts + part.block for part in coarse]) + 0.5
        self._set_band(
            left,
            scale.positions(history, right),
            height(_joined([part.low for part in coarse])),
            height(_joined([part.high for part in coarse])),
        )

    def clear(self) -> None:
        """Draw nothing."""
        none = np.empty(0)
        for item in (self._line, self._dots):
            set_data(item, none, none)
        set_bars(self._band, none, none, none, none)

    def _set_band(self, left: Values, right: Values, low: Values, high: Values) -> None:
        # A rectangle that is thinner than a pixel may miss all pixels, and a peak with it.
        wide, tall = self._graph.pixel_size()
        right = np.maximum(right, left + wide)
        top = np.maximum(high, low + tall)
        finite = np.isfinite(low) & np.isfinite(top)
        set_bars(self._band, left[finite], right[finite], low[finite], top[finite])


def _joined(parts: Sequence[npt.NDArray[np.generic]]) -> Values:
    return np.concatenate([np.empty(0), *parts])

"""Thin lines where a hyperparameter was changed while the training ran."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .. import labels
from .graph import Graph, Paint, set_data
from .hover import Row
from .run_view import NONE
from .x_units import XScale

if TYPE_CHECKING:
    from ...training.history import History
    from .ranges import Range

_REACH = 6  # pixels between a mark and a pointer that reads it


class Marks:
    """Draws the history's changes as vertical lines, all in one item.

    Parameters
    ----------
    graph : Graph
        Where to draw.
    """

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._lines = graph.add_curve("marks", Paint("series_4", z=0.5), "pairs")

    def draw(self, history: History, scale: XScale, y_range: Range) -> None:
        """Draw a line over the whole height at each change."""
        # One line a step: dragging a control makes many changes at once.
        steps = sorted({change.step for change in history.changes})
        x = np.repeat(scale.positions(history, np.array(steps, np.float64)), 2)
        set_data(self._lines, x, np.tile(y_range, len(steps)))

    def clear(self) -> None:
        """Draw nothing."""
        set_data(self._lines, NONE, NONE)

    def near(self, history: History, scale: XScale, step: int) -> tuple[Row, ...]:
        """Return names and new values of what changed within some pixels of a step.

        Of several changes of one hyperparameter the last one is returned.
        """
        if not history.changes:
            return ()
        here = self._graph.pixel_of(float(scale.positions(history, step)))
        found = {}
        for change in history.changes:
            position = float(scale.positions(history, change.step))
            if abs(self._graph.pixel_of(position) - here) <= _REACH:
                found[change.name] = f"{change.value:g}"
        return tuple(Row("", labels.label(name), value) for name, value in found.items())

"""A value at the end of each epoch: a line, and dots while there are few."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from .graph import Graph, set_data
from .x_units import XUnit

if TYPE_CHECKING:
    from ...training.history import History

_MOST_DOTS = 40  # more of them would hide the line


class EpochPoints:
    """Draws one column of the history's epochs.

    Parameters
    ----------
    graph : Graph
        Where to draw.
    column : str
        Field of the epochs, e.g. ``"validation_loss"``.
    token : str
        Color of the theme.
    """

    def __init__(self, graph: Graph, column: str, token: str) -> None:
        self._column = column
        self._line = graph.add_curve(token, width=2)
        self._dots = graph.add_points(token)

    def values(self, history: History) -> npt.NDArray[np.floating]:
        """Return the value of each epoch, shape (epochs,)."""
        return history.epoch_column(self._column)

    def draw(self, history: History, unit: XUnit, heights: npt.NDArray[np.floating]) -> None:
        """Draw the epochs at these places of the y axis; those that are NaN are left out."""
        finite = np.isfinite(heights)
        x = unit.positions(history, history.epoch_column("step")[finite])
        y = heights[finite]
        set_data(self._line, x, y)
        few = np.count_nonzero(finite) <= _MOST_DOTS
        set_data(self._dots, x if few else x[:0], y if few else y[:0])

    def clear(self) -> None:
        """Draw nothing."""
        self._line.setData([], [])
        self._dots.setData([], [])

    def at(self, history: History, step: int) -> float:
        """Return the value at the end of the last epoch that ended at or before `step`, or NaN."""
        epochs = int(history.epoch_column("step").searchsorted(step, side="right"))
        return float(self.values(history)[epochs - 1]) if epochs else float("nan")

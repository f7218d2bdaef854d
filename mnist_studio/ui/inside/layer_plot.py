"""A plot of what is recorded of every layer, to be taken along as well."""

from __future__ import annotations

from ...report.sheet import Sheet
from ..plots.graph import Graph
from ..plots.layer_curves import LayerCurves, Recorded, steps_of
from ..plots.live_plot import LivePlot
from ..redraw_clock import RedrawClock
from ..widgets import title_label


class LayerPlot(LivePlot):
    """A value of each layer over time, by powers of ten.

    Parameters
    ----------
    clock : RedrawClock
        Redraws it.
    title : str
    recorded : callable
        What is drawn, see :class:`.LayerCurves`.
    usual : float, optional
        A value that is marked by a line.
    """

    def __init__(
        self, clock: RedrawClock, title: str, recorded: Recorded, usual: float | None = None
    ) -> None:
        graph = Graph()
        curves = LayerCurves(graph, recorded, logarithmic=True, usual=usual)
        super().__init__(clock, title_label(title), graph, curves)
        self._recorded = recorded

    def sheet(self) -> Sheet | None:
        """Return all that is recorded, without smoothing: a row for each look at the layers."""
        history = self._content.history
        if history is None:
            return None
        values = self._recorded(history)
        columns = ("step", *(f"layer_{layer}" for layer in range(1, len(values) + 1)))
        rows = zip(*(each.tolist() for each in (steps_of(history, values), *values)), strict=True)
        return Sheet(columns, rows) if values.size else None

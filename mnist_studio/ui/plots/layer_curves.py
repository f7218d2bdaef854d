"""What is recorded of every layer while a run is trained, a curve for each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject

from ...runs.label import RAMP_COLORS, RUN_COLORS
from .. import theme
from .graph import Graph, Item, Numbers, Paint, set_data
from .hover import Row
from .legend import Entry
from .level_line import LevelLine
from .plotted_run import PlotContent
from .ranges import Range, SteppedEnd
from .run_view import NONE
from .series import values_within
from .smoothing import CenteredMean
from .spans import gradient_span
from .unit_text import step_text

if TYPE_CHECKING:
    from ...training.history import History

_FEW_COLORS = ("series_3", "series_4", "series_2", "series_1")
_SHOWN_SHARE = 0.99
_BELOW_USUAL = 0.1  # decades
_EMPTY_DECADES = (-4.0, 0.0)

Recorded = Callable[["History"], Numbers]
"""Returns what is drawn of a history, shape (layers, n), of its last n looks at the layers."""


def gradient_norms(history: History) -> Numbers:
    """Return how long each layer's gradient was."""
    return history.gradient_norms


def update_ratios(history: History) -> Numbers:
    """Return how far an update moved each layer's weights, as a part of their own length."""
    return history.update_ratios


class LayerCurves(QObject):
    """A value of every linear layer, smoothed, as `Curves`.

    Parameters
    ----------
    graph : Graph
        Where to draw.
    recorded : callable
        What.
    logarithmic : bool
        Whether the y axis counts powers of ten, so that layers far apart can be compared; what is
        zero is not drawn there.
    usual : float, optional
        A value that is marked by a line.
    """

    unfinished = False

    def __init__(
        self,
        graph: Graph,
        recorded: Recorded,
        *,
        logarithmic: bool = False,
        usual: float | None = None,
    ) -> None:
        super().__init__(graph)
        self._graph = graph
        self._recorded = recorded
        self._logarithmic = logarithmic
        self._usual = usual
        self._line = LevelLine(graph, "usual") if usual is not None else None
        self._content = PlotContent()
        self._curves: list[Item] = []
        graph.set_y_scale(logarithmic=logarithmic)
        self.clear()

    @property
    def empty_range(self) -> Range:
        """See `Curves`."""
        return _EMPTY_DECADES if self._logarithmic else (0.0, 1.0)

    def show(self, content: PlotContent) -> None:
        """See `Curves`."""
        self._content = content

    def entries(self) -> tuple[Entry, ...]:
        """See `Curves`."""
        first = self.tr("layer {0}").format(1)
        layers = range(1, len(self._curves) + 1)
        return tuple(
            Entry(self._color(layer), first if layer == 1 else f"{layer}", False, layer, f"{layer}")
            for layer in layers
        )

    def clear(self) -> None:
        """See `Curves`."""
        self._end = SteppedEnd()
        self._decades: Range = np.nan, np.nan  # as shown; none yet
        self._means: list[CenteredMean] = []
        self._graph.remove(*self._curves)
        self._curves.clear()
        if self._line is not None:
            self._line.clear()

    def draw(self, x_range: Range, y_range: Range | None) -> Range:
        """See `Curves`."""
        history, scale = self._content.history, self._content.options.scale
        assert history is not None
        values = self._values(history)
        steps = steps_of(history, values)
        begin, end = values_within(steps, *scale.steps_within(history, x_range))
        shown = [NONE]
        for layer, (mean, each) in enumerate(zip(self._means, values, strict=True), 1):
            curve = self._curves[layer - 1]
            if layer in self._content.hidden or begin >= end:
                set_data(curve, NONE, NONE)
                continue
            indices, heights = mean.sample(each, begin, end)
            if self._logarithmic:
                heights = np.log10(heights, where=heights > 0, out=np.full_like(heights, np.nan))
            set_data(curve, scale.positions(history, steps[indices]), heights)
            shown.append(heights[np.isfinite(heights)])
        y_range = y_range or self._wanted(shown)
        self._draw_usual(x_range, y_range, recorded=bool(values.size))
        return y_range

    def _wanted(self, shown: Sequence[Numbers]) -> Range:
        if self._logarithmic:
            heights = np.concatenate(shown)
            if self._usual is not None:
                heights = np.append(heights, np.log10(self._usual) - _BELOW_USUAL)
            if not len(heights):
                return self.empty_range
            low, high = float(np.floor(heights.min())), float(np.ceil(heights.max()))
            return self._still(low, max(high, low + 1.0))
        needed = max(
            (float(np.quantile(each, _SHOWN_SHARE)) for each in shown if len(each)), default=0
        )
        return 0.0, self._end.follow(1.05 * needed) if needed > 0 else 1.0

    def _still(self, low: float, high: float) -> Range:
        """Return decades to show: as before, where that is one more than needed at an end."""
        bottom, top = self._decades
        self._decades = (
            bottom if bottom <= low <= bottom + 1 else low,
            top if top - 1 <= high <= top else high,
        )
        return self._decades

    def _draw_usual(self, x_range: Range, y_range: Range, *, recorded: bool) -> None:
        text = self.tr("usual") if recorded else self.tr("usual; of this run none is recorded")
        if self._line is not None and self._usual is not None:
            height = float(np.log10(self._usual)) if self._logarithmic else self._usual
            self._line.draw(height, text, x_range, y_range)

    def read(self, x: float, _y: float, _room: int) -> tuple[float, tuple[Row, ...]]:
        """See `Curves`."""
        history, step, x = self._content.nearest(x)
        rows = [Row("", step_text(history, step), "")]
        values = self._values(history)
        samples = int(steps_of(history, values).searchsorted(step, side="right"))
        for layer, each in enumerate(values if samples else (), 1):
            value = self._means[layer - 1].at(each, samples - 1)
            rows.append(Row(self._color(layer), self.tr("layer {0}").format(layer), f"{value:.3g}"))
        return x, tuple(rows)

    def _values(self, history: History) -> Numbers:
        """Return the values of each layer, and have a curve and a mean for each."""
        values = self._recorded(history)
        for layer in range(len(self._curves) + 1, len(values) + 1):
            self._curves.append(self._graph.add_curve(layer, Paint("text")))
            self._means.append(CenteredMean(gradient_span(history)))
        for layer, curve in enumerate(self._curves, 1):
            self._graph.set_paint(curve, Paint(self._color(layer)))
        return values

    def _color(self, layer: int) -> str:
        """Return a color of its own for each of a few layers; of many, those of a ramp."""
        count = len(self._curves)
        if count <= len(_FEW_COLORS):
            return _FEW_COLORS[layer - 1]
        return theme.run_token(RUN_COLORS + round((RAMP_COLORS - 1) * (layer - 1) / (count - 1)))


def steps_of(history: History, values: Numbers) -> Numbers:
    """Return the steps that the values are of."""
    steps = history.layer_steps
    return steps[len(steps) - values.shape[1] :]

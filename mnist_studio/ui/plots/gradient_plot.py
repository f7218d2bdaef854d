"""How strongly each layer is pulled, or how large the steps are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from ..choice_button import ChoiceButton
from .decimation import block_size
from .graph import Paint
from .hover import Row
from .legend import Entry
from .live_plot import LivePlot, YRange
from .ranges import SteppedEnd
from .redraw_clock import RedrawClock
from .series import samples_within
from .smoothing import ExponentialAverage
from .spans import gradient_span

if TYPE_CHECKING:
    from ...training.history import History

_LAYER_COLORS = ("series_3", "series_4", "series_2", "series_1")
_SHOWN_SHARE = 0.99


class GradientPlot(LivePlot):
    """The gradient norm of every linear layer, smoothed; or, if chosen, the learning rate."""

    def __init__(self, clock: RedrawClock, parent: QWidget | None = None) -> None:
        self._view = "gradient"
        self._y_end = SteppedEnd()
        self._curves: list[pg.PlotCurveItem] = []
        self._layer_averages: list[ExponentialAverage] = []
        super().__init__("", clock, parent=parent)
        self.setObjectName("gradientPlot")
        self.setAccessibleName(self.tr("Plot of the gradient norms or the learning rate"))
        self.redraw()

    @Slot(object)
    def show_view(self, view: str) -> None:
        """Show ``"gradient"`` or ``"learning_rate"``."""
        self._view = view
        self._y_end = SteppedEnd()
        self._set_curves(0)
        self.follow()

    def _titles(self) -> dict[str, str]:
        return {
            "gradient": self.tr("Gradient norm").upper(),
            "learning_rate": self.tr("Learning rate").upper(),
        }

    def _make_title(self, title: str) -> QWidget:
        button = ChoiceButton(self._titles(), self._view, "{0} ▾")
        button.setObjectName("gradientViewButton")
        button.setProperty("titleMenu", True)
        button.setToolTip(
            self.tr(
                "What this plot shows: how long each layer's gradient is (vanishing or exploding "
                "gradients show here), or the learning rate of every step."
            )
        )
        button.chosen.connect(self.show_view)
        return button

    def _start(self) -> None:
        self._layer_averages = []
        self._y_end = SteppedEnd()

    def _clear(self) -> None:
        self._set_curves(0)

    def _set_curves(self, count: int) -> None:
        """Have one curve a layer, or one for the learning rate."""
        if count == len(self._curves):
            return
        for curve in self._curves:
            self.graph.remove(curve)
        colors = self._colors(count)
        width = 1 if self._view == "gradient" else 2
        self._curves = [self.graph.add_curve(Paint(color, width)) for color in colors]
        self.legend.set_entries(
            tuple(
                Entry(color, self.tr("layer {0}").format(layer) if layer == 1 else f"{layer}")
                for layer, color in enumerate(colors, 1)
            )
            if self._view == "gradient"
            else ()
        )

    def _colors(self, count: int) -> list[str]:
        if self._view == "learning_rate":
            return ["series_1"] * count
        return [_LAYER_COLORS[layer % len(_LAYER_COLORS)] for layer in range(count)]

    # --- drawing ---------------------------------------------------------------------------

    def _draw(self, x_range: tuple[float, float]) -> YRange:
        history = self._history
        assert history is not None
        first, last = self._scale.steps_within(history, x_range)
        if self._view == "learning_rate":
            return self._draw_learning_rate(history, first, last)
        norms, steps = history.gradient_norms, history.sample_steps
        begin, end = samples_within(history, first, last)
        self._set_curves(len(norms))
        needed = 0.0
        for curve, average, values in zip(
            self._curves, self._averages(history), norms, strict=True
        ):
            indices, heights = average.sample(values, begin, end)
            curve.setData(self._scale.positions(history, steps[indices]), heights)
            heights = heights[np.isfinite(heights)]
            if len(heights):
                needed = max(needed, float(np.quantile(heights, _SHOWN_SHARE)))
        return 0.0, self._y_end.follow(1.05 * needed) if needed > 0 else 1.0

    def _averages(self, history: History) -> list[ExponentialAverage]:
        """Return the average of each layer."""
        span, layers = gradient_span(history), len(history.gradient_norms)
        while len(self._layer_averages) < layers:
            self._layer_averages.append(ExponentialAverage(span))
        return self._layer_averages

    def _draw_learning_rate(self, history: History, first: int, last: int) -> YRange:
        self._set_curves(1)
        rates = history.learning_rates
        stride = block_size(last - first)
        indices = np.append(np.arange(first - first % stride, last - 1, stride), last - 1)
        shown = rates[indices]
        self._curves[0].setData(self._scale.positions(history, indices + 1), shown)
        needed = float(shown.max())
        return 0.0, self._y_end.follow(1.05 * needed) if needed > 0 else 1.0

    def _read_step(self, history: History, step: int) -> tuple[Row, ...]:
        if self._view == "learning_rate":
            rate = float(history.learning_rates[step - 1])
            return (Row("series_1", self.tr("learning rate"), f"{rate:.4g}"),)
        samples = int(history.sample_steps.searchsorted(step, side="right"))
        if not samples:
            return ()
        averages = self._averages(history)
        rows = zip(self._colors(len(averages)), averages, history.gradient_norms, strict=True)
        return tuple(
            Row(color, self.tr("layer {0}").format(layer), f"{average.at(norms, samples - 1):.3g}")
            for layer, (color, average, norms) in enumerate(rows, 1)
        )

"""How strongly each layer is pulled, or how large the steps are."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QCoreApplication, QObject

from ..choice_button import ChoiceButton
from ..redraw_clock import RedrawClock
from .decimation import block_size
from .graph import Graph, Paint, set_data
from .hover import Row
from .layer_curves import LayerCurves, gradient_norms
from .legend import Entry
from .live_plot import Curves, LivePlot
from .plotted_run import PlotContent
from .ranges import Range, SteppedEnd
from .run_view import NONE
from .unit_text import step_text


def gradient_plot(clock: RedrawClock) -> LivePlot:
    """Return the plot of the gradient norms or, if chosen, the learning rate."""
    graph = Graph()
    kinds: dict[str, Curves] = {
        "gradient": LayerCurves(graph, gradient_norms),
        "learning_rate": LearningRate(graph),
    }
    button = _make_kind_button()
    plot = LivePlot(clock, button, graph, kinds["gradient"])
    plot.setObjectName("gradientPlot")
    plot.set_name(
        QCoreApplication.translate(
            "GradientPlot", "Plot of the gradient norms or the learning rate"
        )
    )
    button.chosen.connect(lambda kind: plot.show_curves(kinds[kind]))
    return plot


def _make_kind_button() -> ChoiceButton:
    titles = {
        "gradient": QCoreApplication.translate("GradientPlot", "Gradient norm").upper(),
        "learning_rate": QCoreApplication.translate("GradientPlot", "Learning rate").upper(),
    }
    button = ChoiceButton(titles, "gradient", "{0} ▾")
    button.setObjectName("gradientViewButton")
    button.setProperty("titleMenu", True)
    button.setToolTip(
        QCoreApplication.translate(
            "GradientPlot",
            "What this plot shows: how long each layer's gradient is (vanishing or exploding "
            "gradients show here), or the learning rate of every step.",
        )
    )
    return button


class LearningRate(QObject):
    """The learning rate of every step as `Curves`."""

    empty_range = (0.0, 1.0)
    unfinished = False

    def __init__(self, graph: Graph) -> None:
        super().__init__(graph)
        self._content = PlotContent()
        self._curve = graph.add_curve("learning rate", Paint("series_1", 2))
        self.clear()

    def show(self, content: PlotContent) -> None:
        """See `Curves`."""
        self._content = content

    def entries(self) -> tuple[Entry, ...]:
        """See `Curves`; the title says what it is."""
        return ()

    def clear(self) -> None:
        """See `Curves`."""
        self._end = SteppedEnd()
        set_data(self._curve, NONE, NONE)

    def draw(self, x_range: Range, y_range: Range | None) -> Range:
        """See `Curves`."""
        history, scale = self._content.history, self._content.options.scale
        assert history is not None
        first, last = scale.steps_within(history, x_range)
        stride = block_size(last - first)
        indices = np.append(np.arange(first - first % stride, last - 1, stride), last - 1)
        shown = history.learning_rates[indices]
        set_data(self._curve, scale.positions(history, indices + 1), shown)
        needed = float(shown.max())
        wanted = 0.0, self._end.follow(1.05 * needed) if needed > 0 else 1.0
        return y_range or wanted

    def read(self, x: float, _y: float, _room: int) -> tuple[float, tuple[Row, ...]]:
        """See `Curves`."""
        history, step, x = self._content.nearest(x)
        rate = f"{float(history.learning_rates[step - 1]):.4g}"
        place = Row("", step_text(history, step), "")
        return x, (place, Row("series_1", self.tr("learning rate"), rate))

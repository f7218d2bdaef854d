"""The accuracy on what is trained on and on the validation part."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QCoreApplication, QObject, Slot

from ...number_text import percent_deviation
from ..choice_button import ChoiceButton
from ..redraw_clock import RedrawClock
from .graph import Graph, Numbers, Paint
from .live_plot import LivePlot
from .overlaid_runs import OverlaidRuns
from .ranges import Range, SteppedEnd
from .run_view import Look, Shown
from .series import ACCURACY
from .y_scales import Root, YScale, spanned

_WHOLE = (0.0, 100.0)
_ROOT = Root(100.0, -1.0)
_FLOORS = (0.0, 50.0, 80.0, 90.0, 95.0, 98.0, 99.0)  # per cent
_HIDDEN_SHARE = 0.1  # of the curve: the steep beginning would flatten the rest
_MANY_RUNS = 8
_TRAINING_SHARES = (0.6, 0.3)  # of a run's color in its training curve, if many are shown


def accuracy_plot(clock: RedrawClock, scale: YScale = YScale.ROOT) -> LivePlot:
    """Return the plot of the training accuracy, smoothed, and the validation accuracy."""
    graph = Graph(" %")
    accuracy = Accuracy(graph, scale)
    plot = LivePlot(clock, accuracy.scale_button, graph, OverlaidRuns(graph, accuracy))
    plot.setObjectName("accuracyPlot")
    plot.set_name(QCoreApplication.translate("AccuracyPlot", "Plot of the accuracy"))
    accuracy.scale_button.chosen.connect(plot.follow)
    return plot


class Accuracy(QObject):
    """The accuracy in per cent as a `Quantity`, on a root scale or another one that is chosen.

    Attributes
    ----------
    scale_button : ChoiceButton
        The plot's title, which lets the user choose the axis.
    """

    measure = ACCURACY
    look = Look(None, Paint("series_1", 2, z=13.0), Paint("series_2", 2, z=14.0), 7)
    raw_name = ""

    def __init__(self, graph: Graph, scale: YScale) -> None:
        super().__init__(graph)
        self.names: tuple[str, ...] = self.tr("training"), self.tr("validation")
        self._graph = graph
        choices = {
            YScale.ROOT: self.tr("All of it, the top large"),
            YScale.LINEAR: self.tr("All of it, evenly"),
            YScale.DETAIL: self.tr("Only where the curves are"),
        }
        title = self.tr("Accuracy").upper()
        self.scale_button = ChoiceButton(choices, scale, f"{title} ▾")
        self.scale_button.setObjectName("accuracyScaleButton")
        self.scale_button.setProperty("titleMenu", True)
        self.scale_button.setToolTip(
            self.tr(
                "How the accuracy axis is divided: the whole of it, with the last per cents large "
                "or evenly, or only the part where the curves are, to compare them."
            )
        )
        self.scale_button.chosen.connect(self._choose_scale)
        self._choose_scale(scale)

    @Slot(object)
    def _choose_scale(self, scale: YScale) -> None:
        self._scale = scale
        self._graph.set_y_scale(_ROOT if scale is YScale.ROOT else None)

    @property
    def empty_range(self) -> Range:
        """See `Quantity`."""
        return spanned(_ROOT, _WHOLE) if self._scale is YScale.ROOT else _WHOLE

    def run_look(self, token: str, count: int) -> Look:
        """See `Quantity`."""
        # Here the validation is what is compared; the training shows by how much it is fitted.
        share = _TRAINING_SHARES[count > _MANY_RUNS]
        return Look(None, Paint(token, 1, share, z=3.0), Paint(token, 2, z=4.0), 6)

    def height(self, shares: Numbers) -> Numbers:
        """See `Quantity`."""
        values = 100.0 * shares
        return _ROOT.heights(values) if self._scale is YScale.ROOT else values

    def guess(self, classes: int) -> float:
        """See `Quantity`: one answer of so many is right."""
        return 1.0 / classes

    def guess_text(self, guess: float) -> str:
        """See `Quantity`."""
        return self.tr("{0} %: guessing").format(f"{100 * guess:.3g}")

    def range_of(self, shown: list[Shown], _end: SteppedEnd, _guess: float) -> Range:
        """See `Quantity`."""
        if self._scale is not YScale.DETAIL:
            return self.empty_range
        lowest = min((_lowest(each) for each in shown), default=0.0)
        return max(floor for floor in _FLOORS if floor <= max(0.0, lowest)), 100.0

    def text(self, value: float, deviation: float | None = None) -> str:
        """See `Quantity`."""
        return percent_deviation(value, math.nan if deviation is None else deviation)


def _lowest(shown: Shown) -> float:
    """Return what to show of a run, in per cent; nothing at all shows everything."""
    lows = []
    for shares, room in ((shown.lows, 0.0), (shown.validation, 0.5)):
        finite = shares[np.isfinite(shares)]
        if len(finite):
            lows.append(100 * float(np.quantile(finite, _HIDDEN_SHARE)) - room)
    return min(lows, default=0.0)

"""The loss of every batch, smoothed, and on the validation part."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QCoreApplication, QObject, Qt, Slot
from PySide6.QtWidgets import QToolButton

from ...number_text import loss_text
from ..choice_button import ChoiceButton
from ..redraw_clock import RedrawClock
from ..widgets import dim_label, title_label
from .graph import Graph, Numbers, Paint
from .live_plot import LivePlot
from .marks import Marks
from .overlaid_runs import OverlaidRuns
from .plot_controls import RawChoice
from .ranges import Range, SteppedEnd
from .run_view import Look, Shown
from .series import LOSS
from .y_scales import Root, YScale

_LOWEST = 1e-7  # what a logarithmic axis shows of a loss of zero
_SHOWN_SHARE = 0.94  # of the peaks: the first batches' spike would flatten the rest
_LEFT_ALONE = 2.0  # times the loss of guessing: who diverges flattens no others
_ABOVE_GUESS = 1.04  # room above the line of guessing
_EMPTY_LOW, _EMPTY_END = 0.01, 2.5
_ROOT = Root()
_RAW_SHARE = 0.22  # of a run's color in its raw values


def loss_plot(clock: RedrawClock, *controls: QToolButton) -> LivePlot:
    """Return the plot of the loss, with marks where a value was changed, and more controls."""
    graph = Graph()
    loss, raw = Loss(graph), RawChoice(graph)
    hint = dim_label(
        QCoreApplication.translate("LossPlot", "Press Train: the loss of every batch appears here.")
    )
    hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
    hint.setWordWrap(True)
    hint.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
    plot = LivePlot(
        clock,
        title_label(QCoreApplication.translate("LossPlot", "Loss")),
        graph,
        OverlaidRuns(graph, loss, Marks(graph), raw),
        hint,
        (raw.button, loss.scale_button, *controls),
    )
    plot.setObjectName("lossPlot")
    plot.set_name(QCoreApplication.translate("LossPlot", "Plot of the loss"))
    raw.button.clicked.connect(plot.turn.mark_dirty)
    loss.scale_button.chosen.connect(plot.follow)
    return plot


class Loss(QObject):
    """The loss as a `Quantity`, on a root scale or another one that is chosen.

    Attributes
    ----------
    scale_button : ChoiceButton
        Lets the user choose the axis.
    """

    measure = LOSS
    look = Look(Paint("raw"), Paint("series_1", 2, z=14.0), Paint("series_2", 2, z=13.0), 7)

    def __init__(self, graph: Graph) -> None:
        super().__init__(graph)
        self.names: tuple[str, ...] = (
            self.tr("every batch"),
            self.tr("smoothed"),
            self.tr("validation"),
        )
        self.raw_name = self.tr("this batch")
        self._graph = graph
        self._scale = YScale.ROOT
        choices = {
            YScale.LINEAR: self.tr("linear"),
            YScale.ROOT: self.tr("root"),
            YScale.LOGARITHMIC: self.tr("log"),
        }
        self.scale_button = ChoiceButton(choices, self._scale, self.tr("y: {0} ▾"))
        self.scale_button.setObjectName("lossScaleButton")
        self.scale_button.setToolTip(
            self.tr(
                "How the loss axis is divided. Root shows both 2.3 and 0.02; log shows how the "
                "smallest losses still fall; linear shows differences as they are."
            )
        )
        self.scale_button.chosen.connect(self._choose_scale)
        self._choose_scale(self._scale)

    @Slot(object)
    def _choose_scale(self, scale: YScale) -> None:
        self._scale = scale
        root = _ROOT if scale is YScale.ROOT else None
        self._graph.set_y_scale(root, logarithmic=scale is YScale.LOGARITHMIC)

    @property
    def height(self) -> Callable[[Numbers], Numbers]:
        """See `Quantity`."""
        return _HEIGHTS[self._scale]

    @property
    def empty_range(self) -> Range:
        """See `Quantity`."""
        low = _EMPTY_LOW if self._scale is YScale.LOGARITHMIC else 0.0
        ends = self.height(np.array([low, _EMPTY_END])).tolist()
        return ends[0], ends[1]

    def run_look(self, token: str, _count: int) -> Look:
        """See `Quantity`."""
        raw = Paint(token, share=_RAW_SHARE)
        return Look(raw, Paint(token, 2, z=4.0), Paint(token, 1, z=3.0), 6)

    def guess(self, classes: int) -> float:
        """See `Quantity`: all answers are equally likely."""
        return math.log(classes)

    def guess_text(self, guess: float) -> str:
        """See `Quantity`."""
        return self.tr("{0}: guessing").format(f"{guess:.2f}")

    def range_of(self, shown: list[Shown], end: SteppedEnd, guess: float) -> Range:
        """See `Quantity`: it reaches to where guessing begins."""
        if self._scale is YScale.LOGARITHMIC:
            ranges = [_logarithmic_range(each) for each in shown] or [(-1.0, 1.0)]
            low, high = min(low for low, _ in ranges), max(high for _, high in ranges)
            return low, max(high, low + 1.0, math.log10(_ABOVE_GUESS * guess))
        needs = [_need(each) for each in shown] or [1.0]
        needed = max(min(needs), min(max(needs), _LEFT_ALONE * guess), _ABOVE_GUESS * guess)
        top = end.follow(1.02 * needed)
        return 0.0, _ROOT.height(top) if self._scale is YScale.ROOT else top

    def text(self, value: float, deviation: float | None = None) -> str:
        """See `Quantity`."""
        text = loss_text(value)
        return text if deviation is None else f"{text} ± {loss_text(deviation)}"


def _plain(losses: Numbers) -> Numbers:
    return losses


def _logarithm(losses: Numbers) -> Numbers:
    return np.log10(np.maximum(losses, _LOWEST))


_HEIGHTS = {YScale.LINEAR: _plain, YScale.ROOT: _ROOT.heights, YScale.LOGARITHMIC: _logarithm}


def _need(shown: Shown) -> float:
    """Return up to where a linear axis must reach to show a run."""
    highs = np.sort(shown.highs[np.isfinite(shown.highs)])
    needed = float(highs[int(_SHOWN_SHARE * (len(highs) - 1))]) if len(highs) else 1.0
    finite = shown.validation[np.isfinite(shown.validation)]
    if len(finite):
        needed = max(needed, 1.1 * float(finite[-1]))
    return needed


def _logarithmic_range(shown: Shown) -> Range:
    """Return the powers of ten that show a run."""
    values = np.concatenate([shown.lows, shown.highs, shown.validation])
    powers = _logarithm(values[np.isfinite(values)])
    if not len(powers):
        return -1.0, 1.0
    # Half decades: the axis moves rarely; a few outliers below do not stretch it.
    low = float(np.floor(2 * np.quantile(powers, 0.01)) / 2)
    typical = shown.line[np.isfinite(shown.line)]
    if len(typical):
        # Single images, at batch size 1, reach losses of zero: two decades are enough.
        low = max(low, float(np.floor(2 * np.log10(max(float(typical.min()), _LOWEST))) / 2) - 2.0)
    return low, float(np.ceil(2 * powers.max()) / 2)

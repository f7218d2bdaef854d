"""The accuracy on what is trained on and on the validation part."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtWidgets import QWidget

from ..number_text import percentage
from .curve_plot import CurvePlot
from .graph import Numbers, Paint
from .hover import Row
from .live_plot import YRange
from .redraw_clock import RedrawClock
from .run_view import Look, Shown
from .series import AccuracyMeasure

if TYPE_CHECKING:
    from ...training.history import History

_FLOORS = (0.0, 50.0, 80.0, 90.0, 95.0, 98.0, 99.0)  # per cent
_HIDDEN_SHARE = 0.1  # of the curve: the steep beginning would flatten the rest
_MANY_RUNS = 8
_TRAINING_SHARES = (0.6, 0.3)  # of a run's color in its training curve, if many are shown
_LOOK = Look(None, Paint("series_1", 2, z=13.0), Paint("series_2", 2, z=14.0), 7)


class AccuracyPlot(CurvePlot):
    """Training accuracy, smoothed, and validation accuracy, in per cent."""

    def __init__(self, clock: RedrawClock, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Accuracy"), clock, AccuracyMeasure(), _LOOK, " %", parent)
        self.setObjectName("accuracyPlot")
        self.setAccessibleName(self.tr("Plot of the accuracy"))
        self.redraw()

    def _run_look(self, token: str) -> Look:
        # Here the validation is what is compared; the training shows by how much it is fitted.
        share = _TRAINING_SHARES[len(self.runs) > _MANY_RUNS]
        return Look(None, Paint(token, 1, share, z=3.0), Paint(token, 2, z=4.0), 6)

    def _main_names(self) -> tuple[str, ...]:
        return self.tr("training"), self.tr("validation")

    def _height(self) -> Callable[[Numbers], Numbers]:
        return _percent

    def _y_range(self, shown: list[Shown]) -> YRange:
        lowest = min((_lowest(each) for each in shown), default=0.0)
        return max(floor for floor in _FLOORS if floor <= max(0.0, lowest)), 100.0

    def _empty_y_range(self) -> YRange:
        return 0.0, 100.0

    def _read_step(self, history: History, step: int) -> tuple[Row, ...]:
        series = self.main.single
        look = self.main.look
        tokens = (look.line.token, look.validation.token)
        values = (series.line_at(step), series.validation_at(step))
        return tuple(
            Row(token, name, percentage(value))
            for token, name, value in zip(tokens, self._main_names(), values, strict=True)
            if np.isfinite(value)
        )

    def _text(self, value: float) -> str:
        return percentage(value)


def _percent(shares: Numbers) -> Numbers:
    return 100.0 * shares


def _lowest(shown: Shown) -> float:
    """Return what to show of a run, in per cent; nothing at all shows everything."""
    lows = []
    training = shown.lows[np.isfinite(shown.lows)]
    if len(training):
        lows.append(100 * float(np.quantile(training, _HIDDEN_SHARE)))
    validation = shown.validation[np.isfinite(shown.validation)]
    if len(validation):
        lows.append(100 * float(np.quantile(validation, _HIDDEN_SHARE)) - 0.5)
    return min(lows, default=0.0)

"""The accuracy on what is trained on and on the validation part."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from PySide6.QtWidgets import QWidget

from ..number_text import percentage
from .epoch_points import EpochPoints
from .hover import Row
from .legend import Entry
from .live_plot import LivePlot, YRange
from .redraw_clock import RedrawClock
from .smoothing import ExponentialAverage
from .spans import accuracy_span

if TYPE_CHECKING:
    from ...training.history import History

_FLOORS = (0.0, 50.0, 80.0, 90.0, 95.0, 98.0, 99.0)  # per cent
_HIDDEN_SHARE = 0.1  # of the curve: the steep beginning would flatten the rest


class AccuracyPlot(LivePlot):
    """Training accuracy, smoothed, and validation accuracy, in per cent."""

    def __init__(self, clock: RedrawClock, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Accuracy"), clock, " %", parent)
        self.setObjectName("accuracyPlot")
        self.setAccessibleName(self.tr("Plot of the accuracy"))
        self._average = ExponentialAverage(1)
        self._training = self.graph.add_curve("series_1", width=2)
        self._validation = EpochPoints(self.graph, "validation_accuracy", "series_2")
        self.legend.set_entries(
            (Entry("series_1", self.tr("training")), Entry("series_2", self.tr("validation")))
        )
        self.redraw()

    def _start(self) -> None:
        if self._history is not None:
            self._average = ExponentialAverage(accuracy_span(self._history))

    def _clear(self) -> None:
        self._training.setData([], [])
        self._validation.clear()

    def _draw(self, history: History, first: int, last: int) -> YRange:
        steps = history.sample_steps
        begin, end = steps.searchsorted([first + 1, last], side="left").tolist()
        begin, end = max(0, begin - 1), min(len(steps), end + 1)
        heights = np.empty(0)
        if end > begin:
            indices, averages = self._average.sample(history.sample_accuracies, begin, end, 250)
            heights = 100 * averages
            self._training.setData(self._unit.positions(history, steps[indices]), heights)
        else:
            self._training.setData([], [])
        validation = 100 * self._validation.values(history)
        self._validation.draw(history, self._unit, validation)
        return _percent_range(heights, validation)

    def _empty_y_range(self) -> YRange:
        return 0.0, 100.0

    def _read(self, history: History, step: int) -> tuple[Row, ...]:
        rows = []
        samples = int(history.sample_steps.searchsorted(step, side="right"))
        if samples:
            average = self._average.at(history.sample_accuracies, samples - 1)
            rows.append(Row("series_1", self.tr("training"), percentage(average)))
        validation = self._validation.at(history, step)
        if np.isfinite(validation):
            rows.append(Row("series_2", self.tr("validation"), percentage(validation)))
        return tuple(rows)


def _percent_range(
    training: npt.NDArray[np.float64], validation: npt.NDArray[np.floating]
) -> YRange:
    lows = [0.0]
    if len(training):
        lows = [float(np.quantile(training, _HIDDEN_SHARE))]
    finite = validation[np.isfinite(validation)]
    if len(finite):
        lows.append(float(np.quantile(finite, _HIDDEN_SHARE)) - 0.5)
    return max(floor for floor in _FLOORS if floor <= max(0.0, min(lows))), 100.0

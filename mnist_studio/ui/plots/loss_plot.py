"""The loss of every batch, smoothed, and on the validation part."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QToolButton, QVBoxLayout, QWidget

from ..number_text import loss_text
from ..widgets import dim_label
from .decimation import Columns, MinMaxPyramid
from .epoch_points import EpochPoints
from .graph import set_data
from .hover import Row
from .legend import Entry
from .live_plot import LivePlot, YRange, quiet_button
from .marks import Marks
from .noisy_curve import NoisyCurve
from .ranges import SteppedEnd
from .redraw_clock import RedrawClock
from .smoothing import ExponentialAverage
from .spans import loss_span
from .x_units import XUnit

if TYPE_CHECKING:
    from ...training.history import History

_LOWEST = 1e-7  # what a logarithmic axis shows of a loss of zero
_SHOWN_SHARE = 0.94  # of the columns' peaks: the first batches' spike would flatten the rest


class LossPlot(LivePlot):
    """Raw, smoothed and validation loss; linear or logarithmic; marks where a value was changed.

    Signals
    -------
    unit_chosen(object)
        The user has chosen this :class:`XUnit`.
    """

    unit_chosen = Signal(object)

    def __init__(self, clock: RedrawClock, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Loss"), clock, parent=parent)
        self.setObjectName("lossPlot")
        self.setAccessibleName(self.tr("Plot of the loss"))
        self._logarithmic = False
        self._y_end = SteppedEnd()
        self._pyramid = MinMaxPyramid()
        self._average = ExponentialAverage(1)
        self._raw = NoisyCurve(self.graph, "raw")
        self._marks = Marks(self.graph)
        self._validation = EpochPoints(self.graph, "validation_loss", "series_2")
        self._smoothed = self.graph.add_curve("series_1", width=2)
        self._smoothed_dot = self.graph.add_points("series_1", size=5)
        self.legend.set_entries(
            (
                Entry("raw", self.tr("every batch")),
                Entry("series_1", self.tr("smoothed")),
                Entry("series_2", self.tr("validation")),
            )
        )
        self._hint = dim_label(self.tr("Press Train: the loss of every batch appears here."))
        self._hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._hint.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        QVBoxLayout(self.graph).addWidget(self._hint)
        self.scale_button = self._make_scale_button()
        self.unit_button = self._make_unit_button()
        for button in (self.scale_button, self.unit_button, self.follow_button):
            self.header.addWidget(quiet_button(button))
        self.redraw()

    @property
    def logarithmic(self) -> bool:
        """Whether the y axis is logarithmic."""
        return self._logarithmic

    @Slot(bool)
    def set_logarithmic(self, on: bool) -> None:
        """Make the y axis logarithmic or linear; the view follows again."""
        self._logarithmic = on
        self.scale_button.setChecked(on)
        self.graph.set_logarithmic(on)
        self.follow()

    # --- controls --------------------------------------------------------------------------

    def _make_scale_button(self) -> QToolButton:
        button = QToolButton()
        button.setObjectName("logarithmicButton")
        button.setText(self.tr("Log"))
        button.setToolTip(
            self.tr("Logarithmic loss axis: shows how the small losses late in a run still fall.")
        )
        button.setCheckable(True)
        button.clicked.connect(self.set_logarithmic)
        return button

    def _make_unit_button(self) -> QToolButton:
        button = QToolButton()
        button.setObjectName("xUnitButton")
        button.setToolTip(
            self.tr("What the x axis counts. Seconds compare speed, epochs compare settings.")
        )
        menu = QMenu(button)
        group = QActionGroup(menu)
        widest = 0
        for unit, text in {
            XUnit.BATCHES: self.tr("batches"),
            XUnit.IMAGES: self.tr("images"),
            XUnit.EPOCHS: self.tr("epochs"),
            XUnit.SECONDS: self.tr("seconds"),
        }.items():
            action = group.addAction(menu.addAction(text))
            action.setObjectName(f"{unit.value}Action")
            action.setCheckable(True)
            action.setChecked(unit is self._unit)
            action.setData(unit)
            shown = self.tr("x: {0} ▾").format(text)
            widest = max(widest, button.fontMetrics().horizontalAdvance(shown))
            if unit is self._unit:
                button.setText(shown)
        button.setMinimumWidth(widest + 24)
        button.setMenu(menu)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        group.triggered.connect(self._on_unit_chosen)
        return button

    @Slot(QAction)
    def _on_unit_chosen(self, action: QAction) -> None:
        self.unit_button.setText(self.tr("x: {0} ▾").format(action.text()))
        self.unit_chosen.emit(action.data())

    # --- drawing ---------------------------------------------------------------------------

    def _start(self) -> None:
        self._pyramid = MinMaxPyramid()
        self._y_end = SteppedEnd()
        if self._history is not None:
            self._average = ExponentialAverage(loss_span(self._history))

    def _clear(self) -> None:
        self._hint.show()
        self._raw.clear()
        self._smoothed.setData([], [])
        self._smoothed_dot.setData([], [])
        self._validation.clear()
        self._marks.clear()

    def _draw(self, history: History, first: int, last: int) -> YRange:
        self._hint.hide()
        columns = self._pyramid.columns(history.losses, first, last, self._columns())
        self._raw.draw(columns, history, self._unit, self._heights)
        ends, averages = self._average.sample(history.losses, first, last)
        x, y = self._unit.positions(history, ends + 1), self._heights(averages)
        self._smoothed.setData(x, y)
        # A line begins with the second batch.
        dots = 1 if len(x) == 1 else 0
        set_data(self._smoothed_dot, x[:dots], y[:dots])
        validation = self._validation.values(history)
        self._validation.draw(history, self._unit, self._heights(validation))
        y_range = (
            self._logarithmic_range(columns, averages, validation)
            if self._logarithmic
            else self._linear_range(columns, validation)
        )
        self._marks.draw(
            history, self._unit, y_range if self.following else self.graph.visible_range()[1]
        )
        return y_range

    def _heights(self, losses: npt.NDArray[np.floating]) -> npt.NDArray[np.floating]:
        """Return where losses lie on the y axis."""
        return np.log10(np.maximum(losses, _LOWEST)) if self._logarithmic else losses

    def _linear_range(self, columns: Columns, validation: npt.NDArray[np.floating]) -> YRange:
        highs = columns.high[np.isfinite(columns.high)]
        needed = float(np.quantile(highs, _SHOWN_SHARE)) if len(highs) else 1.0
        finite = validation[np.isfinite(validation)]
        if len(finite):
            needed = max(needed, 1.1 * float(finite[-1]))
        return 0.0, self._y_end.follow(max(1.02 * needed, 1e-5))

    def _logarithmic_range(
        self,
        columns: Columns,
        averages: npt.NDArray[np.floating],
        validation: npt.NDArray[np.floating],
    ) -> YRange:
        shown = np.concatenate([columns.low, columns.high, validation])
        shown = np.log10(np.maximum(shown[np.isfinite(shown)], _LOWEST))
        if not len(shown):
            return -1.0, 1.0
        # Half decades: the axis moves rarely; a few outliers below do not stretch it.
        low = float(np.floor(2 * np.quantile(shown, 0.01)) / 2)
        typical = averages[np.isfinite(averages)]
        if len(typical):
            # Single images, at batch size 1, reach losses of zero: two decades are enough.
            low = max(low, float(np.floor(2 * np.log10(max(typical.min(), _LOWEST))) / 2) - 2.0)
        high = float(np.ceil(2 * shown.max()) / 2)
        return low, max(high, low + 1.0)

    def _empty_y_range(self) -> YRange:
        return (-2.0, 0.5) if self._logarithmic else (0.0, 2.5)

    def _read(self, history: History, step: int) -> tuple[Row, ...]:
        rows = [
            Row("raw", self.tr("this batch"), loss_text(float(history.losses[step - 1]))),
            Row(
                "series_1",
                self.tr("smoothed"),
                loss_text(self._average.at(history.losses, step - 1)),
            ),
        ]
        validation = self._validation.at(history, step)
        if np.isfinite(validation):
            rows.append(Row("series_2", self.tr("validation"), loss_text(validation)))
        rows += [Row("", text, value) for text, value in self._marks.near(history, step)]
        return tuple(rows)

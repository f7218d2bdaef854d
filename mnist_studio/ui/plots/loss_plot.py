"""The loss of every batch, smoothed, and on the validation part."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QToolButton, QVBoxLayout, QWidget

from ..number_text import loss_text
from ..widgets import dim_label
from .curve_plot import CurvePlot
from .graph import Numbers, Paint
from .hover import Row
from .live_plot import YRange, quiet_button, toggle_button
from .marks import Marks
from .ranges import SteppedEnd
from .redraw_clock import RedrawClock
from .run_view import Look, Shown
from .series import LossMeasure

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...training.history import History
    from .plotted_run import PlottedRun

_LOWEST = 1e-7  # what a logarithmic axis shows of a loss of zero
_SHOWN_SHARE = 0.94  # of the peaks: the first batches' spike would flatten the rest
_LEFT_ALONE = 2 * math.log(10)  # twice the loss of guessing: who diverges flattens no others
_FEW_RUNS = 3  # up to so many show their raw values unless the user decides
_RAW_SHARE = 0.22  # of a run's color in its raw values
_LOOK = Look(Paint("raw"), Paint("series_1", 2, z=14.0), Paint("series_2", 2, z=13.0), 7)


class LossPlot(CurvePlot):
    """Raw, smoothed and validation loss; linear or logarithmic; marks where a value was changed."""

    def __init__(self, clock: RedrawClock, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Loss"), clock, LossMeasure(), _LOOK, parent=parent)
        self.setObjectName("lossPlot")
        self.setAccessibleName(self.tr("Plot of the loss"))
        self._logarithmic = False
        self._raw_chosen: bool | None = None
        self._y_end = SteppedEnd()
        self._marks = Marks(self.graph)
        self._hint = dim_label(self.tr("Press Train: the loss of every batch appears here."))
        self._hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._hint.setWordWrap(True)
        self._hint.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        QVBoxLayout(self.graph).addWidget(self._hint)
        self.raw_button = self._make_raw_button()
        self.scale_button = self._make_scale_button()
        for button in (self.raw_button, self.scale_button, self.follow_button):
            self.header.addWidget(quiet_button(button))
        self._update_raw_button()
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
        self.graph.set_logarithmic(y=on)
        self.follow()

    def set_hint(self, text: str) -> None:
        """Say something else while there is nothing to draw."""
        self._hint.setText(text)

    def add_control(self, button: QToolButton) -> None:
        """Put a button into the header, before the one that follows."""
        self.header.insertWidget(self.header.indexOf(self.follow_button), quiet_button(button))

    def show_runs(self, runs: Sequence[PlottedRun], main_token: str = "text") -> None:
        """Draw these runs; see `CurvePlot`."""
        super().show_runs(runs, main_token)
        self._update_raw_button()

    # --- controls --------------------------------------------------------------------------

    def _make_scale_button(self) -> QToolButton:
        button = toggle_button(
            "logarithmicButton",
            self.tr("Log"),
            self.tr("Logarithmic loss axis: shows how the small losses late in a run still fall."),
        )
        button.clicked.connect(self.set_logarithmic)
        return button

    def _make_raw_button(self) -> QToolButton:
        button = toggle_button(
            "rawButton",
            self.tr("Raw"),
            self.tr(
                "Show the loss of every batch, pale behind the smoothed curves. Usual for up to "
                "three runs; more of them hide each other."
            ),
        )
        button.clicked.connect(self._on_raw_clicked)
        return button

    @Slot(bool)
    def _on_raw_clicked(self, checked: bool) -> None:
        self._raw_chosen = checked
        self.mark_dirty()

    def _update_raw_button(self) -> None:
        self.raw_button.setChecked(self._shows_raw())
        self.raw_button.setVisible(self._history is None and bool(self.runs))

    def _shows_raw(self) -> bool:
        if self._history is not None:  # the values of the run in view are enough
            return False
        return len(self.runs) <= _FEW_RUNS if self._raw_chosen is None else self._raw_chosen

    # --- drawing ---------------------------------------------------------------------------

    def _run_look(self, token: str) -> Look:
        raw = Paint(token, share=_RAW_SHARE)
        return Look(raw, Paint(token, 2, z=4.0), Paint(token, 1, z=3.0), 6)

    def _main_names(self) -> tuple[str, ...]:
        return self.tr("every batch"), self.tr("smoothed"), self.tr("validation")

    def _start(self) -> None:
        self._y_end = SteppedEnd()
        self._update_raw_button()

    def _clear(self) -> None:
        super()._clear()
        self._hint.show()
        self._marks.clear()

    def _draw(self, x_range: tuple[float, float]) -> YRange:
        self._hint.hide()
        y_range = super()._draw(x_range)
        if self._history is not None:
            height = y_range if self.following else self.graph.visible_range()[1]
            self._marks.draw(self._history, self._scale, height)
        else:
            self._marks.clear()
        return y_range

    def _height(self) -> Callable[[Numbers], Numbers]:
        return _logarithm if self._logarithmic else _plain

    def _y_range(self, shown: list[Shown]) -> YRange:
        if self._logarithmic:
            ranges = [_logarithmic_range(each) for each in shown] or [(-1.0, 1.0)]
            low, high = min(low for low, _ in ranges), max(high for _, high in ranges)
            return low, max(high, low + 1.0)
        needs = [_need(each) for each in shown] or [1.0]
        needed = max(min(needs), min(max(needs), _LEFT_ALONE))
        return 0.0, self._y_end.follow(max(1.02 * needed, 1e-5))

    def _empty_y_range(self) -> YRange:
        return (-2.0, 0.5) if self._logarithmic else (0.0, 2.5)

    def _read_step(self, history: History, step: int) -> tuple[Row, ...]:
        series, look = self.main.single, self.main.look
        rows = [
            Row("raw", self.tr("this batch"), loss_text(series.raw_at(step))),
            Row(look.line.token, self.tr("smoothed"), loss_text(series.line_at(step))),
        ]
        validation = series.validation_at(step)
        if np.isfinite(validation):
            rows.append(Row(look.validation.token, self.tr("validation"), loss_text(validation)))
        rows += [Row("", text, value) for text, value in self._marks.near(history, step)]
        return tuple(rows)

    def _text(self, value: float) -> str:
        return loss_text(value)


def _plain(losses: Numbers) -> Numbers:
    return losses


def _logarithm(losses: Numbers) -> Numbers:
    return np.log10(np.maximum(losses, _LOWEST))


def _need(shown: Shown) -> float:
    """Return up to where a linear axis must reach to show a run."""
    highs = shown.highs[np.isfinite(shown.highs)]
    needed = float(np.quantile(highs, _SHOWN_SHARE)) if len(highs) else 1.0
    finite = shown.validation[np.isfinite(shown.validation)]
    if len(finite):
        needed = max(needed, 1.1 * float(finite[-1]))
    return needed


def _logarithmic_range(shown: Shown) -> YRange:
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
        low = max(low, float(np.floor(2 * np.log10(max(typical.min(), _LOWEST))) / 2) - 2.0)
    return low, float(np.ceil(2 * powers.max()) / 2)

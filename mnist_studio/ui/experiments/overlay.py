"""The curves of many runs in two plots that share their controls."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, QTimer, Slot
from PySide6.QtWidgets import QHBoxLayout, QWidget

from ..plots.accuracy_plot import AccuracyPlot
from ..plots.loss_plot import LossPlot
from ..plots.plot_controls import PlotControls
from ..plots.redraw_clock import RedrawClock
from ..widgets import SPACING
from .shown_runs import plotted_runs

if TYPE_CHECKING:
    from ...session.library import RunLibrary
    from ...session.run_row import RunRow
    from ..plots.plotted_run import PlottedRun

# Milliseconds in which curves that are loaded are gathered: a hundred come within a second.
_GATHERING = 50


class Overlay(QWidget):
    """Loss and accuracy of the rows it is given, live while some of them are trained.

    Parameters
    ----------
    library : RunLibrary
        Where the curves come from.
    average_seeds : bool
        Whether runs that differ by their seed alone become one curve with a band.

    Attributes
    ----------
    controls : PlotControls
        For both plots; the owner finds a place for them.
    """

    def __init__(
        self, library: RunLibrary, *, average_seeds: bool = True, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._library = library
        self._average_seeds = average_seeds
        self._rows: tuple[RunRow, ...] = ()
        self._clock = RedrawClock(self)
        self.loss = LossPlot(self._clock)
        self.accuracy = AccuracyPlot(self._clock)
        self.plots = (self.loss, self.accuracy)
        self._clock.set_turns((self.loss, self.accuracy))
        self.controls = PlotControls()
        for plot in self.plots:
            self.controls.chosen.connect(plot.set_options)
        self.loss.run_hovered.connect(self.accuracy.highlight)
        self.accuracy.run_hovered.connect(self.loss.highlight)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACING)
        for plot in self.plots:
            row.addWidget(plot, 1)
        self._loading = QTimer(self)
        self._loading.setSingleShot(True)
        self._loading.setInterval(_GATHERING)
        self._loading.timeout.connect(self._show)
        library.history_loaded.connect(self._on_history_loaded)

    @property
    def runs(self) -> tuple[PlottedRun, ...]:
        """What is drawn."""
        return self.loss.runs

    def show_rows(self, rows: Sequence[RunRow]) -> None:
        """Draw these runs; those whose curves are not loaded yet follow by themselves."""
        self._rows = tuple(rows)
        self._show()

    @Slot(object)
    def _on_history_loaded(self, path: Path) -> None:
        if not self._loading.isActive() and any(row.path == path for row in self._rows):
            self._loading.start()

    @Slot()
    def _show(self) -> None:
        runs = plotted_runs(self._rows, self._library.history, average_seeds=self._average_seeds)
        self.controls.offer_spread(any(len(run.histories) > 1 for run in runs))
        for plot in self.plots:
            plot.show_runs(runs)

    def minimumSizeHint(self) -> QSize:
        """Return the room below which curves cannot be told apart."""
        return QSize(400, 180)

"""The curves of many runs in two plots that share their controls."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QSize, QTimer, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from ..plots.accuracy_plot import accuracy_plot
from ..plots.loss_plot import loss_plot
from ..plots.plot_controls import PlotControls
from ..plots.plotted_run import PlotContent
from ..plots.shown_runs import plotted_runs
from ..plots.y_scales import YScale
from ..redraw_clock import RedrawClock
from ..widgets import SPACING

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
        self._content = PlotContent()
        self._outdated = False
        self.clock = RedrawClock(self)
        self.loss = loss_plot(self.clock)
        self.accuracy = accuracy_plot(self.clock, YScale.DETAIL)
        self.plots = (self.loss, self.accuracy)
        self.clock.set_turns([plot.turn for plot in self.plots])
        self.controls = PlotControls()
        self.controls.chosen.connect(self._show)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACING)
        for plot in self.plots:
            row.addWidget(plot, 1)
            plot.run_hovered.connect(self._on_run_hovered)
            plot.runs_hidden.connect(self._on_runs_hidden)
        self._loading = QTimer(self)
        self._loading.setSingleShot(True)
        self._loading.setInterval(_GATHERING)
        self._loading.timeout.connect(self._catch_up)
        library.history_loaded.connect(self._on_history_loaded)

    @property
    def runs(self) -> tuple[PlottedRun, ...]:
        """What is drawn."""
        return self._content.runs

    def show_rows(self, rows: Sequence[RunRow], hint: str = "") -> None:
        """Draw these runs; those whose curves are not loaded yet follow by themselves.

        Parameters
        ----------
        rows : sequence of RunRow
            In the order of the legend.
        hint : str
            Says in the first plot why there is no curve.
        """
        self._rows = tuple(rows)
        if isinstance(self.loss.hint, QLabel):
            self.loss.hint.setText(hint)
        self._catch_up()

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what came while it was hidden: until then no curves are loaded."""
        super().showEvent(event)
        if self._outdated:
            self._show()

    @Slot(object)
    def _on_history_loaded(self, path: Path) -> None:
        if not self._loading.isActive() and any(row.path == path for row in self._rows):
            self._loading.start()

    @Slot()
    def _catch_up(self) -> None:
        self._outdated = True
        if self.isVisible():
            self._show()

    @Slot()
    def _show(self) -> None:
        self._outdated = False
        runs = plotted_runs(self._rows, self._library.history, average_seeds=self._average_seeds)
        self.controls.offer_spread(any(len(run.histories) > 1 for run in runs))
        self._show_content(runs=tuple(runs), options=self.controls.options)

    @Slot(object)
    def _on_run_hovered(self, key: Hashable) -> None:
        self._show_content(highlighted=key)

    @Slot(object)
    def _on_runs_hidden(self, keys: frozenset[Hashable]) -> None:
        self._show_content(hidden=keys)

    def _show_content(self, **changes: Any) -> None:
        self._content = self._content._replace(**changes)
        for plot in self.plots:  # showing one may end what is highlighted in all
            plot.show_content(self._content)

    def minimumSizeHint(self) -> QSize:
        """Return the room below which curves cannot be told apart."""
        return QSize(400, 180)

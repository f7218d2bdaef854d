"""The middle of the window: metric tiles and live plots."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from .plots.redraw_clock import RedrawClock
from .tiles import TileRow
from .widgets import SPACING, Card

if TYPE_CHECKING:
    from ..session.session import Session
    from ..training.status import RunStatus
    from .plots.curve_plot import CurvePlot
    from .plots.live_plot import LivePlot
    from .plots.plotted_run import PlottedRun


class TrainView(QWidget):
    """Tiles, the loss of every batch, and two smaller plots of the run in view.

    The plots come with :meth:`load_plots`, since pyqtgraph and NumPy take longer to import than
    the window takes to appear; until then there are empty cards in their places.

    Parameters
    ----------
    session : Session
        Whose run is shown.

    Signals
    -------
    frame_timed(float)
        Milliseconds that the last redraw of the loss plot took, a few times a second.
    """

    frame_timed = Signal(float)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._clock = RedrawClock(self)
        self._plots: tuple[LivePlot, ...] = ()
        self._curve_plots: tuple[CurvePlot, ...] = ()
        self._references: tuple[PlottedRun, ...] = ()
        self._token = "text"
        self._tiles_dirty = False
        self.tiles = TileRow()
        self._cards: tuple[Card, ...] = (
            Card(self.tr("Loss")),
            Card(self.tr("Accuracy")),
            Card(self.tr("Gradient norm")),
        )
        for card in self._cards:
            card.body.addStretch(1)
        self._small = QHBoxLayout()
        self._small.setSpacing(SPACING)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(SPACING)
        self._column.addWidget(self.tiles)
        self._column.addWidget(self._cards[0], 8)
        self._column.addLayout(self._small, 5)
        for card in self._cards[1:]:
            self._small.addWidget(card, 1)
        self._clock.set_turns((self,))
        self._connect()

    def load_plots(self) -> None:
        """Put the plots in their places; the first call imports pyqtgraph and NumPy."""
        if self._plots:
            return
        from .plots.accuracy_plot import AccuracyPlot
        from .plots.gradient_plot import GradientPlot
        from .plots.loss_plot import LossPlot
        from .plots.plot_controls import make_unit_button

        loss = LossPlot(self._clock)
        accuracy, gradient = AccuracyPlot(self._clock), GradientPlot(self._clock)
        unit_button = make_unit_button()
        unit_button.chosen.connect(self._on_unit_chosen)
        loss.add_control(unit_button)
        for layout, card, plot in (
            (self._column, self._cards[0], loss),
            (self._small, self._cards[1], accuracy),
            (self._small, self._cards[2], gradient),
        ):
            layout.replaceWidget(card, plot)
            card.deleteLater()
        self._cards = ()
        self._plots = (loss, accuracy, gradient)
        self._curve_plots = (loss, accuracy)
        loss.run_hovered.connect(accuracy.highlight)
        accuracy.run_hovered.connect(loss.highlight)
        # 15 redraws a second of what changes most, 5 of the rest.
        self._clock.set_turns((loss, accuracy, loss, gradient, loss, self))
        self._show_run()
        self.set_references(self._references, self._token)

    @property
    def references(self) -> tuple[PlottedRun, ...]:
        """What :meth:`set_references` was told last."""
        return self._references

    def set_references(self, runs: Sequence[PlottedRun], token: str = "text") -> None:
        """Draw these runs behind the run in view, for comparison; none at first.

        May be called before :meth:`load_plots` and as often as a run among them changes.

        Parameters
        ----------
        runs : sequence of PlottedRun
            In the order of the legend.
        token : str
            Color of the run in view while there are others; alone it has its usual colors.
        """
        self._references, self._token = tuple(runs), token
        for plot in self._curve_plots:
            plot.show_runs(self._references, token)

    # --- tiles -----------------------------------------------------------------------------

    def wants_redraw(self) -> bool:
        """Whether the tiles are out of date and can be seen."""
        return self._tiles_dirty and self.isVisible() and not self.window().isMinimized()

    def redraw(self) -> None:
        """Bring the tiles up to date."""
        self._tiles_dirty = False
        session = self._session
        self.tiles.show_run(session.history, session.run_config, session.status)
        if self._plots:
            self.frame_timed.emit(1000 * self._plots[0].frame_seconds)

    # --- what the session tells ------------------------------------------------------------

    def _connect(self) -> None:
        session = self._session
        session.run_started.connect(self._on_run_started)
        session.status_changed.connect(self._on_status_changed)
        for news in (
            session.batches_ended,
            session.epoch_ended,
            session.hyperparameter_changed,
            session.test_evaluated,
        ):
            news.connect(self._on_news)

    @Slot(object)
    def _on_run_started(self, _config: object) -> None:
        self._show_run()

    @Slot(object)
    def _on_news(self, _news: object) -> None:
        self._mark_dirty()

    @Slot(object)
    def _on_status_changed(self, status: RunStatus) -> None:
        for plot in self._plots:
            plot.set_ended(not status.active)
        self._mark_dirty()

    @Slot(object)
    def _on_unit_chosen(self, unit: object) -> None:
        from .plots.plotted_run import PlotOptions
        from .plots.x_units import XScale, XUnit

        assert isinstance(unit, XUnit)
        for plot in self._plots:
            plot.set_options(PlotOptions(XScale(unit)))

    def _mark_dirty(self) -> None:
        self._tiles_dirty = True
        self._clock.wake()
        for plot in self._plots:
            plot.mark_dirty()

    def _show_run(self) -> None:
        """Show the session's history as it is, from its beginning."""
        session = self._session
        history, config, status = session.history, session.run_config, session.status
        total = None
        if history is not None and config is not None:
            total = config.training.epochs * history.batches_per_epoch
        for plot in self._plots:
            plot.show_history(history, total)
            plot.set_ended(status is not None and not status.active)
        self._mark_dirty()

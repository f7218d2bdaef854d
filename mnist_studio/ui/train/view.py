"""The middle of the window: metric tiles, live plots and the story of the run in view."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ..redraw_clock import RedrawClock, Turn
from ..widgets import SPACING, Card
from .hint_card import HintCard, HintFinder
from .tiles import TileRow

if TYPE_CHECKING:
    from ...session.session import Session
    from ..plots.live_plot import LivePlot
    from ..plots.plotted_run import PlotContent, PlottedRun
    from ..plots.x_units import XUnit
    from .story_strip import StoryStrip

_ROOM_FOR_ALL = 380  # pixels of height from which on there is room for the smaller plots, too


class TrainView(QWidget):
    """Tiles, the loss of every batch above the story, and two smaller plots of the run in view.

    The plots come with :meth:`load_plots`, since pyqtgraph and NumPy take longer to import than
    the window takes to appear; until then there are empty cards in their places.

    Parameters
    ----------
    session : Session
        Whose run is shown.

    Attributes
    ----------
    clock : RedrawClock
        Redraws tiles and plots.
    plots : tuple of LivePlot
        Loss, accuracy, and gradient norms or learning rate; none at first.
    story : StoryStrip, optional
        Below the loss; comes with the plots.
    hint : HintCard
        What went wrong.

    Signals
    -------
    frame_timed(float)
        Milliseconds that the last redraw of the loss plot took, a few times a second.
    """

    frame_timed = Signal(float)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.clock = RedrawClock(self)
        self.plots: tuple[LivePlot, ...] = ()
        self.story: StoryStrip | None = None
        self._content: PlotContent | None = None
        self._references: tuple[PlottedRun, ...] = ()
        self._token = "text"
        self.tiles = TileRow()
        self.hint = HintCard()
        self._hints = HintFinder(session)
        self._tiles_turn = Turn(self.clock, self.tiles, self._show_figures)
        self._cards: tuple[Card, ...] = (
            Card(self.tr("Loss")),
            Card(self.tr("Accuracy")),
            Card(self.tr("Gradient norm")),
        )
        for card in self._cards:
            card.body.addStretch(1)
        self._lower = QWidget()
        self._small = QHBoxLayout(self._lower)
        self._small.setContentsMargins(0, 0, 0, 0)
        self._small.setSpacing(SPACING)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(SPACING)
        self._column.addWidget(self.tiles)
        self._column.addWidget(self._cards[0], 8)
        self._column.addWidget(self.hint)
        self._column.addWidget(self._lower, 5)
        for card in self._cards[1:]:
            self._small.addWidget(card, 1)
        self.clock.set_turns([self._tiles_turn])
        self._connect()

    def load_plots(self) -> None:
        """Put the plots in their places; the first call imports pyqtgraph and NumPy."""
        if self.plots:
            return
        from ..plots.accuracy_plot import accuracy_plot
        from ..plots.gradient_plot import gradient_plot
        from ..plots.loss_plot import loss_plot
        from ..plots.plot_controls import make_unit_button
        from ..plots.plotted_run import PlotContent
        from .story_strip import StoryStrip

        self._content = PlotContent()
        unit_button = make_unit_button()
        unit_button.chosen.connect(self._on_unit_chosen)
        self.plots = (
            loss_plot(self.clock, unit_button),
            accuracy_plot(self.clock),
            gradient_plot(self.clock),
        )
        layouts = self._column, self._small, self._small
        for layout, card, plot in zip(layouts, self._cards, self.plots, strict=True):
            layout.replaceWidget(card, plot)
            card.deleteLater()
            plot.run_hovered.connect(self._on_run_hovered)
            plot.runs_hidden.connect(self._on_runs_hidden)
        self._cards = ()
        self.story = StoryStrip(self._session, self.plots[0].graph, self.clock)
        self.plots[0].body.addWidget(self.story)
        # 15 redraws a second of what changes most, 5 of the rest.
        loss, accuracy, gradient = (plot.turn for plot in self.plots)
        figures, story = self._tiles_turn, self.story.turn
        self.clock.set_turns((loss, accuracy, loss, gradient, story, loss, figures))
        self._show_run()

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
        self._show_run()

    def _show_figures(self) -> None:
        self.tiles.show_run(self._session.run)
        self.hint.show_hint(self._hints.find(), training=self._session.active)
        self._share_height()
        if self.plots:
            self.frame_timed.emit(1000 * self.plots[0].frame_seconds)

    # --- what the session tells ------------------------------------------------------------

    def _connect(self) -> None:
        session = self._session
        session.run_started.connect(self._on_run_changed)
        session.status_changed.connect(self._on_run_changed)
        for news in (
            session.batches_ended,
            session.epoch_ended,
            session.hyperparameter_changed,
            session.test_evaluated,
        ):
            news.connect(self._on_news)

    @Slot(object)
    def _on_run_changed(self, _what: object) -> None:
        self._show_run()
        self._tiles_turn.mark_dirty()
        if self.story is not None:
            self.story.turn.mark_dirty()

    @Slot(object)
    def _on_news(self, _news: object) -> None:
        self._tiles_turn.mark_dirty()
        for plot in self.plots:
            plot.turn.mark_dirty()
        if self.story is not None:
            self.story.turn.mark_dirty()

    @Slot(object)
    def _on_unit_chosen(self, unit: XUnit) -> None:
        from ..plots.plotted_run import PlotOptions
        from ..plots.x_units import XScale

        scale = XScale(unit)
        self._show_content(options=PlotOptions(scale))
        if self.story is not None:
            self.story.set_scale(scale)

    @Slot(object)
    def _on_run_hovered(self, key: Hashable) -> None:
        self._show_content(highlighted=key)

    @Slot(object)
    def _on_runs_hidden(self, keys: frozenset[Hashable]) -> None:
        self._show_content(hidden=keys)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share another room."""
        super().resizeEvent(event)
        self._share_height()

    def _share_height(self) -> None:
        """Leave all the room to the loss where there is little."""
        hint = 0 if self.hint.isHidden() else self.hint.heightForWidth(self.width())
        self._lower.setVisible(self.height() - hint >= _ROOM_FOR_ALL)

    def _show_run(self) -> None:
        """Show the run in view, and those behind it, as they are."""
        if not self.plots:
            return
        from ..plots.x_follower import Track

        run = self._session.run
        track = run and Track(run.history, run.length.total_steps, not run.status.active)
        self._show_content(run=track, runs=self._references, token=self._token)

    def _show_content(self, **changes: Any) -> None:
        assert self._content is not None
        self._content = self._content._replace(**changes)
        loss, accuracy, gradient = self.plots
        for plot in (loss, accuracy):  # showing one may end what is highlighted in both
            plot.show_content(self._content)
        gradient.show_content(self._content._replace(runs=()))

"""The run in view, before those that are pinned for comparison."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Slot

from ...training.status import Failure, FailureKind, RunStatus
from ..describe import describe_failure
from ..messages import MessageButton
from ..page import Page, PageContext
from .view import TrainView

# Milliseconds in which news of other runs are gathered.
_REFERENCES_INTERVAL = 100


class TrainPage(Page):
    """Tiles and plots of the run in view; pinned runs are drawn behind it."""

    def __init__(self, context: PageContext) -> None:
        super().__init__(context)
        self._told = ""  # elsewhere, of what is to be seen here
        self._view = TrainView(context.studio.session)
        self._view.frame_timed.connect(context.frame_timed)
        self._view.hint.remedy_chosen.connect(context.take_remedy)
        context.studio.session.run_ended.connect(self._on_run_ended)
        self._references_timer = QTimer(self)
        self._references_timer.setSingleShot(True)
        self._references_timer.setInterval(_REFERENCES_INTERVAL)
        self._references_timer.timeout.connect(self._show_references)
        library = context.studio.library
        for news in (
            library.rows_changed,
            library.history_loaded,
            context.studio.session.run_started,
        ):
            news.connect(self._references_timer.start)

    def make_widget(self) -> TrainView:
        """Return the view, which has no plots yet."""
        return self._view

    def window_painted(self) -> None:
        """Load the plots."""
        self._view.load_plots()

    def shown(self) -> None:
        """Take back what was told elsewhere."""
        self.context.messages.withdraw(self._told)

    def shut_down(self) -> None:
        """Draw nothing any more."""
        self._references_timer.stop()

    @Slot(object, object)
    def _on_run_ended(self, _status: RunStatus, failure: Failure | None) -> None:
        diverged = failure is not None and failure.kind is FailureKind.DIVERGED
        if diverged and not self._view.isVisible():
            self._told = describe_failure(failure)
            self.context.messages.show_error(
                self._told, MessageButton(self.tr("Show"), self._ask_for_me)
            )

    def _ask_for_me(self) -> None:
        self.context.page_requested.emit(self)

    @Slot()
    def _show_references(self) -> None:
        library, run = self.context.studio.library, self.context.studio.session.run
        current = run.path if run else None
        rows = [row for row in library.rows if row.label.pinned and row.path != current]
        if not rows and not self._view.references:
            return
        from ..plots.shown_runs import plotted_runs

        mine = library.row(current) if current else None
        token = mine.color if mine else "text"
        self._view.set_references(plotted_runs(rows, library.history), token)

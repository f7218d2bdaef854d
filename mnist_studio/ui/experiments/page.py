"""The page Experiments, and the word on an interrupted sweep before anybody looks at it."""

from __future__ import annotations

import dataclasses
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Slot

from ..messages import MessageButton
from ..page import Page, PageContext

if TYPE_CHECKING:
    from ...session.sweep_state import Offer
    from .view import ExperimentsView


class ExperimentsPage(Page):
    """Compares all runs and trains sweeps.

    Comparing needs the width of the sketch pad, and in a small window that of the settings.
    """

    beside_pad = False
    settings_from = 1100
    made_ahead = True

    def __init__(self, context: PageContext) -> None:
        super().__init__(context)
        self._view: ExperimentsView | None = None
        self._offer = ""
        context.studio.sweeps.sweep_offered.connect(self._on_sweep_offered)

    def make_widget(self) -> ExperimentsView:
        """Return the view."""
        from .view import ExperimentsView

        context, studio = self.context, self.context.studio
        view = ExperimentsView(
            studio.session,
            studio.library,
            studio.sweeps,
            context.settings.usable_config,
            context.remembered,
        )
        view.settings_requested.connect(context.take_settings)
        view.learning_rate_requested.connect(self._on_learning_rate_requested)
        view.opened.connect(context.run_chosen)
        view.continue_requested.connect(studio.session.opener.open_and_continue)
        view.fork_requested.connect(self._on_fork_requested)
        view.failed.connect(context.messages.show_error)
        view.exported.connect(context.note_saved)
        view.result_waits.connect(self._on_result_waits)
        studio.library.deleted.connect(self._on_deleted)
        self._view = view
        return view

    def shown(self) -> None:
        """Hide the message about an interrupted sweep: the page offers the sweep itself."""
        self.context.messages.withdraw(self._offer)

    def shut_down(self) -> None:
        """Cancel range tests, comparisons and exports."""
        if self._view is not None:
            self._view.shut_down()

    @Slot(float)
    def _on_learning_rate_requested(self, learning_rate: float) -> None:
        config = self.context.settings.config()
        training = dataclasses.replace(config.training, learning_rate=learning_rate)
        self.context.take_settings(dataclasses.replace(config, training=training))

    @Slot(object, bool)
    def _on_fork_requested(self, path: Path, best: bool) -> None:
        session, messages = self.context.studio.session, self.context.messages
        row, config = self.context.studio.library.row(path), self.context.settings.usable_config()
        if row is None or config is None:
            return
        if session.active:
            messages.show_error(self.tr("Stop the training before you fork a run."))
            return
        messages.clear()
        session.opener.fork(path, config, best=best, parent=row.title)

    @Slot(object)
    def _on_sweep_offered(self, offer: Offer | None) -> None:
        if offer is None or (self._view is not None and self._view.isVisible()):
            return
        text = self.tr("The sweep “{0}” was interrupted; its finished runs are here.")
        self._offer = text.format(offer.record.title)
        self.context.messages.show_note(
            self._offer, MessageButton(self.tr("Show it"), self._ask_to_be_shown)
        )

    @Slot(object)
    def _on_deleted(self, paths: list[Path]) -> None:
        text = self.tr("1 run deleted.") if len(paths) == 1 else self.tr("{0} runs deleted.")
        undo = partial(self.context.studio.library.undo_delete, paths)
        self.context.messages.show_note(
            text.format(len(paths)), MessageButton(self.tr("Undo"), undo)
        )

    @Slot(str)
    def _on_result_waits(self, name: str) -> None:
        text = self.tr("The sweep “{0}” has ended.")
        self.context.messages.show_note(
            text.format(self.context.studio.sweeps.known[name].title),
            MessageButton(self.tr("Show its result"), partial(self._show_result, name)),
        )

    def _show_result(self, name: str) -> None:
        self._ask_to_be_shown()
        if self._view is not None:
            self._view.table.show_result(name)

    def _ask_to_be_shown(self) -> None:
        self.context.page_requested.emit(self)

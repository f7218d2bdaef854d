"""What the session tells, in sentences for people."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from ..session.run_files import OpenRequest, Purpose
from ..session.settings import Settings
from ..session.studio import Studio
from ..training.status import FailureKind
from .describe import describe_failure, describe_ignored, describe_run
from .file_buttons import folder_button
from .messages import MessageButton, Messages

if TYPE_CHECKING:
    from ..runs.opened import OpenedRun
    from ..session.run_in_view import RunInView
    from ..training.status import Failure, RunStatus


class RunNews(QObject):
    """Says what became of runs and their files, and remembers these.

    Parameters
    ----------
    studio : Studio
        Whose news are told.
    settings : Settings
        Remembers the files.
    messages : Messages
        Where sentences are shown.

    Signals
    -------
    data_missing()
        A run could not begin without its data; the settings say why, where they are chosen.
    """

    data_missing = Signal()

    def __init__(
        self, studio: Studio, settings: Settings, messages: Messages, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._folder = studio.folder
        self._session = studio.session
        self._settings = settings
        self._messages = messages
        self._offer = ""
        studio.failed.connect(messages.show_error)
        studio.run_failed.connect(self._on_run_failed)
        self._session.run_started.connect(self._on_run_started)
        self._session.run_ended.connect(self._on_run_ended)
        self._session.files.offered.connect(self._on_run_offered)
        self._session.saved.connect(self._on_saved)
        self._session.opener.opened.connect(self._on_opened)

    @Slot(object)
    def _on_run_started(self, run: RunInView) -> None:
        if run.path is not None and run.path.parent == self._folder:
            # What was trained further since it was opened is news at the next start.
            self._settings.seen_run = "" if run.status.active else run.path.name
        if not run.bundled:
            self._messages.withdraw(self._offer)
        if run.ignored:
            self._messages.show_note(describe_ignored(run.ignored, goes_on=run.status.active))

    @Slot(object, object)
    def _on_run_ended(self, _status: RunStatus, failure: Failure | None) -> None:
        if failure is None:
            return
        if failure.kind is FailureKind.OTHER and not self._session.data.available:
            self.data_missing.emit()
        elif failure.kind is not FailureKind.DIVERGED:  # told where it happened, with a remedy
            self._on_run_failed(failure)

    @Slot(object)
    def _on_run_failed(self, failure: Failure) -> None:
        self._messages.show_error(describe_failure(failure))

    @Slot(object, str, object)
    def _on_run_offered(self, path: Path, title: str, opened: OpenedRun) -> None:
        run = self._session.run
        if self._session.active or (run is not None and not run.bundled):
            return
        if path.name == self._settings.seen_run:
            return

        def show() -> None:
            self._session.show_run(path, opened)

        self._offer = self.tr("Your last run is still here, {0}: {1}.").format(
            title, describe_run(opened.checkpoint.config, opened.history)
        )
        self._messages.show_note(self._offer, MessageButton(self.tr("Open it"), show))

    @Slot(object)
    def _on_saved(self, path: Path) -> None:
        self._settings.add_recent_file(path)
        text = self.tr("Saved as {0}.").format(path.name)
        self._messages.show_note(text, folder_button(path))

    @Slot(object)
    def _on_opened(self, request: OpenRequest) -> None:
        run = self._session.run
        if run is None or not run.ignored:
            self._messages.clear()
        if request.path.parent != self._folder:
            self._settings.add_recent_file(request.path)
        if request.purpose is Purpose.CONTINUE and not self._session.active:
            self._messages.show_note(self._why_it_cannot_continue())

    def _why_it_cannot_continue(self) -> str:
        run = self._session.run
        if run is not None and run.can_continue(run.config.training.epochs + 1):
            return self.tr("This run is complete: set more epochs, then press Continue.")
        return self.tr("This run has ended for good: fork it to train its weights further.")

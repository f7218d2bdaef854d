"""The commands of the toolbar: what they do, when they can be used, and what they say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from ..session.studio import Studio
from ..training.status import RunStatus
from .actions import Actions
from .describe import describe_failure, describe_in_view, describe_status
from .messages import Messages
from .toolbar import Toolbar

if TYPE_CHECKING:
    from .settings.column import SettingsColumn


class RunCommands(QObject):
    """Trains, pauses, steps and goes on as the actions are triggered.

    Parameters
    ----------
    studio : Studio
        Its session is commanded, its library knows what a run is called.
    actions : Actions
        What the user triggers.
    toolbar : Toolbar
        Shows what is in view.
    messages : Messages
        Cleared when a run is started.
    form : SettingsColumn
        What a new run begins with.
    """

    def __init__(
        self,
        studio: Studio,
        actions: Actions,
        toolbar: Toolbar,
        messages: Messages,
        form: SettingsColumn,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._library = studio.library
        self._session = session = studio.session
        self._actions = actions
        self._toolbar = toolbar
        self._messages = messages
        self._form = form
        actions.train.triggered.connect(self._on_train)
        actions.pause.triggered.connect(session.pause)
        actions.stop.triggered.connect(session.stop)
        actions.step.triggered.connect(self._on_step)
        actions.epoch.triggered.connect(self._on_epoch)
        actions.resume.triggered.connect(self._on_continue)
        for news in (session.run_started, session.status_changed, session.data.changed):
            news.connect(self.refresh)
        self._library.rows_changed.connect(self._show_title)

    @property
    def running(self) -> bool:
        """Whether batches are trained, or will be in a moment."""
        return self._session.active and self._session.status is not RunStatus.PAUSED

    def toggle(self) -> None:
        """Train, pause or go on, whichever is possible."""
        (self._actions.pause if self.running else self._actions.train).trigger()

    @Slot()
    def _on_train(self) -> None:
        if self._session.status is RunStatus.PAUSED:
            self._session.resume()
        else:
            self._start("run")

    @Slot()
    def _on_step(self) -> None:
        self._advance("batch")

    @Slot()
    def _on_epoch(self) -> None:
        self._advance("epoch")

    @Slot()
    def _on_continue(self) -> None:
        self._session.continue_run(self._wanted_epochs())

    def _advance(self, unit: str) -> None:
        """Go on by one batch or epoch: of the paused run, of the stopped run, or of a new one."""
        if self._session.active:
            self._session.step() if unit == "batch" else self._session.run_epoch()
        elif self._session.can_continue(self._wanted_epochs()):
            self._session.continue_run(self._wanted_epochs(), first=unit)
        else:
            self._start(unit)

    def _start(self, first: str) -> None:
        config = None if self._session.active else self._form.usable_config()
        if config is not None:
            self._messages.clear()
            self._session.start(config, first=first)

    def _wanted_epochs(self) -> int:
        """Return the epochs that are set in the form."""
        return self._form.config().training.epochs

    @Slot()
    def refresh(self) -> None:
        """Enable what can be done now and say what is in view."""
        session, actions, running = self._session, self._actions, self.running
        paused = session.status is RunStatus.PAUSED
        can_continue = session.can_continue(self._wanted_epochs())
        actions.train.setEnabled(not running)
        actions.train.setText(self.tr("&Resume") if paused else self.tr("&Train"))
        actions.pause.setEnabled(running)
        actions.stop.setEnabled(session.active)
        actions.step.setEnabled(not running)
        actions.epoch.setEnabled(not running)
        actions.resume.setEnabled(can_continue)
        # What came along lacks what a saved run needs to be opened.
        actions.save.setEnabled(session.run is not None and not session.run.bundled)
        self._toolbar.show_running(running=running)
        self._toolbar.show_resumable(resumable=can_continue)
        self._form.set_running(session.active)
        self._show_title()

    @Slot()
    def _show_title(self) -> None:
        """Say what is in view: by the name that it has in the list of runs."""
        run = self._session.run
        row = self._library.row(run.path) if run is not None and run.path is not None else None
        failure = run.checkpoint.failure if run is not None and run.checkpoint else None
        self._toolbar.set_title(
            describe_in_view(run, row),
            describe_status(self._session.status),
            describe_failure(failure),
        )

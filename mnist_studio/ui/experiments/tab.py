"""What is behind the tab Experiments: the library, the queue of sweeps, and the page."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from ...session.library import RunLibrary
from ...session.live_run import LiveRun
from ...session.sweeps import SweepQueue

if TYPE_CHECKING:
    from ...session.session import Session
    from ...session.sweep_state import Offer
    from ...training.config import RunConfig
    from ..banner import Banner
    from ..settings_column import SettingsColumn
    from ..train_view import TrainView
    from .view import ExperimentsView


class ExperimentsTab(QObject):
    """Lists runs and trains sweeps in the background; makes its page when it is looked at.

    Parameters
    ----------
    session : Session
        Trains the run in view.
    runs_folder : Path
        Where all runs are.
    settings : SettingsColumn
        What sweeps and forks begin with.
    train_view : TrainView
        Draws pinned runs behind the run in view.
    banner : Banner
        Where sentences are shown.

    Signals
    -------
    shown()
        The user asked for this tab.
    settings_taken()
        Other settings are in the form.
    opened(object)
        The run in this file is to be shown in the window.
    continue_requested(object)
        The run in this file is to go on.
    """

    opened = Signal(object)
    shown = Signal()
    settings_taken = Signal()
    continue_requested = Signal(object)

    def __init__(
        self,
        session: Session,
        runs_folder: Path,
        settings: SettingsColumn,
        train_view: TrainView,
        banner: Banner,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._settings = settings
        self._train_view = train_view
        self._banner = banner
        self._view: ExperimentsView | None = None
        self._offer_told = False
        self._library = RunLibrary(runs_folder, self)
        LiveRun(session, self._library, self)
        self._sweeps = SweepQueue(self._library, runs_folder, self)
        self._references_timer = QTimer(self)
        self._references_timer.setSingleShot(True)
        self._references_timer.setInterval(100)
        self._references_timer.timeout.connect(self._show_references)
        for news in (self._library.rows_changed, self._library.history_loaded):
            news.connect(self._references_timer.start)
        session.run_started.connect(self._references_timer.start)
        for failure in (self._library.failed, self._sweeps.failed):
            failure.connect(banner.show_error)
        self._sweeps.sweep_offered.connect(self._on_sweep_offered)
        self._library.refresh()
        self._sweeps.look_for_interrupted()

    @property
    def library(self) -> RunLibrary:
        """All runs."""
        return self._library

    def page(self) -> ExperimentsView:
        """Return the page."""
        if self._view is None:
            from .view import ExperimentsView

            self._view = ExperimentsView(self._session, self._library, self._sweeps, self._config)
            self._view.settings_requested.connect(self._on_settings_requested)
            self._view.learning_rate_requested.connect(self._on_learning_rate_requested)
            self._view.opened.connect(self.opened)
            self._view.continue_requested.connect(self.continue_requested)
            self._view.fork_requested.connect(self._on_fork_requested)
            self._view.failed.connect(self._banner.show_error)
            self._view.noted.connect(self._banner.show_note)
        if self._offer_told:
            self._offer_told = False
            self._banner.hide()  # the page offers it itself
        return self._view

    def shut_down(self) -> None:
        """End what goes on in the background; sweeps can go on at the next start."""
        self._references_timer.stop()
        if self._view is not None:
            self._view.shut_down()
        self._sweeps.shut_down()
        self._library.shut_down()

    # --- requests --------------------------------------------------------------------------

    def _config(self) -> RunConfig | None:
        """Return the settings in the form, or None if one of them cannot be used."""
        return None if self._settings.first_error() is not None else self._settings.config()

    @Slot(object)
    def _on_settings_requested(self, config: RunConfig) -> None:
        if self._session.active:
            self._banner.show_error(self.tr("Stop the training before you take other settings."))
            return
        self._settings.set_config(config)
        self.settings_taken.emit()

    @Slot(float)
    def _on_learning_rate_requested(self, learning_rate: float) -> None:
        config = self._settings.config()
        training = dataclasses.replace(config.training, learning_rate=learning_rate)
        self._on_settings_requested(dataclasses.replace(config, training=training))

    @Slot(object, bool)
    def _on_fork_requested(self, path: Path, best: bool) -> None:
        row, config = self._library.row(path), self._config()
        if row is None or config is None:
            return
        if self._session.active:
            self._banner.show_error(self.tr("Stop the training before you fork a run."))
            return
        self._banner.hide()
        self._session.fork(path, config, best=best, parent=row.title)

    # --- news ------------------------------------------------------------------------------

    @Slot(object)
    def _on_sweep_offered(self, offer: Offer | None) -> None:
        if offer is None or (self._view is not None and self._view.isVisible()):
            return  # the page offers it itself
        self._offer_told = True
        text = self.tr("The sweep “{0}” was interrupted; its finished runs are here.")
        self._banner.show_note(text.format(offer.record.title), self.tr("Show it"), self.shown.emit)

    @Slot()
    def _show_references(self) -> None:
        """Draw pinned runs behind the run in view."""
        current = self._session.run_path
        rows = [row for row in self._library.rows if row.label.pinned and row.path != current]
        if not rows and not self._train_view.references:
            return
        from .shown_runs import plotted_runs

        mine = self._library.row(current) if current else None
        token = mine.color if mine else "text"
        self._train_view.set_references(plotted_runs(rows, self._library.history), token)

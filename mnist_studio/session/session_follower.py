"""Lets the list of runs follow the run that the window trains."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

if TYPE_CHECKING:
    from .live_runs import LiveRuns
    from .run_in_view import RunInView
    from .session import Session

_PROGRESS_STEP = 0.005  # of the run; finer than a progress bar shows


class SessionFollower(QObject):
    """Tells the live runs of the session's: its curves, its status and how far it is.

    Parameters
    ----------
    session : Session
        Trains one run at a time.
    live : LiveRuns
        Told of it.
    """

    def __init__(self, session: Session, live: LiveRuns, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._live = live
        self._path: Path | None = None
        self._progress = 0.0
        session.run_started.connect(self._on_run_started)
        session.batches_ended.connect(self._on_batches_ended)
        session.status_changed.connect(self._on_status_changed)
        session.run_ended.connect(self._on_run_ended)

    @Slot(object)
    def _on_run_started(self, run: RunInView) -> None:
        self._detach()
        if run.status.active and run.path is not None:
            self._path = run.path
            self._live.attach(run.path, run.config, run.history, run.status)
            self._tell(run)

    @Slot(object)
    def _on_batches_ended(self, _batches: object) -> None:
        run = self._session.run
        if run is not None and run.share_done >= self._progress + _PROGRESS_STEP:
            self._tell(run)

    @Slot(object)
    def _on_status_changed(self, _status: object) -> None:
        run = self._session.run
        if run is not None and run.status.active:
            self._tell(run)

    @Slot(object, object)
    def _on_run_ended(self, _status: object, _failure: object) -> None:
        self._detach()

    def _tell(self, run: RunInView) -> None:
        if self._path is not None:
            self._progress = run.share_done
            self._live.update(self._path, run.status, self._progress)

    def _detach(self) -> None:
        if self._path is not None:
            path, self._path = self._path, None
            self._live.detach(path)

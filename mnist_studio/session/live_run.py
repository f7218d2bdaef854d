"""Lets the library of runs follow the run that the window trains."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from ..training.status import RunStatus
from .run_row import share_done

if TYPE_CHECKING:
    from .library import RunLibrary
    from .session import Session

_PROGRESS_STEP = 0.005  # of the run; finer than a progress bar shows


class LiveRun(QObject):
    """Tells a library of the session's run: its curves, its status and how far it is.

    Parameters
    ----------
    session : Session
        Trains one run at a time.
    library : RunLibrary
        Lists all of them.
    """

    def __init__(self, session: Session, library: RunLibrary, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._library = library
        self._path: Path | None = None
        self._progress = 0.0
        session.run_started.connect(self._on_run_started)
        session.batches_ended.connect(self._on_batches_ended)
        session.status_changed.connect(self._on_status_changed)
        session.run_ended.connect(self._on_run_ended)

    @Slot(object)
    def _on_run_started(self, _config: object) -> None:
        session = self._session
        self._detach()
        if not session.active or session.run_path is None or session.status is None:
            return
        assert session.run_config is not None
        assert session.history is not None
        self._path = session.run_path
        self._library.attach_live(self._path, session.run_config, session.history, session.status)
        self._tell(session.status)

    @Slot(object)
    def _on_batches_ended(self, _batches: object) -> None:
        if self._path is not None and self._reached() >= self._progress + _PROGRESS_STEP:
            assert self._session.status is not None
            self._tell(self._session.status)

    @Slot(object)
    def _on_status_changed(self, status: RunStatus) -> None:
        if self._path is not None and status.active:
            self._tell(status)

    @Slot(object, str)
    def _on_run_ended(self, _status: object, _message: str) -> None:
        self._detach()

    def _tell(self, status: RunStatus) -> None:
        assert self._path is not None
        self._progress = self._reached()
        self._library.update_live(self._path, status, self._progress)

    def _reached(self) -> float:
        history, config = self._session.history, self._session.run_config
        if history is None or config is None:
            return 0.0
        seconds = float(history.seconds[-1]) if history.step else 0.0
        return share_done(config.training, history.train_size, history.step, seconds)

    def _detach(self) -> None:
        if self._path is not None:
            path, self._path = self._path, None
            self._library.detach_live(path)

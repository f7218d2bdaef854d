"""Opens saved runs for the session; never in the place of one that is trained."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from ..training.config import RunConfig
from .run_files import OpenRequest, Purpose
from .worker import Fork

if TYPE_CHECKING:
    from ..runs.opened import OpenedRun
    from .session import Session


class RunOpener(QObject):
    """Commands (verbs) in, facts (signals) out; lives in the GUI thread.

    Parameters
    ----------
    session : Session
        Shows what is opened, and goes on with it.

    Signals
    -------
    opened(object)
        OpenRequest of a run that is in view now.
    failed(str)
        A sentence about a run file that could not be read, or was not opened now.
    """

    opened = Signal(object)
    failed = Signal(str)

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        session.files.opened.connect(self._on_opened)
        session.files.refused.connect(self._on_refused)

    def open(self, path: Path) -> None:
        """Show the run saved in `path`."""
        self._ask(OpenRequest(path))

    def open_and_continue(self, path: Path) -> None:
        """Show the run saved in `path` and go on with it, if anything of it is left to train."""
        self._ask(OpenRequest(path, Purpose.CONTINUE))

    def fork(self, path: Path, config: RunConfig, *, best: bool, parent: str) -> None:
        """Train a new run with these settings that begins with the weights of the run in `path`.

        Parameters
        ----------
        path : Path
            File of the run.
        config : RunConfig
            Settings; the network has to have the same layers.
        best : bool
            Begin with the weights of its best epoch instead of the last ones.
        parent : str
            What the run is called.
        """
        self._ask(OpenRequest(path, Purpose.FORK, config=config, fork=Fork(best, parent)))

    def _ask(self, request: OpenRequest) -> None:
        if self._session.active:
            self._refuse(request)
        else:
            self._session.files.open(request)

    def _refuse(self, request: OpenRequest) -> None:
        text = self.tr("Stop the training before you open {0}.")
        self.failed.emit(text.format(request.path.name))

    @Slot(object, object)
    def _on_opened(self, request: OpenRequest, opened: OpenedRun) -> None:
        session = self._session
        if request.purpose is Purpose.GREET:
            if session.run is None:
                session.show_run(request.path, opened)
        elif session.active:
            self._refuse(request)
        elif request.purpose is Purpose.FORK:
            assert request.config is not None
            session.start(request.config, checkpoint=opened.checkpoint, fork=request.fork)
        else:
            session.show_run(request.path, opened)
            if request.purpose is Purpose.CONTINUE:
                session.continue_run()
            self.opened.emit(request)

    @Slot(object, str)
    def _on_refused(self, _request: OpenRequest, message: str) -> None:
        self.failed.emit(message)

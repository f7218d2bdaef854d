"""All that lives as long as the window: the run in view, all runs, and the queue of sweeps."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

if TYPE_CHECKING:
    from .inquirer import Inquirer
    from .library import RunLibrary
    from .session import Session
    from .sweeps import SweepQueue


class Studio(QObject):
    """Owns what the window and its pages work with; lives in the GUI thread.

    Each is made when it is first asked for, since the window can be painted without them.

    Parameters
    ----------
    folder : Path
        The folder of runs.

    Attributes
    ----------
    folder : Path
        The folder of runs.

    Signals
    -------
    failed(str)
        A sentence about files that cannot be read or written, or a sweep that cannot be trained.
    run_failed(object)
        The Failure of a sweep's run that could not even begin.
    """

    failed = Signal(str)
    run_failed = Signal(object)

    def __init__(self, folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.folder = folder

    @functools.cached_property
    def session(self) -> Session:
        """Trains and shows one run."""
        from .session import Session

        session = Session(self.folder, self)
        session.failed.connect(self.failed)
        return session

    @functools.cached_property
    def library(self) -> RunLibrary:
        """All runs, the session's and the queue's among them."""
        from .library import RunLibrary
        from .session_follower import SessionFollower

        library = RunLibrary(self.folder, self)
        SessionFollower(self.session, library.live, self)
        library.failed.connect(self.failed)
        return library

    @functools.cached_property
    def sweeps(self) -> SweepQueue:
        """What trains many runs."""
        from .sweeps import SweepQueue

        sweeps = SweepQueue(self.library.live, self.folder, self)
        sweeps.failed.connect(self.failed)
        sweeps.run_failed.connect(self.run_failed)
        return sweeps

    @functools.cached_property
    def inquirer(self) -> Inquirer:
        """What computes the figures that views show."""
        from .inquirer import Inquirer

        return Inquirer(self)

    def look_around(self) -> None:
        """List the runs and look for an interrupted sweep, in the background."""
        self.library.refresh()
        self.sweeps.look_for_interrupted()

    def shut_down(self) -> None:
        """Stop and save what is trained, and end all threads; sweeps can go on later."""
        for name in ("inquirer", "sweeps", "library", "session"):
            if name in vars(self):
                getattr(self, name).shut_down()

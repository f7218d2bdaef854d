"""The runs that this program trains or will train, before their files speak for them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from ..training.config import RunConfig
from ..training.status import RunStatus

if TYPE_CHECKING:
    from ..training.history import History


@dataclass(eq=False)
class LiveRun:
    """A run that is being trained; `ended` while its file is read for the last time."""

    config: RunConfig
    history: History
    status: RunStatus
    progress: float = 0.0
    ended: bool = False


class LiveRuns(QObject):
    """The runs that are trained or queued in this program; the library lists them, too.

    Whoever trains says what becomes of them.

    Attributes
    ----------
    training : dict of LiveRun
        By the runs' files.
    queued : dict of RunConfig
        Of reserved runs that have not begun.

    Signals
    -------
    changed()
        Something above is another now.
    attached(object), detached(object)
        Path of a run whose training begins, or has ended.
    queue_grew(object)
        Path of a run that is queued now.
    """

    changed = Signal()
    attached = Signal(object)
    detached = Signal(object)
    queue_grew = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.training: dict[Path, LiveRun] = {}
        self.queued: dict[Path, RunConfig] = {}

    def __contains__(self, path: Path) -> bool:
        """Return whether a run is trained here, or will be."""
        return path in self.training or path in self.queued

    def attach(self, path: Path, config: RunConfig, history: History, status: RunStatus) -> None:
        """List a run that is being trained, with a history that grows."""
        self.training[path] = LiveRun(config, history, status)
        self.queued.pop(path, None)
        self.attached.emit(path)
        self.changed.emit()

    def update(self, path: Path, status: RunStatus, progress: float) -> None:
        """Set the status of a run and the share of it that is done, 0 to 1."""
        run = self.training.get(path)
        if run is not None and not run.ended:
            run.status, run.progress = status, progress
            self.changed.emit()

    def detach(self, path: Path) -> None:
        """Note that the training of a run has ended; it stays listed until its file was read."""
        run = self.training.get(path)
        if run is not None:
            run.ended = True
            self.detached.emit(path)

    def take_ended(self, path: Path) -> History | None:
        """Drop a run whose training has ended and whose file was read; return its curves."""
        run = self.training.get(path)
        if run is None or not run.ended:
            return None
        return self.training.pop(path).history

    def add_queued(self, path: Path, config: RunConfig) -> None:
        """List a reserved run that has not begun."""
        self.queued[path] = config
        self.queue_grew.emit(path)
        self.changed.emit()

    def remove_queued(self, path: Path) -> None:
        """List a reserved run no longer: it was taken out of the queue."""
        if self.queued.pop(path, None) is not None:
            self.changed.emit()

"""Run files, read and written beside the window."""

from __future__ import annotations

import contextlib
import logging
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from ..errors import StudioError
from .threads import Resident, ResidentThread
from .worker import HOLDER, Fork

if TYPE_CHECKING:
    from ..data.dataset import Dataset
    from ..nn.network import Network
    from ..runs.checkpoint import Checkpoint
    from ..runs.store import RunStore
    from ..training.config import RunConfig
    from ..training.history import Origin

logger = logging.getLogger(__name__)


class Purpose(Enum):
    """What a run is read for: to be greeted with, while there is no other, or by request."""

    GREET = auto()
    SHOW = auto()
    CONTINUE = auto()
    FORK = auto()


@dataclass(frozen=True)
class OpenRequest:
    """What is wanted of a run file; it comes back with the answer, be that a run or a refusal.

    Attributes
    ----------
    path : Path
        The file.
    purpose : Purpose
        What to do with the run.
    config, fork : RunConfig and Fork, optional
        Settings and beginning of the new run, to ``FORK``.
    """

    path: Path
    purpose: Purpose = Purpose.SHOW
    config: RunConfig | None = None
    fork: Fork | None = None


@dataclass(frozen=True, eq=False)
class ChangedNetwork:
    """Weights that were changed by hand, to be kept as a run of their own.

    Attributes
    ----------
    network : Network
        Frozen.
    config : RunConfig
        Of the run that they are from.
    dataset : Dataset
        What that was trained on.
    origin : Origin
        How far it was.
    parent : str
        What it is called, with what was changed.
    note : str
        The same in a sentence, for the list of runs.
    """

    network: Network
    config: RunConfig
    dataset: Dataset
    origin: Origin
    parent: str
    note: str


class RunFiles(QObject):
    """Commands (verbs) in, facts (signals) out; lives in the GUI thread.

    Parameters
    ----------
    folder : Path
        The folder of runs.

    Signals
    -------
    opened(object, object), refused(object, str)
        An OpenRequest, and its OpenedRun or a sentence on why the file cannot be read.
    offered(object, str, object)
        Path, title and OpenedRun of the last run, to be offered again.
    saved(object, object), save_failed(str)
        The path written and its Checkpoint, or a sentence on why a run could not be saved.
    kept(object)
        Path of the new run that was made of a ChangedNetwork; or else `save_failed`.
    """

    opened = Signal(object, object)
    refused = Signal(object, str)
    offered = Signal(object, str, object)
    saved = Signal(object, object)
    save_failed = Signal(str)
    kept = Signal(object)

    _open_requested = Signal(object)
    _last_requested = Signal()
    _save_requested = Signal(object, object)
    _keep_requested = Signal(object)

    def __init__(self, folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._reader = RunReader(folder)
        self._open_requested.connect(self._reader.open)
        self._last_requested.connect(self._reader.find_last)
        self._save_requested.connect(self._reader.save)
        self._keep_requested.connect(self._reader.keep)
        for fact in ("opened", "refused", "offered", "saved", "save_failed", "kept"):
            getattr(self._reader, fact).connect(getattr(self, fact))
        self._thread = ResidentThread("files", self._reader, self)
        self._thread.start()

    def open(self, request: OpenRequest) -> None:
        """Read a run file."""
        self._open_requested.emit(request)

    def offer_last(self) -> None:
        """Read the run that comes along, look for the last one in the folder and offer it."""
        self._last_requested.emit()

    def save(self, path: Path | None, checkpoint: Checkpoint) -> None:
        """Write a run file; without a path a new one in the folder of runs."""
        self._save_requested.emit(path, checkpoint)

    def keep(self, changed: ChangedNetwork) -> None:
        """Measure a changed network and make a new run of it in the folder of runs."""
        self._keep_requested.emit(changed)

    def shut_down(self) -> None:
        """Let what was asked for be done, and end the thread."""
        self._thread.finish()


class RunReader(Resident):
    """The file thread's object: does one thing after another, as :class:`RunFiles` tells."""

    opened = Signal(object, object)
    refused = Signal(object, str)
    offered = Signal(object, str, object)
    saved = Signal(object, object)
    save_failed = Signal(str)
    kept = Signal(object)

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder

    @Slot(object)
    def open(self, request: OpenRequest) -> None:
        """Read a run file."""
        from ..runs.bundled import open_bundled
        from ..runs.opened import open_run

        greets = request.purpose is Purpose.GREET
        try:
            self.opened.emit(request, open_bundled() if greets else open_run(request.path))
        except StudioError as error:
            self.refused.emit(request, str(error))
        except Exception as error:  # no request stays without an answer
            logger.exception("%s was not opened", request.path)
            sentence = f"{request.path.name} could not be opened ({type(error).__name__})."
            self.refused.emit(request, sentence)

    @Slot()
    def find_last(self) -> None:
        """Read the newest run that is not part of a sweep; damaged files are passed over."""
        from ..runs.bundled import bundled_path
        from ..runs.label import run_title
        from ..runs.opened import open_run
        from ..runs.store import RunStore

        self.open(OpenRequest(bundled_path(), Purpose.GREET))
        store = RunStore(self._folder)
        for path in _newest_first(store):
            label = store.label(path)
            if label.sweep:
                continue
            try:
                self.offered.emit(path, run_title(path, label), open_run(path))
            except StudioError:
                logger.warning("run file %s is damaged and was left alone", path)
            else:
                return

    @Slot(object, object)
    def save(self, path: Path | None, checkpoint: Checkpoint) -> None:
        """Write a run file; without a path a new one in the folder of runs."""
        place = self._write(path, checkpoint)
        if place is not None:
            self.saved.emit(place, checkpoint)

    @Slot(object)
    def keep(self, changed: ChangedNetwork) -> None:
        """Make a new run of a changed network."""
        from ..runs.changed import changed_run

        try:
            checkpoint = changed_run(
                changed.network.weights(),
                changed.config,
                changed.dataset,
                changed.origin,
                changed.parent,
            )
        except Exception as error:  # whoever waits gets an answer
            logger.exception("a changed network was not kept")
            name = type(error).__name__
            self.save_failed.emit(f"The changed network could not be kept ({name}).")
            return
        place = self._write(None, checkpoint, changed.note)
        if place is not None:
            self.kept.emit(place)

    def _write(self, path: Path | None, checkpoint: Checkpoint, note: str = "") -> Path | None:
        from ..runs.checkpoint import write_checkpoint
        from ..runs.label import RunLabel
        from ..runs.lock import hold_run
        from ..runs.store import RunStore

        store = RunStore(self._folder)
        try:
            place = path or store.reserve(RunLabel(note=note))
            try:
                with hold_run(place, HOLDER):  # another program may train that run by now
                    write_checkpoint(place, checkpoint)
            finally:
                store.release(place)  # does nothing to one that is there
        except StudioError as error:
            logger.exception("saving failed")
            self.save_failed.emit(str(error))
            return None
        return place


def _newest_first(store: RunStore) -> list[Path]:
    files = []
    try:
        for path in store.paths():
            with contextlib.suppress(OSError):  # a link to nowhere, or deleted just now
                files.append((path.stat().st_mtime, path))
    except StudioError:
        logger.exception("the folder of runs cannot be read")
    return [path for _, path in sorted(files, reverse=True)]

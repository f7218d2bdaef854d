"""The library's thread's object: reads the folder of runs, writes labels, moves deleted runs."""

from __future__ import annotations

import logging
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from PySide6.QtCore import Signal, Slot

from ..errors import StudioError
from .folder_watcher import FolderWatcher
from .run_growth import GrowthSender
from .run_row import live_header
from .threads import Resident

if TYPE_CHECKING:
    from ..runs.header import RunHeader
    from ..runs.journal import JournalReader
    from ..runs.label import RunLabel
    from ..runs.store import RunStore


logger = logging.getLogger(__name__)


class KnownRun(NamedTuple):
    """What the files of a run say.

    Attributes
    ----------
    path : Path
        The run's file.
    label : RunLabel
        What the user says about it.
    header : RunHeader or None
        What the file says, or its journal if that is watched; None if there is no file yet.
    """

    path: Path
    label: RunLabel
    header: RunHeader | None


class LibraryWorker(Resident):
    """Lives in the library's thread.

    Parameters
    ----------
    folder : Path
        The folder of runs.

    Signals
    -------
    folder_changed(str)
        A file came, went or was replaced since the last listing, whoever did so.
    listed(object, object)
        All runs as a list of KnownRun, and a list of :class:`Damaged` files.
    not_listed()
        The folder could not be read.
    looked(object, object)
        Path of one run and its KnownRun, without a header if its file cannot be read.
    loaded(object, object)
        Path of a run and its History; None if it cannot be read.
    grew(object)
        A :class:`RunGrowth` of a watched run whose curves were asked for.
    label_written(object)
        Path of the run.
    deleted(object)
        Where the runs are now, as a list of paths.
    restored(object)
        Paths of the runs that are back.
    failed(str)
        A sentence.
    """

    folder_changed = Signal(str)
    listed = Signal(object, object)
    not_listed = Signal()
    looked = Signal(object, object)
    loaded = Signal(object, object)
    grew = Signal(object)
    label_written = Signal(object)
    deleted = Signal(object)
    restored = Signal(object)
    failed = Signal(str)

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder
        self._store: RunStore | None = None
        # Files change one at a time; the others need not be read again.
        self._known: dict[Path, tuple[tuple[int, ...], KnownRun]] = {}
        self._journals: dict[Path, JournalReader] = {}
        self._growth = GrowthSender()
        self._watcher = FolderWatcher(folder, self)  # as its child it moves along to the thread
        self._watcher.directoryChanged.connect(self.folder_changed)

    def _runs(self) -> RunStore:
        if self._store is None:
            from ..runs.store import RunStore

            self._store = RunStore(self._folder)
            self._store.purge()
        return self._store

    @Slot()
    def list_runs(self) -> None:
        """Read what is new in the folder."""
        from ..runs.checkpoint import CheckpointError
        from ..runs.store import Damaged

        runs, damaged = [], []
        self._watcher.look()
        try:
            paths = self._runs().paths()
        except CheckpointError as error:
            self.failed.emit(str(error))
            self.not_listed.emit()
            return
        there = set(paths)
        self._known = {path: known for path, known in self._known.items() if path in there}
        for path in paths:
            try:
                runs.append(self._read(path))
            except CheckpointError as error:
                if os.path.lexists(path):  # or else another program has just deleted it
                    damaged.append(Damaged(path, str(error)))
        self.listed.emit(runs, damaged)

    @Slot(object)
    def look_at(self, path: Path) -> None:
        """Read one run; its label alone if its file cannot be read, or is not there yet."""
        from ..runs.checkpoint import CheckpointError

        try:
            known = self._read(path)
        except CheckpointError:
            known = KnownRun(path, self._runs().label(path), None)
        self.looked.emit(path, known)

    @Slot(object)
    def watch(self, path: Path) -> None:
        """Read one run that another program trains, now and from now on from its journal, too."""
        from ..runs.journal import JournalReader, journal_path

        if path not in self._journals:
            self._journals[path] = JournalReader(journal_path(path))
            self._known.pop(path, None)  # it was read without its journal, which may rest now
        self.look_at(path)

    def _read(self, path: Path) -> KnownRun:
        from ..runs.checkpoint import CheckpointError

        try:
            stamp = _stamp(path)
        except OSError as error:
            raise CheckpointError(f"There is no file {path}.") from error
        known = self._known.get(path)
        if known is None or known[0] != stamp:
            record = self._runs().record(path)
            header = self._watched(path, record.header)
            known = self._known[path] = (stamp, KnownRun(path, record.label, header))
        return known[1]

    def _watched(self, path: Path, header: RunHeader) -> RunHeader:
        """Return the figures of its journal if that is further."""
        journal = self._journals.get(path)
        if not header.status.active:
            self._journals.pop(path, None)
            self._growth.forget(path)
            return header
        if journal is None:
            return header
        journal.read()
        if journal.history is None or journal.history.step < header.step:
            return header
        if path in self._growth:
            self.grew.emit(self._growth.cut(path, journal.history))
        return live_header(header.config, journal.history, header.status, header)

    @Slot(object)
    def load_history(self, path: Path) -> None:
        """Read the curves of a run."""
        from ..runs.checkpoint_history import read_history

        try:
            history = read_history(path)
            journal = self._journals.get(path)
            if journal is not None and journal.history is not None:
                history.append(journal.history.part_since(history.counts))
                self._growth.note(path, journal.history, history.counts)
        except Exception as error:  # whoever asked for curves gets an answer
            logger.info("the curves of %s cannot be read", path, exc_info=True)
            self.loaded.emit(path, None)
            if path.exists():  # or else it was deleted meanwhile, which is no news
                told = isinstance(error, StudioError)
                kind = type(error).__name__
                self.failed.emit(str(error) if told else f"{path.name} cannot be drawn ({kind}).")
        else:
            self.loaded.emit(path, history)

    @Slot(object, object)
    def change_label(self, path: Path, changes: dict[str, Any]) -> None:
        """Change fields of what the user says about a run."""
        from ..runs.checkpoint import CheckpointError

        try:
            self._runs().change_label(path, **changes)
        except CheckpointError as error:
            self.failed.emit(str(error))
        self.label_written.emit(path)

    @Slot(object)
    def delete(self, paths: list[Path]) -> None:
        """Move runs to the folder of deleted ones."""
        self.deleted.emit(self._move(paths, restore=False))

    @Slot(object)
    def restore(self, places: list[Path]) -> None:
        """Bring deleted runs back."""
        self.restored.emit(self._move(places, restore=True))

    def _move(self, paths: list[Path], *, restore: bool) -> list[Path]:
        from ..runs.checkpoint import CheckpointError

        moved = []
        for path in paths:
            try:
                moved.append(self._runs().restore(path) if restore else self._runs().delete(path))
            except CheckpointError as error:
                self.failed.emit(str(error))
        return moved


def _stamp(path: Path) -> tuple[int, ...]:
    """Return what changes whenever a run, its label or its journal is written, or none is."""
    from ..runs.journal import journal_path
    from ..runs.label import label_path
    from ..runs.lock import is_held

    run = _identity(path.stat())
    return *run, *_stat(label_path(path)), *_stat(journal_path(path)), is_held(path)


def _stat(path: Path) -> tuple[int, ...]:
    try:
        return _identity(path.stat())
    except OSError:
        return (0,)


def _identity(found: os.stat_result) -> tuple[int, ...]:
    # The clock of a file system stands still for milliseconds, in which more may be written.
    return found.st_ino, found.st_mtime_ns, found.st_size

"""The library's thread's object: reads the folder of runs, writes labels, moves deleted runs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QObject, Signal, Slot

if TYPE_CHECKING:
    from ..training.run_header import RunHeader
    from ..training.run_store import RunLabel, RunStore


class KnownRun(NamedTuple):
    """A run as its files are.

    Attributes
    ----------
    path : Path
        The run's file.
    label : RunLabel
        What the user says about it.
    header : RunHeader or None
        What the file says; None if it is not written yet.
    modified : float
        When it or its journal was written, in seconds since 1970.
    """

    path: Path
    label: RunLabel
    header: RunHeader | None
    modified: float


class LibraryWorker(QObject):
    """Lives in the library's thread.

    Parameters
    ----------
    folder : Path
        The folder of runs.

    Signals
    -------
    listed(object, object)
        All runs as a list of KnownRun, and a list of :class:`Damaged` files.
    looked(object, object)
        Path of one run and its KnownRun, without a header if its file cannot be read.
    loaded(object, object)
        Path of a run and its History; None if it cannot be read.
    label_written(object)
        Path of the run.
    deleted(object)
        Where the runs are now, as a list of paths.
    restored(object)
        Paths of the runs that are back.
    failed(str)
        A sentence.
    """

    listed = Signal(object, object)
    looked = Signal(object, object)
    loaded = Signal(object, object)
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

    def _runs(self) -> RunStore:
        if self._store is None:
            from ..training.run_store import RunStore

            self._store = RunStore(self._folder)
            self._store.purge()
        return self._store

    @Slot()
    def list_runs(self) -> None:
        """Read what is new in the folder."""
        from ..training.checkpoint import CheckpointError
        from ..training.run_store import Damaged

        runs, damaged = [], []
        try:
            paths = self._runs().paths()
        except CheckpointError as error:
            self.failed.emit(str(error))
            self.listed.emit([], [])
            return
        self._known = {path: known for path, known in self._known.items() if path in set(paths)}
        for path in paths:
            try:
                runs.append(self._read(path))
            except CheckpointError as error:
                damaged.append(Damaged(path, str(error)))
        self.listed.emit(runs, damaged)

    @Slot(object)
    def look_at(self, path: Path) -> None:
        """Read one run; its label alone if its file cannot be read, or is not there yet."""
        from ..training.checkpoint import CheckpointError

        try:
            known = self._read(path)
        except CheckpointError:
            known = KnownRun(path, self._runs().label(path), None, 0.0)
        self.looked.emit(path, known)

    def _read(self, path: Path) -> KnownRun:
        from ..training.checkpoint import CheckpointError

        try:
            stamp = _stamp(path)
        except OSError as error:
            raise CheckpointError(f"There is no file {path}.") from error
        known = self._known.get(path)
        if known is None or known[0] != stamp:
            record = self._runs().record(path)
            run = KnownRun(path, record.label, record.header, max(stamp[0], stamp[-1]) / 1e9)
            known = self._known[path] = (stamp, run)
        return known[1]

    @Slot(object)
    def load_history(self, path: Path) -> None:
        """Read the curves of a run."""
        from ..training.checkpoint import CheckpointError
        from ..training.checkpoint_history import read_history

        try:
            self.loaded.emit(path, read_history(path))
        except CheckpointError as error:
            self.loaded.emit(path, None)
            if path.exists():  # or else it was deleted meanwhile, which is no news
                self.failed.emit(str(error))

    @Slot(object, object)
    def write_label(self, path: Path, label: RunLabel) -> None:
        """Keep what the user says about a run."""
        from ..training.checkpoint import CheckpointError

        try:
            self._runs().write_label(path, label)
        except CheckpointError as error:
            self.failed.emit(str(error))
        self.label_written.emit(path)

    @Slot(object)
    def delete(self, paths: list[Path]) -> None:
        """Move runs to the deleted ones."""
        self.deleted.emit(self._move(paths, restore=False))

    @Slot(object)
    def restore(self, places: list[Path]) -> None:
        """Bring deleted runs back."""
        self.restored.emit(self._move(places, restore=True))

    def _move(self, paths: list[Path], *, restore: bool) -> list[Path]:
        from ..training.checkpoint import CheckpointError

        moved = []
        for path in paths:
            try:
                moved.append(self._runs().restore(path) if restore else self._runs().delete(path))
            except CheckpointError as error:
                self.failed.emit(str(error))
        return moved

    @Slot()
    def finish(self) -> None:
        """End the thread, after all that was asked for before."""
        self.thread().quit()


def _stamp(path: Path) -> tuple[int, ...]:
    """Return what changes whenever a run or its label is written."""
    found = path.stat()
    label, journal = _stat(path.with_suffix(".json")), _stat(path.with_suffix(".journal"))
    return found.st_mtime_ns, found.st_size, *label, journal[0]


def _stat(path: Path) -> tuple[int, int]:
    try:
        found = path.stat()
    except OSError:
        return 0, 0
    return found.st_mtime_ns, found.st_size

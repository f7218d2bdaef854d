"""All runs that there are: those in the folder, those that train, and those that wait."""

from __future__ import annotations

import dataclasses
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QFileSystemWatcher, QObject, QThread, QTimer, Signal, Slot

from ..training.config import RunConfig
from ..training.status import RunStatus
from .library_worker import KnownRun, LibraryWorker
from .run_row import RunRow, header_share, live_header, order

if TYPE_CHECKING:
    from ..training.history import History
    from ..training.run_store import Damaged, RunLabel

CHANGE_INTERVAL = 100  # milliseconds between two changes that are told
FOLDER_INTERVAL = 1000  # milliseconds between two looks at a folder that changes all the time
# Seconds after which a run that says it is running, and is not trained here, is given up: a
# sweep's run has a journal that is written ten times a second, others save at their epochs' ends.
SILENCE = 60.0
SWEEP_SILENCE = 4.0
FOREIGN_INTERVAL = 5000  # milliseconds between two looks at runs that others train
# Curves in memory, in batches of 12 bytes, unless more are being looked at: those that were asked
# for in the last seconds.
_BATCHES_KEPT = 10_000_000
_SECONDS_KEPT = 60.0


@dataclass(eq=False)
class _Live:
    """A run that is trained in this program."""

    config: RunConfig
    history: History
    status: RunStatus
    progress: float = 0.0
    ended: bool = False  # and its file is being read again


class RunLibrary(QObject):
    """Lives in the GUI thread; files are read and written in a thread of its own.

    Parameters
    ----------
    folder : Path
        The folder of runs; other programs may write there, too.

    Signals
    -------
    rows_changed()
        :attr:`rows` are others now; at most ten times a second.
    history_loaded(object)
        Path of a run whose curves were asked for and are there now.
    deleted(object)
        Paths of runs that were deleted and can be brought back by :meth:`undo_delete`.
    failed(str)
        A sentence about files that cannot be read or written.
    """

    rows_changed = Signal()
    history_loaded = Signal(object)
    deleted = Signal(object)
    failed = Signal(str)

    _list_requested = Signal()
    _look_requested = Signal(object)
    _load_requested = Signal(object)
    _label_requested = Signal(object, object)
    _delete_requested = Signal(object)
    _restore_requested = Signal(object)
    _finish_requested = Signal()

    def __init__(self, folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._folder = folder
        self._runs: dict[Path, KnownRun] = {}
        self._labels: dict[Path, RunLabel] = {}
        self._labels_on_their_way: Counter[Path] = Counter()
        self._live: dict[Path, _Live] = {}
        self._queued: dict[Path, RunConfig] = {}
        self._histories: dict[Path, History] = {}
        self._asked: dict[Path, float] = {}
        self._loading: set[Path] = set()
        self._unreadable: set[Path] = set()
        self._leaving: list[list[Path]] = []
        self._deleted: list[list[Path]] = []
        self._damaged: list[Damaged] = []
        self._rows: list[RunRow] | None = None
        # A thousand rows are not made anew ten times a second because one run trains.
        self._made: dict[Path, tuple[KnownRun, RunLabel, RunStatus, RunRow]] = {}
        self._listing = self._list_again = self._shut_down = False
        self._watcher = QFileSystemWatcher(self)
        self._watcher.directoryChanged.connect(self._on_folder_changed)
        self._change_timer = self._timer(CHANGE_INTERVAL, self._tell_change)
        self._folder_timer = self._timer(FOLDER_INTERVAL, self.refresh)
        self._foreign_timer = self._timer(FOREIGN_INTERVAL, self._on_foreign_timeout)
        self._worker = LibraryWorker(folder)
        self._connect()
        self._thread = QThread(self)
        self._thread.setObjectName("library")
        self._worker.moveToThread(self._thread)
        self._thread.finished.connect(self._worker.deleteLater)
        self._thread.start()

    # --- state -----------------------------------------------------------------------------

    @property
    def folder(self) -> Path:
        """Where the runs are."""
        return self._folder

    @property
    def rows(self) -> list[RunRow]:
        """All runs by number; not to be changed."""
        if self._rows is None:
            paths = {*self._runs, *self._live, *self._queued}
            made = (self._make_row(path) for path in paths)
            self._rows = sorted((row for row in made if row is not None), key=order)
        return self._rows

    @property
    def damaged(self) -> list[Damaged]:
        """Files that cannot be read and are left alone."""
        return self._damaged

    @property
    def can_undo(self) -> bool:
        """Whether there is a deletion to be undone."""
        return bool(self._deleted)

    def row(self, path: Path) -> RunRow | None:
        """Return one run."""
        return next((row for row in self.rows if row.path == path), None)

    def history(self, path: Path) -> History | None:
        """Return the curves of a run, or None and :attr:`history_loaded` a little later."""
        if path in self._live:
            return self._live[path].history
        self._asked[path] = time.monotonic()
        if path in self._histories:
            return self._histories[path]
        in_vain = path in self._loading or path in self._unreadable
        if path in self._runs and not in_vain:
            self._loading.add(path)
            self._load_requested.emit(path)
        return None

    # --- commands --------------------------------------------------------------------------

    @Slot()
    def refresh(self) -> None:
        """Look for what has changed in the folder."""
        if self._shut_down:
            return
        if self._listing:
            self._list_again = True
            return
        self._listing = True
        self._list_requested.emit()

    def set_label(self, path: Path, **changes: Any) -> None:
        """Change what the user says about a run: fields of a :class:`RunLabel`."""
        label = self._labels.get(path)
        if label is None:
            return
        changed = dataclasses.replace(label, **changes)
        if changed == label:
            return
        self._labels[path] = changed
        self._labels_on_their_way[path] += 1
        self._label_requested.emit(path, changed)
        self._changed(at_once=True)

    def delete(self, paths: list[Path]) -> None:
        """Delete runs that are not being trained; :meth:`undo_delete` brings them back."""
        gone = [path for path in paths if path in self._runs and path not in self._live]
        if len(gone) < len(paths):
            self.failed.emit(
                self.tr("A run that is being trained cannot be deleted; stop it first.")
            )
        if not gone:
            return
        for path in gone:
            del self._runs[path]
            self._histories.pop(path, None)
        self._leaving.append(gone)
        self._delete_requested.emit(gone)
        self.deleted.emit(gone)
        self._changed(at_once=True)

    def undo_delete(self) -> None:
        """Bring back what was deleted last."""
        if self._deleted:
            self._restore_requested.emit(self._deleted.pop())

    def shut_down(self) -> None:
        """Let labels be written, and end the thread."""
        if self._shut_down:
            return
        self._shut_down = True
        for timer in (self._change_timer, self._folder_timer, self._foreign_timer):
            timer.stop()
        self._finish_requested.emit()
        self._thread.wait()

    # --- runs that are trained here --------------------------------------------------------

    def attach_live(
        self, path: Path, config: RunConfig, history: History, status: RunStatus
    ) -> None:
        """Show a run that is being trained, with a history that grows."""
        self._live[path] = _Live(config, history, status)
        self._queued.pop(path, None)
        self._histories.pop(path, None)
        self._look_requested.emit(path)
        self._changed()

    def update_live(self, path: Path, status: RunStatus, progress: float) -> None:
        """Say how far it is."""
        live = self._live.get(path)
        if live is not None and not live.ended:
            live.status, live.progress = status, progress
            self._changed()

    def detach_live(self, path: Path) -> None:
        """Let its file speak for it again."""
        live = self._live.get(path)
        if live is not None:
            live.ended = True
            self._look_requested.emit(path)

    def add_queued(self, path: Path, config: RunConfig) -> None:
        """Show a reserved run that has not begun."""
        self._queued[path] = config
        if path not in self._labels:
            self._look_requested.emit(path)
        self._changed()

    def remove_queued(self, path: Path) -> None:
        """Forget it."""
        if self._queued.pop(path, None) is not None:
            self._changed()

    # --- inside ----------------------------------------------------------------------------

    def _timer(self, interval: int, slot: Any) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(interval)
        timer.timeout.connect(slot)
        return timer

    def _connect(self) -> None:
        worker = self._worker
        self._list_requested.connect(worker.list_runs)
        self._look_requested.connect(worker.look_at)
        self._load_requested.connect(worker.load_history)
        self._label_requested.connect(worker.write_label)
        self._delete_requested.connect(worker.delete)
        self._restore_requested.connect(worker.restore)
        self._finish_requested.connect(worker.finish)
        worker.listed.connect(self._on_listed)
        worker.looked.connect(self._on_looked)
        worker.loaded.connect(self._on_loaded)
        worker.label_written.connect(self._on_label_written)
        worker.deleted.connect(self._on_deleted)
        worker.restored.connect(self._on_restored)
        worker.failed.connect(self.failed)

    def _new_rows(self) -> list[RunRow]:
        self._rows = None
        return self.rows

    def _make_row(self, path: Path) -> RunRow | None:
        label, known = self._labels.get(path), self._runs.get(path)
        if label is None:
            return None  # it is on its way
        live = self._live.get(path)
        if live is not None:
            header = live_header(
                live.config, live.history, live.status, known.header if known else None
            )
            progress = None if live.ended else live.progress
            return RunRow(path, label, live.config, live.status, header, progress)
        if path in self._queued:
            return RunRow(path, label, self._queued[path], RunStatus.QUEUED, None, 0.0)
        if known is None or known.header is None:
            return None
        header, status = known.header, known.header.status
        patience = SWEEP_SILENCE if label.sweep else SILENCE
        if status.active and time.time() - known.modified > patience:
            status = RunStatus.STOPPED
        made = self._made.get(path)
        if made is None or made[0] is not known or made[1] is not label or made[2] is not status:
            share = header_share(header) if status.active else None
            row = RunRow(path, label, header.config, status, header, share, header.failure)
            made = self._made[path] = (known, label, status, row)
        return made[3]

    def _take(self, known: KnownRun) -> None:
        """Take what a file says, but not a label that is older than ours."""
        before = self._runs.get(known.path)
        if (
            not self._labels_on_their_way[known.path]
            and self._labels.get(known.path) != known.label
        ):
            self._labels[known.path] = known.label
        if known.header is None:
            return
        self._runs[known.path] = known
        if before is not known:
            self._unreadable.discard(known.path)
        if before is not None and before.header != known.header:
            self._histories.pop(known.path, None)

    def _changed(self, *, at_once: bool = False) -> None:
        self._rows = None
        if self._shut_down:
            return
        if at_once:
            self._change_timer.start(0)
        elif not self._change_timer.isActive():
            self._change_timer.start(CHANGE_INTERVAL)

    @Slot()
    def _tell_change(self) -> None:
        self.rows_changed.emit()

    @Slot(str)
    def _on_folder_changed(self, _folder: str) -> None:
        if not self._folder_timer.isActive() and not self._shut_down:
            self._folder_timer.start()

    @Slot()
    def _on_foreign_timeout(self) -> None:
        self._changed()
        self.refresh()

    @Slot(object, object)
    def _on_listed(self, runs: list[KnownRun], damaged: list[Damaged]) -> None:
        self._listing = False
        if self._shut_down:
            return
        found = {known.path for known in runs}
        for path in [path for path in self._runs if path not in found]:
            del self._runs[path]
        leaving = {path for paths in self._leaving for path in paths}
        for known in runs:
            if known.path not in leaving:
                self._take(known)
        self._tell_damaged(damaged)
        if not self._watcher.directories():
            self._watcher.addPath(str(self._folder))
        if any(row.status.active and row.path not in self._live for row in self._new_rows()):
            self._foreign_timer.start()
        if self._list_again:
            self._list_again = False
            self.refresh()
        self._changed(at_once=True)

    def _tell_damaged(self, damaged: list[Damaged]) -> None:
        told = {each.path for each in self._damaged}
        new = [each for each in damaged if each.path not in told]
        self._damaged = damaged
        if len(new) == 1:
            self.failed.emit(new[0].message)
        elif new:
            names = ", ".join(each.path.name for each in new[:3]) + (" …" if len(new) > 3 else "")
            self.failed.emit(
                self.tr("{0} run files are damaged and were left alone: {1}.").format(
                    len(new), names
                )
            )

    @Slot(object, object)
    def _on_looked(self, path: Path, known: KnownRun) -> None:
        live = self._live.get(path)
        if live is not None and live.ended:
            del self._live[path]
            self._histories[path] = live.history
        if known.header is not None or path in self._queued or live:
            history = self._histories.get(path)
            self._take(known)
            if history is not None and known.header and known.header.step == history.step:
                self._histories[path] = history  # it is what the file has
        self._changed()

    @Slot(object, object)
    def _on_loaded(self, path: Path, history: History | None) -> None:
        self._loading.discard(path)
        if path not in self._runs or path in self._live:
            return
        if history is None:
            self._unreadable.add(path)
            return
        self._histories[path] = history
        self._drop_histories()
        self.history_loaded.emit(path)

    def _drop_histories(self) -> None:
        """Drop curves that nobody looks at any more while there are too many, oldest first."""
        batches = sum(history.step for history in self._histories.values())
        if batches <= _BATCHES_KEPT:
            return
        # Dropping what is drawn would have it loaded again at once, and again, without end.
        before = time.monotonic() - _SECONDS_KEPT
        for path in sorted(self._histories, key=self._asked_at):
            if batches <= _BATCHES_KEPT or self._asked_at(path) > before:
                return
            batches -= self._histories.pop(path).step

    def _asked_at(self, path: Path) -> float:
        return self._asked.get(path, 0.0)

    @Slot(object)
    def _on_label_written(self, path: Path) -> None:
        self._labels_on_their_way[path] -= 1

    @Slot(object)
    def _on_deleted(self, places: list[Path]) -> None:
        del self._leaving[0]
        if places:
            self._deleted.append(places)
        self.refresh()

    @Slot(object)
    def _on_restored(self, _paths: list[Path]) -> None:
        self.refresh()

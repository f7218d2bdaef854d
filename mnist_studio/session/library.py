"""All runs that there are: those in the folder, those that train, and those that wait."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from .deletions import Deletions
from .history_cache import HistoryCache
from .library_worker import KnownRun, LibraryWorker
from .live_runs import LiveRuns
from .row_maker import RowMaker
from .run_row import RunRow, order
from .threads import ResidentThread

if TYPE_CHECKING:
    from ..runs.header import RunHeader
    from ..runs.label import RunLabel
    from ..runs.store import Damaged
    from ..training.history import History
    from .run_growth import RunGrowth

CHANGE_INTERVAL = 100  # milliseconds between two changes that are told
FOLDER_INTERVAL = 1000  # milliseconds between two looks at a folder that changes all the time
FOREIGN_INTERVAL = 500  # milliseconds between two looks at runs that others train


class RunLibrary(QObject):
    """All runs; lives in the GUI thread, files are read and written in a thread of its own.

    Parameters
    ----------
    folder : Path
        The folder of runs; other programs may write there, too.

    Attributes
    ----------
    live : LiveRuns
        Told by whoever trains in this program.

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
    _watch_requested = Signal(object)
    _load_requested = Signal(object)
    _label_requested = Signal(object, object)
    _delete_requested = Signal(object)
    _restore_requested = Signal(object)

    def __init__(self, folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._folder = folder
        self._runs: dict[Path, KnownRun] = {}
        self._labels: dict[Path, RunLabel] = {}
        self._labels_on_their_way: Counter[Path] = Counter()
        self.live = LiveRuns(self)
        self._histories = HistoryCache()
        self._loading: set[Path] = set()
        self._unreadable: set[Path] = set()
        self._deletions = Deletions()
        self._damaged: list[Damaged] = []
        self._rows: list[RunRow] | None = None
        self._maker = RowMaker(self.live)
        self._listing = self._list_again = self._shut_down = False
        self._change_timer = self._timer(CHANGE_INTERVAL, self._tell_change)
        self._folder_timer = self._timer(FOLDER_INTERVAL, self.refresh)
        self._foreign_timer = self._timer(FOREIGN_INTERVAL, self._on_foreign_timeout)
        self._worker = LibraryWorker(folder)
        self._connect()
        self._thread = ResidentThread("library", self._worker, self)
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
            paths = {*self._runs, *self.live.training, *self.live.queued}
            row, labels, runs = self._maker.row, self._labels, self._runs
            made = (row(path, labels.get(path), runs.get(path)) for path in paths)
            self._rows = sorted((row for row in made if row is not None), key=order)
        return self._rows

    @property
    def damaged(self) -> list[Damaged]:
        """Files that cannot be read and are left alone."""
        return self._damaged

    @property
    def busy(self) -> bool:
        """Whether the folder or curves are being read, or runs being deleted."""
        return self._listing or bool(self._loading or self._deletions.leaving)

    def row(self, path: Path) -> RunRow | None:
        """Return one run."""
        return next((row for row in self.rows if row.path == path), None)

    def history(self, path: Path) -> History | None:
        """Return the curves of a run, or None and :attr:`history_loaded` a little later."""
        if path in self.live.training:
            return self.live.training[path].history
        history = self._histories.ask(path)
        in_vain = path in self._loading or path in self._unreadable
        if history is None and path in self._runs and not in_vain:
            self._loading.add(path)
            self._load_requested.emit(path)
        return history

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
        self._label_requested.emit(path, changes)
        self._changed(at_once=True)

    def delete(self, paths: list[Path]) -> None:
        """Delete runs that are at rest; :meth:`undo_delete` brings them back."""
        foreign = {known.path for known in self._runs.values() if self._is_foreign(known)}
        # One that waits in a queue would be trained again from its beginning, without its name.
        at_rest = {path for path in self._runs if path not in self.live} - foreign
        gone = [path for path in paths if path in at_rest]
        if len(gone) < len(paths):
            self.failed.emit(
                self.tr("A run that is being trained or queued cannot be deleted; stop it first.")
            )
        if not gone:
            return
        for path in gone:
            del self._runs[path]
            self._histories.pop(path, None)
        self._deletions.begin(gone)
        self._delete_requested.emit(gone)
        self.deleted.emit(gone)
        self._changed(at_once=True)

    def undo_delete(self, paths: list[Path] | None = None) -> None:
        """Bring back these runs, which were deleted at once, or by default the last ones."""
        self._restore(self._deletions.undo(paths))

    def _restore(self, places: list[Path]) -> None:
        if places:
            self._restore_requested.emit(places)

    def shut_down(self) -> None:
        """Let labels be written, and end the thread."""
        if self._shut_down:
            return
        self._shut_down = True
        for timer in (self._change_timer, self._folder_timer, self._foreign_timer):
            timer.stop()
        self._thread.finish()

    # --- inside ----------------------------------------------------------------------------

    def _timer(self, interval: int, slot: Callable[[], None]) -> QTimer:
        timer = QTimer(self, singleShot=True, interval=interval)
        timer.timeout.connect(slot)
        return timer

    def _connect(self) -> None:
        worker, live = self._worker, self.live
        live.changed.connect(self._on_live_changed)
        live.attached.connect(self._on_attached)
        live.detached.connect(worker.look_at)
        live.queue_grew.connect(self._on_queue_grew)
        self._list_requested.connect(worker.list_runs)
        self._look_requested.connect(worker.look_at)
        self._watch_requested.connect(worker.watch)
        self._load_requested.connect(worker.load_history)
        self._label_requested.connect(worker.change_label)
        self._delete_requested.connect(worker.delete)
        self._restore_requested.connect(worker.restore)
        worker.folder_changed.connect(self._on_folder_changed)
        worker.listed.connect(self._on_listed)
        worker.not_listed.connect(self._on_listing_ended)
        worker.looked.connect(self._on_looked)
        worker.loaded.connect(self._on_loaded)
        worker.grew.connect(self._on_grew)
        worker.label_written.connect(self._on_label_written)
        worker.deleted.connect(self._on_deleted)
        worker.restored.connect(self._on_restored)
        worker.failed.connect(self.failed)

    def _take(self, known: KnownRun) -> None:
        """Take what a file says, but not a label that is older than ours."""
        path, before = known.path, self._runs.get(known.path)
        if not self._labels_on_their_way[path] and self._labels.get(path) != known.label:
            self._labels[path] = known.label
        if known.header is None:
            return
        self._runs[path] = known
        if before is not known:
            self._unreadable.discard(path)
        history = self._histories.get(path)
        if history is not None and not _is_of(history, known.header, before):
            del self._histories[path]
        if self._is_foreign(known) and not self._foreign_timer.isActive():
            self._foreign_timer.start()

    def _is_foreign(self, known: KnownRun) -> bool:
        """Return whether another program trains a run."""
        header = known.header
        return header is not None and header.status.active and known.path not in self.live

    def _changed(self, *, at_once: bool = False) -> None:
        self._rows = None
        if self._shut_down:
            return
        if at_once:
            self._change_timer.start(0)
        elif not self._change_timer.isActive():
            self._change_timer.start(CHANGE_INTERVAL)

    @Slot()
    def _on_live_changed(self) -> None:
        self._changed()

    @Slot(object)
    def _on_attached(self, path: Path) -> None:
        self._histories.pop(path, None)
        self._look_requested.emit(path)

    @Slot(object)
    def _on_queue_grew(self, path: Path) -> None:
        if path not in self._labels:
            self._look_requested.emit(path)

    @Slot()
    def _tell_change(self) -> None:
        self.rows_changed.emit()

    @Slot(str)
    def _on_folder_changed(self, _folder: str) -> None:
        if not self._folder_timer.isActive() and not self._shut_down:
            self._folder_timer.start()

    @Slot()
    def _on_foreign_timeout(self) -> None:
        for known in self._runs.values():
            if self._is_foreign(known):
                self._watch_requested.emit(known.path)

    @Slot(object, object)
    def _on_listed(self, runs: list[KnownRun], damaged: list[Damaged]) -> None:
        if self._shut_down:
            return
        found = {known.path for known in runs}
        for path in [path for path in self._runs if path not in found]:
            del self._runs[path]
        leaving = self._deletions.leaving
        for known in runs:
            if known.path not in leaving:
                self._take(known)
        self._tell_damaged(damaged)
        self._on_listing_ended()
        self._changed(at_once=True)

    @Slot()
    def _on_listing_ended(self) -> None:
        self._listing = False
        if self._list_again:
            self._list_again = False
            self.refresh()

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
        if self._shut_down:
            return
        wanted = path in self.live
        history = self.live.take_ended(path)
        if history is not None:
            self._histories[path] = history
        if known.header is not None or wanted:
            self._take(known)
        self._changed()

    @Slot(object, object)
    def _on_loaded(self, path: Path, history: History | None) -> None:
        self._loading.discard(path)
        if path not in self._runs or path in self.live.training:
            return
        if history is None:
            self._unreadable.add(path)
            return
        self._histories[path] = history
        self._histories.drop_some()
        self.history_loaded.emit(path)

    @Slot(object)
    def _on_grew(self, growth: RunGrowth) -> None:
        path, begins, part = growth
        if begins is not None:
            begins.append(part)
            self._on_loaded(path, begins)
        elif path in self._histories:
            self._histories[path].append(part)

    @Slot(object)
    def _on_label_written(self, path: Path) -> None:
        self._labels_on_their_way[path] -= 1

    @Slot(object)
    def _on_deleted(self, places: list[Path]) -> None:
        self._restore(self._deletions.end(places))
        self.refresh()

    @Slot(object)
    def _on_restored(self, _paths: list[Path]) -> None:
        self.refresh()


def _is_of(history: History, header: RunHeader, before: KnownRun | None) -> bool:
    """Return whether curves are those of a run as it is now, and not as it was before."""
    if before is not None and before.header and before.header.started != header.started:
        return False  # another run has taken its place
    return (history.step, history.epoch_count) == (header.step, header.epochs)

"""Rows of runs that were never trained, and a library of them without files and threads."""

import dataclasses
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from mnist_studio.runs.header import RunHeader
from mnist_studio.runs.label import RunLabel
from mnist_studio.session.run_row import RunRow, order
from mnist_studio.training.config import RunConfig
from mnist_studio.training.events import EpochEnded, FinalEvaluation
from mnist_studio.training.status import RunStatus
from mnist_studio.training.variation import with_value

FOLDER = Path("runs")
_LABELS = {each.name for each in dataclasses.fields(RunLabel)}


def run(
    number,
    status=RunStatus.COMPLETED,
    *,
    validation=0.97,
    test=None,
    seconds=60.0,
    progress=None,
    failure=None,
    started=0.0,
    **values,
):
    """Return a row; other words are fields of its label or hyperparameters."""
    label = {name: values.pop(name) for name in list(values) if name in _LABELS}
    config = RunConfig()
    for name, value in values.items():
        config = with_value(config, name, value)
    header = None
    if status is not RunStatus.QUEUED:
        best = None
        if validation is not None:
            best = EpochEnded(3, 100, 0.1, 0.98, 0.1, validation, 0.0, seconds, best=True)
        header = RunHeader(
            config,
            status,
            100,
            9000,
            seconds,
            started,
            failure,
            epochs=3,
            best=best,
            last=best,
            test=None if test is None else FinalEvaluation(0.1, test),
        )
    path = FOLDER / (f"run-{number:04d}.npz" if isinstance(number, int) else f"{number}.npz")
    colors = {"color": (number - 1) % 10 if isinstance(number, int) else 0}
    return RunRow(path, RunLabel(**(colors | label)), config, status, header, progress, failure)


class FakeLibrary(QObject):
    """Does at once what the library does in its thread."""

    rows_changed = Signal()
    history_loaded = Signal(object)
    deleted = Signal(object)
    failed = Signal(str)

    def __init__(self, *rows):
        super().__init__()
        self.folder = FOLDER
        self._rows = {row.path: row for row in rows}
        self._deletions = []
        self.curves = {}

    @property
    def rows(self):
        return sorted(self._rows.values(), key=order)

    def row(self, path):
        return self._rows.get(path)

    def history(self, path):
        return self.curves.get(path)

    def put(self, *rows):
        """Take rows that are new or others now, as if they came from the folder."""
        self._rows |= {row.path: row for row in rows}
        self.rows_changed.emit()

    def set_label(self, path, **changes):
        row = self._rows[path]
        label = dataclasses.replace(row.label, **changes)
        self.put(dataclasses.replace(row, label=label))

    def delete(self, paths):
        self._deletions.append([self._rows.pop(path) for path in paths])
        self.deleted.emit(paths)
        self.rows_changed.emit()

    def undo_delete(self, paths=None):
        if self._deletions:
            self.put(*self._deletions.pop())

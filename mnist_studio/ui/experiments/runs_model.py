"""The table of runs as Qt's views read it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QCoreApplication,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)

from ...number_text import NONE, duration, percentage
from ...training.status import RunStatus
from ...training.variation import declarations, differing, relevant_values
from .. import theme
from ..describe import describe_failure, describe_status
from ..labels import label, value_text

if TYPE_CHECKING:
    from ...session.run_row import RunRow

Index = QModelIndex | QPersistentModelIndex
# Settings that always have a column; others have one while runs differ in them.
SETTINGS = ("dataset", "hidden", "optimizer", "batch_size", "learning_rate")
FIRST = ("shown", "number", "name", "validation", "test")
EDITABLE = ("name", "note")
_TEXTS = ("shown", "name", "status", "hidden", "note", "started")
ROW_ROLE = Qt.ItemDataRole.UserRole
COLUMN_ROLE = Qt.ItemDataRole.UserRole + 1
_MANY = 50  # rows at once, for which it is faster to build the table anew


class RunsModel(QAbstractTableModel):
    """A row for each run; columns are named in :attr:`columns`.

    Signals
    -------
    columns_changed()
        There are other columns now.
    renamed(object, str, str)
        Path, ``name`` or ``note``, and the new text: the user has edited it.
    """

    columns_changed = Signal()
    renamed = Signal(object, str, str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[RunRow] = []
        self._differing: frozenset[str] = frozenset()
        self.columns: tuple[str, ...] = self._wanted_columns(())

    # --- rows ------------------------------------------------------------------------------

    @property
    def rows(self) -> Sequence[RunRow]:
        """The runs, as :meth:`set_rows` was given them."""
        return self._rows

    def set_rows(self, rows: Sequence[RunRow]) -> None:
        """Show these runs, always in the same order; what has not changed is left alone."""
        if abs(len(rows) - len(self._rows)) > _MANY:
            self.beginResetModel()
            self._rows = list(rows)
            self.endResetModel()
            return
        self._remove_others({row.path for row in rows})
        self._insert_missing(rows)
        for position, (old, new) in enumerate(zip(self._rows, rows, strict=True)):
            if old is not new:
                self._rows[position] = new
                self.dataChanged.emit(
                    self.index(position, 0), self.index(position, len(self.columns) - 1)
                )

    def _remove_others(self, paths: set[Path]) -> None:
        for position in reversed(range(len(self._rows))):
            if self._rows[position].path not in paths:
                self.beginRemoveRows(QModelIndex(), position, position)
                del self._rows[position]
                self.endRemoveRows()

    def _insert_missing(self, rows: Sequence[RunRow]) -> None:
        for position, row in enumerate(rows):
            if position == len(self._rows) or self._rows[position].path != row.path:
                self.beginInsertRows(QModelIndex(), position, position)
                self._rows.insert(position, row)
                self.endInsertRows()

    def row_at(self, index: Index) -> RunRow:
        """Return the run of an index."""
        return self._rows[index.row()]

    def compare(self, rows: Sequence[RunRow]) -> None:
        """Emphasize the settings in which these runs differ, and give each a column."""
        names = differing([row.config for row in rows])
        if frozenset(names) == self._differing:
            return
        self._differing = frozenset(names)
        columns = self._wanted_columns(names)
        if columns != self.columns:
            self._set_columns(columns)
            self.columns_changed.emit()
        if self._rows:
            last = self.index(len(self._rows) - 1, len(self.columns) - 1)
            self.dataChanged.emit(self.index(0, 0), last, [Qt.ItemDataRole.ForegroundRole])

    def _set_columns(self, columns: tuple[str, ...]) -> None:
        """Take columns out and put others in one by one.

        Whatever is being edited stays, and the table stays sorted by what it was sorted by.
        """
        now = list(self.columns)
        for position in reversed(range(len(now))):
            if now[position] not in columns:
                self.beginRemoveColumns(QModelIndex(), position, position)
                del now[position]
                self.columns = tuple(now)
                self.endRemoveColumns()
        for position, name in enumerate(columns):
            if position == len(now) or now[position] != name:
                self.beginInsertColumns(QModelIndex(), position, position)
                now.insert(position, name)
                self.columns = tuple(now)
                self.endInsertColumns()

    @staticmethod
    def _wanted_columns(names: Sequence[str]) -> tuple[str, ...]:
        others = tuple(name for name in names if name not in SETTINGS)
        about = ("epochs_done", "seconds", "started", "note")
        return (*FIRST, "status", *SETTINGS, *others, *about)

    # --- Qt --------------------------------------------------------------------------------

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        """Return how many runs there are."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return how many columns there are."""
        return 0 if parent.isValid() else len(self.columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        """Return what a column is called."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        name = self.columns[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return self._title(name)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self._title(name) or self.tr("Curves")
        if role == Qt.ItemDataRole.TextAlignmentRole:
            # The arrow that shows the order is at the right.
            return _alignment("name" if name == "number" else name)
        return None

    def _title(self, name: str) -> str:
        titles = {
            "shown": "",
            "number": "#",
            "name": self.tr("Name"),
            "status": self.tr("Status"),
            "hidden": self.tr("Layers"),
            "batch_size": self.tr("Batch"),
            "learning_rate": self.tr("Rate"),
            "epochs_done": self.tr("Epochs done"),
            "validation": self.tr("Validation"),
            "test": self.tr("Test"),
            "seconds": self.tr("Time"),
            "started": self.tr("Started"),
            "note": self.tr("Note"),
        }
        return titles[name] if name in titles else label(name)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Return what can be done with a cell."""
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        if self.columns[index.column()] in EDITABLE:
            flags |= Qt.ItemFlag.ItemIsEditable
        return flags

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Tell of an edited name or note."""
        name = self.columns[index.column()]
        if role != Qt.ItemDataRole.EditRole or name not in EDITABLE:
            return False
        self.renamed.emit(self.row_at(index).path, name, str(value).strip())
        return True

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what a cell shows."""
        if not index.isValid():
            return None
        row, name = self.row_at(index), self.columns[index.column()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self._text(row, name)
            case Qt.ItemDataRole.AccessibleTextRole if name == "shown":
                return self.tr("drawn") if row.label.shown else self.tr("hidden")
            case Qt.ItemDataRole.EditRole:
                return row.label.note if name == "note" else row.label.name
            case Qt.ItemDataRole.TextAlignmentRole:
                return _alignment(name)
            case Qt.ItemDataRole.ForegroundRole:
                return theme.color(self._color(row, name))
            case Qt.ItemDataRole.ToolTipRole:
                return self._tooltip(row, name)
            case _ if role == ROW_ROLE:
                return row
            case _ if role == COLUMN_ROLE:
                return name
        return None

    def _text(self, row: RunRow, name: str) -> str:
        match name:
            case "shown":
                return ""
            case "number":
                return "" if row.number is None else str(row.number)
            case "name":
                return row.title
            case "status":
                return status_text(row)
            case "epochs_done":
                return "" if row.epochs is None else str(row.epochs)
            case "validation":
                return _share(row.validation_accuracy)
            case "test":
                return _share(row.test_accuracy)
            case "seconds":
                return "" if row.seconds is None else duration(row.seconds)
            case "started":
                return _started(row)
            case "note":
                return " ".join(row.label.note.split())
        value = relevant_values(row.config).get(name)
        return NONE if value is None else value_text(name, value)

    def _color(self, row: RunRow, name: str) -> str:
        if name == "status" and row.status is RunStatus.FAILED:
            return "error"
        if name in ("name", "validation", "test") or name in self._differing:
            return "text"
        return "dim"

    def _tooltip(self, row: RunRow, name: str) -> str:
        if name == "shown":
            return self.tr("Click to show or hide its curves. The menu of the row has more colors.")
        if name == "status" and row.failure:
            return describe_failure(row.failure)
        if name == "note":
            return row.label.note
        if name == "name":  # the note is far to the right
            return "\n".join(filter(None, (row.title, row.label.note)))
        # What a narrow column cuts off.
        return self._text(row, name) if name == "hidden" else ""


def status_text(row: RunRow) -> str:
    """Return e.g. ``training 45 %``."""
    if row.status is RunStatus.QUEUED:
        return QCoreApplication.translate("RunsModel", "queued")
    text = describe_status(row.status)
    if row.status.active and row.progress is not None:
        return f"{text} {math.floor(100 * row.progress)} %"
    return text


def _alignment(name: str) -> Qt.AlignmentFlag:
    declaration = declarations().get(name)
    text = name in _TEXTS or (declaration is not None and declaration.kind is str)
    side = Qt.AlignmentFlag.AlignLeft if text else Qt.AlignmentFlag.AlignRight
    return side | Qt.AlignmentFlag.AlignVCenter


def _share(share: float | None) -> str:
    return "" if share is None else percentage(share)


def _started(row: RunRow) -> str:
    if row.started is None:
        return ""
    begun, now = datetime.fromtimestamp(row.started).astimezone(), datetime.now().astimezone()
    if begun.date() == now.date():
        return f"{begun:%H:%M:%S}"
    return f"{begun:%m-%d %H:%M}" if begun.year == now.year else f"{begun:%Y-%m-%d}"

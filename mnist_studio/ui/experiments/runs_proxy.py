"""Which runs of the table are listed, in which order, and which of them are drawn."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QModelIndex, QObject, QSortFilterProxyModel, Qt, Slot

from ...session.run_row import order
from ...training.status import RunStatus
from ...training.variation import relevant_values
from .runs_filter import matches
from .runs_model import ROW_ROLE, Index, RunsModel

if TYPE_CHECKING:
    from ...session.run_row import RunRow

MOST_DRAWN = 50  # curves beside one another, unless a sweep has more
_STATUS_ORDER = list(RunStatus)


class RunsProxy(QSortFilterProxyModel):
    """Runs of a scope that match a text; pinned ones come first in any order.

    Attributes
    ----------
    scope, text : str
        As :meth:`set_filter` was told.
    """

    def __init__(self, model: RunsModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.text = ""
        self.scope = ""
        # Rows are asked for many times, and few of a thousand are others than before.
        self._accepted: dict[Path, tuple[RunRow, bool]] = {}
        self._shown: list[RunRow] | None = None
        self._drawn: list[RunRow] | None = None
        for change in (
            model.dataChanged,
            model.rowsInserted,
            model.rowsRemoved,
            model.modelReset,
        ):
            change.connect(self._forget)  # before whoever hears of it by way of the proxy
        self.setSourceModel(model)
        self._model = model

    def set_filter(self, scope: str, text: str) -> None:
        """Show the runs of a scope (``""``, ``"shown"`` or a sweep) that match a text."""
        if (scope, text) != (self.scope, self.text):
            self.beginFilterChange()
            self.scope, self.text = scope, text
            self._accepted.clear()
            self._forget()
            self.endFilterChange(QSortFilterProxyModel.Direction.Rows)

    def accepts(self, row: RunRow) -> bool:
        """Return whether a run is shown in the table."""
        known = self._accepted.get(row.path)
        if known is None or known[0] is not row:
            known = self._accepted[row.path] = row, self._is_in_scope(row)
        return known[1]

    def _is_in_scope(self, row: RunRow) -> bool:
        in_scope = (
            not self.scope
            or (self.scope == "shown" and row.label.shown)
            or row.label.sweep == self.scope
        )
        return in_scope and matches(row, self.text)

    def rows(self) -> list[RunRow]:
        """Return the runs in the order of the table."""
        return [self.row_at(self.index(row, 0)) for row in range(self.rowCount())]

    def shown_rows(self) -> list[RunRow]:
        """Return the listed runs whose curves the user has not hidden, by number.

        As :meth:`drawn_rows`, not to be changed, and worked out anew only when the runs change.
        """
        if self._shown is None:
            rows = self._model.rows
            self._shown = [row for row in rows if row.label.shown and self.accepts(row)]
        return self._shown

    def drawn_rows(self) -> list[RunRow]:
        """Return the runs whose curves are to be drawn, by number.

        Of all the runs there ever were, the pinned and the latest ones; a sweep is drawn whole.
        """
        if self._drawn is None:
            self._drawn = rows = self.shown_rows()
            if self.scope in ("", "shown") and len(rows) > MOST_DRAWN:
                latest = sorted(rows, key=lambda row: row.label.pinned)[-MOST_DRAWN:]
                self._drawn = sorted(latest, key=order)
        return self._drawn

    @Slot()
    def _forget(self) -> None:
        self._shown = self._drawn = None

    def row_at(self, index: Index) -> RunRow:
        """Return the run of an index."""
        row: RunRow = index.data(ROW_ROLE)
        return row

    def index_of(self, path: Path) -> QModelIndex:
        """Return the first cell of a run; invalid if it is left out."""
        for position in range(self.rowCount()):
            index = self.index(position, 0)
            if self.row_at(index).path == path:
                return index
        return QModelIndex()

    def filterAcceptsRow(self, source_row: int, source_parent: Index) -> bool:
        """Ask :meth:`accepts`."""
        return self.accepts(self._model.row_at(self._model.index(source_row, 0)))

    def lessThan(self, left: Index, right: Index) -> bool:
        """Compare two runs; whatever the order, pinned ones come first and empty cells last."""
        # Not by the roles of the indexes, which takes three times as long for a thousand runs.
        descending = self.sortOrder() is Qt.SortOrder.DescendingOrder
        one, other = self._model.row_at(left), self._model.row_at(right)
        if one.label.pinned != other.label.pinned:
            return one.label.pinned != descending
        name = self._model.columns[left.column()]
        mine, theirs = _sort_key(one, name), _sort_key(other, name)
        if (mine is None) != (theirs is None):
            return (theirs is None) != descending
        if mine == theirs:
            return (one.number or 0) < (other.number or 0)
        return bool(mine < theirs)


def _sort_key(row: RunRow, name: str) -> Any:
    """Return what is compared; None for an empty cell."""
    match name:
        case "shown":
            return not row.label.shown
        case "number":
            return row.number
        case "name":
            return _natural(row.title)
        case "status":
            return _STATUS_ORDER.index(row.status), -(row.progress or 0.0)
        case "epochs_done":
            return row.epochs
        case "validation":
            return row.validation_accuracy
        case "test":
            return row.test_accuracy
        case "seconds":
            return row.seconds
        case "started":
            return row.started
        case "note":
            return row.label.note.casefold() or None
        case "hidden":
            return [layer.width for layer in row.config.model.hidden]
    return relevant_values(row.config).get(name)


def _natural(text: str) -> list[tuple[int, float, str]]:
    """Return a key by which ``run 9`` comes before ``run 10``."""
    parts: list[tuple[int, float, str]] = []
    number = ""
    for character in f"{text.casefold()} ":
        if character.isdecimal():
            number += character
            continue
        if number:
            parts.append((0, float(number), ""))
            number = ""
        parts.append((1, 0.0, character))
    return parts

"""The rows and columns of the table of runs: which columns, how wide, and what is selected."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QItemSelectionModel, QPoint, Qt, Signal, Slot
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QMenu,
    QTableView,
    QToolButton,
    QWidget,
)

from .. import theme
from .runs_delegate import PADDING, ROW_HEIGHT, RunsDelegate
from .runs_model import RunsModel
from .runs_proxy import RunsProxy

if TYPE_CHECKING:
    from ...session.run_row import RunRow

# How many figures a column has room for, if its title needs no more.
_ROOM = {
    "shown": 2,
    "number": 5,
    "name": 15,
    "validation": 8,
    "test": 8,
    "status": 12,
    "dataset": 10,
    "hidden": 9,
    "optimizer": 8,
    "batch_size": 5,
    "learning_rate": 6,
    "seconds": 7,
    "started": 11,
    "note": 20,
}
_USUAL_ROOM = 7
_ALWAYS = ("shown", "number", "name")  # columns that cannot be hidden


class RunsView(QTableView):
    """Shows runs; the columns keep their widths, and the runs their selection, as others come.

    Signals
    -------
    columns_arranged()
        The user has given a column another width or place, or chosen other columns.
    """

    columns_arranged = Signal()

    def __init__(self, model: RunsModel, proxy: RunsProxy, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("runsView")
        self._runs = model
        self._proxy = proxy
        self._selected: set[Path] = set()
        self._widths: dict[str, int] = {}
        self._hidden: set[str] = set()
        self._order: list[str] = []  # from left to right, if the user has moved one
        self._sizing = False  # or else a width or a place is the user's
        self._set_up(proxy)
        self._set_up_header()
        self._of_sweep = False
        self.sortByColumn(1, Qt.SortOrder.DescendingOrder)
        # A new column is not selected in selected rows, which are no rows for Qt any more then.
        for before in (model.modelAboutToBeReset, proxy.columnsAboutToBeInserted):
            before.connect(self._remember_selection)
        for after in (model.modelReset, proxy.columnsInserted):
            after.connect(self._restore_selection)
        model.columns_changed.connect(self._size_columns)
        theme.notifier().changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    def selected_rows(self) -> list[RunRow]:
        """Return the selected runs in the order of the table."""
        rows = sorted(index.row() for index in self.selectionModel().selectedRows())
        return [self._proxy.row_at(self._proxy.index(row, 0)) for row in rows]

    def set_order(self, of_sweep: bool) -> None:
        """List the runs from the latest on, those of a sweep in its own order, when that begins."""
        if of_sweep != self._of_sweep:
            self._of_sweep = of_sweep
            order = Qt.SortOrder.AscendingOrder if of_sweep else Qt.SortOrder.DescendingOrder
            self.sortByColumn(self._runs.columns.index("number"), order)

    def arrangement(self) -> QByteArray:
        """Return what :meth:`arrange` takes: hidden columns, widths and order, as the user's."""
        state = {"hidden": sorted(self._hidden), "widths": self._widths, "order": self._order}
        return QByteArray(json.dumps(state).encode())

    def arrange(self, state: QByteArray) -> None:
        """Give the columns widths and order, hide what was hidden; leave them if it is damaged."""
        try:
            found = json.loads(bytes(state.data()))
            hidden = {str(name) for name in found["hidden"]}
            widths = {str(name): int(width) for name, width in found["widths"].items()}
            order = [str(name) for name in found.get("order", [])]
        except (ValueError, TypeError, LookupError, AttributeError):
            return
        self._hidden, self._widths, self._order = hidden - set(_ALWAYS), widths, order
        self._size_columns()

    def edit_text(self, path: Path, name: str) -> None:
        """Let the name or the note of a run be typed into its cell."""
        index = self._proxy.index_of(path).siblingAtColumn(self._runs.columns.index(name))
        self._hide_column(name, hidden=False)
        self.scrollTo(index)
        self.edit(index)

    # --- building --------------------------------------------------------------------------

    def _set_up(self, proxy: RunsProxy) -> None:
        self.setModel(proxy)
        self.setItemDelegate(RunsDelegate(self))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setSortingEnabled(True)
        # Nothing is painted where the scroll bars meet.
        self.setCornerWidget(QWidget())
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        theme.NumberFont(self, 10)
        self.setAccessibleName(self.tr("Table of runs"))
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.verticalHeader().hide()

    def _set_up_header(self) -> None:
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsMovable(True)
        header.setMinimumSectionSize(28)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.customContextMenuRequested.connect(self._on_header_menu)
        header.setAccessibleName(self.tr("Columns of the table of runs"))
        self._columns_button = self._make_columns_button()
        header.sectionResized.connect(self._on_column_resized)
        header.sectionMoved.connect(self._on_column_moved)

    def _make_columns_button(self) -> QToolButton:
        """Return the button over the end of the header."""
        button = QToolButton(self)
        button.setObjectName("runsColumns")
        button.setText("⋮")
        button.setToolTip(self.tr("Choose the columns."))
        button.setAccessibleName(self.tr("Choose the columns"))
        button.setProperty("quiet", True)
        button.setAutoFillBackground(True)
        button.clicked.connect(self._on_columns_button)
        return button

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the button at the end of the header."""
        super().resizeEvent(event)
        room = self.viewport().geometry()
        button = self._columns_button
        button.resize(button.sizeHint().width(), max(0, room.top() - 2))
        button.move(room.right() + 1 - button.width(), 0)

    # --- columns ---------------------------------------------------------------------------

    @Slot()
    def _size_columns(self) -> None:
        self._sizing = True
        header, figure = self.horizontalHeader(), self.fontMetrics().horizontalAdvance("0")
        for position, name in enumerate(self._runs.columns):
            self.setColumnHidden(position, name in self._hidden)
            if name not in self._hidden:
                text = figure * _ROOM.get(name, _USUAL_ROOM) + 2 * PADDING
                usual = max(text, header.sectionSizeHint(position) if name != "shown" else 0)
                self.setColumnWidth(position, self._widths.get(name, usual))
        self._order_columns()
        self._sizing = False

    def _order_columns(self) -> None:
        """Put the columns in the user's order; others stand behind those that they follow."""
        names, header = self._runs.columns, self.horizontalHeader()
        wanted = [name for name in self._order if name in names]
        for position, name in enumerate(names):
            if name not in wanted:
                wanted.insert(wanted.index(names[position - 1]) + 1 if position else 0, name)
        for place, name in enumerate(wanted):
            header.moveSection(header.visualIndex(names.index(name)), place)

    @Slot(int, int, int)
    def _on_column_resized(self, position: int, _before: int, width: int) -> None:
        if width and not self._sizing:  # or else it is hidden
            self._widths[self._runs.columns[position]] = width
            self.columns_arranged.emit()

    @Slot(int, int, int)
    def _on_column_moved(self, _position: int, _before: int, _place: int) -> None:
        if not self._sizing:
            header, names = self.horizontalHeader(), self._runs.columns
            self._order = [names[header.logicalIndex(place)] for place in range(len(names))]
            self.columns_arranged.emit()

    @Slot()
    def _on_theme_changed(self) -> None:
        self.verticalHeader().setDefaultSectionSize(theme.scaled(ROW_HEIGHT))
        self._size_columns()
        self.viewport().update()

    @Slot()
    def _on_columns_button(self) -> None:
        button = self._columns_button
        self._offer_columns(button.mapToGlobal(button.rect().bottomLeft()))

    @Slot(QPoint)
    def _on_header_menu(self, point: QPoint) -> None:
        self._offer_columns(self.horizontalHeader().mapToGlobal(point))

    def _offer_columns(self, point: QPoint) -> None:
        """Offer every column to be shown or hidden."""
        header = self.horizontalHeader()
        menu = QMenu(self)
        menu.setObjectName("columnsMenu")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for position, name in enumerate(self._runs.columns):
            if name in _ALWAYS:
                continue
            title = self._runs.headerData(
                position, Qt.Orientation.Horizontal, Qt.ItemDataRole.DisplayRole
            )
            action = menu.addAction(title)
            action.setCheckable(True)
            action.setChecked(not header.isSectionHidden(position))
            action.setData(position)
        menu.triggered.connect(self._on_column_chosen)
        menu.popup(point)

    @Slot(QAction)
    def _on_column_chosen(self, action: QAction) -> None:
        position = int(action.data())
        self._hide_column(self._runs.columns[position], hidden=not action.isChecked())

    def _hide_column(self, name: str, *, hidden: bool) -> None:
        (self._hidden.add if hidden else self._hidden.discard)(name)
        self._size_columns()
        self.columns_arranged.emit()

    # --- selection -------------------------------------------------------------------------

    @Slot()
    def _remember_selection(self) -> None:
        self._selected = {row.path for row in self.selected_rows()}

    @Slot()
    def _restore_selection(self) -> None:
        if not self._selected:
            return
        selection = self.selectionModel()
        flags = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
        for position, row in enumerate(self._proxy.rows()):
            if row.path in self._selected:
                selection.select(self._proxy.index(position, 0), flags)

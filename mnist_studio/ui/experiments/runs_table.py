"""The table of all runs: to find, show, name, compare, continue, fork and delete them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPoint, QSize, Qt, QUrl, Signal, Slot
from PySide6.QtGui import QAction, QActionGroup, QDesktopServices, QIcon, QKeySequence, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QMenu,
    QTableView,
    QToolButton,
    QWidget,
)

from ...session.run_row import order
from ...training.status import RunStatus
from .. import theme
from ..widgets import SPACING, Card, dim_label
from .runs_delegate import ROW_HEIGHT, RunsDelegate
from .runs_model import RunsModel, RunsProxy

if TYPE_CHECKING:
    from ...session.library import RunLibrary
    from ...session.run_row import RunRow

MOST_DRAWN = 50  # curves beside one another, unless a sweep has more
_COLORS = 10
_WIDTHS = {
    "shown": 30,
    "number": 46,
    "name": 124,
    "status": 100,
    "dataset": 88,
    "hidden": 84,
    "optimizer": 78,
    "batch_size": 54,
    "learning_rate": 54,
    "epochs_done": 58,
    "validation": 80,
    "test": 70,
    "seconds": 66,
    "started": 106,
    "note": 160,
}
_USUAL_WIDTH = 90


class RunsTable(Card):
    """Lists the runs of a library.

    Signals
    -------
    drawn_changed()
        Other runs are to be drawn, see :meth:`drawn_rows`.
    selection_changed()
        Other rows are selected, see :meth:`selected_rows`.
    opened(object)
        The run in this file is to be shown in the window.
    settings_requested(object)
        This RunConfig is wanted in the settings.
    continue_requested(object)
        The run in this file is to go on.
    fork_requested(object, bool)
        A new run is to begin with the weights of this one, the best (True) or the last.
    compare_requested(object)
        Two or more RunRows are to be compared.
    cancel_requested(object)
        This run of the queue is to be taken out or stopped.
    move_requested(object, int)
        This queued run is to be moved so many places back, or forward if negative.
    """

    drawn_changed = Signal()
    selection_changed = Signal()
    opened = Signal(object)
    settings_requested = Signal(object)
    continue_requested = Signal(object)
    fork_requested = Signal(object, bool)
    compare_requested = Signal(object)
    cancel_requested = Signal(object)
    move_requested = Signal(object, int)

    def __init__(self, library: RunLibrary, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.setObjectName("runsTable")
        self._library = library
        self._structure: tuple[object, ...] | None = None
        self._selected: set[Path] = set()
        self._widths = dict(_WIDTHS)
        self._hidden: set[str] = set()
        self.model = RunsModel(self)
        self.proxy = RunsProxy(self.model, self)
        self._make_header()
        self.view = self._make_view()
        self._empty = self._make_empty()
        self._undo = self._make_undo()
        self.body.setContentsMargins(0, 8, 0, 4)
        self.body.setSpacing(4)
        self.body.addLayout(self.header)
        self.body.addWidget(self._undo)
        self.body.addWidget(self.view, 1)
        self.body.addWidget(self._empty, 1)
        self._make_actions()
        self.model.renamed.connect(self._on_renamed)
        # A new column is not selected in selected rows, which are no rows for Qt any more then.
        for before in (self.model.modelAboutToBeReset, self.proxy.columnsAboutToBeInserted):
            before.connect(self._remember_selection)
        for after in (self.model.modelReset, self.proxy.columnsInserted):
            after.connect(self._restore_selection)
        self.model.columns_changed.connect(self._size_columns)
        library.rows_changed.connect(self._on_rows_changed)
        library.deleted.connect(self._on_deleted)
        theme.notifier().changed.connect(self.view.viewport().update)
        self._size_columns()
        self._on_rows_changed()

    # --- state -----------------------------------------------------------------------------

    def drawn_rows(self) -> list[RunRow]:
        """Return the runs whose curves are to be drawn, by number: shown, and not left out.

        Of all the runs there ever were, the pinned and the latest ones; a sweep is drawn whole.
        """
        rows = self._shown_rows()
        if self.proxy.scope not in ("", "shown") or len(rows) <= MOST_DRAWN:
            return rows
        latest = sorted(rows, key=lambda row: row.label.pinned)[-MOST_DRAWN:]
        return sorted(latest, key=order)

    def _shown_rows(self) -> list[RunRow]:
        return [row for row in self._library.rows if row.label.shown and self.proxy.accepts(row)]

    def selected_rows(self) -> list[RunRow]:
        """Return the selected runs in the order of the table."""
        rows = sorted(index.row() for index in self.view.selectionModel().selectedRows())
        return [self.proxy.row_at(self.proxy.index(row, 0)) for row in rows]

    def set_scope(self, scope: str) -> None:
        """List the runs of a sweep alone, or all with an empty name."""
        self._fill_scopes(also=scope)
        self.scope_box.setCurrentIndex(max(0, self.scope_box.findData(scope)))
        # A sweep is read in its order, all runs from the latest on.
        order = Qt.SortOrder.AscendingOrder if scope else Qt.SortOrder.DescendingOrder
        self.view.sortByColumn(self.model.columns.index("number"), order)

    # --- building --------------------------------------------------------------------------

    def _make_header(self) -> None:
        title = QLabel(self.tr("Runs").upper())
        title.setProperty("role", "title")
        self.scope_box = QComboBox()
        self.scope_box.setObjectName("runsScope")
        self.scope_box.setToolTip(self.tr("Which runs are listed and drawn."))
        self.scope_box.setAccessibleName(self.tr("Which runs are listed"))
        self.scope_box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.scope_box.currentIndexChanged.connect(self._on_filter_changed)
        self.filter_edit = QLineEdit()
        self.filter_edit.setObjectName("runsFilter")
        self.filter_edit.setClearButtonEnabled(True)
        self.filter_edit.setPlaceholderText(self.tr("Filter: words, batch=20"))
        self.filter_edit.setToolTip(
            self.tr(
                "Lists runs with all these words in name, note or settings; batch=20 asks for "
                "a value."
            )
        )
        self.filter_edit.setAccessibleName(self.tr("Filter the runs"))
        self.filter_edit.setFixedWidth(210)
        self.filter_edit.textChanged.connect(self._on_filter_changed)
        self._count = dim_label()
        self.compare_button = QToolButton()
        self.compare_button.setObjectName("compareButton")
        self.compare_button.setText(self.tr("Compare"))
        self.compare_button.setToolTip(
            self.tr("Settings, results and confusion matrices of the selected runs side by side.")
        )
        self.compare_button.clicked.connect(self._on_compare)
        self.header.setContentsMargins(14, 0, 8, 0)
        for widget in (title, self.scope_box, self.filter_edit, self._count):
            self.header.addWidget(widget)
        self.header.addStretch(1)
        self.header.addWidget(self.compare_button)

    def add_control(self, widget: QWidget) -> None:
        """Put a control at the end of the header."""
        self.header.addWidget(widget)
        self.setTabOrder(self.compare_button, widget)

    def _make_view(self) -> QTableView:
        view = QTableView()
        view.setObjectName("runsView")
        view.setModel(self.proxy)
        view.setItemDelegate(RunsDelegate(view))
        view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        view.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        view.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed)
        view.setShowGrid(False)
        view.setWordWrap(False)
        view.setTabKeyNavigation(False)
        view.setSortingEnabled(True)
        view.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        view.setFont(theme.number_font(10, theme.number_font(10).Weight.Normal))
        view.setAccessibleName(self.tr("Table of runs"))
        view.verticalHeader().hide()
        view.verticalHeader().setDefaultSectionSize(ROW_HEIGHT)
        header = view.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsMovable(True)
        header.setMinimumSectionSize(28)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.customContextMenuRequested.connect(self._on_header_menu)
        header.sectionResized.connect(self._on_column_resized)
        view.sortByColumn(1, Qt.SortOrder.DescendingOrder)
        view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        view.customContextMenuRequested.connect(self._on_menu)
        view.clicked.connect(self._on_clicked)
        view.doubleClicked.connect(self._on_double_clicked)
        view.selectionModel().selectionChanged.connect(self._on_selection_changed)
        return view

    def _make_empty(self) -> QLabel:
        label = dim_label(
            self.tr("No runs yet. Press Train, or start one of the lab note's sweeps above.")
        )
        label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        label.hide()
        return label

    def _make_undo(self) -> QWidget:
        strip = QWidget()
        strip.setObjectName("undoStrip")
        row = QHBoxLayout(strip)
        row.setContentsMargins(14, 0, 8, 0)
        row.setSpacing(SPACING)
        self._undo_text = QLabel()
        row.addWidget(self._undo_text)
        button = QToolButton()
        button.setObjectName("undoDelete")
        button.setText(self.tr("Undo"))
        button.setToolTip(self.tr("Bring the deleted runs back (Ctrl+Z)."))
        button.clicked.connect(self._on_undo)
        row.addWidget(button)
        row.addStretch(1)
        strip.hide()
        return strip

    def _make_actions(self) -> None:
        make = self._make_action
        self._open = make("openRun", self.tr("Show in Train"), "Return", self._on_open)
        self._show = make("showRuns", self.tr("Show or hide curves"), "Space", self._on_show)
        self._only = make("showOnly", self.tr("Show only these"), "", self._on_show_only)
        self._pin = make("pinRuns", self.tr("Pin"), "Ctrl+P", self._on_pin)
        self._rename = make("renameRun", self.tr("Rename"), "F2", self._on_rename)
        self._note = make("noteRun", self.tr("Note"), "", self._on_note)
        self._use = make("useSettings", self.tr("Use these settings"), "", self._on_use)
        self._continue = make("continueRun", self.tr("Continue"), "", self._on_continue)
        self._fork_last = make(
            "forkLast", self.tr("Fork from the last weights"), "", self._on_fork_last
        )
        self._fork_best = make(
            "forkBest", self.tr("Fork from the best weights"), "", self._on_fork_best
        )
        self._compare = make("compareRuns", self.tr("Compare"), "", self._on_compare)
        self._up = make("moveUp", self.tr("Train earlier"), "Ctrl+Up", self._on_up)
        self._down = make("moveDown", self.tr("Train later"), "Ctrl+Down", self._on_down)
        self._cancel = make("cancelRun", self.tr("Cancel this run"), "", self._on_cancel)
        self._folder = make("openFolder", self.tr("Open the folder"), "", self._on_folder)
        self._delete = make("deleteRuns", self.tr("Delete"), "Del", self._on_delete)
        self._undo_action = make("undoDeleteAction", self.tr("Undo"), "Ctrl+Z", self._on_undo)
        for action in (self._fork_last, self._fork_best):
            action.setToolTip(
                self.tr("Train a new run with the settings at the left from these weights on.")
            )

    def _make_action(
        self, name: str, text: str, shortcut: str, slot: Callable[[], None]
    ) -> QAction:
        action = QAction(text, self.view)
        action.setObjectName(name)
        if shortcut:
            action.setShortcut(QKeySequence(shortcut))
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        action.triggered.connect(slot)
        self.view.addAction(action)
        return action

    # --- rows ------------------------------------------------------------------------------

    @Slot()
    def _on_rows_changed(self) -> None:
        rows = self._library.rows
        self.model.set_rows(rows)
        structure = tuple((row.path, row.label.sweep, row.config) for row in rows)
        if structure != self._structure:
            self._structure = structure
            self._fill_scopes()
            self._compare_settings()
        self.view.setVisible(bool(rows))
        self._empty.setVisible(not rows)
        self._show_count()
        self._offer_comparing()
        self._undo.setVisible(self._undo.isVisible() and self._library.can_undo)
        self.drawn_changed.emit()

    def _fill_scopes(self, also: str = "") -> None:
        sweeps = sorted({row.label.sweep for row in self._library.rows} | {also} - {""})
        wanted = ["", "shown", *(sweep for sweep in reversed(sweeps) if sweep)]
        box = self.scope_box
        if [box.itemData(position) for position in range(box.count())] == wanted:
            return
        chosen = box.currentData()
        box.blockSignals(True)
        box.clear()
        for scope in wanted:
            box.addItem(self._scope_text(scope), scope)
        box.setCurrentIndex(max(0, box.findData(chosen)))
        box.blockSignals(False)
        if box.currentData() != chosen:
            self._on_filter_changed()

    def _scope_text(self, scope: str) -> str:
        if not scope:
            return self.tr("All runs")
        if scope == "shown":
            return self.tr("Shown runs")
        return self.tr("Sweep {0}").format(scope.removeprefix("sweep-").lstrip("0"))

    @Slot()
    def _on_filter_changed(self) -> None:
        self.proxy.set_filter(self.scope_box.currentData() or "", self.filter_edit.text())
        self._compare_settings()
        self._show_count()
        self._offer_comparing()
        self.drawn_changed.emit()

    def _compare_settings(self) -> None:
        self.model.compare([row for row in self._library.rows if self.proxy.accepts(row)])

    def _show_count(self) -> None:
        listed, there = self.proxy.rowCount(), self.model.rowCount()
        text = self.tr("{0} of {1}").format(listed, there) if listed < there else str(there)
        if len(self.drawn_rows()) < len(self._shown_rows()):
            text = self.tr("{0}, the latest {1} drawn").format(text, MOST_DRAWN)
        self._count.setText(text)

    def _size_columns(self) -> None:
        for position, name in enumerate(self.model.columns):
            self.view.setColumnHidden(position, name in self._hidden)
            if name not in self._hidden:
                self.view.setColumnWidth(position, self._widths.get(name, _USUAL_WIDTH))

    @Slot(int, int, int)
    def _on_column_resized(self, position: int, _before: int, width: int) -> None:
        if width:  # or else it is hidden
            self._widths[self.model.columns[position]] = width

    # --- selection -------------------------------------------------------------------------

    @Slot()
    def _on_selection_changed(self) -> None:
        self._offer_comparing()
        self.selection_changed.emit()

    def _offer_comparing(self) -> None:
        self.compare_button.setEnabled(len(self._comparable()) > 1)

    def _comparable(self) -> list[RunRow]:
        """Return the selected runs that have begun; with less than two the drawn ones."""
        chosen = [row for row in self.selected_rows() if row.header is not None]
        if len(chosen) < 2:
            chosen = [row for row in self.drawn_rows() if row.header is not None]
        return chosen

    @Slot()
    def _remember_selection(self) -> None:
        self._selected = {row.path for row in self.selected_rows()}

    @Slot()
    def _restore_selection(self) -> None:
        if not self._selected:
            return
        selection = self.view.selectionModel()
        flags = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
        for position, row in enumerate(self.proxy.rows()):
            if row.path in self._selected:
                selection.select(self.proxy.index(position, 0), flags)

    # --- clicks ----------------------------------------------------------------------------

    @Slot(QModelIndex)
    def _on_clicked(self, index: QModelIndex) -> None:
        if self.model.columns[index.column()] == "shown":
            row = self.proxy.row_at(index)
            self._library.set_label(row.path, shown=not row.label.shown)

    @Slot(QModelIndex)
    def _on_double_clicked(self, index: QModelIndex) -> None:
        name = self.model.columns[index.column()]
        if name in ("name", "note"):
            self.view.edit(index)
        elif name != "shown" and self.proxy.row_at(index).header is not None:
            self.opened.emit(self.proxy.row_at(index).path)

    @Slot(object, str, str)
    def _on_renamed(self, path: Path, name: str, text: str) -> None:
        if name == "note":
            self._library.set_label(path, note=text)
        else:
            self._library.set_label(path, name=text)

    @Slot(QPoint)
    def _on_header_menu(self, point: QPoint) -> None:
        """Offer every column to be shown or hidden."""
        header = self.view.horizontalHeader()
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for position, name in enumerate(self.model.columns):
            if name in ("shown", "number", "name"):
                continue
            title = self.model.headerData(
                position, Qt.Orientation.Horizontal, Qt.ItemDataRole.DisplayRole
            )
            action = menu.addAction(title)
            action.setCheckable(True)
            action.setChecked(not header.isSectionHidden(position))
            action.setData(position)
        menu.triggered.connect(self._on_column_chosen)
        menu.popup(header.mapToGlobal(point))

    @Slot(QAction)
    def _on_column_chosen(self, action: QAction) -> None:
        position = int(action.data())
        self._hide_column(self.model.columns[position], hidden=not action.isChecked())

    def _hide_column(self, name: str, *, hidden: bool) -> None:
        (self._hidden.add if hidden else self._hidden.discard)(name)
        self._size_columns()

    @Slot(QPoint)
    def _on_menu(self, point: QPoint) -> None:
        rows = self.selected_rows()
        if rows:
            menu = self._make_menu(rows)
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            menu.popup(self.view.viewport().mapToGlobal(point))

    def _make_menu(self, rows: Sequence[RunRow]) -> QMenu:
        menu = QMenu(self)
        menu.setObjectName("runMenu")
        menu.setToolTipsVisible(True)
        one = rows[0] if len(rows) == 1 else None
        written = one is not None and one.header is not None
        trained = one is not None and one.status in (RunStatus.RUNNING, RunStatus.PAUSED)
        self._pin.setText(
            self.tr("Unpin") if all(row.label.pinned for row in rows) else self.tr("Pin")
        )
        for action, possible in (
            (self._open, written and not trained),
            (self._show, True),
            (self._only, True),
            (self._pin, True),
        ):
            self._offer(menu, action, possible=possible)
        self._add_colors(menu, rows)
        menu.addSeparator()
        for action, possible in (
            (self._rename, one is not None),
            (self._note, one is not None),
            (self._use, one is not None),
            (self._continue, written and one is not None and one.status is RunStatus.STOPPED),
            (self._fork_last, written and not trained),
            (self._fork_best, written and not trained),
            (self._compare, len(rows) > 1),
        ):
            self._offer(menu, action, possible=possible)
        if any(self._in_queue(row) for row in rows):
            menu.addSeparator()
            queued = one is not None and one.status is RunStatus.QUEUED
            for action, possible in (
                (self._up, queued),
                (self._down, queued),
                (self._cancel, True),
            ):
                self._offer(menu, action, possible=possible)
        menu.addSeparator()
        self._offer(menu, self._folder, possible=True)
        self._offer(menu, self._delete, possible=not trained)
        return menu

    @staticmethod
    def _offer(menu: QMenu, action: QAction, *, possible: bool) -> None:
        # Not disabled itself: its key would not work on the next row.
        if possible:
            menu.addAction(action)

    def _add_colors(self, menu: QMenu, rows: Sequence[RunRow]) -> None:
        colors = menu.addMenu(self.tr("Color"))
        group = QActionGroup(colors)
        for index in range(_COLORS):
            action = colors.addAction(_color_icon(index), str(index + 1))
            action.setObjectName(f"color{index + 1}")
            action.setCheckable(True)
            action.setChecked(all(row.label.color == index for row in rows))
            action.setData(index)
            group.addAction(action)
        group.triggered.connect(self._on_color_chosen)

    @staticmethod
    def _in_queue(row: RunRow) -> bool:
        live = (RunStatus.QUEUED, RunStatus.RUNNING, RunStatus.PAUSED)
        return row.status in live and bool(row.label.sweep)

    # --- actions ---------------------------------------------------------------------------

    def _one(self) -> RunRow | None:
        rows = self.selected_rows()
        return rows[0] if len(rows) == 1 else None

    @Slot()
    def _on_open(self) -> None:
        row = self._one()
        if row is not None and row.header is not None:
            self.opened.emit(row.path)

    @Slot()
    def _on_show(self) -> None:
        rows = self.selected_rows()
        shown = not all(row.label.shown for row in rows)
        for row in rows:
            self._library.set_label(row.path, shown=shown)

    @Slot()
    def _on_show_only(self) -> None:
        chosen = {row.path for row in self.selected_rows()}
        for row in list(self._library.rows):
            self._library.set_label(row.path, shown=row.path in chosen)

    @Slot()
    def _on_pin(self) -> None:
        rows = self.selected_rows()
        pinned = not all(row.label.pinned for row in rows)
        for row in rows:
            self._library.set_label(row.path, pinned=pinned)

    @Slot(QAction)
    def _on_color_chosen(self, action: QAction) -> None:
        for row in self.selected_rows():
            self._library.set_label(row.path, color=int(action.data()))

    @Slot()
    def _on_rename(self) -> None:
        self._edit("name")

    @Slot()
    def _on_note(self) -> None:
        self._edit("note")

    def _edit(self, name: str) -> None:
        row = self._one()
        if row is not None:
            first = self.proxy.index_of(row.path)
            index = first.siblingAtColumn(self.model.columns.index(name))
            self._hide_column(name, hidden=False)
            self.view.scrollTo(index)
            self.view.edit(index)

    @Slot()
    def _on_use(self) -> None:
        row = self._one()
        if row is not None:
            self.settings_requested.emit(row.config)

    @Slot()
    def _on_continue(self) -> None:
        row = self._one()
        if row is not None:
            self.continue_requested.emit(row.path)

    @Slot()
    def _on_fork_last(self) -> None:
        self._fork(best=False)

    @Slot()
    def _on_fork_best(self) -> None:
        self._fork(best=True)

    def _fork(self, *, best: bool) -> None:
        row = self._one()
        if row is not None and row.header is not None:
            self.fork_requested.emit(row.path, best)

    @Slot()
    def _on_compare(self) -> None:
        rows = self._comparable()
        if len(rows) > 1:
            self.compare_requested.emit(rows)

    @Slot()
    def _on_up(self) -> None:
        self._move(-1)

    @Slot()
    def _on_down(self) -> None:
        self._move(1)

    def _move(self, places: int) -> None:
        row = self._one()
        if row is not None and row.status is RunStatus.QUEUED:
            self.move_requested.emit(row.path, places)

    @Slot()
    def _on_cancel(self) -> None:
        for row in self.selected_rows():
            if self._in_queue(row):
                self.cancel_requested.emit(row.path)

    @Slot()
    def _on_folder(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._library.folder)))

    @Slot()
    def _on_delete(self) -> None:
        rows = self.selected_rows()
        for row in rows:
            if row.header is None:
                self.cancel_requested.emit(row.path)
        written = [row.path for row in rows if row.header is not None]
        if written:
            self._library.delete(written)

    @Slot(object)
    def _on_deleted(self, paths: list[Path]) -> None:
        count = len(paths)
        text = self.tr("1 run deleted.") if count == 1 else self.tr("{0} runs deleted.")
        self._undo_text.setText(text.format(count))
        self._undo.show()

    @Slot()
    def _on_undo(self) -> None:
        self._undo.hide()
        self._library.undo_delete()

    # --- Qt --------------------------------------------------------------------------------

    def minimumSizeHint(self) -> QSize:
        """Return the room of a few rows."""
        return QSize(400, 130)


def _color_icon(index: int) -> QIcon:
    pixmap = QPixmap(12, 12)
    pixmap.fill(theme.color(theme.run_token(index)))
    return QIcon(pixmap)

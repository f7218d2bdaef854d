"""What can be done with the runs of the table, by click, key and menu."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QObject, QPoint, Qt, QUrl, Signal, Slot
from PySide6.QtGui import QAction, QActionGroup, QDesktopServices, QIcon, QKeySequence, QPixmap
from PySide6.QtWidgets import QMenu

from ...training.status import RunStatus
from .. import theme
from .runs_model import COLUMN_ROLE

if TYPE_CHECKING:
    from ...session.library import RunLibrary
    from ...session.run_row import RunRow
    from .runs_proxy import RunsProxy
    from .runs_view import RunsView

_COLORS = 10


class RunsActions(QObject):
    """Shows, names, compares, continues, forks and deletes the selected runs.

    Parameters
    ----------
    library : RunLibrary
        Keeps what is said of the runs.
    proxy : RunsProxy
        Knows which runs are drawn.
    view : RunsView
        Where they are selected; it gets the actions and their keys.

    Signals
    -------
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
    sweep_requested(str)
        The result of this sweep is to be shown.
    undo_requested()
        The runs that were deleted last are to come back.
    """

    opened = Signal(object)
    settings_requested = Signal(object)
    continue_requested = Signal(object)
    fork_requested = Signal(object, bool)
    compare_requested = Signal(object)
    cancel_requested = Signal(object)
    move_requested = Signal(object, int)
    sweep_requested = Signal(str)
    undo_requested = Signal()

    def __init__(self, library: RunLibrary, proxy: RunsProxy, view: RunsView) -> None:
        super().__init__(view)
        self._library = library
        self._proxy = proxy
        self._view = view
        self._actions: dict[str, QAction] = {}
        self._make_actions()
        view.clicked.connect(self._on_clicked)
        view.doubleClicked.connect(self._on_double_clicked)
        view.customContextMenuRequested.connect(self._on_menu)

    def comparable(self) -> list[RunRow]:
        """Return the selected runs that have begun; with less than two the drawn ones."""
        chosen = [row for row in self._view.selected_rows() if row.header is not None]
        if len(chosen) < 2:
            chosen = [row for row in self._proxy.drawn_rows() if row.header is not None]
        return chosen

    # --- building --------------------------------------------------------------------------

    def _make_actions(self) -> None:
        make = self._make_action
        make("openRun", self.tr("Show in Train"), "Return", self._on_open)
        make("showRuns", self.tr("Show or hide curves"), "Space", self._on_show)
        make("showOnly", self.tr("Show only these"), "", self._on_show_only)
        make("pinRuns", self.tr("Pin"), "Ctrl+P", self._on_pin)
        make("renameRun", self.tr("Rename"), "F2", self._on_rename)
        make("noteRun", self.tr("Note"), "", self._on_note)
        make("useSettings", self.tr("Use these settings"), "", self._on_use)
        make("continueRun", self.tr("Continue"), "", self._on_continue)
        make("forkLast", self.tr("Fork from the last weights"), "", self._on_fork_last)
        make("forkBest", self.tr("Fork from the best weights"), "", self._on_fork_best)
        make("compareRuns", self.tr("Compare"), "", self.compare)
        make("showSweep", self.tr("Show the sweep's result"), "", self._on_sweep)
        make("moveUp", self.tr("Train earlier"), "Ctrl+Up", self._on_up)
        make("moveDown", self.tr("Train later"), "Ctrl+Down", self._on_down)
        make("cancelRun", self.tr("Cancel this run"), "", self._on_cancel)
        make("openFolder", self.tr("Show in folder"), "", self._on_folder)
        make("deleteRuns", self.tr("Delete"), "Del", self._on_delete)
        make("undoDeleteAction", self.tr("Undo"), "Ctrl+Z", self._on_undo)
        for name in ("forkLast", "forkBest"):
            self._actions[name].setToolTip(
                self.tr("Train a new run with the settings at the left from these weights on.")
            )

    def _make_action(self, name: str, text: str, shortcut: str, slot: Callable[[], None]) -> None:
        action = self._actions[name] = QAction(text, self._view)
        action.setObjectName(name)
        if shortcut:
            action.setShortcut(QKeySequence(shortcut))
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        action.triggered.connect(slot)
        self._view.addAction(action)

    # --- menu ------------------------------------------------------------------------------

    @Slot(QPoint)
    def _on_menu(self, point: QPoint) -> None:
        rows = self._view.selected_rows()
        if rows:
            menu = self._make_menu(rows)
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            menu.popup(self._view.viewport().mapToGlobal(point))

    def _make_menu(self, rows: Sequence[RunRow]) -> QMenu:
        menu = QMenu(self._view)
        menu.setObjectName("runMenu")
        menu.setToolTipsVisible(True)
        one = rows[0] if len(rows) == 1 else None
        written = one is not None and one.header is not None
        trained = one is not None and one.status in (RunStatus.RUNNING, RunStatus.PAUSED)
        left = one is not None and one.status.left
        in_queue = any(_is_in_queue(row) for row in rows)
        waiting = in_queue and one is not None and one.status is RunStatus.QUEUED
        self._actions["pinRuns"].setText(
            self.tr("Unpin") if all(row.label.pinned for row in rows) else self.tr("Pin")
        )
        at_rest = written and not trained
        self._offer(menu, openRun=at_rest, showRuns=True, showOnly=True, pinRuns=True)
        self._add_colors(menu, rows)
        menu.addSeparator()
        self._offer(menu, renameRun=one is not None, noteRun=one is not None)
        self._offer(menu, useSettings=one is not None, continueRun=written and left)
        self._offer(menu, forkLast=at_rest, forkBest=at_rest, compareRuns=len(rows) > 1)
        self._offer(menu, showSweep=one is not None and bool(one.label.sweep))
        if in_queue:
            menu.addSeparator()
            self._offer(menu, moveUp=waiting, moveDown=waiting, cancelRun=True)
        menu.addSeparator()
        self._offer(menu, openFolder=True, deleteRuns=not trained)
        return menu

    def _offer(self, menu: QMenu, **possible: bool) -> None:
        # Not disabled itself: its key would not work on the next row.
        menu.addActions([self._actions[name] for name, offered in possible.items() if offered])

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

    # --- clicks ----------------------------------------------------------------------------

    @Slot(QModelIndex)
    def _on_clicked(self, index: QModelIndex) -> None:
        if index.data(COLUMN_ROLE) == "shown":
            row = self._proxy.row_at(index)
            self._library.set_label(row.path, shown=not row.label.shown)

    @Slot(QModelIndex)
    def _on_double_clicked(self, index: QModelIndex) -> None:
        name = index.data(COLUMN_ROLE)
        if name in ("name", "note"):
            self._view.edit(index)
        elif name != "shown" and self._proxy.row_at(index).header is not None:
            self.opened.emit(self._proxy.row_at(index).path)

    # --- actions ---------------------------------------------------------------------------

    def _one(self) -> RunRow | None:
        rows = self._view.selected_rows()
        return rows[0] if len(rows) == 1 else None

    @Slot()
    def _on_open(self) -> None:
        row = self._one()
        if row is not None and row.header is not None:
            self.opened.emit(row.path)

    @Slot()
    def _on_show(self) -> None:
        rows = self._view.selected_rows()
        shown = not all(row.label.shown for row in rows)
        for row in rows:
            self._library.set_label(row.path, shown=shown)

    @Slot()
    def _on_show_only(self) -> None:
        chosen = {row.path for row in self._view.selected_rows()}
        for row in list(self._library.rows):
            self._library.set_label(row.path, shown=row.path in chosen)

    @Slot()
    def _on_pin(self) -> None:
        rows = self._view.selected_rows()
        pinned = not all(row.label.pinned for row in rows)
        for row in rows:
            self._library.set_label(row.path, pinned=pinned)

    @Slot(QAction)
    def _on_color_chosen(self, action: QAction) -> None:
        for row in self._view.selected_rows():
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
            self._view.edit_text(row.path, name)

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
    def compare(self) -> None:
        """Ask for the :meth:`comparable` runs to be compared, if they are two or more."""
        rows = self.comparable()
        if len(rows) > 1:
            self.compare_requested.emit(rows)

    @Slot()
    def _on_sweep(self) -> None:
        row = self._one()
        if row is not None:
            self.sweep_requested.emit(row.label.sweep)

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
        for row in self._view.selected_rows():
            if _is_in_queue(row):
                self.cancel_requested.emit(row.path)

    @Slot()
    def _on_folder(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._library.folder)))

    @Slot()
    def _on_delete(self) -> None:
        rows = self._view.selected_rows()
        for row in rows:
            if row.header is None:
                self.cancel_requested.emit(row.path)
        written = [row.path for row in rows if row.header is not None]
        if written:
            self._library.delete(written)

    @Slot()
    def _on_undo(self) -> None:
        self.undo_requested.emit()


def _is_in_queue(row: RunRow) -> bool:
    return row.status.open and bool(row.label.sweep)


def _color_icon(index: int) -> QIcon:
    pixmap = QPixmap(12, 12)
    pixmap.fill(theme.color(theme.run_token(index)))
    return QIcon(pixmap)

"""What is below the plots: the list of the runs that they draw, and what came out of these."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QStackedWidget, QToolButton, QVBoxLayout, QWidget

from ..widgets import SPACING, Card, dim_label
from .result_view import ResultView
from .runs_actions import RunsActions
from .runs_header import RunsHeader
from .runs_model import RunsModel
from .runs_proxy import RunsProxy
from .runs_view import RunsView

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ...session.library import RunLibrary
    from ...session.run_row import RunRow
    from ...sweeps.sweep import Sweep

_RUNS, _RESULT = 0, 1  # the tabs


class RunsTable(Card):
    """Lists the runs of a library, or shows the result of those that it lists.

    Attributes
    ----------
    commands : RunsActions
        What the user asks to be done with runs.

    Signals
    -------
    drawn_changed()
        Other runs are to be drawn, see :meth:`drawn_rows`.
    """

    drawn_changed = Signal()

    def __init__(self, library: RunLibrary, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.setObjectName("runsTable")
        self._library = library
        self._structure: tuple[object, ...] | None = None
        self._known: Mapping[str, Sweep] = {}
        self._taking = False
        self.model = RunsModel(self)
        self.proxy = RunsProxy(self.model, self)
        self.controls = RunsHeader(self.proxy)
        self.view = RunsView(self.model, self.proxy)
        self.result = ResultView()
        self.commands = RunsActions(library, self.proxy, self.view)
        self._stack = QStackedWidget()
        for widget in (self.view, self._make_empty(), self.result):
            self._stack.addWidget(widget)
        self.body.setContentsMargins(0, 8, 0, 4)
        self.body.setSpacing(4)
        self.body.addWidget(self.controls)
        self.body.addWidget(self._stack, 1)
        self.controls.tabs.currentChanged.connect(self._show_tab)
        self.controls.filter_changed.connect(self._on_filter_changed)
        self.controls.compare_button.clicked.connect(self.commands.compare)
        self.commands.undo_requested.connect(self._on_undo)
        self.commands.sweep_requested.connect(self.show_result)
        self.view.selectionModel().selectionChanged.connect(self._offer_comparing)
        self.model.renamed.connect(self._on_renamed)
        library.rows_changed.connect(self._on_rows_changed)

    def drawn_rows(self) -> list[RunRow]:
        """Return the runs whose curves are to be drawn, by number."""
        return self.proxy.drawn_rows()

    def selected_rows(self) -> list[RunRow]:
        """Return the selected runs in the order of the table."""
        return self.view.selected_rows()

    def set_scope(self, scope: str) -> None:
        """List the runs of a sweep alone, or all with an empty name."""
        self.controls.set_scope(scope)

    def show_list(self) -> None:
        """Show the runs themselves."""
        self.controls.tabs.setCurrentIndex(_RUNS)

    def show_result(self, name: str) -> None:
        """Show what came out of a sweep, and its runs."""
        self.set_scope(name)
        self.controls.tabs.setCurrentIndex(_RESULT)

    def set_known(self, known: Mapping[str, Sweep]) -> None:
        """Say what the sweeps are that runs belong to."""
        self._known = known
        self.controls.set_known(known)
        self._show_tab()

    def why_empty(self) -> str:
        """Return why no curve is drawn, and what can be done; empty if some can be."""
        if not self._library.rows:
            return self.tr("No runs yet. Press Train, or start one of the lab note's sweeps above.")
        if not self.proxy.rowCount():
            if self.proxy.text:
                return self.tr("No run matches “{0}”.").format(self.proxy.text)
            return self.tr("The curves of all runs are hidden.")
        if not self.proxy.shown_rows():
            return self.tr("The curves of these runs are hidden. Click a run's dot to draw them.")
        if all(row.header is None for row in self.drawn_rows()):
            return self.tr("The curves appear when the first run begins.")
        return ""

    # --- building --------------------------------------------------------------------------

    def _make_empty(self) -> QWidget:
        self._empty = dim_label()
        self._empty.setObjectName("noRuns")
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setTextFormat(Qt.TextFormat.PlainText)
        self._empty.setWordWrap(True)
        self._clear = QToolButton()
        self._clear.setObjectName("clearFilter")
        self._clear.clicked.connect(self.controls.clear_filter)
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(14, 0, 14, 0)
        column.setSpacing(SPACING)
        column.addStretch(1)
        column.addWidget(self._empty)
        column.addWidget(self._clear, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(1)
        return page

    # --- rows ------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what came while it was hidden."""
        super().showEvent(event)
        self._take_rows()

    @Slot()
    def _on_rows_changed(self) -> None:
        if self.isVisible():
            self._take_rows()

    def _take_rows(self) -> None:
        rows = self._library.rows
        self._taking = True
        self.model.set_rows(rows)
        self._taking = False
        structure = tuple((row.path, row.label.sweep, row.config) for row in rows)
        if structure != self._structure:
            self._structure = structure
            self.controls.set_sweeps({row.label.sweep for row in rows})
            self._compare_settings()
        self._tell_what_is_drawn()

    @Slot()
    def _on_filter_changed(self) -> None:
        self._compare_settings()
        self.view.set_order(bool(self.controls.sweep_name))
        self._tell_what_is_drawn()

    def _compare_settings(self) -> None:
        self.model.compare([row for row in self.model.rows if self.proxy.accepts(row)])

    def _tell_what_is_drawn(self) -> None:
        self.controls.show_count()
        self._offer_comparing()
        self._show_tab()
        self.drawn_changed.emit()

    @Slot()
    def _show_tab(self) -> None:
        """Show the runs, their result, or why there are none."""
        if not self.proxy.rowCount():
            self._empty.setText(self.why_empty())
            self._clear.setVisible(bool(self._library.rows))
            self._clear.setText(
                self.tr("Clear the filter") if self.proxy.text else self.tr("Show all runs")
            )
            self._stack.setCurrentIndex(1)
        elif self.controls.tabs.currentIndex() == _RUNS:
            self._stack.setCurrentWidget(self.view)
        else:
            name = self.controls.sweep_name
            rows = [row for row in self.model.rows if name and self.proxy.accepts(row)]
            names = self._known[name].names if name in self._known else None
            self.result.show_rows(rows, names)
            self._stack.setCurrentWidget(self.result)

    @Slot()
    def _offer_comparing(self) -> None:
        if self._taking:  # each selected run that goes would have all others looked through
            return
        self.controls.compare_button.setEnabled(len(self.commands.comparable()) > 1)

    @Slot(object, str, str)
    def _on_renamed(self, path: Path, name: str, text: str) -> None:
        self._library.set_label(path, **{name: text})

    @Slot()
    def _on_undo(self) -> None:
        self._library.undo_delete()

    # --- Qt --------------------------------------------------------------------------------

    def minimumSizeHint(self) -> QSize:
        """Return the room of a few rows."""
        return QSize(400, 130)

"""What stands above runs and result: which of the two, of which runs, and how many they are."""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QSizePolicy,
    QTabBar,
    QToolButton,
    QWidget,
)

from .. import theme
from ..elided_box import ElidedBox
from ..widgets import SPACING, dim_label
from .runs_proxy import MOST_DRAWN, RunsProxy

if TYPE_CHECKING:
    from ...sweeps.sweep import Sweep

_FILTER_WIDTH = 105  # pixels at scale 1
_SCOPE_WIDTH = 120  # the same of a sweep's title, of which the list of all has more


class RunsHeader(QWidget):
    """Chooses the runs that `proxy` lists, and whether they are seen or what came out of them.

    Attributes
    ----------
    tabs : QTabBar
        Runs, and the result.
    sweep_name : str
        Name of the sweep whose runs alone are listed, or an empty string.

    Signals
    -------
    filter_changed()
        Other runs are listed now.
    """

    filter_changed = Signal()

    def __init__(self, proxy: RunsProxy, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._proxy = proxy
        self._sweeps: Set[str] = frozenset()
        self._known: Mapping[str, Sweep] = {}
        self._wanted: str | None = None
        self.tabs = self._make_tabs()
        self.scope_box = self._make_scope_box()
        self.filter_edit = self._make_filter_edit()
        self._count = dim_label()
        self._count.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.compare_button = QToolButton()
        self.compare_button.setObjectName("compareButton")
        self.compare_button.setText(self.tr("Compare"))
        self.compare_button.setToolTip(
            self.tr("Settings, results and confusion matrices of the selected runs side by side.")
        )
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(6, 0, 8, 0)
        self._row.setSpacing(SPACING)
        self._row.addWidget(self.tabs)
        self._row.addWidget(self.scope_box)
        self._row.addWidget(self.filter_edit, 3)
        self._row.addWidget(self._count, 1)
        self._row.addWidget(self.compare_button)
        theme.notifier().changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    @Slot()
    def _on_theme_changed(self) -> None:
        """Keep room for texts of this size."""
        for widget, width, times in (
            (self.scope_box, _SCOPE_WIDTH, 3),
            (self.filter_edit, _FILTER_WIDTH, 2),
        ):
            widget.setMinimumWidth(theme.scaled(width))
            widget.setMaximumWidth(times * theme.scaled(width))
        self.show_count()

    # --- building --------------------------------------------------------------------------

    def _make_tabs(self) -> QTabBar:
        tabs = QTabBar()
        tabs.setObjectName("runsTabs")
        tabs.setProperty("small", True)
        tabs.setAccessibleName(self.tr("Runs or result"))
        tabs.setDrawBase(False)
        tabs.setExpanding(False)
        tabs.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        tabs.addTab(self.tr("Runs"))
        tabs.addTab(self.tr("Result"))
        tabs.setTabToolTip(1, self.tr("What came out of a sweep, in a sentence and a table."))
        return tabs

    def _make_scope_box(self) -> QComboBox:
        box = ElidedBox()
        box.setObjectName("runsScope")
        box.setToolTip(self.tr("Which runs are listed and drawn."))
        box.setAccessibleName(self.tr("Which runs are listed"))
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        box.currentIndexChanged.connect(self._on_filter_changed)
        box.activated.connect(self._on_scope_chosen)
        return box

    def _make_filter_edit(self) -> QLineEdit:
        edit = QLineEdit()
        edit.setObjectName("runsFilter")
        edit.setClearButtonEnabled(True)
        edit.setPlaceholderText(self.tr("Filter: words, batch=20"))
        edit.setToolTip(
            self.tr(
                "Lists runs with all these words in name, note or settings; batch=20 asks for "
                "a value."
            )
        )
        edit.setAccessibleName(self.tr("Filter the runs"))
        edit.textChanged.connect(self._on_filter_changed)
        return edit

    def add_control(self, widget: QWidget) -> None:
        """Put a control at the end."""
        self._row.addWidget(widget)
        self.setTabOrder(self.compare_button, widget)

    # --- which runs ------------------------------------------------------------------------

    @property
    def sweep_name(self) -> str:
        """Name of the sweep that is looked at alone, or an empty string."""
        scope = str(self.scope_box.currentData() or "")
        return scope if scope in self._sweeps else ""

    def set_scope(self, scope: str) -> None:
        """List the runs of a sweep alone, as soon as there are any, or all with an empty name."""
        self._wanted = scope
        self._offer()

    def set_sweeps(self, sweeps: Set[str]) -> None:
        """Offer to list the runs of each of these sweeps alone."""
        self._sweeps = sweeps - {""}
        self._offer()

    def set_known(self, known: Mapping[str, Sweep]) -> None:
        """Say what the sweeps are called."""
        self._known = known
        for position in range(self.scope_box.count()):
            self.scope_box.setItemText(
                position, self._scope_text(str(self.scope_box.itemData(position)))
            )

    def clear_filter(self) -> None:
        """List all runs of the sweep, or all that there are."""
        self.filter_edit.clear()
        if not self.sweep_name:
            self.set_scope("")

    def _offer(self) -> None:
        wanted = ["", "shown", *sorted(self._sweeps, reverse=True)]
        box = self.scope_box
        chosen = box.currentData()
        if [box.itemData(position) for position in range(box.count())] != wanted:
            box.blockSignals(True)
            box.clear()
            for scope in wanted:
                box.addItem(self._scope_text(scope), scope)
            box.setCurrentIndex(max(0, box.findData(chosen)))
            box.blockSignals(False)
        if self._wanted in wanted:
            box.blockSignals(True)
            box.setCurrentIndex(wanted.index(self._wanted))
            box.blockSignals(False)
            self._wanted = None
        if box.currentData() != chosen:
            self._on_filter_changed()

    def _scope_text(self, scope: str) -> str:
        if not scope:
            return self.tr("All runs")
        if scope == "shown":
            return self.tr("Shown runs")
        number = scope.removeprefix("sweep-").lstrip("0")
        title = self._known[scope].title if scope in self._known else ""
        if title:
            return self.tr("Sweep {0} · {1}").format(number, title)
        return self.tr("Sweep {0}").format(number)

    @Slot()
    def _on_scope_chosen(self) -> None:
        self._wanted = None  # a sweep that has yet to begin takes nobody away from their choice

    @Slot()
    def _on_filter_changed(self) -> None:
        self._proxy.set_filter(self.scope_box.currentData() or "", self.filter_edit.text())
        self.filter_changed.emit()

    def show_count(self) -> None:
        """Say how many runs are listed, and if not all of them can be drawn."""
        listed, there = self._proxy.rowCount(), self._proxy.sourceModel().rowCount()
        if listed < there:
            text = self.tr("{0} of {1} runs").format(listed, there)
        else:
            text = self.tr("1 run") if there == 1 else self.tr("{0} runs").format(there)
        least = text  # the rest is cut off rather than pushing the buttons out
        if len(self._proxy.drawn_rows()) < len(self._proxy.shown_rows()):
            text = self.tr("{0}, the latest {1} drawn").format(text, MOST_DRAWN)
        self._count.setMinimumWidth(self._count.fontMetrics().horizontalAdvance(least))
        self._count.setText(text)
        self._count.setToolTip(text)

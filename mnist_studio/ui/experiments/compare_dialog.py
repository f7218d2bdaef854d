"""Runs side by side: what differs, what came out, their curves and what they mistake."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Qt, Slot
from PySide6.QtGui import QCloseEvent, QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from .. import theme
from ..fold_button import FoldButton
from ..widgets import SPACING, Card, dim_label, fit_screen
from .compare_content import (
    as_markdown,
    different_settings,
    equal_settings,
    failures,
    results,
)
from .compare_matrices import CompareMatrices
from .compare_table import CompareTable, Section
from .overlay import Overlay

if TYPE_CHECKING:
    from ...session.library import RunLibrary
    from ...session.run_row import RunRow

_CURVES_HEIGHT = 264
_EQUAL_COLUMNS = 3


class CompareDialog(QDialog):
    """A window beside the main one, up to date while some of its runs are trained.

    It deletes itself when it is closed, as soon as what it does in the background has ended.

    Parameters
    ----------
    rows : sequence of RunRow
        At least two runs, in the order of the columns.
    library : RunLibrary
        Where their curves come from, and their state.
    parent : QWidget, optional
        Whoever calls :meth:`shut_down` before the program ends.
    """

    def __init__(
        self, rows: Sequence[RunRow], library: RunLibrary, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("compareDialog")
        self.setWindowTitle(self.tr("Comparison of {0} runs").format(len(rows)))
        self._rows = tuple(rows)
        self._library = library
        self._ended = False
        self._build()
        self._show_rows()
        self.overlay.show_rows(self._rows)
        library.rows_changed.connect(self._on_rows_changed)
        application = QCoreApplication.instance()
        assert application is not None
        application.aboutToQuit.connect(self.shut_down)
        self.resize(1180, 860)
        fit_screen(self)

    # --- building --------------------------------------------------------------------------

    def _build(self) -> None:
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(2 * SPACING, 2 * SPACING, 2 * SPACING, 2 * SPACING)
        column.setSpacing(SPACING)
        self.overlay = Overlay(self._library, average_seeds=False)
        self.overlay.setFixedHeight(theme.scaled(_CURVES_HEIGHT))
        self.matrices = CompareMatrices(self._rows)
        self.matrices.ended.connect(self._on_matrices_ended)
        column.addWidget(self._make_table_card())
        column.addWidget(self.overlay.controls, 0, Qt.AlignmentFlag.AlignRight)
        column.addWidget(self.overlay)
        column.addWidget(self.matrices)
        column.addStretch(1)
        scroll = QScrollArea()
        scroll.setObjectName("compareScroll")
        scroll.setAccessibleName(self.tr("Comparison"))
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(content)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scroll)

    def _make_table_card(self) -> Card:
        card = Card(self.tr("Settings and results"))
        self.copy = QToolButton()
        self.copy.setObjectName("compareCopy")
        self.copy.setProperty("quiet", True)
        self.copy.setText(self.tr("Copy"))
        self.copy.setToolTip(self.tr("Copy the table as Markdown, for a note or a report."))
        self.copy.clicked.connect(self._on_copy)
        card.header.addWidget(self.copy)
        self.table = CompareTable()
        card.body.addWidget(self.table)
        self._failures = QLabel()
        self._failures.setObjectName("compareFailures")
        self._failures.setProperty("role", "error")
        self._failures.setTextFormat(Qt.TextFormat.PlainText)
        self._failures.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._failures.setWordWrap(True)
        card.body.addWidget(self._failures)
        self._add_equal_settings(card)
        return card

    def _add_equal_settings(self, card: Card) -> None:
        pairs = equal_settings(self._rows)
        content = QFrame()
        content.setObjectName("compareEqual")
        grid = QGridLayout(content)
        grid.setContentsMargins(0, 4, 0, 0)
        grid.setHorizontalSpacing(SPACING)
        grid.setVerticalSpacing(4)
        lines = -(-len(pairs) // _EQUAL_COLUMNS)
        for k, (name, value) in enumerate(pairs):
            place = 3 * (k // lines)
            text = QLabel(value)
            theme.NumberFont(text, 10)
            text.setAlignment(Qt.AlignmentFlag.AlignRight)
            grid.addWidget(dim_label(name), k % lines, place)
            grid.addWidget(text, k % lines, place + 1)
            grid.setColumnMinimumWidth(place + 2, 5 * SPACING)
        grid.setColumnStretch(3 * _EQUAL_COLUMNS, 1)
        self.fold = FoldButton(content)
        self.fold.setObjectName("compareFold")
        self.fold.setText(self.tr("%n equal settings", "", len(pairs)))
        self.fold.setToolTip(self.tr("Show the settings that all of these runs share."))
        self.fold.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.fold.setVisible(bool(pairs))
        row = QHBoxLayout()
        row.addWidget(self.fold)
        row.addStretch(1)
        card.body.addLayout(row)
        card.body.addWidget(content)

    # --- content ---------------------------------------------------------------------------

    def _show_rows(self) -> None:
        settings, figures = different_settings(self._rows), results(self._rows)
        sections = (
            Section(self.tr("Different settings"), tuple(settings)),
            Section(self.tr("Results"), tuple(figures)),
        )
        self.table.set_content(self._rows, sections)
        self._markdown = as_markdown(self._rows, [*settings, *figures])
        self.table.setAccessibleDescription(self._markdown)
        text = "\n".join(f"{row.title}: {why}" for row, why in failures(self._rows))
        self._failures.setText(text)
        self._failures.setVisible(bool(text))

    @Slot()
    def _on_rows_changed(self) -> None:
        """Show what the runs are by now; a deleted one stays as it was."""
        if self._ended:
            return
        rows = tuple(self._library.row(row.path) or row for row in self._rows)
        if all(new is old for new, old in zip(rows, self._rows, strict=True)):
            return
        self._rows = rows
        self._show_rows()
        self.overlay.show_rows(rows)
        self.matrices.set_rows(rows)

    @Slot()
    def _on_copy(self) -> None:
        QGuiApplication.clipboard().setText(self._markdown)
        self.copy.setText(self.tr("Copied"))

    # --- the end ---------------------------------------------------------------------------

    @Slot()
    def shut_down(self) -> None:
        """Close, cancel the measuring and wait for its thread."""
        self.close()
        self.matrices.shut_down()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Close, and cancel the measuring."""
        super().closeEvent(event)
        self._end()

    def done(self, result: int) -> None:
        """Close by a key or a button, and cancel the measuring."""
        super().done(result)
        self._end()

    def _end(self) -> None:
        if not self._ended:
            self._ended = True
            self.matrices.cancel()

    @Slot()
    def _on_matrices_ended(self) -> None:
        # Not before: a thread must not lose its owner.
        self.deleteLater()

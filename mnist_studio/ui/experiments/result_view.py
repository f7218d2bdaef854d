"""What came out of a sweep: one sentence of what was seen, and the table behind it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Qt, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QScrollArea, QToolButton, QVBoxLayout, QWidget

from ...report.findings import find
from ...report.tables import group_table, to_markdown
from ...report.texts import status_text
from ...runs.store import RunRecord
from ...training.status import RunStatus
from ..describe import describe_failure
from ..widgets import SPACING, dim_label
from .sweep_table import ResultTable, TableColumn

if TYPE_CHECKING:
    from ...report.aggregate import Group
    from ...report.findings import Finding
    from ...report.tables import Table
    from ...session.run_row import RunRow

_FIGURES = ("validation_accuracy", "test_accuracy", "train_loss", "seconds")


translate = QCoreApplication.translate


class ResultView(QWidget):
    """Shows what was seen in the runs of a sweep that have ended, and says so of the others."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("resultView")
        self.setAccessibleName(self.tr("Result of the sweep"))
        self._shown: tuple[object, ...] = ()
        self._markdown = ""
        self._sentence = self._make_text("resultSentence", QLabel())
        self._remarks = self._make_text("resultRemarks", dim_label())
        self.table = ResultTable()
        self._copy = self._make_copy_button()
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 4, 14, 8)
        column.setSpacing(SPACING)
        column.addWidget(self._sentence)
        column.addWidget(self._remarks)
        column.addWidget(self._make_scroll_area(), 1)

    def _make_scroll_area(self) -> QScrollArea:
        """Return what scrolls; the sentences above always fit, as they wrap."""
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACING)
        column.addWidget(self.table)
        column.addWidget(self._copy, 0, Qt.AlignmentFlag.AlignLeft)
        column.addStretch(1)
        area = QScrollArea()
        area.setAccessibleName(self.tr("Table of results"))
        area.setWidgetResizable(True)
        area.setWidget(content)
        return area

    def _make_text(self, name: str, label: QLabel) -> QLabel:
        label.setObjectName(name)
        label.setWordWrap(True)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        return label

    def _make_copy_button(self) -> QToolButton:
        button = QToolButton()
        button.setObjectName("resultCopy")
        button.setToolTip(
            self.tr("Copy the sentences and the whole table, to be pasted into a text.")
        )
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        button.clicked.connect(self._on_copy)
        return button

    # --- what is shown ---------------------------------------------------------------------

    def show_rows(self, rows: Sequence[RunRow], names: tuple[str, ...] | None) -> None:
        """Show what was seen in the runs of a sweep.

        Parameters
        ----------
        rows : sequence of RunRow
            Its runs; those that have not ended are left out.
        names : tuple of str, optional
            What the sweep varied; by default all settings that differ.
        """
        ended = [row for row in rows if not row.status.open]
        shown = (names, len(rows), *((row.label, row.header) for row in ended))
        if shown == self._shown:
            return
        self._shown = shown
        records = [RunRecord(row.path, row.label, row.header) for row in ended if row.header]
        for widget in (self._remarks, self.table, self._copy):
            widget.setVisible(bool(records))
        if not records:
            self._sentence.setText(
                self.tr("The result appears here when the first run has ended.")
                if rows
                else self.tr("Choose a sweep in the list above, or start one, to see its result.")
            )
            return
        finding = find(records, names, translate)
        table = group_table(finding.comparison, translate)
        remarks = list(finding.remarks)
        if len(ended) < len(rows):
            so_far = self.tr("So far: {0} of {1} runs have ended.")
            remarks.insert(0, so_far.format(len(ended), len(rows)))
        self._sentence.setText(finding.sentence)
        self._remarks.setText(" ".join(remarks))
        self._remarks.setVisible(bool(remarks))
        self._markdown = f"{finding.text}\n\n{to_markdown(table)}"
        self._fill(table, finding)
        self._copy.setText(self.tr("Copy as Markdown"))

    def _fill(self, table: Table, finding: Finding) -> None:
        place = {column.name: index for index, column in enumerate(table.columns)}
        shown = [
            place[name] for name in (*finding.comparison.names, "runs", *_FIGURES) if name in place
        ]
        # Of what nobody measured there is no column.
        shown = [k for k in shown if any(row[k].value is not None for row in table.rows)]
        usual = status_text(RunStatus.COMPLETED, translate)
        rows = []
        for row in table.rows:
            status, difference = row[place["status"]].text, row[place["difference_to_best"]].text
            note = difference if status == usual else status
            rows.append((*(row[k].text for k in shown), note))
        columns = [TableColumn(table.columns[k].heading, table.columns[k].numeric) for k in shown]
        columns.append(TableColumn(self.tr("Note"), numeric=False))
        best, groups = finding.comparison.best, finding.comparison.groups
        index = next((k for k, group in enumerate(groups) if group is best), None)
        tips = tuple(_failures(group) for group in groups)
        self.table.set_table(tuple(columns), tuple(rows), tips, index)
        self.table.setAccessibleName(self.tr("Results"))
        self.table.setAccessibleDescription(self._markdown)

    @Slot()
    def _on_copy(self) -> None:
        QGuiApplication.clipboard().setText(self._markdown)
        self._copy.setText(self.tr("Copied"))


def _failures(group: Group) -> str:
    """Return why runs failed, each reason once."""
    found = [describe_failure(run.header.failure) for run in group.runs if run.header.failure]
    return "\n".join(dict.fromkeys(found))

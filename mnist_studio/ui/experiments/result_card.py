"""How a sweep ended: one sentence of what was seen, and the table behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QLabel, QScrollArea, QToolButton, QWidget

from ..widgets import SPACING, Card, dim_label
from .sweep_table import ResultTable, TableColumn

if TYPE_CHECKING:
    from ...report.aggregate import Group
    from ...report.findings import Finding
    from ...report.tables import Table
    from ...training.run_store import RunRecord
    from ...training.sweep import Sweep

_FIGURES = ("validation_accuracy", "test_accuracy", "train_loss", "seconds")
_MOST_ROWS = 8  # beyond it scrolls


def translate(context: str, text: str) -> str:
    """Translate the texts of reports."""
    return QCoreApplication.translate(context, text)


class ResultCard(Card):
    """Shows the result of a sweep until it is closed; can be folded to its sentence.

    Signals
    -------
    closed()
        The user has closed it.
    """

    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.setObjectName("resultCard")
        self._markdown = ""
        self._make_header()
        self._sentence = self._make_text("resultSentence", QLabel())
        self._remarks = self._make_text("resultRemarks", dim_label())
        self.table = ResultTable()
        self._scroll = QScrollArea()
        self._scroll.setWidget(self.table)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.body.addWidget(self._sentence)
        self.body.addWidget(self._remarks)
        self.body.addWidget(self._scroll)
        self.hide()

    def _make_text(self, name: str, label: QLabel) -> QLabel:
        label.setObjectName(name)
        label.setWordWrap(True)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        return label

    def _make_header(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(SPACING)
        self._title = QLabel()
        self._title.setObjectName("resultTitle")
        self._title.setProperty("role", "title")
        row.addWidget(self._title)
        row.addStretch(1)
        self._copy = self._make_button(
            "resultCopy",
            self.tr("Copy as Markdown"),
            self.tr("Copy the sentences and the whole table, to be pasted into a text."),
        )
        self._copy.clicked.connect(self._on_copy)
        self.fold = self._make_button(
            "resultFold", self.tr("Hide table"), self.tr("Show or hide the table.")
        )
        self.fold.setCheckable(True)
        self.fold.toggled.connect(self._on_folded)
        close = self._make_button(
            "resultClose", "✕", self.tr("Close this result; its runs stay in the table.")
        )
        close.setAccessibleName(self.tr("Close this result"))
        close.clicked.connect(self.close_result)
        for button in (self._copy, self.fold, close):
            row.addWidget(button)
        self.body.addLayout(row)

    def _make_button(self, name: str, text: str, tip: str) -> QToolButton:
        button = QToolButton()
        button.setObjectName(name)
        button.setText(text)
        button.setToolTip(tip)
        button.setProperty("quiet", True)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        return button

    # --- what is shown ---------------------------------------------------------------------

    def show_result(self, sweep: Sweep, records: list[RunRecord]) -> None:
        """Show what was seen in a sweep.

        Parameters
        ----------
        sweep : Sweep
            What was trained.
        records : list of RunRecord
            Its runs that have a file; nothing is shown without any.
        """
        if not records:
            return
        from ...report.findings import find
        from ...report.tables import group_table, to_markdown

        finding = find(records, sweep.names, translate)
        table = group_table(finding.comparison, translate)
        self._title.setText(sweep.title.upper())
        self._sentence.setText(finding.sentence)
        self._remarks.setText(" ".join(finding.remarks))
        self._remarks.setVisible(bool(finding.remarks))
        self._markdown = f"{finding.text}\n\n{to_markdown(table)}"
        self._fill(table, finding, sweep.names)
        self.fold.setChecked(False)
        self._copy.setText(self.tr("Copy as Markdown"))
        self.show()

    def _fill(self, table: Table, finding: Finding, names: tuple[str, ...]) -> None:
        from ...report.texts import status_text
        from ...training.status import RunStatus

        place = {column.name: index for index, column in enumerate(table.columns)}
        shown = [place[name] for name in (*names, "runs", *_FIGURES) if name in place]
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
        self._fit()

    def _fit(self) -> None:
        whole = self.table.sizeHint().height()
        rows = min(len(self.table.rows), _MOST_ROWS)
        height = whole * (rows + 1) // (len(self.table.rows) + 1)
        self._scroll.setFixedHeight(height + 2)

    @Slot(bool)
    def _on_folded(self, folded: bool) -> None:
        self._scroll.setVisible(not folded)
        self._remarks.setVisible(not folded and bool(self._remarks.text()))
        self.fold.setText(self.tr("Show table") if folded else self.tr("Hide table"))

    @Slot()
    def close_result(self) -> None:
        """Make room for something else."""
        self.hide()
        self.closed.emit()

    @Slot()
    def _on_copy(self) -> None:
        QGuiApplication.clipboard().setText(self._markdown)
        self._copy.setText(self.tr("Copied"))


def _failures(group: Group) -> str:
    """Return why runs failed, each reason once."""
    return "\n".join(dict.fromkeys(run.header.failure for run in group.runs if run.header.failure))

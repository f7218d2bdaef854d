"""The menu that takes results along: figures, curves, tables, the lab report."""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QLocale, Qt, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog, QMenu, QMessageBox, QProgressDialog, QWidget

from ..task import Task, unwritable

if TYPE_CHECKING:
    from ...session.run_row import RunRow
    from ...training.run_store import RunRecord
    from ..task import Work

_PATIENCE = 400  # milliseconds of work before its progress is shown


class ExportMenu(QMenu):
    """Exports the runs that it is told, off the window's thread.

    Parameters
    ----------
    rows : callable
        Returns the runs to export, in order; queued ones are left out.
    plots : callable
        Returns the widgets of a figure.

    Signals
    -------
    exported(object)
        Path of what was written.
    failed(str)
        A sentence.
    """

    exported = Signal(object)
    failed = Signal(str)

    def __init__(
        self,
        rows: Callable[[], Sequence[RunRow]],
        plots: Callable[[], list[QWidget]],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._rows = rows
        self._plots = plots
        self._folder = ""
        self._task: Task | None = None
        self._progress: QProgressDialog | None = None
        self.setToolTipsVisible(True)
        self._add(
            "exportReportAction",
            self.tr("Lab report…"),
            self.tr(
                "One HTML file with settings, curves, tables, mistakes, and how to repeat it all."
            ),
            self._on_report,
        )
        self._add(
            "exportFigureAction",
            self.tr("Figure (PNG, SVG)…"),
            self.tr("Both plots with their legends, as they are shown."),
            self._on_figure,
        )
        self._add(
            "exportTableAction",
            self.tr("Results table (CSV, Markdown)…"),
            self.tr("A row for each run: what differs, and the results."),
            self._on_table,
        )
        self._add(
            "exportCurvesAction",
            self.tr("Curves, every point (CSV)…"),
            self.tr("The loss of every batch and the figures of every epoch."),
            self._on_curves,
        )
        tensorboard = self._add(
            "exportTensorboardAction",
            self.tr("TensorBoard folder…"),
            self.tr("Curves as event files for TensorBoard."),
            self._on_tensorboard,
        )
        if importlib.util.find_spec("tensorboardX") is None:
            tensorboard.setEnabled(False)
            tensorboard.setToolTip(
                self.tr("Needs an extra: pip install “mnist-studio[tensorboard]”.")
            )
        self.aboutToShow.connect(self._refresh)
        self._needs_runs = [each for each in self.actions() if each.isEnabled()]

    def shut_down(self) -> None:
        """Call off what is going on."""
        if self._progress is not None:
            self._progress.hide()  # or the program would not end with its last window
        if self._task is not None:
            self._task.shut_down()

    def _add(self, name: str, text: str, tip: str, slot: Callable[[], None]) -> QAction:
        action = self.addAction(text)
        action.setObjectName(name)
        action.setToolTip(tip)
        action.triggered.connect(slot)
        return action

    @Slot()
    def _refresh(self) -> None:
        possible = bool(self._written_rows()) and self._task is None
        for action in self._needs_runs:
            action.setEnabled(possible)

    def _written_rows(self) -> list[RunRow]:
        return [row for row in self._rows() if row.header is not None]

    def _records(self) -> list[RunRecord]:
        from ...training.run_store import RunRecord

        return [
            RunRecord(row.path, row.label, row.header)
            for row in self._written_rows()
            if row.header is not None
        ]

    def _ask(self, title: str, name: str, filters: str) -> Path | None:
        chosen, used = QFileDialog.getSaveFileName(
            self.parentWidget(), title, str(Path(self._folder) / name), filters
        )
        if not chosen:
            return None
        path = Path(chosen)
        self._folder = str(path.parent)
        suffixes = _suffixes(filters)
        if path.suffix.lower() in suffixes:
            return path
        path = path.with_name(path.name + (_suffixes(used) or suffixes)[0])
        return path if not path.exists() or self._may_replace(path) else None

    def _may_replace(self, path: Path) -> bool:
        """Ask what the file dialog could not ask: it knew no ending."""
        text = self.tr("{0} is there already. Replace it?").format(path.name)
        yes, no = QMessageBox.StandardButton.Yes, QMessageBox.StandardButton.No
        answer = QMessageBox.question(self.parentWidget(), self.tr("Export"), text, yes | no, no)
        return answer == yes

    # --- the exports -----------------------------------------------------------------------

    @Slot()
    def _on_report(self) -> None:
        path = self._ask(
            self.tr("Save the lab report"), "lab-report.html", self.tr("HTML (*.html)")
        )
        if path is None:
            return
        records, language = self._records(), QLocale().name().replace("_", "-")

        def work(tell: Callable[[int, int], None], cancelled: Callable[[], bool]) -> Path:
            from ...report.html import write_report

            write_report(
                path,
                records,
                progress=tell,
                cancelled=cancelled,
                translate=QCoreApplication.translate,
                language=language,
            )
            return path

        self._start(self.tr("Writing the lab report"), work)

    @Slot()
    def _on_figure(self) -> None:
        filters = self.tr("SVG (*.svg);;PNG (*.png)")
        path = self._ask(self.tr("Save the figure"), "curves.svg", filters)
        if path is None:
            return
        from .figure import save_figure

        try:
            save_figure(self._plots(), path)
        except OSError as error:
            self.failed.emit(unwritable(error))
        else:
            self.exported.emit(path)

    @Slot()
    def _on_table(self) -> None:
        filters = self.tr("CSV (*.csv);;Markdown (*.md)")
        path = self._ask(self.tr("Save the table"), "results.csv", filters)
        if path is None:
            return
        records = self._records()

        def work(tell: Callable[[int, int], None], cancelled: Callable[[], bool]) -> Path:
            from ...report.tables import run_table, to_csv, to_markdown
            from ...training.files import replace_file

            table = run_table(records, translate=QCoreApplication.translate)
            text = to_markdown(table) if path.suffix.lower() == ".md" else to_csv(table)
            replace_file(path, lambda file: file.write(text.encode("utf-8")))
            return path

        self._start(self.tr("Writing the table"), work)

    @Slot()
    def _on_curves(self) -> None:
        path = self._ask(self.tr("Save the curves"), "curves.csv", self.tr("CSV (*.csv)"))
        if path is None:
            return
        records = self._records()

        def work(tell: Callable[[int, int], None], cancelled: Callable[[], bool]) -> Path:
            from ...report.curves import write_curves

            write_curves(path, records, progress=tell, cancelled=cancelled)
            return path

        self._start(self.tr("Writing the curves"), work)

    @Slot()
    def _on_tensorboard(self) -> None:
        chosen = QFileDialog.getExistingDirectory(
            self.parentWidget(), self.tr("Folder for TensorBoard"), self._folder
        )
        if not chosen:
            return
        folder, records = Path(chosen), self._records()

        def work(tell: Callable[[int, int], None], cancelled: Callable[[], bool]) -> Path:
            from ...report.tensorboard import write_tensorboard

            write_tensorboard(folder, records, progress=tell, cancelled=cancelled)
            return folder

        self._start(self.tr("Writing event files"), work)

    # --- work beside the window ------------------------------------------------------------

    def _start(self, text: str, work: Work) -> None:
        if self._task is not None:
            return
        task = Task(work, self)
        progress = QProgressDialog(text, self.tr("Cancel"), 0, 1, self.parentWidget())
        progress.setWindowModality(Qt.WindowModality.NonModal)
        progress.setMinimumDuration(_PATIENCE)
        progress.setAutoClose(False)
        progress.setValue(0)  # or it would come after Qt's own four seconds
        progress.canceled.connect(task.cancel)
        task.progressed.connect(self._on_progressed)
        task.succeeded.connect(self.exported)
        task.failed.connect(self.failed)
        task.finished.connect(self._on_finished)
        self._task, self._progress = task, progress
        task.start()

    @Slot(int, int)
    def _on_progressed(self, done: int, total: int) -> None:
        if self._progress is not None and not self._progress.wasCanceled():
            self._progress.setMaximum(total)
            self._progress.setValue(done)

    @Slot()
    def _on_finished(self) -> None:
        progress, self._progress = self._progress, None
        task, self._task = self._task, None
        if progress is not None:
            progress.close()
            progress.deleteLater()
        if task is not None:
            task.deleteLater()


def _suffixes(filters: str) -> list[str]:
    """Return the endings in the filters of a file dialog."""
    return re.findall(r"\*(\.\w+)", filters)

"""The menu that takes results along: figures, curves, tables, the lab report."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QCoreApplication, QLocale, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from ..file_saver import FileSaver
from ..theme import DARK, LIGHT, Theme

if TYPE_CHECKING:
    from ...report.trials import Trial
    from ...runs.store import RunRecord
    from ...session.run_row import RunRow
    from ..task import Work


# --- what can be exported ------------------------------------------------------------------


class Exporter(NamedTuple):
    """One entry of the menu.

    Attributes
    ----------
    name : str
        Of its action.
    text, tip : str
        In the menu.
    title : str
        Of the dialog that asks where to.
    file : str
        The name that is suggested; empty if it is written into a folder.
    filters : str
        The formats, each with its ending.
    activity : str
        What is said while it is written.
    prepare : callable
        Given path, runs and plots, returns the work to do beside the window's thread.
    needs : str
        The module, of an extra, without which it cannot be done.
    """

    name: str
    text: str
    tip: str
    title: str
    file: str
    filters: str
    activity: str
    prepare: Callable[[Path, Sequence[RunRecord], Sequence[QWidget]], Work]
    needs: str = ""


def _report(path: Path, runs: Sequence[RunRecord], _plots: Sequence[QWidget]) -> Work:
    return _report_with((), path, runs)


def _full_report(path: Path, runs: Sequence[RunRecord], _plots: Sequence[QWidget]) -> Work:
    from ...report.trials import Trial

    return _report_with(tuple(Trial), path, runs)


def _report_with(also: Sequence[Trial], path: Path, runs: Sequence[RunRecord]) -> Work:
    from ...report.html import write_report

    # "C", the locale of a system without one, is no language.
    known = QLocale().language() != QLocale.Language.C
    language = QLocale().name().replace("_", "-") if known else "en"
    translate = QCoreApplication.translate
    return partial(write_report, path, runs, also=also, translate=translate, language=language)


def _figure(look: Theme, path: Path, _runs: Sequence[RunRecord], plots: Sequence[QWidget]) -> Work:
    from ...files import replace_file
    from ..figure import figure

    content = figure(plots, path.suffix.lower(), look)
    return lambda _tell, _cancelled: replace_file(path, lambda file: file.write(content))


def _table(path: Path, runs: Sequence[RunRecord], _plots: Sequence[QWidget]) -> Work:
    from ...report.tables import run_table, write_table

    translate = QCoreApplication.translate
    return lambda _tell, _cancelled: write_table(path, run_table(runs, translate=translate))


def _curves(path: Path, runs: Sequence[RunRecord], _plots: Sequence[QWidget]) -> Work:
    from ...report.curves import write_curves

    return partial(write_curves, path, runs)


def _tensorboard(path: Path, runs: Sequence[RunRecord], _plots: Sequence[QWidget]) -> Work:
    from ...report.tensorboard import write_tensorboard

    return partial(write_tensorboard, path, runs)


def _report_exporters() -> Iterator[Exporter]:
    """Yield an entry for the usual lab report, and one for that with all that can be measured."""
    translate = QCoreApplication.translate
    usual = (
        "exportReportAction",
        translate("ExportMenu", "Lab report…"),
        translate(
            "ExportMenu",
            "One HTML file with settings, curves, tables, mistakes, and how to repeat it all.",
        ),
    )
    full = (
        "exportFullReportAction",
        translate("ExportMenu", "Lab report with robustness and calibration…"),
        translate(
            "ExportMenu",
            "The same, and every run tried on noisy, turned, shifted … test images, and how far "
            "its probabilities can be believed. Takes up to half a minute for each run.",
        ),
    )
    for texts, prepare in ((usual, _report), (full, _full_report)):
        yield Exporter(
            *texts,
            translate("ExportMenu", "Save the lab report"),
            "lab-report.html",
            translate("ExportMenu", "HTML (*.html)"),
            translate("ExportMenu", "Writing the lab report"),
            prepare,
        )


def _figure_exporters() -> Iterator[Exporter]:
    """Yield an entry for each look of a figure, the light one first."""
    translate = QCoreApplication.translate
    light = (
        "exportFigureAction",
        translate("ExportMenu", "Figure (PDF, SVG, PNG)…"),
        translate(
            "ExportMenu", "Both plots with their legends, as they are shown, on white paper."
        ),
    )
    dark = (
        "exportDarkFigureAction",
        translate("ExportMenu", "Figure, dark (PDF, SVG, PNG)…"),
        translate("ExportMenu", "The same on a dark ground, for slides."),
    )
    for texts, look in ((light, LIGHT), (dark, DARK)):
        yield Exporter(
            *texts,
            translate("ExportMenu", "Save the figure"),
            "curves.svg",
            translate("ExportMenu", "SVG (*.svg);;PDF (*.pdf);;PNG (*.png)"),
            translate("ExportMenu", "Writing the figure"),
            partial(_figure, look),
        )


def exporters() -> tuple[Exporter, ...]:
    """Return the entries of the menu, in order."""
    translate = QCoreApplication.translate
    return (
        *_report_exporters(),
        *_figure_exporters(),
        Exporter(
            "exportTableAction",
            translate("ExportMenu", "Results table (CSV, Markdown)…"),
            translate("ExportMenu", "A row for each run: what differs, and the results."),
            translate("ExportMenu", "Save the table"),
            "results.csv",
            translate("ExportMenu", "CSV (*.csv);;Markdown (*.md)"),
            translate("ExportMenu", "Writing the table"),
            _table,
        ),
        Exporter(
            "exportCurvesAction",
            translate("ExportMenu", "Curves, every point (CSV)…"),
            translate("ExportMenu", "The loss of every batch and the figures of every epoch."),
            translate("ExportMenu", "Save the curves"),
            "curves.csv",
            translate("ExportMenu", "CSV (*.csv)"),
            translate("ExportMenu", "Writing the curves"),
            _curves,
        ),
        Exporter(
            "exportTensorboardAction",
            translate("ExportMenu", "TensorBoard folder…"),
            translate("ExportMenu", "Curves as event files for TensorBoard."),
            translate("ExportMenu", "Folder for TensorBoard"),
            "",
            "",
            translate("ExportMenu", "Writing event files"),
            _tensorboard,
            needs="tensorboardX",
        ),
    )


# --- the menu ------------------------------------------------------------------------------


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
        self._files = FileSaver(parent)
        self._files.saved.connect(self.exported)
        self._files.failed.connect(self.failed)
        self.setToolTipsVisible(True)
        self._exporters = {each.name: each for each in exporters()}
        for exporter in self._exporters.values():
            self._add(exporter)
        self.triggered.connect(self._on_triggered)
        self.aboutToShow.connect(self._refresh)
        self._needs_runs = [each for each in self.actions() if each.isEnabled()]

    @property
    def busy(self) -> bool:
        """Whether something is being written."""
        return self._files.busy

    def shut_down(self) -> None:
        """Cancel the export that is being written, and wait for its thread."""
        self._files.shut_down()

    def _add(self, exporter: Exporter) -> None:
        action = self.addAction(exporter.text)
        action.setObjectName(exporter.name)
        action.setToolTip(exporter.tip)
        if exporter.needs and importlib.util.find_spec(exporter.needs) is None:
            action.setEnabled(False)
            action.setToolTip(self.tr("Needs an extra: pip install “mnist-studio[tensorboard]”."))

    @Slot()
    def _refresh(self) -> None:
        possible = bool(self._written_rows()) and not self.busy
        for action in self._needs_runs:
            action.setEnabled(possible)

    def _written_rows(self) -> list[RunRow]:
        return [row for row in self._rows() if row.header is not None]

    def _records(self) -> list[RunRecord]:
        from ...runs.store import RunRecord

        return [
            RunRecord(row.path, row.label, row.header)
            for row in self._written_rows()
            if row.header is not None
        ]

    @Slot(QAction)
    def _on_triggered(self, action: QAction) -> None:
        exporter = self._exporters[action.objectName()]
        path = (
            self._files.ask_file(exporter.title, exporter.file, exporter.filters)
            if exporter.file
            else self._files.ask_folder(exporter.title)
        )
        if path is not None and not self.busy:
            work = exporter.prepare(path, self._records(), self._plots())
            self._files.write(path, work, exporter.activity)

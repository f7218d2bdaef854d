"""The page Experiments: sweeps above, the curves of many runs, and the table of all runs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QToolButton, QVBoxLayout, QWidget

from ...training.config import RunConfig
from ...training.sweep import SWEEP_PRESETS, Sweep
from ..widgets import SPACING
from .exporting import ExportMenu
from .overlay import Overlay
from .runs_table import RunsTable
from .sweep_strip import SweepStrip

if TYPE_CHECKING:
    from ...session.library import RunLibrary
    from ...session.run_row import RunRow
    from ...session.session import Session
    from ...session.sweeps import SweepQueue
    from .compare_dialog import CompareDialog
    from .range_test import RangeTestDialog


_HEIGHT_FOR_BOTH = 780  # pixels for plots, a result with its table, and some rows of runs


class ExperimentsView(QWidget):
    """Compares runs, and trains many with a value varied.

    Parameters
    ----------
    session : Session
        Trains the run in view, whose curves are drawn, too.
    library : RunLibrary
        All runs.
    sweeps : SweepQueue
        Trains sweeps.
    config : callable
        Returns the settings at the left, or None if one of them cannot be used.

    Signals
    -------
    opened(object)
        The run in this file is to be shown in the window.
    settings_requested(object)
        This RunConfig is wanted in the settings.
    learning_rate_requested(float)
        This learning rate is wanted in the settings.
    continue_requested(object)
        The run in this file is to go on.
    fork_requested(object, bool)
        A new run is to begin with the weights of this one, the best (True) or the last.
    failed(str), noted(str)
        A sentence: what went wrong, or what was done.
    """

    opened = Signal(object)
    settings_requested = Signal(object)
    learning_rate_requested = Signal(float)
    continue_requested = Signal(object)
    fork_requested = Signal(object, bool)
    failed = Signal(str)
    noted = Signal(str)

    def __init__(
        self,
        session: Session,
        library: RunLibrary,
        sweeps: SweepQueue,
        config: Callable[[], RunConfig | None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("experimentsView")
        self._session = session
        self._library = library
        self._sweeps = sweeps
        self._config = config
        self._scope_wanted = False
        self._range_test: RangeTestDialog | None = None
        self.overlay = Overlay(library)
        self.strip = SweepStrip(sweeps)
        self.table = RunsTable(library)
        self._build()
        self._connect()
        self._on_drawn_changed()

    def shut_down(self) -> None:
        """End what goes on in the background."""
        self._export.shut_down()
        if self._range_test is not None:
            self._range_test.shut_down()
        for dialog in self._comparisons():
            dialog.shut_down()

    # --- building --------------------------------------------------------------------------

    def _build(self) -> None:
        below = QWidget()
        column = QVBoxLayout(below)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACING)
        column.addWidget(self.strip)
        column.addWidget(self.table, 1)
        column.addStretch(0)
        self._splitter = QSplitter(Qt.Orientation.Vertical)
        self._splitter.setHandleWidth(SPACING)
        self._splitter.setChildrenCollapsible(False)
        self._splitter.addWidget(self.overlay)
        self._splitter.addWidget(below)
        self._splitter.setStretchFactor(0, 5)
        self._splitter.setStretchFactor(1, 5)
        self._splitter.setSizes([500, 500])
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.setSpacing(SPACING)
        page.addLayout(self._make_commands())
        page.addWidget(self._splitter, 1)
        self._export = ExportMenu(self._rows_to_export, self._plots, self)
        button = QToolButton()
        button.setObjectName("exportButton")
        button.setText(self.tr("Export"))
        button.setToolTip(
            self.tr("Take the selected runs along, or all that are drawn: report, figure, data.")
        )
        button.setMenu(self._export)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.table.add_control(button)

    def _make_commands(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(SPACING)
        self._new = self._make_button(
            "newSweep",
            self.tr("New sweep…"),
            self.tr(
                "Train the settings at the left again and again with one or two values varied."
            ),
            self._on_new_sweep,
        )
        self._batch = self._make_button(
            "labNoteBatchSize",
            self.tr("Lab note: batch size"),
            self.tr(
                "Six runs with batches of 10 to 500 images at learning rate 0.1, on the data set "
                "at the left."
            ),
            self._on_lab_note_batch_size,
        )
        self._rate = self._make_button(
            "labNoteLearningRate",
            self.tr("Lab note: learning rate"),
            self.tr(
                "Five runs with learning rates from 0.01 to 1 at batch size 20, on the data set "
                "at the left."
            ),
            self._on_lab_note_learning_rate,
        )
        self._range = self._make_button(
            "rangeTest",
            self.tr("Range test…"),
            self.tr(
                "A short training in which the learning rate rises: shows which rates are usable."
            ),
            self._on_range_test,
        )
        self._new.setProperty("primary", True)
        for button in (self._new, self._batch, self._rate, self._range):
            row.addWidget(button)
        row.addStretch(1)
        row.addWidget(self.overlay.controls)
        return row

    def _make_button(self, name: str, text: str, tip: str, slot: Callable[[], None]) -> QToolButton:
        button = QToolButton()
        button.setObjectName(name)
        button.setText(text)
        button.setToolTip(tip)
        button.setMinimumHeight(30)
        button.clicked.connect(slot)
        return button

    def _connect(self) -> None:
        table, sweeps = self.table, self._sweeps
        table.drawn_changed.connect(self._on_drawn_changed)
        table.opened.connect(self.opened)
        table.settings_requested.connect(self.settings_requested)
        table.continue_requested.connect(self.continue_requested)
        table.fork_requested.connect(self.fork_requested)
        table.compare_requested.connect(self._on_compare_requested)
        table.cancel_requested.connect(sweeps.cancel)
        table.move_requested.connect(sweeps.move)
        sweeps.queue_changed.connect(self._on_queue_changed)
        for change in (
            self.strip.result.fold.toggled,
            self.strip.result.closed,
            sweeps.sweep_ended,
        ):
            change.connect(self._arrange)
        self._export.exported.connect(self._on_exported)
        self._export.failed.connect(self.failed)
        self._session.status_changed.connect(self._on_status_changed)

    @Slot()
    def _arrange(self) -> None:
        """Let a sweep's result have the room of the table of runs where both do not fit."""
        result = self.strip.result
        reading = result.isVisibleTo(self) and not result.fold.isChecked()
        self.table.setVisible(self.height() >= _HEIGHT_FOR_BOTH or not reading)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show what fits."""
        super().resizeEvent(event)
        self._arrange()

    # --- curves ----------------------------------------------------------------------------

    @Slot()
    def _on_drawn_changed(self) -> None:
        self.overlay.show_rows(self.table.drawn_rows())

    def _plots(self) -> list[QWidget]:
        return list(self.overlay.plots)

    def _rows_to_export(self) -> list[RunRow]:
        return self.table.selected_rows() or self.table.drawn_rows()

    # --- sweeps ----------------------------------------------------------------------------

    @Slot()
    def _on_lab_note_batch_size(self) -> None:
        self._start_lab_note("lab-note-batch-size")

    @Slot()
    def _on_lab_note_learning_rate(self) -> None:
        self._start_lab_note("lab-note-learning-rate")

    def _start_lab_note(self, name: str) -> None:
        config = self._config()
        if config is not None:
            self._start(SWEEP_PRESETS[name](config.data.dataset))

    @Slot()
    def _on_new_sweep(self) -> None:
        config = self._config()
        if config is None:
            return
        from .sweep_dialog import SweepDialog

        dialog = SweepDialog(config, jobs=self._sweeps.jobs or None, parent=self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.start_requested.connect(self._on_sweep_chosen)
        dialog.open()

    @Slot(object, int)
    def _on_sweep_chosen(self, sweep: Sweep, jobs: int) -> None:
        self._sweeps.jobs = jobs
        self._start(sweep)

    def _start(self, sweep: Sweep) -> None:
        self._scope_wanted = True
        self.strip.result.close_result()
        self._sweeps.start(sweep)

    @Slot()
    def _on_queue_changed(self) -> None:
        """Look at the sweep that has begun, and at nothing else."""
        if not self._scope_wanted or not self._sweeps.entries:
            return
        row = self._library.row(self._sweeps.entries[-1].path)
        if row is not None and row.label.sweep:
            self._scope_wanted = False
            self.table.set_scope(row.label.sweep)

    @Slot(object)
    def _on_status_changed(self, _status: object) -> None:
        self.strip.set_window_trains(self._session.active)

    # --- windows beside --------------------------------------------------------------------

    @Slot()
    def _on_range_test(self) -> None:
        config = self._config()
        if config is None:
            return
        if self._range_test is None:
            from .range_test import RangeTestDialog

            self._range_test = RangeTestDialog(self)
            self._range_test.use_requested.connect(self.learning_rate_requested)
        dataset = self._session.dataset
        if dataset is not None and dataset.name != config.data.dataset:
            dataset = None
        self._range_test.run(config, dataset)

    @Slot(object)
    def _on_compare_requested(self, rows: list[RunRow]) -> None:
        from .compare_dialog import CompareDialog

        for dialog in self._comparisons():
            dialog.close()
        CompareDialog(rows, self._library, self).show()

    def _comparisons(self) -> list[CompareDialog]:
        """Return the open comparison; one that is closing may be there for a moment, too."""
        from .compare_dialog import CompareDialog

        return self.findChildren(CompareDialog)

    @Slot(object)
    def _on_exported(self, path: Path) -> None:
        self.noted.emit(self.tr("Saved as {0}.").format(path))

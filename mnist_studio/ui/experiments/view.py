"""The page Experiments: sweeps above, the curves of many runs, and the table of all runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QHBoxLayout,
    QSplitter,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ...sweeps.sweep import SWEEP_PRESETS, Sweep
from ...training.config import RunConfig
from ..widgets import SPACING
from .command_bar import CommandBar
from .exporting import ExportMenu
from .overlay import Overlay
from .runs_table import RunsTable
from .sweep_strip import SweepStrip

if TYPE_CHECKING:
    from pathlib import Path

    from ...runs.store import RunRecord
    from ...session.library import RunLibrary
    from ...session.run_row import RunRow
    from ...session.session import Session
    from ...session.settings import Settings
    from ...session.sweeps import SweepQueue
    from .compare_dialog import CompareDialog
    from .rate_finder import RangeTestDialog


_SPLITTER, _COLUMNS = "experiments", "runs"  # what is remembered of the layout


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
    remembered : Settings
        Keeps the layout.

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
    failed(str)
        A sentence: what went wrong.
    exported(object)
        Path of what was written.
    result_waits(str)
        The sweep of this name has ended while the user looks at other runs.
    """

    opened = Signal(object)
    settings_requested = Signal(object)
    learning_rate_requested = Signal(float)
    continue_requested = Signal(object)
    fork_requested = Signal(object, bool)
    failed = Signal(str)
    exported = Signal(object)
    result_waits = Signal(str)

    def __init__(
        self,
        session: Session,
        library: RunLibrary,
        sweeps: SweepQueue,
        config: Callable[[], RunConfig | None],
        remembered: Settings,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("experimentsView")
        self._session = session
        self._library = library
        self._sweeps = sweeps
        self._config = config
        self._remembered = remembered
        self._range_test: RangeTestDialog | None = None
        self.overlay = Overlay(library)
        self.strip = SweepStrip(sweeps)
        self.table = RunsTable(library)
        self._build()
        self._connect()
        self._on_drawn_changed()

    def shut_down(self) -> None:
        """Cancel range tests, comparisons and exports, and wait for their threads."""
        self.export_menu.shut_down()
        if self._range_test is not None:
            self._range_test.shut_down()
        for dialog in self._comparisons():
            dialog.shut_down()

    # --- building --------------------------------------------------------------------------

    def _build(self) -> None:
        self._splitter = QSplitter(Qt.Orientation.Vertical)
        self._splitter.setHandleWidth(SPACING)
        self._splitter.setChildrenCollapsible(False)
        self._splitter.addWidget(self.overlay)
        self._splitter.addWidget(self.table)
        for index in range(2):
            self._splitter.setStretchFactor(index, 1)
        self._splitter.setSizes([500, 500])
        self._splitter.restoreState(self._remembered.layout(_SPLITTER))
        self.table.view.arrange(self._remembered.layout(_COLUMNS))
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.setSpacing(SPACING)
        page.addLayout(self._make_header())
        page.addWidget(self.strip)
        page.addWidget(self._splitter, 1)
        self.export_menu = ExportMenu(self.rows_to_export, self._plots, self)
        button = QToolButton()
        button.setObjectName("exportButton")
        button.setText(self.tr("Export"))
        button.setToolTip(
            self.tr("Take the selected runs along, or all that are drawn: report, figure, data.")
        )
        button.setMenu(self.export_menu)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.table.controls.add_control(button)

    def _make_header(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(SPACING)
        row.addWidget(self._make_commands(), 1)
        row.addWidget(self.overlay.controls)
        return row

    def _make_commands(self) -> CommandBar:
        bar = CommandBar()
        bar.setObjectName("sweepCommands")
        bar.add_command(
            "newSweep",
            self.tr("New sweep…"),
            self.tr(
                "Train the settings at the left again and again with one or two values varied."
            ),
            self._on_new_sweep,
        )
        bar.add_command(
            "labNoteBatchSize",
            self.tr("Lab note: batch size"),
            self.tr(
                "Six runs with batches of 10 to 500 images at learning rate 0.1, on the data set "
                "at the left."
            ),
            self._on_lab_note_batch_size,
        )
        bar.add_command(
            "labNoteLearningRate",
            self.tr("Lab note: learning rate"),
            self.tr(
                "Five runs with learning rates from 0.01 to 1 at batch size 20, on the data set "
                "at the left."
            ),
            self._on_lab_note_learning_rate,
        )
        bar.add_command(
            "rangeTest",
            self.tr("Range test…"),
            self.tr(
                "A short training in which the learning rate rises: shows which rates are usable."
            ),
            self._on_range_test,
        )
        return bar

    def _connect(self) -> None:
        commands, sweeps = self.table.commands, self._sweeps
        self.table.drawn_changed.connect(self._on_drawn_changed)
        commands.opened.connect(self.opened)
        commands.settings_requested.connect(self.settings_requested)
        commands.continue_requested.connect(self.continue_requested)
        commands.fork_requested.connect(self.fork_requested)
        commands.compare_requested.connect(self._on_compare_requested)
        commands.cancel_requested.connect(sweeps.cancel)
        commands.move_requested.connect(sweeps.move)
        sweeps.known_changed.connect(self._on_known_changed)
        sweeps.sweep_begun.connect(self._on_sweep_begun)
        sweeps.sweep_ended.connect(self._on_sweep_ended)
        self._splitter.splitterMoved.connect(self._on_splitter_moved)
        self.table.view.columns_arranged.connect(self._on_columns_arranged)
        self._on_known_changed()
        self.export_menu.exported.connect(self.exported)
        self.export_menu.failed.connect(self.failed)
        self._session.status_changed.connect(self._on_status_changed)
        self.strip.set_window_trains(self._session.active)

    @Slot()
    def _on_splitter_moved(self) -> None:
        self._remembered.set_layout(_SPLITTER, self._splitter.saveState())

    @Slot()
    def _on_columns_arranged(self) -> None:
        self._remembered.set_layout(_COLUMNS, self.table.view.arrangement())

    # --- curves ----------------------------------------------------------------------------

    @Slot()
    def _on_drawn_changed(self) -> None:
        # An empty list says itself why it is empty.
        hint = self.table.why_empty() if self.table.proxy.rowCount() else ""
        self.overlay.show_rows(self.table.drawn_rows(), hint)

    def _plots(self) -> list[QWidget]:
        return list(self.overlay.plots)

    def rows_to_export(self) -> list[RunRow]:
        """Return the selected runs, or those that are drawn if none is selected."""
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
        from .sweep_pace import pace_of

        pace = pace_of(config, self._library.rows)
        dialog = SweepDialog(config, pace=pace, jobs=self._sweeps.jobs or None, parent=self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.start_requested.connect(self._on_sweep_chosen)
        dialog.open()

    @Slot(object, int)
    def _on_sweep_chosen(self, sweep: Sweep, jobs: int) -> None:
        self._sweeps.jobs = jobs
        self._start(sweep)

    def _start(self, sweep: Sweep) -> None:
        self._sweeps.start(sweep)

    @Slot()
    def _on_known_changed(self) -> None:
        self.table.set_known(self._sweeps.known)

    @Slot(str)
    def _on_sweep_begun(self, name: str) -> None:
        """Look at the sweep that has begun, and at nothing else."""
        self.table.set_scope(name)
        self.table.show_list()

    @Slot(object, object, object)
    def _on_sweep_ended(self, _sweep: Sweep, _paths: list[Path], records: list[RunRecord]) -> None:
        """Show the result of the sweep that is looked at; other runs are not taken away."""
        if not records:
            return
        name = records[0].label.sweep
        if name == self.table.controls.sweep_name:
            self.table.show_result(name)
        else:
            self.result_waits.emit(name)

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
            from .rate_finder import RangeTestDialog

            self._range_test = RangeTestDialog(self)
            self._range_test.use_requested.connect(self.learning_rate_requested)
        dataset = self._session.data.dataset
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

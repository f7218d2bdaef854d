"""A new sweep: what is varied, for how long each run trains, and how many runs that makes."""

from __future__ import annotations

import dataclasses

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from ...sweeps.sweep import MOST_SEEDS, Budget, Sweep, budget_of
from ...sweeps.workers import usable_cores
from ...training.config import RunConfig, TrainingConfig
from ...training.hyperparameter import ConfigError, Hyperparameter, hyperparameters
from ...training.run_length import train_size_of
from ...training.variation import relevant_values
from .. import theme
from ..describe import describe_run
from ..editors import NumberEditor
from ..labels import label
from ..widgets import SPACING, Card, dim_label, error_label, show_error
from .sweep_pace import Pace
from .sweep_summary import summary
from .sweep_values import SweepValues, sentence

_MOST_JOBS = 64
_USUAL_SECONDS = 30.0
_WIDTH, _EDITOR_WIDTH = 660, 96  # pixels at scale 1


class SweepDialog(QDialog):
    """Asks for a sweep that begins with the current settings.

    Parameters
    ----------
    config : RunConfig
        Everything that is not varied.
    pace : Pace, optional
        How fast these settings train, for the time in the summary.
    jobs : int, optional
        How many runs are trained at once; as many as there are cores by default.

    Signals
    -------
    start_requested(object, int)
        The Sweep, and how many runs are to be trained at once; the dialog is closed then.
    """

    start_requested = Signal(object, int)

    def __init__(
        self,
        config: RunConfig,
        *,
        pace: Pace | None = None,
        jobs: int | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("sweepDialog")
        self.setWindowTitle(self.tr("New sweep"))
        self._config = config
        self._pace = pace
        self._sweep: Sweep | None = None
        self.first = SweepValues("sweepFirst", config, optional=False)
        self.second = SweepValues("sweepSecond", config, optional=True)
        self._make_budget()
        self._make_editors(jobs or usable_cores())
        self._build()
        for part in (self.first, self.second):
            part.changed.connect(self._refresh)
        for editor in (*self._amounts.values(), self.repeat, self.jobs):
            editor.value_changed.connect(self._refresh)
            editor.message_changed.connect(self._refresh)
        self.budget_kind.currentIndexChanged.connect(self._on_kind_chosen)
        self._refresh()
        self.first.name_box.setFocus()

    # --- what was asked for ----------------------------------------------------------------

    def sweep(self) -> Sweep | None:
        """Return the sweep, or None if something cannot be used."""
        return self._sweep

    # --- building --------------------------------------------------------------------------

    def _make_budget(self) -> None:
        budget = budget_of(self._config.training)
        epochs = self._config.training.epochs if budget.kind == "epochs" else 5
        images = epochs * train_size_of(self._config)
        self._amounts = {
            "epochs": NumberEditor("epochs", hyperparameters(TrainingConfig)["epochs"], epochs),
            "images": NumberEditor(
                "images", Hyperparameter(int, 1, 10**9, logarithmic=True), images
            ),
            "seconds": NumberEditor(
                "seconds", Hyperparameter(float, 0.1, 1e6, logarithmic=True), _USUAL_SECONDS
            ),
        }
        kinds = {
            "epochs": self.tr("epochs"),
            "images": self.tr("images"),
            "seconds": self.tr("seconds"),
        }
        self.budget_kind = QComboBox()
        self.budget_kind.setObjectName("sweepBudgetKind")
        self.budget_kind.setAccessibleName(self.tr("Unit of the budget"))
        self.budget_kind.setToolTip(
            self.tr(
                "What is equal for all runs. Images are fair to every batch size; seconds tell "
                "which setting is fastest on this computer."
            )
        )
        self._amount_stack = QStackedWidget()
        for kind, editor in self._amounts.items():
            editor.setObjectName(f"sweepBudget_{kind}")
            editor.setAccessibleName(self.tr("Budget of each run"))
            editor.setToolTip(self.tr("How long each run trains: the same for all."))
            self.budget_kind.addItem(kinds[kind], kind)
            self._amount_stack.addWidget(editor)
        self._amounts[budget.kind].setValue(budget.amount if budget.kind != "epochs" else epochs)
        self.budget_kind.setCurrentIndex(self.budget_kind.findData(budget.kind))
        self._amount_stack.setCurrentWidget(self._amounts[budget.kind])
        height = self._amounts["epochs"].sizeHint().height()
        self._amount_stack.setFixedSize(theme.scaled(_EDITOR_WIDTH), height)

    def _make_editors(self, jobs: int) -> None:
        self.repeat = self._make_number(
            "seeds",
            Hyperparameter(int, 1, MOST_SEEDS),
            1,
            self.tr(
                "How often each setting is trained, each time with another seed. Usual: 3 or more, "
                "to tell differences from chance."
            ),
        )
        self.jobs = self._make_number(
            "runs_at_once",
            Hyperparameter(int, 1, _MOST_JOBS),
            min(jobs, _MOST_JOBS),
            self.tr("How many runs are trained at the same time. Usual: one for each core."),
        )
        self.title_line = QLineEdit()
        self.title_line.setObjectName("sweepTitle")
        self.title_line.setAccessibleName(self.tr("Title"))
        self.title_line.setAcceptDrops(False)
        self.title_line.setTextMargins(-2, 0, -2, 0)
        self.title_line.setToolTip(
            self.tr("What the sweep is called, in the table and in reports; may be left out.")
        )
        self.title_line.textChanged.connect(self._refresh)

    def _make_number(
        self, name: str, declaration: Hyperparameter, value: int, tip: str
    ) -> NumberEditor:
        editor = NumberEditor(name, declaration, value)
        editor.setObjectName(f"sweep_{name}")
        editor.setToolTip(tip)
        editor.setFixedWidth(theme.scaled(_EDITOR_WIDTH))
        return editor

    def _build(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2 * SPACING, 2 * SPACING, 2 * SPACING, 2 * SPACING)
        layout.setSpacing(SPACING + SPACING // 2)
        # Not the dialog's minimum, which would hold where a wide typeface needs more.
        layout.addStrut(theme.scaled(_WIDTH) - 4 * SPACING)
        base = dim_label(
            self.tr("Every run begins with the current settings: {0}.").format(
                describe_run(self._config, None)
            )
        )
        base.setWordWrap(True)
        layout.addWidget(base)
        vary = Card(self.tr("Vary"))
        vary.body.addWidget(self.first)
        vary.body.addWidget(self.second)
        layout.addWidget(vary)
        layout.addWidget(self._make_run_card())
        self._summary = QLabel()
        self._summary.setObjectName("sweepSummary")
        self._summary.setWordWrap(True)
        self._summary.setMinimumHeight(self._summary.fontMetrics().lineSpacing())
        layout.addWidget(self._summary)
        self._error = error_label()
        self._error.setObjectName("sweepError")
        layout.addWidget(self._error)
        layout.addStretch(1)
        layout.addLayout(self._make_buttons())

    def _make_run_card(self) -> Card:
        card = Card(self.tr("Each run"))
        grid = QGridLayout()
        grid.setHorizontalSpacing(SPACING)
        grid.setVerticalSpacing(SPACING)
        grid.setColumnMinimumWidth(0, self.first.name_box.width())
        grid.setColumnStretch(3, 1)
        rows: tuple[tuple[str, QWidget, QWidget | None], ...] = (
            (self.tr("Trains for"), self._amount_stack, self.budget_kind),
            (self.tr("Seeds"), self.repeat, None),
            (self.tr("Runs at once"), self.jobs, None),
        )
        for row, (text, editor, unit) in enumerate(rows):
            caption = QLabel(text)
            caption.setBuddy(editor)
            grid.addWidget(caption, row, 0)
            grid.addWidget(editor, row, 1)
            if unit is not None:
                grid.addWidget(unit, row, 2)
        title = QLabel(self.tr("Title"))
        title.setBuddy(self.title_line)
        grid.addWidget(title, len(rows), 0)
        grid.addWidget(self.title_line, len(rows), 1, 1, 3)
        card.body.addLayout(grid)
        return card

    def _make_buttons(self) -> QHBoxLayout:
        cancel = QPushButton(self.tr("Cancel"))
        cancel.setObjectName("sweepCancel")
        cancel.setAutoDefault(False)
        cancel.setToolTip(self.tr("Close without training anything."))
        cancel.clicked.connect(self.reject)
        self._start = QPushButton(self.tr("Start"))
        self._start.setObjectName("sweepStart")
        self._start.setProperty("primary", True)
        self._start.setDefault(True)
        self._start.setMinimumWidth(theme.scaled(_EDITOR_WIDTH))
        self._start.setToolTip(self.tr("Queue these runs; the window stays usable."))
        self._start.clicked.connect(self._on_start)
        row = QHBoxLayout()
        row.setSpacing(SPACING)
        row.addStretch(1)
        row.addWidget(cancel)
        row.addWidget(self._start)
        return row

    # --- what happens ----------------------------------------------------------------------

    @Slot()
    def _on_kind_chosen(self) -> None:
        self._amount_stack.setCurrentWidget(self._amounts[self._kind])
        self._refresh()

    @property
    def _kind(self) -> str:
        return str(self.budget_kind.currentData())

    @Slot()
    def _refresh(self) -> None:
        """Work out the sweep anew; say what it is, or what is wrong."""
        self._sweep = None
        editors = (self._amounts[self._kind], self.repeat, self.jobs)
        message = next((editor.message for editor in editors if editor.message), "")
        chosen = [part for part in (self.first, self.second) if part.name]
        self.title_line.setPlaceholderText(_title(chosen))
        if not message and all(part.values for part in chosen):
            try:
                self._sweep = self._make_sweep(chosen)
            except ConfigError as error:
                message = sentence(error, error.field_name)
        if self._sweep is not None and (idle := self._idle(self._sweep)):
            message, self._sweep = idle, None
        show_error(self._error, message)
        self._summary.setText(
            "" if self._sweep is None else summary(self._sweep, self.jobs.value(), self._pace)
        )
        self._start.setEnabled(self._sweep is not None)

    def _make_sweep(self, chosen: list[SweepValues]) -> Sweep:
        return Sweep(
            self.title_line.text().strip() or _title(chosen),
            dataclasses.replace(self._config),
            tuple((part.name, part.values) for part in chosen),
            self.repeat.value(),
            Budget(self._kind, self._amounts[self._kind].value()),
        )

    def _idle(self, sweep: Sweep) -> str:
        """Return a sentence if a hyperparameter has no effect in any run."""
        configs = sweep.configs()
        for name in sweep.names:
            if not any(name in relevant_values(config) for config in configs):
                return self.tr("{0} has no effect with these settings; vary another one.").format(
                    label(name)
                )
        return ""

    @Slot()
    def _on_start(self) -> None:
        if self._sweep is not None:
            self.accept()
            self.start_requested.emit(self._sweep, self.jobs.value())


def _title(chosen: list[SweepValues]) -> str:
    """Return what the sweep is called unless the user has a better title."""
    return " × ".join(label(part.name) for part in chosen)

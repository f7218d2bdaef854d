"""The learning-rate range test: a small window beside the main one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from ...session.rate_finder import RangeTest
from ...training.config import RunConfig, TrainingConfig
from ...training.hyperparameter import hyperparameters
from ...training.rate_finder import PEAK, PEAKS, suggest
from .. import theme
from ..describe import describe_failure
from ..editors import NumberEditor
from ..labels import label, value_text
from ..widgets import (
    SPACING,
    dim_label,
    error_label,
    fit_screen,
    keep_room,
    lines_height,
    show_error,
)
from .rate_finder_plot import RangeTestPlot, rate_text

if TYPE_CHECKING:
    from ...data.dataset import Dataset
    from ...session.rate_finder import RangeCurve
    from ...training.status import Failure

_LOWEST_PLOT = 200  # pixels at scale 1


class RangeTestDialog(QDialog):
    """Runs the test for some settings and offers the learning rate that it finds.

    It leaves the main window usable. Its owner calls :meth:`shut_down` before the program ends.

    Attributes
    ----------
    plot : RangeTestPlot
        What has been measured.
    test : RangeTest
        Measures it in a thread of its own.

    Signals
    -------
    use_requested(float)
        The user wants this learning rate in the settings.
    """

    use_requested = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("rangeTestDialog")
        self.setWindowTitle(self.tr("Learning-rate range test"))
        self._config = RunConfig()
        self._dataset: Dataset | None = None
        self._folder: Path | None = None
        self._curve: RangeCurve | None = None
        self.test = RangeTest(self)
        self.test.advanced.connect(self._on_advanced)
        self.test.failed.connect(self._on_failed)
        self.test.ended.connect(self._on_ended)
        self._build()
        self.resize(theme.scaled(760), theme.scaled(540))
        fit_screen(self)

    # --- building --------------------------------------------------------------------------

    def _build(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2 * SPACING, 2 * SPACING, 2 * SPACING, 2 * SPACING)
        layout.setSpacing(SPACING)
        self._title = QLabel()
        self._title.setObjectName("rangeTestTitle")
        layout.addWidget(self._title)
        explanation = dim_label(
            self.tr(
                "The learning rate rises with every batch: as long as it is too small the loss "
                "stays, then it falls, then it rises or explodes. Nothing of this is kept."
            )
        )
        explanation.setWordWrap(True)
        layout.addWidget(explanation)
        self.plot = RangeTestPlot()
        self.plot.rate_picked.connect(self._on_rate_picked)
        self.plot.setMinimumHeight(theme.scaled(_LOWEST_PLOT))
        layout.addWidget(self.plot, 1)
        self._bar = QProgressBar()
        self._bar.setObjectName("rangeTestProgress")
        self._bar.setTextVisible(False)
        self._bar.setFixedHeight(4)
        self._bar.setAccessibleName(self.tr("Progress of the range test"))
        keep_room(self._bar)
        layout.addWidget(self._bar)
        self._result = QLabel()
        self._result.setObjectName("rangeTestResult")
        self._result.setWordWrap(True)
        # Two lines, whatever the sentence: the plot must not jump when it comes.
        self._result.setMinimumHeight(lines_height(self._result.fontMetrics(), 2))
        self._result.setAlignment(Qt.AlignmentFlag.AlignTop)
        layout.addWidget(self._result)
        self._error = error_label()
        self._error.setObjectName("rangeTestError")
        layout.addWidget(self._error)
        layout.addLayout(self._make_buttons())

    def _make_buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(SPACING)
        self._again = QPushButton()
        self._again.setObjectName("rangeTestAgain")
        self._again.setAutoDefault(False)
        self._again.clicked.connect(self._on_again)
        caption = QLabel(label("learning_rate"))
        declaration = hyperparameters(TrainingConfig)["learning_rate"]
        self.editor = NumberEditor("rangeTestRate", declaration, 0.1)
        self.editor.setAccessibleName(label("learning_rate"))
        self.editor.setToolTip(
            self.tr("The learning rate to use: the suggested one, the one clicked at, or another.")
        )
        self.editor.setFixedWidth(theme.scaled(96))
        self.editor.value_changed.connect(self._on_rate_edited)
        self.editor.message_changed.connect(self._on_message_changed)
        caption.setBuddy(self.editor)
        self._use = QPushButton()
        self._use.setObjectName("rangeTestUse")
        self._use.setProperty("primary", True)
        self._use.setDefault(True)
        self._use.setToolTip(self.tr("Put this learning rate into the settings."))
        self._use.clicked.connect(self._on_use)
        row.addWidget(self._again)
        row.addStretch(1)
        row.addWidget(caption)
        row.addWidget(self.editor)
        # The field beside it stays where it is while a rate is written; not by a minimum of the
        # button's own, which would hold where larger text needs more.
        use = QVBoxLayout()
        use.addStrut(theme.scaled(120))
        use.addWidget(self._use)
        row.addLayout(use)
        return row

    # --- commands --------------------------------------------------------------------------

    def run(
        self, config: RunConfig, dataset: Dataset | None = None, folder: Path | None = None
    ) -> None:
        """Show the window and test these settings.

        Parameters
        ----------
        config : RunConfig
            What is to be trained later.
        dataset : Dataset, optional
            Its data set, if it is loaded already.
        folder : Path, optional
            Where to load it from, if not from its usual place.
        """
        self._config, self._dataset, self._folder = config, dataset, folder
        training = config.training
        self._title.setText(
            self.tr("{0} on {1}, {2}, batch {3}").format(
                "-".join(map(str, config.model.sizes)),
                value_text("dataset", config.data.dataset),
                value_text("optimizer", training.optimizer),
                training.batch_size,
            )
        )
        self.editor.setValue(training.learning_rate)
        self._curve = None
        self.plot.clear(PEAKS.get(training.optimizer, PEAK))
        show_error(self._error, "")
        self._bar.setValue(0)
        self.test.start(config, dataset, folder)
        self._result.setText(self.tr("Testing …"))
        self._refresh()
        self.show()
        self.activateWindow()

    def shut_down(self) -> None:
        """End the test and its thread, and close."""
        self.test.shut_down()
        self.hide()

    def reject(self) -> None:
        """Close and cancel the test."""
        self.test.cancel()
        super().reject()

    # --- what happens ----------------------------------------------------------------------

    @Slot(object)
    def _on_advanced(self, curve: RangeCurve) -> None:
        self._bar.setMaximum(curve.steps)
        self._bar.setValue(len(curve.rates))
        self._curve = curve
        self.plot.show_curve(curve)
        if curve.ended:
            self._show_suggestion(curve)

    def _show_suggestion(self, curve: RangeCurve) -> None:
        suggestion = suggest(curve.rates, curve.losses, curve.steps)
        self.plot.show_suggestion(suggestion)
        if suggestion is None:
            self._result.setText(
                self.tr(
                    "The loss did not fall at any learning rate in so few batches, so nothing is "
                    "suggested. Another initialization or larger batches may help."
                )
            )
            return
        self._result.setText(
            self.tr(
                "From about {0} to {1} (shaded) the loss falls. {2} is a good learning rate to "
                "begin with; click in the plot for another one."
            ).format(
                rate_text(suggestion.low), rate_text(suggestion.high), rate_text(suggestion.best)
            )
        )
        self.editor.setValue(suggestion.best)
        self.plot.show_picked(suggestion.best)

    @Slot(object)
    def _on_failed(self, failure: Failure) -> None:
        show_error(self._error, describe_failure(failure))

    @Slot()
    def _on_ended(self) -> None:
        if self._curve is None or not self._curve.ended:
            self._result.setText("")
        self._refresh()
        if self._use.isEnabled() and self.isActiveWindow():
            self._use.setFocus()

    @Slot(float)
    def _on_rate_picked(self, rate: float) -> None:
        if not self.test.running:
            low, high = (hyperparameters(TrainingConfig)["learning_rate"].minimum, PEAK)
            assert low is not None
            self.editor.setValue(min(max(rate, low), high))
            self._on_rate_edited()

    @Slot()
    def _on_rate_edited(self) -> None:
        self.plot.show_picked(self.editor.value())
        self._refresh()

    @Slot(str)
    def _on_message_changed(self, message: str) -> None:
        show_error(self._error, message)
        self._refresh()

    @Slot()
    def _on_again(self) -> None:
        if self.test.running:
            self.test.cancel()
        else:
            self.run(self._config, self._dataset, self._folder)

    @Slot()
    def _on_use(self) -> None:
        if not self.editor.check():
            self.use_requested.emit(self.editor.value())

    def _refresh(self) -> None:
        running = self.test.running
        self._bar.setVisible(running)
        self._again.setText(self.tr("Cancel") if running else self.tr("Test again"))
        self._again.setToolTip(
            self.tr("End the test now.") if running else self.tr("Test the same settings again.")
        )
        self._use.setText(self.tr("Use {0}").format(rate_text(self.editor.value())))
        self._use.setEnabled(not running and not self.editor.message)
        self.editor.setEnabled(not running)

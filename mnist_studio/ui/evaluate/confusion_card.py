"""What is taken for what: the confusion matrix, live."""

from __future__ import annotations

import math

from PySide6.QtCore import Signal, Slot

from ...data.registry import DATASETS
from ...insight.confusion import Confusion, confusion_of, counted_epoch, over_epochs, scale_of
from ...report.sheet import Sheet
from ...session.live_answers import LiveAnswers
from ...session.session import Session
from ...training.parts import Part
from ..choice_button import ChoiceButton
from ..confusion_layout import Cell, Group
from ..confusion_text import describe_cell, describe_matrix
from ..confusion_view import RIGHT, WRONG, ConfusionView, Figures
from ..describe import describe_whose
from ..live_card import LiveCard
from ..plots.plot_controls import quiet_button
from ..redraw_clock import RedrawClock
from ..widgets import Caption
from .captions import describe_followed
from .cell_trend import CellTrend


class ConfusionCard(LiveCard):
    """The matrix of the answers, which images are counted, and what the cells say.

    Parameters
    ----------
    clock : RedrawClock
        Redraws it.
    answers : LiveAnswers
        What is counted.
    session : Session
        Whose run has recorded what was counted after every epoch.

    Signals
    -------
    group_chosen(object)
        As :class:`ConfusionView` tells it.
    """

    group_chosen = Signal(object)

    def __init__(self, clock: RedrawClock, answers: LiveAnswers, session: Session) -> None:
        super().__init__(clock, self._draw, self.tr("Confusion"))
        self._answers = answers
        self._session = session
        self.setObjectName("confusionCard")
        self._pointed: Cell | None = None
        self._followed: Group = (None, None)
        self.view: ConfusionView | None = None
        self._build()

    def _build(self) -> None:
        parts = {Part.VALIDATION: self.tr("validation"), Part.TEST: self.tr("test")}
        self._part = ChoiceButton(parts, self._answers.part, "{0} ▾")
        self._part.setObjectName("partButton")
        self._part.setToolTip(
            self.tr(
                "Which images are counted: those by which settings are chosen, or those by which "
                "the result is measured."
            )
        )
        self._part.chosen.connect(self._answers.choose)
        figures = {
            Figures.COUNTS: self.tr("counts"),
            Figures.OF_TRUE: self.tr("% of true"),
            Figures.OF_ANSWERED: self.tr("% of answers"),
        }
        self._figures = ChoiceButton(figures, Figures.COUNTS, "{0} ▾")
        self._figures.setObjectName("figuresButton")
        self._figures.setToolTip(self.tr("What the cells say."))
        self._figures.chosen.connect(self._on_figures_chosen)
        for button in (self._part, self._figures):
            button.setProperty("narrow", True)
            self.header.addWidget(quiet_button(button))
        self.header.setSpacing(2)  # or they do not fit into a narrow window
        self.caption = Caption(2, fixed=True)  # nothing jumps while the pointer moves
        self.caption.setObjectName("confusionCaption")
        self.body.addWidget(self.caption)
        self.trend = CellTrend()
        self.word = Caption(2, fixed=True)  # as high as what it stands for
        self.word.setText(
            self.tr(
                "Who chooses settings after looking at the test images no longer measures by them."
            )
        )
        self.word.setObjectName("testWord")
        self.word.hide()
        self.body.addWidget(self.trend)
        self.body.addWidget(self.word)
        self._session.epoch_ended.connect(self.turn.mark_dirty)

    def select(self, group: Group | None) -> None:
        """Frame what was chosen, and follow it over the epochs."""
        self._followed = group or (None, None)
        if self.view is not None:
            self.view.select(group)
            self._follow(self.view.matrix.names)

    def sheet(self) -> Sheet | None:
        """Return the counts, a row for each true class, with its recall, precision and F1."""
        if self.view is None:
            return None
        matrix = self.view.matrix
        columns = (f"taken_for_{name}" for name in matrix.names)
        figures = (matrix.recall, matrix.precision, matrix.f1)
        counts, *measures = (each.tolist() for each in (matrix.counts, *figures))
        rows = [
            [name, *taken, *measured]
            for name, taken, *measured in zip(matrix.names, counts, *measures, strict=True)
        ]
        return Sheet(["true_class", *columns, "recall", "precision", "f1"], rows)

    def _draw(self) -> None:
        part = self._answers.answered
        matrix = confusion_of(part.answers, part.dataset.class_names) if part else self.recorded()
        if matrix is None:
            return
        if self.view is None:
            self.view = ConfusionView(matrix, margins=True)
            self.view.cell_pointed.connect(self._on_cell_pointed)
            self.view.group_chosen.connect(self.group_chosen)
            self.body.insertWidget(1, self.view, 1)
        self.view.set_matrix(matrix, scale_of([matrix], self.view.figures.share))
        self._describe(matrix)
        self._follow(matrix.names)

    def recorded(self) -> Confusion | None:
        """Return the matrix that the run in view has recorded with its weights, if any.

        It is what can be shown where the images are not at hand.
        """
        run = self._session.run
        if run is None or run.bundled or self._answers.part is not Part.VALIDATION:
            return None
        epoch = counted_epoch(run.history, run.newest.step)
        if epoch is None:
            return None
        counts = run.history.confusions[:, :, epoch].astype("int64")
        return Confusion(counts, DATASETS[run.config.data.dataset].class_names)

    def _follow(self, names: tuple[str, ...]) -> None:
        """Show what became of the chosen cell, else of all mistakes."""
        true, predicted = self._followed
        run, counts, marked = self._session.run, [], None
        validated = self._answers.part is Part.VALIDATION
        self.trend.setVisible(validated)
        self.word.setVisible(not validated)
        # What came along counted other images than those that it is looked at with.
        if run is not None and validated and not run.bundled:
            counts = over_epochs(run.history.confusions, true, predicted).tolist()
            shown = run.recalled or run.newest
            marked = None if shown.edited else counted_epoch(run.history, shown.step)
        token = RIGHT if true is not None and true == predicted else WRONG
        self.trend.show_counts(describe_followed(self._followed, names), counts, token, marked)

    @Slot(object)
    def _on_figures_chosen(self, figures: Figures) -> None:
        if self.view is not None:
            self.view.set_figures(figures, scale_of([self.view.matrix], figures.share))

    @Slot(object)
    def _on_cell_pointed(self, cell: Cell | None) -> None:
        assert self.view is not None
        self._pointed = cell
        self.view.mark(cell)
        self._describe(self.view.matrix)

    def _describe(self, matrix: Confusion) -> None:
        """Say what is pointed at, else sum up the whole; it follows the training."""
        part = self._answers.answered
        if part is not None and not math.isfinite(part.answers.logits.sum()):
            text = self.tr("No answers: the network's weights are no numbers any more.")
        elif not matrix.total:
            text = self.tr("No image was set aside for validation: choose the test images.")
        elif self._pointed is None:
            text = describe_matrix(matrix)
        else:
            text = describe_cell(matrix, *self._pointed)
        self.caption.setText(describe_whose(self._session.run) + text[:1].upper() + text[1:])

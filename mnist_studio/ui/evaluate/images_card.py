"""The images behind the figures: a gallery of those that were chosen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QToolButton

from ...insight.choice import Choice, Order, answered, choose
from ...number_text import grouped
from ...report.sheet import Sheet, Value
from ...session.live_answers import LiveAnswers
from ...training.parts import AnsweredPart, Part
from ..choice_button import ChoiceButton
from ..confusion_layout import Group
from ..found_images import FoundImages
from ..live_card import LiveCard
from ..plots.plot_controls import quiet_button
from ..redraw_clock import RedrawClock
from ..widgets import ElidedLabel, keep_room
from .captions import describe_group, short_group
from .gallery import Gallery


class ImagesCard(LiveCard):
    """A gallery, what is in it, and in which order.

    Parameters
    ----------
    clock : RedrawClock
        Redraws it.
    answers : LiveAnswers
        What is shown.

    Attributes
    ----------
    gallery : Gallery
        The images.

    Signals
    -------
    group_dropped
        The user wants to see all classes again.
    """

    group_dropped = Signal()

    def __init__(self, clock: RedrawClock, answers: LiveAnswers) -> None:
        super().__init__(clock, self._draw, self.tr("Images"))
        self._answers = answers
        self.setObjectName("imagesCard")
        self._group: Group | None = None
        self._found: FoundImages | None = None
        self._right: bool | None = False
        self._order = Order.LOSS
        self.gallery = Gallery()
        self._build()
        answers.changed.connect(self._on_answers_changed)

    def _build(self) -> None:
        self._chip = QToolButton()
        self._chip.setObjectName("groupChip")
        self._chip.setProperty("telling", True)
        self._chip.clicked.connect(self.group_dropped)
        self._count = ElidedLabel()
        self._count.setProperty("role", "dim")
        self._count.setObjectName("galleryCount")
        verdicts = {None: self.tr("all"), False: self.tr("mistakes"), True: self.tr("recognized")}
        self._verdict = ChoiceButton(verdicts, self._right, "{0} ▾")
        self._verdict.setObjectName("verdictButton")
        self._verdict.setToolTip(self.tr("Which answers are shown."))
        self._verdict.chosen.connect(self._on_verdict_chosen)
        keep_room(self._verdict)
        orders = {
            Order.LOSS: self.tr("by loss"),
            Order.PROBABILITY: self.tr("by certainty"),
            Order.IMAGE: self.tr("by number"),
        }
        self._order_button = ChoiceButton(orders, self._order, "{0} ▾")
        self._order_button.setObjectName("orderButton")
        self._order_button.setToolTip(
            self.tr(
                "What comes first: the largest cross-entropy loss, the answer that the network "
                "is surest of, or the lowest number in the data set."
            )
        )
        self._order_button.chosen.connect(self._on_order_chosen)
        for button in (self._verdict, self._order_button):
            button.setProperty("narrow", True)
            self.header.addWidget(quiet_button(button))
        self._chip.hide()
        row = QHBoxLayout()
        row.addWidget(self._chip)
        row.addWidget(self._count, 1)
        # The row is as high without its button.
        row.addStrut(self._chip.sizeHint().height())
        self.body.addLayout(row)
        self.body.addWidget(self.gallery, 1)

    def sheet(self) -> Sheet | None:
        """Return what is said of each image, as they are ordered."""
        part, rows = self.gallery.images.part, self.gallery.images.rows
        if part is None or rows is None:
            return None
        columns = ("set", "image", "true_class", "predicted_class", "probability", "loss")
        return Sheet(columns, _said(part, rows))

    @property
    def found(self) -> FoundImages | None:
        """What is shown that was found elsewhere."""
        return self._found

    def show_group(self, group: Group | None) -> None:
        """Show the images of a cell, a row or a column of the matrix; of all without."""
        self._show(group, None)

    def show_found(self, found: FoundImages) -> None:
        """Show images that were found elsewhere, until others are chosen."""
        self._show(None, found)

    def _show(self, group: Group | None, found: FoundImages | None) -> None:
        self._group, self._found = group, found
        # A cell is right or wrong as a whole, and what was found is shown whole.
        whole = found is not None or (group is not None and None not in group)
        self._verdict.setVisible(not whole)
        self.turn.redraw()
        self.gallery.forget_hidden()

    @Slot()
    def _on_answers_changed(self) -> None:
        if self._answers.answered is None and self._found is not None:
            self._show(None, None)  # it was found of another run, or of other images

    @Slot(object)
    def _on_verdict_chosen(self, right: bool | None) -> None:
        self._right = right
        self.turn.redraw()
        self.gallery.forget_hidden()

    @Slot(object)
    def _on_order_chosen(self, order: Order) -> None:
        self._order = order
        self.turn.redraw()

    def _draw(self) -> None:
        part = self._answers.answered
        if self._found is not None:
            self._draw_found(self._found)
            return
        self._chip.setVisible(self._group is not None and part is not None)
        if part is None:
            return  # the next answers are on their way: nothing scrolls away until then
        true, predicted = self._group or (None, None)
        right = None if None not in (true, predicted) else self._right
        rows = choose(part.answers, Choice(true, predicted, right), self._order)
        self.gallery.show_rows(part, rows)
        self._count.setText(self._describe(len(rows), part.part))
        if self._group is not None:
            names = part.dataset.class_names
            self._chip.setText(f"{short_group(self._group, names)}  ✕")
            self._chip.setToolTip(
                self.tr("{0}. Click to show all classes again.").format(
                    describe_group(self._group, names)
                )
            )

    def _draw_found(self, found: FoundImages) -> None:
        self._chip.setVisible(True)
        self._chip.setText(f"{found.text}  ✕")
        self._chip.setToolTip(self.tr("Click to show all classes again."))
        rows = choose(found.part.answers, Choice(), self._order)
        rows = rows[np.isin(rows, found.rows)]
        if found.tally is not None:  # what is wrong most often comes first
            rows = rows[np.argsort(-found.tally.wrong[rows], kind="stable")]
        self.gallery.show_rows(found.part, rows, found.tally)
        self._count.setText(self._count_of(len(rows), found.part.part))

    def _count_of(self, count: int, part: Part) -> str:
        if part is Part.TEST:
            text = self.tr("one test image") if count == 1 else self.tr("{0} test images")
        elif count == 1:
            text = self.tr("one validation image")
        else:
            text = self.tr("{0} validation images")
        return text.format(grouped(count))

    def _describe(self, count: int, part: Part) -> str:
        if self._group is not None:
            return self._count_of(count, part)
        number = grouped(count)
        if self._right is False:
            return self.tr("{0} mistakes. Click a cell for its images.").format(number)
        return self.tr("{0} images. Click a cell for its own.").format(number)


def _said(part: AnsweredPart, rows: npt.NDArray[np.intp]) -> Iterator[Sequence[Value]]:
    """Yield the rows of a sheet; validation images are numbered among the training images."""
    of, names = ("test" if part.part is Part.TEST else "train"), part.dataset.class_names
    for image, label, predicted, probability, loss in answered(part.answers, rows):
        yield of, image, names[label], names[predicted], probability, loss

"""A drawing merely shrunk beside the same one prepared like MNIST's digits, over the pad."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import QFont, QFontMetrics, QHideEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from ...number_text import certainty
from .. import theme
from .image import ink_on_paper
from .pad import SketchPad
from .pad_overlay import PadOverlay

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

_GAP = 8


class Prepared(NamedTuple):
    """An image that the network was asked about.

    Attributes
    ----------
    pixels : ndarray of uint8, shape (28, 28)
        As the network gets it.
    answer : int
        The likeliest class.
    probability : float
        Of that.
    """

    pixels: npt.NDArray[np.uint8]
    answer: int
    probability: float


class PreparationView(PadOverlay):
    """Two pictures of the same drawing with the network's answers, and a button for each step.

    Attributes
    ----------
    steps : QWidget
        The buttons, at the pad's lower edge.

    Signals
    -------
    steps_chosen()
        Other steps are wanted.
    """

    steps_chosen = Signal()

    def __init__(self, pad: SketchPad) -> None:
        super().__init__(pad)
        self.setObjectName("preparationView")
        self._shown: tuple[Prepared, Prepared] | None = None
        self._names: Sequence[str] = ()
        self._usual = True  # whether it is prepared by all steps
        # Beside the pictures and not on them, since these let the mouse through.
        self.steps = QWidget(self.parentWidget())
        self.steps.setCursor(Qt.CursorShape.ArrowCursor)
        self.steps.hide()
        texts = {
            "aspect": (
                self.tr("aspect"),
                self.tr(
                    "Scale width and height alike, but a wide drawing somewhat narrower, or else "
                    "each until it fills the box."
                ),
            ),
            "box": (
                self.tr("box"),
                self.tr("Scale the drawing to 20x20 pixels, or else leave it as large as it is."),
            ),
            "center": (
                self.tr("center"),
                self.tr("Move the drawing's center of mass to the middle."),
            ),
            "pen": (
                self.tr("pen"),
                self.tr(
                    "Draw with MNIST's pen at the final size, or else let the pen shrink and grow "
                    "with the drawing."
                ),
            ),
        }
        row = QHBoxLayout(self.steps)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        self._buttons = {name: self._button(name, *text) for name, text in texts.items()}
        row.addStretch(1)
        for button in self._buttons.values():
            row.addWidget(button)
            row.addStretch(1)
        self.hide()

    def _button(self, name: str, text: str, tip: str) -> QToolButton:
        button = QToolButton()
        button.setObjectName(f"{name}Step")
        button.setText(text)
        button.setToolTip(tip)
        button.setCheckable(True)
        button.setChecked(True)
        button.setProperty("quiet", True)
        button.setProperty("compact", True)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(self._on_step_clicked)
        return button

    @property
    def chosen(self) -> tuple[bool, bool, bool, bool]:
        """Whether aspect, box, center and pen are wanted."""
        aspect, box, center, pen = (button.isChecked() for button in self._buttons.values())
        return aspect, box, center, pen

    @property
    def shown(self) -> tuple[Prepared, Prepared] | None:
        """What is painted: merely shrunk, and prepared by the chosen steps."""
        return self._shown

    def show_both(
        self, both: tuple[Prepared, Prepared], names: Sequence[str], *, steps: bool
    ) -> None:
        """Lay this over the pad.

        Parameters
        ----------
        both : tuple of Prepared
            Merely shrunk, and prepared by the chosen steps.
        names : sequence of str
            Of the classes.
        steps : bool
            Whether the steps can be chosen, which those of a picture cannot.
        """
        self._shown, self._names = both, names
        self._usual = not steps or all(self.chosen)
        self._buttons["aspect"].setEnabled(self._buttons["box"].isChecked())
        shrunk, prepared = (names[each.answer] for each in both)
        self.lay_over(
            self.tr("Merely shrunk, it is taken for {0}; prepared, for {1}").format(
                shrunk, prepared
            )
        )
        self.steps.setVisible(steps)
        self.steps.raise_()

    def cover(self, room: QRect) -> None:
        """Take this room, the last line of it for the buttons."""
        super().cover(room)
        room.setTop(room.bottom() + 1 - self.steps.sizeHint().height())
        self.steps.setGeometry(room)

    def hideEvent(self, event: QHideEvent) -> None:
        """Let the buttons go, too."""
        super().hideEvent(event)
        self.steps.hide()

    @Slot()
    def _on_step_clicked(self) -> None:
        self.steps_chosen.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint both pictures side by side, each with a caption and its answer."""
        if self._shown is None:
            return
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.color("surface"))
        captions = (
            self.tr("merely shrunk"),
            self.tr("like MNIST's") if self._usual else self.tr("by these steps"),
        )
        half, height = self.width() // 2, self.height() - self.steps.height()
        for number, (each, caption) in enumerate(zip(self._shown, captions, strict=True)):
            column = QRect(number * half, 0, half, height).adjusted(_GAP // 2, 0, 0, 0)
            self._paint_one(painter, column.adjusted(0, 0, -_GAP // 2, 0), each, caption)

    def _paint_one(self, painter: QPainter, room: QRect, each: Prepared, caption: str) -> None:
        line = self.fontMetrics().height() + 2
        large = theme.number_font(20, QFont.Weight.Bold)
        widest = certainty(1.0, 1)
        answer = QSize(self.fontMetrics().horizontalAdvance(widest), QFontMetrics(large).height())
        below = min(room.width(), room.height() - 2 * line - answer.height())
        beside = min(room.width() - answer.width() - _GAP, room.height() - line)
        side = max(below, beside)
        picture = QRect(0, 0, side, side)
        text = QRect(0, 0, room.width(), answer.height() + line)
        if below >= beside:
            height = side + line + text.height()
            picture.moveTo(room.center().x() - side // 2, room.center().y() - height // 2 + line)
            text.moveTo(room.left(), picture.bottom() + 1)
        else:
            picture.moveTo(room.left(), room.center().y() - (side + line) // 2 + line)
            text.setWidth(room.width() - side - _GAP)
            text.moveTo(picture.right() + _GAP, picture.center().y() - text.height() // 2)
        painter.setFont(self.font())
        painter.setPen(theme.color("dim"))
        above = QRect(room.left(), picture.top() - line, room.width(), line)
        self._paint_text(painter, above, caption)
        image = ink_on_paper(each.pixels, theme.color("ink"), theme.color("paper"))
        painter.drawImage(picture, image)
        painter.setPen(theme.color("line"))
        painter.drawRect(picture.adjusted(0, 0, -1, -1))
        painter.setPen(theme.color("dim"))
        self._paint_text(
            painter, text.adjusted(0, answer.height(), 0, 0), certainty(each.probability, 1)
        )
        assert self._shown is not None
        same = each.answer == self._shown[1].answer
        painter.setPen(theme.text_color("accent" if same else "series_2"))
        painter.setFont(large)
        self._paint_text(painter, text.adjusted(0, 0, 0, -line), self._names[each.answer])

    def _paint_text(self, painter: QPainter, place: QRect, text: str) -> None:
        shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, place.width())
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, shown)

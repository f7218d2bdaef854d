"""The images of a batch in a line, of which one is chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QHelpEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from ...data.registry import SIDE
from ...number_text import grouped
from .. import theme
from ..focus_frame import FocusFrame
from ..sketch.image import ink_on_paper

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    import numpy.typing as npt

_GAP = 4
_REST = 44  # pixels of "+ 108"
_STEPS = {
    Qt.Key.Key_Left: -1,
    Qt.Key.Key_Right: 1,
    Qt.Key.Key_Up: -1,
    Qt.Key.Key_Down: 1,
}


class BatchStrip(QWidget):
    """As many images as fit; arrow keys and wheel reach the others.

    Signals
    -------
    chosen(int)
        The user wants to look at this image of the batch.
    """

    chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("batchStrip")
        self.setAccessibleName(self.tr("Images of the batch"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        FocusFrame(self)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._count = 0
        self._pixels: npt.NDArray[np.uint8] | None = None
        self._pictures = QImage()  # all of them, one below the other
        self._look: theme.Theme | None = None  # that they are painted in
        self._tips: Sequence[str] = ()
        self._current = 0
        self._first = 0  # the image at the left
        theme.notifier().changed.connect(self.update)

    def show_images(
        self, images: npt.NDArray[np.uint8] | None, tips: Sequence[str], current: int
    ) -> None:
        """Show images, shape (n, 784), with what is known of each."""
        self._pixels, self._tips, self._current = images, tips, current
        self._count = 0 if images is None else len(images)
        self._look = None
        self._bring_into_sight()
        if 0 <= current < len(tips):
            self.setAccessibleDescription(tips[current])
        self.update()

    def _room(self) -> int:
        """Return how many images fit."""
        every = SIDE + _GAP
        if self._count * every <= self.width():
            return self._count
        return max(1, (self.width() - _REST) // every)

    def _bring_into_sight(self) -> None:
        room = self._room()
        self._first = min(self._first, self._current, max(0, self._count - room))
        self._first = max(self._first, self._current - room + 1)

    def image_rect(self, image: int) -> QRect:
        """Return where an image of the batch is."""
        return QRect((image - self._first) * (SIDE + _GAP), 1, SIDE, SIDE)

    def _image_at(self, place: QPoint) -> int:
        shown = range(self._first, min(self._first + self._room(), self._count))
        return next((each for each in shown if self.image_rect(each).contains(place)), -1)

    def sizeHint(self) -> QSize:
        """Ask for the height of an image."""
        return QSize(6 * SIDE, SIDE + 2)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the image under the pointer."""
        image = self._image_at(event.position().toPoint())
        if event.button() == Qt.MouseButton.LeftButton and image >= 0:
            self.chosen.emit(image)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose the image before or after."""
        step = _STEPS.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        elif 0 <= self._current + step < self._count:
            self.chosen.emit(self._current + step)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Show images further on."""
        delta = event.angleDelta().y() or event.angleDelta().x()
        furthest = max(0, self._count - self._room())
        self._first = min(max(0, self._first - (delta > 0) + (delta < 0)), furthest)
        self.update()

    def event(self, event: QEvent) -> bool:
        """Say what is known of the image under the pointer."""
        if isinstance(event, QHelpEvent):
            image = self._image_at(event.pos())
            if image >= 0:
                QToolTip.showText(event.globalPos(), self._tips[image], self)
                return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint what fits, and how many do not."""
        if self._pixels is None:
            return
        if self._look is not theme.current():
            ink, paper = theme.color("ink"), theme.color("paper")
            self._pictures = ink_on_paper(self._pixels.reshape(-1, SIDE), ink, paper)
            self._look = theme.current()
        painter = QPainter(self)
        last = min(self._first + self._room(), self._count)
        for image in range(self._first, last):
            rect = self.image_rect(image)
            painter.drawImage(rect, self._pictures, QRect(0, image * SIDE, SIDE, SIDE))
            painter.setPen(theme.color("accent" if image == self._current else "line"))
            painter.drawRect(rect.adjusted(0, 0, -1, -1))
            if image == self._current:
                painter.drawRect(rect.adjusted(-1, -1, 0, 0))
        if last - self._first < self._count:
            painter.setPen(theme.color("dim"))
            painter.setFont(theme.number_font(8.5))
            left = self.image_rect(last).left() + 2
            rest = QRect(left, 0, self.width() - left, self.height())
            text = f"+ {grouped(self._count - last + self._first)}"
            painter.drawText(rest, Qt.AlignmentFlag.AlignVCenter, text)

"""28x28 pixels as large as there is room for."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ...data.registry import SIDE
from .. import theme


class PixelPicture(QWidget):
    """Paints an image square, in the theme's colors.

    Parameters
    ----------
    name : str
        Says what it is, for whoever cannot see it.
    """

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self._paint: Callable[[], QImage] | None = None
        theme.notifier().changed.connect(self.update)

    def show_image(self, paint: Callable[[], QImage] | None) -> None:
        """Show what `paint` returns, which is called whenever it has to be painted."""
        self._paint = paint
        self.update()

    def heightForWidth(self, width: int) -> int:
        """Ask for a square."""
        return width

    def minimumSizeHint(self) -> QSize:
        """Return the size at which a pixel is a pixel."""
        return QSize(SIDE, SIDE)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the image in the middle, with a line around it."""
        painter = QPainter(self)
        side = min(self.width(), self.height())
        place = QRect((self.width() - side) // 2, (self.height() - side) // 2, side, side)
        if self._paint is None:
            painter.fillRect(place, theme.color("raised"))
        else:
            painter.drawImage(place, self._paint())
        painter.setPen(theme.color("line"))
        painter.drawRect(place.adjusted(0, 0, -1, -1))

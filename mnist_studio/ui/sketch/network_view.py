"""The 28x28 pixels that the network gets, enlarged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from ...data.registry import SIDE
from .. import theme
from .image import ink_on_paper

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class NetworkView(QWidget):
    """Shows each pixel as a crisp square; only paper if there is nothing to see."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pixels: NDArray[np.uint8] | None = None
        self.enlarge(3)
        self.setAccessibleName(self.tr("What the network sees"))
        self.setToolTip(
            self.tr(
                "The drawing as the network gets it: 28x28 pixels, scaled and centered like "
                "MNIST's digits."
            )
        )
        theme.notifier().changed.connect(self.update)

    @property
    def pixels(self) -> NDArray[np.uint8] | None:
        """The pixels shown, uint8 of shape (28, 28), or None."""
        return self._pixels

    def set_pixels(self, pixels: NDArray[np.uint8] | None) -> None:
        """Show `pixels`, uint8 of shape (28, 28), where 255 is ink."""
        self._pixels = pixels
        self.update()

    def enlarge(self, times: int) -> None:
        """Show each pixel `times` as large, a whole number so that all are equal."""
        self.setFixedSize(SIDE * times + 2, SIDE * times + 2)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the pixels in a thin frame."""
        painter = QPainter(self)
        paper = theme.color("paper")
        painter.fillRect(self.rect(), paper)
        if self._pixels is not None:
            image = ink_on_paper(self._pixels, theme.color("ink"), paper)
            painter.drawImage(self.rect().adjusted(1, 1, -1, -1), image)
        painter.setPen(QPen(theme.color("line"), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))

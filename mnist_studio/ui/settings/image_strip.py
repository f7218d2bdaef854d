"""A row of small images."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ...data.registry import SIDE
from .. import theme
from ..sketch.image import ink_on_paper

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class ImageStrip(QWidget):
    """Shows images of 28x28 pixels side by side; a click or Enter shows others."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._samples: tuple[NDArray[np.uint8], ...] = ()
        self._images: list[QImage] = []
        theme.notifier().changed.connect(self._on_theme_changed)

    # --- what is shown ---------------------------------------------------------------------

    @property
    def samples(self) -> Sequence[NDArray[np.uint8]]:
        """The images shown, uint8 of shape (28, 28)."""
        return self._samples

    def show_images(self, samples: Sequence[NDArray[np.uint8]]) -> None:
        """Show other images, uint8 of shape (28, 28)."""
        self._samples = tuple(samples)
        self._on_theme_changed()

    def show_others(self) -> None:
        """Show other images of the same kind."""
        raise NotImplementedError

    # --- painting --------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        """Ask for the height of an image."""
        side = theme.scaled(SIDE)
        return QSize(8 * side, side)

    def minimumSizeHint(self) -> QSize:
        """Return the least width in which the images can be told apart."""
        return QSize(160, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the images, and a frame around all while focused."""
        painter = QPainter(self)
        if self._images:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            # The nearest neighbor would drop or double whole rows of a stroke.
            uneven = round(self.cell().width() * self.devicePixelRatioF()) % SIDE != 0
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, uneven)
            # One sheet of paper under all, or gaps between device pixels would show as seams.
            last = self.cell(len(self._images) - 1)
            painter.fillRect(QRectF(0, 0, last.right(), last.height()), theme.color("paper"))
            for index, image in enumerate(self._images):
                painter.drawImage(self.cell(index), image)
        if self.hasFocus():
            painter.setPen(theme.color("accent"))
            painter.drawRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))

    def cell(self, index: int = 0) -> QRectF:
        """Return an image's square; its edges lie on device pixels, or it would blur."""
        ratio = self.devicePixelRatioF()
        count = max(len(self._images), 1)
        side = min(float(theme.scaled(SIDE)), int(self.width() * ratio / count) / ratio)
        spare = (self.width() - side * count) / max(count - 1, 1)
        left = int(index * (side + spare) * ratio) / ratio
        return QRectF(left, 0, side, side)

    def _on_theme_changed(self) -> None:
        ink, paper = theme.color("ink"), theme.color("paper")
        self._images = [ink_on_paper(sample, ink, paper) for sample in self._samples]
        self.update()

    # --- events ----------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Show other images."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.show_others()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Show other images by Enter; Space stays the window's."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.show_others()
        else:
            super().keyPressEvent(event)

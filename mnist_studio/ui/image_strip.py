"""A row of small images with their labels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QEvent, QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from . import theme
from .sketch.image import ink_on_paper

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

_SIDE = 44  # pixels of an image
_GAP = 6
_POINTS = 8.0  # of a label


class NamedImage(NamedTuple):
    """An image with its label.

    Attributes
    ----------
    pixels : ndarray of uint8, shape (28, 28)
    name : str
        Of its class.
    same : bool
        Whether that is what was to be expected.
    tip : str
        All that is known.
    """

    pixels: npt.NDArray[np.uint8]
    name: str
    same: bool
    tip: str


class ImageStrip(QWidget):
    """Images in a row, as many as fit, with their labels.

    Parameters
    ----------
    name : str
        Says what they are, for whoever cannot see them.
    """

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self._images: Sequence[NamedImage] = ()
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        theme.notifier().changed.connect(self.update)

    @property
    def images(self) -> Sequence[NamedImage]:
        """What it shows, as far as there is room."""
        return self._images

    def set_images(self, images: Sequence[NamedImage]) -> None:
        """Show these images."""
        self._images = images
        self.setAccessibleName(f"{self._name}: {', '.join(each.name for each in images)}")
        self.update()

    def sizeHint(self) -> QSize:
        """Ask for the height of an image and a line."""
        return QSize(4 * _SIDE, _SIDE + QFontMetrics(theme.number_font(_POINTS)).height() + 2)

    def _place(self, position: int) -> QRect:
        return QRect(position * (_SIDE + _GAP), 0, _SIDE, _SIDE)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint what fits."""
        painter = QPainter(self)
        painter.setFont(theme.number_font(_POINTS))
        for position, each in enumerate(self._images):
            place = self._place(position)
            if place.right() > self.width():
                break
            ink, paper = theme.color("ink"), theme.color("paper")
            painter.drawImage(place, ink_on_paper(each.pixels, ink, paper))
            painter.setPen(theme.color("line"))
            painter.drawRect(place.adjusted(0, 0, -1, -1))
            painter.setPen(theme.text_color("dim" if each.same else "series_2"))
            caption = place.translated(0, _SIDE + 1)
            caption.setHeight(painter.fontMetrics().height())
            name = painter.fontMetrics().elidedText(each.name, Qt.TextElideMode.ElideRight, _SIDE)
            painter.drawText(caption, Qt.AlignmentFlag.AlignCenter, name)

    def event(self, event: QEvent) -> bool:
        """Say all that is known of the image under the pointer."""
        if isinstance(event, QHelpEvent):
            for position, each in enumerate(self._images):
                if self._place(position).contains(event.pos()):
                    QToolTip.showText(event.globalPos(), each.tip, self)
                    return True
        return super().event(event)

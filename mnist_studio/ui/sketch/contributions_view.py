"""What each pixel on the pad adds to a logit, laid over the pad."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent

from .. import theme
from ..diverging import diverging_image, levels_of
from .pad import SketchPad
from .pad_overlay import PadOverlay

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from ...insight.contributions import Contributions

_FRAME = 4  # pixels of the pad's frame with its round corners
_MARGIN = 6  # pixels beside the sentence
_WIDER = 1.6  # times as wide as the pad is what has room for the sentence beside the picture


class ContributionsView(PadOverlay):
    """Shows the terms of a sum as a picture, with a sentence on how they add up."""

    def __init__(self, pad: SketchPad) -> None:
        super().__init__(pad)
        self._pad = pad
        pad.installEventFilter(self)
        self.setObjectName("contributionsView")
        self._levels: npt.NDArray[np.uint8] | None = None
        self.hide()

    @property
    def levels(self) -> npt.NDArray[np.uint8] | None:
        """What is painted, as :func:`.diverging.levels_of` gives it."""
        return self._levels

    def show_answer(self, found: Contributions, sentence: str) -> None:
        """Lay this over the pad."""
        self._levels = levels_of(found.pixels[None], own=True)[0]
        self.lay_over(sentence)

    def room(self) -> QRect:
        """Return the inside of the pad's frame; all around it where that is much wider."""
        pad, around = self._pad.geometry(), super().room()
        if around.width() >= _WIDER * pad.width():
            return around
        return pad.adjusted(_FRAME, _FRAME, -_FRAME, -_FRAME)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the picture, and the sentence below it or beside it, where that is larger."""
        if self._levels is None:
            return
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.color("surface"))
        sentence, wrap = self.accessibleName(), Qt.TextFlag.TextWordWrap
        picture, place = self._below(painter.fontMetrics(), sentence)
        beside = self._beside(painter.fontMetrics(), sentence)
        align = Qt.AlignmentFlag.AlignHCenter
        if beside is not None and beside[0].width() > picture.width():
            (picture, place), align = beside, Qt.AlignmentFlag.AlignVCenter
        painter.drawImage(picture, diverging_image(self._levels))
        painter.setPen(theme.color("dim"))
        painter.drawText(place, wrap | align, sentence)

    def _below(self, metrics: QFontMetrics, sentence: str) -> tuple[QRect, QRect]:
        """Return the places of picture and sentence, one below the other."""
        width = self.width() - 2 * _MARGIN
        height = _height(metrics, sentence, width)
        side = min(self.width(), self.height() - height - 8)
        picture = QRect((self.width() - side) // 2, 0, side, side)
        return picture, QRect(_MARGIN, side + 2, width, height + 4)

    def _beside(self, metrics: QFontMetrics, sentence: str) -> tuple[QRect, QRect] | None:
        """Return the places side by side; None where the sentence would be too high."""
        side = self.height()
        place = QRect(side + _MARGIN, 0, self.width() - side - 2 * _MARGIN, side)
        if place.width() <= 0 or _height(metrics, sentence, place.width()) > side:
            return None
        return QRect(0, 0, side, side), place


def _height(metrics: QFontMetrics, sentence: str, width: int) -> int:
    """Return the height of a sentence in lines of a width."""
    return metrics.boundingRect(QRect(0, 0, width, 1), Qt.TextFlag.TextWordWrap, sentence).height()

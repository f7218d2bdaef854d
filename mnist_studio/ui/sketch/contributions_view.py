"""What each pixel on the pad adds to a logit, laid over the pad."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QPainter, QPaintEvent

from .. import theme
from ..diverging import diverging_image, levels_of
from .pad import SketchPad
from .pad_overlay import PadOverlay

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from ...insight.contributions import Contributions


class ContributionsView(PadOverlay):
    """Shows the terms of a sum as a picture, with a sentence on how they add up."""

    def __init__(self, pad: SketchPad) -> None:
        super().__init__(pad)
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

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the picture, and the sentence at its lower edge."""
        if self._levels is None:
            return
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.color("surface"))
        metrics = painter.fontMetrics()
        lines = QRect(0, 0, self.width() - 12, self.height())
        wrap = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignHCenter
        sentence = self.accessibleName()
        text = metrics.boundingRect(lines, wrap, sentence)
        side = min(self.width(), self.height() - text.height() - 8)
        picture = QRect((self.width() - side) // 2, 0, side, side)
        painter.drawImage(picture, diverging_image(self._levels))
        painter.setPen(theme.color("dim"))
        place = QRect(6, side + 2, self.width() - 12, text.height() + 4)
        painter.drawText(place, wrap, sentence)

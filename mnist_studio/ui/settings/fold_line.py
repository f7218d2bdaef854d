"""The line of a group of settings: closed it says their values, a click unfolds them."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from .. import theme
from ..fold_button import FoldButton

_EDGE = 2  # left and right of the text
_ARROW = 22
_GAP = 12


class FoldLine(FoldButton):
    """A group's name and, while it is closed, a few words on what is in it.

    The words never make the line wider: what does not fit is cut off, and told by the tooltip.

    Parameters
    ----------
    caption : str
        The group's name.
    content : QWidget
        As of a :class:`FoldButton`.
    """

    def __init__(self, caption: str, content: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(content, parent)
        self.setProperty("foldLine", True)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setText(caption)
        self._summary = ""

    @property
    def summary(self) -> str:
        """What the line says of its content while it is closed."""
        return self._summary

    def show_summary(self, summary: str) -> None:
        """Say something else of what is in the group."""
        self._summary = summary
        self.setAccessibleDescription(summary)
        self.setToolTip(summary)
        self.update()

    def sizeHint(self) -> QSize:
        """Ask for the height of a line of text with room to hit it."""
        return QSize(0, self.fontMetrics().height() + theme.scaled(14))

    def minimumSizeHint(self) -> QSize:
        """Return the same: the width is the column's."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint name, summary and arrow below a hairline."""
        super().paintEvent(event)
        painter = QPainter(self)
        if not self.hasFocus():  # or it would cut off the frame that shows the focus
            painter.setPen(QPen(theme.color("line"), 0))  # one pixel of any screen
            painter.drawLine(0, 0, self.width(), 0)
        if self.isChecked():
            return
        metrics = self.fontMetrics()
        left = _EDGE + metrics.horizontalAdvance(self.text()) + _GAP
        room = QRectF(left, 0, self.width() - theme.scaled(_ARROW) - left, self.height())
        painter.setPen(theme.color("dim"))
        painter.drawText(
            room,
            Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight,
            metrics.elidedText(self._summary, Qt.TextElideMode.ElideRight, int(room.width())),
        )

"""A button that unfolds what is below it."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QPushButton, QWidget

from . import theme

_HALF = 3.2  # of an arrow's longer side, in pixels at scale 1, as the next
_ARROW = 18


class FoldButton(QPushButton):
    """Shows a word on what is folded and an arrow: to the right while closed, down while open.

    Parameters
    ----------
    content : QWidget
        What is folded; hidden at first.

    Attributes
    ----------
    content : QWidget
        As given.
    """

    def __init__(self, content: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.content = content
        self.setProperty("fold", True)
        self.setCheckable(True)
        # A click must not take Space away from Train.
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        content.hide()
        self.toggled.connect(content.setVisible)

    def sizeHint(self) -> QSize:
        """Ask for room for the arrow behind the text, too."""
        return super().sizeHint() + QSize(theme.scaled(_ARROW), 0)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Unfold by Enter as well as by Space."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the arrow over the button, sharp at any scale of the screen."""
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = QPen(theme.color("dim"), 1.3, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        scale = theme.scale()
        painter.translate(self.width() - 11.5 * scale, self.height() / 2)
        painter.scale(scale, scale)
        if self.isChecked():
            painter.rotate(90)
        tip = _HALF / 2
        painter.drawPolyline(
            QPolygonF([QPointF(-tip, -_HALF), QPointF(tip, 0), QPointF(-tip, _HALF)])
        )

"""A button that looks like an editor and unfolds what is below it."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QPushButton, QWidget

from . import theme


class FoldButton(QPushButton):
    """Shows a word on what is folded and an arrow that says which way a click goes.

    Parameters
    ----------
    content : QWidget
        What is folded; hidden at first.
    """

    def __init__(self, content: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("fold", True)
        self.setCheckable(True)
        # A click must not take Space away from Train.
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        content.hide()
        self.toggled.connect(content.setVisible)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the arrow over the button, sharp at any scale of the screen."""
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = QPen(theme.color("dim"), 1.3, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        x, y = self.width() - 11.5, self.height() / 2
        bend = -1.6 if self.isChecked() else 1.6
        painter.drawPolyline(
            QPolygonF(
                [QPointF(x - 3.2, y - bend), QPointF(x, y + bend), QPointF(x + 3.2, y - bend)]
            )
        )

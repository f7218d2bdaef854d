"""A thin line at the pointer and a small table of the values there."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QFont, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from .. import theme

_PADDING = 8
_DASH = 10
_OFFSET = 12


class Row(NamedTuple):
    """One line of the table: a color token (or none), what it is, and its value."""

    color: str
    text: str
    value: str


class CrossLine(QWidget):
    """A vertical line of one pixel, as a widget of its own: moving it repaints two columns."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Fill itself."""
        QPainter(self).fillRect(self.rect(), theme.color("dim"))


class Readout(QWidget):
    """The values at the pointer."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._rows: tuple[Row, ...] = ()
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFont(theme.number_font(9, QFont.Weight.Normal))
        self.hide()

    @property
    def rows(self) -> tuple[Row, ...]:
        """What it shows."""
        return self._rows

    def show_rows(self, rows: tuple[Row, ...], pointer: QPoint, area: QRect) -> None:
        """Show `rows` beside the pointer, on whichever side of it there is room."""
        if rows != self._rows:
            self._rows = rows
            self.resize(self.sizeHint())
            self.update()
        x = pointer.x() + _OFFSET
        if x + self.width() > area.right():
            x = pointer.x() - _OFFSET - self.width()
        self.move(max(area.left(), x), area.top() + 4)
        self.show()

    def sizeHint(self) -> QSize:
        """Return the room for the widest row."""
        metrics = self.fontMetrics()
        names = max((metrics.horizontalAdvance(row.text) for row in self._rows), default=0)
        values = max((metrics.horizontalAdvance(row.value) for row in self._rows), default=0)
        width = 2 * _PADDING + _DASH + 6 + names + (14 + values if values else 0)
        return QSize(width, 2 * _PADDING + len(self._rows) * self._line_height() - 2)

    def _line_height(self) -> int:
        return self.fontMetrics().height() + 2

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the table on a raised surface."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.color("line"), 1))
        painter.setBrush(theme.color("raised"))
        painter.drawRoundedRect(self.rect().toRectF().adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        line = self._line_height()
        inner = self.width() - 2 * _PADDING
        for position, row in enumerate(self._rows):
            rect = QRect(_PADDING, _PADDING + position * line - 1, inner, line)
            if row.color:
                painter.fillRect(rect.left(), rect.center().y(), _DASH, 2, theme.color(row.color))
                rect.setLeft(rect.left() + _DASH + 6)
            painter.setPen(theme.color("dim"))
            painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter, row.text)
            painter.setPen(theme.color("text"))
            painter.drawText(
                rect, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, row.value
            )

"""A thin line at the pointer and a small table of the values there."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from PySide6.QtCore import QObject, QPoint, QPointF, QRect, QSize, Qt, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from .. import theme
from .graph import Graph

_PADDING = 8
_DASH = 10
_OFFSET = 12
_BETWEEN = 14  # pixels between two columns
_TOP = 4  # pixels above the table


class Row(NamedTuple):
    """One line of the table: a color token (or none), what it is, and one or two values."""

    color: str
    text: str
    value: str
    second: str = ""


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
        theme.NumberFont(self, 9)
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
        x = pointer.x() + theme.scaled(_OFFSET)
        if x + self.width() > area.right():
            x = pointer.x() - theme.scaled(_OFFSET) - self.width()
        self.move(max(area.left(), x), area.top() + _TOP)
        self.show()

    def sizeHint(self) -> QSize:
        """Return the room for the widest row."""
        names = self._widest([row.text for row in self._rows])
        width = 2 * theme.scaled(_PADDING) + theme.scaled(_DASH) + 6 + names
        for column in self._value_widths():
            width += theme.scaled(_BETWEEN) + column if column else 0
        return QSize(width, 2 * theme.scaled(_PADDING) + len(self._rows) * self._line_height() - 2)

    def capacity(self, height: int) -> int:
        """Return how many rows fit into an area of this height."""
        return (height - 2 * _TOP - 2 * theme.scaled(_PADDING) + 2) // self._line_height()

    def _value_widths(self) -> tuple[int, int]:
        return (
            self._widest([row.value for row in self._rows]),
            self._widest([row.second for row in self._rows]),
        )

    def _widest(self, texts: list[str]) -> int:
        metrics = self.fontMetrics()
        return max((metrics.horizontalAdvance(text) for text in texts), default=0)

    def _line_height(self) -> int:
        return self.fontMetrics().height() + 2

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the table on what the curves are drawn on, too: so their colors stand out."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.color("line"), 1))
        painter.setBrush(theme.color("surface"))
        painter.drawRoundedRect(self.rect().toRectF().adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        line = self._line_height()
        inner = self.width() - 2 * theme.scaled(_PADDING)
        second = self._value_widths()[1]
        first_end = inner - (second + theme.scaled(_BETWEEN) if second else 0)
        for position, row in enumerate(self._rows):
            rect = QRect(
                theme.scaled(_PADDING), theme.scaled(_PADDING) + position * line - 1, inner, line
            )
            ends = (QRect(rect.topLeft(), QSize(first_end, line)), QRect(rect))
            if row.color:
                painter.fillRect(
                    rect.left(), rect.center().y(), theme.scaled(_DASH), 2, theme.color(row.color)
                )
                rect.setLeft(rect.left() + theme.scaled(_DASH) + 6)
            painter.setPen(theme.color("dim"))
            painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter, row.text)
            painter.setPen(theme.color("text" if row.color or not row.second else "dim"))
            for end, text in zip(ends, (row.value, row.second), strict=True):
                painter.drawText(
                    end, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, text
                )


class Pointer(QObject):
    """Where the mouse is on a graph: a line there, and what can be read there.

    Parameters
    ----------
    graph : Graph
        Says where the mouse is.
    read : callable
        Takes plot coordinates and for how many rows there is room; returns the x coordinate that
        the rows belong to and these, or None where nothing can be read.

    Attributes
    ----------
    readout : Readout
        The values.
    """

    def __init__(
        self,
        graph: Graph,
        read: Callable[[float, float, int], tuple[float, tuple[Row, ...]] | None],
    ) -> None:
        super().__init__(graph)
        self._graph = graph
        self._read = read
        self._place: QPointF | None = None
        self._line = CrossLine(graph)
        self.readout = Readout(graph)
        graph.hovered.connect(self._on_hovered)
        graph.hover_ended.connect(self.leave)

    @Slot()
    def leave(self) -> None:
        """Read nothing until the mouse moves."""
        self._place = None
        self._line.hide()
        self.readout.hide()

    def refresh(self) -> None:
        """Read again, since something else is drawn."""
        if self._place is not None:
            self._on_hovered(self._place)

    @Slot(QPointF)
    def _on_hovered(self, point: QPointF) -> None:
        self._place = point
        graph, area = self._graph, self._graph.area()
        found = None
        if area.contains(point.toPoint()):
            place = graph.position_at(point)
            found = self._read(place.x(), place.y(), self.readout.capacity(area.height()))
        column = -1 if found is None else graph.pixel_of(found[0])
        if found is None or not area.left() <= column <= area.right():
            self._line.hide()
            self.readout.hide()
            return
        self._line.setGeometry(column, area.top(), 1, area.height())
        self._line.show()
        self.readout.show_rows(found[1], point.toPoint(), area)

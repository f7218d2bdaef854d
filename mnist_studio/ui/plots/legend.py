"""What the curves of a plot mean, in one or two lines."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from .. import theme

_DASH = 10
_GAP = 6
_BETWEEN = 14
_LONGEST = 200  # pixels of a name
_DOT = 3  # radius
_VERTICALLY_CENTERED = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft


class Entry(NamedTuple):
    """A curve's color (a token of the theme) and name, and whether it has dots."""

    color: str
    text: str
    dots: bool = False


class Legend(QWidget):
    """A short dash and a name for each curve; what does not fit is counted.

    Painted rather than made of labels: it costs the header no layout work and never pushes it.

    Parameters
    ----------
    lines : int
        How many lines it may have; it has as many as it needs.

    Signals
    -------
    entry_hovered(int)
        The pointer is on this entry; -1 when it is on none.
    """

    entry_hovered = Signal(int)

    def __init__(self, lines: int = 1, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lines = lines
        self._entries: tuple[Entry, ...] = ()
        self._places: list[QRect] = []
        self._hovered = -1
        self.setMouseTracking(lines > 1)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        theme.notifier().changed.connect(self._arrange)

    @property
    def entries(self) -> tuple[Entry, ...]:
        """What it shows."""
        return self._entries

    def set_entries(self, entries: tuple[Entry, ...]) -> None:
        """Show these curves."""
        if entries != self._entries:
            self._entries = entries
            self.setAccessibleName(", ".join(each.text for each in entries))
            self._set_hovered(-1)
            self._arrange()

    def place_of(self, index: int) -> QRect | None:
        """Return where an entry is, or None if there is no room for it."""
        return self._places[index] if index < len(self._places) else None

    def sizeHint(self) -> QSize:
        """Return as many lines as are needed; the width is whatever is left over."""
        return QSize(0, self._needed_lines() * self._line_height())

    # --- where the entries are -------------------------------------------------------------

    def _line_height(self) -> int:
        return self.fontMetrics().height() + (3 if self._lines > 1 else 0)

    def _needed_lines(self) -> int:
        bottom = max((place.bottom() for place in self._places), default=0)
        return bottom // self._line_height() + 1

    def _arrange(self) -> None:
        """Put as many entries as fit in lines from the left, leaving room to count the others."""
        before = self._needed_lines()
        count = len(self._entries)
        self._places = self._fitting(count, 0)
        if len(self._places) < count:
            self._places = self._fitting(count, self._width_of(self._more(count)) + _GAP)
        if self._needed_lines() != before:
            self.updateGeometry()
        self.update()

    def _fitting(self, count: int, reserved: int) -> list[QRect]:
        places: list[QRect] = []
        x = line = 0
        for entry in self._entries[:count]:
            width = _DASH + _GAP + self._width_of(self._shown(entry.text))
            if x and x + width > self.width() - reserved * (line == self._lines - 1):
                x, line = 0, line + 1
            room = self.width() - reserved * (line == self._lines - 1)
            if line == self._lines or x + width > room:
                break
            height = self._line_height()
            places.append(QRect(x, line * height, width, height))
            x += width + _BETWEEN
        return places

    def _shown(self, text: str) -> str:
        return self.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, _LONGEST)

    def _width_of(self, text: str) -> int:
        return self.fontMetrics().horizontalAdvance(text)

    def _more(self, count: int) -> str:
        return f"… +{count}"

    # --- Qt --------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Arrange the entries in the new width."""
        super().resizeEvent(event)
        self._arrange()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the entries."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        # A single line is centered in whatever height the header gives it.
        down = max(0, (self.height() - self._needed_lines() * self._line_height()) // 2)
        end = QPoint(0, 0)
        for index, (entry, place) in enumerate(zip(self._entries, self._places, strict=False)):
            rect = place.translated(0, down)
            middle = rect.center().y()
            color = theme.color(entry.color)
            painter.fillRect(rect.x(), middle, _DASH, 1 if entry.dots else 2, color)
            if entry.dots:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(color)
                painter.drawEllipse(QPoint(rect.x() + _DASH // 2, middle), _DOT, _DOT)
            painter.setPen(theme.color("text" if index == self._hovered else "dim"))
            text = rect.adjusted(_DASH + _GAP, 0, 1, 0)
            painter.drawText(text, _VERTICALLY_CENTERED, self._shown(entry.text))
            end = rect.topRight() + QPoint(_BETWEEN, 0)
        missing = len(self._entries) - len(self._places)
        if missing:
            painter.setPen(theme.color("dim"))
            rest = QRect(end.x(), end.y() or down, self.width() - end.x(), self._line_height())
            painter.drawText(rest, _VERTICALLY_CENTERED, self._more(missing))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell which entry the pointer is on."""
        point = event.position().toPoint()
        found = (index for index, place in enumerate(self._places) if place.contains(point))
        self._set_hovered(next(found, -1))

    def leaveEvent(self, event: QEvent) -> None:
        """Tell that it is on none."""
        super().leaveEvent(event)
        self._set_hovered(-1)

    def _set_hovered(self, index: int) -> None:
        if index != self._hovered:
            self._hovered = index
            self.entry_hovered.emit(index)
            self.update()

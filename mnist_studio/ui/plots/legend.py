"""What the curves of a plot mean, in one line of its header."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from .. import theme

_DASH = 10
_GAP = 6
_BETWEEN = 14
_VERTICALLY_CENTERED = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft


class Entry(NamedTuple):
    """A curve's color (a token of the theme) and name."""

    color: str
    text: str


class Legend(QWidget):
    """A short dash and a name for each curve; what does not fit is left out.

    Painted rather than made of labels: it costs the header no layout work and never pushes it.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._entries: tuple[Entry, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        theme.notifier().changed.connect(self.update)

    def set_entries(self, entries: tuple[Entry, ...]) -> None:
        """Show these curves."""
        if entries != self._entries:
            self._entries = entries
            self.setAccessibleName(", ".join(each.text for each in entries))
            self.update()

    def sizeHint(self) -> QSize:
        """Return one line; the width is whatever is left over."""
        return QSize(0, self.fontMetrics().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the entries from the left as far as they fit."""
        painter = QPainter(self)
        metrics = self.fontMetrics()
        x, middle = 0, self.height() // 2
        for position, entry in enumerate(self._entries):
            width = metrics.horizontalAdvance(entry.text)
            end = x + _DASH + _GAP + width
            more = "" if position == len(self._entries) - 1 else "…"
            room = self.width() - (metrics.horizontalAdvance(more) + _GAP if more else 0)
            if end > room:
                painter.setPen(theme.color("dim"))
                painter.drawText(
                    QRect(x, 0, self.width() - x, self.height()), _VERTICALLY_CENTERED, "…"
                )
                break
            painter.fillRect(x, middle - 1, _DASH, 2, theme.color(entry.color))
            painter.setPen(theme.color("dim"))
            text = QRect(x + _DASH + _GAP, 0, width + 1, self.height())
            painter.drawText(text, _VERTICALLY_CENTERED, entry.text)
            x = end + _BETWEEN

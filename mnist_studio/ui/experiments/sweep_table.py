"""A small table of results as papers print them: three rules, no grid, numbers to the right."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QEvent, QRect, QSize, Qt, Slot
from PySide6.QtGui import QFont, QFontMetrics, QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from .. import theme

_ROW_HEIGHT = 24
_GAP, _LEAST_GAP = 28, 12  # pixels between two columns
_POINTS = 10.0


class TableColumn(NamedTuple):
    """A heading, and whether what is below it are numbers."""

    heading: str
    numeric: bool


class ResultTable(QWidget):
    """Paints rows of texts; one row may be marked as the best.

    Attributes
    ----------
    columns, rows, best
        As :meth:`set_table` was told.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("resultTable")
        self.columns: tuple[TableColumn, ...] = ()
        self.rows: tuple[tuple[str, ...], ...] = ()
        self._tips: tuple[str, ...] = ()
        self.best: int | None = None
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        theme.notifier().changed.connect(self._on_theme_changed)

    def set_table(
        self,
        columns: tuple[TableColumn, ...],
        rows: tuple[tuple[str, ...], ...],
        tips: tuple[str, ...],
        best: int | None,
    ) -> None:
        """Show another table.

        Parameters
        ----------
        columns : tuple of TableColumn
        rows : tuple of tuple of str
            As many texts in each as there are columns.
        tips : tuple of str
            What a tooltip says of each row.
        best : int, optional
            The index of the row to mark.
        """
        self.columns, self.rows, self._tips, self.best = columns, rows, tips, best
        self._on_theme_changed()

    @Slot()
    def _on_theme_changed(self) -> None:
        self.setMinimumSize(self._size(_LEAST_GAP))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Return the room for the widest text of each column."""
        return self._size(_GAP)

    def _size(self, gap: int) -> QSize:
        width = sum(self._widths()) + theme.scaled(gap) * max(0, len(self.columns) - 1)
        return QSize(width + 2, _row_height() * (len(self.rows) + 1) + 8)

    def _font(self, *, bold: bool) -> QFont:
        return theme.number_font(_POINTS, QFont.Weight.DemiBold if bold else QFont.Weight.Normal)

    def _widths(self) -> list[int]:
        # The best row is bold, so that is how all are measured.
        metrics = QFontMetrics(self._font(bold=True))
        return [
            max(metrics.horizontalAdvance(text) for text in (column.heading, *cells))
            for column, cells in zip(
                self.columns,
                zip(*self.rows, strict=True) if self.rows else [()] * len(self.columns),
                strict=True,
            )
        ]

    def tip_at(self, y: int) -> str:
        """Return what the tooltip says at this height."""
        index = (y - _row_height() - 4) // _row_height()
        return self._tips[index] if 0 <= index < len(self._tips) else ""

    def event(self, event: QEvent) -> bool:
        """Explain the row at the pointer."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self.tip_at(event.pos().y()), self)
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint headings, rules and rows."""
        painter = QPainter(self)
        widths = self._widths()
        room = self.width() - 2 - sum(widths)
        gap = min(theme.scaled(_GAP), room // max(1, len(widths) - 1))
        end = sum(widths) + gap * max(0, len(widths) - 1)
        middle = 2 + _row_height()
        bottom = middle + 3 + _row_height() * len(self.rows)
        text = theme.color("text")
        painter.fillRect(0, 0, end, 2, text)
        painter.fillRect(0, middle, end, 1, theme.color("dim"))
        painter.fillRect(0, bottom, end, 2, text)
        painter.setPen(theme.color("dim"))
        painter.setFont(self._font(bold=False))
        headings = tuple(column.heading for column in self.columns)
        self._paint_row(painter, widths, gap, 2, headings)
        for index, row in enumerate(self.rows):
            top = middle + 2 + _row_height() * index
            best = index == self.best
            if best:
                painter.fillRect(0, top, end, _row_height(), theme.tint("accent", 0.12))
            painter.setPen(text)
            painter.setFont(self._font(bold=best))
            self._paint_row(painter, widths, gap, top, row)

    def _paint_row(
        self, painter: QPainter, widths: list[int], gap: int, top: int, texts: tuple[str, ...]
    ) -> None:
        left = 0
        for width, column, text in zip(widths, self.columns, texts, strict=True):
            side = Qt.AlignmentFlag.AlignRight if column.numeric else Qt.AlignmentFlag.AlignLeft
            painter.drawText(
                QRect(left, top, width, _row_height()), side | Qt.AlignmentFlag.AlignVCenter, text
            )
            left += width + gap


def _row_height() -> int:
    return theme.scaled(_ROW_HEIGHT)

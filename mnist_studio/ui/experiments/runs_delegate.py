"""How cells of the table of runs are painted: dots in the runs' colors, and thin progress bars."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from .. import theme
from .runs_model import COLUMN_ROLE, ROW_ROLE

if TYPE_CHECKING:
    from ...session.run_row import RunRow

ROW_HEIGHT = 27
DOT = 10
_BAR = 2
PADDING = 8
_FILLED = "filled"


class RunsDelegate(QStyledItemDelegate):
    """Paints all cells; the first column has the dot, filled while the run's curves are shown."""

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """Return room for the text and some air."""
        return QSize(
            super().sizeHint(option, index).width() + 2 * PADDING, theme.scaled(ROW_HEIGHT)
        )

    def setEditorData(self, editor: QWidget, index: QModelIndex | QPersistentModelIndex) -> None:
        """Fill an editor once: a run that trains changes all the time, also while it is named."""
        if not editor.property(_FILLED):
            editor.setProperty(_FILLED, True)
            super().setEditorData(editor, index)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Paint a cell."""
        row: RunRow = index.data(ROW_ROLE)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        if selected:
            painter.fillRect(option.rect, theme.color("raised"))
        name = index.data(COLUMN_ROLE)
        if name == "shown":
            _paint_dot(painter, option.rect, row)
            return
        rect = option.rect.adjusted(PADDING, 0, -PADDING, 0)
        painter.setFont(option.font)
        painter.setPen(index.data(Qt.ItemDataRole.ForegroundRole))
        text = option.fontMetrics.elidedText(
            index.data(), Qt.TextElideMode.ElideRight, rect.width()
        )
        painter.drawText(rect, index.data(Qt.ItemDataRole.TextAlignmentRole), text)
        if name == "status" and row.progress is not None:
            _paint_progress(painter, rect, row.progress)


def _paint_dot(painter: QPainter, rect: QRect, row: RunRow) -> None:
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    color = theme.color(row.color)
    center = QPointF(rect.center()) + QPointF(0.5, 0.5)
    painter.setPen(QPen(color, 1.5))
    painter.setBrush(color if row.label.shown else Qt.BrushStyle.NoBrush)
    painter.drawEllipse(center, DOT / 2, DOT / 2)
    if row.label.pinned:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("accent"))
        painter.drawRoundedRect(rect.left() + 2, rect.top() + 6, 3, rect.height() - 12, 1.5, 1.5)
    painter.restore()


def _paint_progress(painter: QPainter, rect: QRect, progress: float) -> None:
    bottom = QRect(rect.left(), rect.bottom() - _BAR - 1, rect.width(), _BAR)
    painter.fillRect(bottom, theme.color("line"))
    bottom.setWidth(round(bottom.width() * progress))
    painter.fillRect(bottom, theme.color("accent"))

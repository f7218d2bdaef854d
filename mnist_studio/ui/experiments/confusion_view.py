"""A confusion matrix as a heat map: true classes in rows, predicted ones in columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFont,
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from .. import theme
from .compare_confusion import Scale, describe_matrix

if TYPE_CHECKING:
    from .compare_confusion import Confusion

Cell = tuple[int, int]
RIGHT, WRONG = "accent", "series_2"  # tokens of the diagonal and of mistakes
_PALEST, _FULLEST = 0.14, 0.85
_WIDEST_NAME = 72
_NARROWEST_CELL = 23  # pixels
_AXIS = 14  # pixels of an axis' title
_POINTS, _SMALLEST_POINTS = 9.0, 6.0
_STEPS = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}


class _Geometry(NamedTuple):
    """Where the cells are."""

    left: int
    top: int
    side: int
    turned: bool  # whether the names of the columns are turned by 90 degrees


def _geometry(width: int, names: Sequence[str]) -> _Geometry:
    metrics = QFontMetrics(_font(_POINTS))
    widest = min(_WIDEST_NAME, max(map(metrics.horizontalAdvance, names)))
    left = _AXIS + widest + 7
    side = max(8, (width - left) // len(names))
    turned = widest > side - 4
    return _Geometry(left, _AXIS + (widest + 6 if turned else metrics.height() + 2), side, turned)


def matrix_height(width: int, names: Sequence[str]) -> int:
    """Return the height of a matrix of these classes whose cells fill `width`."""
    geometry = _geometry(width, names)
    return geometry.top + geometry.side * len(names) + 1


def narrowest_width(names: Sequence[str]) -> int:
    """Return the width from which on the counts can be read."""
    return _geometry(0, names).left + _NARROWEST_CELL * len(names)


def tint_of(share: float, token: str) -> QColor:
    """Return the color of a cell for a share of the scale, 0 to 1."""
    return theme.tint(token, _PALEST + (_FULLEST - _PALEST) * min(1.0, max(0.0, share)))


class ConfusionView(QWidget):
    """Paints one matrix and tells which cell the user points at.

    Parameters
    ----------
    matrix : Confusion
        What to show.

    Signals
    -------
    cell_pointed(object)
        ``(true, predicted)`` under the pointer or chosen by the arrow keys; None if there is none.
    """

    cell_pointed = Signal(object)

    def __init__(self, matrix: Confusion, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("confusionView")
        self.matrix = matrix
        self._scale = Scale()
        self._marked: Cell | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self.setAccessibleName(self.tr("Confusion matrix"))
        self.setAccessibleDescription(describe_matrix(matrix))
        theme.notifier().changed.connect(self.update)

    @property
    def marked(self) -> Cell | None:
        """The cell that stands out."""
        return self._marked

    def set_scale(self, scale: Scale) -> None:
        """Color the cells on another scale."""
        if scale != self._scale:
            self._scale = scale
            self.update()

    def mark(self, cell: Cell | None) -> None:
        """Let a cell stand out, or none."""
        if cell != self._marked:
            self._marked = cell
            self.update()

    # --- geometry --------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        """Return a comfortable size."""
        return QSize(320, self.heightForWidth(320))

    def hasHeightForWidth(self) -> bool:
        """Return True: the cells are squares."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Return the height at which the cells fill `width`."""
        return matrix_height(width, self.matrix.names)

    def cell_rect(self, true: int, predicted: int) -> QRect:
        """Return where a cell is."""
        left, top, side, _ = _geometry(self.width(), self.matrix.names)
        return QRect(left + predicted * side, top + true * side, side - 1, side - 1)

    def cell_at(self, position: QPoint) -> Cell | None:
        """Return the cell at a position, or None."""
        left, top, side, _ = _geometry(self.width(), self.matrix.names)
        true, predicted = (position.y() - top) // side, (position.x() - left) // side
        classes = range(len(self.matrix.names))
        return (true, predicted) if true in classes and predicted in classes else None

    # --- pointer and keys ------------------------------------------------------------------

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Point at the cell under the pointer."""
        self.cell_pointed.emit(self.cell_at(event.position().toPoint()))

    def leaveEvent(self, event: QEvent) -> None:
        """Point at nothing."""
        super().leaveEvent(event)
        self.cell_pointed.emit(None)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Point at the most frequent mistake, where the arrow keys begin."""
        super().focusInEvent(event)
        self.cell_pointed.emit(self._marked or self.matrix.worst() or (0, 0))

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Point at nothing."""
        super().focusOutEvent(event)
        self.cell_pointed.emit(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move from cell to cell."""
        step = _STEPS.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
            return
        last = len(self.matrix.names) - 1
        true, predicted = self._marked or (0, 0)
        self.cell_pointed.emit(
            (min(last, max(0, true + step[0])), min(last, max(0, predicted + step[1])))
        )

    # --- painting --------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint axes, cells and the mark."""
        painter = QPainter(self)
        geometry = _geometry(self.width(), self.matrix.names)
        self._paint_axes(painter, geometry)
        digits = {len(str(count)) for row in self.matrix.counts for count in row}
        # A large number is written smaller, rather than all of them.
        fonts = {number: _fitting_font(number, geometry.side - 2) for number in digits}
        for true, row in enumerate(self.matrix.counts):
            for predicted, count in enumerate(row):
                self._paint_cell(painter, (true, predicted), count, fonts[len(str(count))])
        if self._marked is not None:
            painter.setPen(theme.color("text"))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            rect = self.cell_rect(*self._marked)
            for grow in (0, 1):
                painter.drawRect(rect.adjusted(-grow, -grow, grow - 1, grow - 1))

    def cell_color(self, true: int, predicted: int) -> QColor:
        """Return the color that stands for a cell's share of its class."""
        share = self.matrix.share(true, predicted)
        if not share:
            return theme.color("raised")
        if true != predicted:
            # A root, since a single mistake beside forty of another kind would not be seen.
            return tint_of((share / self._scale.worst) ** 0.5 if self._scale.worst else 0.0, WRONG)
        room = 1.0 - self._scale.weakest
        return tint_of((share - self._scale.weakest) / room if room else 1.0, RIGHT)

    def _paint_cell(self, painter: QPainter, cell: Cell, count: int, font: QFont | None) -> None:
        rect, color = self.cell_rect(*cell), self.cell_color(*cell)
        painter.fillRect(rect, color)
        if count and font is not None:
            painter.setFont(font)
            painter.setPen(readable_on(color))
            painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, str(count))

    def _paint_axes(self, painter: QPainter, geometry: _Geometry) -> None:
        left, top, side, turned = geometry
        length = side * len(self.matrix.names)
        painter.setFont(_font(_POINTS))
        painter.setPen(theme.color("dim"))
        painter.drawText(
            QRect(left, 0, length, _AXIS), Qt.AlignmentFlag.AlignCenter, self.tr("predicted")
        )
        painter.save()
        painter.rotate(-90)
        painter.drawText(
            QRect(-top - length, 0, length, _AXIS), Qt.AlignmentFlag.AlignCenter, self.tr("true")
        )
        painter.restore()
        true, predicted = self._marked or (-1, -1)
        for k, name in enumerate(self.matrix.names):
            rect = QRect(_AXIS, top + k * side, left - _AXIS - 5, side)
            self._paint_name(painter, rect, name, Qt.AlignmentFlag.AlignRight, strong=k == true)
            if not turned:
                rect = QRect(left + k * side, _AXIS, side, top - _AXIS)
                middle = Qt.AlignmentFlag.AlignHCenter
                self._paint_name(painter, rect, name, middle, strong=k == predicted)
                continue
            painter.save()
            painter.rotate(-90)
            rect = QRect(4 - top, left + k * side, top - _AXIS - 4, side)
            start = Qt.AlignmentFlag.AlignLeft
            self._paint_name(painter, rect, name, start, strong=k == predicted)
            painter.restore()

    def _paint_name(
        self,
        painter: QPainter,
        rect: QRect,
        name: str,
        side: Qt.AlignmentFlag,
        *,
        strong: bool,
    ) -> None:
        painter.setPen(theme.color("text" if strong else "dim"))
        shown = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, rect.width())
        painter.drawText(rect, side | Qt.AlignmentFlag.AlignVCenter, shown)


def readable_on(color: QColor) -> QColor:
    """Return the one of the theme's text and surface that has more contrast with a color."""
    choices = theme.color("text"), theme.color("surface")
    return max(choices, key=lambda choice: _contrast(choice, color))


def _contrast(one: QColor, other: QColor) -> float:
    """Return the contrast ratio of WCAG 2, 1 to 21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(color: QColor) -> float:
    parts = (color.redF(), color.greenF(), color.blueF())
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _fitting_font(digits: int, width: int) -> QFont | None:
    """Return the largest font in which a number is no wider than `width`, or None."""
    points = _POINTS
    while points >= _SMALLEST_POINTS:
        font = _font(points)
        if QFontMetrics(font).horizontalAdvance("0" * digits) <= width:
            return font
        points -= 0.5
    return None


def _font(points: float) -> QFont:
    return theme.number_font(points, QFont.Weight.Medium)

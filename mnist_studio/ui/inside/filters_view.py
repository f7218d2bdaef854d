"""What every unit of a layer looks for, as one picture of many small ones."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QBuffer, QEvent, QPoint, QPointF, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QHelpEvent,
    QImage,
    QImageWriter,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication, QSizePolicy, QToolTip, QWidget

from ...data.registry import SIDE
from .. import theme
from ..diverging import BLANK, diverging_image
from ..focus_frame import FocusFrame

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

_LEAST = 6  # pixels of a unit
_MOST = 6 * SIDE
_NAME_POINTS = 9.0
_TIMES = 6  # as large in the tooltip as they are
_ZOOM_STEP = 1.25
_ZOOMS = {"+": 1.5, "-": 1 / 1.5, "0": 0.0}
_STEPS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


class Levels(NamedTuple):
    """What units look for, ready to be painted.

    Attributes
    ----------
    units : list of int
        In the order in which they are shown.
    levels : ndarray of uint8, shape (units, 28, 28)
        As :func:`.diverging.levels_of` gives them.
    names : sequence of str
        What the units are called, by number; by default by their numbers.
    groups : list of int
        Which group each of the shown units is in, in order, from 0; empty if there are none.
    """

    units: list[int]
    levels: npt.NDArray[np.uint8]
    names: Sequence[str] = ()
    groups: Sequence[int] = ()


class FiltersView(QWidget):
    """Paints all units of a layer as large as there is room for; one can be chosen.

    The wheel, or the keys +, - and 0, show them larger, and the sheet can be dragged then.

    Signals
    -------
    unit_chosen(int)
        The user clicked this unit, or moved to it by the arrow keys.
    """

    unit_chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("filtersView")
        self.setAccessibleName(self.tr("What the units of the layer look for"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        FocusFrame(self)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self._shown: Levels | None = None
        self._picture = QImage()
        self._look = theme.current()
        self._chosen = -1
        self._zoom = 1.0
        self._corner = QPoint()  # of what is seen of the sheet
        self._pressed: QPoint | None = None
        self._grabbed = QPoint()
        self._moving = False
        theme.notifier().changed.connect(self.update)

    @property
    def chosen(self) -> int:
        """The unit that stands out; -1 without one."""
        return self._chosen

    def show_levels(self, levels: Levels | None) -> None:
        """Show these units."""
        before, self._shown = self._shown, levels
        if before is None or levels is None or len(before.units) != len(levels.units):
            self._zoom, self._corner = 1.0, QPoint()
        self._picture = QImage()
        self.update()

    def choose(self, unit: int) -> None:
        """Let a unit stand out."""
        self._chosen = unit
        self.update()

    def sizeHint(self) -> QSize:
        """Return a comfortable size."""
        return QSize(360, 360)

    # --- geometry --------------------------------------------------------------------------

    def _fit(self) -> tuple[int, int]:
        """Return the pixels of a unit, with the gap after it, where all fit, and how many a row."""
        count = len(self._shown.units) if self._shown else 1
        side = int(math.sqrt(self.width() * self.height() / max(1, count)))
        while side > _LEAST and math.ceil(count / max(1, self.width() // side)) * side > (
            self.height()
        ):
            side -= 1
        side = min(_MOST, max(_LEAST, side))
        return side, max(1, self.width() // side)

    def _grid(self) -> tuple[int, int, int]:
        """Return the pixels of a unit as it is shown, and how many columns and rows there are."""
        side, columns = self._fit()
        rows = math.ceil(len(self._shown.units) / columns) if self._shown else 0
        return round(side * self._zoom), columns, rows

    def unit_rect(self, position: int) -> QRect:
        """Return where the unit at a position in the order is."""
        side, columns, _ = self._grid()
        row, column = divmod(position, columns)
        corner = QPoint(column * side, row * side) - self._corner
        return QRect(corner, QSize(side - 1, side - 1))

    def unit_at(self, place: QPoint) -> int:
        """Return the unit at a place; -1 if there is none."""
        side, columns, _ = self._grid()
        place = place + self._corner
        column, row = place.x() // side, place.y() // side
        position = row * columns + column
        if self._shown is None or column >= columns or row < 0 or column < 0:
            return -1
        return self._shown.units[position] if position < len(self._shown.units) else -1

    def zoom(self, factor: float, around: QPoint | None = None) -> None:
        """Show all larger or smaller by a factor, but no smaller than they fit.

        Parameters
        ----------
        factor : float
            More than 1 for larger.
        around : QPoint, optional
            What stays where it is; by default the chosen unit, or the middle.
        """
        if around is None:
            units = self._shown.units if self._shown else []
            chosen = self._chosen in units
            around = (
                self.unit_rect(units.index(self._chosen)).center()
                if chosen
                else self.rect().center()
            )
        before = self._grid()[0]
        largest = max(1.0, _MOST / self._fit()[0])
        self._zoom = min(max(self._zoom * factor, 1.0), largest)
        grown = self._grid()[0] / before
        place = QPointF(around + self._corner) * grown
        self._move_to(place.toPoint() - around)

    def _move_to(self, corner: QPoint) -> None:
        """Let another place of the sheet be the upper left one, as far as there is a sheet."""
        side, columns, rows = self._grid()
        farthest = QPoint(columns * side - self.width(), rows * side - self.height())
        self._corner = QPoint(
            max(0, min(corner.x(), farthest.x())), max(0, min(corner.y(), farthest.y()))
        )
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show all again, since they stand elsewhere now."""
        self._zoom, self._corner = 1.0, QPoint()

    # --- mouse and keys --------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the unit under the pointer, or begin to move the sheet."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed = event.position().toPoint()
            self._grabbed = self._corner

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move the sheet."""
        if self._pressed is None:
            return
        way = event.position().toPoint() - self._pressed
        if self._moving or way.manhattanLength() >= QApplication.startDragDistance():
            self._moving = True
            self._move_to(self._grabbed - way)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Choose the unit under the pointer, unless the sheet was moved."""
        moved, pressed = self._moving, self._pressed
        self._pressed, self._moving = None, False
        unit = self.unit_at(event.position().toPoint())
        if pressed is not None and not moved and unit >= 0:
            self._tell(unit)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Show what is under the pointer larger or smaller."""
        steps = event.angleDelta().y() / 120
        self.zoom(_ZOOM_STEP**steps, event.position().toPoint())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose a unit beside the one that is chosen, or show all larger or smaller."""
        if event.text() in _ZOOMS:
            self.zoom(_ZOOMS[event.text()])
            return
        step = _STEPS.get(Qt.Key(event.key()))
        if step is None or self._shown is None or not self._shown.units:
            super().keyPressEvent(event)
            return
        units = self._shown.units
        position = units.index(self._chosen) if self._chosen in units else 0
        moved = position + step[0] + step[1] * self._grid()[1]
        position = moved if 0 <= moved < len(units) else position
        self._tell(units[position])
        self._bring_into_sight(self.unit_rect(position))

    def _bring_into_sight(self, rect: QRect) -> None:
        seen = self.rect()
        right, down = rect.right() - seen.right(), rect.bottom() - seen.bottom()
        way = QPoint(
            right if right > 0 else min(0, rect.left()), down if down > 0 else min(0, rect.top())
        )
        self._move_to(self._corner + way)

    def _tell(self, unit: int) -> None:
        self.choose(unit)
        self.unit_chosen.emit(unit)

    def event(self, event: QEvent) -> bool:
        """Say which unit is under the pointer, and show it large."""
        if isinstance(event, QHelpEvent):
            unit = self.unit_at(event.pos())
            if unit >= 0:
                QToolTip.showText(event.globalPos(), self._describe(unit), self)
                return True
        return super().event(event)

    def _describe(self, unit: int) -> str:
        """Return a unit's name and its picture in rich text."""
        assert self._shown is not None
        position = self._shown.units.index(unit)
        levels = self._shown.levels[position]
        large = QSize(SIDE * _TIMES, SIDE * _TIMES)
        content = QBuffer()
        content.open(QBuffer.OpenModeFlag.WriteOnly)
        QImageWriter(content, b"png").write(diverging_image(levels).scaled(large))
        data = bytes(content.data().toBase64().data()).decode()
        names = self._shown.names
        name = escape(names[unit]) if names else self.tr("unit {0}").format(unit + 1)
        groups = self._shown.groups
        if groups:
            name = self.tr("{0}, group {1} of {2}").format(
                name, groups[position] + 1, groups[-1] + 1
            )
        return f'{name}<br><img src="data:image/png;base64,{data}">'

    # --- painting --------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint one image, and a frame around the chosen unit."""
        if self._shown is None or not self._shown.units:
            return
        painter = QPainter(self)
        side, columns, rows = self._grid()
        stale = self._look is not theme.current() or self._picture.width() != columns * SIDE
        if self._picture.isNull() or stale:
            self._picture = self._draw(rows, columns)
            self._look = theme.current()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, side < SIDE)
        painter.translate(-self._corner)
        seen = self.rect().translated(self._corner)
        # Only the units that are seen, since enlarging all of them takes long.
        left, top = seen.left() // side, seen.top() // side
        right, bottom = min(columns, seen.right() // side + 1), min(rows, seen.bottom() // side + 1)
        cells = QRect(left, top, right - left, bottom - top)
        painter.drawImage(_scaled(cells, side), self._picture, _scaled(cells, SIDE))
        sheet = QRect(0, 0, columns * side, rows * side)
        painter.setPen(theme.color("surface"))
        for row in range(top, bottom + 1):
            painter.drawLine(0, row * side - 1, sheet.right(), row * side - 1)
        for column in range(left, right + 1):
            painter.drawLine(column * side - 1, 0, column * side - 1, sheet.bottom())
        if self._shown.groups:
            self._paint_borders(painter, cells, side, columns)
        if self._shown.names:
            self._paint_names(painter, cells, side, columns)
        painter.resetTransform()
        if self._chosen in self._shown.units:
            painter.setPen(theme.color("text"))
            rect = self.unit_rect(self._shown.units.index(self._chosen))
            for grow in (0, 1):
                painter.drawRect(rect.adjusted(-grow, -grow, grow - 1, grow - 1))

    def _paint_borders(self, painter: QPainter, cells: QRect, side: int, columns: int) -> None:
        """Paint lines between units of different groups."""
        assert self._shown is not None
        groups, color = self._shown.groups, theme.color("text")
        for position in _positions(cells, columns, len(groups)):
            row, column = divmod(position, columns)
            corner = QPoint(column * side - 1, row * side - 1)
            if column and groups[position] != groups[position - 1]:
                painter.fillRect(QRect(corner, QSize(1, side + 1)), color)
            if row and groups[position] != groups[position - columns]:
                painter.fillRect(QRect(corner, QSize(side + 1, 1)), color)

    def _paint_names(self, painter: QPainter, cells: QRect, side: int, columns: int) -> None:
        """Paint what each unit is called into its corner."""
        assert self._shown is not None
        units, names = self._shown.units, self._shown.names
        painter.setPen(theme.color("text"))
        painter.setFont(theme.number_font(_NAME_POINTS))
        corner = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop
        for position in _positions(cells, columns, len(units)):
            row, column = divmod(position, columns)
            place = QRect(column * side, row * side, side, side).adjusted(3, 1, -3, -1)
            name = names[units[position]]
            shown = painter.fontMetrics().elidedText(
                name, Qt.TextElideMode.ElideRight, place.width()
            )
            painter.drawText(place, corner, shown)

    def _draw(self, rows: int, columns: int) -> QImage:
        """Return all units side by side."""
        import numpy as np

        assert self._shown is not None
        cells = np.full((rows * columns, SIDE, SIDE), BLANK, np.uint8)
        cells[: len(self._shown.levels)] = self._shown.levels
        sheet = cells.reshape(rows, columns, SIDE, SIDE).swapaxes(1, 2)
        return diverging_image(sheet.reshape(rows * SIDE, columns * SIDE))


def _positions(cells: QRect, columns: int, count: int) -> list[int]:
    """Return which of the units, in order, stand in some cells."""
    rows, across = (range(cells.top(), cells.bottom() + 1), range(cells.left(), cells.right() + 1))
    places = (row * columns + column for row in rows for column in across)
    return [position for position in places if position < count]


def _scaled(cells: QRect, side: int) -> QRect:
    """Return cells in pixels."""
    return QRect(
        cells.left() * side, cells.top() * side, cells.width() * side, cells.height() * side
    )

"""Numbers as small colored cells, each of which can be pointed at and chosen."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ...data.registry import PIXELS, SIDE
from .. import theme
from ..diverging import BLANK, cell_levels, diverging_image
from ..focus_frame import FocusFrame
from ..sketch.image import ink_on_paper

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from ...nn.arrays import FloatArray

_LARGEST, _LEAST = 26, 2  # pixels of a cell, the least in an image and at scale 1
_GRID = 7  # pixels from which cells stand apart
_BIAS = 11  # pixels of the cell of a bias
_BESIDE = _BIAS + 6  # pixels that it takes
_STEPS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


class CellsView(QWidget):
    """A vector in the colors of its numbers: 784 as an image of 28x28, others as they fit.

    Parameters
    ----------
    name : str
        What the numbers are, for whoever cannot see them.

    Signals
    -------
    pointed(int)
        The cell under the pointer is another one; -1 without one.
    chosen(int)
        The user clicked a cell, or moved to it by the arrow keys.
    """

    pointed = Signal(int)
    chosen = Signal(int)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        FocusFrame(self)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self._values: FloatArray | None = None
        self._levels: npt.NDArray[np.uint8] | None = None
        self._ink = self._with_bias = False
        self._picture = QImage()
        self._look: theme.Theme | None = None  # that the picture is of
        self._chosen = self._pointed = -1
        theme.notifier().changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    def show_values(
        self, values: FloatArray | None, *, ink: bool = False, with_bias: bool = False
    ) -> None:
        """Show numbers, shape (n,).

        Parameters
        ----------
        values : ndarray of float, optional
        ink : bool
            Whether they are the pixels of an image, 0 to 1.
        with_bias : bool
            Whether the last one is no weight and stands apart.
        """
        self._values, self._ink, self._with_bias = values, ink, with_bias
        self._levels = None if values is None else cell_levels(values)
        self._look = None
        self.update()

    def choose(self, cell: int) -> None:
        """Let a cell stand out; -1 for none."""
        if cell != self._chosen:
            self._chosen = cell
            self.update()

    @property
    def count(self) -> int:
        """How many cells there are."""
        return 0 if self._values is None else len(self._values)

    def sizeHint(self) -> QSize:
        """Return a comfortable size."""
        return QSize(140, 140)

    @Slot()
    def _on_theme_changed(self) -> None:
        self.setMinimumHeight(theme.scaled(_LEAST * SIDE))
        self.update()

    # --- geometry --------------------------------------------------------------------------

    def _layout(self) -> tuple[float, int]:
        """Return the pixels of a cell and how many are in a row; those of an image fill it."""
        count = self.count - self._with_bias
        width, height = self.width() - 2 - _BESIDE * self._with_bias, self.height() - 2
        if count == PIXELS:
            return max(1.0, min(width, height) / SIDE), SIDE
        side = min(_LARGEST, max(1, int(math.sqrt(width * height / max(1, count)))))
        while side > 1 and math.ceil(count / max(1, width // side)) * side > height:
            side -= 1
        return side, max(1, width // side)

    def cell_rect(self, cell: int) -> QRect:
        """Return where a cell is."""
        side, columns = self._layout()
        if self._with_bias and cell == self.count - 1:
            return QRect(round(columns * side) + 5, 1, _BIAS, _BIAS)
        row, column = divmod(cell, columns)
        left, top = round(column * side), round(row * side)
        right, bottom = round((column + 1) * side), round((row + 1) * side)
        return QRect(left + 1, top + 1, right - left, bottom - top)

    def cell_at(self, place: QPoint) -> int:
        """Return the cell at a place; -1 if there is none."""
        if not self.count:
            return -1
        if self._with_bias and self.cell_rect(self.count - 1).contains(place):
            return self.count - 1
        side, columns = self._layout()
        column, row = int((place.x() - 1) // side), int((place.y() - 1) // side)
        cell = row * columns + column
        inside = 0 <= column < columns and row >= 0 and cell < self.count - self._with_bias
        return cell if inside else -1

    # --- mouse and keys --------------------------------------------------------------------

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell which cell is under the pointer."""
        self._point(self.cell_at(event.position().toPoint()))

    def leaveEvent(self, event: QEvent) -> None:
        """Tell that none is."""
        self._point(-1)

    def _point(self, cell: int) -> None:
        if cell != self._pointed:
            self._pointed = cell
            self.pointed.emit(cell)
            self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the cell under the pointer."""
        cell = self.cell_at(event.position().toPoint())
        if event.button() == Qt.MouseButton.LeftButton and cell >= 0:
            self.choose(cell)
            self.chosen.emit(cell)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose a cell beside the one that is chosen; at the end is the bias."""
        step = _STEPS.get(Qt.Key(event.key()))
        if step is None or not self.count:
            super().keyPressEvent(event)
            return
        moved = max(0, self._chosen) + step[0] + step[1] * self._layout()[1]
        if self._chosen < 0:
            moved = 0
        if 0 <= moved < self.count:
            self.choose(moved)
            self.chosen.emit(moved)

    # --- painting --------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint one image, and frames around the cells that stand out."""
        if self._values is None or not len(self._values):
            return
        painter = QPainter(self)
        side, columns = self._layout()
        rows = math.ceil((self.count - self._with_bias) / columns)
        if self._look is not theme.current() or self._picture.width() != columns:
            self._picture, self._look = self._draw(rows, columns), theme.current()
        place = QRect(1, 1, round(columns * side), round(rows * side))
        painter.drawImage(place, self._picture)
        if self._ink or side < _GRID:
            painter.setPen(theme.color("line"))
            if columns * rows == self.count - self._with_bias:  # may be as pale as the card
                painter.drawRect(place.adjusted(0, 0, -1, -1))
        else:
            # Rectangles, since lines of two device pixels would lie half beside the cells.
            across = (round(row * side) for row in range(1, rows + 1))
            down = (round(column * side) for column in range(1, columns + 1))
            gaps = [QRect(1, y, place.width(), 1) for y in across]
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("surface"))
            painter.drawRects(gaps + [QRect(x, 1, 1, place.height()) for x in down])
            painter.setBrush(Qt.BrushStyle.NoBrush)
        if self._with_bias:
            self._paint_bias(painter)
        for cell, token in ((self._chosen, "text"), (self._pointed, "accent")):
            if 0 <= cell < self.count:
                painter.setPen(theme.color(token))
                painter.drawRect(self.cell_rect(cell).adjusted(-1, -1, 0, 0))
                if side < _GRID:
                    painter.drawRect(self.cell_rect(cell).adjusted(-2, -2, 1, 1))

    def _paint_bias(self, painter: QPainter) -> None:
        rect = self.cell_rect(self.count - 1)
        assert self._levels is not None
        painter.drawImage(rect, diverging_image(self._levels[-1:].reshape(1, 1)))
        painter.setPen(theme.color("line"))
        painter.drawRect(rect.adjusted(0, 0, -1, -1))
        font = theme.number_font(8.0)
        font.setItalic(True)
        painter.setFont(font)
        painter.setPen(theme.color("dim"))
        text = QRect(rect.left(), rect.bottom() + 1, rect.width(), 2 * rect.height())
        painter.drawText(text, Qt.AlignmentFlag.AlignHCenter, "b")

    def _draw(self, rows: int, columns: int) -> QImage:
        import numpy as np

        assert self._values is not None
        assert self._levels is not None
        if self._ink:
            pixels = np.rint(np.clip(self._values, 0, 1) * 255).astype(np.uint8)
            return ink_on_paper(pixels, theme.color("ink"), theme.color("paper"))
        count = self.count - self._with_bias
        cells = np.full(rows * columns, BLANK, np.uint8)
        cells[:count] = self._levels[:count]
        return diverging_image(cells.reshape(rows, columns))

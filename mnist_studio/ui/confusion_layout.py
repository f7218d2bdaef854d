"""Where the cells of a confusion matrix are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QFont, QFontMetrics

from . import theme

Cell = tuple[int, int]
Group = tuple[int | None, int | None]  # None stands for all classes
POINTS, SMALLEST_POINTS = 9.0, 6.0
_AXIS = 14  # pixels at scale 1, as the next three
_WIDEST_NAME = 72
_NARROWEST_CELL = 23
_ROOMY_CELL = 34  # from which on the figures beside the matrix are as large as those in it
TIGHT_POINTS = 7.0  # of these figures elsewhere, at least, or they have no decimals


class ConfusionLayout(NamedTuple):
    """Places in pixels.

    Attributes
    ----------
    left, top : int
        Where the first cell begins.
    side : int
        Of a cell, with the gap after it.
    classes : int
        In a row and a column.
    turned : bool
        Whether the names of the columns are turned by 90 degrees.
    margin : int
        Width of each of the columns of recalls and of F1, if there are any.
    """

    left: int
    top: int
    side: int
    classes: int
    turned: bool
    margin: int = 0

    @classmethod
    def fitting(
        cls, names: Sequence[str], width: int, height: int | None = None, *, margins: bool = False
    ) -> ConfusionLayout:
        """Return the largest layout within a width, and a height if it matters.

        Parameters
        ----------
        names : sequence of str
            Of the classes.
        width, height : int
            In pixels.
        margins : bool
            Whether there are columns of recalls and of F1, and a row of precisions.
        """
        metrics = QFontMetrics(font_of(POINTS))
        axis = axis_height()
        widest = min(theme.scaled(_WIDEST_NAME), max(map(metrics.horizontalAdvance, names)))
        left = axis + widest + 7
        count = len(names)
        tight = QFontMetrics(font_of(TIGHT_POINTS)).horizontalAdvance("99.9") + 6
        roomy = metrics.horizontalAdvance("99.9") + axis
        if (width - left - 2 * roomy) / count >= theme.scaled(_ROOMY_CELL):
            tight = roomy
        across = (width - left - 2 * tight * margins) / count
        for turned in (False, True):  # names lie where the cells are wide enough for them
            top = axis + (widest + 6 if turned else metrics.height() + 2)
            down = across if height is None else (height - top) / (count + margins)
            side = max(8, int(min(across, down)))
            if widest <= max(side - 4, metrics.height()):  # turned, they would be no narrower
                break
        margin = min(roomy + axis, max(tight, (width - left - side * count) // 2))
        return cls(left, top, side, count, turned, margin * margins)

    @property
    def length(self) -> int:
        """Of a row and a column of cells."""
        return self.side * self.classes

    def cell_rect(self, true: int, predicted: int) -> QRect:
        """Return where a cell is."""
        return QRect(
            self.left + predicted * self.side,
            self.top + true * self.side,
            self.side - 1,
            self.side - 1,
        )

    def recall_rect(self, row: int) -> QRect:
        """Return where the recall of a class stands; -1 is the title above."""
        rect = self.cell_rect(row, self.classes)
        rect.setWidth(self.margin)
        if row < 0:
            rect.setTop(axis_height())
        return rect

    def f1_rect(self, row: int) -> QRect:
        """Return where the F1 of a class stands; -1 is the title above."""
        rect = self.recall_rect(row)
        return rect.translated(rect.width(), 0)

    def precision_rect(self, predicted: int) -> QRect:
        """Return where the precision of a class stands; behind the last one is the title."""
        rect = self.cell_rect(self.classes, predicted)
        if predicted == self.classes:
            rect.setWidth(2 * self.margin)
        return rect

    def class_at(self, position: QPoint) -> int | None:
        """Return the class whose name, recall, precision or F1 is at a position, or None."""
        row = (position.y() - self.top) // self.side
        column = (position.x() - self.left) // self.side
        classes = range(self.classes)
        if (row in classes) == (column in classes):
            return None
        return row if row in classes else column

    def group_at(self, position: QPoint) -> Group | None:
        """Return what is at a position: a cell, a row by its name, a column by its; or None."""
        row = (position.y() - self.top) // self.side
        column = (position.x() - self.left) // self.side
        classes = range(self.classes)
        if row in classes and column in classes:
            return row, column
        if row in classes and axis_height() <= position.x() < self.left:
            return row, None
        if column in classes and axis_height() <= position.y() < self.top:
            return None, column
        return None


def axis_height() -> int:
    """Return the pixels of an axis' title."""
    return theme.scaled(_AXIS)


def matrix_height(width: int, names: Sequence[str]) -> int:
    """Return the height of a matrix of these classes whose cells fill `width`."""
    layout = ConfusionLayout.fitting(names, width)
    return layout.top + layout.length + 1


def narrowest_width(names: Sequence[str]) -> int:
    """Return the width from which on the counts can be read."""
    return ConfusionLayout.fitting(names, 0).left + theme.scaled(_NARROWEST_CELL) * len(names)


def fitting_font(text: str, width: int, height: int) -> QFont | None:
    """Return the largest font in which figures are no wider than `width` nor higher, or None."""
    points = POINTS
    while points >= SMALLEST_POINTS:
        font = font_of(points)
        metrics = QFontMetrics(font)
        if metrics.horizontalAdvance(text) <= width and metrics.capHeight() < height:
            return font
        points -= 0.5
    return None


def font_of(points: float) -> QFont:
    """Return the font of the matrix."""
    return theme.number_font(points, QFont.Weight.Medium)

"""The end of the forward pass and the beginning of the backward pass, class by class."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QFont,
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from ...number_text import MINUS, with_minus
from .. import theme
from ..focus_frame import FocusFrame
from .step_texts import Quantity

_NAME = 0.26  # of the width, at least if they are long
_NUMBERS = 150  # pixels that numbers are well served with
_COLUMNS = (Quantity.SUM, Quantity.OUTPUT, Quantity.OUTPUT_GRADIENT, Quantity.SUM_GRADIENT)
_SHARES = (0.29, 0.23, 0.1, 0.38)  # of what names leave
_LARGEST, _USUAL, _LEAST = 24, 16, 12  # pixels of a line at scale 1
_GAP = 3  # pixels behind a number
_PLACES = (4, 6)  # of a gradient: the fewest and the most


@dataclass(frozen=True)
class ClassFigures:
    """What is known of every class for one image; each sequence has one number a class.

    Attributes
    ----------
    names : sequence of str
    logits, probabilities, gradients : sequence of float
    label : int
    """

    names: Sequence[str]
    logits: Sequence[float]
    probabilities: Sequence[float]
    gradients: Sequence[float]
    label: int


class ClassTable(QWidget):
    """Paints a line a class: logit z, probability p, label y and the gradient by the logit.

    Signals
    -------
    pointed(object, int)
        The Quantity and the class under the pointer; None and -1 without one.
    """

    pointed = Signal(object, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("classTable")
        self.setAccessibleName(self.tr("Logit, probability, label and gradient of every class"))
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        FocusFrame(self)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._figures: ClassFigures | None = None
        self._pointed = (-1, -1)  # column and class
        self._names_width = 0
        self._gradient_places = _PLACES[0]
        theme.notifier().changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    def show_figures(self, figures: ClassFigures | None) -> None:
        """Show these."""
        self._figures = figures
        if figures is not None:
            self.setAccessibleDescription(
                "; ".join(
                    f"{name}: {_short(z)}, {_short(p)}"
                    for name, z, p in zip(
                        figures.names, figures.logits, figures.probabilities, strict=True
                    )
                )
            )
        self._make_room()

    def sizeHint(self) -> QSize:
        """Return a comfortable size."""
        return QSize(theme.scaled(220), 11 * theme.scaled(_USUAL))

    def minimumSizeHint(self) -> QSize:
        """Ask for a little of that."""
        return QSize(150, 11 * theme.scaled(_LEAST))

    # --- geometry --------------------------------------------------------------------------

    def _line(self) -> float:
        return min(theme.scaled(_LARGEST), self.height() / 11)

    def _font(self) -> QFont:
        by_height = max(7.0, 0.6 * self._line() / theme.scale())
        points = min(9.0, by_height, self.width() / theme.scaled(21))
        return theme.number_font(points, QFont.Weight.Normal)

    @Slot()
    def _on_theme_changed(self) -> None:
        self.setMaximumHeight(11 * theme.scaled(_LARGEST))
        self._make_room()

    def _make_room(self) -> None:
        """Let names have the room that they need, and gradients the places that fit then."""
        names = self._figures.names if self._figures is not None else ()
        metrics = QFontMetrics(self._font())
        widest = max((metrics.horizontalAdvance(name) for name in names), default=0)
        most = max(int(self.width() * _NAME), self.width() - theme.scaled(_NUMBERS))
        self._names_width = min(most, widest + 8)
        if self._figures is not None:
            room = self.cell_rect(Quantity.SUM_GRADIENT, 0).width() - _GAP
            self._gradient_places = _places(self._figures.gradients, metrics, room)
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the room anew."""
        super().resizeEvent(event)
        self._make_room()

    def _column(self, column: int) -> tuple[int, int]:
        """Return left edge and width."""
        names = self._names_width
        room = self.width() - names
        return names + int(room * sum(_SHARES[:column])), int(room * _SHARES[column])

    def cell_rect(self, quantity: Quantity, unit: int) -> QRect:
        """Return where the number of a class is."""
        left, width = self._column(_COLUMNS.index(quantity))
        line = self._line()
        return QRect(left, int((unit + 1) * line), width, int(line))

    def _cell_at(self, place: QPoint) -> tuple[int, int]:
        if self._figures is not None:
            for column, quantity in enumerate(_COLUMNS):
                for unit in range(len(self._figures.names)):
                    if self.cell_rect(quantity, unit).contains(place):
                        return column, unit
        return -1, -1

    # --- mouse and keys --------------------------------------------------------------------

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell which number is under the pointer."""
        self._point(self._cell_at(event.position().toPoint()))

    def leaveEvent(self, event: QEvent) -> None:
        """Tell that none is."""
        self._point((-1, -1))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go from number to number by the arrow keys."""
        steps = {
            Qt.Key.Key_Left: (-1, 0),
            Qt.Key.Key_Right: (1, 0),
            Qt.Key.Key_Up: (0, -1),
            Qt.Key.Key_Down: (0, 1),
        }
        step = steps.get(Qt.Key(event.key()))
        if step is None or self._figures is None:
            super().keyPressEvent(event)
            return
        column, unit = (max(0, old) + by for old, by in zip(self._pointed, step, strict=True))
        if 0 <= column < len(_COLUMNS) and 0 <= unit < len(self._figures.names):
            self._point((column, unit))

    def _point(self, cell: tuple[int, int]) -> None:
        if cell != self._pointed:
            self._pointed = cell
            self.pointed.emit(_COLUMNS[cell[0]] if cell[0] >= 0 else None, cell[1])
            self.update()

    # --- painting --------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint headings and lines."""
        figures = self._figures
        if figures is None:
            return
        painter = QPainter(self)
        line = self._line()
        font, headings = self._font(), self._font()
        headings.setItalic(True)
        painter.setFont(headings)
        painter.setPen(theme.color("dim"))
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for column, text in enumerate(("z", "p", "y", "∂L/∂z")):
            left, width = self._column(column)
            painter.drawText(QRect(left, 0, width - _GAP, int(line)), right, text)
        painter.setFont(font)
        for unit, name in enumerate(figures.names):
            self._paint_class(painter, figures, unit, name)
        if self._pointed[1] >= 0:
            painter.setPen(theme.color("accent"))
            rect = self.cell_rect(_COLUMNS[self._pointed[0]], self._pointed[1])
            painter.drawRect(rect.adjusted(0, 0, -1, -1))

    def _paint_class(self, painter: QPainter, figures: ClassFigures, unit: int, name: str) -> None:
        line, right = self._line(), Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        is_label = unit == figures.label
        if is_label:
            row = QRect(0, int((unit + 1) * line), self.width(), int(line))
            painter.fillRect(row, theme.color("raised"))
        bar = self.cell_rect(Quantity.OUTPUT, unit).adjusted(3, 2, 0, -2)
        p = figures.probabilities[unit]
        if math.isfinite(p):
            bar.setWidth(round(bar.width() * p))
            painter.fillRect(bar, theme.tint("series_1", 0.45))
        painter.setPen(theme.color("text" if is_label else "dim"))
        place = QRect(2, int((unit + 1) * line), self._names_width - 4, int(line))
        shown = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, place.width())
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, shown)
        painter.setPen(theme.color("text"))
        texts = (
            _short(figures.logits[unit]),
            _short(p),
            str(int(is_label)),
            _short(figures.gradients[unit], self._gradient_places),
        )
        for quantity, text in zip(_COLUMNS, texts, strict=True):
            rect = self.cell_rect(quantity, unit).adjusted(0, 0, -_GAP, 0)
            painter.drawText(rect, right, text)


def _places(gradients: Sequence[float], metrics: QFontMetrics, width: int) -> int:
    """Return to how many places gradients are told: the largest has two digits, if they fit.

    They are those of the mean over a batch, and small where the network is sure.
    """
    fewest, most = _PLACES
    largest = max(map(abs, gradients), default=0.0)
    if not math.isfinite(largest) or not largest:
        return fewest
    wanted = min(1 - math.floor(math.log10(largest)), most)
    tried = range(wanted, fewest, -1)
    fitting = (n for n in tried if metrics.horizontalAdvance(_short(-largest, n)) <= width)
    return next(fitting, fewest)


def _short(value: float, places: int = 2) -> str:
    """Return a number in a few letters."""
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else ("∞" if value > 0 else MINUS + "∞")
    # Zero has no sign, also where it is but a rounded number.
    text = f"{value:z.{places}f}" if abs(value) < 1000 else f"{value:.0e}"
    return with_minus(text)

"""What a graph paints: lines and areas as pyqtgraph does, and dots."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

Numbers = npt.NDArray[np.floating]


class _Anywhere:
    """May lie anywhere in the view, which is painted as a whole anyway.

    pyqtgraph works out where it lies from its data, again after every change of the range.
    """

    def boundingRect(self: pg.GraphicsObject) -> QRectF:
        """Return all that is visible."""
        view_box = self.getViewBox()
        return QRectF() if view_box is None else view_box.viewRect()


class Curve(_Anywhere, pg.PlotCurveItem):
    """A line or an area."""


class Points(_Anywhere, pg.GraphicsObject):
    """Dots of one color and size: one call of Qt paints them all.

    pyqtgraph's scatter plots can do more, and take ten times as long for the few dots of a run.

    Attributes
    ----------
    diameter : int
        In pixels.
    """

    def __init__(self) -> None:
        super().__init__()
        self.diameter = 0
        self._pen = QPen()
        self._x: Numbers = np.empty(0)
        self._y: Numbers = np.empty(0)
        self._places = QPolygonF()

    def set_look(self, color: QColor, diameter: int) -> None:
        """Paint the dots in a color, so many pixels wide."""
        self.diameter = diameter
        line, cap = Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap
        self._pen = QPen(color, diameter, line, cap)
        self.update()

    def setData(self, x: Numbers, y: Numbers) -> None:
        """Have dots at these coordinates."""
        self._x, self._y = x, y
        self._places = pg.functions.arrayToQPolygonF(x, y)
        self.update()

    def getData(self) -> tuple[Numbers, Numbers]:
        """Return the coordinates of the dots."""
        return self._x, self._y

    def paint(
        self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None
    ) -> None:
        """Paint the dots as round ends of lines that have no length."""
        places = painter.transform().map(self._places)
        painter.resetTransform()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(self._pen)
        painter.drawPoints(places)

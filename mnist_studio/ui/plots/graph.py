"""pyqtgraph's plot widget in the house style: crisp lines, own axes, nothing automatic."""

from __future__ import annotations

import time

import numpy as np
import numpy.typing as npt
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, QRect, Qt, Signal, Slot
from PySide6.QtGui import QMouseEvent, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QWidget

from .. import theme
from .axes import NumberAxis

Numbers = npt.NDArray[np.floating]


class Graph(pg.PlotWidget):
    """A plot without menu, grid and automatic ranges, which says what the mouse does.

    Parameters
    ----------
    suffix : str
        Written behind the numbers of the y axis.

    Signals
    -------
    hovered(QPointF)
        The pointer is here, in widget coordinates.
    hover_ended()
        It is gone.
    moved_by_user()
        The user has zoomed or moved the view.
    double_clicked()
        The left button was double-clicked.
    """

    hovered = Signal(QPointF)
    hover_ended = Signal()
    moved_by_user = Signal()
    double_clicked = Signal()

    def __init__(self, suffix: str = "", parent: QWidget | None = None) -> None:
        axes = {"left": NumberAxis("left", suffix), "bottom": NumberAxis("bottom")}
        super().__init__(parent, axisItems=axes, enableMenu=False)
        self._axes = axes
        self._curves: list[tuple[pg.PlotCurveItem, str, int]] = []
        self._points: list[tuple[pg.ScatterPlotItem, str]] = []
        self._bars: list[tuple[pg.BarGraphItem, str]] = []
        self._pixel_ratio = self.devicePixelRatioF()
        self.paint_seconds = 0.0
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMinimumSize(120, 60)
        # No key does anything here, so Tab passes by.
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.hideButtons()
        # One rectangle that fills its background itself: nothing below needs to be painted, and
        # nobody works out which parts have changed.
        self.setViewportUpdateMode(self.ViewportUpdateMode.FullViewportUpdate)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.view_box.disableAutoRange()
        self.view_box.setDefaultPadding(0.0)
        self.view_box.sigRangeChangedManually.connect(self._on_range_changed_manually)
        self.plotItem.layout.setContentsMargins(0, 8, 14, 0)
        theme.notifier().changed.connect(self.restyle)
        self.restyle()

    @property
    def view_box(self) -> pg.ViewBox:
        """The rectangle with the curves."""
        return self.plotItem.getViewBox()

    def add_curve(self, token: str, width: int = 1) -> pg.PlotCurveItem:
        """Add a line in a color of the theme; opaque and not antialiased, or painting is slow."""
        curve = pg.PlotCurveItem(connect="finite", antialias=False)
        self.view_box.addItem(curve, ignoreBounds=True)
        self._curves.append((curve, token, width))
        curve.setPen(self._pen(token, width))
        return curve

    def _pen(self, token: str, width: int) -> QPen:
        # Such pens count device pixels. The thin ones stay thin, which is fast and crisp.
        return pg.mkPen(theme.color(token), width=width * self._pixel_ratio if width > 1 else 1)

    def add_points(self, token: str, size: int = 7) -> pg.ScatterPlotItem:
        """Add dots in a color of the theme, `size` pixels wide."""
        points = pg.ScatterPlotItem(size=size, pxMode=True, pen=None, antialias=True)
        self.view_box.addItem(points, ignoreBounds=True)
        self._points.append((points, token))
        points.setBrush(theme.color(token))
        return points

    def add_bars(self, token: str) -> pg.BarGraphItem:
        """Add rectangles in a color of the theme."""
        none = np.empty(0)
        bars = pg.BarGraphItem(
            x0=none, x1=none, y0=none, y1=none, pen=None, brush=theme.color(token)
        )
        self.view_box.addItem(bars, ignoreBounds=True)
        self._bars.append((bars, token))
        return bars

    def remove_curve(self, curve: pg.PlotCurveItem) -> None:
        """Remove a line."""
        self.view_box.removeItem(curve)
        self._curves = [each for each in self._curves if each[0] is not curve]

    def set_logarithmic(self, on: bool) -> None:
        """Label the y axis as the powers of ten of its coordinates, or plainly."""
        self._axes["left"].setLogMode(y=on)

    def visible_range(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """Return what is visible: x and y from and to."""
        (x_low, x_high), (y_low, y_high) = self.view_box.viewRange()
        return (x_low, x_high), (y_low, y_high)

    def set_range(self, x: tuple[float, float], y: tuple[float, float]) -> None:
        """Make this visible; does nothing if it is already."""
        if (x, y) != self.visible_range():
            self.view_box.setRange(xRange=x, yRange=y, padding=0)

    def pixel_size(self) -> tuple[float, float]:
        """Return how far a pixel reaches in x and y."""
        (x_low, x_high), (y_low, y_high) = self.visible_range()
        area = self.view_box.rect()
        return (x_high - x_low) / max(1.0, area.width()), (y_high - y_low) / max(1.0, area.height())

    def area(self) -> QRect:
        """Return the rectangle with the curves in widget coordinates."""
        return self.mapFromScene(self.view_box.sceneBoundingRect()).boundingRect()

    def position_at(self, point: QPointF) -> QPointF:
        """Return the plot coordinates of a point in the widget."""
        return self.view_box.mapSceneToView(self.mapToScene(point.toPoint()))

    def pixel_of(self, x: float) -> int:
        """Return the widget's pixel column of a place on the x axis."""
        scene = self.view_box.mapViewToScene(QPointF(x, self.visible_range()[1][0]))
        return self.mapFromScene(scene).x()

    @Slot()
    def restyle(self) -> None:
        """Take the colors of the current theme."""
        self.setBackground(theme.color("surface"))
        for axis in self._axes.values():
            axis.restyle()
        for curve, token, width in self._curves:
            curve.setPen(self._pen(token, width))
        for points, token in self._points:
            points.setBrush(theme.color(token))
        for bars, token in self._bars:
            bars.setOpts(brush=theme.color(token))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint and measure how long that took."""
        start = time.perf_counter()
        if self.devicePixelRatioF() != self._pixel_ratio:  # moved to another screen
            self._pixel_ratio = self.devicePixelRatioF()
            self.restyle()
        super().paintEvent(event)
        self.paint_seconds = time.perf_counter() - start

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Let pyqtgraph pan and tell where the pointer is."""
        super().mouseMoveEvent(event)
        self.hovered.emit(event.position())

    def leaveEvent(self, event: QEvent) -> None:
        """Tell that the pointer is gone."""
        super().leaveEvent(event)
        self.hover_ended.emit()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Tell of a double click."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.double_clicked.emit()
            event.accept()

    @Slot(object)
    def _on_range_changed_manually(self, _axes: object) -> None:
        self.moved_by_user.emit()


def set_data(item: pg.PlotCurveItem | pg.ScatterPlotItem, x: Numbers, y: Numbers) -> None:
    """Give a curve or dots their data; costs next to nothing if they have them already."""
    old_x, old_y = item.getData()
    if old_x is None or not (np.array_equal(x, old_x) and np.array_equal(y, old_y)):
        item.setData(x, y)

"""pyqtgraph's plot widget in the house style: crisp lines, own axes, nothing automatic."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable
from functools import partial
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, QRect, Qt, Signal, Slot
from PySide6.QtGui import QMouseEvent, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QLabel, QWidget

from .. import theme
from ..widgets import dim_label
from .axes import BOTTOM_HEIGHT, LEFT_WIDTH, NumberAxis
from .shapes import Curve, Points
from .y_scales import Root

Numbers = npt.NDArray[np.floating]
BAND_SHARE = 0.3
"""Share of a line's color in the band around it."""


class Paint(NamedTuple):
    """The color of a line, dots or an area: a token of the theme laid over the surface.

    Attributes
    ----------
    token : str
        Color of the theme.
    width : int
        Of a line, in pixels.
    share : float
        1 for the color itself; less makes it paler, but still opaque, which paints fast.
    z : float
        What lies higher hides what lies lower.
    """

    token: str
    width: int = 1
    share: float = 1.0
    z: float = 0.0


class Drawn(NamedTuple):
    """What is seen of a graph: what it is called, what pyqtgraph paints, and its look."""

    name: Hashable
    shape: pg.GraphicsObject
    paint: Paint


class Item:
    """A line, dots, an area or bars of a graph.

    What pyqtgraph paints is made with the first data: of the ten items of a run most never have
    any, and each of pyqtgraph's takes its time at every change of the range, seen or not.

    Parameters
    ----------
    name : hashable
        What it is called.
    paint : Paint
        How it looks.
    make : callable
        Given this, returns what pyqtgraph paints.
    size : int
        Of dots, in pixels.

    Attributes
    ----------
    shape : GraphicsObject or None
        What pyqtgraph paints, if there ever was something.
    """

    def __init__(
        self,
        name: Hashable,
        paint: Paint,
        make: Callable[[Item], pg.GraphicsObject],
        size: int = 0,
    ) -> None:
        self.name = name
        self.paint = paint
        self.size = size
        self.shape: pg.GraphicsObject | None = None
        self._make = make

    def show(self, visible: bool) -> None:
        """Show it or not: even what has no data would cost something to paint."""
        if self.shape is None and visible:
            self.shape = self._make(self)
        if self.shape is not None:
            self.shape.setVisible(visible)


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
    _unit_label: QLabel | None = None  # pyqtgraph resizes the widget before it is there
    _floating: QWidget | None = None

    def __init__(self, suffix: str = "", parent: QWidget | None = None) -> None:
        axes = {"left": NumberAxis("left", suffix), "bottom": NumberAxis("bottom")}
        super().__init__(parent, axisItems=axes, enableMenu=False)
        self._axes = axes
        self._items: list[Item] = []
        # In the corner below the y axis, where nothing else is, and no height is lost to it.
        self._unit_label = dim_label()
        self._unit_label.setParent(self)
        theme.NumberFont(self._unit_label, 8.5)
        self._unit_label.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self._unit_label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
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
        self.set_cached(True)
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

    def add_curve(self, name: Hashable, paint: Paint, connect: str = "finite") -> Item:
        """Add a line; opaque and not antialiased, or painting is slow."""
        return self._add(name, paint, partial(Curve, connect=connect, antialias=False))

    def add_points(self, name: Hashable, paint: Paint, size: int = 7) -> Item:
        """Add dots, `size` pixels wide."""
        return self._add(name, paint, Points, size)

    def add_bars(self, name: Hashable, paint: Paint) -> Item:
        """Add rectangles."""
        none = np.empty(0)
        nowhere = dict.fromkeys(("x0", "x1", "y0", "y1"), none)
        return self._add(name, paint, partial(pg.BarGraphItem, **nowhere, pen=None, brush=None))

    def add_area(self, name: Hashable, paint: Paint) -> Item:
        """Add an area whose data go around it."""
        make = partial(Curve, pen=None, fillLevel="enclosed", antialias=False)
        return self._add(name, paint, make)

    def _add(
        self, name: Hashable, paint: Paint, make: Callable[[], pg.GraphicsObject], size: int = 0
    ) -> Item:
        def put(item: Item) -> pg.GraphicsObject:
            shape = make()
            self.view_box.addItem(shape, ignoreBounds=True)
            self._apply(shape, item)
            return shape

        self._items.append(Item(name, paint, put, size))
        return self._items[-1]

    def set_paint(self, item: Item, paint: Paint) -> None:
        """Paint an item in another color, width or order."""
        if item.paint != paint:
            item.paint = paint
            if item.shape is not None:
                self._apply(item.shape, item)

    def _apply(self, shape: pg.GraphicsObject, item: Item) -> None:
        paint = item.paint
        shape.setZValue(paint.z)
        color = theme.tint(paint.token, paint.share)
        if isinstance(shape, pg.BarGraphItem):
            shape.setOpts(brush=color)
        elif isinstance(shape, Points):
            shape.set_look(color, theme.scaled(item.size))
        elif shape.opts["fillLevel"] is not None:
            shape.setBrush(color)
        else:
            # Such pens count device pixels. The thin ones stay thin, which is fast and crisp.
            times = self._pixel_ratio * theme.scale()
            width = paint.width * times if paint.width > 1 else 1
            shape.setPen(pg.mkPen(color, width=width))

    def drawn(self) -> list[Drawn]:
        """Return what is seen and how, from behind to the front."""
        visible = [
            Drawn(item.name, item.shape, item.paint)
            for item in self._items
            if item.shape is not None and item.shape.isVisible()
        ]
        return sorted(visible, key=lambda each: each.paint.z)

    def shown_data(self) -> dict[Hashable, tuple[Numbers, Numbers]]:
        """Return the x and y arrays that each name is drawn from; of what is hidden, empty ones.

        Those of bars have two rows: left and right edges, and lower and upper ends.
        """
        return {item.name: _data_of(item) for item in self._items}

    def remove(self, *items: Item) -> None:
        """Remove lines, dots or areas."""
        for item in items:
            self._items.remove(item)
            if item.shape is not None:
                self.view_box.removeItem(item.shape)

    def set_cached(self, cached: bool) -> None:
        """Keep background and axes as pictures from one redraw to the next, or paint them anew."""
        view, item = self.CacheModeFlag, pg.AxisItem.CacheMode
        self.setCacheMode(view.CacheBackground if cached else view.CacheNone)
        for axis in self._axes.values():
            axis.setCacheMode(item.DeviceCoordinateCache if cached else item.NoCache)

    def set_logarithmic(self, *, x: bool) -> None:
        """Label the x axis as the powers of ten of its coordinates, or plainly."""
        if x != self._axes["bottom"].logMode:
            self._axes["bottom"].setLogMode(x=x)

    def set_y_scale(self, root: Root | None = None, *, logarithmic: bool = False) -> None:
        """Label the y axis as the values on such a scale, as powers of ten, or plainly."""
        self._axes["left"].set_root(root)
        self._axes["left"].setLogMode(y=logarithmic)

    def set_x_unit(self, text: str) -> None:
        """Say what the x axis counts."""
        assert self._unit_label is not None
        self._unit_label.setText(text)

    def put_in_corner(self, widget: QWidget) -> None:
        """Let a widget lie over the upper right corner."""
        widget.setParent(self)
        widget.adjustSize()
        self._floating = widget

    def visible_range(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """Return what is visible: x and y from and to."""
        (x_low, x_high), (y_low, y_high) = self.view_box.viewRange()
        return (x_low, x_high), (y_low, y_high)

    def set_range(self, x: tuple[float, float], y: tuple[float, float]) -> None:
        """Make this visible; does nothing if it is already."""
        if (x, y) != self.visible_range():
            self.view_box.setRange(xRange=x, yRange=y, padding=0)
            self.view_box.updateMatrix()  # or the next painting does, and is followed by another

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
        """Take colors and sizes of the current theme."""
        self.setBackground(theme.color("surface"))
        for axis in self._axes.values():
            axis.restyle()
        for item in self._items:
            if item.shape is not None:
                self._apply(item.shape, item)
        self._place_unit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep what lies in the corners there."""
        super().resizeEvent(event)
        if self._floating is not None:
            self._floating.move(self.width() - self._floating.width() - 14, 10)
        self._place_unit()

    def _place_unit(self) -> None:
        if self._unit_label is not None:
            width, height = theme.scaled(LEFT_WIDTH), theme.scaled(BOTTOM_HEIGHT)
            self._unit_label.setGeometry(0, self.height() - height, width, height)

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


def set_data(item: Item, x: Numbers, y: Numbers) -> None:
    """Give a curve or dots their data; costs next to nothing if they have them already."""
    item.show(bool(len(x)))
    if item.shape is None or not len(x):
        return
    old_x, old_y = item.shape.getData()
    if (
        old_x is None
        or len(x) != len(old_x)
        or not (np.array_equal(x, old_x) and np.array_equal(y, old_y))
    ):
        item.shape.setData(x, y)


def set_bars(item: Item, left: Numbers, right: Numbers, low: Numbers, high: Numbers) -> None:
    """Give bars their edges at the left and the right, and their lower and upper ends."""
    item.show(bool(len(left)))
    if item.shape is not None and len(left):
        item.shape.setOpts(x0=left, x1=right, y0=low, y1=high)


def _data_of(item: Item) -> tuple[Numbers, Numbers]:
    shape = item.shape
    if shape is None or not shape.isVisible():
        return np.empty(0), np.empty(0)
    if isinstance(shape, pg.BarGraphItem):
        left, right, low, high = map(shape.opts.get, ("x0", "x1", "y0", "y1"))
        return np.stack([left, right]), np.stack([low, high])
    x, y = shape.getData()
    return (np.empty(0), np.empty(0)) if x is None else (x, y)

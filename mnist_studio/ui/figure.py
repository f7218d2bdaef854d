"""Plots and cards as a picture for a paper or a slide: as they are shown, but for their buttons.

What lies between the axes is drawn from its points, cut where the axes are. What the screen makes
of it is not sharp on paper, Qt's SVG generator has pens as wide as axes are long, and many viewers
of SVG know no clipping.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from itertools import pairwise
from typing import NamedTuple

import pyqtgraph as pg
from PySide6.QtCore import (
    QBuffer,
    QByteArray,
    QIODevice,
    QLineF,
    QMarginsF,
    QPoint,
    QPointF,
    QRect,
    QRectF,
    QSize,
    QSizeF,
    Qt,
)
from PySide6.QtGui import (
    QColor,
    QImage,
    QImageWriter,
    QPageSize,
    QPainter,
    QPainterPath,
    QPdfWriter,
    QPen,
    QTransform,
)
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QAbstractButton, QWidget

from . import theme
from .plots.graph import Graph
from .plots.legend import Legend
from .plots.shapes import Points

_SCALE = 2  # of a picture made of pixels: sharp in print and on any screen
_SPACING = 8
_POINTS_PER_INCH = 72
_TITLE = "MNIST Studio"
_LETTERS = {
    QPainterPath.ElementType.MoveToElement: "M",
    QPainterPath.ElementType.LineToElement: "L",
    QPainterPath.ElementType.CurveToElement: "C",
    QPainterPath.ElementType.CurveToDataElement: " ",
}


class _Shape(NamedTuple):
    """A line, an area or dots of a plot, in pixels of the figure; what is filled has no width."""

    path: QPainterPath
    color: QColor
    width: float


def figure(widgets: Sequence[QWidget], suffix: str, look: theme.Theme = theme.LIGHT) -> bytes:
    """Return the file of a picture of widgets side by side.

    Parameters
    ----------
    widgets : sequence of QWidget
        Visible ones; painted, so this belongs to the window's thread.
    suffix : str
        ``.svg``, ``.pdf`` or ``.png``.
    look : Theme
        Its colors, whatever those of the window are.
    """
    if suffix == ".png":
        return png_of(picture(widgets, look))
    make = {".svg": _svg, ".pdf": _pdf}[suffix]
    content = QByteArray()
    buffer = QBuffer(content)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    with _dressed(widgets, look):
        make(widgets, buffer)
    buffer.close()
    return bytes(content.data())


def picture(widgets: Sequence[QWidget], look: theme.Theme = theme.LIGHT) -> QImage:
    """Return a picture of widgets made of pixels; see :func:`figure`."""
    image = QImage(_size(widgets) * _SCALE, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(_SCALE)
    with _dressed(widgets, look):
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        _paint(widgets, painter)
        _paint_shapes(widgets, painter)
        painter.end()
    return image


def png_of(image: QImage) -> bytes:
    """Return the file of a picture; may be called in any thread."""
    content = QByteArray()
    buffer = QBuffer(content)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, QByteArray(b"png")).write(image)
    buffer.close()
    return bytes(content.data())


def _pdf(widgets: Sequence[QWidget], buffer: QBuffer) -> None:
    # As many dots an inch as the screen has, so that texts and lines are as large as on it.
    resolution = widgets[0].logicalDpiX()
    writer = QPdfWriter(buffer)
    writer.setTitle(_TITLE)
    writer.setResolution(resolution)
    writer.setPageMargins(QMarginsF())
    size = QSizeF(_size(widgets)) * (_POINTS_PER_INCH / resolution)
    writer.setPageSize(QPageSize(size, QPageSize.Unit.Point))
    painter = QPainter(writer)
    _paint(widgets, painter)
    _paint_shapes(widgets, painter)
    painter.end()


def _svg(widgets: Sequence[QWidget], buffer: QBuffer) -> None:
    size = _size(widgets)
    content = QByteArray()
    inner = QBuffer(content)
    generator = QSvgGenerator()
    generator.setOutputDevice(inner)
    generator.setResolution(widgets[0].logicalDpiX())
    generator.setSize(size)
    generator.setViewBox(QRect(QPoint(0, 0), size))
    generator.setTitle(_TITLE)
    painter = QPainter(generator)
    _paint(widgets, painter)
    painter.end()
    head, end, _ = bytes(content.data()).decode("utf-8").rpartition("</svg>")
    buffer.write("".join((head, *_svg_shapes(widgets), end)).encode("utf-8"))


def _size(widgets: Sequence[QWidget]) -> QSize:
    width = sum(widget.width() for widget in widgets) + _SPACING * (len(widgets) - 1)
    return QSize(width, max(widget.height() for widget in widgets))


def _placed(widgets: Sequence[QWidget]) -> Iterator[tuple[QWidget, int]]:
    """Yield the widgets and where their left sides are."""
    left = 0
    for widget in widgets:
        yield widget, left
        left += widget.width() + _SPACING


@contextmanager
def _dressed(widgets: Sequence[QWidget], look: theme.Theme) -> Iterator[None]:
    """Give widgets the colors of a theme, and theirs back before they are seen."""
    before = theme.current()
    if look is before:
        yield
        return
    try:
        _dress(widgets, look, theme.style_sheet(look))
        yield
    finally:
        _dress(widgets, before, "")


def _dress(widgets: Sequence[QWidget], look: theme.Theme, style: str) -> None:
    theme.notifier().theme = look
    for widget in widgets:
        widget.setStyleSheet(style)
        for graph in widget.findChildren(Graph):
            graph.restyle()


# --- around the curves ---------------------------------------------------------------------


def _paint(widgets: Sequence[QWidget], painter: QPainter) -> None:
    """Paint everything but buttons and curves."""
    painter.fillRect(painter.window(), theme.color("background"))
    for widget, left in _placed(widgets):
        with _bared(widget):
            painter.save()
            painter.translate(left, 0)
            widget.render(painter, QPoint(0, 0))
            painter.restore()


@contextmanager
def _bared(widget: QWidget) -> Iterator[None]:
    """Take away what is not painted, and bring it back."""
    graphs = widget.findChildren(Graph)
    buttons = [each for each in widget.findChildren(QAbstractButton) if each.isVisible()]
    titles = [each for each in buttons if each.property("titleMenu") or each.property("telling")]
    hidden = [each for each in buttons if each not in titles]
    hidden += [each.shape for graph in graphs for each in graph.drawn()]
    with ExitStack() as afterwards:
        if focused := widget.focusWidget():
            afterwards.callback(focused.setFocus)
            focused.clearFocus()  # or it has a ring, or passes it on when it is hidden
        for title in titles:
            afterwards.callback(title.setText, title.text())
            title.setText(title.text().rstrip(" ▾✕"))
        for legend in widget.findChildren(Legend):
            afterwards.callback(legend.set_entries, legend.entries, legend.hidden)
            seen = [each for each in legend.entries if each.key not in legend.hidden]
            legend.set_entries(tuple(seen))
        for each in hidden:
            each.hide()
            afterwards.callback(each.show)
        for graph in graphs:
            afterwards.callback(graph.set_cached, True)
            graph.set_cached(False)
        yield


# --- curves --------------------------------------------------------------------------------


def _shapes(widgets: Sequence[QWidget]) -> Iterator[_Shape]:
    """Yield what lies between the axes, from behind to the front."""
    for widget, left in _placed(widgets):
        for graph in widget.findChildren(Graph):
            corner = graph.viewport().mapTo(widget, QPoint(left, 0))
            area = graph.area().translated(corner).toRectF()
            to_figure = graph.viewportTransform() * QTransform.fromTranslate(*corner.toTuple())
            for _, shape, paint in graph.drawn():
                line = isinstance(shape, pg.PlotCurveItem) and shape.opts["fillLevel"] is None
                path = _path(shape, shape.sceneTransform() * to_figure)
                path = _cut(path, area) if line else _cut_shapes(path, area)
                color = theme.tint(paint.token, paint.share)
                if not path.isEmpty():
                    yield _Shape(path, color, paint.width * theme.scale() if line else 0.0)


def _path(shape: pg.GraphicsObject, transform: QTransform) -> QPainterPath:
    """Return the outline of a shape in other coordinates."""
    if isinstance(shape, pg.PlotCurveItem):
        return transform.map(shape.getPath())
    path = QPainterPath()
    path.setFillRule(Qt.FillRule.WindingFill)  # where some lie over another, too
    if isinstance(shape, Points):
        radius = shape.diameter / 2
        for x, y in zip(*shape.getData(), strict=True):
            path.addEllipse(transform.map(QPointF(x, y)), radius, radius)
    else:
        for left, right, low, high in zip(
            *map(shape.opts.get, ("x0", "x1", "y0", "y1")), strict=True
        ):
            path.addRect(transform.mapRect(QRectF(QPointF(left, low), QPointF(right, high))))
    return path


def _cut(path: QPainterPath, area: QRectF) -> QPainterPath:
    """Return the parts of a line that lie in a rectangle."""
    if area.contains(path.controlPointRect()):
        return path
    parts = QPainterPath()
    corners = [path.elementAt(k) for k in range(path.elementCount())]
    for one, other in pairwise(corners):
        if other.isLineTo():
            inside = _inside(QLineF(one.x, one.y, other.x, other.y), area)
            if inside is not None:
                if parts.isEmpty() or parts.currentPosition() != inside.p1():
                    parts.moveTo(inside.p1())
                parts.lineTo(inside.p2())
    return parts


def _inside(line: QLineF, area: QRectF) -> QLineF | None:
    """Return the part of a straight line in a rectangle (Liang and Barsky, 1984)."""
    start, end = 0.0, 1.0
    for way, room in (
        (-line.dx(), line.x1() - area.left()),
        (line.dx(), area.right() - line.x1()),
        (-line.dy(), line.y1() - area.top()),
        (line.dy(), area.bottom() - line.y1()),
    ):
        if way < 0:
            start = max(start, room / way)
        elif way > 0:
            end = min(end, room / way)
        elif room < 0:
            return None
    return QLineF(line.pointAt(start), line.pointAt(end)) if start <= end else None


def _cut_shapes(path: QPainterPath, area: QRectF) -> QPainterPath:
    """Return the parts of filled shapes that lie in a rectangle."""
    if area.contains(path.controlPointRect()):
        return path
    frame = QPainterPath()
    frame.addRect(area)
    parts = QPainterPath()
    parts.setFillRule(path.fillRule())
    for polygon in path.toSubpathPolygons():
        shape = QPainterPath()
        shape.addPolygon(polygon)
        parts.addPath(shape.intersected(frame))
    return parts


def _paint_shapes(widgets: Sequence[QWidget], painter: QPainter) -> None:
    for shape in _shapes(widgets):
        if shape.width:
            painter.strokePath(shape.path, QPen(shape.color, shape.width))
        else:
            painter.fillPath(shape.path, shape.color)


def _svg_shapes(widgets: Sequence[QWidget]) -> Iterator[str]:
    yield '<g class="curves" stroke-linejoin="bevel">\n'
    for shape in _shapes(widgets):
        elements = (shape.path.elementAt(k) for k in range(shape.path.elementCount()))
        path = "".join(f"{_LETTERS[each.type]}{each.x:.2f} {each.y:.2f}" for each in elements)
        color = shape.color.name()
        look = f'fill="{color}"'
        if shape.width:
            look = f'fill="none" stroke="{color}" stroke-width="{shape.width:g}"'
        yield f'<path {look} d="{path}"/>\n'
    yield "</g>\n"

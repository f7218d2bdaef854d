"""What is painted over the dots of a projection: a star, and an image beside its dot."""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QPainterPath, QPen

from ...data.registry import SIDE
from .. import theme
from ..image_strip import NamedImage
from ..sketch.image import ink_on_paper

STAR = 9
"""Radius of a star in pixels."""
_RING = 6
_SHIFTS = (0, -1, 1, -2, 2)  # in lines
_EDGE = 3  # pixels around a name
_GAP = 8


def paint_star(painter: QPainter, place: QPointF, size: QSize, *, filled: bool) -> None:
    """Paint a star; at the edge if its place is outside."""
    radius = theme.scaled(STAR)
    center = QPointF(
        min(max(place.x(), radius), size.width() - radius),
        min(max(place.y(), radius), size.height() - radius),
    )
    star = _star(center, radius)
    painter.setBrush(theme.color("text" if filled else "surface"))
    painter.strokePath(star, QPen(theme.color("surface"), 4))
    painter.setPen(QPen(theme.color("text"), 1.5))
    painter.drawPath(star)
    painter.setBrush(Qt.BrushStyle.NoBrush)


def _star(center: QPointF, radius: float) -> QPainterPath:
    path = QPainterPath()
    for corner in range(10):
        length = radius if corner % 2 == 0 else 0.45 * radius
        angle = math.pi * corner / 5
        point = center + QPointF(length * math.sin(angle), -length * math.cos(angle))
        if corner:
            path.lineTo(point)
        else:
            path.moveTo(point)
    path.closeSubpath()
    return path


def paint_names(painter: QPainter, middles: Mapping[str, QPointF]) -> None:
    """Write names around places, set off from the dots around; none over another one.

    One whose place is taken moves up or down a little, or is left out: there is a legend, too.
    """
    metrics = QFontMetricsF(painter.font())
    ratio = painter.device().devicePixelRatio()
    text, ground = theme.color("text").rgb(), theme.color("surface").rgb()
    taken: list[QRectF] = []
    for name, middle in middles.items():
        box = QRectF(0, 0, metrics.horizontalAdvance(name) + 2, metrics.capHeight() + 4)
        for lines in _SHIFTS:
            box.moveCenter(middle + QPointF(0, lines * box.height()))
            if not any(map(box.intersects, taken)):
                taken.append(box)
                picture = _name_picture(name, painter.font().key(), text, ground, ratio)
                corner = QPointF(picture.width(), picture.height()) / (2 * ratio)
                painter.drawImage(box.center() - corner, picture)
                break


@functools.lru_cache(maxsize=64)
def _name_picture(name: str, font: str, text: int, ground: int, ratio: float) -> QImage:
    """Return a name with an edge: to paint it once takes longer than thousands of dots."""
    written = QFont()
    written.fromString(font)
    metrics = QFontMetricsF(written)
    width = math.ceil(metrics.horizontalAdvance(name)) + 2 * _EDGE
    height = math.ceil(metrics.height()) + 2 * _EDGE
    pixels = QSize(math.ceil(ratio * width), math.ceil(ratio * height))
    picture = QImage(pixels, QImage.Format.Format_ARGB32_Premultiplied)
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    path = QPainterPath()
    path.addText(QPointF(_EDGE, (height + metrics.capHeight()) / 2), written, name)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    pen = QPen(QColor(ground), 2 * _EDGE - 1)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.strokePath(path, pen)
    painter.fillPath(path, QColor(text))
    painter.end()
    return picture


def paint_image(painter: QPainter, place: QPointF, size: QSize, named: NamedImage) -> None:
    """Paint a ring around a dot, and its image with two lines of text beside it."""
    painter.setPen(QPen(theme.color("text"), 1.5))
    painter.drawEllipse(place, theme.scaled(_RING), theme.scaled(_RING))
    lines = ((named.name, "text" if named.same else "series_2"), (named.tip, "dim"))
    metrics = painter.fontMetrics()
    side, gap = theme.scaled(2 * SIDE), theme.scaled(_GAP)
    width = side + 3 * gap + max(metrics.horizontalAdvance(line) for line, _ in lines)
    box = QRectF(place.x() + 2 * gap, place.y() - side / 2 - gap, width, side + 2 * gap)
    if box.right() > size.width():
        box.moveRight(place.x() - 2 * gap)
    box.moveLeft(max(box.left(), 0.0))
    box.moveTop(min(max(box.top(), 0.0), size.height() - box.height()))
    painter.setPen(theme.color("line"))
    painter.setBrush(theme.color("raised"))
    painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    picture = QRectF(box.left() + gap, box.top() + gap, side, side)
    image = ink_on_paper(named.pixels, theme.color("ink"), theme.color("paper"))
    painter.drawImage(picture, image)
    top = box.center().y() - metrics.height()
    for number, (line, token) in enumerate(lines):
        painter.setPen(theme.text_color(token))
        text = QRectF(picture.right() + gap, top + number * metrics.height(), width, side)
        painter.drawText(text, Qt.AlignmentFlag.AlignTop, line)

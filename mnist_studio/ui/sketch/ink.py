"""Strokes as smooth ink: the curve through raw points, and a picture of it that grows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPixmap

Point = tuple[float, float]
"""x and y as fractions of the pad's side, (0, 0) at the top left."""

DOT = 0.01
"""Length in pixels that makes a click visible; a path of no length is not drawn at all."""


def stroke_path(points: Sequence[Point], side: float) -> QPainterPath:
    """Return the whole curve of a stroke in pixels.

    A fast mouse reports few points, so they are joined by quadratic curves through the middles of
    neighboring points instead of by corners.

    Parameters
    ----------
    points : sequence of (float, float)
        At least one point.
    side : float
        Side of the pad in pixels.
    """
    at = [_scaled(point, side) for point in points]
    path = QPainterPath(at[0])
    for before, corner, after in zip(at, at[1:], at[2:], strict=False):
        path.lineTo(_middle(before, corner))
        path.quadTo(corner, _middle(corner, after))
    path.lineTo(at[-1])
    return _visible(path)


def newest_piece(points: Sequence[Point], side: float) -> QPainterPath | None:
    """Return the part of the curve that the last point has settled, or None."""
    if len(points) < 2:
        return None
    before, corner, after = (_scaled(point, side) for point in (*points[:1], *points)[-3:])
    path = QPainterPath(_middle(before, corner))
    path.quadTo(corner, _middle(corner, after))
    return _visible(path)


def tail(points: Sequence[Point], side: float) -> QPainterPath:
    """Return the part of the curve that the next point will bend."""
    at = [_scaled(point, side) for point in points[-2:]]
    path = QPainterPath(_middle(at[0], at[-1]))
    path.lineTo(at[-1])
    return _visible(path)


def _scaled(point: Point, side: float) -> QPointF:
    return QPointF(point[0] * side, point[1] * side)


def _middle(one: QPointF, other: QPointF) -> QPointF:
    return (one + other) / 2


def _visible(path: QPainterPath) -> QPainterPath:
    if path.elementCount() == 1:
        path.lineTo(path.currentPosition() + QPointF(DOT, 0))
    return path


class Ink:
    """A transparent picture of the strokes; a growing stroke adds only its newest piece."""

    def __init__(self) -> None:
        self.pixmap = QPixmap()
        self._side = 0.0
        self._pen = QPen()

    def redraw(
        self,
        strokes: Iterable[Sequence[Point]],
        *,
        side: int,
        ratio: float,
        color: QColor,
        width: float,
    ) -> None:
        """Draw everything anew: the strokes, the size, the color or the pen is another.

        Parameters
        ----------
        side : int
            Side of the pad in logical pixels.
        ratio : float
            Device pixels per logical pixel.
        width : float
            Width of the pen in logical pixels.
        """
        self._side = float(side)
        self._pen = QPen(
            color, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin
        )
        self.pixmap = QPixmap(round(side * ratio), round(side * ratio))
        self.pixmap.setDevicePixelRatio(ratio)
        self.pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(self.pixmap)
        for stroke in strokes:
            self._stroke(painter, stroke_path(stroke, self._side))
        painter.end()

    def extend(self, points: Sequence[Point]) -> QRectF:
        """Add the newest piece of the growing stroke; return what has to be painted again."""
        piece = newest_piece(points, self._side)
        # The old tail may lie far beside the curve that has taken its place at a sharp turn.
        tails = tail(points[:-1], self._side), tail(points, self._side)
        changed = tails[0].boundingRect() | tails[1].boundingRect()
        if piece is not None:
            painter = QPainter(self.pixmap)
            self._stroke(painter, piece)
            painter.end()
            changed |= piece.boundingRect()
        margin = self._pen.widthF() / 2 + 2
        return changed.adjusted(-margin, -margin, margin, margin)

    def finish(self, points: Sequence[Point]) -> None:
        """Make the tail of a stroke permanent."""
        painter = QPainter(self.pixmap)
        self._stroke(painter, tail(points, self._side))
        painter.end()

    def paint_tail(self, painter: QPainter, points: Sequence[Point]) -> None:
        """Paint the unsettled end of the growing stroke."""
        self._stroke(painter, tail(points, self._side))

    def _stroke(self, painter: QPainter, path: QPainterPath) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.strokePath(path, self._pen)

"""What a network answers on the way from one image to another."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from ...number_text import percentage
from .. import theme
from .dots import class_token

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...nn.arrays import FloatArray

_HIGHEST = 220
_MARGIN = 6  # of the slider's handle, so that place and curve are below each other


class Way(NamedTuple):
    """The answers on the way.

    Attributes
    ----------
    probabilities : ndarray of float32, shape (steps + 1, classes)
    origin, target : int
        The answers at its ends.
    names : sequence of str
        Of the classes.
    """

    probabilities: FloatArray
    origin: int
    target: int
    names: Sequence[str]


class WayPlot(QWidget):
    """Paints the probabilities of the two classes, and the place that is looked at."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("wayPlot")
        self.setAccessibleName(self.tr("Probabilities on the way to the changed image"))
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)
        self._way: Way | None = None
        self._share = 0.0
        theme.notifier().changed.connect(self._fit)
        self._fit()

    @property
    def way(self) -> Way | None:
        """What is shown."""
        return self._way

    def show_way(self, way: Way | None) -> None:
        """Show these probabilities."""
        self._way = way
        self.update()

    def show_share(self, share: float) -> None:
        """Mark a place, at a share of the way from 0 to 1."""
        self._share = share
        self.update()

    def _fit(self) -> None:
        self.setMaximumHeight(theme.scaled(_HIGHEST))

    def sizeHint(self) -> QSize:
        """Return a comfortable size."""
        return QSize(240, 120)

    def minimumSizeHint(self) -> QSize:
        """Return the size at which two curves can be told apart."""
        return QSize(80, 48)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint a curve for each of the two classes, between nothing and certainty."""
        painter = QPainter(self)
        room = QRectF(self.rect()).adjusted(_MARGIN, 2, -_MARGIN, -2)
        painter.setPen(theme.color("line"))
        for share in (0.0, 0.5, 1.0):
            y = round(room.bottom() - share * room.height())
            painter.drawLine(round(room.left()), y, round(room.right()), y)
        if self._way is None:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        x = room.left() + self._share * room.width()
        painter.setPen(QPen(theme.color("dim"), 1))
        painter.drawLine(QPointF(x, room.top()), QPointF(x, room.bottom()))
        for index in (self._way.origin, self._way.target):
            painter.setPen(QPen(theme.color(class_token(index)), 2))
            painter.drawPolyline(_curve(self._way.probabilities[:, index], room))
        self._write_names(painter, room, self._way)

    def _write_names(self, painter: QPainter, room: QRectF, way: Way) -> None:
        """Write at each curve's beginning whose it is and where: between them, or around them."""
        painter.setFont(theme.number_font(8.0))
        line, gap = painter.fontMetrics().height(), painter.fontMetrics().height() // 2
        likely, unlikely = (
            room.bottom() - float(way.probabilities[0, index]) * room.height()
            for index in (way.origin, way.target)
        )
        between = unlikely - likely > 2 * (line + gap)
        tops = (likely + gap, unlikely - line - gap) if between else (likely - line, unlikely)
        for index, top in zip((way.origin, way.target), tops, strict=True):
            painter.setPen(theme.text_color(class_token(index)))
            place = QRectF(room.left() + 4, top, room.width(), line)
            share = percentage(float(way.probabilities[0, index]), 0)
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, f"{way.names[index]} · {share}")


def _curve(probabilities: FloatArray, room: QRectF) -> QPolygonF:
    last = max(1, len(probabilities) - 1)
    return QPolygonF(
        [
            QPointF(room.left() + step / last * room.width(), room.bottom() - p * room.height())
            for step, p in enumerate(probabilities.tolist())
        ]
    )

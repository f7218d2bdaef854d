"""How often something was taken for something else, from epoch to epoch."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from ...number_text import grouped
from .. import theme
from ..widgets import SPACING

_DOT = 2.0  # radius in pixels
_CLOSE = 8  # pixels between two epochs, below which the line has no dots
_CURVE_SHARE = 0.5  # of the width
_MOST = 24  # figures


class CellTrend(QWidget):
    """A line of figures and a small curve of them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("cellTrend")
        self._title = ""
        self._counts: Sequence[int] = ()
        self._token = "text"
        self._marked: int | None = None
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Validation images over the epochs"))
        self.setToolTip(
            self.tr(
                "Validation images, counted after every epoch. The ring is the epoch whose weights "
                "answer now."
            )
        )
        theme.notifier().changed.connect(self.update)

    @property
    def text(self) -> str:
        """What is shown, e.g. ``4 taken for 9: 31, 18, 12, 9``."""
        if not self._counts:
            return ""
        return self.tr("{0}: {1}").format(self._title, _listed(self._counts))

    def show_counts(
        self, title: str, counts: Sequence[int], token: str, marked: int | None = None
    ) -> None:
        """Show other figures.

        Parameters
        ----------
        title : str
            What was counted.
        counts : sequence of int
            One for each epoch.
        token : str
            Color of the curve.
        marked : int, optional
            Which of them stands out, since it is of the weights that answer now.
        """
        self._title, self._counts, self._token = title, counts, token
        self._marked = marked
        self.setAccessibleDescription(self.text)
        self.update()

    def sizeHint(self) -> QSize:
        """Ask for two lines."""
        return QSize(200, 2 * self.fontMetrics().lineSpacing())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint title, figures and curve."""
        if not self._counts:
            return
        painter = QPainter(self)
        width = self.width() - round(_CURVE_SHARE * self.width()) - SPACING
        line = self.height() // 2
        metrics = painter.fontMetrics()
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setPen(theme.color("text"))
        title = metrics.elidedText(self._title, Qt.TextElideMode.ElideRight, width)
        painter.drawText(QRect(0, 0, width, line), middle, title)
        painter.setPen(theme.color("dim"))
        shown = _MOST
        while shown > 2 and metrics.horizontalAdvance(_listed(self._counts, shown)) > width:
            shown -= 1
        painter.drawText(QRect(0, line, width, line), middle, _listed(self._counts, shown))
        self._paint_curve(painter, QRectF(self.rect().adjusted(width + SPACING, 0, 0, 0)))

    def _paint_curve(self, painter: QPainter, place: QRectF) -> None:
        around = 2 * _DOT + 1
        place = place.adjusted(around, around, -around, -around)
        most = max(self._counts) or 1
        step = place.width() / max(1, len(self._counts) - 1)
        points = [
            QPointF(place.left() + k * step, place.bottom() - place.height() * count / most)
            for k, count in enumerate(self._counts)
        ]
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(theme.color("line"))
        painter.drawLine(place.bottomLeft(), place.bottomRight())
        painter.setPen(QPen(theme.color(self._token), 1.5))
        painter.drawPolyline(QPolygonF(points))
        painter.setBrush(theme.color(self._token))
        for point in points if step >= _CLOSE else points[-1:]:
            painter.drawEllipse(point, _DOT, _DOT)
        if self._marked is not None:
            painter.setBrush(theme.color("surface"))
            painter.drawEllipse(points[self._marked], 2 * _DOT, 2 * _DOT)


def _listed(counts: Sequence[int], most: int = _MOST) -> str:
    """Return the counts in a row, the first and the last of them where there are too many."""
    if len(counts) <= most:
        return ", ".join(map(grouped, counts))
    first, last = counts[: most // 2], counts[most // 2 - most :]
    return f"{_listed(first)} … {_listed(last)}"

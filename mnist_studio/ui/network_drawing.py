"""A drawing of the layer stack: a column of nodes per layer, some of the connections, the sizes."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise

from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from . import theme

MOST_NODES = 10
FEWEST_NODES = 3
HIGHLIGHTED = 3  # one in so many connections
LABEL_HEIGHT = 18


class NetworkDrawing(QWidget):
    """Draws at most ten nodes per layer, more for a wider layer, and a sample of the weights."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sizes: tuple[int, ...] = ()
        self.setObjectName("networkDrawing")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setToolTip(
            self.tr("The layers from 784 pixels to 10 digits; only some neurons are drawn.")
        )
        theme.notifier().changed.connect(self.update)

    def set_sizes(self, sizes: Sequence[int]) -> None:
        """Draw layers of these sizes, from the input to the output."""
        self._sizes = tuple(sizes)
        self.setAccessibleName(
            self.tr("Layers of {0} neurons").format(", ".join(map(str, self._sizes)))
        )
        self.update()

    def sizeHint(self) -> QSize:
        """Ask for the height of ten nodes and a line of text."""
        return QSize(200, 90)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint connections, then nodes, then sizes."""
        if len(self._sizes) < 2:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        columns = self._columns()
        self._paint_connections(painter, columns)
        gap = self._x(1) - self._x(0)
        radius = min(3.2, max(1.4, gap / 7))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("accent"))
        for column in columns:
            for node in column:
                painter.drawEllipse(node, radius, radius)
        self._paint_sizes(painter, gap)

    def _x(self, index: int) -> float:
        margin = 20.0
        return margin + (self.width() - 2 * margin) * index / (len(self._sizes) - 1)

    def _columns(self) -> list[list[QPointF]]:
        top, bottom = 6.0, self.height() - LABEL_HEIGHT - 4.0
        widest = max(self._sizes)
        columns = []
        for index, size in enumerate(self._sizes):
            count = node_count(size, widest)
            share = 0.35 + 0.65 * (count - 1) / (MOST_NODES - 1)
            half = (bottom - top) / 2 * share if count > 1 else 0.0
            middle = (top + bottom) / 2
            step = 2 * half / max(count - 1, 1)
            columns.append(
                [QPointF(self._x(index), middle - half + step * node) for node in range(count)]
            )
        return columns

    def _paint_connections(self, painter: QPainter, columns: list[list[QPointF]]) -> None:
        faint: list[QLineF] = []
        bright: list[QLineF] = []
        for layer, (left, right) in enumerate(pairwise(columns)):
            lines = [QLineF(a, b) for a in left for b in right]
            for line, chosen in zip(lines, _sample(len(lines), layer), strict=True):
                (bright if chosen else faint).append(line)
        painter.setPen(QPen(theme.color("line"), 0.8))
        painter.drawLines(faint)
        painter.setPen(QPen(_mix(theme.color("accent"), theme.color("surface"), 0.55), 0.8))
        painter.drawLines(bright)

    def _paint_sizes(self, painter: QPainter, gap: float) -> None:
        painter.setPen(theme.color("dim"))
        painter.setFont(theme.number_font(self.font().pointSizeF() - 0.5, self.font().weight()))
        metrics = painter.fontMetrics()
        last = len(self._sizes) - 1
        reached = -math.inf
        end = self._x(last) - metrics.horizontalAdvance(str(self._sizes[last])) / 2
        for index, size in enumerate(self._sizes):
            width = metrics.horizontalAdvance(str(size))
            left = self._x(index) - width / 2
            # Where many layers stand close, only the labels that fit are written.
            if left < reached + 6 or (index < last and left + width + 6 > end):
                continue
            reached = left + width
            box = QRectF(left - 2, self.height() - LABEL_HEIGHT, width + 4, LABEL_HEIGHT)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, str(size))


def node_count(size: int, widest: int) -> int:
    """Return how many nodes stand for a layer: by its logarithm, ten for the widest."""
    share = math.log(size + 1) / math.log(max(size, widest) + 1)
    return min(size, max(FEWEST_NODES, round(MOST_NODES * share)))


def _sample(count: int, seed: int) -> Iterator[bool]:
    """Choose one in a few, the same every time, without a visible pattern."""
    state = 12345 + 6789 * seed
    for _ in range(count):
        state = (1103515245 * state + 12345) % 2**31
        yield (state >> 16) % HIGHLIGHTED == 0


def _mix(first: QColor, second: QColor, share: float) -> QColor:
    """Return the opaque color between two; cheaper to draw with than a translucent one."""
    rest = 1 - share
    return QColor.fromRgbF(
        share * first.redF() + rest * second.redF(),
        share * first.greenF() + rest * second.greenF(),
        share * first.blueF() + rest * second.blueF(),
    )

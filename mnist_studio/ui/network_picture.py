"""How the network is painted: its structure, and what flows through it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QWidget

from . import theme
from .network_lines import SHADES, by_strength, round_pen, structure
from .network_places import Block, Places
from .sketch.image import ink_on_paper

if TYPE_CHECKING:
    from ..insight.flow import Flow

CAPTIONS_FROM = 140  # height in pixels that leaves room for the layers' sizes
WIDEST_LABEL = 70


_FAINTEST = 0.3  # tint of a unit that gives next to nothing: more than that of one that is off


class NetworkPicture:
    """A network at one size; what stays while it is at work is painted once.

    Parameters
    ----------
    widget : QWidget
        Where it is to be shown, at the widget's size now.
    sizes : sequence of int
        Of the layers, from the input to the output.
    names : sequence of str
        What the classes are called.
    at_work : bool
        Whether something flows through it: the lines are those of the flow then.
    ratio : float
        Device pixels a pixel.

    Attributes
    ----------
    places : Places
        Where everything is.
    """

    def __init__(
        self,
        widget: QWidget,
        sizes: Sequence[int],
        names: Sequence[str],
        *,
        at_work: bool,
        ratio: float,
    ) -> None:
        self._sizes, self._names = sizes, names
        self._width, self._height = widget.width(), widget.height()
        self._backdrop = QPixmap(widget.size() * ratio)
        self._backdrop.setDevicePixelRatio(ratio)
        self._backdrop.fill(theme.color("surface"))
        room = QRectF(widget.rect())
        captions = self._height >= CAPTIONS_FROM
        if captions:
            room.setBottom(room.bottom() - widget.fontMetrics().height())
        self._name_font = theme.number_font(9, QFont.Weight.Medium)
        self._name_font.setPixelSize(int(max(7, min(13, 0.85 * room.height() / sizes[-1]))))
        widest = max(map(QFontMetricsF(self._name_font).horizontalAdvance, names))
        self.places = Places.arrange(sizes, room, min(widest, WIDEST_LABEL) + 4)
        painter = QPainter(self._backdrop)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if not at_work:
            painter.strokePath(structure(sizes, self.places), QPen(theme.color("line"), 1.0))
        self._paint_structure(painter)
        if captions:
            self._paint_sizes(painter, room.bottom())
        painter.end()

    def draw(self, flow: Flow | None) -> QPixmap:
        """Return the picture with a flow, or of the structure only."""
        picture = self._backdrop.copy()
        if flow is None:
            return picture
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_connections(painter, flow)
        if flow.image is not None:
            image = ink_on_paper(flow.image, theme.color("ink"), theme.color("paper"))
            painter.drawImage(self.places.picture.adjusted(1, 1, -1, -1), image)
        for layer, block in enumerate(self.places.blocks, start=1):
            self._paint_units(painter, layer, block, flow)
        if flow.answer is not None:
            painter.setPen(theme.color("accent"))
            self._paint_name(painter, flow.answer)
        painter.end()
        return picture

    def _paint_structure(self, painter: QPainter) -> None:
        """Paint paper, units and names, dark."""
        paper = self.places.picture
        painter.fillRect(paper, theme.color("paper"))
        painter.setPen(QPen(theme.color("line"), 1))
        painter.drawRect(paper.adjusted(0.5, 0.5, -0.5, -0.5))
        for block in self.places.blocks:
            painter.setPen(round_pen(theme.color("line"), block.size))
            painter.drawPoints(block.dots)
        painter.setPen(theme.color("dim"))
        for index in range(len(self._names)):
            self._paint_name(painter, index)

    def _paint_connections(self, painter: QPainter, flow: Flow) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for layer, connections in enumerate(flow.connections):
            # Many lines fan out of the picture; fainter, they leave it to be seen. All are while
            # nothing flows through them.
            brightest = 0.35 if layer == 0 or flow.image is None else 0.9
            for strength, path in by_strength(connections, layer, self.places):
                token = "series_1" if strength > 0 else "series_2"
                shade = theme.tint(token, 0.1 + (brightest - 0.1) * abs(strength))
                painter.strokePath(path, QPen(shade, 1.0))

    def _paint_units(self, painter: QPainter, layer: int, block: Block, flow: Flow) -> None:
        """Light up the units that give something."""
        groups: dict[int, list[QPointF]] = defaultdict(list)
        for shade, point in zip(self._shades(layer, block, flow), block.dots, strict=True):
            if shade:
                groups[shade].append(point)
        for shade, points in groups.items():
            token = "series_2" if shade < 0 else "accent"
            share = _FAINTEST + (1 - _FAINTEST) * abs(shade) / SHADES
            painter.setPen(round_pen(theme.tint(token, share), block.size))
            painter.drawPoints(points)

    def _shades(self, layer: int, block: Block, flow: Flow) -> list[int]:
        """Return how bright each dot is, from 0 to `SHADES`; negative for what is below zero."""
        import numpy as np

        values = flow.activations[layer]
        if block.together > 1:  # the strongest speaks for all
            padded = np.zeros((len(block.dots), block.together), values.dtype)
            padded.reshape(-1)[: len(values)] = values
            values = padded[np.arange(len(padded)), np.abs(padded).argmax(axis=1)]
        # Probabilities are what they are; activations are told from the layer's highest.
        last = layer == len(self._sizes) - 1
        highest = 1.0 if last else max(float(np.abs(values).max()), 1e-9)
        shades: list[int] = np.rint(values * (SHADES / highest)).astype(int).tolist()
        return shades

    def _paint_name(self, painter: QPainter, index: int) -> None:
        output = self.places.blocks[-1]
        painter.setFont(self._name_font)
        left, step = output.area.right() + 2, output.step
        box = QRectF(left, output.dots[index].y() - step / 2, self._width - left, step)
        metrics = painter.fontMetrics()
        text = metrics.elidedText(self._names[index], Qt.TextElideMode.ElideRight, int(box.width()))
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)

    def _paint_sizes(self, painter: QPainter, top: float) -> None:
        """Write every layer's size under it, where there is room for it."""
        font = theme.number_font(weight=QFont.Weight.Medium)
        font.setPointSizeF(font.pointSizeF() - 1)
        painter.setFont(font)
        metrics = painter.fontMetrics()
        areas = [self.places.picture, *(block.area for block in self.places.blocks)]
        reached = 0.0
        for size, area in zip(self._sizes, areas, strict=True):
            width = metrics.horizontalAdvance(str(size))
            left = min(area.center().x() - width / 2, self._width - width)
            if left < reached:
                continue
            reached = left + width + 6
            box = QRectF(left, top, width + 2, self._height - top)
            painter.drawText(box, Qt.AlignmentFlag.AlignBottom, str(size))

"""How a unit of a network's drawing comes by what it gives: its strongest terms and the sum."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen

from ..data.registry import SIDE
from ..number_text import grouped, signed
from . import theme
from .diverging import diverging_image, levels_of
from .network_lines import join
from .network_places import Places

if TYPE_CHECKING:
    from ..insight.flow import Flow
    from ..nn.network import Network

_NAMED = 4  # terms
_DRAWN = 12


class UnitTrace:
    """The sum of one unit in a flow.

    Parameters
    ----------
    network : Network
        That the flow goes through.
    flow : Flow
        With an image.
    layer : int
        1 is the first hidden layer, the last one the output.
    unit : int
        Of that layer.
    """

    def __init__(self, network: Network, flow: Flow, layer: int, unit: int) -> None:
        from ..insight.flow import sum_of

        self.layer = layer
        self.unit = unit
        self._sum = sum_of(network, flow, layer, unit)

    def describe(self, title: str) -> str:
        """Return the sum as a table in rich text, below a title."""
        named = self._sum.strongest(_NAMED).tolist()
        rows = [self._row(source) for source in named]
        terms = self._sum.terms
        rest = float(terms.sum(dtype="f8")) - float(terms[named].sum(dtype="f8"))
        translate = QCoreApplication.translate
        others = translate("NetworkDrawing", "{0} others").format(len(terms) - len(named))
        rows += [
            _cells(others, "", _number(rest)),
            _cells(translate("NetworkDrawing", "bias"), "", _number(self._sum.bias)),
            _cells(translate("NetworkDrawing", "sum"), "", f"<b>{grouped(self._sum.total, 3)}</b>"),
        ]
        return f"<b>{escape(title)}</b><table cellspacing=2>{''.join(rows)}</table>"

    def _row(self, source: int) -> str:
        translate = QCoreApplication.translate
        if self.layer > 1:
            name = translate("NetworkDrawing", "unit {0}").format(source + 1)
        else:
            row, column = divmod(source, SIDE)
            name = translate("NetworkDrawing", "pixel {0}, {1}").format(column + 1, row + 1)
        value, weight = float(self._sum.inputs[source]), float(self._sum.weights[source])
        return _cells(name, f"{grouped(value, 2)} × {grouped(weight, 3)}", _number(value * weight))

    def paint(self, painter: QPainter, places: Places) -> None:
        """Paint the strongest terms as lines, and the pixels' terms as a picture."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        terms = self._sum.terms
        if self.layer == 1:
            levels = levels_of(terms[None], own=True)[0]
            painter.drawImage(places.picture.adjusted(1, 1, -1, -1), diverging_image(levels))
        drawn = self._sum.strongest(_DRAWN).tolist()
        end = places.unit(self.layer, self.unit)
        for source in reversed(drawn):  # the strongest above the others
            share = abs(float(terms[source] / terms[drawn[0]]))
            token = "series_1" if terms[source] > 0 else "series_2"
            path = QPainterPath()
            join(path, places.unit(self.layer - 1, source), end)
            painter.strokePath(path, QPen(theme.tint(token, 0.25 + 0.75 * share), 1.0 + share))
        paint_ring(painter, places, self.layer, self.unit)


def paint_ring(painter: QPainter, places: Places, layer: int, unit: int) -> None:
    """Paint a ring around a unit; layer 1 is the first hidden one."""
    middle, size = places.unit(layer, unit), places.blocks[layer - 1].size + 4
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(theme.color("text"), 1.5))
    painter.drawEllipse(QRectF(middle.x() - size / 2, middle.y() - size / 2, size, size))


def _number(value: float) -> str:
    """Return a signed number in the color of its sign."""
    token = "series_2" if value < 0 else "series_1"
    return f'<span style="color: {theme.text_color(token).name()}">{signed(value, 3)}</span>'


def _cells(name: str, product: str, value: str) -> str:
    return (
        f"<tr><td>{escape(name)}</td><td align=right>&nbsp;&nbsp;{product}</td>"
        f"<td align=right>&nbsp;&nbsp;{value}</td></tr>"
    )

"""A thin line at a height that means something, and what that is."""

from __future__ import annotations

from collections.abc import Hashable

import numpy as np
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QLabel

from .. import theme
from ..widgets import dim_label
from .graph import Graph, Paint, set_data
from .ranges import Range
from .run_view import NONE

_DISTANCE = 2  # pixels between the line and its label
_LOOK = Paint("dim", share=0.7, z=0.4)


class LevelLine:
    """Draws a horizontal line over the whole width, with a label at its right end.

    Parameters
    ----------
    graph : Graph
        Where to draw.
    name : hashable
        Of the line in the graph.
    """

    def __init__(self, graph: Graph, name: Hashable) -> None:
        self._graph = graph
        self._line = graph.add_curve(name, _LOOK)
        self.label: QLabel = dim_label()
        self.label.setParent(graph)
        self.label.setObjectName("levelLabel")
        theme.NumberFont(self.label, 8.5)
        self.label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.label.hide()
        self._height = 0.0
        graph.view_box.sigResized.connect(self._place)
        graph.view_box.sigRangeChanged.connect(self._place)

    def draw(self, height: float, text: str, x_range: Range, y_range: Range) -> None:
        """Draw the line at a height of the y axis if that is in view."""
        low, high = y_range
        if not low <= height <= high:
            self.clear()
            return
        set_data(self._line, np.array(x_range), np.array([height, height]))
        self.label.setText(text)
        self._height = height
        self.label.show()
        self._place()

    def _place(self, *_args: object) -> None:
        """Put the label beside the line where that is now."""
        if self.label.isHidden():
            return
        self.label.adjustSize()
        area, (low, high) = self._graph.area(), self._graph.visible_range()[1]
        row = area.bottom() - round((self._height - low) / (high - low) * area.height())
        below = row - area.top() < area.height() / 2
        top = row + _DISTANCE if below else row - _DISTANCE - self.label.height()
        self.label.move(QPoint(area.right() - self.label.width(), top))

    def clear(self) -> None:
        """Draw nothing."""
        set_data(self._line, NONE, NONE)
        self.label.hide()

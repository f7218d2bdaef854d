"""Accuracy against the strength of a distortion, a curve for each setting."""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from ...number_text import percent_deviation
from ..labels import distortion_axis, strength_text
from ..plots.common_grid import Spread, summarize
from ..plots.graph import BAND_SHARE, Graph, Item, Numbers, Paint, set_data
from ..plots.hover import Pointer, Row
from ..plots.legend import Entry
from ..widgets import dim_label

if TYPE_CHECKING:
    from ...data.distortion import Distortion
    from .robustness_curves import GroupCurve

_MARGIN = 0.03  # of the x axis, on either side
_PERCENT = 100.0


class RobustnessPlot(QWidget):
    """A graph in which one strength is chosen, by a click or from outside.

    Signals
    -------
    strength_picked(float, int)
        The user wants to see the images of this strength, as the curve with this index has them.
    """

    strength_picked = Signal(float, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._strengths: tuple[float, ...] = (0.0,)
        self._curves: Sequence[GroupCurve] = ()
        self._items: list[dict[str, Item]] = []
        self.graph = Graph(" %", self)
        self.graph.setAccessibleName(self.tr("Plot of the accuracy against the distortion"))
        self.graph.view_box.setMouseEnabled(x=False, y=False)
        self.graph.setCursor(Qt.CursorShape.CrossCursor)
        self._mark = self.graph.add_curve("chosen", Paint("accent", z=-2))
        self._axis = dim_label()
        self._axis.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.graph.scene().sigMouseClicked.connect(self._on_clicked)
        self._pointer = Pointer(self.graph, self._read)
        self.readout = self._pointer.readout
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self.graph, 1)
        column.addWidget(self._axis)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)

    def show_curves(
        self,
        kind: Distortion,
        strengths: tuple[float, ...],
        chosen: float,
        curves: Sequence[GroupCurve],
    ) -> None:
        """Draw these curves, and mark one of the strengths."""
        self._strengths = strengths
        self._curves = curves
        self._axis.setText(distortion_axis(kind))
        margin = _MARGIN * (strengths[-1] - strengths[0])
        y_range = 0.0, _PERCENT + 2.0
        self.graph.set_range((strengths[0] - margin, strengths[-1] + margin), y_range)
        set_data(self._mark, np.array([chosen, chosen]), np.array(y_range))
        while len(self._items) > len(curves):
            self.graph.remove(*self._items.pop().values())
        for index, curve in enumerate(curves):
            if index == len(self._items):
                self._items.append(self._make_items(index, curve.token))
            self._draw(self._items[index], curve)
        self._pointer.refresh()

    def entries(self) -> tuple[Entry, ...]:
        """Return what the colors mean."""
        return tuple(Entry(curve.token, curve.label, dots=True) for curve in self._curves)

    def shown_data(self) -> dict[Hashable, tuple[Numbers, Numbers]]:
        """Return the x and y arrays of what is drawn; see :meth:`Graph.shown_data`."""
        return self.graph.shown_data()

    def _make_items(self, index: int, token: str) -> dict[str, Item]:
        graph = self.graph
        return {
            "band": graph.add_area((index, "band"), Paint(token, share=BAND_SHARE, z=-1)),
            "line": graph.add_curve((index, "line"), Paint(token, width=2, z=1)),
            "dots": graph.add_points((index, "dots"), Paint(token, z=2)),
        }

    def _draw(self, items: dict[str, Item], curve: GroupCurve) -> None:
        for name, paint in (
            ("band", Paint(curve.token, share=BAND_SHARE, z=-1)),
            ("line", Paint(curve.token, width=2, z=1)),
            ("dots", Paint(curve.token, z=2)),
        ):
            self.graph.set_paint(items[name], paint)
        x = curve.strengths
        mean, low, high = summarize(_PERCENT * curve.accuracies, Spread.DEVIATION)
        set_data(items["line"], x, mean)
        set_data(items["dots"], x, mean)
        several = len(curve.accuracies) > 1
        around = np.isfinite(low) & several
        set_data(
            items["band"],
            np.concatenate([x[around], x[around][::-1]]),
            np.concatenate([low[around], high[around][::-1]]),
        )

    # --- the pointer -----------------------------------------------------------------------

    def _nearest(self, x: float) -> float:
        return min(self._strengths, key=lambda strength: abs(strength - x))

    def _read(self, x: float, _y: float, room: int) -> tuple[float, tuple[Row, ...]] | None:
        strength = self._nearest(x)
        rows = [Row("", strength_text(strength), "")]
        for curve in self._curves:
            at = curve.accuracies[:, curve.strengths == strength]
            if at.size:
                mean, _, high = summarize(at, Spread.DEVIATION)
                deviation = float(high[0] - mean[0]) if len(at) > 1 else math.nan
                text = percent_deviation(float(mean[0]), deviation)
                rows.append(Row(curve.token, curve.label, text))
        return (strength, tuple(rows[:room])) if len(rows) > 1 else None

    @Slot(object)
    def _on_clicked(self, event: Any) -> None:
        box = self.graph.view_box
        if event.button() != Qt.MouseButton.LeftButton or not self._curves:
            return
        if not box.sceneBoundingRect().contains(event.scenePos()):
            return
        place = box.mapSceneToView(event.scenePos())
        strength = self._nearest(place.x())
        self.strength_picked.emit(strength, self._nearest_curve(strength, place.y()))

    def _nearest_curve(self, strength: float, y: float) -> int:
        """Return which curve passes nearest to a height at a strength; 0 if none is known there."""
        heights = [
            _PERCENT * curve.accuracies[:, curve.strengths == strength].mean()
            if strength in curve.strengths
            else np.inf
            for curve in self._curves
        ]
        return int(np.argmin(np.abs(np.array(heights) - y)))

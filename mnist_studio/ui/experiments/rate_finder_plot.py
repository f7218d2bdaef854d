"""The plot of a range test: loss against learning rate, and the range that can be used."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QWidget

from ...number_text import loss_text
from ...training.rate_finder import BEGINNING_SHARE, SPAN_SHARE, Numbers, smooth
from ..number_values import format_number
from ..plots.graph import Graph, Paint, set_bars, set_data
from ..plots.hover import Pointer, Row
from ..plots.legend import Entry, Legend
from ..plots.ranges import round_up
from ..plots.run_view import NONE
from ..widgets import Card, dim_label, title_label

if TYPE_CHECKING:
    from ...session.rate_finder import RangeCurve
    from ...training.rate_finder import Suggestion

DECADES = 6.0  # that the axis reaches down from the highest rate
_HEADROOM = 1.25  # above the loss at first; an explosion leaves the plot
_MARGIN = 0.03  # of a decade, so that the last point is whole


def rate_text(rate: float) -> str:
    """Return a learning rate in two digits, e.g. ``0.12`` or ``1.5e-5``."""
    return format_number(float(f"{rate:.2g}"))


class RangeTestPlot(Card):
    """Shows a range test's curve as it grows and lets a learning rate be picked from it.

    Signals
    -------
    rate_picked(float)
        The user clicked at this learning rate, in two digits.
    """

    rate_picked = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.setObjectName("rangeTestPlot")
        self.setAccessibleName(self.tr("Plot of the loss against the learning rate"))
        self._rates: Numbers = np.empty(0, np.float32)
        self._losses: Numbers = np.empty(0, np.float32)
        self._smoothed: Numbers = np.empty(0)
        self._make_header()
        self.graph = Graph(parent=self)
        self.graph.setAccessibleName(self.accessibleName())
        self.graph.set_logarithmic(x=True)
        self.graph.view_box.setMouseEnabled(x=False, y=False)
        self.graph.setCursor(Qt.CursorShape.CrossCursor)
        self.body.addWidget(self.graph, 1)
        caption = dim_label(self.tr("learning rate"))
        caption.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.body.addWidget(caption)
        self.body.setContentsMargins(14, 8, 6, 8)
        self.body.setSpacing(2)
        self._range = self.graph.add_bars("range", Paint("accent", share=0.16, z=-2))
        self._raw = self.graph.add_curve("raw", Paint("raw", z=-1))
        self._curve = self.graph.add_curve("smoothed", Paint("series_1", width=2, z=1))
        self._picked = self.graph.add_curve("picked", Paint("series_2", z=2))
        self._dot = self.graph.add_points("picked dot", Paint("series_2", z=3), size=9)
        self._pointer = Pointer(self.graph, self._read)
        self.readout = self._pointer.readout
        self.graph.scene().sigMouseClicked.connect(self._on_clicked)
        self.clear(1.0)

    def _make_header(self) -> None:
        legend = Legend()
        legend.set_entries(
            (
                Entry("raw", self.tr("every batch")),
                Entry("series_1", self.tr("smoothed")),
                Entry("series_2", self.tr("picked")),
            )
        )
        self.header.addWidget(title_label(self.tr("Loss")))
        self.header.addSpacing(4)
        self.header.addWidget(legend, 1)
        self.body.addLayout(self.header)

    # --- what is shown ---------------------------------------------------------------------

    def clear(self, highest_rate: float) -> None:
        """Show an empty plot for rates up to the highest one."""
        for item in (self._raw, self._curve, self._picked, self._dot):
            set_data(item, NONE, NONE)
        self._show_range(None)
        self._rates = self._losses = np.empty(0, np.float32)
        self._pointer.leave()
        end = float(np.log10(highest_rate))
        self.graph.set_range((end - DECADES, end + _MARGIN), (0.0, 3.0))

    def shown_data(self) -> dict[Hashable, tuple[Numbers, Numbers]]:
        """Return the x and y arrays of what is drawn; see :meth:`Graph.shown_data`."""
        return self.graph.shown_data()

    def show_curve(self, curve: RangeCurve) -> None:
        """Show what is recorded so far."""
        self._rates, self._losses = curve.rates, curve.losses
        self._smoothed = smooth(curve.losses, SPAN_SHARE * curve.steps)
        if not len(self._rates):
            return
        x = np.log10(self._rates)
        set_data(self._raw, x, self._losses)
        set_data(self._curve, x, self._smoothed)
        first = float(np.mean(self._losses[: max(1, round(BEGINNING_SHARE * curve.steps))]))
        self.graph.set_range(self.graph.visible_range()[0], (0.0, round_up(_HEADROOM * first)))

    def show_suggestion(self, suggestion: Suggestion | None) -> None:
        """Shade the range that can be used."""
        self._show_range(suggestion)

    def show_picked(self, rate: float | None) -> None:
        """Mark a learning rate."""
        if rate is None or not len(self._rates):
            set_data(self._picked, NONE, NONE)
            set_data(self._dot, NONE, NONE)
            return
        place = np.log10([rate])
        set_data(self._picked, np.tile(place, 2), np.array(self.graph.visible_range()[1]))
        index = self._index(rate)
        dots = slice(int(self._rates[0] <= rate <= self._rates[-1]))
        set_data(self._dot, place[dots], self._smoothed[index : index + 1][dots])

    def _show_range(self, suggestion: Suggestion | None) -> None:
        edges = [] if suggestion is None else [(suggestion.low, suggestion.high)]
        left, right = np.log10(np.reshape(edges, (-1, 2))).T
        low, high = np.tile(self.graph.visible_range()[1], (len(edges), 1)).T
        set_bars(self._range, left, right, low, high)

    # --- the pointer -----------------------------------------------------------------------

    def _index(self, rate: float) -> int:
        """Return the batch whose learning rate lies nearest."""
        distances = np.abs(np.log10(self._rates) - np.log10(rate))
        return int(distances.argmin())

    def _rate_at(self, x: float) -> float:
        """Return the learning rate at a place of the axis, in two digits."""
        return float(f"{10.0**x:.2g}")

    def _read(self, x: float, _y: float, _room: int) -> tuple[float, tuple[Row, ...]] | None:
        if not len(self._rates):
            return None
        rate = self._rate_at(x)
        rows = [Row("", self.tr("learning rate"), rate_text(rate))]
        if self._rates[0] <= rate <= self._rates[-1]:
            index = self._index(rate)
            rows += [
                Row("raw", self.tr("this batch"), loss_text(float(self._losses[index]))),
                Row("series_1", self.tr("smoothed"), loss_text(float(self._smoothed[index]))),
            ]
        return x, tuple(rows)

    @Slot(object)
    def _on_clicked(self, event: Any) -> None:
        if event.button() != Qt.MouseButton.LeftButton or not len(self._rates):
            return
        if self.graph.view_box.sceneBoundingRect().contains(event.scenePos()):
            place = self.graph.view_box.mapSceneToView(event.scenePos())
            self.rate_picked.emit(self._rate_at(place.x()))

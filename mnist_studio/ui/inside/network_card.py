"""The network at work on what is on the pad, to be taken along."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from PySide6.QtWidgets import QSizePolicy

from ...report.sheet import Sheet, Value
from ..live_card import LiveCard
from ..network_drawing import NetworkDrawing
from ..redraw_clock import RedrawClock


class NetworkCard(LiveCard):
    """A drawing of the network, which follows by itself, with its menu.

    Parameters
    ----------
    clock : RedrawClock
    drawing : NetworkDrawing
    """

    def __init__(self, clock: RedrawClock, drawing: NetworkDrawing) -> None:
        super().__init__(clock, drawing.update, self.tr("Network"))
        self.setObjectName("networkCard")
        self._drawing = drawing
        drawing.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.body.addWidget(drawing, 1)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)

    def sheet(self) -> Sheet | None:
        """Return what every unit gives to what is on the pad: pixels, units, probabilities."""
        flow = self._drawing.flow
        if flow is None or flow.image is None:
            return None

        def rows() -> Iterator[Sequence[Value]]:
            for layer, values in enumerate(flow.activations):
                for unit, value in enumerate(values.tolist(), start=1):
                    yield layer, unit, value

        return Sheet(("layer", "unit", "activation"), rows())

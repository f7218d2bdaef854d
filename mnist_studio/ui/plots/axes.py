"""Plain numbers beside an axis: no SI prefixes, no powers of ten, no ticks."""

from __future__ import annotations

import math

import pyqtgraph as pg

from .. import theme
from ..number_text import grouped

_LEFT_WIDTH = 48
_BOTTOM_HEIGHT = 22


class NumberAxis(pg.AxisItem):
    """An axis in the theme's colors whose room does not depend on its numbers.

    Parameters
    ----------
    orientation : str
        ``"left"`` or ``"bottom"``.
    suffix : str
        Written behind each number, e.g. ``" %"``.
    """

    def __init__(self, orientation: str, suffix: str = "") -> None:
        super().__init__(orientation)
        self._suffix = suffix
        self.enableAutoSIPrefix(False)
        self.setStyle(
            tickLength=0,
            tickTextOffset=6,
            autoExpandTextSpace=False,
            autoReduceTextSpace=False,
            maxTickLevel=0,
            maxTextLevel=0,
            hideOverlappingLabels=True,
        )
        if orientation == "left":
            self.setWidth(_LEFT_WIDTH)
        else:
            self.setHeight(_BOTTOM_HEIGHT)
        self.restyle()

    def restyle(self) -> None:
        """Take the colors of the current theme."""
        tokens = theme.current()
        self.setPen(tokens.line)
        self.setTextPen(tokens.dim)
        font = theme.number_font(9, theme.QFont.Weight.Normal)
        self.setTickFont(font)

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        """Return the numbers with as many decimals as their spacing needs."""
        if self.logMode:
            return [f"{10.0**value:.6g}{self._suffix}" for value in values]
        places = max(0, math.ceil(-math.log10(spacing * scale) - 1e-9))
        return [grouped(value * scale, places) + self._suffix for value in values]

    def logTickValues(
        self, minVal: float, maxVal: float, size: float, stdTicks: object
    ) -> list[tuple[float | None, list[float]]]:
        """Return powers of ten, and between few of them their double and fivefold."""
        decades = maxVal - minVal
        mantissas = (1.0,) if decades > 4 else (1.0, 2.0, 5.0)
        if decades < 0.8:
            mantissas = (1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0)
        every = max(1, math.ceil(decades / 8))
        powers = range(math.floor(minVal), math.ceil(maxVal) + 1, every)
        ticks = [power + math.log10(mantissa) for power in powers for mantissa in mantissas]
        return [(1.0, [tick for tick in ticks if minVal <= tick <= maxVal])]

"""Plain numbers beside an axis: no SI prefixes, no powers of ten, no ticks."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pyqtgraph as pg
from PySide6.QtGui import QFont

from ...number_text import grouped, with_minus
from .. import theme
from .ranges import round_up
from .y_scales import Root

LEFT_WIDTH = 48
BOTTOM_HEIGHT = 22
# Long numbers are told in thousands and millions: from where, in what, with which letter.
_UNITS = ((1e6, 1e6, "M"), (1e5, 1e3, "k"), (0.0, 1.0, ""))
_POWER_UNITS = ((1e6, 1e6, "M"), (1e4, 1e3, "k"), (0.0, 1.0, ""))
_LABEL_DISTANCE = 30  # pixels, at least
_ROOT_DISTANCE = 26
_LINE = 15  # pixels of a number's height
_NO_ROOM = 100  # from here on decimals would reach beyond the axis
_WIDTH_SHARE = 0.6  # numbers side by side need more room than one above the other
# What is labeled within a decade that has at least so many pixels.
_MANTISSAS: tuple[tuple[float, tuple[float, ...]], ...] = (
    (400.0, (1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0)),
    (110.0, (1.0, 2.0, 5.0)),
    (70.0, (1.0, 3.0)),
    (0.0, (1.0,)),
)


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
        self._root: Root | None = None
        self.enableAutoSIPrefix(False)
        self.setStyle(
            tickLength=0,
            tickTextOffset=6,
            autoExpandTextSpace=False,
            autoReduceTextSpace=False,
            maxTickLevel=0,
            maxTextLevel=0,
            hideOverlappingLabels=False,
        )
        self.restyle()

    def restyle(self) -> None:
        """Take colors and sizes of the current theme."""
        tokens = theme.current()
        if self.orientation == "left":
            self.setWidth(theme.scaled(LEFT_WIDTH))
        else:
            self.setHeight(theme.scaled(BOTTOM_HEIGHT))
        self.setPen(tokens.line)
        self.setTextPen(tokens.dim)
        self.setTickFont(theme.number_font(9, QFont.Weight.Normal))

    def set_root(self, root: Root | None) -> None:
        """Label the values that the coordinates of such a scale stand for, or plainly."""
        self._root = root
        self.picture = None
        self.update()

    def tickValues(self, low: float, high: float, size: float) -> list[tuple[float, list[float]]]:
        """Return where numbers stand, which are round whatever the scale."""
        if self._root is not None:
            return [(1.0, self._root.ticks(low, high, size / _ROOT_DISTANCE))]
        ticks: list[tuple[float, list[float]]] = super().tickValues(low, high, size)
        if self.logMode or self.orientation == "bottom":
            return ticks
        return [_thinned(*level, size / (high - low)) for level in ticks[:1]]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        """Return the numbers with as many decimals as their spacing needs."""
        if self._root is not None:
            return [f"{self._root.value(value):.6g}{self._suffix}" for value in values]
        if self.logMode:
            return [_power_text(value) + self._suffix for value in values]
        spacing = spacing * scale
        highest = max((abs(value * scale) for value in values), default=0.0)
        size, letter = next(each[1:] for each in _UNITS if highest >= each[0])
        places = max(0, math.ceil(-math.log10(spacing / size) - 1e-9))
        texts = (_plain_text(value * scale / size, places, letter) for value in values)
        return [text + self._suffix for text in texts]

    def logTickValues(
        self, low: float, high: float, size: float, _standard: object
    ) -> list[tuple[float, list[float]]]:
        """Return powers of ten and, where there is room, round numbers between them."""
        if self.orientation == "bottom":
            size *= _WIDTH_SHARE
        decades = high - low
        pixels = size / decades
        every = max(1, math.ceil(theme.scaled(_LABEL_DISTANCE) / pixels))
        mantissas = next(each for room, each in _MANTISSAS if pixels >= room)
        powers = range(math.floor(low / every) * every, math.ceil(high) + 1, every)
        ticks = [power + math.log10(mantissa) for power in powers for mantissa in mantissas]
        ticks = [tick for tick in ticks if low - 1e-9 <= tick <= high + 1e-9]
        if len(ticks) < 2 and decades < 1:
            ticks = _even_ticks(10.0**low, 10.0**high, size)
        return [(1.0, ticks)]


def _thinned(spacing: float, values: Sequence[float], pixels: float) -> tuple[float, list[float]]:
    """Leave out numbers until none touches another, where one is so many pixels."""
    for times in (1, 2, 5, 10):
        if times * spacing * pixels >= theme.scaled(_LINE):
            break
    return times * spacing, [value for value in values if round(value / spacing) % times == 0]


def _plain_text(value: float, places: int, letter: str) -> str:
    """Return a number; of a whole one from 100 on the decimals are left out, for want of room."""
    if not value:
        return "0"
    whole = abs(value) >= _NO_ROOM and value == round(value)
    return grouped(value, 0 if whole else places) + letter


def _power_text(value: float) -> str:
    number = 10.0**value
    size, letter = next(each[1:] for each in _POWER_UNITS if number >= each[0] * (1 - 1e-9))
    return with_minus(f"{number / size:.6g}") + letter


def _even_ticks(low: float, high: float, size: float) -> list[float]:
    """Return evenly spaced round numbers, as powers of ten, for less than a decade."""
    step = round_up((high - low) * _LABEL_DISTANCE / size)
    first, last = math.ceil(low / step), math.floor(high / step)
    return [math.log10(step * count) for count in range(max(1, first), last + 1)]

"""Line charts as SVG, with nothing but the standard library.

Text and axes take the color of the surrounding page (``currentColor``), so that a chart in a page
follows its light or dark scheme; alone they are dark.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from .markup import escaped
from .scales import make_scale

_MARGIN_LEFT, _MARGIN_RIGHT, _MARGIN_TOP, _MARGIN_BOTTOM = 72, 16, 36, 46
_LEGEND_ROW = 18
_FONT = (
    "system-ui, 'Segoe UI', 'Helvetica Neue', Arial, 'Noto Sans', 'PingFang SC', "
    "'Microsoft YaHei', 'Noto Sans CJK SC', sans-serif"
)
_CHARACTER = 6.4  # width of a usual letter in the legend's size, for its layout


@dataclass(frozen=True)
class Line:
    """A curve.

    Attributes
    ----------
    label : str
        What the legend calls it; empty to leave it out.
    color : str
        As ``#rrggbb``.
    x, y : sequence of float
        Points; a gap where one is not finite.
    low, high : sequence of float
        Edges of a band around the curve, as many as there are points, or none.
    dashed : bool
        Drawn with a dashed stroke.
    marks : bool
        Each point gets a dot.
    errors : bool
        Low and high are drawn as error bars instead of a band.
    pale : bool
        Thin and half transparent: raw figures behind a smoothed curve.
    css_class : str
        For a page that gives the color another value in its dark scheme.
    """

    label: str
    color: str
    x: Sequence[float]
    y: Sequence[float]
    low: Sequence[float] = ()
    high: Sequence[float] = ()
    dashed: bool = False
    marks: bool = False
    errors: bool = False
    pale: bool = False
    css_class: str = ""


@dataclass(frozen=True)
class Chart:
    """Curves in axes.

    Attributes
    ----------
    title, x_label, y_label : str
        Texts.
    lines : tuple of Line
        Those behind first.
    log_x, log_y : bool
        Equal factors at equal distances; what is not positive is left out.
    percent : bool
        Whether y is a share, shown in percent.
    ticks : tuple of float
        Where the x axis has ticks, if not at round numbers.
    whole_x : bool
        Whether only whole numbers may stand at the x axis.
    first : float, optional
        Where the x axis begins, if not at the first point.
    lowest : float, optional
        Lower values have no part in where the y axis begins; curves are cut there.
    """

    title: str
    x_label: str
    y_label: str
    lines: tuple[Line, ...]
    log_x: bool = False
    log_y: bool = False
    percent: bool = False
    ticks: tuple[float, ...] = ()
    whole_x: bool = False
    first: float | None = None
    lowest: float | None = None


def draw(chart: Chart, width: int = 640, height: int = 360) -> str:
    """Return a chart as an SVG element; it grows below by its legend.

    Parameters
    ----------
    chart : Chart
    width, height : int
        In pixels; of the chart without its legend.
    """
    plot = _Plot(chart, width, height)
    legend, legend_height = _legend(chart.lines, width)
    total = height + legend_height
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {total}" width="{width}" '
        f'height="{total}" color="#1b2430" font-family="{escaped(_FONT)}" font-size="12" '
        f'role="img" aria-label="{escaped(chart.title)}">',
        f'<text x="{_MARGIN_LEFT}" y="20" font-size="14" font-weight="600" '
        f'fill="currentColor">{escaped(chart.title)}</text>',
        *plot.axes(),
        *(part for line in chart.lines for part in plot.line(line)),
        f'<g transform="translate(0 {height})">',
        *legend,
        "</g></svg>",
    ]
    return "\n".join(parts)


class _Plot:
    """The area between the axes."""

    def __init__(self, chart: Chart, width: int, height: int) -> None:
        self._chart = chart
        self.left, self.top = _MARGIN_LEFT, _MARGIN_TOP
        self.width = width - _MARGIN_LEFT - _MARGIN_RIGHT
        self.height = height - _MARGIN_TOP - _MARGIN_BOTTOM
        xs = [x for line in chart.lines for x in line.x]
        ys = [y for line in chart.lines for y in (*line.y, *line.low, *line.high)]
        if chart.first is not None:
            xs.append(chart.first)
        # What has ticks of its own are results, whose dots are not to lie on the axes.
        room = 0.04 if chart.ticks else 0.0
        right = self.left + self.width
        self._x = make_scale(xs, chart.log_x, self.left, right, room, whole=chart.whole_x)
        if chart.lowest is not None:
            ys = [y for y in ys if not y < chart.lowest]
        # Upwards on paper is downwards in pixels; a little room above and below the curves.
        self._y = make_scale(ys, chart.log_y, self.top + self.height, self.top, room=0.04)
        if chart.ticks:
            self._x = replace(self._x, ticks=chart.ticks)

    def axes(self) -> list[str]:
        """Return lines, ticks and their texts."""
        bottom, right = self.top + self.height, self.left + self.width
        parts = ['<g stroke="currentColor" stroke-width="1" fill="none">']
        parts += [
            f'<path d="M{self.left} {_n(y)}H{right}" stroke-opacity="0.12"/>'
            for y in self._y.positions()
        ]
        parts += [f'<path d="M{_n(x)} {bottom}v5"/>' for x in self._x.positions()]
        parts.append(f'<path d="M{self.left} {self.top}V{bottom}H{right}" stroke-opacity="0.6"/>')
        parts.append('</g><g fill="currentColor">')
        parts += [
            f'<text x="{self.left - 8}" y="{_n(y + 4)}" text-anchor="end">{escaped(text)}</text>'
            for y, text in zip(self._y.positions(), self._y_texts(), strict=True)
        ]
        parts += [
            f'<text x="{_n(x)}" y="{bottom + 19}" text-anchor="middle">{escaped(text)}</text>'
            for x, text in _apart(zip(self._x.positions(), self._x.texts(), strict=True))
        ]
        middle = self.top + self.height / 2
        parts += [
            f'<text x="{_n(self.left + self.width / 2)}" y="{bottom + 38}" text-anchor="middle">'
            f"{escaped(self._chart.x_label)}</text>",
            f'<text transform="translate(16 {_n(middle)}) rotate(-90)" text-anchor="middle">'
            f"{escaped(self._chart.y_label)}</text></g>",
        ]
        return parts

    def line(self, line: Line) -> list[str]:
        """Return band, stroke and dots of a curve."""
        name = f' class="{escaped(line.css_class)}"' if line.css_class else ""
        color = escaped(line.color)
        parts = []
        if line.low and not line.errors:
            parts += [
                f'<path{name} d="{shape}" fill="{color}" fill-opacity="0.16" stroke="none"/>'
                for shape in self._bands(line)
            ]
        stroke = "0.9" if line.pale else "1.8"
        look = ' stroke-opacity="0.35"' if line.pale else ""
        look += ' stroke-dasharray="5 3"' if line.dashed else ""
        pieces = self._pieces(line.x, line.y)
        path = "".join(_polyline(piece) for piece in pieces if len(piece) > 1)
        if path:
            parts.append(
                f'<path{name} d="{path}" fill="none" stroke="{color}" stroke-width="{stroke}" '
                f'stroke-linejoin="round" stroke-linecap="round"{look}/>'
            )
        if line.errors:
            parts += self._error_bars(line, name, color)
        # A point without neighbors would not be seen.
        dots = [p for piece in pieces if len(piece) == 1 for p in piece]
        if line.marks:
            dots = self._points(line)
        parts += [
            f'<circle{name} cx="{_n(x)}" cy="{_n(y)}" r="2.6" fill="{color}" stroke="none"/>'
            for x, y in dots
        ]
        return parts

    def _error_bars(self, line: Line, name: str, color: str) -> list[str]:
        ends = [
            (self._x.at(x), self._y.at(max(low, self._y.lowest)), self._y.at(high))
            for x, low, high in zip(line.x, line.low, line.high, strict=True)
            if high > self._y.lowest
        ]
        return [
            f'<path{name} d="M{_n(x)} {_n(a)}V{_n(b)}M{_n(x - 4)} {_n(a)}h8'
            f'M{_n(x - 4)} {_n(b)}h8" fill="none" stroke="{color}" stroke-width="1.2"/>'
            for x, a, b in ends
            if x is not None and a is not None and b is not None
        ]

    def _points(self, line: Line) -> list[tuple[float, float]]:
        """Return the points of a curve that lie above the x axis."""
        places = [(self._x.at(x), self._y.at(y)) for x, y in zip(line.x, line.y, strict=True)]
        bottom = self.top + self.height + 0.05
        return [(x, y) for x, y in places if x is not None and y is not None and y <= bottom]

    def _pieces(self, xs: Iterable[float], ys: Iterable[float]) -> list[list[tuple[float, float]]]:
        """Return the points in pixels, cut where one cannot be drawn."""
        pieces: list[list[tuple[float, float]]] = [[]]
        for x, y in zip(xs, ys, strict=True):
            place = self._x.at(x), self._y.at(y)
            if place[0] is None or place[1] is None:
                pieces.append([])
            else:
                pieces[-1].append((place[0], place[1]))
        return [part for piece in pieces if piece for part in self._above_bottom(piece)]

    def _above_bottom(self, piece: list[tuple[float, float]]) -> list[list[tuple[float, float]]]:
        """Return the parts of a curve above the x axis: it may begin higher than the curve."""
        bottom = self.top + self.height + 0.05
        parts: list[list[tuple[float, float]]] = [[]]
        for (x, y), (next_x, next_y) in zip(piece, [*piece[1:], piece[-1]], strict=True):
            if y <= bottom:
                parts[-1].append((x, y))
            if (y <= bottom) != (next_y <= bottom):
                share = (bottom - y) / (next_y - y)
                parts[-1].append((x + share * (next_x - x), bottom))
                if next_y > bottom:
                    parts.append([])
        return [part for part in parts if part]

    def _bands(self, line: Line) -> list[str]:
        # A band that reaches below the axis, or on a logarithmic one below zero, ends at it.
        floor = self._y.lowest
        shown = [low == low and high == high for low, high in zip(line.low, line.high, strict=True)]
        lows = [max(y, floor) if ok else math.nan for y, ok in zip(line.low, shown, strict=True)]
        highs = [max(y, floor) if ok else math.nan for y, ok in zip(line.high, shown, strict=True)]
        uppers, lowers = self._pieces(line.x, highs), self._pieces(line.x, lows)
        return [
            f"{_polyline([*upper, *reversed(lower)])}Z"
            for upper, lower in zip(uppers, lowers, strict=False)
            if len(upper) == len(lower) > 1
        ]

    def _y_texts(self) -> list[str]:
        return self._y.texts(percent=self._chart.percent)


def _legend(lines: Sequence[Line], width: int) -> tuple[list[str], int]:
    """Return the legend's parts, flowing in rows, and its height."""
    parts: list[str] = []
    x, row = float(_MARGIN_LEFT), 0
    for line in (line for line in lines if line.label):
        needed = 34 + _CHARACTER * sum(1.8 if ord(sign) > 0x2E80 else 1 for sign in line.label)
        if x + needed > width and x > _MARGIN_LEFT:
            x, row = float(_MARGIN_LEFT), row + 1
        y = 10 + row * _LEGEND_ROW
        name = f' class="{escaped(line.css_class)}"' if line.css_class else ""
        dash = ' stroke-dasharray="5 3"' if line.dashed else ""
        parts.append(
            f'<path{name} d="M{_n(x)} {y - 4}h20" stroke="{escaped(line.color)}" fill="none" '
            f'stroke-width="2.4"{dash}/>'
            f'<text x="{_n(x + 26)}" y="{y}" fill="currentColor">{escaped(line.label)}</text>'
        )
        x += needed + 8
    return parts, (row + 1) * _LEGEND_ROW if parts else 0


def _apart(places: Iterable[tuple[float, str]]) -> list[tuple[float, str]]:
    """Return the texts without those that would touch the one before."""
    kept: list[tuple[float, str]] = []
    for x, text in places:
        if not kept or x - kept[-1][0] >= 4 + _CHARACTER * (len(text) + len(kept[-1][1])) / 2:
            kept.append((x, text))
    return kept


def _polyline(points: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{_n(x)} {_n(y)}" for x, y in points)


def _n(value: float) -> str:
    """Return a coordinate in as few characters as a tenth of a pixel needs."""
    return f"{value:.1f}".removesuffix(".0")

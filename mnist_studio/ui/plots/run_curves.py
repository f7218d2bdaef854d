"""All that a plot draws of one run, or of several seeds of the same settings."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from .common_grid import Spread, Summary, resample, summarize
from .epoch_points import EpochPoints
from .graph import Graph, Item, Numbers, Paint, set_data
from .noisy_curve import NoisyCurve
from .run_view import NONE, Look, Reading, Shown, View
from .series import Measure, Series
from .spans import Smoothing
from .x_units import XScale

if TYPE_CHECKING:
    from ...training.history import History

_BAND_SHARE = 0.3  # of the line's color in the band around a mean
_TAIL_SHARE = 0.5  # and in what single seeds are ahead of the others
_BEHIND = 0.5  # how far the band and these lie below the line
_LIFT = 50.0  # a curve that is pointed at lies above all others
_PALE = 0.2  # what the others keep of their color


class RunCurves:
    """Draws a run's raw values, its curve and its validation.

    Several histories are drawn as their mean with a band, as far as all that have begun reach;
    what one of them is ahead is drawn pale.

    Parameters
    ----------
    graph : Graph
        Where to draw.
    measure : Measure
        What to draw.
    look : Look
        How.
    """

    def __init__(self, graph: Graph, measure: Measure, look: Look) -> None:
        self._graph = graph
        self._measure = measure
        self._look = look
        self._strength = 1.0
        self._histories: tuple[History, ...] = ()
        self._series: list[Series] = []
        self._smoothing = Smoothing.NORMAL
        self._drawn: Hashable = None
        self.shown = Shown()
        self.raw = NoisyCurve(graph, look.raw or look.line)
        self.band = graph.add_area(look.line)
        self.tails = graph.add_curve(look.line)
        self.validation = EpochPoints(graph, look.validation, look.dots)
        self.line = graph.add_curve(look.line)
        self.dot = graph.add_points(look.line, size=5)
        self._paint()

    # --- what is shown ---------------------------------------------------------------------

    def set_histories(self, histories: Sequence[History], smoothing: Smoothing) -> None:
        """Draw these from now on; what was worked out for those that stay is kept."""
        if self._histories == tuple(histories) and smoothing is self._smoothing:
            return
        known = {id(each.history): each for each in self._series}
        if smoothing is not self._smoothing:
            known = {}
            self._smoothing = smoothing
            self._paint()
        self._histories = tuple(histories)
        self._series = [
            known.get(id(history)) or Series(history, self._measure, smoothing)
            for history in histories
        ]
        self._drawn = None

    @property
    def look(self) -> Look:
        """Its colors and widths."""
        return self._look

    def set_look(self, look: Look) -> None:
        """Change the colors."""
        if look != self._look:
            self._look = look
            self._drawn = None
            self._paint()

    def set_emphasis(self, emphasis: bool | None) -> None:
        """Draw it above all others, paler than another that is, or (None) as usual."""
        self._strength = {True: 2.0, False: _PALE, None: 1.0}[emphasis]
        self._paint()

    def remove(self) -> None:
        """Take everything out of the graph."""
        self._graph.remove(
            *self.raw.items, self.band, self.tails, *self.validation.items, self.line, self.dot
        )

    def _paint(self) -> None:
        look = self._look
        line = look.line
        if self._smoothing is Smoothing.NONE:  # a thick line would hide how often it turns
            line = line._replace(width=1)
        behind = line._replace(width=1, z=line.z - _BEHIND)
        paints: list[tuple[Item, Paint]] = [
            (self.band, behind._replace(share=_BAND_SHARE, z=1.0)),
            (self.tails, behind._replace(share=_TAIL_SHARE)),
            (self.line, line),
            (self.dot, line),
        ]
        paints += [(item, look.raw or line) for item in self.raw.items]
        paints += [(item, look.validation) for item in self.validation.items]
        pale, lift = min(self._strength, 1.0), _LIFT if self._strength > 1.0 else 0.0
        for item, paint in paints:
            self._graph.set_paint(item, paint._replace(share=pale * paint.share, z=paint.z + lift))

    # --- drawing ---------------------------------------------------------------------------

    @property
    def single(self) -> Series:
        """The series of the only history."""
        (series,) = self._series
        return series

    @property
    def _started(self) -> list[Series]:
        return [each for each in self._series if each.history.step]

    def clear(self) -> None:
        """Draw nothing."""
        self._drawn = None
        self.shown = Shown()
        self.raw.clear()
        self.validation.clear()
        for item in (self.line, self.dot, self.tails, self.band):
            set_data(item, NONE, NONE)

    def draw(self, view: View) -> None:
        """Draw what is visible; does nothing unless something has changed."""
        scale, started = view.options.scale, self._started
        if not started:
            self.clear()
            return
        bounds = [scale.steps_within(each.history, view.x_range) for each in started]
        pixel = self._graph.pixel_size() if view.raw else None
        sizes = tuple(each.size for each in started)
        wanted = (tuple(bounds), sizes, pixel, view._replace(x_range=(0.0, 0.0)))
        if wanted == self._drawn:
            return
        self._drawn = wanted
        if len(started) == 1:
            self._draw_single(started[0], bounds[0], view)
        else:
            self._draw_mean(started, bounds, view)

    def _draw_single(self, series: Series, bounds: tuple[int, int], view: View) -> None:
        scale = view.options.scale
        x, y = series.line(scale, *bounds, view.points)
        self._draw_line(x, view.height(y))
        lows = highs = y
        if view.raw and self._look.raw:
            columns = series.raw(*bounds, view.columns, scale.logarithmic)
            self.raw.draw(columns, series.history, scale, view.height)
            lows = np.concatenate([each.low for each in columns])
            highs = np.concatenate([each.high for each in columns])
        else:
            self.raw.clear()
        places, values = series.validation(scale)
        self._draw_validation(places, Summary(values, values, values), view)
        for item in (self.band, self.tails):
            set_data(item, NONE, NONE)
        self.shown = Shown(lows, highs, y, values, _last(x))

    def _draw_mean(self, started: list[Series], bounds: list[tuple[int, int]], view: View) -> None:
        scale, spread = view.options.scale, view.options.spread
        self.raw.clear()
        end = min(_reached(each, scale) for each in started)
        common = view.x_range[0], min(view.x_range[1], end)
        grid, mean = _mean(started, common, view)
        self._draw_line(grid, view.height(mean.mean))
        around = np.isfinite(mean.low) & np.isfinite(mean.high)
        set_data(
            self.band,
            np.concatenate([grid[around], grid[around][::-1]]),
            view.height(np.concatenate([mean.low[around], mean.high[around][::-1]])),
        )
        curves = [each.validation(scale) for each in started]
        epochs = min(len(x) for x, _ in curves)
        rows = np.stack([y[:epochs] for _, y in curves])
        places = np.mean([x[:epochs] for x, _ in curves], axis=0)
        validation = summarize(rows, spread)
        self._draw_validation(places, validation, view)
        ahead = [(x[max(0, epochs - 1) :], y[max(0, epochs - 1) :]) for x, y in curves]
        for series, (first, last) in zip(started, bounds, strict=True):
            begin = max(first, scale.step_before(series.history, end) - 1)
            if last > begin + 1 and _reached(series, scale) > end:
                ahead.append(series.smoothed(scale, begin, last, view.points))
        tails = _connected([each for each in ahead if len(each[0]) > 1])
        set_data(self.tails, tails[0], view.height(tails[1]))
        single = np.concatenate([mean.mean, *(y for _, y in ahead)])
        self.shown = Shown(
            np.concatenate([mean.low, single]),
            np.concatenate([mean.high, single]),
            single,
            validation.mean,
            max(_last(grid), *(_last(x) for x, _ in ahead)) if ahead else _last(grid),
        )

    def _draw_line(self, x: Numbers, y: Numbers) -> None:
        set_data(self.line, x, y)
        # A line begins with the second point.
        dots = 1 if len(x) == 1 else 0
        set_data(self.dot, x[:dots], y[:dots])

    def _draw_validation(self, x: Numbers, values: Summary, view: View) -> None:
        self.validation.draw(x, *(view.height(each) for each in values))

    # --- reading ---------------------------------------------------------------------------

    def read(self, scale: XScale, x: float, tolerance: float) -> Reading | None:
        """Return the values at a coordinate, or None if a history does not reach so far."""
        started = self._started
        for each in started:
            start = float(scale.positions(each.history, 0.5))
            if not start - tolerance <= x <= _reached(each, scale) + tolerance:
                return None
        if not started:
            return None
        steps = [scale.nearest_step(each.history, x) for each in started]
        pairs = list(zip(started, steps, strict=True))
        rows = np.array([[each.line_at(step), each.validation_at(step)] for each, step in pairs])
        if len(rows) == 1:
            return Reading(*rows[0].tolist())
        mean, _, high = summarize(rows, Spread.DEVIATION)
        return Reading(*mean.tolist(), *(high - mean).tolist())


def _last(x: Numbers) -> float:
    return float(x[-1]) if len(x) else float("-inf")


def _reached(series: Series, scale: XScale) -> float:
    return float(scale.positions(series.history, series.history.step))


def _mean(
    started: list[Series], x_range: tuple[float, float], view: View
) -> tuple[Numbers, Summary]:
    scale = view.options.scale
    curves = [
        each.smoothed(scale, *scale.steps_within(each.history, x_range), view.points)
        for each in started
    ]
    if x_range[1] <= x_range[0] or not all(len(x) for x, _ in curves):
        return NONE, Summary(NONE, NONE, NONE)
    grid, rows = resample(curves)
    return grid, summarize(rows, view.options.spread)


def _connected(curves: Sequence[tuple[Numbers, Numbers]]) -> tuple[Numbers, Numbers]:
    """Return several curves as one with gaps of NaN between them."""
    gap = np.array([np.nan])
    x = [part for each in curves for part in (each[0], gap)]
    y = [part for each in curves for part in (each[1], gap)]
    return np.concatenate([NONE, *x]), np.concatenate([NONE, *y])

"""All that a plot draws of one run, or of several seeds of the same settings."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from .common_grid import Spread, Summary, resample, summarize
from .epoch_points import EpochPoints
from .graph import BAND_SHARE, Graph, Item, Numbers, Paint, set_data
from .noisy_curve import NoisyCurve
from .run_view import NONE, Look, Part, Reading, Shown, View
from .series import Measure, Series
from .spans import Smoothing
from .x_units import XScale

if TYPE_CHECKING:
    from ...training.history import History

# Of the line's color in what is provisional, or what single seeds are ahead of the others.
_TAIL_SHARE = 0.5
_BEHIND = 0.5  # how far the band and that lie below the line
_LIFT = 50.0  # a curve that is pointed at lies above all others


class RunCurves:
    """Draws a run's raw values, its curve and its validation.

    Several histories are drawn as their mean with a band, as far as all that have begun reach;
    what one of them is ahead is drawn pale, as is the end of a live run's curve, which may move
    still.

    Parameters
    ----------
    graph : Graph
        Where to draw.
    measure : Measure
        What to draw.
    look : Look
        Colors and widths to begin with.
    key : hashable
        Begins the names in the graph; None for the run in view.

    Attributes
    ----------
    look : Look
        Colors and widths.
    shown : Shown
        The values that are visible.
    """

    def __init__(self, graph: Graph, measure: Measure, look: Look, key: Hashable = None) -> None:
        self._graph = graph
        self._measure = measure
        self._smoothing = Smoothing.NORMAL
        self._strength = 1.0
        self._live = False
        self._series: list[Series] = []
        self._drawn: Hashable = None
        self.look = look
        self.shown = Shown()
        self._hidden: frozenset[Hashable] = frozenset()
        self._raw = NoisyCurve(graph, look.raw or look.line, key)
        self._band = graph.add_area((key, "band"), look.line)
        self._tails = graph.add_curve((key, "tails"), look.line)
        self._validation = EpochPoints(graph, look.validation, look.dots, key)
        self._line = graph.add_curve((key, "line"), look.line)
        self._dot = graph.add_points((key, "dot"), look.line, size=5)
        self._paint()

    # --- what is shown ---------------------------------------------------------------------

    def show(
        self,
        histories: Sequence[History],
        smoothing: Smoothing,
        look: Look,
        strength: float = 1.0,
        *,
        live: bool = False,
        hidden: frozenset[Hashable] = frozenset(),
    ) -> None:
        """Draw these from now on; what was worked out for those that stay is kept.

        Hidden parts are not drawn. The end of the curve of a live run, of which more may come, is
        marked as provisional. A strength below 1 makes the colors paler, one above it lifts them
        above all others.
        """
        self._live = live
        self._hidden = hidden.intersection(Part)
        known = {}
        if smoothing is self._smoothing:
            known = {id(each.history): each for each in self._series}
        self._series = [
            known.get(id(history)) or Series(history, self._measure, smoothing)
            for history in histories
        ]
        if (smoothing, look, strength) != (self._smoothing, self.look, self._strength):
            self._smoothing, self.look, self._strength = smoothing, look, strength
            self._paint()

    def remove(self) -> None:
        """Take everything out of the graph."""
        self._graph.remove(*(item for item, _ in self._paints()))

    def _paint(self) -> None:
        pale, lift = min(self._strength, 1.0), _LIFT if self._strength > 1.0 else 0.0
        for item, paint in self._paints():
            self._graph.set_paint(item, paint._replace(share=pale * paint.share, z=paint.z + lift))

    def _paints(self) -> list[tuple[Item, Paint]]:
        """Return all that is drawn, and how when neither pale nor lifted."""
        look = self.look
        line = look.line
        if self._smoothing is Smoothing.NONE:  # a thick line would hide how often it turns
            line = line._replace(width=1)
        behind = line._replace(width=1, z=line.z - _BEHIND)
        return [
            (self._band, behind._replace(share=BAND_SHARE, z=1.0)),
            (self._tails, behind._replace(share=_TAIL_SHARE)),
            (self._line, line),
            (self._dot, line),
            *((item, look.raw or line) for item in self._raw.items),
            *((item, look.validation) for item in self._validation.items),
        ]

    # --- drawing ---------------------------------------------------------------------------

    @property
    def single(self) -> Series:
        """The series of the only history."""
        (series,) = self._series
        return series

    @property
    def new(self) -> bool:
        """Whether it has something to draw of which nothing is drawn yet."""
        return self._drawn is None and not self._is_hidden and bool(self._started)

    @property
    def _is_hidden(self) -> bool:
        return self._hidden.issuperset(Part)

    @property
    def _started(self) -> list[Series]:
        return [each for each in self._series if each.history.step]

    def clear(self) -> None:
        """Draw nothing."""
        self._drawn = None
        self.shown = Shown()
        self._raw.clear()
        self._validation.clear()
        for item in (self._line, self._dot, self._tails, self._band):
            set_data(item, NONE, NONE)

    def draw(self, view: View) -> None:
        """Draw what is visible; does nothing unless something has changed."""
        scale, started = view.options.scale, self._started
        if not started or self._is_hidden:
            self.clear()
            return
        bounds = [scale.steps_within(each.history, view.x_range) for each in started]
        raw = view.raw and self.look.raw is not None and Part.RAW not in self._hidden
        pixel = self._graph.pixel_size() if raw else None
        sizes = tuple(each.size for each in started)
        view = view._replace(raw=raw)
        wanted = (
            tuple(started),
            tuple(bounds),
            sizes,
            pixel,
            view._replace(x_range=(0.0, 0.0)),
            self._live,
            self._hidden,
        )
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
        heights = view.height(y)
        # All of a curve that may still move is drawn pale but its first point.
        settled = len(x)
        if self._live:
            end = scale.positions(series.history, series.settled_steps)
            settled = max(1, int(np.searchsorted(x, end, side="right")))
        self._draw_line(x[:settled], heights[:settled])
        tail = slice(settled - 1, None if settled < len(x) else 0)
        self._set(self._tails, x[tail], heights[tail])
        lows = highs = y
        if view.raw:
            columns = series.raw(*bounds, view.columns, scale.logarithmic)
            self._raw.draw(columns, series.history, scale, view.height)
            lows = np.concatenate([each.low for each in columns])
            highs = np.concatenate([each.high for each in columns])
        else:
            self._raw.clear()
        places, values = series.validation(scale)
        heights = view.height(values)
        self._draw_validation(places, heights, heights, heights)
        set_data(self._band, NONE, NONE)
        self.shown = Shown(lows, highs, y, values, _last(x))

    def _draw_mean(self, started: list[Series], bounds: list[tuple[int, int]], view: View) -> None:
        scale, spread = view.options.scale, view.options.spread
        self._raw.clear()
        end = min(_reached(each, scale) for each in started)
        common = view.x_range[0], min(view.x_range[1], end)
        grid, mean = _mean(started, common, view)
        self._draw_line(grid, view.height(mean.mean))
        around = np.isfinite(mean.low) & np.isfinite(mean.high)
        self._set(
            self._band,
            np.concatenate([grid[around], grid[around][::-1]]),
            view.height(np.concatenate([mean.low[around], mean.high[around][::-1]])),
        )
        curves = [each.validation(scale) for each in started]
        epochs = min(len(x) for x, _ in curves)
        rows = np.stack([y[:epochs] for _, y in curves])
        places = np.mean([x[:epochs] for x, _ in curves], axis=0)
        validation = summarize(rows, spread)
        self._draw_validation(places, *(view.height(each) for each in validation))
        ahead = [(x[max(0, epochs - 1) :], y[max(0, epochs - 1) :]) for x, y in curves]
        for series, (first, last) in zip(started, bounds, strict=True):
            begin = max(first, scale.step_before(series.history, end) - 1)
            if last > begin + 1 and _reached(series, scale) > end:
                ahead.append(series.smoothed(scale, begin, last, view.points))
        tails = _connected([each for each in ahead if len(each[0]) > 1])
        self._set(self._tails, tails[0], view.height(tails[1]))
        single = np.concatenate([mean.mean, *(y for _, y in ahead)])
        self.shown = Shown(
            np.concatenate([mean.low, single]),
            np.concatenate([mean.high, single]),
            single,
            validation.mean,
            max(_last(grid), *(_last(x) for x, _ in ahead)) if ahead else _last(grid),
        )

    def _draw_line(self, x: Numbers, y: Numbers) -> None:
        self._set(self._line, x, y)
        # A line begins with the second point.
        dots = 1 if len(x) == 1 else 0
        self._set(self._dot, x[:dots], y[:dots])

    def _set(self, item: Item, x: Numbers, y: Numbers) -> None:
        """Give a part of the line its data unless it is hidden."""
        hidden = Part.LINE in self._hidden
        set_data(item, NONE if hidden else x, NONE if hidden else y)

    def _draw_validation(self, x: Numbers, y: Numbers, low: Numbers, high: Numbers) -> None:
        if Part.VALIDATION in self._hidden:
            self._validation.clear()
        else:
            self._validation.draw(x, y, low, high)

    # --- reading ---------------------------------------------------------------------------

    def read(self, scale: XScale, x: float, tolerance: float) -> Reading | None:
        """Return the values at a coordinate, or None if a history does not reach so far."""
        started = [] if self._is_hidden else self._started
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

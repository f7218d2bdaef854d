"""The curves of the run in view, and of any number of other runs behind it or alone."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, Protocol

import numpy as np
from PySide6.QtCore import QObject

from .hover import Row
from .legend import Entry
from .level_line import LevelLine
from .plotted_run import PlotContent, PlottedRun
from .ranges import Range, SteppedEnd
from .run_curves import RunCurves
from .run_view import Look, Part, Reading, Shown, View
from .spans import Smoothing
from .unit_text import place_text, step_text

if TYPE_CHECKING:
    from ...training.history import History
    from .graph import Graph, Numbers
    from .marks import Marks
    from .plot_controls import RawChoice
    from .series import Measure

_FEW_RUNS = 4  # up to so many have lines of as many points as a single one
_POINTS = (500, 250)
_MOST_COLUMNS = 1000
_BEGUN = 0.1  # of the x axis: a run that has only begun does not change the range of others
_ABOVE = 10.0  # how far the run in view lies above the others
_PALE = 0.2  # what the others keep of their color while one is pointed at
_STRONG = 2.0
_AT_ONCE = 8  # runs that are drawn for the first time in one redraw, 1 to 2 ms each


class Quantity(Protocol):
    """What is drawn of runs: how it looks, and where it lies on the y axis."""

    measure: Measure
    look: Look  # of the run in view, alone
    names: tuple[str, ...]  # of the raw values (if they are drawn), the curve and the validation
    raw_name: str  # of a single raw value

    @property
    def height(self) -> Callable[[Numbers], Numbers]:
        """The function that tells where values lie on the y axis."""

    @property
    def empty_range(self) -> Range:
        """The y range while there is nothing to draw."""

    def run_look(self, token: str, count: int) -> Look:
        """Return how each of `count` runs beside each other is drawn."""

    def guess(self, classes: int) -> float:
        """Return the value of a network that guesses among so many classes."""

    def guess_text(self, guess: float) -> str:
        """Return what to write beside that value."""

    def range_of(self, shown: list[Shown], end: SteppedEnd, guess: float) -> Range:
        """Return the y range that shows these values; `end` may keep its upper end calm."""

    def text(self, value: float, deviation: float | None = None) -> str:
        """Return a value as text, and by how much seeds deviate from it if that is known."""


class OverlaidRuns(QObject):
    """Draws one quantity of all runs of a plot; the `Curves` of a `LivePlot`.

    Parameters
    ----------
    graph : Graph
        Where to draw.
    quantity : Quantity
        What to draw.
    marks : Marks, optional
        Where the run in view was changed.
    raw : RawChoice, optional
        Whether the raw values of runs beside each other are drawn.
    """

    def __init__(
        self,
        graph: Graph,
        quantity: Quantity,
        marks: Marks | None = None,
        raw: RawChoice | None = None,
    ) -> None:
        super().__init__(graph)
        self._graph = graph
        self._quantity = quantity
        self._marks = marks
        self._raw = raw
        self._content = PlotContent()
        self._main = RunCurves(graph, quantity.measure, quantity.look)
        self._curves: dict[Hashable, RunCurves] = {}
        self._end = SteppedEnd()
        self._guess = LevelLine(graph, "guessing")
        self._unfinished = False

    @property
    def empty_range(self) -> Range:
        """See `Curves`."""
        return self._quantity.empty_range

    @property
    def unfinished(self) -> bool:
        """See `Curves`: of many runs that are shown at once, a few are drawn at a time."""
        return self._unfinished

    # --- what is shown ---------------------------------------------------------------------

    def show(self, content: PlotContent) -> None:
        """See `Curves`; what was worked out for histories that stay is kept.

        Raises
        ------
        ValueError
            If two runs have the same key.
        """
        runs, smoothing = content.runs, content.options.smoothing
        keys = {run.key for run in runs}
        if len(keys) < len(runs):
            raise ValueError("two runs of an overlay have the same key")
        self._content = content
        if self._raw is not None:
            self._raw.offer(content)
        for key in [key for key in self._curves if key not in keys]:
            self._curves.pop(key).remove()
        hidden = content.hidden
        known = content.highlighted in keys - hidden
        for run in runs:
            key = run.key
            look = self._quantity.run_look(run.token, len(runs))
            if key not in self._curves:
                self._curves[key] = RunCurves(self._graph, self._quantity.measure, look, key)
            strength = 1.0 if not known else _STRONG if key == content.highlighted else _PALE
            parts = frozenset(Part) if key in hidden else hidden
            curves = self._curves[key]
            curves.show(run.histories, smoothing, look, strength, live=not run.ended, hidden=parts)
        look = self._quantity.look
        if runs:
            own = self._quantity.run_look(content.token, len(runs))
            look = own.raised(_ABOVE)._replace(raw=look.raw)
        track = content.run
        live = track is not None and not track.ended
        self._main.show([track.history] if track else [], smoothing, look, live=live, hidden=hidden)

    def entries(self) -> tuple[Entry, ...]:
        """See `Curves`: what the colors mean, or the shapes where each run has its own color."""
        runs, names = self._content.runs, self._quantity.names
        if not self._content.tracks():
            return ()
        short = {Part.VALIDATION: self.tr("val.")}
        if self._content.run is None:
            training, validation = self.tr("training"), self.tr("validation")
            return (
                Entry("dim", training, key=Part.LINE),
                Entry("dim", validation, True, Part.VALIDATION, short[Part.VALIDATION]),
            )
        return tuple(
            Entry(token, name, bool(runs) and part in short, part, short.get(part, ""))
            for (part, token), name in zip(self._main.look.tokens.items(), names, strict=True)
        )

    def clear(self) -> None:
        """See `Curves`."""
        self._end = SteppedEnd()
        for curves in (self._main, *self._curves.values()):
            curves.clear()
        self._guess.clear()
        if self._marks is not None:
            self._marks.clear()

    def draw(self, x_range: Range, y_range: Range | None) -> Range:
        """See `Curves`."""
        content, graph = self._content, self._graph
        width = max(100, graph.area().width())
        points, options = _POINTS[len(content.runs) > _FEW_RUNS], content.options
        if options.smoothing is not Smoothing.NONE and not options.scale.logarithmic:
            points = min(points, width // 2)  # what is smooth needs no more
        view = View(
            options,
            x_range,
            self._quantity.height,
            points,
            min(width, _MOST_COLUMNS),  # one or two pixels each
            raw=True,
        )
        self._main.draw(view)
        view = view._replace(raw=self._raw is not None and self._raw.button.isChecked())
        new = [curves for curves in self._curves.values() if curves.new]
        later = new[_AT_ONCE:]
        for curves in self._curves.values():
            if curves not in later:
                curves.draw(view)
        self._unfinished = bool(later)
        every = [each.shown for each in (self._main, *self._curves.values())]
        shown = [each for each in every if len(each.line)]
        begun = x_range[0] + _BEGUN * (x_range[1] - x_range[0])
        long = [each for each in shown if each.end > begun]
        quantity, guess = self._quantity, self._quantity.guess(content.classes)
        wanted = quantity.range_of(long or shown, self._end, guess)
        y_range = y_range or wanted
        height = float(quantity.height(np.array(guess)))
        self._guess.draw(height, quantity.guess_text(guess), x_range, y_range)
        if self._marks is not None and content.run is not None:
            self._marks.draw(content.run.history, content.options.scale, y_range)
        return y_range

    # --- the pointer -----------------------------------------------------------------------

    def read(self, x: float, y: float, room: int) -> tuple[float, tuple[Row, ...]]:
        """See `Curves`; of too many runs those nearest to the pointer are read."""
        head = Row("", "", self.tr("training"), self.tr("validation"))
        own = self._content.history
        if own is None or not own.step:
            place = place_text(self._content.options.scale, x)
            runs = self._run_rows(x, y, max(1, room - 1))
            return x, (head._replace(text=place), *runs) if runs else (Row("", place, ""),)
        history, step, x = self._content.nearest(x)
        rows = [Row("", step_text(history, step), ""), *self._main_rows(history, step)]
        runs = self._run_rows(x, y, max(1, room - len(rows) - 1))
        return x, (*rows, head, *runs) if runs else tuple(rows)

    def _main_rows(self, history: History, step: int) -> list[Row]:
        """Return what is known of the run in view at a step, and what was changed there."""
        quantity, look, series = self._quantity, self._main.look, self._main.single
        hidden = self._content.hidden
        rows = []
        if series.begun_at(step):
            if look.raw is not None and Part.RAW not in hidden:
                raw = quantity.text(series.raw_at(step))
                rows.append(Row(look.raw.token, quantity.raw_name, raw))
            if Part.LINE not in hidden:
                curve = quantity.text(series.line_at(step))
                rows.append(Row(look.line.token, quantity.names[-2], curve))
        validation = series.validation_at(step)
        if np.isfinite(validation) and Part.VALIDATION not in hidden:
            text = quantity.text(validation)
            rows.append(Row(look.validation.token, quantity.names[-1], text))
        if self._marks is not None:
            rows += self._marks.near(history, self._content.options.scale, step)
        return rows

    def _run_rows(self, x: float, y: float, room: int) -> tuple[Row, ...]:
        """Return a row for each run that reaches `x`: of too many those nearest to the pointer."""
        tolerance = self._graph.pixel_size()[0]
        found = []
        for run in self._content.runs:
            reading = self._curves[run.key].read(self._content.options.scale, x, tolerance)
            if reading is not None:
                found.append((self._distance(reading, y), self._run_row(run, reading)))
        if len(found) <= room:
            return tuple(row for _, row in found)
        farthest = sorted(distance for distance, _ in found)[max(0, room - 2)]
        near = [row for distance, row in found if distance <= farthest][: max(1, room - 1)]
        return (*near, Row("", self.tr("… {0} more").format(len(found) - len(near)), ""))

    def _distance(self, reading: Reading, y: float) -> float:
        distances = np.abs(self._quantity.height(np.array(reading[:2])) - y)
        finite = distances[np.isfinite(distances)]
        return float(finite.min()) if len(finite) else float("inf")

    def _run_row(self, run: PlottedRun, reading: Reading) -> Row:
        return Row(
            run.token,
            run.label,
            self._text(reading.line, reading.line_deviation),
            self._text(reading.validation, reading.validation_deviation),
        )

    def _text(self, value: float, deviation: float | None) -> str:
        return self._quantity.text(value, deviation) if np.isfinite(value) else ""

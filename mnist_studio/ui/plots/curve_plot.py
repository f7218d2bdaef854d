"""The base of the loss and the accuracy plot: the run in view, and any number of others."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget

from ..number_text import grouped
from .hover import Row
from .legend import Entry, Legend
from .live_plot import LivePlot, YRange
from .plotted_run import PlotOptions, PlottedRun
from .redraw_clock import RedrawClock
from .run_curves import RunCurves
from .run_view import Look, Reading, Shown, View
from .x_follower import Track
from .x_units import XUnit

if TYPE_CHECKING:
    from ...training.history import History
    from .graph import Numbers
    from .series import Measure

_FEW_RUNS = 4  # up to so many have lines of as many points as a single one
_POINTS = (500, 250)
_BEGUN = 0.1  # of the x axis: a run that has only begun does not change the range of others
_ABOVE = 10.0  # how far the run in view lies above the others


class CurvePlot(LivePlot):
    """Draws one figure of the run in view, and behind it or alone any number of other runs.

    Signals
    -------
    run_hovered(object)
        The pointer is on the legend's entry of the run with this key; None when it has gone.
    """

    run_hovered = Signal(object)

    def __init__(
        self,
        title: str,
        clock: RedrawClock,
        measure: Measure,
        look: Look,
        suffix: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(title, clock, suffix, parent)
        self._measure = measure
        self._look = look
        self._main_token = "text"
        self.main = RunCurves(self.graph, measure, look)
        self._plotted: tuple[PlottedRun, ...] = ()
        self._curves: dict[Hashable, RunCurves] = {}
        self.run_legend = Legend(lines=2)
        self.run_legend.hide()
        self.body.insertWidget(1, self.run_legend)
        self.run_legend.entry_hovered.connect(self._on_entry_hovered)
        self._name_curves()

    # --- what is shown ---------------------------------------------------------------------

    @property
    def runs(self) -> tuple[PlottedRun, ...]:
        """What :meth:`show_runs` was told last."""
        return self._plotted

    def show_runs(self, runs: Sequence[PlottedRun], main_token: str = "text") -> None:
        """Draw these runs, behind the run in view if there is one.

        What was worked out for histories that stay is kept, so this may be called often.

        Parameters
        ----------
        runs : sequence of PlottedRun
            In the order of the legend.
        main_token : str
            Color of the run in view while there are others.

        Raises
        ------
        ValueError
            If two of them have the same key.
        """
        plotted = tuple(runs)
        if len({run.key for run in plotted}) < len(plotted):
            raise ValueError("two runs of an overlay have the same key")
        if plotted != self._plotted or main_token != self._main_token:
            self._plotted, self._main_token = plotted, main_token
            self._update_curves()
            self.run_legend.set_entries(tuple(Entry(run.token, run.label) for run in plotted))
            self.run_legend.setVisible(bool(plotted))
            self._name_curves()
        self.mark_dirty()

    def show_history(self, history: History | None, total_steps: int | None = None) -> None:
        """Show another run in view from its beginning, and follow it; see `LivePlot`."""
        histories = () if history is None else (history,)
        self.main.set_histories((), self._options.smoothing)
        self.main.set_histories(histories, self._options.smoothing)
        super().show_history(history, total_steps)
        self._name_curves()

    def set_options(self, options: PlotOptions) -> None:
        """Draw differently; the view follows again if the x axis is another."""
        self.main.set_histories(
            () if self._history is None else (self._history,), options.smoothing
        )
        for run in self._plotted:
            self._curves[run.key].set_histories(run.histories, options.smoothing)
        super().set_options(options)

    @Slot(object)
    def highlight(self, key: Hashable | None) -> None:
        """Draw all runs but this one pale; all as usual if there is no such run."""
        known = key in self._curves
        for each, curves in self._curves.items():
            curves.set_emphasis(each == key if known else None)

    def _update_curves(self) -> None:
        keys = {run.key for run in self._plotted}
        for key in [key for key in self._curves if key not in keys]:
            self._curves.pop(key).remove()
        for run in self._plotted:
            look = self._run_look(run.token)
            if run.key not in self._curves:
                self._curves[run.key] = RunCurves(self.graph, self._measure, look)
            self._curves[run.key].set_look(look)
            self._curves[run.key].set_histories(run.histories, self._options.smoothing)

    def _name_curves(self) -> None:
        """Say what the curves mean: by their colors, or in an overlay by their shapes."""
        if self._history is None and self._plotted:
            self.legend.set_entries(
                (
                    Entry("dim", self.tr("training")),
                    Entry("dim", self.tr("validation"), dots=True),
                )
            )
            return
        look = self._look
        if self._plotted:
            look = self._run_look(self._main_token).raised(_ABOVE)._replace(raw=look.raw)
        self.main.set_look(look)
        tokens = [paint.token for paint in look[:3] if paint is not None]
        names = self._main_names()[-len(tokens) :]
        self.legend.set_entries(
            tuple(
                Entry(token, name, dots=bool(self._plotted) and name is names[-1])
                for token, name in zip(tokens, names, strict=True)
            )
        )

    @Slot(int)
    def _on_entry_hovered(self, index: int) -> None:
        key = self._plotted[index].key if 0 <= index < len(self._plotted) else None
        self.highlight(key)
        self.run_hovered.emit(key)

    # --- drawing ---------------------------------------------------------------------------

    def _tracks(self) -> list[Track]:
        runs = [
            Track(history, run.total_steps, run.ended)
            for run in self._plotted
            for history in run.histories
            if history.step
        ]
        return super()._tracks() + runs

    def _clear(self) -> None:
        for curves in (self.main, *self._curves.values()):
            curves.clear()

    def _draw(self, x_range: tuple[float, float]) -> YRange:
        view = View(
            self._options,
            x_range,
            self._height(),
            _POINTS[len(self._plotted) > _FEW_RUNS],
            self._columns(),
            raw=True,
        )
        self.main.draw(view)
        view = view._replace(raw=self._shows_raw())
        for curves in self._curves.values():
            curves.draw(view)
        shown = [each.shown for each in (self.main, *self._curves.values()) if len(each.shown.line)]
        begun = x_range[0] + _BEGUN * (x_range[1] - x_range[0])
        return self._y_range([each for each in shown if each.end > begun] or shown)

    def _shows_raw(self) -> bool:
        """Whether the single values of the runs are shown, as those of the run in view are."""
        return False

    # --- the pointer -----------------------------------------------------------------------

    def _read(self, x: float, y: float) -> tuple[float, tuple[Row, ...]]:
        rows: tuple[Row, ...] = ()
        place = ""
        if self._history is not None and self._history.step:
            x, rows = super()._read(x, y)
        else:
            place = self._place_text(x)
        room = self.readout.capacity(self.graph.area().height()) - len(rows) - 1
        runs = self._run_rows(x, y, max(1, room))
        if runs or place:
            head = Row("", place, self.tr("training"), self.tr("validation"))
            rows = (*rows, head if runs else Row("", place, ""), *runs)
        return x, rows

    def _run_rows(self, x: float, y: float, room: int) -> tuple[Row, ...]:
        """Return a row for each run that reaches `x`: of too many those nearest to the pointer."""
        tolerance = self.graph.pixel_size()[0]
        found = []
        for run in self._plotted:
            reading = self._curves[run.key].read(self._options.scale, x, tolerance)
            if reading is not None:
                found.append((self._distance(reading, y), self._run_row(run, reading)))
        if len(found) <= room:
            return tuple(row for _, row in found)
        farthest = sorted(distance for distance, _ in found)[max(0, room - 2)]
        near = [row for distance, row in found if distance <= farthest][: max(1, room - 1)]
        return (*near, Row("", self.tr("… {0} more").format(len(found) - len(near)), ""))

    def _distance(self, reading: Reading, y: float) -> float:
        distances = np.abs(self._height()(np.array(reading[:2])) - y)
        finite = distances[np.isfinite(distances)]
        return float(finite.min()) if len(finite) else float("inf")

    def _run_row(self, run: PlottedRun, reading: Reading) -> Row:
        return Row(
            run.token,
            run.label,
            self._value_text(reading.line, reading.line_deviation),
            self._value_text(reading.validation, reading.validation_deviation),
        )

    def _value_text(self, value: float, deviation: float | None) -> str:
        if not np.isfinite(value):
            return ""
        text = self._text(value)
        return text if deviation is None else f"{text} ± {self._text(deviation)}"

    def _place_text(self, x: float) -> str:
        scale = self._options.scale
        position = scale.position(x)
        match scale.unit:
            case XUnit.BATCHES:
                return self.tr("batch {0}").format(grouped(position))
            case XUnit.IMAGES:
                return self.tr("{0} images").format(grouped(position))
            case XUnit.EPOCHS:
                return self.tr("epoch {0}").format(f"{position:.2f}")
            case XUnit.SECONDS:
                return self.tr("{0} s").format(f"{position:.1f}")

    # --- for subclasses --------------------------------------------------------------------

    def _run_look(self, token: str) -> Look:
        """Return how a run beside others is drawn."""
        raise NotImplementedError

    def _main_names(self) -> tuple[str, ...]:
        """Return what the raw values (if drawn), the curve and the validation are called."""
        raise NotImplementedError

    def _height(self) -> Callable[[Numbers], Numbers]:
        """Return the function that tells where values lie on the y axis."""
        raise NotImplementedError

    def _y_range(self, shown: list[Shown]) -> YRange:
        """Return the range to use while following."""
        raise NotImplementedError

    def _text(self, value: float) -> str:
        """Return a value as text."""
        raise NotImplementedError

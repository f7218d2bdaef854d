"""One history as a plot reads it: raw, smoothed and validated, at any resolution."""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from .decimation import COLUMNS, Columns, MinMaxPyramid, octaves
from .smoothing import CenteredMean
from .spans import Smoothing, accuracy_span, loss_span
from .x_units import XScale

if TYPE_CHECKING:
    from ...training.history import History

Numbers = npt.NDArray[np.floating]
_FEWEST = 50  # points in each part of a logarithmic axis


class Measure(NamedTuple):
    """Which figure of a history is drawn.

    Attributes
    ----------
    values : callable
        Returns all of them, shape (n,).
    span : callable
        Returns over how many of them they are averaged.
    sampled : bool
        Whether they are those of the samples instead of one for each batch.
    epoch_column : str
        The epochs' field with the same figure of the validation part.
    """

    values: Callable[[History], Numbers]
    span: Callable[[History], float]
    sampled: bool
    epoch_column: str

    def steps(self, history: History, indices: npt.NDArray[np.int64]) -> Numbers:
        """Return the steps of values."""
        return history.sample_steps[indices] if self.sampled else indices + 1.0

    def within(self, history: History, first: int, last: int) -> tuple[int, int]:
        """Return which values to draw for the batches ``[first, last)``."""
        return values_within(history.sample_steps, first, last) if self.sampled else (first, last)

    def index_at(self, history: History, step: int) -> int:
        """Return the last value at or before a step, -1 if there is none."""
        if not self.sampled:
            return step - 1
        return int(history.sample_steps.searchsorted(step, side="right")) - 1


LOSS = Measure(attrgetter("losses"), loss_span, False, "validation_loss")
# On the training images, sampled about a hundred times an epoch.
ACCURACY = Measure(attrgetter("sample_accuracies"), accuracy_span, True, "validation_accuracy")


def values_within(steps: Numbers, first: int, last: int) -> tuple[int, int]:
    """Return which values, of these steps, to draw for ``[first, last)``: one more on each side."""
    begin, end = steps.searchsorted([first + 1, last], side="left").tolist()
    return max(0, begin - 1), min(len(steps), end + 1)


class Series:
    """What is worked out once of a growing history: extremes and means.

    Parameters
    ----------
    history : History
        May grow, but not shrink.
    measure : Measure
        What is read of it.
    smoothing : Smoothing
        How far means reach; without any, means over seeds are smoothed lightly still.
    """

    def __init__(self, history: History, measure: Measure, smoothing: Smoothing) -> None:
        self.history = history
        self._measure = measure
        self._smoothing = smoothing
        self._pyramid = MinMaxPyramid()
        factor = smoothing.factor or Smoothing.LIGHT.factor
        self._mean = CenteredMean(measure.span(history) * factor)

    @property
    def size(self) -> tuple[int, int, int]:
        """How much has been recorded; unless this changes, nothing else does."""
        history = self.history
        return history.step, len(history.sample_steps), history.epoch_count

    def raw(self, first: int, last: int, columns: int, logarithmic: bool) -> list[Columns]:
        """Return the extremes of all values that belong to the batches ``[first, last)``."""
        values = self._measure.values(self.history)
        begin, end = self._measure.within(self.history, first, last)
        parts = _parts(begin, end, logarithmic)
        columns = max(_FEWEST, columns // max(1, len(parts)))
        return [self._pyramid.columns(values, *part, columns) for part in parts]

    def line(
        self, scale: XScale, first: int, last: int, points: int = COLUMNS
    ) -> tuple[Numbers, Numbers]:
        """Return the curve to draw for the batches ``[first, last)``.

        Without smoothing it goes through the extremes of some hundred blocks, so that no value
        that stands out is missing.
        """
        if self._smoothing is not Smoothing.NONE:
            return self.smoothed(scale, first, last, points)
        parts = self.raw(first, last, points // 2, scale.logarithmic)
        count = len(self._measure.values(self.history))
        places = [np.empty(0, np.int64)]
        heights: list[Numbers] = [np.empty(0)]
        for starts, block, low, high in parts:
            pairs = 1 if block == 1 else 2
            inside = starts[:, None] + np.arange(pairs) * (block // 2)
            places.append(np.minimum(inside, count - 1).ravel())
            heights.append(np.stack([high, low][:pairs], axis=1).ravel())
        x = scale.positions(self.history, self._measure.steps(self.history, np.concatenate(places)))
        return x, np.concatenate(heights)

    def smoothed(
        self, scale: XScale, first: int, last: int, points: int = COLUMNS
    ) -> tuple[Numbers, Numbers]:
        """Return coordinates and means for the batches ``[first, last)``."""
        values = self._measure.values(self.history)
        begin, end = self._measure.within(self.history, first, last)
        parts = _parts(begin, end, scale.logarithmic)
        if not parts:
            return np.empty(0), np.empty(0)
        points = max(_FEWEST, points // len(parts))
        samples = [self._mean.sample(values, *part, points) for part in parts]
        steps = self._measure.steps(self.history, np.concatenate([each[0] for each in samples]))
        return scale.positions(self.history, steps), np.concatenate([each[1] for each in samples])

    @property
    def settled_steps(self) -> float:
        """Up to which step the curve stays as it is while more is recorded."""
        if self._smoothing is Smoothing.NONE:
            return float(self.history.step)
        count = len(self._measure.values(self.history))
        index = self._mean.settled(count) - 1
        return float(self._measure.steps(self.history, np.array([index]))[0]) if count else 0.0

    def begun_at(self, step: int) -> bool:
        """Return whether there is a value at or before a step."""
        return self._measure.index_at(self.history, step) >= 0

    def raw_at(self, step: int) -> float:
        """Return the value at or before a step, or NaN."""
        index = self._measure.index_at(self.history, step)
        return float(self._measure.values(self.history)[index]) if index >= 0 else float("nan")

    def line_at(self, step: int) -> float:
        """Return the height of the curve at or before a step, or NaN."""
        index = self._measure.index_at(self.history, step)
        if index < 0 or self._smoothing is Smoothing.NONE:
            return self.raw_at(step)
        return self._mean.at(self._measure.values(self.history), index)

    def validation(self, scale: XScale) -> tuple[Numbers, Numbers]:
        """Return coordinates and values of the validation at the end of each epoch."""
        steps = self.history.epoch_column("step")
        values = self.history.epoch_column(self._measure.epoch_column)
        return scale.positions(self.history, steps), values

    def validation_at(self, step: int) -> float:
        """Return the value at the end of the last epoch that ended at or before `step`, or NaN."""
        epochs = int(self.history.epoch_column("step").searchsorted(step, side="right"))
        values = self.history.epoch_column(self._measure.epoch_column)
        return float(values[epochs - 1]) if epochs else float("nan")


def _parts(begin: int, end: int, logarithmic: bool) -> list[tuple[int, int]]:
    if end <= begin:
        return []
    return octaves(begin, end) if logarithmic else [(begin, end)]

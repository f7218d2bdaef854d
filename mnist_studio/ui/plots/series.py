"""One history as a plot reads it: raw, smoothed and validated, at any resolution."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np
import numpy.typing as npt

from .decimation import COLUMNS, Columns, MinMaxPyramid, octaves
from .smoothing import ExponentialAverage
from .spans import Smoothing, accuracy_span, loss_span
from .x_units import XScale

if TYPE_CHECKING:
    from ...training.history import History

Numbers = npt.NDArray[np.floating]
_FEWEST = 50  # points in each part of a logarithmic axis


class Measure(Protocol):
    """Which figure of a history is drawn.

    Attributes
    ----------
    epoch_column : str
        The epochs' field with the same figure of the validation part.
    """

    @property
    def epoch_column(self) -> str:
        """See above."""

    def values(self, history: History) -> Numbers:
        """Return all values, shape (n,)."""

    def steps(self, history: History, indices: npt.NDArray[np.int64]) -> Numbers:
        """Return the steps of values."""

    def within(self, history: History, first: int, last: int) -> tuple[int, int]:
        """Return which values to draw for the batches ``[first, last)``."""

    def index_at(self, history: History, step: int) -> int:
        """Return the last value at or before a step, -1 if there is none."""

    def span(self, history: History) -> float:
        """Return over how many values they are averaged."""


class LossMeasure:
    """The loss of every batch."""

    epoch_column = "validation_loss"

    def values(self, history: History) -> Numbers:
        """See `Measure`."""
        return history.losses

    def steps(self, history: History, indices: npt.NDArray[np.int64]) -> Numbers:
        """See `Measure`."""
        return indices + 1.0

    def within(self, history: History, first: int, last: int) -> tuple[int, int]:
        """See `Measure`."""
        return first, last

    def index_at(self, history: History, step: int) -> int:
        """See `Measure`."""
        return step - 1

    def span(self, history: History) -> float:
        """See `Measure`."""
        return loss_span(history)


class AccuracyMeasure:
    """The accuracy on the training images, sampled about a hundred times an epoch."""

    epoch_column = "validation_accuracy"

    def values(self, history: History) -> Numbers:
        """See `Measure`."""
        return history.sample_accuracies

    def steps(self, history: History, indices: npt.NDArray[np.int64]) -> Numbers:
        """See `Measure`."""
        return history.sample_steps[indices]

    def within(self, history: History, first: int, last: int) -> tuple[int, int]:
        """See `Measure`."""
        return samples_within(history, first, last)

    def index_at(self, history: History, step: int) -> int:
        """See `Measure`."""
        return int(history.sample_steps.searchsorted(step, side="right")) - 1

    def span(self, history: History) -> float:
        """See `Measure`."""
        return accuracy_span(history)


def samples_within(history: History, first: int, last: int) -> tuple[int, int]:
    """Return the samples to draw for the batches ``[first, last)``: one more on either side."""
    steps = history.sample_steps
    begin, end = steps.searchsorted([first + 1, last], side="left").tolist()
    return max(0, begin - 1), min(len(steps), end + 1)


class Series:
    """What is worked out once of a growing history: extremes and averages.

    Parameters
    ----------
    history : History
        May grow, but not shrink.
    measure : Measure
        What is read of it.
    smoothing : Smoothing
        How far averages reach back; without any, means over seeds are smoothed lightly still.
    """

    def __init__(self, history: History, measure: Measure, smoothing: Smoothing) -> None:
        self.history = history
        self._measure = measure
        self._smoothing = smoothing
        self._pyramid = MinMaxPyramid()
        factor = smoothing.factor or Smoothing.LIGHT.factor
        self._average = ExponentialAverage(measure.span(history) * factor)

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
        """Return coordinates and averages for the batches ``[first, last)``."""
        values = self._measure.values(self.history)
        begin, end = self._measure.within(self.history, first, last)
        parts = _parts(begin, end, scale.logarithmic)
        if not parts:
            return np.empty(0), np.empty(0)
        points = max(_FEWEST, points // len(parts))
        samples = [self._average.sample(values, *part, points) for part in parts]
        steps = self._measure.steps(self.history, np.concatenate([each[0] for each in samples]))
        return scale.positions(self.history, steps), np.concatenate([each[1] for each in samples])

    def raw_at(self, step: int) -> float:
        """Return the value at or before a step, or NaN."""
        index = self._measure.index_at(self.history, step)
        return float(self._measure.values(self.history)[index]) if index >= 0 else float("nan")

    def line_at(self, step: int) -> float:
        """Return the height of the curve at or before a step, or NaN."""
        index = self._measure.index_at(self.history, step)
        if index < 0 or self._smoothing is Smoothing.NONE:
            return self.raw_at(step)
        return self._average.at(self._measure.values(self.history), index)

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

"""What the x axis counts: batches, images seen, epochs or seconds, linearly or by powers of ten."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from ...training.history import History

_LEAST = 1e-4  # what a logarithmic axis shows of zero seconds
_FARTHEST = 300.0  # powers of ten: the user may move the view beyond all numbers


class XUnit(Enum):
    """A unit of the x axis; every batch lies where it ended."""

    BATCHES = "batches"
    IMAGES = "images"
    EPOCHS = "epochs"
    SECONDS = "seconds"

    def start(self, history: History) -> float:
        """Return where the history begins: at zero unless the run was forked from another."""
        match self:
            case XUnit.BATCHES:
                return float(history.origin.batches)
            case XUnit.IMAGES:
                return float(history.origin.images)
            case XUnit.EPOCHS:
                return history.origin.epochs
            case XUnit.SECONDS:
                return history.origin.seconds

    def positions(self, history: History, steps: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """Return where steps (from 1, fractions between them allowed) lie on the axis."""
        return self.start(history) + self._since_start(history, np.asarray(steps, np.float64))

    def _since_start(
        self, history: History, steps: npt.NDArray[np.float64]
    ) -> npt.NDArray[np.float64]:
        if self is XUnit.BATCHES:
            return steps
        if self is XUnit.EPOCHS:
            return steps / history.batches_per_epoch
        if self is XUnit.IMAGES:
            return history.images_seen(steps)
        seconds = history.seconds
        if not len(seconds):
            return np.zeros_like(steps)
        index = np.clip(np.rint(steps), 1, len(seconds)).astype(np.int64) - 1
        return seconds[index].astype(np.float64)

    def step_before(self, history: History, position: float) -> int:
        """Return the last step at or before a position: 0 before the first, at most all."""
        position -= self.start(history)
        if self is XUnit.SECONDS:
            # A key of another type would make NumPy convert, so copy, the whole column.
            key = history.seconds.dtype.type(min(max(position, 0.0), 1e30))
            return int(history.seconds.searchsorted(key, side="right"))
        steps = position
        if self is XUnit.EPOCHS:
            steps = position * history.batches_per_epoch
        elif self is XUnit.IMAGES:
            epochs, images = divmod(position, history.train_size)
            steps = epochs * history.batches_per_epoch + images / history.batch_size
        # A hair more, so that a position made from a step leads back to it.
        return int(min(max(steps + 1e-6, 0.0), float(history.step)))


class XScale(NamedTuple):
    """The x axis: its unit, and whether its coordinates are powers of ten."""

    unit: XUnit = XUnit.EPOCHS
    logarithmic: bool = False

    def coordinates(self, positions: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """Return the coordinates of positions in the unit."""
        counted = np.asarray(positions, np.float64)
        return np.log10(np.maximum(counted, _LEAST)) if self.logarithmic else counted

    def position(self, coordinate: float) -> float:
        """Return the position in the unit at a coordinate."""
        if not self.logarithmic:
            return coordinate
        return float(10.0 ** min(max(coordinate, -_FARTHEST), _FARTHEST))

    def positions(self, history: History, steps: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """Return the coordinates of steps (from 1, fractions between them allowed)."""
        return self.coordinates(self.unit.positions(history, steps))

    def step_before(self, history: History, coordinate: float) -> int:
        """Return the last step at or before a coordinate: 0 before the first, at most all."""
        return self.unit.step_before(history, self.position(coordinate))

    def nearest_step(self, history: History, coordinate: float) -> int:
        """Return the step that lies nearest to a coordinate; the history has at least one."""
        before = min(max(1, self.step_before(history, coordinate)), history.step)
        after = min(before + 1, history.step)
        left, right = self.positions(history, [before, after]).tolist()
        return before if coordinate - left <= right - coordinate else after

    def steps_within(self, history: History, x_range: tuple[float, float]) -> tuple[int, int]:
        """Return the batches to look at in a range as indices ``[first, last)``, one at least."""
        first = max(0, self.step_before(history, x_range[0]) - 1)
        last = min(history.step, self.step_before(history, x_range[1]) + 1)
        return first, max(last, first + 1)

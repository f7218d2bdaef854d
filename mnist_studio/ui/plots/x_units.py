"""What the x axis counts: batches, images seen, epochs or seconds."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from ...training.history import History


class XUnit(Enum):
    """A unit of the x axis; every batch lies where it ended."""

    BATCHES = "batches"
    IMAGES = "images"
    EPOCHS = "epochs"
    SECONDS = "seconds"

    def positions(self, history: History, steps: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """Return where steps (from 1, fractions between them allowed) lie on the axis."""
        counted = np.asarray(steps, np.float64)
        if self is XUnit.BATCHES:
            return counted
        if self is XUnit.EPOCHS:
            return counted / history.batches_per_epoch
        if self is XUnit.IMAGES:
            return history.images_seen(counted)
        seconds = history.seconds
        if not len(seconds):
            return np.zeros_like(counted)
        index = np.clip(np.rint(counted).astype(np.int64) - 1, 0, len(seconds) - 1)
        return seconds[index].astype(np.float64)

    def step_before(self, history: History, position: float) -> int:
        """Return the last step at or before a position: 0 before the first, at most all."""
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

"""The errors that end a run."""

from __future__ import annotations

import math
from pathlib import Path

from ..errors import StudioError
from .status import Failure, FailureKind


class TrainingDiverged(Exception):  # noqa: N818 - what happened, not a mistake in the program
    """The loss exploded or is not a number any more.

    Attributes
    ----------
    step : int
        The batch at which it happened.
    loss : float
        Loss of that batch.
    learning_rate : float
        As it was set; a schedule or the warm-up may have made less of it.
    """

    def __init__(self, step: int, loss: float, learning_rate: float) -> None:
        super().__init__(f"loss {loss:g} at batch {step} with learning rate {learning_rate:g}")
        self.step = step
        self.loss = loss
        self.learning_rate = learning_rate


def failure_of(error: Exception) -> Failure:
    """Return what to keep of an error that ended a run."""
    if isinstance(error, TrainingDiverged):
        loss = error.loss if math.isfinite(error.loss) else None
        return Failure(FailureKind.DIVERGED, "", error.step, loss, error.learning_rate)
    if isinstance(error, StudioError):
        return Failure(FailureKind.OTHER, str(error))
    if isinstance(error, MemoryError):
        return Failure(FailureKind.OUT_OF_MEMORY)
    if isinstance(error, OSError) and error.strerror:
        place = f" ({Path(error.filename).name})" if isinstance(error.filename, str) else ""
        return Failure(FailureKind.OTHER, f"A file could not be used{place}: {error.strerror}.")
    return Failure(FailureKind.PROGRAM_ERROR, f"{type(error).__name__}: {error}")

"""Why a run failed, in a sentence for people."""

from __future__ import annotations

import math

from ..data.errors import DataError
from .checkpoint import CheckpointError
from .config import ConfigError


class TrainingDiverged(Exception):  # noqa: N818 - what happened, not a mistake in the program
    """The loss exploded or is not a number any more.

    Attributes
    ----------
    step : int
        The batch at which it happened.
    loss, learning_rate : float
        Loss and learning rate of that batch.
    """

    def __init__(self, step: int, loss: float, learning_rate: float) -> None:
        state = f"exploded to {loss:.0f}" if math.isfinite(loss) else "is no longer a number"
        super().__init__(
            f"The loss {state} at batch {step}: steps with a learning rate of {learning_rate:g} "
            "are too large here. Try a learning rate ten times smaller."
        )
        self.step = step
        self.loss = loss
        self.learning_rate = learning_rate


def is_divergence(failure: str) -> bool:
    """Whether a failure's sentence, as run files keep it, is that of :class:`TrainingDiverged`."""
    return failure.startswith(("The loss exploded to ", "The loss is no longer a number "))


def failure_sentence(error: Exception) -> str:
    """Return what to tell people about an error that ended a run."""
    if isinstance(error, TrainingDiverged | CheckpointError | ConfigError | DataError):
        return str(error)
    if isinstance(error, MemoryError):
        return "There is not enough memory for this training; make the layers or the batch smaller."
    return f"The training broke off by an error in the program ({type(error).__name__}: {error})."

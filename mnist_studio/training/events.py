"""What happens in a training, as values: the trainer yields them, everyone else reads them.

They are named tuples, since one is made per batch and a frozen dataclass costs four times as much.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from .status import RunStatus


class BatchEnded(NamedTuple):
    """One update was made.

    Attributes
    ----------
    step : int
        Updates made so far, this one included; the first is 1.
    loss : float
        Mean data loss of the batch, without the L2 penalty.
    learning_rate : float
        Learning rate of this update.
    seconds : float
        Training time so far, without pauses.
    """

    step: int
    loss: float
    learning_rate: float
    seconds: float


class ProgressSampled(NamedTuple):
    """Figures too dear to take at every batch, taken about a hundred times an epoch.

    Those of the layers are dearer still, and come with some of the samples only.

    Attributes
    ----------
    step : int
        Updates made so far.
    accuracy : float
        Training accuracy over the batches since the last sample, 0 to 1.
    gradient_norms : tuple of float
        L2 norm of the last batch's loss gradient with respect to each linear layer's weights; empty
        where nobody looked.
    update_ratios : tuple of float
        How far the last update moved each linear layer's weights, as a part of their own length;
        empty where nobody looked.
    """

    step: int
    accuracy: float
    gradient_norms: tuple[float, ...] = ()
    update_ratios: tuple[float, ...] = ()


class EpochEnded(NamedTuple):
    """An epoch ended and the validation part was evaluated.

    Attributes
    ----------
    epoch : int
        Epochs finished, this one included.
    step : int
        Updates made so far.
    train_loss, train_accuracy : float
        Means over the epoch's batches, as they were met.
    validation_loss, validation_accuracy : float
        On the validation part after the epoch; NaN without such a part.
    penalty : float
        L2 penalty of the weights after the epoch.
    seconds : float
        Training time so far.
    best : bool
        Whether this is the best epoch so far (its weights are kept).
    """

    epoch: int
    step: int
    train_loss: float
    train_accuracy: float
    validation_loss: float
    validation_accuracy: float
    penalty: float
    seconds: float
    best: bool


class HyperparameterChanged(NamedTuple):
    """A hyperparameter has another value from the batch after `step` on."""

    step: int
    name: str
    value: float


class StatusChanged(NamedTuple):
    """The run was paused or goes on."""

    status: RunStatus


class StillPaused(NamedTuple):
    """The run has been waiting for another second; there is time to show that it is not dead."""


class EvaluationAdvanced(NamedTuple):
    """A part of an evaluation is done; there is time to stop."""

    done: int
    total: int


class CheckpointRequested(NamedTuple):
    """Somebody asked for the run's state to be written to `path`; now is a good moment."""

    path: Path


class FinalEvaluation(NamedTuple):
    """The kept weights were measured on the test part, once, after the last epoch."""

    loss: float
    accuracy: float


Event = (
    BatchEnded
    | ProgressSampled
    | EpochEnded
    | HyperparameterChanged
    | StatusChanged
    | StillPaused
    | EvaluationAdvanced
    | CheckpointRequested
    | FinalEvaluation
)

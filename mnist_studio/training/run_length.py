"""How much there is to train."""

from __future__ import annotations

import math
from dataclasses import dataclass

from ..data.registry import DATASETS
from .config import RunConfig, TrainingConfig

# What a step costs beside its matrix products, in images times parameters: measured with batches
# of 1 to 1024 on 784-256-10, where it is as much as nine images.
_STEP_COST = 9 * 203_530


# Histories keep seconds in single precision, which may round them down below the limit.
_ROUNDING = 2.0**-23


@dataclass(frozen=True)
class RunLength:
    """How long a run is to be; whoever asks says where it is, in updates and in seconds.

    Attributes
    ----------
    total_steps : int
        Updates in all, unless time is up before.
    max_seconds : float
        Training time that ends the run; infinite without such a limit.
    """

    total_steps: int
    max_seconds: float = math.inf

    @classmethod
    def planned(cls, training: TrainingConfig, train_size: int) -> RunLength:
        """Return the length of a run on `train_size` images: epochs, cut by the two limits."""
        per_epoch = -(-train_size // training.batch_size)
        steps = training.epochs * per_epoch
        if training.max_images:
            whole, rest = divmod(training.max_images, train_size)
            steps = min(steps, whole * per_epoch + -(-rest // training.batch_size))
        return cls(steps, training.max_seconds or math.inf)

    def time_is_up(self, seconds: float) -> bool:
        """Return whether the limit of seconds ends the run."""
        return seconds >= self.max_seconds * (1 - _ROUNDING)

    def complete(self, step: int, seconds: float) -> bool:
        """Return whether nothing is left to train."""
        return step >= self.total_steps or (step > 0 and self.time_is_up(seconds))

    def share_done(self, step: int, seconds: float) -> float:
        """Return how much is trained, 0 to 1: by updates or by time, whichever is further."""
        return min(1.0, max(step / max(self.total_steps, 1), seconds / self.max_seconds))

    def seconds_left(self, step: int, seconds: float, pace: float | None) -> float | None:
        """Return how long the rest takes at `pace` seconds an update; None if nothing tells."""
        by_time = max(0.0, self.max_seconds - seconds)
        by_steps = math.inf if pace is None else (self.total_steps - step) * pace
        left = min(by_time, by_steps)
        return left if math.isfinite(left) else None


def train_size_of(config: RunConfig) -> int:
    """Return how many images a configuration trains on."""
    size = DATASETS[config.data.dataset].train_size
    return size - round(size * config.data.validation_fraction)


def step_work(config: RunConfig) -> float:
    """Return the work of one update, in units that only ratios of mean something."""
    return _STEP_COST + config.training.batch_size * config.model.parameter_count

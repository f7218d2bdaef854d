"""The learning rate that a run's settings ask for at each of its steps."""

from __future__ import annotations

from ..nn.schedules import learning_rate_at
from .config import TrainingConfig


def scheduled_rate(
    settings: TrainingConfig, step: int, total_steps: int, batches_per_epoch: int
) -> float:
    """Return the learning rate of the update that follows `step` updates.

    Parameters
    ----------
    settings : TrainingConfig
        Schedule, peak and warm-up.
    step, total_steps : int
        Updates made, and updates of the whole run.
    batches_per_epoch : int
        Updates in an epoch.
    """
    return learning_rate_at(
        settings.schedule,
        step,
        total_steps,
        settings.learning_rate,
        warmup_steps=round(settings.warmup * total_steps),
        step_size=settings.step_epochs * batches_per_epoch,
        factor=settings.step_factor,
    )

"""How much there is to train."""

from __future__ import annotations

from ..data.registry import DATASETS
from .config import RunConfig, TrainingConfig

# What a step costs beside its matrix products, in images times parameters: measured with batches
# of 1 to 1024 on 784-256-10, where it is as much as nine images.
_STEP_COST = 9 * 203_530


def planned_steps(training: TrainingConfig, train_size: int) -> int:
    """Return the updates of a run on `train_size` images; time may be up before."""
    per_epoch = -(-train_size // training.batch_size)
    if not training.max_images:
        return training.epochs * per_epoch
    whole, rest = divmod(training.max_images, train_size)
    return min(training.epochs * per_epoch, whole * per_epoch + -(-rest // training.batch_size))


def train_size_of(config: RunConfig) -> int:
    """Return how many images a configuration trains on."""
    size = DATASETS[config.data.dataset].train_size
    return size - round(size * config.data.validation_fraction)


def step_work(config: RunConfig) -> float:
    """Return the work of one update, in units that only ratios of mean something."""
    return _STEP_COST + config.training.batch_size * config.model.parameter_count

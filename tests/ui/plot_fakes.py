"""A session without threads, and runs that need no training."""

import numpy as np
from PySide6.QtCore import QObject, Signal

from mnist_studio.training.config import RunConfig, TrainingConfig
from mnist_studio.training.events import EpochEnded, ProgressSampled
from mnist_studio.training.history import BatchArrays, History
from mnist_studio.training.status import RunStatus


class FakeSession(QObject):
    run_started = Signal(object)
    batches_ended = Signal(object)
    epoch_ended = Signal(object)
    hyperparameter_changed = Signal(object)
    test_evaluated = Signal(object)
    status_changed = Signal(object)
    run_ended = Signal(object, str)

    def __init__(self, parent=None):
        super().__init__(parent)
        self.history = None
        self.run_config = None
        self.status = None

    def start(self, train_size=2000, batch_size=20, epochs=5):
        self.history = History(train_size, batch_size)
        self.run_config = RunConfig(training=TrainingConfig(batch_size=batch_size, epochs=epochs))
        self.run_started.emit(self.run_config)
        self.set_status(RunStatus.RUNNING)

    def set_status(self, status):
        self.status = status
        self.status_changed.emit(status)

    def train(self, steps, losses=None):
        """Let `steps` batches end, in one signal, and epochs and samples with them."""
        arrays, epochs = grow(self.history, steps, losses)
        self.batches_ended.emit(arrays)
        for epoch in epochs:
            self.epoch_ended.emit(epoch)


def recorded(steps, batch_size=20, train_size=2000, losses=None, validation=None):
    """Return the history of a run of so many batches."""
    history = History(train_size, batch_size)
    grow(history, steps, losses, validation)
    return history


def grow(history, steps, losses=None, validation=None):
    """Record `steps` more batches, and the epochs and samples among them."""
    arrays = batches(history.step + 1, steps, losses)
    before, per_epoch = history.step, history.batches_per_epoch
    history.record_batches(arrays)
    epochs = []
    for step in range(before + 1, history.step + 1):
        if step % max(1, per_epoch // 10) == 0:
            history.record(ProgressSampled(step, 1 - 1 / (1 + step), (0.5, 0.25)))
        if step % per_epoch == 0:
            epoch = step // per_epoch
            loss = 0.2 / epoch if validation is None else validation
            accuracy = min(1.0, 0.9 + 0.01 * epoch)
            epochs.append(EpochEnded(epoch, step, 0.3, 0.9, loss, accuracy, 0.0, step / 100, True))
            history.record(epochs[-1])
    return arrays, epochs


def batches(first_step, count, losses=None):
    steps = np.arange(first_step, first_step + count)
    if losses is None:
        losses = 2.3 / np.sqrt(steps)
    values = np.stack([losses, np.full(count, 0.1), steps / 100.0])
    return BatchArrays(first_step, values.astype(np.float32))

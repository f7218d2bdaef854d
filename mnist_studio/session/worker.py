"""The training thread's object: runs a trainer and tells the window what happens."""

from __future__ import annotations

import logging
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from ..training.config import RunConfig
from ..training.control import TrainingControl
from ..training.events import (
    BatchEnded,
    CheckpointRequested,
    EpochEnded,
    EvaluationAdvanced,
    ProgressSampled,
    StatusChanged,
)
from ..training.status import RunStatus

if TYPE_CHECKING:
    from ..data.dataset import Dataset
    from ..training.checkpoint import Checkpoint
    from ..training.events import Event
    from ..training.trainer import Trainer

logger = logging.getLogger(__name__)

# Seconds between two signals that carry batches: about two frames of the plots, so that small
# batches do not flood the event loop.
BATCHES_INTERVAL = 0.033
# Seconds between two copies of the weights for the sketch pad.
WEIGHTS_INTERVAL = 0.25


@dataclass(frozen=True)
class TrainingJob:
    """One run for the worker.

    Attributes
    ----------
    run_id : int
        Rides in every signal about the run.
    config : RunConfig
        What to train.
    dataset : Dataset
        What to train on.
    control : TrainingControl
        How the window steers the run.
    path : Path
        Where the run is saved by itself.
    checkpoint : Checkpoint, optional
        Where to go on instead of starting anew.
    blas_threads : int
        How many threads compute a matrix product.
    """

    run_id: int
    config: RunConfig
    dataset: Dataset
    control: TrainingControl
    path: Path
    checkpoint: Checkpoint | None = None
    blas_threads: int = 1

    def make_trainer(self) -> Trainer:
        """Return the trainer, fresh or restored."""
        from ..training.trainer import Trainer

        if self.checkpoint is None:
            return Trainer(self.config, self.dataset, self.control)
        epochs = self.config.training.epochs
        return Trainer.restore(self.checkpoint, self.dataset, self.control, epochs)


class TrainingWorker(QObject):
    """Lives in the training thread and runs one job at a time.

    Signals
    -------
    run_prepared(int, object, object)
        Run id, an empty or restored History and a Network, both owned by the receiver.
    batches_ended(int, object)
        Run id and BatchArrays: all batches and samples since the last signal.
    event_happened(int, object)
        Run id and any other event.
    weights_copied(int, object)
        Run id and a list of weight arrays that the receiver owns.
    save_failed(int, str)
        Run id and a sentence; the run goes on.
    saved(int, object)
        Run id and the path that somebody asked for.
    run_ended(int, object, object, object)
        Run id, RunStatus, the exception or None, the final Checkpoint or None; once per run.
    """

    run_prepared = Signal(int, object, object)
    batches_ended = Signal(int, object)
    event_happened = Signal(int, object)
    weights_copied = Signal(int, object)
    save_failed = Signal(int, str)
    saved = Signal(int, object)
    run_ended = Signal(int, object, object, object)

    @Slot(object)
    def run(self, job: TrainingJob) -> None:
        """Train until the end, a stop or an error; report exactly one end."""
        from threadpoolctl import threadpool_limits

        status, error, final = RunStatus.FAILED, None, None
        try:
            trainer = job.make_trainer()
            reporter = _Reporter(self, job, trainer)
            try:
                # Closed, so that the trainer has ended too when reporting is what fails.
                with (
                    threadpool_limits(job.blas_threads, user_api="blas"),
                    closing(trainer.run()) as events,
                ):
                    for event in events:
                        reporter.report(event)
            finally:
                final = reporter.finish()
            status = trainer.status
        except Exception as caught:
            logger.exception("run %d failed", job.run_id)
            error = caught
        finally:
            self.run_ended.emit(job.run_id, status, error, final)


class _Reporter:
    """Turns one run's events into signals, packed by time, and saves the run as it goes."""

    def __init__(self, worker: TrainingWorker, job: TrainingJob, trainer: Trainer) -> None:
        self._worker = worker
        self._job = job
        self._trainer = trainer
        self._first_step = trainer.step + 1
        self._rows: list[tuple[float, float, float]] = []
        self._samples: list[ProgressSampled] = []
        self._batches_due = 0.0
        self._weights_due = 0.0
        worker.run_prepared.emit(job.run_id, trainer.history.copy(), trainer.network.copy())

    def report(self, event: Event) -> None:
        if isinstance(event, BatchEnded):
            self._rows.append(event[1:])
            if event.seconds >= self._batches_due:
                self._send_batches()
                self._batches_due = event.seconds + BATCHES_INTERVAL
                if event.seconds >= self._weights_due:
                    start = time.perf_counter()
                    self._send_weights()
                    # A huge network takes long to copy; that may cost a few percent, not more.
                    taken = time.perf_counter() - start
                    self._weights_due = event.seconds + max(WEIGHTS_INTERVAL, 30 * taken)
            return
        if isinstance(event, ProgressSampled):
            self._samples.append(event)
            return
        if isinstance(event, EvaluationAdvanced):
            return  # there for the trainer to be stopped at; nobody watches it
        self._send_batches()
        if isinstance(event, CheckpointRequested):
            self._save(event.path, asked=True)
            return
        if isinstance(event, EpochEnded) or event == StatusChanged(RunStatus.PAUSED):
            self._send_weights()
            self._save(self._job.path)
        self._worker.event_happened.emit(self._job.run_id, event)

    def finish(self) -> Checkpoint:
        """Send what is left, save, and return the final state."""
        self._send_batches()
        checkpoint = self._trainer.checkpoint()
        self._write(self._job.path, checkpoint)
        return checkpoint

    def _send_batches(self) -> None:
        if not self._rows and not self._samples:
            return
        import numpy as np

        from ..training.history import BatchArrays

        values = np.array(self._rows, np.float32).reshape(-1, 3).T
        batches = BatchArrays(self._first_step, values, tuple(self._samples))
        self._worker.batches_ended.emit(self._job.run_id, batches)
        self._first_step += len(self._rows)
        self._rows, self._samples = [], []

    def _send_weights(self) -> None:
        self._worker.weights_copied.emit(self._job.run_id, self._trainer.network.weights())

    def _save(self, path: Path, *, asked: bool = False) -> None:
        if self._write(path, self._trainer.checkpoint()) and asked:
            self._worker.saved.emit(self._job.run_id, path)

    def _write(self, path: Path, checkpoint: Checkpoint) -> bool:
        from ..training.checkpoint import CheckpointError, write_checkpoint

        try:
            write_checkpoint(path, checkpoint)
        except CheckpointError as error:
            logger.exception("saving failed")
            self._worker.save_failed.emit(self._job.run_id, str(error))
            return False
        return True

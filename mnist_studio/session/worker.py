"""The training thread's object: runs a trainer and tells the window what happens."""

from __future__ import annotations

import logging
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

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
# Seconds after which a run is saved in the middle of a long epoch; a kill costs no more.
SAVE_INTERVAL = 10.0


class Fork(NamedTuple):
    """How a new run begins with another one's weights: the best or the last, and whose."""

    best: bool
    parent: str


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
    runs_folder : Path
        Where a new run gets its number and file.
    path : Path, optional
        The file of a run that goes on; a new run's is reserved in the folder.
    checkpoint : Checkpoint, optional
        Where to go on, or what to fork, instead of starting anew.
    fork : Fork, optional
        How to begin a new run with the checkpoint's weights.
    blas_threads : int
        How many threads compute a matrix product.
    """

    run_id: int
    config: RunConfig
    dataset: Dataset
    control: TrainingControl
    runs_folder: Path
    path: Path | None = None
    checkpoint: Checkpoint | None = None
    fork: Fork | None = None
    blas_threads: int = 1

    def make_trainer(self) -> Trainer:
        """Return the trainer: fresh, restored or forked."""
        from ..training.trainer import Trainer

        if self.checkpoint is None:
            return Trainer(self.config, self.dataset, self.control)
        if self.fork is not None:
            best, parent = self.fork
            return Trainer.fork(
                self.checkpoint, self.config, self.dataset, self.control, best=best, parent=parent
            )
        epochs = self.config.training.epochs
        return Trainer.restore(self.checkpoint, self.dataset, self.control, epochs)


class TrainingWorker(QObject):
    """Lives in the training thread and runs one job at a time.

    Signals
    -------
    run_prepared(int, object, object, object)
        Run id, the run's file (None if there is no room for it), an empty or restored History
        and a Network, both owned by the receiver.
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

    run_prepared = Signal(int, object, object, object)
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
        self._save_due = trainer.seconds + SAVE_INTERVAL
        self._path = job.path or self._reserve()
        worker.run_prepared.emit(
            job.run_id, self._path, trainer.history.copy(), trainer.network.copy()
        )
        self._save(self._path)  # whatever happens from here on, the run is there

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
                if event.seconds >= self._save_due:
                    self._save(self._path)
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
            self._save(self._path)
        self._worker.event_happened.emit(self._job.run_id, event)

    def finish(self) -> Checkpoint:
        """Send what is left, save, and return the final state."""
        self._send_batches()
        checkpoint = self._trainer.checkpoint()
        self._write(self._path, checkpoint)
        return checkpoint

    def _reserve(self) -> Path | None:
        from ..training.checkpoint import CheckpointError
        from ..training.run_store import RunStore

        try:
            return RunStore(self._job.runs_folder).reserve()
        except CheckpointError as error:
            logger.exception("there is no place for the run")
            self._worker.save_failed.emit(self._job.run_id, str(error))
            return None

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

    def _save(self, path: Path | None, *, asked: bool = False) -> None:
        self._save_due = self._trainer.seconds + SAVE_INTERVAL
        if self._write(path, self._trainer.checkpoint()) and asked:
            self._worker.saved.emit(self._job.run_id, path)

    def _write(self, path: Path | None, checkpoint: Checkpoint) -> bool:
        from ..training.checkpoint import CheckpointError, write_checkpoint

        if path is None:
            return False  # as was said when the run began
        try:
            write_checkpoint(path, checkpoint)
        except CheckpointError as error:
            logger.exception("saving failed")
            self._worker.save_failed.emit(self._job.run_id, str(error))
            return False
        return True

"""The training thread's object: runs a trainer and tells the window what happens."""

from __future__ import annotations

import logging
import time
from contextlib import closing, nullcontext, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import Signal, Slot

from ..training.config import RunConfig
from ..training.control import TrainingControl
from ..training.events import (
    BatchEnded,
    CheckpointRequested,
    EpochEnded,
    EvaluationAdvanced,
    ProgressSampled,
    StatusChanged,
    StillPaused,
)
from ..training.status import Failure, RunStatus
from .run_in_view import Snapshot
from .threads import Resident

if TYPE_CHECKING:
    from ..data.dataset import Dataset
    from ..runs.checkpoint import Checkpoint
    from ..training.events import Event
    from ..training.trainer import Trainer

logger = logging.getLogger(__name__)

HOLDER = "the window"  # as others are told of whoever writes a run
# Seconds between two signals that carry batches: about two frames of the plots, so that small
# batches do not flood the event loop.
BATCHES_INTERVAL = 0.033
# Seconds between two copies of the weights for the sketch pad.
WEIGHTS_INTERVAL = 0.25


class Fork(NamedTuple):
    """How a new run begins with another one's weights: the best or the last, and whose."""

    best: bool
    parent: str


@dataclass
class Watch:
    """What somebody looks at that costs the training something; changed in the GUI thread.

    Attributes
    ----------
    updates : bool
        Every copy of the weights comes with the state of optimizer and random generators.
    """

    updates: bool = False


@dataclass(frozen=True)
class TrainingJob:
    """One run for the worker.

    Attributes
    ----------
    run_id : int
        Rides in every signal about the run.
    config : RunConfig
        What to train.
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
    watch : Watch
        What is looked at while it is trained.
    """

    run_id: int
    config: RunConfig
    control: TrainingControl
    runs_folder: Path
    path: Path | None = None
    checkpoint: Checkpoint | None = None
    fork: Fork | None = None
    blas_threads: int = 1
    watch: Watch = field(default_factory=Watch)

    def make_trainer(self, dataset: Dataset) -> Trainer:
        """Return the trainer: fresh, restored or forked."""
        from ..runs.restore import fork, restore
        from ..training.trainer import Trainer

        if self.checkpoint is None:
            return Trainer(self.config, dataset, self.control)
        if self.fork is not None:
            best, parent = self.fork
            return fork(
                self.checkpoint, self.config, dataset, self.control, best=best, parent=parent
            )
        epochs = self.config.training.epochs
        return restore(self._latest(self.checkpoint), dataset, self.control, epochs)

    def _latest(self, known: Checkpoint) -> Checkpoint:
        """Return the state in the run's file if another program has trained it meanwhile."""
        from ..runs.checkpoint import read_checkpoint
        from ..runs.header import read_header

        if self.path is None or not self.path.exists():
            return known
        header = read_header(self.path)
        same = header.started == known.position.started
        return read_checkpoint(self.path) if same and header.step > known.step else known


class RunEnd(NamedTuple):
    """How a run ended.

    Attributes
    ----------
    status : RunStatus
        ``FAILED`` also for one that could not begin.
    failure : Failure, optional
        Why it failed, if it did.
    checkpoint : Checkpoint, optional
        Its last state; None if it did not begin.
    saved : bool
        Whether that is in its file.
    """

    status: RunStatus
    failure: Failure | None = None
    checkpoint: Checkpoint | None = None
    saved: bool = False


class TrainingWorker(Resident):
    """Lives in the training thread and runs one job at a time.

    Signals
    -------
    run_prepared(int, object, object, object)
        Run id, the run's file (None if there is no room for it), an empty or restored History,
        which the receiver owns, and a Snapshot.
    batches_ended(int, object)
        Run id and HistoryPart: all batches, samples and epochs since the last signal.
    event_happened(int, object)
        Run id and any other event.
    network_copied(int, object)
        Run id and a Snapshot of this moment; the last one of a run has the weights that are kept.
    save_failed(str)
        A sentence; the run goes on.
    saved(object)
        The path that somebody asked for.
    run_ended(int, object)
        Run id and its :class:`RunEnd`; once per run.
    """

    run_prepared = Signal(int, object, object, object)
    batches_ended = Signal(int, object)
    event_happened = Signal(int, object)
    network_copied = Signal(int, object)
    save_failed = Signal(str)
    saved = Signal(object)
    run_ended = Signal(int, object)

    @Slot(object, object)
    def run(self, job: TrainingJob, dataset: Dataset) -> None:
        """Train until the end, a stop or an error; report exactly one end."""
        from threadpoolctl import threadpool_limits

        from ..runs.lock import hold_run
        from ..runs.store import RunStore
        from ..sweeps.workers import usable_cores
        from ..training.failures import failure_of

        end, path = RunEnd(RunStatus.FAILED), self._place(job)
        try:
            with (
                hold_run(path, HOLDER),
                threadpool_limits(job.blas_threads, user_api="blas"),
            ):
                trainer = job.make_trainer(dataset)
                trainer.batches.ahead = usable_cores() > job.blas_threads
                reporter = _Reporter(self, job, trainer, path)
                try:
                    # Closed, so that the trainer has ended too when reporting is what fails.
                    with closing(trainer.run()) as events:
                        for event in events:
                            reporter.report(event)
                finally:
                    end = reporter.finish()
        except Exception as caught:
            logger.exception("run %d failed", job.run_id)
            end = end._replace(status=RunStatus.FAILED, failure=failure_of(caught))
        finally:
            if path is not None:
                RunStore(job.runs_folder).release(path)
            self.run_ended.emit(job.run_id, end)

    def _place(self, job: TrainingJob) -> Path | None:
        """Return the run's file, a new one for a run that was deleted; None if there is no room."""
        from ..runs.checkpoint import CheckpointError
        from ..runs.store import RunStore

        if job.path is not None and job.path.exists():
            return job.path
        try:
            return RunStore(job.runs_folder).reserve()
        except CheckpointError as error:
            logger.exception("there is no place for the run")
            self.save_failed.emit(str(error))
            return None


class _Reporter:
    """Turns one run's events into signals, packed by time, and lets the run be saved."""

    def __init__(
        self, worker: TrainingWorker, job: TrainingJob, trainer: Trainer, path: Path | None
    ) -> None:
        from ..runs.recorder import RunRecorder

        self._worker = worker
        self._job = job
        self._trainer = trainer
        self._path = path
        self._begun = trainer.step
        self._sent = trainer.history.counts
        self._batches_due = 0.0
        self._weights_due = 0.0
        worker.run_prepared.emit(job.run_id, path, trainer.history.copy(), self._snapshot())
        self._recorder = RunRecorder(trainer, path, worker.save_failed.emit)

    def report(self, event: Event) -> None:
        self._recorder.follow(event)
        if isinstance(event, BatchEnded):
            if event.seconds >= self._batches_due:
                self._send_batches()
                self._batches_due = event.seconds + BATCHES_INTERVAL
                if event.seconds >= self._weights_due:
                    start = time.perf_counter()
                    self._send_network()
                    # A huge network takes long to copy; that may cost a few percent, not more.
                    taken = time.perf_counter() - start
                    self._weights_due = event.seconds + max(WEIGHTS_INTERVAL, 30 * taken)
            return
        if isinstance(event, ProgressSampled | EvaluationAdvanced | StillPaused):
            return  # samples travel with the batches; nobody watches the others
        self._send_batches()
        if isinstance(event, CheckpointRequested):
            if event.path != self._path:  # there the recorder has saved it
                self._save_as(event.path)
            return
        if isinstance(event, EpochEnded) or event == StatusChanged(RunStatus.PAUSED):
            self._send_network()
        self._worker.event_happened.emit(self._job.run_id, event)

    def finish(self) -> RunEnd:
        """Send what is left, save, and return the end."""
        self._send_batches()
        checkpoint = self._recorder.finish()
        # What stays is the epoch that was best by validation, not the last one.
        network = self._trainer.network.copy()
        network.load_weights(checkpoint.kept_weights)
        history, failed = self._trainer.history, self._trainer.status is RunStatus.FAILED
        # One that failed in its first epoch has gone back to where it began.
        step = self._begun if failed and not history.epoch_count else history.kept_step
        self._worker.network_copied.emit(self._job.run_id, Snapshot(step, network.freeze()))
        return RunEnd(self._trainer.status, None, checkpoint, self._recorder.saved)

    def _send_batches(self) -> None:
        history = self._trainer.history
        if history.counts != self._sent:
            self._worker.batches_ended.emit(self._job.run_id, history.part_since(self._sent))
            self._sent = history.counts

    def _send_network(self) -> None:
        self._worker.network_copied.emit(self._job.run_id, self._snapshot())

    def _snapshot(self) -> Snapshot:
        from ..training.step_state import StepState

        trainer, control = self._trainer, self._job.control
        network, state = trainer.average.network.copy().freeze(), None
        if control.stepping or self._job.watch.updates:
            averaged = trainer.average.network is not trainer.network
            trained = trainer.network.copy().freeze() if averaged else network
            optimizer, easy = trainer.optimizer.state(), trainer.batches.easy.state()
            state = StepState.of(trainer.position, trained, optimizer, easy)
        return Snapshot(trainer.step, network, state=state)

    def _save_as(self, path: Path) -> None:
        from ..runs.checkpoint import CheckpointError, write_checkpoint
        from ..runs.lock import RunHeldError, hold_run
        from ..runs.restore import take_checkpoint

        try:
            with nullcontext() if self._is_own(path) else hold_run(path, HOLDER):
                write_checkpoint(path, take_checkpoint(self._trainer))
        except (CheckpointError, RunHeldError) as error:
            logger.exception("saving failed")
            self._worker.save_failed.emit(str(error))
        else:
            self._worker.saved.emit(path)

    def _is_own(self, path: Path) -> bool:
        """Whether this is the run's own file, which is held already, perhaps through a link."""
        with suppress(OSError):
            return self._path is not None and path.samefile(self._path)
        return False

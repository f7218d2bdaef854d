"""One run of a sweep, trained in a process of its own: in a pool, or on another machine."""

from __future__ import annotations

import dataclasses
import functools
import logging
import threading
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import threadpoolctl

from ..data.dataset import Dataset
from ..data.loading import load
from .checkpoint import Checkpoint, CheckpointError, read_checkpoint, write_checkpoint
from .config import RunConfig
from .control import TrainingControl
from .events import Event, StatusChanged
from .failures import failure_sentence
from .journal import JournalWriter, journal_path
from .run_requests import Request, read_request
from .status import RunStatus
from .trainer import Trainer
from .worker_process import at_work, orphaned

logger = logging.getLogger(__name__)

FLUSH_INTERVAL = 0.1  # seconds between two parts of a curve
POLL_INTERVAL = 0.05  # seconds between two looks at the requests
SAVE_INTERVAL = 2.0  # seconds between two saved states at least
_SAVE_SHARE = 0.02  # of the time that saving may take


@dataclass(frozen=True)
class RunJob:
    """A run to bring to its end.

    Attributes
    ----------
    config : RunConfig
        What to train.
    path : Path
        The run's file in the owner's folder. If it holds an interrupted run, that goes on.
    token : str
        That the run's request file bears. A job that does not find it works on a machine without
        the owner's folder: it writes nothing and returns the final state instead.
    folder : Path, optional
        Where the data set's files are, if not in their usual place.
    """

    config: RunConfig
    path: Path
    token: str
    folder: Path | None = None


@dataclass(frozen=True)
class RunResult:
    """How a job ended.

    Attributes
    ----------
    status : RunStatus
        ``COMPLETED``, ``STOPPED``, ``FAILED``, or ``RUNNING`` if it was interrupted, to be gone
        on with.
    failure : str
        Why it failed, in a sentence; empty unless it did.
    checkpoint : Checkpoint, optional
        The final state, if the job could not write it to the run's file.
    """

    status: RunStatus
    failure: str = ""
    checkpoint: Checkpoint | None = None


def train_run(job: RunJob) -> RunResult:
    """Bring a run to its end, from its beginning or from where its file has it.

    A run that fails is a result, too: nothing is raised for it.
    """
    _limit_blas_threads()
    with at_work():
        try:
            return _JobAtWork(job).run()
        except Exception as error:
            logger.exception("the run %s could not begin", job.path)
            return RunResult(RunStatus.FAILED, failure_sentence(error))


@functools.cache
def _limit_blas_threads() -> None:
    """Compute matrix products with one thread, as the terminal and the window do.

    For good: a process may train several runs at once in threads of a cluster's worker, where the
    end of one must not change the others' numbers.
    """
    threadpoolctl.threadpool_limits(1, user_api="blas")


@functools.lru_cache(maxsize=2)
def _dataset(name: str, folder: Path | None) -> Dataset:
    return load(name, folder)


class _JobAtWork:
    """Trains, and meanwhile reports, saves and obeys."""

    def __init__(self, job: RunJob) -> None:
        self._job = job
        self._control = TrainingControl()
        self._steward = _Steward(job, self._control)
        self._journal: JournalWriter | None = None
        self._next_flush = self._next_save = 0.0

    def run(self) -> RunResult:
        saved = self._saved_state()
        if saved is not None and saved.status in (RunStatus.COMPLETED, RunStatus.FAILED):
            return RunResult(saved.status, saved.failure)
        trainer = self._trainer(saved)
        self._save(trainer)
        self._journal = self._new_journal(trainer)
        with self._steward:
            self._iterate(trainer)
        return self._result(trainer)

    def _saved_state(self) -> Checkpoint | None:
        if self._steward.owns_files and self._job.path.exists():
            return read_checkpoint(self._job.path)
        return None

    def _trainer(self, saved: Checkpoint | None) -> Trainer:
        config = saved.config if saved else self._job.config
        dataset = _dataset(config.data.dataset, self._job.folder)
        if saved is None:
            return Trainer(config, dataset, self._control)
        return Trainer.restore(saved, dataset, self._control)

    def _iterate(self, trainer: Trainer) -> None:
        try:
            with closing(trainer.run()) as events:
                for event in events:
                    self._report(trainer, event)
        except Exception:
            logger.info("the run %s failed", self._job.path, exc_info=True)
        self._flush()

    def _report(self, trainer: Trainer, event: Event) -> None:
        now = time.monotonic()
        paused = isinstance(event, StatusChanged) and event.status is RunStatus.PAUSED
        if paused or now >= self._next_flush:
            self._flush()
            self._next_flush = now + FLUSH_INTERVAL
        if paused or now >= self._next_save:
            self._save(trainer)

    def _new_journal(self, trainer: Trainer) -> JournalWriter | None:
        if not self._steward.owns_files:
            return None
        try:
            return JournalWriter(journal_path(self._job.path), trainer.history)
        except OSError:
            logger.exception("the run %s has no journal", self._job.path)
            return None

    def _flush(self) -> None:
        if self._journal is None or not self._steward.owns_files:
            return
        try:
            self._journal.flush()
        except OSError:
            # Nobody sees the curve grow then, which is no reason to end the training.
            logger.exception("the journal of %s ends here", self._job.path)
            self._journal = None

    def _save(self, trainer: Trainer) -> bool:
        """Write the run's file, unless it is another's or cannot be written."""
        before = time.monotonic()
        written = self._write(self._state(trainer))
        now = time.monotonic()
        self._next_save = now + max(SAVE_INTERVAL, (now - before) / _SAVE_SHARE)
        return written

    def _write(self, state: Checkpoint) -> bool:
        if not self._steward.owns_files:
            return False
        try:
            write_checkpoint(self._job.path, state)
        except CheckpointError:
            logger.exception("the run %s was not saved", self._job.path)
            return False
        return True

    def _state(self, trainer: Trainer) -> Checkpoint:
        state = trainer.checkpoint()
        begins = state.status is RunStatus.QUEUED
        if begins or (state.status is RunStatus.STOPPED and self._steward.interrupted):
            return dataclasses.replace(state, status=RunStatus.RUNNING)
        return state

    def _result(self, trainer: Trainer) -> RunResult:
        state = self._state(trainer)
        written = self._write(state)
        return RunResult(state.status, state.failure, None if written else state)


class _Steward(threading.Thread):
    """Hands the owner's requests to the training, which cannot look for them while it is paused.

    Attributes
    ----------
    owns_files : bool
        Whether the run's files are there, and this job's to write.
    interrupted : bool
        Whether the run ends before its time, to be gone on with.
    """

    def __init__(self, job: RunJob, control: TrainingControl) -> None:
        super().__init__(name=f"requests for {job.path.stem}", daemon=True)
        self._job = job
        self._control = control
        self._done = threading.Event()
        self._request = Request.TRAIN
        self.interrupted = False
        found = read_request(job.path)
        self.owns_files = found is not None and found.token == job.token

    def __enter__(self) -> None:
        self._look()
        self.start()

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self.join()

    def run(self) -> None:
        """Look for requests until the training ends."""
        while not self._done.wait(POLL_INTERVAL):
            self._look()

    def _look(self) -> None:
        if orphaned.is_set():
            self._interrupt()
        if not self.owns_files:
            return
        try:
            found = read_request(self._job.path)
        except (OSError, ValueError):
            return  # the next look may have more luck
        if found is None or found.token != self._job.token:
            self.owns_files = False
            self._interrupt()
        elif found.request is not self._request:
            self._request = found.request
            self._obey(found.request)

    def _obey(self, request: Request) -> None:
        match request:
            case Request.TRAIN:
                self._control.resume()
            case Request.PAUSE:
                self._control.pause()
            case Request.STOP:
                self._control.request_stop()
            case Request.INTERRUPT:
                self._interrupt()

    def _interrupt(self) -> None:
        self.interrupted = True
        self._control.request_stop()

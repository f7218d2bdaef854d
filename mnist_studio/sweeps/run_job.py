"""One run of a sweep, trained in a process of its own: in a pool, or on another machine."""

from __future__ import annotations

import functools
import logging
import threading
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import threadpoolctl

from ..data.dataset import Dataset
from ..data.errors import DataError
from ..data.loading import load
from ..runs.checkpoint import Checkpoint, read_checkpoint
from ..runs.lock import hold_run
from ..runs.recorder import RunRecorder
from ..runs.requests import Request, read_request
from ..runs.restore import restore
from ..training.config import RunConfig
from ..training.control import TrainingControl
from ..training.failures import failure_of
from ..training.status import Failure, FailureKind, RunStatus
from ..training.trainer import Trainer
from .worker_process import at_work, orphaned

logger = logging.getLogger(__name__)

POLL_INTERVAL = 0.05  # seconds between two looks at the requests
PATIENCE = 20.0  # seconds until a job that was given up has saved its run and let go of it


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
        ``COMPLETED``, ``STOPPED``, ``FAILED``, or ``INTERRUPTED``, to be gone on with.
    failure : Failure, optional
        Why it failed, if it did.
    checkpoint : Checkpoint, optional
        The final state, if the job could not write it to the run's file.
    """

    status: RunStatus
    failure: Failure | None = None
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
            # What the computer lacks now, or another program has, is not the run's end.
            causes = (error, error.__cause__)
            passing = any(isinstance(each, OSError | DataError) for each in causes)
            status = RunStatus.INTERRUPTED if passing else RunStatus.FAILED
            return RunResult(status, failure_of(error))


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
    """Trains, and meanwhile saves and obeys."""

    def __init__(self, job: RunJob) -> None:
        self._job = job
        self._control = TrainingControl()
        self._steward = _Steward(job, self._control)

    def run(self) -> RunResult:
        if not self._steward.owns_files:
            return self._train(None, None)
        path = self._job.path
        with hold_run(path, "a sweep", PATIENCE):
            saved = read_checkpoint(path) if path.exists() else None
            if saved is not None and saved.status in (RunStatus.COMPLETED, RunStatus.FAILED):
                return RunResult(saved.status, saved.failure)
            return self._train(path, saved)

    def _train(self, path: Path | None, saved: Checkpoint | None) -> RunResult:
        trainer = self._trainer(saved)
        recorder = RunRecorder(trainer, path)
        if path is not None and not recorder.saved:
            return RunResult(RunStatus.INTERRUPTED, Failure(FailureKind.OTHER, recorder.failure))
        with self._steward:
            self._iterate(trainer, recorder)
        if not self._steward.owns_files:
            recorder.let_go()
        # The owner reads the journal to its end, and removes it then.
        state = recorder.finish(keep_journal=True)
        return RunResult(state.status, state.failure, None if recorder.saved else state)

    def _trainer(self, saved: Checkpoint | None) -> Trainer:
        config = saved.config if saved else self._job.config
        dataset = _dataset(config.data.dataset, self._job.folder)
        if saved is None:
            return Trainer(config, dataset, self._control)
        return restore(saved, dataset, self._control)

    def _iterate(self, trainer: Trainer, recorder: RunRecorder) -> None:
        try:
            with closing(trainer.run()) as events:
                for event in events:
                    if self._steward.owns_files:
                        recorder.follow(event)
        except Exception:
            logger.info("the run %s failed", self._job.path, exc_info=True)


class _Steward(threading.Thread):
    """Hands the owner's requests to the training, which cannot look for them while it is paused.

    Attributes
    ----------
    owns_files : bool
        Whether the run's files are there, and this job's to write.
    """

    def __init__(self, job: RunJob, control: TrainingControl) -> None:
        super().__init__(name=f"requests for {job.path.stem}", daemon=True)
        self._job = job
        self._control = control
        self._done = threading.Event()
        self._request = Request.TRAIN
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
        self._control.request_stop(interrupted=True)

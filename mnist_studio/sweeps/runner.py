"""The queue of runs in front of standard executors; nothing here knows of a window."""

from __future__ import annotations

import contextlib
import logging
import secrets
from collections.abc import Iterable
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future, wait
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from ..runs.checkpoint import Checkpoint, CheckpointError, read_checkpoint, write_checkpoint
from ..runs.journal import JournalReader, journal_path, remove_journal
from ..runs.lock import RunHeldError, hold_run
from ..runs.requests import Request, remove_request, write_request
from ..training.config import RunConfig
from ..training.failures import failure_of
from ..training.history import History
from ..training.run_length import RunLength, train_size_of
from ..training.status import Failure, FailureKind, RunStatus
from .news import News, RunEnded, RunGrew, RunStarted
from .progress import RunProgress, seconds_left
from .run_job import RunJob, RunResult, train_run
from .workers import Workers

logger = logging.getLogger(__name__)

ATTEMPTS = 2  # how often a run may lose its process before it is given up
CLOSE_SECONDS = 10.0
_LOOK_SECONDS = 0.02  # to find out whether somebody holds a run


@dataclass(eq=False)
class _Entry:
    """A run of the queue, and what is under way for it."""

    progress: RunProgress
    token: str = ""
    losses: int = 0
    wanted: Request = Request.TRAIN
    told: Request = Request.TRAIN
    reader: JournalReader | None = None

    @property
    def path(self) -> Path:
        return self.progress.path

    @property
    def history(self) -> History | None:
        return self.reader.history if self.reader else None

    def change(self, **values: Any) -> None:
        self.progress = replace(self.progress, **values)


@dataclass(eq=False)
class _Slot:
    """Room for one run at a time."""

    executor: Executor | None = None
    entry: _Entry | None = None
    future: Future[RunResult] = field(default_factory=Future)


class SweepRunner:
    """Trains queued runs, as many at once as there are workers.

    Nothing here waits but :meth:`close`: the owner calls :meth:`poll` a few times a second, from
    the thread that calls everything else.

    Parameters
    ----------
    workers : Workers
        Who trains; they are the runner's from now on and closed with it.
    folder : Path, optional
        Where the data set's files are, if not in their usual place.
    """

    def __init__(self, workers: Workers, folder: Path | None = None) -> None:
        self._workers = workers
        self._folder = folder
        self._slots = [_Slot() for _ in range(workers.count)]
        self._entries: list[_Entry] = []
        self._paused = False

    @property
    def runs(self) -> list[RunProgress]:
        """All runs in the order of the queue, ended ones included."""
        return [entry.progress for entry in self._entries]

    @property
    def paused(self) -> bool:
        """Whether the queue waits."""
        return self._paused

    @property
    def finished(self) -> bool:
        """Whether no run is queued or being trained."""
        return not self._queued() and all(slot.entry is None for slot in self._slots)

    def seconds_left(self) -> float | None:
        """Return how long the queue will take, or None as long as nothing tells the pace."""
        return seconds_left(self.runs, len(self._slots))

    # --- commands --------------------------------------------------------------------------

    def add(self, runs: Iterable[tuple[Path, RunConfig]]) -> None:
        """Append runs to the queue.

        Parameters
        ----------
        runs : iterable of (Path, RunConfig)
            File and settings of each. An interrupted or stopped run that is in the file goes on;
            one that is completed or failed stays as it is.
        """
        for path, config in runs:
            length = RunLength.planned(config.training, train_size_of(config))
            self._entries.append(_Entry(RunProgress(path, config, length)))

    def move(self, path: Path, place: int) -> None:
        """Move a queued run to another place among the queued ones; 0 is the next."""
        queued = self._queued()
        moved = next((entry for entry in queued if entry.path == path), None)
        if moved is None:
            return
        queued.remove(moved)
        queued.insert(place, moved)
        order = iter(queued)
        for index, entry in enumerate(self._entries):
            if entry.progress.status is RunStatus.QUEUED:
                self._entries[index] = next(order)

    def cancel(self, path: Path) -> None:
        """Take a queued run out of the queue, or stop a running one and keep what it has."""
        for entry in self._queued():
            if entry.path == path:
                self._entries.remove(entry)
        for slot, entry in self._busy():
            if entry.path == path:
                self._ask(slot, entry, Request.STOP)

    def pause(self) -> None:
        """Let the running runs wait after their batches in work, and start no others."""
        self._set_paused(True)

    def resume(self) -> None:
        """Go on."""
        self._set_paused(False)

    def close(self, seconds: float = CLOSE_SECONDS) -> None:
        """End the workers; what is running is saved first, to be gone on with another time.

        Parameters
        ----------
        seconds : float
            How long to wait for runs that do not answer; they save themselves a little later.
        """
        self._paused = True
        for slot, entry in self._busy():
            self._ask(slot, entry, Request.INTERRUPT)
        wait([slot.future for slot, _ in self._busy() if not slot.future.done()], seconds)
        for slot, entry in self._busy():
            if slot.future.done() and not slot.future.cancelled():
                self._collect(slot, entry)
            else:  # its job may be in the midst of a batch, or still loading: it finds the request
                slot.entry = None
                entry.change(status=RunStatus.QUEUED)
        for slot in self._slots:
            _shut_down(slot)
        self._workers.close()

    # --- the owner's clock -----------------------------------------------------------------

    def poll(self) -> list[News]:
        """Hand out runs, read what the running ones have written, and return what is new."""
        news: list[News] = []
        for slot, entry in self._busy():
            done = slot.future.done()  # asked first, so that the journal is read to its end
            news += self._read_journal(entry)
            if done:
                news += self._collect(slot, entry)
            else:
                self._tell(entry)
        for slot in self._slots:
            if slot.entry is None and not self._paused and (queued := self._queued()):
                news += self._start(slot, queued[0])
        return news

    def _start(self, slot: _Slot, entry: _Entry) -> list[News]:
        entry.token = secrets.token_hex(8)
        entry.wanted = entry.told = Request.TRAIN
        entry.reader = JournalReader(journal_path(entry.path))
        job = RunJob(entry.progress.config, entry.path, entry.token, self._folder)
        try:
            write_request(entry.path, entry.token, Request.TRAIN)
        except OSError as error:
            return self._end(entry, RunStatus.INTERRUPTED, failure_of(error))
        try:
            slot.future = self._submit(slot, job)
        except Exception as error:
            logger.exception("the run %s could not be handed out", entry.path)
            return self._lost(slot, entry, error)
        slot.entry = entry
        entry.change(status=RunStatus.RUNNING)
        return [RunStarted(entry.path)]

    def _submit(self, slot: _Slot, job: RunJob) -> Future[RunResult]:
        if slot.executor is not None:
            try:
                return slot.executor.submit(train_run, job)
            except BrokenExecutor:  # its process died while it had nothing to do
                _shut_down(slot)
        slot.executor = self._workers.open()
        return slot.executor.submit(train_run, job)

    def _read_journal(self, entry: _Entry) -> list[News]:
        if entry.reader is None or not entry.reader.read() or entry.history is None:
            return []
        _book(entry, entry.history)
        return [RunGrew(entry.path, entry.history)]

    # --- ends ------------------------------------------------------------------------------

    def _collect(self, slot: _Slot, entry: _Entry) -> list[News]:
        """Take note of how a job ended, or did not."""
        slot.entry = None
        try:
            result = slot.future.result(0)
        except (CancelledError, Exception) as error:
            return self._lost(slot, entry, error)
        status, failure = result.status, result.failure
        if result.checkpoint is not None:
            position = result.checkpoint.position
            entry.change(step=position.step, seconds=position.seconds)
            if unsaved := _write(entry.path, result.checkpoint):
                status, failure = RunStatus.INTERRUPTED, unsaved
        if status is RunStatus.INTERRUPTED and entry.wanted is Request.INTERRUPT:
            entry.change(status=RunStatus.QUEUED)
            self._clean(entry)
            return []
        return self._end(entry, status, failure)

    def _lost(self, slot: _Slot, entry: _Entry, error: BaseException) -> list[News]:
        """Try again in another process, if a job ended without a result, or give it up."""
        logger.warning("nobody trains %s any more", entry.path, exc_info=error)
        _shut_down(slot)
        if entry.wanted is Request.STOP:
            return self._end(entry, _mark(entry.path, RunStatus.STOPPED), None)
        entry.losses += 1
        if entry.losses < ATTEMPTS or entry.wanted is Request.INTERRUPT:
            entry.change(status=RunStatus.QUEUED)
            self._clean(entry)
            return []
        # What the computer lacks, perhaps memory, is not the run's end.
        passing = isinstance(error, BrokenExecutor | OSError)
        status = RunStatus.INTERRUPTED if passing else RunStatus.FAILED
        failure = _failure_of_worker(error)
        return self._end(entry, _mark(entry.path, status, failure), failure)

    def _end(self, entry: _Entry, status: RunStatus, failure: Failure | None) -> list[News]:
        entry.change(status=status, failure=failure)
        self._clean(entry)
        return [RunEnded(entry.path, status, failure)]

    def _clean(self, entry: _Entry) -> None:
        """Remove what only a run at work needs: its file has everything now."""
        entry.reader = None
        remove_request(entry.path)
        # Unless it is that of another program by now, or of a process that is slow to end.
        with contextlib.suppress(RunHeldError), hold_run(entry.path, "a sweep", _LOOK_SECONDS):
            remove_journal(entry.path)

    # --- inside ----------------------------------------------------------------------------

    def _queued(self) -> list[_Entry]:
        return [each for each in self._entries if each.progress.status is RunStatus.QUEUED]

    def _busy(self) -> list[tuple[_Slot, _Entry]]:
        return [(slot, slot.entry) for slot in self._slots if slot.entry is not None]

    def _set_paused(self, paused: bool) -> None:
        self._paused = paused
        for slot, entry in self._busy():
            if entry.wanted in (Request.TRAIN, Request.PAUSE):
                self._ask(slot, entry, Request.PAUSE if paused else Request.TRAIN)
                entry.change(status=RunStatus.PAUSED if paused else RunStatus.RUNNING)

    def _ask(self, slot: _Slot, entry: _Entry, request: Request) -> None:
        entry.wanted = request
        self._tell(entry)
        # A job without a journal may still wait for a worker, or have one on a machine that the
        # request does not reach; a process of a pool that has begun lets nobody cancel its job.
        if request in (Request.STOP, Request.INTERRUPT) and entry.history is None:
            slot.future.cancel()

    def _tell(self, entry: _Entry) -> None:
        """Write the request; what cannot be written now is tried again at the next poll."""
        if entry.told is entry.wanted:
            return
        try:
            write_request(entry.path, entry.token, entry.wanted)
            entry.told = entry.wanted
        except OSError:
            logger.warning("%s was not told to %s", entry.path, entry.wanted, exc_info=True)


def _book(entry: _Entry, history: History) -> None:
    # The number of images is known for certain now.
    length = RunLength.planned(entry.progress.config.training, history.train_size)
    entry.change(step=history.step, seconds=history.duration, length=length)


def _write(path: Path, state: Checkpoint) -> Failure | None:
    """Write the run of a machine without our folder; return why that failed, if it did."""
    try:
        with hold_run(path, "a sweep"):
            write_checkpoint(path, state)
    except (CheckpointError, RunHeldError) as error:
        return failure_of(error)
    return None


def _mark(path: Path, status: RunStatus, failure: Failure | None = None) -> RunStatus:
    """Say in a run's file how it ended, in the place of a process that no longer can.

    Returns
    -------
    RunStatus
        As it is now: the file of a run whose end could not be written can be gone on with.
    """
    if not path.exists():
        return status
    try:
        with hold_run(path, "a sweep"):
            write_checkpoint(path, replace(read_checkpoint(path), status=status, failure=failure))
    except (CheckpointError, RunHeldError):
        logger.warning("the end of %s is not in its file", path, exc_info=True)
        return RunStatus.INTERRUPTED
    return status


def _failure_of_worker(error: BaseException) -> Failure:
    if isinstance(error, BrokenExecutor):
        return Failure(FailureKind.PROCESS_DIED)
    if isinstance(error, OSError):
        return failure_of(error)
    message = f"The worker gave this run up ({type(error).__name__}: {error})."
    return Failure(FailureKind.OTHER, message)


def _shut_down(slot: _Slot) -> None:
    executor, slot.executor = slot.executor, None
    if executor is not None:
        executor.shutdown(wait=slot.future.done())

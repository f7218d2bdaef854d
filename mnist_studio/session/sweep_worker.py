"""The sweeps' thread's object: keeps sweeps, runs the queue and reads what its processes write."""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal, Slot

from ..training.config import RunConfig
from ..training.status import RunStatus
from .run_growth import GrowthSender
from .sweep_state import Offer, QueueState, Report, SweepState
from .threads import Resident

if TYPE_CHECKING:
    from ..runs.store import RunRecord, RunStore
    from ..sweeps.news import News
    from ..sweeps.progress import RunProgress
    from ..sweeps.runner import SweepRunner
    from ..sweeps.store import SweepRecord, SweepStore
    from ..sweeps.sweep import Sweep
    from ..sweeps.workers import Workers

logger = logging.getLogger(__name__)

POLL_INTERVAL = 100  # milliseconds between two looks at the processes
CLOSE_SECONDS = 0.15  # how long runs may take to save before the window is gone


class SweepWorker(Resident):
    """Trains sweeps; lives in a thread of its own, where it polls the runner.

    Parameters
    ----------
    folder : Path
        The folder of runs.
    make_workers : callable, optional
        Given how many runs are trained at once, returns who trains them; processes by default.

    Signals
    -------
    listed(object)
        The Sweep of every name that there is, as a dict.
    begun(object, object)
        A SweepRecord, and Path and RunConfig of all its runs that are now queued, as a list.
    reported(object)
        A :class:`Report`, when something has changed.
    sweep_ended(object, object)
        Its Sweep and a RunRecord of each of its runs that have a file.
    offered(object)
        An :class:`Offer`.
    failed(str)
        A sentence.
    run_failed(object)
        The Failure of a run that could not even begin.
    """

    listed = Signal(object)
    begun = Signal(object, object)
    reported = Signal(object)
    sweep_ended = Signal(object, object)
    offered = Signal(object)
    failed = Signal(str)
    run_failed = Signal(object)

    def __init__(self, folder: Path, make_workers: Callable[[int], Workers] | None = None) -> None:
        super().__init__()
        self._folder = folder
        self._make_workers = make_workers
        self._records: list[SweepRecord] = []
        self._runner: SweepRunner | None = None
        self._data_folder: Path | None = None
        self._at_once = 0
        self._growth = GrowthSender()
        self._state = QueueState()
        self._timer = QTimer(self)
        self._timer.setInterval(POLL_INTERVAL)
        self._timer.timeout.connect(self._poll)

    # --- sweeps begin ----------------------------------------------------------------------

    @Slot(object, object, int)
    def start(self, sweep: Sweep, data_folder: Path | None, jobs: int) -> None:
        """Write a new sweep down and queue its runs."""
        from ..data.errors import DataError
        from ..sweeps.store import SweepError

        try:
            self._check(sweep, data_folder)
            record = self._store.begin(sweep, data_folder)
        except (DataError, SweepError) as error:
            self.failed.emit(str(error))
            return
        self._queue(record, record.planned, jobs)

    @Slot()
    def look_for_interrupted(self) -> None:
        """Tell of all sweeps; offer the oldest that nobody works at though it is not done."""
        self.listed.emit({record.name: record.sweep for record in self._store.records()[0]})
        unfinished = self._store.unfinished()
        if unfinished:
            record = unfinished[0]
            total = len(record.runs) - len(record.cancelled)
            self.offered.emit(Offer(record, total - len(record.to_train()), total))

    @Slot(object, int)
    def resume_sweep(self, offer: Offer, jobs: int) -> None:
        """Go on with an interrupted sweep."""
        from ..data.errors import DataError
        from ..sweeps.store import SweepError

        record = offer.record
        try:
            self._check(record.sweep, record.folder)
            held = self._store.hold(record)  # another program may have worked at it meanwhile
        except (DataError, SweepError) as error:
            self.failed.emit(str(error))
            return
        if held is None:
            self.failed.emit(f"{record.title} is being trained by another program already.")
        elif planned := held.to_train():
            self._queue(held, planned, jobs)
        else:
            self._store.release(held)
            self.failed.emit(f"Nothing is left to train in {held.title}.")
        self.look_for_interrupted()

    @Slot(object)
    def dismiss_sweep(self, offer: Offer) -> None:
        """Write down that the rest of a sweep is not to be trained."""
        from ..sweeps.store import SweepError

        try:
            if (held := self._store.hold(offer.record)) is not None:
                self._store.finish(held)
        except (OSError, SweepError) as error:
            self.failed.emit(str(error))
        self.look_for_interrupted()

    def _check(self, sweep: Sweep, data_folder: Path | None) -> None:
        """Raise DataError if the images cannot be had, as training them would."""
        from ..data.errors import DataError
        from ..sweeps.sweep import check_images

        check_images(sweep, data_folder)
        if self._runner is not None and data_folder != self._data_folder:
            raise DataError(
                "The sweep at work reads its images from another folder; start this one when that "
                "has ended."
            )

    def _queue(self, record: SweepRecord, planned: list[tuple[Path, RunConfig]], jobs: int) -> None:
        self._records.append(record)
        self.begun.emit(record, planned)
        self._running(record.folder, jobs).add(planned)
        self._timer.start()
        self._poll()

    def _running(self, data_folder: Path | None, jobs: int) -> SweepRunner:
        """Return the runner at work, or a new one."""
        from ..sweeps.runner import SweepRunner
        from ..sweeps.workers import local_processes, usable_cores

        if self._runner is None:
            make = self._make_workers or local_processes
            self._data_folder, self._at_once = data_folder, jobs or usable_cores()
            self._runner = SweepRunner(make(self._at_once), data_folder)
        return self._runner

    # --- commands --------------------------------------------------------------------------

    @Slot(bool)
    def set_paused(self, paused: bool) -> None:
        """Pause the runs of the queue, or let them go on."""
        if self._runner is not None:
            self._runner.pause() if paused else self._runner.resume()
            self._poll()

    @Slot(object)
    def cancel(self, path: Path) -> None:
        """Take a queued run out, or stop a running one."""
        if self._runner is not None:
            self._cancel(self._runner, path)
            self._poll()

    @Slot()
    def cancel_all(self) -> None:
        """Take out all queued runs and stop the running ones."""
        if self._runner is not None:
            for run in self._runner.runs:
                if run.open:
                    self._cancel(self._runner, run.path)
            self._poll()

    @Slot(object, int)
    def move(self, path: Path, delta: int) -> None:
        """Move a queued run so many places back among the queued ones."""
        if self._runner is None:
            return
        queued = [run.path for run in self._runner.runs if run.status is RunStatus.QUEUED]
        if path in queued:
            place = queued.index(path) + delta
            self._runner.move(path, max(0, min(place, len(queued) - 1)))
            self._poll()

    def _cancel(self, runner: SweepRunner, path: Path) -> None:
        from ..sweeps.store import SweepError

        runner.cancel(path)  # its number is the sweep's until that ends
        for index, record in enumerate(self._records):
            if path in record.runs:
                try:
                    self._records[index] = self._store.cancel(record, path)
                except SweepError as error:
                    self.failed.emit(str(error))

    # --- the clock -------------------------------------------------------------------------

    @Slot()
    def _poll(self) -> None:
        if self._runner is None:
            return
        news = self._runner.poll()
        left = {run.path for run in self._runner.runs if run.open}
        ended = [record for record in self._records if left.isdisjoint(record.runs)]
        self._records = [record for record in self._records if record not in ended]
        self._report(self._runner, news)
        for record in ended:
            self._end(record, self._runner)
        if not self._records:
            self._end_runner(self._runner)

    def _report(self, runner: SweepRunner, news: list[News]) -> None:
        from ..sweeps.news import RunEnded, RunGrew

        growths = tuple(self._growth.cut(*each) for each in news if isinstance(each, RunGrew))
        ends = tuple(each for each in news if isinstance(each, RunEnded))
        entries = tuple(runner.runs)
        sweeps = tuple(_state(record, entries) for record in self._records)
        left, share = runner.seconds_left(), work_share(entries)
        state = QueueState(sweeps, entries, runner.paused, left, share, self._at_once)
        if news or state != self._state:
            self._state = state
            self.reported.emit(Report(state, growths, ends))
        for end in ends:
            self._growth.forget(end.path)
            if end.failure is not None and not end.path.exists():
                self.run_failed.emit(end.failure)

    def _end(self, record: SweepRecord, runner: SweepRunner) -> None:
        from ..sweeps.store import SweepError

        if left := record.left(runner.runs):
            self._store.release(record)
            self.failed.emit(record.why_unfinished(left))
            self.look_for_interrupted()
            return
        try:
            self._store.finish(record)
        except SweepError as error:
            self.failed.emit(str(error))
        self.sweep_ended.emit(record.sweep, self._read(record))

    def _read(self, record: SweepRecord) -> list[RunRecord]:
        from ..runs.checkpoint import CheckpointError

        found = []
        for run in record.runs:
            if run.exists():
                try:
                    found.append(self._runs.record(run))
                except CheckpointError:
                    logger.warning("%s is missing in the result", run, exc_info=True)
        return found

    def _end_runner(self, runner: SweepRunner) -> None:
        """End the processes when there is nothing left for them to do."""
        self._timer.stop()
        self._runner, self._state = None, QueueState()
        self._growth = GrowthSender()
        self.reported.emit(Report(self._state))
        runner.close()

    # --- end -------------------------------------------------------------------------------

    def close(self) -> None:
        """Interrupt the running runs; the sweep can go on later."""
        self._timer.stop()
        if self._runner is not None:
            self._runner.close(CLOSE_SECONDS)
        self._runner = None
        for record in self._records:
            self._store.release(record)

    # Made in the thread, since they bring NumPy along.

    @functools.cached_property
    def _runs(self) -> RunStore:
        from ..runs.store import RunStore

        return RunStore(self._folder)

    @functools.cached_property
    def _store(self) -> SweepStore:
        from ..sweeps.store import SweepStore

        return SweepStore(self._runs)


def work_share(entries: tuple[RunProgress, ...]) -> float:
    """Return how much of the work is done; a batch of 500 images counts for more than one of 5."""
    from ..training.run_length import step_work

    work = [entry.length.total_steps * step_work(entry.config) for entry in entries]
    done = sum(size * entry.share for size, entry in zip(work, entries, strict=True))
    return done / sum(work) if work else 0.0


def _state(record: SweepRecord, entries: tuple[RunProgress, ...]) -> SweepState:
    own = set(record.runs) - record.cancelled
    left = sum(entry.open and entry.path in own for entry in entries)
    total = len(record.runs) - len(record.cancelled)
    return SweepState(record.title, total - left, total)

"""The window's queue of sweeps: the runner in a thread of its own, its facts in the GUI thread."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from ..training.config import RunConfig
from ..training.status import RunStatus
from .live_runs import LiveRuns
from .sweep_state import Offer, QueueState, Report
from .sweep_worker import SweepWorker
from .threads import ResidentThread

if TYPE_CHECKING:
    from ..runs.store import RunRecord
    from ..sweeps.news import RunEnded
    from ..sweeps.progress import RunProgress
    from ..sweeps.store import SweepRecord
    from ..sweeps.sweep import Sweep
    from ..sweeps.workers import Workers
    from ..training.history import History
    from .run_growth import RunGrowth


class SweepQueue(QObject):
    """Commands (verbs) in, facts (signals) out; lives in the GUI thread, which never waits.

    Sweeps that are started while another one is trained are appended to the queue.

    Parameters
    ----------
    live : LiveRuns
        Told of all queued runs, and of the curves of those that are trained.
    folder : Path
        The folder of runs.
    make_workers : callable, optional
        Given how many runs are trained at once, returns who trains them; processes by default.

    Attributes
    ----------
    jobs : int
        How many runs are trained at once, from the next time on that the queue is empty; 0, the
        default, for as many as there are cores.
    known : dict of str to Sweep
        What the sweeps are that the labels of runs name.

    Signals
    -------
    known_changed()
        More sweeps are known.
    sweep_begun(str)
        Name of a sweep whose runs are queued now: a new one, or an interrupted one that goes on.
    queue_changed()
        The properties may be others now; at most ten times a second.
    run_ended(object)
        Path of a run that ended; its file has everything.
    sweep_ended(object, object, object)
        A Sweep and lists of the paths and the RunRecords of its runs that have a file, in the
        sweep's order.
    sweep_offered(object)
        An :class:`~.sweep_state.Offer` of a sweep that was interrupted; None if it is gone.
    failed(str)
        A sentence: a sweep could not be started.
    run_failed(object)
        The Failure of a run that could not even begin.
    """

    known_changed = Signal()
    sweep_begun = Signal(str)
    queue_changed = Signal()
    run_ended = Signal(object)
    sweep_ended = Signal(object, object, object)
    sweep_offered = Signal(object)
    failed = Signal(str)
    run_failed = Signal(object)

    _start_requested = Signal(object, object, int)
    _look_requested = Signal()
    _resume_requested = Signal(object, int)
    _dismiss_requested = Signal(object)
    _pause_requested = Signal(bool)
    _cancel_requested = Signal(object)
    _move_requested = Signal(object, int)
    _cancel_all_requested = Signal()

    def __init__(
        self,
        live: LiveRuns,
        folder: Path,
        parent: QObject | None = None,
        *,
        make_workers: Callable[[int], Workers] | None = None,
    ) -> None:
        super().__init__(parent)
        self.jobs = 0
        self.known: dict[str, Sweep] = {}
        self._live = live
        self._state = QueueState()
        self._offer: Offer | None = None
        self._histories: dict[Path, History] = {}
        self._queued: set[Path] = set()
        self._told: dict[Path, tuple[RunStatus, float]] = {}
        self._shut_down = False
        self._worker = SweepWorker(folder, make_workers)
        self._connect()
        self._thread = ResidentThread("sweeps", self._worker, self)

    # --- state -----------------------------------------------------------------------------

    @property
    def active(self) -> bool:
        """Whether a run is queued or being trained."""
        return bool(self._state.sweeps)

    @property
    def paused(self) -> bool:
        """Whether the runs of the queue are paused."""
        return self._state.paused

    @property
    def title(self) -> str:
        """Title of the sweep at work, or an empty string."""
        return self._state.sweeps[0].title if self.active else ""

    @property
    def waiting(self) -> tuple[str, ...]:
        """Titles of the sweeps behind it."""
        return tuple(each.title for each in self._state.sweeps[1:])

    @property
    def done(self) -> int:
        """Ended runs of the sweep at work."""
        return self._state.sweeps[0].done if self.active else 0

    @property
    def total(self) -> int:
        """Runs of the sweep at work, without those taken out."""
        return self._state.sweeps[0].total if self.active else 0

    @property
    def share(self) -> float:
        """How much of all work in the queue is done, 0 to 1."""
        return self._state.share

    @property
    def seconds_left(self) -> float | None:
        """How long the queue will take; None as long as nothing tells the pace."""
        return self._state.seconds_left

    @property
    def at_once(self) -> int:
        """How many runs are trained at once now; 0 while there is nothing to train."""
        return self._state.at_once

    @property
    def entries(self) -> tuple[RunProgress, ...]:
        """All runs in the order of the queue, ended ones included."""
        return self._state.entries

    @property
    def offer(self) -> Offer | None:
        """The interrupted sweep that was offered last and not answered yet."""
        return self._offer

    # --- commands --------------------------------------------------------------------------

    def start(self, sweep: Sweep, data_folder: Path | None = None) -> None:
        """Queue a sweep; :attr:`failed` says why if that is not possible.

        Parameters
        ----------
        sweep : Sweep
            What to train.
        data_folder : Path, optional
            Where the data set's files are, if not in their usual place.
        """
        self._begin()
        self._start_requested.emit(sweep, data_folder, self.jobs)

    def look_for_interrupted(self) -> None:
        """Offer the oldest interrupted sweep, if there is one, by :attr:`sweep_offered`."""
        self._begin()
        self._look_requested.emit()

    def resume_offered(self) -> None:
        """Go on with the interrupted sweep; another one is offered then."""
        if self._offer is not None:
            self._resume_requested.emit(self._take_offer(), self.jobs)

    def dismiss_offered(self) -> None:
        """Offer the interrupted sweep no more, but the next one; its runs that are done stay."""
        if self._offer is not None:
            self._dismiss_requested.emit(self._take_offer())

    def pause(self) -> None:
        """Let the running runs wait after their batches in work, and start no others."""
        self._pause_requested.emit(True)

    def resume(self) -> None:
        """Let paused runs go on, and start others."""
        self._pause_requested.emit(False)

    def cancel(self, path: Path) -> None:
        """Take a queued run out, or stop a running one and keep what it has."""
        self._cancel_requested.emit(path)

    def move(self, path: Path, delta: int) -> None:
        """Move a queued run so many places back, or forward if negative."""
        self._move_requested.emit(path, delta)

    def cancel_all(self) -> None:
        """Take all queued runs out and stop the running ones."""
        self._cancel_all_requested.emit()

    def shut_down(self) -> None:
        """Interrupt what is trained, to be offered again, and end the thread; takes 0.3 s at most.

        A run that does not answer in that time saves itself and ends by itself a little later.
        """
        if self._shut_down:
            return
        self._shut_down = True
        self._thread.finish()

    # --- inside ----------------------------------------------------------------------------

    def _connect(self) -> None:
        worker = self._worker
        self._start_requested.connect(worker.start)
        self._look_requested.connect(worker.look_for_interrupted)
        self._resume_requested.connect(worker.resume_sweep)
        self._dismiss_requested.connect(worker.dismiss_sweep)
        self._pause_requested.connect(worker.set_paused)
        self._cancel_requested.connect(worker.cancel)
        self._move_requested.connect(worker.move)
        self._cancel_all_requested.connect(worker.cancel_all)
        worker.listed.connect(self._on_listed)
        worker.begun.connect(self._on_begun)
        worker.reported.connect(self._on_reported)
        worker.sweep_ended.connect(self._on_sweep_ended)
        worker.offered.connect(self._on_offered)
        worker.failed.connect(self.failed)
        worker.run_failed.connect(self.run_failed)

    def _begin(self) -> None:
        """Start the thread when there is something to do for it."""
        if not self._thread.isRunning() and not self._shut_down:
            self._thread.start()

    def _take_offer(self) -> Offer:
        offer, self._offer = self._offer, None
        assert offer is not None
        self.sweep_offered.emit(None)
        return offer

    @Slot(object)
    def _on_listed(self, known: dict[str, Sweep]) -> None:
        self.known |= known
        self.known_changed.emit()

    @Slot(object, object)
    def _on_begun(self, record: SweepRecord, planned: list[tuple[Path, RunConfig]]) -> None:
        self._on_listed({record.name: record.sweep})
        for path, config in planned:
            self._queued.add(path)
            self._live.add_queued(path, config)
        self.sweep_begun.emit(record.name)

    @Slot(object)
    def _on_reported(self, report: Report) -> None:
        if self._shut_down:
            return
        self._state = report.state
        configs = {entry.path: entry.config for entry in report.state.entries}
        for growth in report.growths:
            self._grow(growth, configs[growth.path])
        for entry in report.state.entries:
            told = (entry.status, entry.share)
            if entry.path in self._histories and self._told.get(entry.path) != told:
                self._told[entry.path] = told
                self._live.update(entry.path, *told)
        for path in self._queued - configs.keys():
            self._remove_queued(path)
        for end in report.ends:
            self._end(end)
        self.queue_changed.emit()

    def _grow(self, growth: RunGrowth, config: RunConfig) -> None:
        path, begins, part = growth
        if begins is None:
            self._histories[path].append(part)
            return
        begins.append(part)
        if path in self._histories:  # its process died; it goes on from what was saved
            self._live.detach(path)
        self._remove_queued(path)
        self._histories[path] = begins
        self._told.pop(path, None)
        self._live.attach(path, config, begins, RunStatus.RUNNING)

    def _end(self, end: RunEnded) -> None:
        self._remove_queued(end.path)
        if self._histories.pop(end.path, None) is not None:
            self._told.pop(end.path, None)
            self._live.detach(end.path)
        self.run_ended.emit(end.path)

    def _remove_queued(self, path: Path) -> None:
        if path in self._queued:
            self._queued.remove(path)
            self._live.remove_queued(path)

    @Slot(object, object)
    def _on_sweep_ended(self, sweep: Sweep, records: list[RunRecord]) -> None:
        if not self._shut_down:
            self.sweep_ended.emit(sweep, [record.path for record in records], records)

    @Slot(object)
    def _on_offered(self, offer: Offer) -> None:
        self._offer = offer
        self.sweep_offered.emit(offer)

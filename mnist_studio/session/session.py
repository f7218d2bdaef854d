"""The window's one partner: takes commands, keeps the state of the run, tells what changed."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject, Signal, Slot

from ..training import events
from ..training.config import RunConfig
from ..training.control import TrainingControl
from ..training.hyperparameter import ConfigError
from ..training.status import Failure, FailureKind, RunStatus
from .dataset_source import DatasetSource
from .drawing import Drawing
from .pending_run import PendingRun
from .run_files import RunFiles
from .run_in_view import RunInView, Snapshot
from .run_opener import RunOpener
from .threads import ResidentThread
from .unsaved_runs import UnsavedRuns
from .worker import Fork, RunEnd, TrainingJob, TrainingWorker, Watch

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from ..runs.checkpoint import Checkpoint
    from ..runs.opened import OpenedRun
    from ..training.history import History, HistoryPart


class Session(QObject):
    """Commands (verbs) in, facts (signals) out; lives in the GUI thread.

    Parameters
    ----------
    runs_folder : Path
        Where runs are saved by themselves.
    data : DatasetSource, optional
        Where data sets come from; one of its own by default.

    Attributes
    ----------
    blas_threads : int
        How many compute a matrix product, from the next run on: more than one seldom pay.
    data : DatasetSource
        The data set in use; loaded by itself when a run needs another one.
    drawing : Drawing
        What is on the sketch pad.
    files : RunFiles
        Opens and saves; also offers the last run.
    opener : RunOpener
        Opens runs, to be shown, continued or forked.
    run : RunInView, optional
        The run that the window shows.
    unsaved : UnsavedRuns
        Runs that could not be saved at their end.
    watch : Watch
        What is looked at that the training has to tell more for.

    Signals
    -------
    run_started(object)
        The RunInView that is another one now: new, going on or opened.
    batches_ended(object)
        HistoryPart, already in the run's history.
    epoch_ended(object), hyperparameter_changed(object), test_evaluated(object)
        The event of that kind, already in the run's history.
    status_changed(object)
        :attr:`status`, which may be another one now.
    run_ended(object, object)
        RunStatus, and the Failure or None, exactly once per run that was started, also if it
        never came into view.
    network_changed()
        Predictions may be others now.
    saved(object)
        Path that the run was saved to by request.
    failed(str)
        A sentence about a run file that could not be read or written, or was not opened now.
    """

    run_started = Signal(object)
    batches_ended = Signal(object)
    epoch_ended = Signal(object)
    hyperparameter_changed = Signal(object)
    test_evaluated = Signal(object)
    status_changed = Signal(object)
    run_ended = Signal(object, object)
    network_changed = Signal()
    saved = Signal(object)
    failed = Signal(str)

    def __init__(
        self, runs_folder: Path, parent: QObject | None = None, data: DatasetSource | None = None
    ) -> None:
        super().__init__(parent)
        self.run: RunInView | None = None
        self.data = data or DatasetSource()
        self.data.setParent(self)
        self.drawing = Drawing(self)
        self.files = RunFiles(runs_folder, self)
        self.opener = RunOpener(self)
        self.unsaved = UnsavedRuns(self.files, self)
        self.blas_threads, self.watch = 1, Watch()
        self._control = TrainingControl()
        self._run_id = 0
        self._runs_folder = runs_folder
        self._pending = PendingRun(self.data, self)
        self._shut_down = False
        self._worker = TrainingWorker()
        self._connect()
        self._training_thread = ResidentThread("training", self._worker, self)
        self._training_thread.start()

    # --- state -----------------------------------------------------------------------------

    @property
    def status(self) -> RunStatus | None:
        """State of the run that is about to begin, else of the run in view."""
        return self._pending.status or (self.run.status if self.run else None)

    @property
    def active(self) -> bool:
        """Whether a run holds the training thread or waits for its data."""
        return self._pending.job is not None or (self.run is not None and self.run.status.active)

    def can_continue(self, epochs: int = 0) -> bool:
        """Return whether the run in view can go on now, perhaps to more epochs."""
        return not self.active and self.run is not None and self.run.can_continue(epochs)

    def predict(self, image: npt.NDArray[np.uint8]) -> list[float] | None:
        """Return what the run in view says of an image, see there; None without a run."""
        return self.run.predict(image) if self.run else None

    def recall(self, snapshot: Snapshot | None) -> None:
        """Let the run in view answer by weights that it once had; None for the newest again."""
        if self.run is not None:
            self.run = dataclasses.replace(self.run, recalled=snapshot)
            self.network_changed.emit()

    # --- commands: a run -------------------------------------------------------------------

    def start(
        self,
        config: RunConfig,
        *,
        first: str = "run",
        path: Path | None = None,
        checkpoint: Checkpoint | None = None,
        fork: Fork | None = None,
    ) -> None:
        """Train a run, if none is active; loads the data set first if need be.

        Parameters
        ----------
        config : RunConfig
            What to train.
        first : str
            ``"run"`` to train on, ``"batch"`` or ``"epoch"`` to pause after the first of them.
        path : Path, optional
            Its file; by default a new one.
        checkpoint : Checkpoint, optional
            Where to go on, or what to fork; by default it is trained anew.
        fork : Fork, optional
            How to begin with the checkpoint's weights.
        """
        if self.active or self._shut_down:
            return
        self._run_id += 1
        self._control = TrainingControl.until_first(first)
        job = (self._run_id, config, self._control, self._runs_folder, path, checkpoint, fork)
        self._pending.begin(TrainingJob(*job, self.blas_threads, self.watch))

    def continue_run(self, epochs: int = 0, *, first: str = "run") -> None:
        """Go on with the run in view where it ended, if it can; see :meth:`start`.

        Parameters
        ----------
        epochs : int
            How long it is to be at least.
        first : str
            As for :meth:`start`.
        """
        if self.run is not None and self.can_continue(epochs):
            run, config = self.run, self.run.to_epochs(epochs)
            self.start(config, first=first, path=run.path, checkpoint=run.checkpoint)

    def pause(self) -> None:
        """Pause after the batch in work."""
        self._control.pause()

    def resume(self) -> None:
        """Let a paused run go on."""
        self._control.resume()

    def step(self) -> None:
        """Train one more batch of the run, then pause."""
        self._control.step()

    def run_epoch(self) -> None:
        """Train to the end of the epoch, then pause."""
        self._control.run_epoch()

    def stop(self) -> None:
        """End the run after the batch in work; it is kept and can go on later."""
        self._control.request_stop()
        if self._pending.waits:
            self._end(RunStatus.STOPPED)

    def set_live(self, name: str, value: float) -> None:
        """Use another value of a live hyperparameter from the next batch."""
        try:
            if self.active:
                self._control.change(name, value)
        except ConfigError as error:
            self.failed.emit(str(error))

    # --- commands: files -------------------------------------------------------------------

    def save_as(self, path: Path) -> None:
        """Save the run in view to `path`."""
        run = self.run
        if run is not None and run.status.active:
            self._control.request_checkpoint(path)
        elif run is not None and run.checkpoint is not None:
            self.files.save(path, run.checkpoint)
        elif run is not None:
            self.failed.emit(self.tr("The run could not be saved: its last state is lost."))

    def show_run(self, path: Path, opened: OpenedRun) -> None:
        """Put an opened run in view, as if it had just ended; not while another one is active."""
        if self.active:
            return
        self._run_id += 1
        self._show(RunInView.opened(opened, path, self._runs_folder))
        self.status_changed.emit(self.status)

    # --- end -------------------------------------------------------------------------------

    def end_training(self) -> None:
        """Interrupt the run, let it be saved, and train nothing any more."""
        self._shut_down = True
        self._control.request_stop(interrupted=True)
        if self._pending.waits:
            self._end(RunStatus.STOPPED)
        self._training_thread.finish()
        # What it told last is heard now: a run that had just ended may have to be saved elsewhere.
        QCoreApplication.sendPostedEvents(self)

    def shut_down(self) -> None:
        """End the training, let what was asked for be saved, and end all threads."""
        self.end_training()
        self.files.shut_down()
        self.data.shut_down()

    # --- inside ----------------------------------------------------------------------------

    def _connect(self) -> None:
        worker, files = self._worker, self.files
        self._pending.ready.connect(worker.run)
        self._pending.status_changed.connect(self._on_pending_changed)
        self._pending.failed.connect(self._on_data_missing)
        worker.run_prepared.connect(self._on_run_prepared)
        worker.batches_ended.connect(self._on_batches_ended)
        worker.event_happened.connect(self._on_event_happened)
        worker.network_copied.connect(self._on_network_copied)
        worker.save_failed.connect(self.failed)
        worker.saved.connect(self.saved)
        worker.run_ended.connect(self._on_run_ended)
        self.opener.failed.connect(self.failed)
        files.saved.connect(self.saved)
        files.save_failed.connect(self.failed)

    def _show(self, run: RunInView) -> None:
        self.run = run
        self.run_started.emit(run)
        self.network_changed.emit()

    def _end(self, status: RunStatus, failure: Failure | None = None) -> None:
        """Tell the end of a run, which may never have come into view."""
        self._pending.clear()
        self.status_changed.emit(self.status)
        self.run_ended.emit(status, failure)

    @Slot(int, object, object, object)
    def _on_run_prepared(
        self, run_id: int, path: Path | None, history: History, newest: Snapshot
    ) -> None:
        job = self._pending.job
        if job is None or run_id != job.run_id:
            return
        # Only now, so that the run in view stays what it is if this one cannot begin.
        self._pending.clear()
        ignored = job.checkpoint.ignored if job.checkpoint and job.fork is None else ()
        self._show(RunInView(job.config, RunStatus.RUNNING, history, newest, path, ignored=ignored))

    @Slot()
    def _on_pending_changed(self) -> None:
        self.status_changed.emit(self.status)

    @Slot(int, object)
    def _on_batches_ended(self, run_id: int, part: HistoryPart) -> None:
        if run_id == self._run_id and self.run is not None:
            self.run.history.append(part)
            self.batches_ended.emit(part)

    @Slot(int, object)
    def _on_event_happened(self, run_id: int, event: events.Event) -> None:
        if run_id != self._run_id or self.run is None:
            return
        if not isinstance(event, events.EpochEnded):  # which came with its batches
            self.run.history.record(event)
        match event:
            case events.EpochEnded():
                self.epoch_ended.emit(event)
            case events.HyperparameterChanged():
                self.hyperparameter_changed.emit(event)
            case events.FinalEvaluation():
                self.test_evaluated.emit(event)
            case events.StatusChanged(status):
                self.run = dataclasses.replace(self.run, status=status)
                self.status_changed.emit(status)

    @Slot(int, object)
    def _on_network_copied(self, run_id: int, newest: Snapshot) -> None:
        if run_id == self._run_id and self.run is not None:
            self.run = self.run.with_newest(newest)
            self.network_changed.emit()

    @Slot(int, object)
    def _on_run_ended(self, run_id: int, end: RunEnd) -> None:
        if run_id != self._run_id:
            return
        if self._pending.job is None and self.run is not None:
            self.run = dataclasses.replace(self.run, status=end.status, checkpoint=end.checkpoint)
            if end.checkpoint is not None:
                self.unsaved.note_end(self.run.path, end.checkpoint, saved=end.saved)
        for path in self._control.take_checkpoint_paths():
            self.save_as(path)  # asked for when the run had just ended
        self._end(end.status, end.failure)

    @Slot(str)
    def _on_data_missing(self, message: str) -> None:
        failure = Failure(FailureKind.OTHER, message) if message else None
        self._end(RunStatus.FAILED if failure else RunStatus.STOPPED, failure)

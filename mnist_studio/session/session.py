"""The window's one partner: takes commands, keeps the state of the run, tells what changed."""

from __future__ import annotations

import logging
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from PySide6.QtCore import QObject, QThread, Signal, Slot

from ..training.config import RunConfig
from ..training.control import TrainingControl
from ..training.status import RunStatus
from .loader import Loader
from .worker import Fork, TrainingJob, TrainingWorker

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from ..data.dataset import Dataset
    from ..nn.network import Network
    from ..training.checkpoint import Checkpoint
    from ..training.events import Event
    from ..training.history import BatchArrays, History
    from ..training.opened import OpenedRun

logger = logging.getLogger(__name__)

# Seconds after which a thread that computes in Python lets another one on. With Python's own
# 5 ms the window waits twice as long for its turn; the training is as fast either way.
SWITCH_INTERVAL = 0.0005


class _Job(NamedTuple):
    """What to train: anew, on from a checkpoint in its file, or forked from one."""

    config: RunConfig
    checkpoint: Checkpoint | None = None
    path: Path | None = None
    fork: Fork | None = None


class Session(QObject):
    """Commands (verbs) in, facts (signals) out; lives in the GUI thread.

    Parameters
    ----------
    runs_folder : Path
        Where runs are saved by themselves.

    Attributes
    ----------
    blas_threads : int
        How many threads compute a matrix product, from the next run on. One by default: more
        pay with large batches on free cores only.
    run_path : Path, optional
        File of the run in view, if it is in the folder of runs.

    Signals
    -------
    run_started(object)
        RunConfig of a new, resumed or opened run; `history` is the run's.
    batches_ended(object)
        BatchArrays, already in `history`.
    epoch_ended(object), hyperparameter_changed(object), test_evaluated(object)
        The event of that kind, already in `history`.
    status_changed(object)
        RunStatus of the run.
    run_ended(object, str)
        RunStatus and an error's sentence (or empty), exactly once per run.
    network_changed()
        Predictions may be others now.
    dataset_changed(object)
        The Dataset now in use.
    dataset_loading(str), dataset_progress(int, int), dataset_failed(str)
        A load or download began, advanced (bytes), or failed (a sentence; empty if cancelled or
        if another data set was chosen meanwhile).
    run_offered(object, object)
        Path and OpenedRun of the last run, to be offered again.
    opened(object)
        Path of a file that was opened by request.
    saved(object)
        Path that the run was saved to by request.
    failed(str)
        A sentence about a run file that could not be read or written.
    """

    run_started = Signal(object)
    batches_ended = Signal(object)
    epoch_ended = Signal(object)
    hyperparameter_changed = Signal(object)
    test_evaluated = Signal(object)
    status_changed = Signal(object)
    run_ended = Signal(object, str)
    network_changed = Signal()
    dataset_changed = Signal(object)
    dataset_loading = Signal(str)
    dataset_progress = Signal(int, int)
    dataset_failed = Signal(str)
    run_offered = Signal(object, object)
    opened = Signal(object)
    saved = Signal(object)
    failed = Signal(str)

    _run_requested = Signal(object)
    _load_requested = Signal(str, object)
    _download_requested = Signal(str)
    _open_requested = Signal(object)
    _last_run_requested = Signal(object)
    _save_requested = Signal(object, object)
    _finish_requested = Signal()

    def __init__(self, runs_folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        sys.setswitchinterval(SWITCH_INTERVAL)
        self.history: History | None = None
        self.run_config: RunConfig | None = None
        self.status: RunStatus | None = None
        self.dataset: Dataset | None = None
        self.last_error: Exception | None = None
        self.blas_threads = 1
        self._wanted_dataset = ""
        self._network: Network | None = None
        self._checkpoint: Checkpoint | None = None
        self._control = TrainingControl()
        self._run_id = 0
        self._runs_folder = runs_folder
        self.run_path: Path | None = None
        self._waiting_job: _Job | None = None
        self._fork_wanted: tuple[Path, RunConfig, Fork] | None = None
        self._shut_down = False
        self._worker = TrainingWorker()
        self._loader = Loader()
        self._connect()
        self._training_thread = self._start_thread("training", self._worker)
        self._file_thread = self._start_thread("files", self._loader)

    # --- state -----------------------------------------------------------------------------

    @property
    def active(self) -> bool:
        """Whether a run holds the training thread or waits for its data."""
        return self._waiting_job is not None or (self.status is not None and self.status.active)

    @property
    def resumable(self) -> bool:
        """Whether the run in view can go on where it ended, rather than with an explosion."""
        checkpoint = self._checkpoint
        failed = checkpoint is None or checkpoint.status is RunStatus.FAILED
        return not failed and not self.active

    @property
    def test_accuracy(self) -> float | None:
        """Accuracy of the kept weights on the test part, once measured."""
        test = self.history.test if self.history else None
        return test.accuracy if test else None

    def predict(self, image: npt.NDArray[np.uint8]) -> list[float] | None:
        """Return the probability of each class, or None without a network.

        Parameters
        ----------
        image : ndarray of uint8, shape (28, 28)
        """
        if self._network is None:
            return None
        import numpy as np

        pixels = image.reshape(1, -1) * np.float32(1 / 255)
        probabilities: list[float] = self._network.predict_probabilities(pixels)[0].tolist()
        return probabilities

    # --- commands: a run -------------------------------------------------------------------

    def start(self, config: RunConfig, *, first: str = "run") -> None:
        """Train anew; loads the data set first if need be.

        Parameters
        ----------
        config : RunConfig
            What to train.
        first : str
            ``"run"`` to train on, ``"batch"`` or ``"epoch"`` to pause after the first of them.
        """
        self._begin(_Job(config), first)

    def resume_run(self, epochs: int | None = None, *, first: str = "run") -> None:
        """Go on with the run in view where it ended, perhaps to more epochs; see :meth:`start`."""
        if self._checkpoint is None:
            return
        config = self._checkpoint.config
        if epochs is not None:
            config = config.with_epochs(epochs)
        self._begin(_Job(config, self._checkpoint, self.run_path), first)

    def fork(self, path: Path, config: RunConfig, *, best: bool, parent: str) -> None:
        """Train a new run with these settings that begins with the weights of the run in `path`.

        Parameters
        ----------
        path : Path
            File of the run.
        config : RunConfig
            Settings; the network has to have the same layers.
        best : bool
            Begin with the weights of its best epoch instead of the last ones.
        parent : str
            What the run is called.
        """
        if not self.active:
            self._fork_wanted = (path, config, Fork(best, parent))
            self._open_requested.emit(path)

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
        if self._waiting_job is not None:
            self._waiting_job = None
            self._loader.cancel()
            self._set_status(RunStatus.STOPPED)
            self.run_ended.emit(RunStatus.STOPPED, "")

    def set_live(self, name: str, value: float) -> None:
        """Use another value of a live hyperparameter from the next batch."""
        if self.active:
            self._control.change(name, value)

    # --- commands: files -------------------------------------------------------------------

    def save_as(self, path: Path) -> None:
        """Save the run in view to `path`."""
        if self.status is not None and self.status.active:
            self._control.request_checkpoint(path)
        elif self._checkpoint is not None:
            self._save_requested.emit(path, self._checkpoint)

    def open(self, path: Path) -> None:
        """Show the run saved in `path`."""
        self._open_requested.emit(path)

    def offer_last_run(self) -> None:
        """Look for the last run and offer it by :attr:`run_offered`."""
        self._last_run_requested.emit(self._runs_folder)

    def show_run(self, path: Path, opened: OpenedRun) -> None:
        """Put an opened run in view, as if it had just ended; not while another one is active."""
        if self.active:
            return
        # Going on with a run from elsewhere must not write to the user's own file.
        self.run_path = path if path.parent == self._runs_folder else None
        self._run_id += 1
        self._checkpoint = opened.checkpoint
        self._network = opened.network
        self.history = opened.history
        self.run_config = opened.checkpoint.config
        self.run_started.emit(self.run_config)
        status = opened.checkpoint.status
        # A file that says RUNNING was left by a process that was killed.
        self._set_status(RunStatus.STOPPED if status.active else status)
        self.network_changed.emit()

    # --- commands: data --------------------------------------------------------------------

    def load_dataset(self, name: str) -> None:
        """Use a data set; load it from where it is if need be."""
        self._wanted_dataset = name
        if self.dataset is not None and self.dataset.name == name:
            return
        self.dataset_loading.emit(name)
        self._load_requested.emit(name, None)

    def open_dataset_folder(self, name: str, folder: Path) -> None:
        """Load a data set from a folder."""
        self._wanted_dataset = name
        self.dataset_loading.emit(name)
        self._load_requested.emit(name, folder)

    def download_dataset(self, name: str) -> None:
        """Download a data set, then load it."""
        self._wanted_dataset = name
        self.dataset_loading.emit(name)
        self._download_requested.emit(name)

    def cancel_loading(self) -> None:
        """Cancel a download."""
        self._loader.cancel()

    # --- end -------------------------------------------------------------------------------

    def shut_down(self) -> None:
        """Stop the run, let it and what was asked for be saved, and end both threads."""
        if self._shut_down:
            return
        self._shut_down = True
        self._control.request_stop()
        self._loader.cancel()
        self._training_thread.quit()
        self._finish_requested.emit()
        for thread in (self._training_thread, self._file_thread):
            thread.wait()

    # --- inside ----------------------------------------------------------------------------

    def _connect(self) -> None:
        worker, loader = self._worker, self._loader
        self._run_requested.connect(worker.run)
        worker.run_prepared.connect(self._on_run_prepared)
        worker.batches_ended.connect(self._on_batches_ended)
        worker.event_happened.connect(self._on_event_happened)
        worker.weights_copied.connect(self._on_weights_copied)
        worker.save_failed.connect(self._on_save_failed)
        worker.saved.connect(self._on_worker_saved)
        worker.run_ended.connect(self._on_run_ended)
        self._load_requested.connect(loader.load_dataset)
        self._download_requested.connect(loader.download_dataset)
        self._open_requested.connect(loader.open_run)
        self._last_run_requested.connect(loader.find_last_run)
        self._save_requested.connect(loader.save_run)
        self._finish_requested.connect(loader.finish)
        loader.dataset_loaded.connect(self._on_dataset_loaded)
        loader.dataset_progress.connect(self.dataset_progress)
        loader.dataset_failed.connect(self._on_dataset_failed)
        loader.run_opened.connect(self._on_run_opened)
        loader.run_found.connect(self.run_offered)
        loader.saved.connect(self.saved)
        loader.failed.connect(self.failed)

    def _start_thread(self, name: str, resident: QObject) -> QThread:
        thread = QThread(self)
        thread.setObjectName(name)
        resident.moveToThread(thread)
        thread.finished.connect(resident.deleteLater)
        thread.start()
        return thread

    def _begin(self, job: _Job, first: str) -> None:
        if self.active or self._shut_down:
            return
        self._run_id += 1
        self._control = TrainingControl()
        if first == "batch":
            self._control.step()
        elif first == "epoch":
            self._control.run_epoch()
        self.last_error = None
        dataset = job.config.data.dataset
        if self.dataset is None or self.dataset.name != dataset:
            self._waiting_job = job
            self._set_status(RunStatus.QUEUED)
        self.load_dataset(dataset)
        if self._waiting_job is None:
            self._dispatch(job)

    def _dispatch(self, job: _Job) -> None:
        assert self.dataset is not None
        self._waiting_job = None
        # Only now, so that the run in view stays what it is if the data cannot be had.
        self.run_config = job.config
        self._set_status(RunStatus.RUNNING)
        self._run_requested.emit(
            TrainingJob(
                self._run_id,
                job.config,
                self.dataset,
                self._control,
                self._runs_folder,
                job.path,
                job.checkpoint,
                job.fork,
                self.blas_threads,
            )
        )

    def _set_status(self, status: RunStatus) -> None:
        self.status = status
        self.status_changed.emit(status)

    @Slot(int, object, object, object)
    def _on_run_prepared(
        self, run_id: int, path: Path | None, history: History, network: Network
    ) -> None:
        if run_id != self._run_id:
            return
        self.run_path = path
        self.history = history
        self._network = network
        self.run_started.emit(self.run_config)
        self.network_changed.emit()

    @Slot(int, object)
    def _on_batches_ended(self, run_id: int, batches: BatchArrays) -> None:
        if run_id == self._run_id and self.history is not None:
            self.history.record_batches(batches)
            self.batches_ended.emit(batches)

    @Slot(int, object)
    def _on_event_happened(self, run_id: int, event: Event) -> None:
        from ..training import events

        if run_id != self._run_id or self.history is None:
            return
        self.history.record(event)
        match event:
            case events.EpochEnded():
                self.epoch_ended.emit(event)
            case events.HyperparameterChanged():
                self.hyperparameter_changed.emit(event)
            case events.FinalEvaluation():
                self.test_evaluated.emit(event)
            case events.StatusChanged(status):
                self._set_status(status)
            case _:
                pass

    @Slot(int, object)
    def _on_weights_copied(self, run_id: int, weights: list[Any]) -> None:
        if run_id == self._run_id and self._network is not None:
            self._network.load_weights(weights)
            self.network_changed.emit()

    @Slot(int, str)
    def _on_save_failed(self, run_id: int, message: str) -> None:
        self.failed.emit(message)

    @Slot(int, object)
    def _on_worker_saved(self, run_id: int, path: Path) -> None:
        self.saved.emit(path)

    @Slot(int, object, object, object)
    def _on_run_ended(
        self,
        run_id: int,
        status: RunStatus,
        error: Exception | None,
        checkpoint: Checkpoint | None,
    ) -> None:
        if run_id != self._run_id:
            return
        self.last_error = error
        if checkpoint is not None:
            self._checkpoint = checkpoint
            if self._network is not None:
                # What stays is the epoch that was best by validation, not the last one.
                self._network.load_weights(checkpoint.kept_weights)
                self.network_changed.emit()
        self._set_status(status)
        for path in self._control.take_checkpoint_paths():
            self.save_as(path)  # asked for when the run had just ended
        self.run_ended.emit(status, _sentence(error))

    @Slot(object, object)
    def _on_run_opened(self, path: Path, opened: OpenedRun) -> None:
        wanted, self._fork_wanted = self._fork_wanted, None
        if wanted is not None and wanted[0] == path:
            _, config, fork = wanted
            self._begin(_Job(config, opened.checkpoint, None, fork), "run")
            return
        if self.active:
            self.failed.emit(f"Stop the training before you open {path.name}.")
            return
        self.show_run(path, opened)
        self.opened.emit(path)

    @Slot(object)
    def _on_dataset_loaded(self, dataset: Dataset) -> None:
        if dataset.name != self._wanted_dataset:
            self.dataset_failed.emit("")  # another one was chosen while this one was on its way
            return
        self.dataset = dataset
        self.dataset_changed.emit(dataset)
        waiting = self._waiting_job
        if waiting is not None and waiting.config.data.dataset == dataset.name:
            self._dispatch(waiting)

    @Slot(str, str)
    def _on_dataset_failed(self, name: str, message: str) -> None:
        self.dataset_failed.emit(message)
        if self._waiting_job is not None and self._waiting_job.config.data.dataset == name:
            self._waiting_job = None
            self._set_status(RunStatus.FAILED)
            self.run_ended.emit(RunStatus.FAILED, message)


def _sentence(error: Exception | None) -> str:
    if error is None:
        return ""
    from ..training.failures import failure_sentence

    return failure_sentence(error)

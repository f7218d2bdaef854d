"""A learning-rate range test beside everything else: a short run that nobody keeps."""

from __future__ import annotations

import logging
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from PySide6.QtCore import QObject, Signal, Slot

from ..training.config import RunConfig
from ..training.control import TrainingControl
from .threads import Resident, ResidentThread

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from ..data.dataset import Dataset
    from ..training.status import Failure
    from ..training.trainer import Trainer

logger = logging.getLogger(__name__)

SIGNAL_INTERVAL = 0.05  # seconds between two signals with the curve so far


class RangeCurve(NamedTuple):
    """What a range test has recorded; the arrays are the receiver's.

    Attributes
    ----------
    rates, losses : ndarray of float32, shape (n,)
        Learning rate and loss of each batch.
    steps : int
        Batches planned.
    ended : bool
        Whether all were trained, or the loss exploded before.
    """

    rates: npt.NDArray[np.floating[Any]]
    losses: npt.NDArray[np.floating[Any]]
    steps: int
    ended: bool


class _Job(NamedTuple):
    """A test to run; the data set, if it is not loaded yet, is found in the folder."""

    number: int
    config: RunConfig
    dataset: Dataset | None
    folder: Path | None
    control: TrainingControl


class RangeTest(QObject):
    """Runs one test at a time in a thread of its own; lives in the GUI thread.

    Signals
    -------
    advanced(object)
        A :class:`RangeCurve`, several times a second and at the end; not after a cancel.
    failed(object)
        A :class:`Failure`: the test could not be run.
    ended()
        Exactly once per test, however it ended.
    """

    advanced = Signal(object)
    failed = Signal(object)
    ended = Signal()
    _requested = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._control: TrainingControl | None = None
        self._number = 0
        self._worker = _Worker()
        self._requested.connect(self._worker.run)
        self._worker.advanced.connect(self._on_advanced)
        self._worker.failed.connect(self._on_failed)
        self._worker.ended.connect(self._on_ended)
        self._thread = ResidentThread("range test", self._worker, self)

    @property
    def running(self) -> bool:
        """Whether a test is under way."""
        return self._control is not None

    def start(
        self, config: RunConfig, dataset: Dataset | None = None, folder: Path | None = None
    ) -> None:
        """Test these settings; a test under way is cancelled.

        Parameters
        ----------
        config : RunConfig
            What is to be trained later.
        dataset : Dataset, optional
            Its data set; loaded if it is not given.
        folder : Path, optional
            Where to load it from, if not from its usual place.
        """
        self.cancel()
        if not self._thread.isRunning():
            self._thread.start()
        self._number += 1
        self._control = TrainingControl()
        self._requested.emit(_Job(self._number, config, dataset, folder, self._control))

    def cancel(self) -> None:
        """End the test after the batch in work."""
        if self._control is not None:
            self._control.request_stop()
            self._control = None
            self.ended.emit()

    def shut_down(self) -> None:
        """Cancel and end the thread; it cannot be used any more."""
        self.cancel()
        self._thread.finish()

    @Slot(int, object)
    def _on_advanced(self, number: int, curve: RangeCurve) -> None:
        if self.running and number == self._number:
            self.advanced.emit(curve)

    @Slot(int, object)
    def _on_failed(self, number: int, failure: Failure) -> None:
        if self.running and number == self._number:
            self.failed.emit(failure)

    @Slot(int)
    def _on_ended(self, number: int) -> None:
        if self.running and number == self._number:
            self._control = None
            self.ended.emit()


class _Worker(Resident):
    """Lives in the thread; its signals carry the number of the test."""

    advanced = Signal(int, object)
    failed = Signal(int, object)
    ended = Signal(int)

    @Slot(object)
    def run(self, job: _Job) -> None:
        from ..data.errors import DataError
        from ..training.failures import failure_of

        try:
            self._test(job)
        except DataError as error:
            self.failed.emit(job.number, failure_of(error))
        except Exception as error:
            logger.exception("the range test failed")
            self.failed.emit(job.number, failure_of(error))
        finally:
            self.ended.emit(job.number)

    def _test(self, job: _Job) -> None:
        from ..data.loading import load
        from ..training.failures import TrainingDiverged
        from ..training.rate_finder import range_test_config, range_test_steps
        from ..training.trainer import Trainer

        if job.control.stopped:
            return
        dataset = job.dataset or load(job.config.data.dataset, job.folder)
        trainer = Trainer(range_test_config(job.config), dataset, job.control)
        steps, due = range_test_steps(job.config), 0.0
        try:
            with closing(trainer.run()) as events:
                for _ in events:
                    if trainer.step >= steps or job.control.stopped:
                        break
                    if time.monotonic() >= due:
                        self._send(job, trainer, steps, ended=False)
                        due = time.monotonic() + SIGNAL_INTERVAL
        except TrainingDiverged:
            pass  # as it should, sooner or later
        self._send(job, trainer, steps, ended=True)

    def _send(self, job: _Job, trainer: Trainer, steps: int, *, ended: bool) -> None:
        history = trainer.history
        curve = RangeCurve(history.learning_rates.copy(), history.losses.copy(), steps, ended)
        self.advanced.emit(job.number, curve)

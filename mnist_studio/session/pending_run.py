"""A run between its start and its first sight: it may have to wait for its data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from ..training.status import RunStatus
from .dataset_source import DatasetSource

if TYPE_CHECKING:
    from ..data.dataset import Dataset
    from .worker import TrainingJob


class PendingRun(QObject):
    """The run that was started last, until it is in view.

    Parameters
    ----------
    data : DatasetSource
        Asked for the data set of the run.

    Attributes
    ----------
    job : TrainingJob, optional
        The run; None if there is none.
    waits : bool
        Whether it waits for its data; a download of these may be wanted by others, too.

    Signals
    -------
    status_changed()
        :attr:`status` is another one now; a listener may end the run.
    ready(object, object)
        The job, and the Dataset that it needs.
    failed(str)
        A sentence on why its data cannot be had; empty if they were called off.
    """

    status_changed = Signal()
    ready = Signal(object, object)
    failed = Signal(str)

    def __init__(self, data: DatasetSource, parent: QObject) -> None:
        super().__init__(parent)
        self.job: TrainingJob | None = None
        self.waits = False
        self._data = data
        data.changed.connect(self._on_dataset_changed)
        data.failed.connect(self._on_dataset_failed)

    @property
    def status(self) -> RunStatus | None:
        """``QUEUED`` while it waits for its data, ``RUNNING`` from then on."""
        if self.job is None:
            return None
        return RunStatus.QUEUED if self.waits else RunStatus.RUNNING

    def begin(self, job: TrainingJob) -> None:
        """Take a run, and have its data loaded if need be."""
        self.job = job
        name, dataset = job.config.data.dataset, self._data.dataset
        if dataset is not None and dataset.name == name:
            self._go(job, dataset)
        else:
            self.waits = True
            self.status_changed.emit()
        if self.job is job:  # nobody who was told has ended it
            self._data.load(name)

    def clear(self) -> None:
        """Take note that it is in view, or that nothing comes of it."""
        self.job, self.waits = None, False

    def _go(self, job: TrainingJob, dataset: Dataset) -> None:
        self.waits = False
        self.ready.emit(job, dataset)
        self.status_changed.emit()

    @Slot(object)
    def _on_dataset_changed(self, dataset: Dataset) -> None:
        if self.job is not None and self._waits_for(dataset.name):
            self._go(self.job, dataset)

    @Slot(str, str)
    def _on_dataset_failed(self, name: str, message: str) -> None:
        if self._waits_for(name):
            self.failed.emit(message)

    def _waits_for(self, dataset: str) -> bool:
        job = self.job
        return self.waits and job is not None and job.config.data.dataset == dataset

"""Every batch and every epoch of a run, in arrays that grow."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from .events import (
    BatchEnded,
    EpochEnded,
    Event,
    FinalEvaluation,
    HyperparameterChanged,
    ProgressSampled,
)

FloatArray = npt.NDArray[np.float32]
_BATCH_COLUMNS = ("loss", "learning_rate", "seconds")
_EPOCH_COLUMNS = EpochEnded._fields


class GrowingTable:
    """Rows of numbers in one array that grows when full.

    Parameters
    ----------
    columns : int
        Numbers in a row.
    dtype : dtype
        Type of all of them.
    """

    def __init__(self, columns: int, dtype: npt.DTypeLike = np.float32) -> None:
        self._rows = np.empty((columns, 64), dtype)
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def append(self, row: Iterable[float]) -> None:
        """Append one row."""
        if self._count == self._rows.shape[1]:
            self._grow(self._count + 1)
        self._rows[:, self._count] = tuple(row)
        self._count += 1

    def extend(self, rows: npt.NDArray[np.generic]) -> None:
        """Append rows given as an array of shape (columns, n).

        Raises
        ------
        ValueError
            If they have another shape or are not real numbers.
        """
        if rows.ndim != 2 or len(rows) != len(self._rows) or rows.dtype.kind != "f":
            raise ValueError(f"{rows.dtype} of shape {rows.shape} are not rows of this table")
        end = self._count + rows.shape[1]
        if end > self._rows.shape[1]:
            self._grow(end)
        self._rows[:, self._count : end] = rows
        self._count = end

    def column(self, index: int) -> npt.NDArray[np.floating]:
        """Return one column as a view, shape (n,)."""
        view: npt.NDArray[np.floating] = self._rows[index, : self._count]
        return view

    def to_array(self) -> npt.NDArray[np.floating]:
        """Return all rows as a view, shape (columns, n)."""
        view: npt.NDArray[np.floating] = self._rows[:, : self._count]
        return view

    def _grow(self, needed: int) -> None:
        # A quarter more each time: appends stay cheap and a long run wastes at most a fifth.
        capacity = max(needed, self._rows.shape[1] + self._rows.shape[1] // 4 + 64)
        rows = np.empty((len(self._rows), capacity), self._rows.dtype)
        rows[:, : self._count] = self._rows[:, : self._count]
        self._rows = rows


class Origin(NamedTuple):
    """Where a run began: elsewhere than at zero if it was forked from another one.

    Attributes
    ----------
    batches, images : int
        Updates made and images trained on before.
    epochs : float
        Passes over the training images before.
    seconds : float
        Training time before.
    """

    batches: int = 0
    images: int = 0
    epochs: float = 0.0
    seconds: float = 0.0


_NOWHERE = Origin()


@dataclass(frozen=True)
class BatchArrays:
    """Consecutive batches and the samples among them, as they travel to the window.

    Attributes
    ----------
    first_step : int
        Step of the first of them.
    values : ndarray of float32, shape (3, n)
        Loss, learning rate and seconds of each.
    samples : tuple of ProgressSampled
        What was sampled since the batches before these.
    """

    first_step: int
    values: FloatArray
    samples: tuple[ProgressSampled, ...] = ()


class History:
    """All that a run has recorded.

    Parameters
    ----------
    train_size : int
        Images in the training part.
    batch_size : int
        Images per update; an epoch's last batch may be smaller.
    origin : Origin
        What lies before the first step; steps, images and seconds here count from there.
    """

    def __init__(self, train_size: int, batch_size: int, origin: Origin = _NOWHERE) -> None:
        self.train_size = train_size
        self.batch_size = batch_size
        self.origin = origin
        self._batches = GrowingTable(len(_BATCH_COLUMNS))
        self._samples: GrowingTable | None = None
        self._epochs = GrowingTable(len(_EPOCH_COLUMNS), np.float64)
        self.changes: list[HyperparameterChanged] = []
        self.test: FinalEvaluation | None = None

    @property
    def batches_per_epoch(self) -> int:
        """Updates in an epoch."""
        return -(-self.train_size // self.batch_size)

    @property
    def step(self) -> int:
        """Updates recorded."""
        return len(self._batches)

    @property
    def losses(self) -> FloatArray:
        """Data loss of every batch, shape (steps,)."""
        return self._batches.column(0)

    @property
    def learning_rates(self) -> FloatArray:
        """Learning rate of every batch, shape (steps,)."""
        return self._batches.column(1)

    @property
    def seconds(self) -> FloatArray:
        """Training time at the end of every batch, shape (steps,)."""
        return self._batches.column(2)

    @property
    def sample_steps(self) -> npt.NDArray[np.floating]:
        """Steps at which accuracy and gradient norms were sampled, shape (samples,)."""
        return self._samples.column(0) if self._samples else np.empty(0, np.float64)

    @property
    def sample_accuracies(self) -> npt.NDArray[np.floating]:
        """Training accuracy before each sampled step, 0 to 1, shape (samples,)."""
        return self._samples.column(1) if self._samples else np.empty(0, np.float64)

    @property
    def gradient_norms(self) -> npt.NDArray[np.floating]:
        """Gradient norm per linear layer at each sampled step, shape (layers, samples)."""
        return self._samples.to_array()[2:] if self._samples else np.empty((0, 0), np.float64)

    @property
    def epoch_count(self) -> int:
        """Finished epochs; cheaper than the length of :attr:`epochs`."""
        return len(self._epochs)

    @property
    def last_epoch_step(self) -> int:
        """Step at which the last finished epoch ended; 0 before."""
        steps = self.epoch_column("step")
        return int(steps[-1]) if len(steps) else 0

    @property
    def epochs(self) -> list[EpochEnded]:
        """Finished epochs in order."""
        return [epoch_of_row(row) for row in self._epochs.to_array().T]

    def epoch(self, index: int) -> EpochEnded:
        """Return one finished epoch, the first is 0."""
        return epoch_of_row(self._epochs.to_array()[:, index])

    def epoch_column(self, name: str) -> npt.NDArray[np.floating]:
        """Return one field of all finished epochs, e.g. ``"validation_loss"``, shape (epochs,)."""
        return self._epochs.column(_EPOCH_COLUMNS.index(name))

    def images_seen(self, steps: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """Return how many images had been trained on after the given steps."""
        epochs, batches = np.divmod(np.asarray(steps, np.float64), self.batches_per_epoch)
        within = np.minimum(batches * self.batch_size, self.train_size)
        return np.asarray(epochs * self.train_size + within, np.float64)

    def record(self, event: Event) -> None:
        """Append what an event says; events without figures are ignored."""
        match event:
            case BatchEnded():
                self._batches.append(event[1:])
            case ProgressSampled(step, accuracy, norms):
                self._append_sample((step, accuracy, *norms))
            case EpochEnded():
                self._epochs.append(event)
            case HyperparameterChanged():
                self.changes.append(event)
            case FinalEvaluation():
                self.test = event
            case _:
                pass

    def record_batches(self, batches: BatchArrays) -> None:
        """Append consecutive batches and their samples.

        Raises
        ------
        ValueError
            If they do not follow the last recorded batch.
        """
        if batches.first_step != self.step + 1:
            raise ValueError(f"batch {batches.first_step} does not follow batch {self.step}")
        self._batches.extend(batches.values)
        for sample in batches.samples:
            self.record(sample)

    def to_arrays(self) -> dict[str, npt.NDArray[np.generic]]:
        """Return copies of everything as named arrays, for a checkpoint."""
        samples = self._samples.to_array() if self._samples else np.empty((0, 0))
        changes = [(each.step, each.name, each.value) for each in self.changes]
        return {
            "batches": self._batches.to_array().copy(),
            "samples": samples.copy(),
            "epochs": self._epochs.to_array().copy(),
            "change_steps": np.array([step for step, _, _ in changes], np.int64),
            "change_names": np.array([name for _, name, _ in changes], np.str_),
            "change_values": np.array([value for _, _, value in changes], np.float64),
            "test": np.array(self.test if self.test else [], np.float64),
        }

    def load_arrays(self, arrays: dict[str, npt.NDArray[np.generic]]) -> None:
        """Fill an empty history from :meth:`to_arrays`.

        Raises
        ------
        ValueError, KeyError
            If an array is missing or has another shape.
        """
        self.append_arrays(arrays["batches"], arrays["samples"], arrays["epochs"])
        self.changes = [
            HyperparameterChanged(int(step), str(name), float(value))
            for step, name, value in zip(
                arrays["change_steps"].tolist(),
                arrays["change_names"].tolist(),
                arrays["change_values"].tolist(),
                strict=True,
            )
        ]
        test = arrays["test"]
        self.test = FinalEvaluation(*test.tolist()) if test.shape != (0,) else None

    @property
    def counts(self) -> tuple[int, int, int]:
        """Batches, samples and epochs recorded so far."""
        samples = len(self._samples) if self._samples else 0
        return len(self._batches), samples, len(self._epochs)

    def arrays_since(
        self, counts: tuple[int, int, int]
    ) -> tuple[npt.NDArray[np.floating], npt.NDArray[np.floating], npt.NDArray[np.floating]]:
        """Return copies of the batches, samples and epochs recorded since :attr:`counts`."""
        samples = self._samples.to_array() if self._samples else np.empty((0, 0))
        return (
            self._batches.to_array()[:, counts[0] :].copy(),
            samples[:, counts[1] :].copy(),
            self._epochs.to_array()[:, counts[2] :].copy(),
        )

    def append_arrays(
        self,
        batches: npt.NDArray[np.generic],
        samples: npt.NDArray[np.generic],
        epochs: npt.NDArray[np.generic],
    ) -> None:
        """Append what :meth:`arrays_since` returned.

        Raises
        ------
        ValueError
            If the arrays have other shapes, or do not follow what is there.
        """
        self._batches.extend(batches)
        if samples.shape != (0, 0):
            if self._samples is None:
                self._samples = GrowingTable(len(samples), np.float64)
            self._samples.extend(samples)
        self._epochs.extend(epochs)
        if self.epoch_column("epoch").tolist() != list(range(1, len(self._epochs) + 1)):
            raise ValueError("the epochs are not numbered 1, 2, 3 …")

    def copy(self) -> History:
        """Return an independent copy."""
        copy = History(self.train_size, self.batch_size, self.origin)
        copy.load_arrays(self.to_arrays())
        return copy

    def _append_sample(self, row: tuple[float, ...]) -> None:
        if self._samples is None:
            self._samples = GrowingTable(len(row), np.float64)
        self._samples.append(row)


def epoch_of_row(row: npt.NDArray[np.floating]) -> EpochEnded:
    """Return the event that one row of the table of epochs stands for, shape (9,)."""
    event = EpochEnded._make(row.tolist())
    return event._replace(epoch=int(event.epoch), step=int(event.step), best=bool(event.best))

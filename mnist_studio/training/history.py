"""Every batch and every epoch of a run, in arrays that grow."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

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
from .growing_table import GrowingTable

FloatArray = npt.NDArray[np.float32]
_BATCH_COLUMNS = ("loss", "learning_rate", "seconds")
_EPOCH_COLUMNS = EpochEnded._fields
_COUNT = np.uint32  # of images
_TABLES = ("batches", "accuracies", "samples", "epochs", "confusions", "update_ratios")
Counts = tuple[int, int, int, int]


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


class HistoryPart(NamedTuple):
    """A piece of a history on its way to another one, in a signal or a file.

    The arrays are copies that belong to whoever receives them.

    Attributes
    ----------
    first_step : int
        Step of the first of its batches, or the next one if it has none.
    batches : ndarray of float32, shape (3, n)
        Loss, learning rate and seconds of consecutive batches.
    accuracies : ndarray of float64, shape (2, a)
        Step and accuracy of what was sampled.
    samples : ndarray of float64, shape (2 + layers, m)
        Step, accuracy and gradient norms of those samples that looked at the layers, too; (0, 0)
        if none ever did.
    epochs : ndarray of float64, shape (9, k)
        The fields of :class:`EpochEnded` of the epochs that ended.
    confusions : ndarray of uint32, shape (classes * classes, c)
        Validation images by true and predicted class after each of the last c of these epochs;
        (0, 0) if nothing ever was counted.
    update_ratios : ndarray of float64, shape (layers, u)
        How far an update moved each layer's weights, as a part of their own length, at the last u
        of these samples; (0, 0) if nothing ever was measured.
    """

    first_step: int
    batches: npt.NDArray[np.generic]
    accuracies: npt.NDArray[np.generic]
    samples: npt.NDArray[np.generic]
    epochs: npt.NDArray[np.generic]
    confusions: npt.NDArray[np.generic]
    update_ratios: npt.NDArray[np.generic]


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
        self._accuracies = GrowingTable(2, np.float64)
        self._samples = GrowingTable(dtype=np.float64)
        self._update_ratios = GrowingTable(dtype=np.float64)
        self._epochs = GrowingTable(len(_EPOCH_COLUMNS), np.float64)
        self._confusions = GrowingTable(dtype=_COUNT)
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
    def duration(self) -> float:
        """Training time at the end of the last batch, in seconds."""
        return float(self.seconds[-1]) if self.step else 0.0

    @property
    def sample_steps(self) -> npt.NDArray[np.floating[Any]]:
        """Steps at which the accuracy was sampled, shape (samples,)."""
        return self._accuracies.column(0)

    @property
    def sample_accuracies(self) -> npt.NDArray[np.floating[Any]]:
        """Training accuracy before each sampled step, 0 to 1, shape (samples,)."""
        return self._accuracies.column(1)

    @property
    def layer_steps(self) -> npt.NDArray[np.floating[Any]]:
        """Steps at which the layers were looked at, shape (looks,): some of those sampled."""
        return self._samples.column(0)

    @property
    def gradient_norms(self) -> npt.NDArray[np.floating[Any]]:
        """Gradient norm per linear layer at each of :attr:`layer_steps`, shape (layers, looks)."""
        return self._samples.to_array()[2:]

    @property
    def update_ratios(self) -> npt.NDArray[np.floating[Any]]:
        """How far an update moved each linear layer's weights, as a part of their own length.

        Shape (layers, n), of the last n looks: those of a version which did not measure it come
        before.
        """
        return self._update_ratios.to_array()

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
    def kept_step(self) -> int:
        """Step of the weights that are kept: of the best epoch, the last one before any ended."""
        best = self.epoch_column("step")[self.epoch_column("best") > 0]
        return int(best[-1]) if len(best) else self.step

    @property
    def epochs(self) -> list[EpochEnded]:
        """Finished epochs in order."""
        return [epoch_of_row(row) for row in self._epochs.to_array().T]

    def epoch(self, index: int) -> EpochEnded:
        """Return one finished epoch, the first is 0."""
        return epoch_of_row(self._epochs.to_array()[:, index])

    def epoch_column(self, name: str) -> npt.NDArray[np.floating[Any]]:
        """Return one field of all finished epochs, e.g. ``"validation_loss"``, shape (epochs,)."""
        return self._epochs.column(_EPOCH_COLUMNS.index(name))

    @property
    def confusions(self) -> npt.NDArray[np.uint32]:
        """Validation images by true and predicted class after an epoch, a view.

        Shape (classes, classes, n), of the last n finished epochs: those that were trained by a
        version which did not count them come before, and without a validation part n is 0.
        """
        counts: npt.NDArray[np.uint32] = self._confusions.to_array()
        classes = math.isqrt(len(counts))
        return counts.reshape(classes, classes, counts.shape[1])

    def images_seen(self, steps: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """Return how many images had been trained on after the given steps."""
        epochs, batches = np.divmod(np.asarray(steps, np.float64), self.batches_per_epoch)
        within = np.minimum(batches * self.batch_size, self.train_size)
        return np.asarray(epochs * self.train_size + within, np.float64)

    def losses_since_epoch(self) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """Return loss and number of images of each batch since the last finished epoch."""
        first = self.last_epoch_step
        losses = self.losses[first:].astype(np.float64)
        return losses, np.diff(self.images_seen(np.arange(first, self.step + 1)))

    def record(self, event: Event) -> None:
        """Append what an event says; events without figures are ignored."""
        match event:
            case BatchEnded():
                self._batches.append(event[1:])
            case ProgressSampled(step, accuracy, norms, ratios):
                self._accuracies.append((step, accuracy))
                if norms:
                    self._samples.append((step, accuracy, *norms))
                    self._update_ratios.append(ratios)
            case EpochEnded():
                self._epochs.append(event)
            case HyperparameterChanged():
                self.changes.append(event)
            case FinalEvaluation():
                self.test = event
            case _:
                pass

    def record_confusion(self, counts: npt.NDArray[np.integer[Any]]) -> None:
        """Append the confusion matrix of the epoch that was recorded last; nothing if empty.

        Parameters
        ----------
        counts : ndarray of int, shape (classes, classes)
            Validation images by true and predicted class.
        """
        if counts.any():
            self._confusions.append(counts.ravel())

    @property
    def counts(self) -> Counts:
        """Batches, samples, looks at the layers and epochs recorded so far."""
        tables = self._batches, self._accuracies, self._samples, self._epochs
        batches, accuracies, samples, epochs = map(len, tables)
        return batches, accuracies, samples, epochs

    def part_since(self, counts: Counts = (0, 0, 0, 0)) -> HistoryPart:
        """Return a copy of what was recorded since :attr:`counts` were these, or of everything."""
        batches, accuracies, samples, epochs = counts
        uncounted = len(self._epochs) - len(self._confusions)
        unmeasured = len(self._samples) - len(self._update_ratios)
        return HistoryPart(
            batches + 1,
            self._batches.to_array()[:, batches:].copy(),
            self._accuracies.to_array()[:, accuracies:].copy(),
            self._samples.to_array()[:, samples:].copy(),
            self._epochs.to_array()[:, epochs:].copy(),
            self._confusions.to_array()[:, max(0, epochs - uncounted) :].copy(),
            self._update_ratios.to_array()[:, max(0, samples - unmeasured) :].copy(),
        )

    def append(self, part: HistoryPart) -> None:
        """Append what :meth:`part_since` of another history returned.

        Raises
        ------
        ValueError
            If its arrays have other shapes, or do not follow what is there.
        """
        if part.first_step != self.step + 1:
            raise ValueError(f"batch {part.first_step} does not follow batch {self.step}")
        self._batches.extend(part.batches)
        self._accuracies.extend(part.accuracies)
        self._samples.extend(part.samples)
        self._update_ratios.extend(part.update_ratios)
        known = len(self._epochs)
        self._epochs.extend(part.epochs)
        numbers = self.epoch_column("epoch")[known:].tolist()
        if numbers != list(range(known + 1, len(self._epochs) + 1)):
            raise ValueError("the epochs are not numbered 1, 2, 3 …")
        self._confusions.extend(part.confusions)

    def to_arrays(self) -> dict[str, npt.NDArray[np.generic]]:
        """Return copies of everything as named arrays, for a checkpoint."""
        part = self.part_since()
        changes = [(each.step, each.name, each.value) for each in self.changes]
        return {
            **{name: getattr(part, name) for name in _TABLES},
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
        self.append(HistoryPart(1, *map(arrays.__getitem__, _TABLES)))
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
        self.test = FinalEvaluation(*map(float, test.tolist())) if test.shape != (0,) else None

    def copy(self) -> History:
        """Return an independent copy."""
        copy = History(self.train_size, self.batch_size, self.origin)
        copy.load_arrays(self.to_arrays())
        return copy


def epoch_of_row(row: npt.NDArray[np.floating[Any]]) -> EpochEnded:
    """Return the event that one row of the table of epochs stands for, shape (9,)."""
    event = EpochEnded._make(row.tolist())
    return event._replace(epoch=int(event.epoch), step=int(event.step), best=bool(event.best))

"""What a network takes for what: the confusion matrix."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ..training.answers import Answers
from ..training.evaluation import count_answers
from ..training.history import History


class Share(StrEnum):
    """What a cell's count is a part of."""

    TRUE = "true"  # all images of its class
    ANSWERED = "answered"  # all images that were taken for that class


@dataclass(frozen=True, eq=False)
class Confusion:
    """A confusion matrix.

    Attributes
    ----------
    counts : ndarray of int64, shape (classes, classes)
        Number of images by true class (row) and predicted class (column).
    names : tuple of str
        What the classes are called.
    """

    counts: npt.NDArray[np.int64]
    names: tuple[str, ...]

    @property
    def total(self) -> int:
        """Images in all."""
        return int(self.counts.sum())

    @property
    def wrong(self) -> int:
        """Images that are taken for another class."""
        return self.total - int(self.counts.trace())

    @cached_property
    def shares(self) -> npt.NDArray[np.float64]:
        """Which part of each class is taken for which, 0 to 1; 0 of an empty class."""
        sizes = self.counts.sum(axis=1, keepdims=True)
        shares: npt.NDArray[np.float64] = self.counts / np.maximum(sizes, 1)
        return shares

    @cached_property
    def answered_shares(self) -> npt.NDArray[np.float64]:
        """Which part of each answer is which class, 0 to 1; 0 of an answer never given."""
        sizes = self.counts.sum(axis=0, keepdims=True)
        shares: npt.NDArray[np.float64] = self.counts / np.maximum(sizes, 1)
        return shares

    def shares_by(self, share: Share) -> npt.NDArray[np.float64]:
        """Return the one or the other of the two."""
        return self.shares if share is Share.TRUE else self.answered_shares

    @property
    def recall(self) -> npt.NDArray[np.float64]:
        """Part of each class that is recognized, shape (classes,); NaN of an empty class."""
        return _ratio(self.counts.diagonal(), self.counts.sum(axis=1))

    @property
    def precision(self) -> npt.NDArray[np.float64]:
        """Part of each answer that is right, shape (classes,); NaN of an answer never given."""
        return _ratio(self.counts.diagonal(), self.counts.sum(axis=0))

    @property
    def f1(self) -> npt.NDArray[np.float64]:
        """Harmonic mean of precision and recall, shape (classes,); NaN without any image.

        As 2 TP / (2 TP + FP + FN), which needs neither of the two to be known (van Rijsbergen:
        Information Retrieval, 1979, chapter 7).
        """
        sizes = self.counts.sum(axis=0) + self.counts.sum(axis=1)
        return _ratio(2 * self.counts.diagonal(), sizes)

    def worst(self) -> tuple[int, int] | None:
        """Return the most frequent mistake, of equal ones the first; None if there is none."""
        wrong = self._mistakes()
        return divmod(int(wrong.argmax()), len(wrong)) if wrong.any() else None

    def is_tied(self, mistake: tuple[int, int]) -> bool:
        """Whether another mistake is as frequent as this one."""
        wrong = self._mistakes()
        return int((wrong == wrong[mistake]).sum()) > 1

    def _mistakes(self) -> npt.NDArray[np.integer]:
        return self.counts - np.diag(self.counts.diagonal())


def confusion_of(answers: Answers, names: tuple[str, ...]) -> Confusion:
    """Return the confusion matrix of answers, whose classes have these names."""
    return Confusion(count_answers(answers), names)


def counted_epoch(history: History, step: int) -> int | None:
    """Return which of a history's matrices is of the weights after so many updates, or None."""
    counted = history.confusions.shape[2]
    steps = history.epoch_column("step")[history.epoch_count - counted :]
    found = np.flatnonzero(steps == step)
    return int(found[-1]) if len(found) else None


def over_epochs(
    confusions: npt.NDArray[np.integer[Any]], true: int | None = None, predicted: int | None = None
) -> npt.NDArray[np.int64]:
    """Return how many images were taken for something after each epoch, shape (n,).

    Parameters
    ----------
    confusions : ndarray of int, shape (classes, classes, n)
        The matrices of n epochs.
    true, predicted : int, optional
        The cell that is followed. Without one of them it is the mistakes of a row or a column,
        without both all mistakes.
    """
    if not confusions.shape[2]:
        return np.zeros(0, np.int64)
    counted = np.zeros(confusions.shape[:2], bool)
    counted[
        slice(None) if true is None else true, slice(None) if predicted is None else predicted
    ] = True
    if true is None or predicted is None:
        np.fill_diagonal(counted, False)
    counts: npt.NDArray[np.int64] = confusions[counted].sum(axis=0, dtype=np.int64)
    return counts


def _ratio(part: npt.NDArray[np.int64], whole: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    ratio = np.full(len(whole), np.nan)
    np.divide(part, whole, out=ratio, where=whole > 0)
    return ratio


class Scale(NamedTuple):
    """How shares become colors, the same for all matrices in view.

    Attributes
    ----------
    weakest : float
        The smallest share on the diagonal, of right answers: the palest there.
    worst : float
        The largest share beside the diagonal: the fullest mistake.
    """

    weakest: float = 0.0
    worst: float = 1.0


def scale_of(matrices: Iterable[Confusion], share: Share = Share.TRUE) -> Scale:
    """Return the scale on which all of these can be told apart."""
    weakest, worst = 1.0, 0.0
    for matrix in matrices:
        shares = matrix.shares_by(share)
        right = shares.diagonal()
        known = matrix.counts.any(axis=1 if share is Share.TRUE else 0)
        weakest = float(right.min(initial=weakest, where=known))
        worst = max(worst, float((shares - np.diag(right)).max()))
    return Scale(weakest, worst)

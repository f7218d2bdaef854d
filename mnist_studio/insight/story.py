"""The moments of a training that are worth a sentence, each from figures and only when true."""

from __future__ import annotations

import math
from collections.abc import Iterable
from enum import Enum
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ..training.history import History
from ..training.sampler import images_in_sample

_LEVELS = (0.9, 0.95, 0.98, 0.99)  # accuracies that are worth mentioning
_FEWEST_IMAGES = 2000  # whose answers a reached accuracy is worked out from: of few, luck has 98 %
_NEAR_GUESSING = 0.5  # of a loss, for fresh weights
_FEWEST_EPOCHS = 2  # from which on one of them is the best
_PATIENCE = 3  # epochs without a better one
_WORSE = 1.01  # of the lowest validation loss: more than chance


class MomentKind(Enum):
    """What happened; the most telling first."""

    READ_AS = "read as"
    MEMORIZES = "memorizes"
    WORSENS = "worsens"
    BEST = "best"
    REACHED = "reached"
    GUESSING = "guessing"
    LAST = "last"


class Moment(NamedTuple):
    """What happened after which batch, as values; whoever shows it makes the sentence.

    Attributes
    ----------
    kind : MomentKind
        What.
    step : int
        Updates made until then; 0 is before the first.
    value : float
        ``GUESSING``: the loss. ``REACHED``: the share of the images. ``READ_AS``: the class.
        ``BEST``, ``LAST``: the validation accuracy. ``MEMORIZES``, ``WORSENS``: the lowest
        validation loss.
    images : int
        ``REACHED``: how many images the share is worked out from.
    """

    kind: MomentKind
    step: int
    value: float
    images: int = 0


def moments_of(
    history: History, classes: int, *, ended: bool, skips_easy: bool = False
) -> tuple[Moment, ...]:
    """Return what happened in a run, in order; what is not certain yet is left out.

    Parameters
    ----------
    history : History
        What it has recorded so far.
    classes : int
        How many there are to guess from.
    ended : bool
        Whether nothing more will come.
    skips_easy : bool
        Whether easy images were left out: two epochs then are of different images, and that the
        training loss falls from one to the other tells nothing.
    """
    found = [*_guessing(history, classes), *_reached(history)]
    if history.epoch_count >= _FEWEST_EPOCHS and _has_validation(history):
        found += _best_and_last(history, ended=ended)
        found += _worsening(history, classes, skips_easy=skips_easy)
    return tuple(sorted(found, key=lambda moment: moment.step))


def steps_to_keep(history: History, moments: Iterable[Moment]) -> set[int]:
    """Return the steps whose weights are worth keeping: of moments, and of one that may come."""
    steps = {moment.step for moment in moments}
    if history.epoch_count and _has_validation(history):
        steps.add(int(history.epoch_column("step")[_lowest_loss(history)]))
    return steps


def _guessing(history: History, classes: int) -> list[Moment]:
    """Tell the first loss: it is before all learning, unless another run has learned before."""
    if not history.step or history.origin.batches:
        return []
    loss = float(history.losses[0])
    near = abs(loss - math.log(classes)) <= _NEAR_GUESSING
    return [Moment(MomentKind.GUESSING, 0, loss)] if near else []


def _reached(history: History) -> list[Moment]:
    """When the training images were recognized so well for the first time."""
    accuracies = history.sample_accuracies
    steps = history.sample_steps
    if not len(steps):
        return []
    images = images_in_sample(history)
    count = math.ceil(_FEWEST_IMAGES / images)
    if len(accuracies) < count:
        return []
    sums = np.concatenate([[0.0], np.cumsum(accuracies, dtype=np.float64)])
    highest = np.maximum.accumulate((sums[count:] - sums[:-count]) / count)
    # A hair less, so that rounding in the sums hides no round number.
    firsts = highest.searchsorted([level - 1e-9 for level in _LEVELS]).tolist()
    found: dict[int, Moment] = {}
    for level, first in zip(_LEVELS, firsts, strict=True):
        if first < len(highest):  # of levels reached at once the highest stays
            step = int(steps[first + count - 1])
            found[step] = Moment(MomentKind.REACHED, step, level, count * images)
    return list(found.values())


def _best_and_last(history: History, *, ended: bool) -> list[Moment]:
    accuracies = history.epoch_column("validation_accuracy")
    best = int(np.flatnonzero(history.epoch_column("best"))[-1])
    step = int(history.epoch_column("step")[best])
    found = [Moment(MomentKind.BEST, step, float(accuracies[best]))]
    if ended and step < history.step:
        found.append(Moment(MomentKind.LAST, history.step, float(accuracies[-1])))
    return found


def _worsening(history: History, classes: int, *, skips_easy: bool) -> list[Moment]:
    """When the validation loss was lowest, if the training loss alone may have gone on falling.

    Whoever only guesses gets no worse: there the losses rise and fall by chance.
    """
    loss = history.epoch_column("validation_loss")
    training = history.epoch_column("train_loss")
    lowest = _lowest_loss(history)
    since = len(loss) - 1 - lowest
    if since < _PATIENCE or not loss[-1] > _WORSE * loss[lowest]:
        return []
    if not loss[lowest] < math.log(classes) - _NEAR_GUESSING:
        return []
    if not skips_easy and not training[-1] < training[lowest]:
        return []
    kind = MomentKind.WORSENS if skips_easy else MomentKind.MEMORIZES
    return [Moment(kind, int(history.epoch_column("step")[lowest]), float(loss[lowest]))]


def _has_validation(history: History) -> bool:
    return bool(np.isfinite(history.epoch_column("validation_loss")).all())


def _lowest_loss(history: History) -> int:
    return int(history.epoch_column("validation_loss").argmin())


class Reading:
    """Since when a network takes a drawing for what it takes it for now."""

    def __init__(self) -> None:
        self._image: npt.NDArray[np.uint8] | None = None
        self._answer: int | None = None
        self._step = 0
        self.since: Moment | None = None

    def forget(self) -> None:
        """Know of no drawing."""
        self._image = self.since = None

    def shows(self, image: npt.NDArray[Any] | None) -> bool:
        """Whether it knows of this drawing."""
        return image is not None and self._image is not None and np.array_equal(image, self._image)

    def hear(self, step: int, image: npt.NDArray[np.uint8] | None, answer: int | None) -> None:
        """Note what a drawing is taken for after so many updates, None for nothing of it.

        The first answer to a drawing tells nothing of its past: since when it is so is known only
        when another answer has come before. Weights of an earlier step, as they are kept at the
        end of a run, are no news, but may take it for something else again.
        """
        if not self.shows(image):
            self.forget()
            self._image, self._answer, self._step = image, answer, step
            return
        if step > self._step:
            if answer is None:
                self.since = None
            elif answer != self._answer:
                self.since = Moment(MomentKind.READ_AS, step, answer)
            self._answer, self._step = answer, step
        elif answer != self._answer:
            self.since = None

"""The learning-rate range test: which learning rates can be used at all.

One short run raises the learning rate batch by batch from far too small to far too large. As long
as it is too small the loss stays where it is; then it falls; then it rises or explodes (L. N.
Smith, "Cyclical learning rates for training neural networks", 2017, arXiv:1506.01186, section
3.3).

Where exactly the useful range ends is a matter of rules of thumb, and these are ours. The lowest
smoothed loss lies at a rate that is already too large for a whole training: the run has been there
for a few batches only, and the average lags behind. Half of that rate ends the range; a quarter is
suggested, or half of the rate at which the loss is nearly as low, if that is less. With networks
of one and two hidden layers, plain SGD, momentum, Nesterov and Adam, and batches of 1 to 500,
this was within a factor of five of the rate that was best over four epochs of MNIST. The often
recommended steepest descent of the loss was up to 25 times too small for networks that learn from
the first batch on. Rates that are to stay constant for many epochs are better chosen smaller.
"""

from __future__ import annotations

import dataclasses
import math
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from .config import RunConfig
from .run_length import train_size_of

Numbers = npt.NDArray[np.floating[Any]]

FEWEST_STEPS, MOST_STEPS = 300, 2000
ENOUGH_IMAGES = 8000  # small batches are noisy and get more of them
PEAKS = {"adam": 1.0, "adamw": 1.0}
PEAK = 10.0  # of the other optimizers
SPAN_SHARE = 0.05  # of the steps, that the average reaches back: a third of a decade
BEGINNING_SHARE = 0.1  # of the steps, whose rates change nothing yet
NOTICEABLE_FALL = 0.1  # of the whole fall of the loss, where the range begins
FLAT = 0.05  # of the loss at first: a smaller fall shows nothing
NEARLY_LOWEST = 0.05  # of the whole fall above the lowest loss
END_FACTOR, SAFETY_FACTOR = 2.0, 4.0
_MOST_EPOCHS = 1000


class Suggestion(NamedTuple):
    """Learning rates that can be used.

    Attributes
    ----------
    low, high : float
        Where the loss has begun to fall, and where it is about to rise.
    best : float
        A good one between them, in two digits.
    """

    low: float
    high: float
    best: float


def range_test_steps(config: RunConfig) -> int:
    """Return how many batches a range test takes."""
    wanted = ENOUGH_IMAGES // config.training.batch_size
    return max(FEWEST_STEPS, min(MOST_STEPS, wanted))


def range_test_config(config: RunConfig, train_size: int | None = None) -> RunConfig:
    """Return the settings of a range test: those given, with a rising learning rate.

    Parameters
    ----------
    config : RunConfig
        What is to be trained later.
    train_size : int, optional
        Images in the training part, if not as many as the data set usually has.
    """
    training = config.training
    size = train_size if train_size is not None else train_size_of(config)
    steps, per_epoch = range_test_steps(config), -(-size // training.batch_size)
    whole, rest = divmod(steps, per_epoch)
    rising = dataclasses.replace(
        training,
        schedule="rising",
        warmup=0.0,
        learning_rate=PEAKS.get(training.optimizer, PEAK),
        epochs=_MOST_EPOCHS,
        max_images=whole * size + min(rest * training.batch_size, size),
        max_seconds=0.0,
    )
    return dataclasses.replace(config, training=rising)


def smooth(losses: npt.ArrayLike, span: float) -> npt.NDArray[np.float64]:
    """Return the bias-corrected exponential average of losses.

    Parameters
    ----------
    losses : array_like of float, shape (n,)
    span : float
        How many values it reaches back to, about; at least 1.

    Returns
    -------
    ndarray of float64, shape (n,)
        ``m[t] = d m[t-1] + (1 - d) x[t]`` with ``d = 1 - 1 / span``, divided by
        ``1 - d**(t+1)`` (Kingma and Ba, "Adam", 2015, section 3).
    """
    decay, average = 1.0 - 1.0 / max(span, 1.0), 0.0
    values = np.asarray(losses, np.float64)
    averages = np.empty(len(values))
    for index, value in enumerate(values.tolist()):
        average = decay * average + (1.0 - decay) * value
        averages[index] = average / (1.0 - decay ** (index + 1))
    return averages


def suggest(rates: Numbers, losses: Numbers, steps: int) -> Suggestion | None:
    """Return which learning rates can be used.

    Parameters
    ----------
    rates : ndarray of float, shape (n,)
        Learning rate of each batch, rising.
    losses : ndarray of float, shape (n,)
        Loss of each batch; a run that exploded ends before it.
    steps : int
        Batches planned, of which there may be fewer.

    Returns
    -------
    Suggestion or None
        None if the loss does not fall, or not enough to tell.
    """
    usable = np.isfinite(losses)
    count = len(losses) if usable.all() else int(usable.argmin())
    beginning = max(1, round(BEGINNING_SHARE * steps))
    if count <= beginning:
        return None
    averages = smooth(losses[:count], SPAN_SHARE * steps)
    first = float(np.mean(losses[:beginning], dtype=np.float64))
    lowest = beginning + int(averages[beginning:].argmin())
    fall = first - float(averages[lowest])
    if fall <= FLAT * abs(first):
        return None
    above = np.flatnonzero(averages[:lowest] > first - NOTICEABLE_FALL * fall)
    low = float(rates[above[-1] + 1 if len(above) else 0])
    high = float(rates[lowest]) / END_FACTOR
    # Where a flat bottom is lowest is chance; where it begins is less so.
    not_yet = averages[:lowest] > averages[lowest] + NEARLY_LOWEST * fall
    bottom = np.flatnonzero(not_yet)[-1] + 1
    best = min(float(rates[bottom]) / END_FACTOR, float(rates[lowest]) / SAFETY_FACTOR)
    # A loss that falls and rises again within a factor of four leaves no room for caution.
    low = min(low, high)
    return Suggestion(low, high, _two_digits(max(low, best)))


def _two_digits(value: float) -> float:
    digits = 1 - math.floor(math.log10(value))
    return round(value, digits)

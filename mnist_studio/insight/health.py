"""What is unhealthy in a network's layers, and which setting to change for the next run.

The thresholds leave alone whatever learns here: the presets, and one to six layers with the
initializations and learning rates that suit them.
"""

from __future__ import annotations

import math
from enum import StrEnum
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ..data.registry import CLASSES
from ..training.config import RunConfig
from ..training.history import History
from .hints import FEWEST_LOOKS, Cause, Remedy, remedy_for
from .layers import Probe

# "As much as 40 % of your network can be dead if the learning rate is set too high" (Karpathy and
# others: CS231n, Neural networks part 1, 2015).
DEAD = 0.4
# Glorot and Bengio (2010, section 3) find units at their limits where learning stands still.
SATURATED = 0.5
# Of the last layer's gradient norm, which begins between 0.3 and 1 here. He and others (Delving
# deep into rectifiers, 2015, section 2.2) ask that it be about the same in all layers.
VANISHING, EXPLODING = 1e-2, 1e2
# "This ratio should be somewhere around 1e-3" (Karpathy and others: CS231n, Neural networks
# part 3, 2015). Runs that begin with small weights are sixty times above it at first, and learn.
USUAL_RATIO = 1e-3
RATIO_HIGH, RATIO_LOW = 100 * USUAL_RATIO, USUAL_RATIO / 10
# Who knows half of what there is to know may take small steps: there the gradient is small.
_STILL_GUESSING = 0.5 * math.log(CLASSES)
_RECENT = 16  # samples, an eighth of an epoch


class Ailment(StrEnum):
    """What is unhealthy."""

    EXPLODING = "exploding"
    VANISHING = "vanishing"
    DEAD = "dead"
    SATURATED = "saturated"
    UPDATES_LARGE = "updates large"
    UPDATES_SMALL = "updates small"


class Finding(NamedTuple):
    """Something unhealthy, as values; whoever shows it makes the sentence.

    Attributes
    ----------
    ailment : Ailment
        What.
    layers : tuple of int
        Where, from 0.
    value : float
        How bad: the gradient norm as a part of the last layer's, the share of units or of
        activations, or the update ratio; of the layer where it is worst.
    remedy : Remedy, optional
        What to do about it; None if nobody knows.
    """

    ailment: Ailment
    layers: tuple[int, ...]
    value: float
    remedy: Remedy | None


class Progress(NamedTuple):
    """How a run has gone lately.

    Attributes
    ----------
    step : int
        Updates made so far.
    ratios : ndarray of float64, shape (layers,)
        How far an update moves each layer's weights, as a part of their own length: the median
        over the last eighth of an epoch; empty if nothing is recorded of it.
    loss : float
        Mean over the last eighth of an epoch; NaN before the first batch.
    samples : int
        How many samples have been taken.
    """

    step: int
    ratios: npt.NDArray[np.float64]
    loss: float
    samples: int


def progress_of(history: History, step: int) -> Progress:
    """Return how a run had gone lately after so many updates; costs next to nothing."""
    samples = int(history.sample_steps.searchsorted(step, side="right"))
    begin = history.sample_steps[samples - _RECENT] if samples >= _RECENT else 0
    ratios = history.update_ratios
    looks = history.layer_steps[len(history.layer_steps) - ratios.shape[1] :]
    last = int(looks.searchsorted(step, side="right"))
    first = min(int(looks.searchsorted(begin)), max(0, last - FEWEST_LOOKS))
    ratios = ratios[:, first:last]
    losses = history.losses[max(0, step - max(1, history.batches_per_epoch // 8)) : step]
    return Progress(
        step,
        np.median(ratios, axis=1) if ratios.size else np.empty(0),
        float(losses.mean(dtype=np.float64)) if len(losses) else math.nan,
        samples,
    )


def findings_of(
    config: RunConfig, now: Probe, start: Probe | None, progress: Progress
) -> tuple[Finding, ...]:
    """Return what is unhealthy, the cause of the rest first.

    Parameters
    ----------
    config : RunConfig
        The settings in use; see :func:`~mnist_studio.insight.hints.settings_in_use`.
    now, start : Probe
        The network as it is, and as it began, if anybody knows.
    progress : Progress
        How far it is.
    """
    trained = progress.step > 0
    weak = Cause.RATE_TOO_HIGH if trained else Cause.GRADIENT_VANISHES
    shares = shares_of_last(now.gradient_norms)
    vanishing = _find(Ailment.VANISHING, shares, shares < VANISHING, Cause.GRADIENT_VANISHES)
    exploding = (shares > EXPLODING) | ~np.isfinite(now.gradient_norms)
    silent, saturated = np.array(now.silent), np.array(now.saturated)
    units = (
        _find(Ailment.DEAD, silent, silent >= DEAD, Cause.UNITS_DEAD if trained else None),
        _find(Ailment.SATURATED, saturated, saturated >= SATURATED, weak),
    )
    # Where the gradient vanished from the beginning, units die of it; elsewhere it is the reverse.
    born_so = start is not None and (shares_of_last(start.gradient_norms) < VANISHING).any()
    found = [
        _find(Ailment.EXPLODING, shares, exploding, weak),
        *((vanishing, *units) if born_so else (*units, vanishing)),
    ]
    # Of what has been found already, small steps are but an effect.
    found += _findings_of_updates(progress, alone=not any(each.layers for each, _ in found))
    return tuple(
        Finding(each.ailment, each.layers, each.value, cause and remedy_for(cause, config))
        for each, cause in found
        if each.layers
    )


def shares_of_last(norms: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return each layer's gradient norm as a part of the last one's, shape (layers,).

    All ones where the last one's is zero or no number: there nothing can be told.
    """
    last = norms[-1]
    return norms / last if math.isfinite(last) and last > 0 else np.ones_like(norms)


class _Found(NamedTuple):
    ailment: Ailment
    layers: tuple[int, ...]
    value: float


def _find(
    ailment: Ailment,
    values: npt.NDArray[np.float64],
    where: npt.NDArray[np.bool_],
    cause: Cause | None,
) -> tuple[_Found, Cause | None]:
    layers = tuple(np.flatnonzero(where).tolist())
    worst = min if ailment in (Ailment.VANISHING, Ailment.UPDATES_SMALL) else max
    value = float(worst(values[list(layers)])) if layers else math.nan
    return _Found(ailment, layers, value), cause


def _findings_of_updates(progress: Progress, *, alone: bool) -> list[tuple[_Found, Cause | None]]:
    """Judge the learning rate by how far updates move the weights of the layer in the middle."""
    ratios = progress.ratios
    # The first updates of small weights are large whatever the rate.
    if progress.samples < _RECENT or not ratios.size or not np.isfinite(ratios).all():
        return []
    middle = float(np.median(ratios))
    large = ratios > RATIO_HIGH if middle > RATIO_HIGH else ratios < 0
    slow = alone and middle < RATIO_LOW and progress.loss > _STILL_GUESSING
    small = ratios < RATIO_LOW if slow else ratios < 0
    return [
        _find(Ailment.UPDATES_LARGE, ratios, large, Cause.RATE_TOO_HIGH),
        _find(Ailment.UPDATES_SMALL, ratios, small, Cause.RATE_TOO_LOW),
    ]

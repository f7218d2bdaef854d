"""What the figures of a run say went wrong, and which setting to change for the next one."""

from __future__ import annotations

import math
from collections.abc import Sequence
from enum import Enum
from typing import Any, NamedTuple

import numpy as np

from ..data.registry import CLASSES
from ..training.config import RunConfig, TrainingConfig
from ..training.history import History
from ..training.hyperparameter import hyperparameters
from ..training.sampler import images_in_sample
from ..training.status import Failure, FailureKind
from ..training.variation import format_layers, with_value

_FEWEST_BATCHES = 200  # before that only the end of a run tells that nothing was learned
FEWEST_LOOKS = 3  # at gradients and updates, whose median one that stands out does not move
_FEWEST_IMAGES = 1000  # whose answers the accuracy before the first validation is worked out from
_NOISE = 3.0  # standard deviations
_CLEARLY = 0.05  # above guessing by so much, something was learned
_AT_GUESSING = 0.98  # of the loss of guessing
_LOUD = 2.0  # times the loss of guessing: more than a bad start
# Of the last layer's gradient, in the first: it hardly arrives, or no unit passes anything on.
_FAINT, _SILENT = 1e-2, 1e-3
_LATELY = 5  # looks: of a batch of few images the gradient may be zero by chance
_LITTLE_FALL = 0.5  # of the loss, by which guessing and knowing differ by two
_LITTLE_WAY = 0.01  # of a weight, by Adam's steps, which are about as long as the learning rate


class HintKind(Enum):
    """What went wrong."""

    DIVERGED = "diverged"
    GUESSING = "guessing"
    FELL_BACK = "fell back"
    UNREACHED = "unreached"  # told of the first samples, before anything is to be seen of it


class Cause(Enum):
    """Why, as far as the figures tell."""

    RATE_TOO_HIGH = "rate too high"
    UNITS_DEAD = "units dead"
    GRADIENT_VANISHES = "gradient vanishes"
    RATE_TOO_LOW = "rate too low"


class Remedy(NamedTuple):
    """What to change for the next run.

    Attributes
    ----------
    name : str
        The setting.
    value : object
        What to set it to.
    config : RunConfig
        The settings in use with that changed.
    """

    name: str
    value: Any
    config: RunConfig


class Hint(NamedTuple):
    """What went wrong in a run, as values; whoever shows it makes the sentence.

    Attributes
    ----------
    kind : HintKind
        What.
    cause : Cause, optional
        Why; None if the figures do not tell.
    remedy : Remedy, optional
        What to do about it; None if nobody knows.
    learning_rate : float
        As it was set when it happened.
    accuracy : float
        ``GUESSING``, ``FELL_BACK``: share of the images that is recognized, 0 to 1.
    guess : float
        ``GUESSING``, ``FELL_BACK``: share that is recognized by always naming the largest class.
    best : float
        ``FELL_BACK``: the accuracy that it once had.
    ended : bool
        ``GUESSING``: whether the run was trained to its end.
    failure : Failure, optional
        ``DIVERGED``: what is kept of it.
    """

    kind: HintKind
    cause: Cause | None
    remedy: Remedy | None
    learning_rate: float
    accuracy: float = math.nan
    guess: float = math.nan
    best: float = math.nan
    ended: bool = False
    failure: Failure | None = None


def hints_of(
    config: RunConfig,
    history: History,
    class_shares: Sequence[float],
    failure: Failure | None = None,
) -> tuple[Hint, ...]:
    """Return what the figures of a run tell; may be asked while it is trained.

    Parameters
    ----------
    config : RunConfig
        As it was started.
    history : History
        What it has recorded.
    class_shares : sequence of float
        How large each class is, as a part of one.
    failure : Failure, optional
        Why it failed, if it did.
    """
    config = settings_in_use(config, history)
    rate = config.training.learning_rate
    if failure is not None:
        if failure.kind is not FailureKind.DIVERGED:
            return ()
        cause = Cause.RATE_TOO_HIGH
        return (Hint(HintKind.DIVERGED, cause, remedy_for(cause, config), rate, failure=failure),)
    if not history.step:
        return ()
    accuracies, images = _accuracies(config, history)
    ended = history.test is not None
    if not len(accuracies) or not (ended or _long_enough(history)):
        return _unreached(config, history)
    shares = np.array([share for share in class_shares if share > 0])
    guess, guess_loss = float(shares.max()), float(-(shares * np.log(shares)).sum())
    noise = _NOISE * math.sqrt(guess * (1 - guess) / max(1, images))
    accuracy, best = float(accuracies[-1]), float(accuracies.max())
    recent = history.losses[-_window(history) :]
    if accuracy > guess + noise or recent.mean(dtype=float) < _AT_GUESSING * guess_loss:
        return ()
    cause_found = _cause(config, history, guess_loss) if history.step >= _FEWEST_BATCHES else None
    kind = HintKind.FELL_BACK if best > guess + max(noise, _CLEARLY) else HintKind.GUESSING
    remedy = remedy_for(cause_found, config)
    return (Hint(kind, cause_found, remedy, rate, accuracy, guess, best, ended),)


def settings_in_use(config: RunConfig, history: History) -> RunConfig:
    """Return the settings of a run with what was changed while it was trained."""
    for change in history.changes:
        config = with_value(config, change.name, change.value)
    return config


def _unreached(config: RunConfig, history: History) -> tuple[Hint, ...]:
    """Return a hint if so far neither gradients nor updates reach the first layer.

    Where the optimizer makes up for small gradients, the updates do.
    """
    norms, ratios = history.gradient_norms, history.update_ratios
    if not config.model.hidden or ratios.shape[1] < FEWEST_LOOKS:
        return ()
    calm = float(history.losses.max()) < _LOUD * math.log(CLASSES)
    reached = max(_first_in_last(norms), _first_in_last(norms[:, :FEWEST_LOOKS]))
    if not calm or reached >= _SILENT or _first_in_last(ratios) >= _FAINT:
        return ()
    cause = Cause.GRADIENT_VANISHES
    rate = config.training.learning_rate
    return (Hint(HintKind.UNREACHED, cause, remedy_for(cause, config), rate),)


def _window(history: History) -> int:
    """Return how many batches tell how it is now: a fifth of an epoch."""
    return max(50, history.batches_per_epoch // 5)


def _long_enough(history: History) -> bool:
    """Whether a network that can learn would have begun to."""
    return history.step >= max(_FEWEST_BATCHES, history.batches_per_epoch // 2)


def _accuracies(
    config: RunConfig, history: History
) -> tuple[np.ndarray[Any, np.dtype[np.float64]], int]:
    """Return accuracies in order, the latest last, and how many images each is worked out from.

    Those on the validation part if there are any, else means over what was sampled.
    """
    validation = history.epoch_column("validation_accuracy").astype(np.float64)
    validation = validation[np.isfinite(validation)]
    if len(validation):
        fraction = config.data.validation_fraction
        return validation, round(history.train_size * fraction / (1 - fraction))
    samples = history.sample_accuracies.astype(np.float64)
    images = images_in_sample(history)
    count = math.ceil(max(_FEWEST_IMAGES, _window(history) * history.batch_size) / images)
    if count > len(samples):
        return np.empty(0), 0
    sums = np.concatenate([[0.0], np.cumsum(samples)])
    return (sums[count:] - sums[:-count]) / count, count * images


def _cause(config: RunConfig, history: History, guess_loss: float) -> Cause | None:
    """Return why a network guesses."""
    loud = float(history.losses.max()) > _LOUD * guess_loss
    hidden, norms = config.model.hidden, history.gradient_norms
    if hidden and norms.size:
        lately = _first_in_last(norms[:, -max(_LATELY, norms.shape[1] // 4) :])
        once = loud or _first_in_last(norms[:, :FEWEST_LOOKS]) >= _FAINT
        if once and hidden[0].activation == "relu" and lately < _SILENT:
            return Cause.UNITS_DEAD
        if not loud and lately < _FAINT:
            return Cause.GRADIENT_VANISHES
    if loud:
        return Cause.RATE_TOO_HIGH
    return Cause.RATE_TOO_LOW if _hardly_moves(config.training, history) else None


def _first_in_last(norms: np.ndarray[Any, np.dtype[Any]]) -> float:
    """Return how large the first layer's gradient is, as a part of the last layer's."""
    first, last = np.median(norms[[0, -1]], axis=1).tolist()
    return float(first / last) if last else 1.0


def _hardly_moves(training: TrainingConfig, history: History) -> bool:
    """Whether steps of this length could not have changed much.

    A step along the gradient lowers the loss by at most its length times the gradient's.
    """
    rates = history.learning_rates.astype(np.float64)
    if training.optimizer.startswith("adam"):
        return bool(rates.sum() < _LITTLE_WAY)
    norms = history.gradient_norms
    if not norms.size:
        return False
    gain = 1.0 if training.optimizer == "sgd" else 1 / (1 - training.momentum)
    return bool(gain * rates.sum() * np.median((norms**2).sum(axis=0)) < _LITTLE_FALL)


def remedy_for(cause: Cause | None, config: RunConfig) -> Remedy | None:
    """Return the change that takes the cause away."""
    model, training = config.model, config.training
    match cause:
        case Cause.RATE_TOO_HIGH | Cause.UNITS_DEAD:
            return _other_rate(config, training.learning_rate / 10)
        case Cause.RATE_TOO_LOW:
            return _other_rate(config, training.learning_rate * 10)
        case Cause.GRADIENT_VANISHES:
            curved = {layer.activation for layer in model.hidden} & {"sigmoid", "tanh"}
            fitting = "glorot" if curved else "he"
            if model.initializer != fitting:
                return _change(config, "initializer", fitting)
            if curved:
                widths = format_layers(type(each)(each.width) for each in model.hidden)
                return _change(config, "hidden", widths)
    return None


def _other_rate(config: RunConfig, rate: float) -> Remedy | None:
    declared = hyperparameters(TrainingConfig)["learning_rate"]
    assert declared.minimum is not None
    assert declared.maximum is not None
    rate = float(f"{rate:.2g}")
    if not declared.minimum <= rate <= declared.maximum:
        return None
    return _change(config, "learning_rate", rate)


def _change(config: RunConfig, name: str, value: Any) -> Remedy:
    return Remedy(name, value, with_value(config, name, value))


def class_shares(labels: np.ndarray[Any, np.dtype[np.uint8]], classes: int) -> list[float]:
    """Return how large each class is, as a part of one; all alike if there are no labels."""
    counts = np.bincount(labels, minlength=classes).astype(np.float64)
    shares: list[float] = (counts / counts.sum() if counts.sum() else counts + 1 / classes).tolist()
    return shares

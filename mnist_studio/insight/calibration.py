"""Whether a network is right as often as it says: reliability, abstaining, temperature.

C. Guo, G. Pleiss, Y. Sun, K. Q. Weinberger: On Calibration of Modern Neural Networks, 2017.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..nn.arrays import FloatArray
from ..nn.losses import cross_entropy, softmax
from ..training.answers import Answers

BINS = 15
"""As in the article."""
COLDEST, HOTTEST = 0.05, 20.0
"""Where a temperature is looked for: that of a network without a mistake has no lower end."""
SHARES = np.arange(1, 101) / 100
"""Of images that are answered, for curves and tables."""
_ROUNDING = 1e-9
_ROUNDS = 100
_TOLERANCE = 1e-10

Values = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Reliability:
    """Answers in bins by their confidence, the probability that the answer was given.

    The bins are equally wide: bin m of M holds what lies in ((m - 1) / M, m / M].

    Attributes
    ----------
    counts : ndarray of int64, shape (bins,)
        Answers in each.
    confidence, accuracy : ndarray of float64, shape (bins,)
        Mean confidence, and share of right answers; NaN of an empty bin.
    unknown : int
        Answers without confidence, of spoilt weights, that are in no bin.
    """

    counts: npt.NDArray[np.int64]
    confidence: Values
    accuracy: Values
    unknown: int

    @property
    def edges(self) -> Values:
        """Where the bins begin and end, shape (bins + 1,)."""
        return np.linspace(0.0, 1.0, len(self.counts) + 1)

    @property
    def error(self) -> float:
        """Expected calibration error: mean of |accuracy - confidence|, bins by their counts.

        ECE = sum over bins of n_m / n |acc_m - conf_m| (Guo et al., equation 3); NaN without any
        answer in a bin.
        """
        filled = self.counts > 0
        if not filled.any():
            return math.nan
        gaps = np.abs(self.accuracy - self.confidence)[filled]
        return float(gaps @ self.counts[filled] / self.counts.sum())


def reliability(
    confidences: npt.NDArray[np.floating], right: npt.NDArray[np.bool_], bins: int = BINS
) -> Reliability:
    """Put answers into bins by their confidence.

    Parameters
    ----------
    confidences : ndarray of float, shape (n,)
        From 0 to 1; NaN where nothing is known.
    right : ndarray of bool, shape (n,)
    bins : int
        At least 1.
    """
    known = np.isfinite(confidences)
    sure = confidences[known].astype(np.float64)
    # Rounding may have put a sum of probabilities a little above 1.
    which = np.clip(np.ceil(sure * bins).astype(np.int64) - 1, 0, bins - 1)
    counts = np.bincount(which, minlength=bins).astype(np.int64)
    with np.errstate(invalid="ignore"):
        confidence = np.bincount(which, sure, bins) / counts
        accuracy = np.bincount(which, right[known], bins) / counts
    return Reliability(counts, confidence, accuracy, int(np.count_nonzero(~known)))


def pooled(found: Sequence[Reliability]) -> Reliability:
    """Return the bins of several networks' answers taken together; at least one's."""
    counts = np.sum([each.counts for each in found], axis=0)
    sums = [
        np.nansum([getattr(each, name) * each.counts for each in found], axis=0)
        for name in ("confidence", "accuracy")
    ]
    with np.errstate(invalid="ignore"):
        confidence, accuracy = (each / counts for each in sums)
    return Reliability(counts, confidence, accuracy, sum(each.unknown for each in found))


@dataclass(frozen=True, eq=False)
class Coverage:
    """Accuracy of a network that answers only when it is sure enough.

    Each point is a threshold of confidence, the highest first; R. El-Yaniv, Y. Wiener: On the
    Foundations of Noise-free Selective Classification, 2010, call 1 - accuracy the risk.

    Attributes
    ----------
    thresholds : ndarray of float64, shape (k,)
        Falling: the least confidence that is answered with.
    coverage : ndarray of float64, shape (k,)
        Rising: share of all images that are answered.
    accuracy : ndarray of float64, shape (k,)
        Share of those answered that are right.
    """

    thresholds: Values
    coverage: Values
    accuracy: Values

    def accuracy_at(self, shares: Values) -> Values:
        """Return the accuracies where at least these shares of the images are answered.

        NaN where so many are never answered.
        """
        which = np.searchsorted(self.coverage, shares - _ROUNDING)
        return np.append(self.accuracy, math.nan)[which]


def coverage(confidences: npt.NDArray[np.floating], right: npt.NDArray[np.bool_]) -> Coverage:
    """Return what is gained by leaving the least sure answers out.

    Parameters
    ----------
    confidences : ndarray of float, shape (n,)
        What is not a number, of spoilt weights, is never answered.
    right : ndarray of bool, shape (n,)
    """
    known = np.flatnonzero(np.isfinite(confidences))
    order = known[np.argsort(-confidences[known], kind="stable")]
    sure = confidences[order].astype(np.float64)
    answered = np.arange(1, len(order) + 1)
    accuracy = np.cumsum(right[order]) / answered
    # Of equally sure answers all are given or none.
    last = np.flatnonzero(np.append(np.diff(sure) < 0, True)) if len(sure) else answered[:0]
    return Coverage(sure[last], answered[last] / max(1, len(confidences)), accuracy[last])


@dataclass(frozen=True)
class Temperature:
    """What all logits are divided by.

    Attributes
    ----------
    value : float
        Above 1 makes all answers less sure; NaN if it cannot be fitted.
    at_end : bool
        Whether the best one lies beyond the range that was searched.
    """

    value: float
    at_end: bool = False


def fit_temperature(logits: FloatArray, labels: npt.NDArray[np.uint8]) -> Temperature:
    """Return the temperature with the least mean cross-entropy (Guo et al., section 4.2).

    With b = 1 / T, the loss of an image is log sum_k exp(b z_k) - b z_y: convex in b. Its first
    derivative is E[z] - z_y and its second Var[z], both under softmax(b z), so that Newton's steps
    in b, halved into the interval where the first derivative changes its sign, find the minimum.

    Parameters
    ----------
    logits : ndarray of float32, shape (n, classes)
    labels : ndarray of uint8, shape (n,)
    """
    if not len(labels) or not np.isfinite(logits).all():
        return Temperature(math.nan)
    scores = logits.astype(np.float64)
    scores -= scores.max(axis=1, keepdims=True)
    true = scores[np.arange(len(labels)), labels]

    def slopes(inverse: float) -> tuple[float, float]:
        weights = np.exp(inverse * scores)
        weights /= weights.sum(axis=1, keepdims=True)
        means = (weights * scores).sum(axis=1)
        squares = (weights * scores**2).sum(axis=1)
        return float(np.mean(means - true)), float(np.mean(squares - means**2))

    low, high = 1.0 / HOTTEST, 1.0 / COLDEST
    if slopes(low)[0] >= 0:
        return Temperature(HOTTEST, at_end=True)
    if slopes(high)[0] <= 0:
        return Temperature(COLDEST, at_end=True)
    inverse = 1.0
    for _ in range(_ROUNDS):
        slope, curvature = slopes(inverse)
        low, high = (inverse, high) if slope < 0 else (low, inverse)
        step = slope / curvature if curvature > 0 else math.inf
        following = inverse - step
        if not low < following < high:
            following = (low + high) / 2
        if abs(following - inverse) <= _TOLERANCE * inverse:
            return Temperature(1.0 / following)
        inverse = following
    return Temperature(1.0 / inverse)


@dataclass(frozen=True, eq=False)
class Calibrated:
    """How far the probabilities of a network can be believed, at one temperature.

    Attributes
    ----------
    temperature : float
        1 for the network as it is.
    reliability : Reliability
    coverage : Coverage
    loss : float
        Mean cross-entropy in nats.
    """

    temperature: float
    reliability: Reliability
    coverage: Coverage
    loss: float


@np.errstate(all="ignore")
def calibrated(answers: Answers, temperature: float = 1.0) -> Calibrated:
    """Return the figures of answers whose logits are divided by a temperature."""
    # The answer itself stays: dividing all logits by the same does not change their order.
    right = answers.predicted == answers.labels
    logits = answers.logits / np.float32(temperature)
    confidences = softmax(logits).max(axis=1)
    loss = cross_entropy(logits, answers.labels)
    return Calibrated(
        temperature,
        reliability(confidences, right),
        coverage(confidences, right),
        float(loss.mean(dtype=np.float64)) if len(loss) else math.nan,
    )


@dataclass(frozen=True, eq=False)
class Calibration:
    """The same before and after temperature scaling.

    Attributes
    ----------
    fitted : Temperature
        On the validation images.
    fitted_on : int
        How many these are.
    before : Calibrated
    after : Calibrated, optional
        None if no temperature could be fitted.
    """

    fitted: Temperature
    fitted_on: int
    before: Calibrated
    after: Calibrated | None


def calibrate(validation: Answers, measured: Answers) -> Calibration:
    """Fit the temperature on validation images, and show what it does to others.

    Parameters
    ----------
    validation : Answers
        To the images that it is fitted on; none are allowed.
    measured : Answers
        To the images that the figures are of.
    """
    fitted = fit_temperature(validation.logits, validation.labels)
    after = None if math.isnan(fitted.value) else calibrated(measured, fitted.value)
    return Calibration(fitted, len(validation.labels), calibrated(measured), after)

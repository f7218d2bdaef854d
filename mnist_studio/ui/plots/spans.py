"""How far back and ahead smoothed figures reach: far enough to be calm, near enough to be news."""

from __future__ import annotations

import math
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ...training.history import History

_SAMPLES_PER_EPOCH = 100  # see ProgressSampled
_ACCURACY_IMAGES = 3000  # at 97 % their accuracy has a standard error of 0.3 %


class Smoothing(Enum):
    """How far the smoothed curves of a plot reach, beside the spans below."""

    NONE = "none"
    LIGHT = "light"
    NORMAL = "normal"
    STRONG = "strong"

    @property
    def factor(self) -> float:
        """By what the spans are multiplied; 0 draws the values themselves."""
        return {"none": 0.0, "light": 0.25, "normal": 1.0, "strong": 4.0}[self.value]


def loss_span(history: History) -> int:
    """Return how many batches to either side the loss is averaged over: 17 of 71, 104 of 2,700."""
    return max(5, round(2 * math.sqrt(history.batches_per_epoch)))


def accuracy_span(history: History) -> float:
    """Return how many samples to either side the training accuracy is averaged over."""
    images = history.train_size / min(_SAMPLES_PER_EPOCH, history.batches_per_epoch)
    return max(1.0, _ACCURACY_IMAGES / images)


def gradient_span(history: History) -> float:
    """Return how many looks to either side norms are averaged over: a twelfth of an epoch.

    Earlier versions looked more often; of a run of theirs the span is as long, and has more looks.
    """
    import numpy as np  # the window is there before it

    from ...training.sampler import looks_per_epoch

    apart = np.diff(history.layer_steps)
    looks = history.batches_per_epoch / np.median(apart) if len(apart) else 0.0
    return max(1.0, looks / 12, looks_per_epoch(history) / 12)

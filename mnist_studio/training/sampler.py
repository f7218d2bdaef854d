"""What is too dear to be recorded of every batch."""

from __future__ import annotations

import math

import numpy as np

from ..nn.arrays import FloatArray, squares
from ..nn.network import Network
from ..nn.optimizers import Optimizer
from .events import BatchEnded, ProgressSampled
from .history import History

SAMPLES_PER_EPOCH = 128
# A look at the layers takes as long as so many updates of one image, and less of one of more: 1.2
# where the weights are at hand, half as much again where other programs need the cache, too.
_LOOK = 1.8
_HALF = 40  # images of a batch whose update takes twice as long
_MOST = 0.01  # share of the time that looks may take
_EARLY_BITS = 4  # a look at each of the first 15 samples, then eight until the number has doubled


def images_in_sample(history: History) -> int:
    """Return from how many images the accuracy in a sample is worked out.

    A history may have lost samples, so that they are further apart than what each is of.
    """
    sampler = Sampler(history.batches_per_epoch, history.batch_size)
    return min(sampler.every * history.batch_size, history.train_size)


def looks_per_epoch(history: History) -> float:
    """Return how often in an epoch the layers are looked at."""
    sampler = Sampler(history.batches_per_epoch, history.batch_size)
    return history.batches_per_epoch / (sampler.every * sampler.samples_per_look)


class Sampler:
    """Takes training accuracy about a hundred times an epoch, and looks at the layers as well.

    That, gradient norms and update ratios, takes a few passes over all weights: next to nothing
    beside a large batch, but as long as an update of a few images. It is done so seldom that in
    the long run it takes a hundredth of the time whatever the batch and the network. Before, it is
    done with every sample, every second one and so on, eight times until the samples have doubled,
    so that a short run has curves, too.

    Parameters
    ----------
    batches_per_epoch : int
        Updates in an epoch.
    batch_size : int
        Images in an update.

    Attributes
    ----------
    every : int
        A sample is due at each step that this divides.
    samples_per_look : int
        The layers are looked at with each sample whose number this divides.
    correct, images : int
        Right answers and images since the last sample.
    """

    def __init__(self, batches_per_epoch: int, batch_size: int) -> None:
        self.every = max(1, batches_per_epoch // SAMPLES_PER_EPOCH)
        steps_per_look = _LOOK / (1 + batch_size / _HALF) / _MOST
        self.samples_per_look = max(1, math.ceil(steps_per_look / self.every))
        self.correct = self.images = 0
        self._before: list[FloatArray] = []  # the weights before the update to be looked at

    def prepare(self, step: int, network: Network) -> None:
        """Keep the weights before the update of this step, if the layers are looked at then."""
        if self.looks_at_layers(step):
            weights = [layer.weight.value for layer in network.linear_layers]
            if not self._before:
                self._before = [np.empty_like(each) for each in weights]
            for before, weight in zip(self._before, weights, strict=True):
                np.copyto(before, weight)

    def add(self, correct: int, images: int) -> None:
        """Count the answers to a batch."""
        self.correct += correct
        self.images += images

    def take(self, batch: BatchEnded, network: Network, optimizer: Optimizer) -> ProgressSampled:
        """Return the sample after a batch, whose gradients the network still has."""
        accuracy = self.correct / self.images
        self.correct = self.images = 0
        if not self.looks_at_layers(batch.step):
            return ProgressSampled(batch.step, accuracy)
        norms = network.gradient_norms(optimizer.gradient_scale(batch.learning_rate))
        ratios = self._update_ratios(network)
        return ProgressSampled(batch.step, accuracy, tuple(norms.tolist()), ratios)

    def looks_at_layers(self, step: int) -> bool:
        """Return whether the sample after a step tells of the layers, too."""
        number, rest = divmod(step, self.every)
        if rest:
            return False
        early = 1 << max(0, number.bit_length() - _EARLY_BITS)
        return number % min(early, self.samples_per_look) == 0

    def _update_ratios(self, network: Network) -> tuple[float, ...]:
        """Return |new - old| / |old| of each layer's weights; NaN of weights that were zero."""
        ratios = []
        with np.errstate(all="ignore"):
            for before, layer in zip(self._before, network.linear_layers, strict=True):
                length = squares(before)
                moved = np.subtract(layer.weight.value, before, out=before)  # it is done with
                ratios.append(math.sqrt(squares(moved) / length) if length else math.nan)
        return tuple(ratios)

"""What is too dear to be recorded of every batch."""

from __future__ import annotations

import numpy as np

from ..nn.arrays import FloatArray
from ..nn.network import Network
from ..nn.optimizers import Optimizer
from .events import BatchEnded, ProgressSampled
from .history import History

SAMPLES_PER_EPOCH = 128


def images_in_sample(history: History) -> int:
    """Return from how many images the accuracy in a sample is worked out.

    A history may have lost samples, so that they are further apart than what each is of.
    """
    return min(Sampler(history.batches_per_epoch).every * history.batch_size, history.train_size)


class Sampler:
    """Takes training accuracy, gradient norms and update ratios about a hundred times an epoch.

    Parameters
    ----------
    batches_per_epoch : int
        Updates in an epoch.

    Attributes
    ----------
    every : int
        A sample is due at each step that this divides.
    correct, images : int
        Right answers and images since the last sample.
    """

    def __init__(self, batches_per_epoch: int) -> None:
        self.every = max(1, batches_per_epoch // SAMPLES_PER_EPOCH)
        self.correct = self.images = 0
        self._before: list[FloatArray] = []  # the weights before the update to be sampled

    def prepare(self, step: int, network: Network) -> None:
        """Look at the weights before the update of this step, if a sample is due after it."""
        if step % self.every == 0:
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
        norms = network.gradient_norms(optimizer.gradient_scale(batch.learning_rate))
        accuracy = self.correct / self.images
        self.correct = self.images = 0
        ratios = self._update_ratios(network)
        return ProgressSampled(batch.step, accuracy, tuple(norms.tolist()), ratios)

    def _update_ratios(self, network: Network) -> tuple[float, ...]:
        """Return |new - old| / |old| of each layer's weights; NaN of weights that were zero."""
        ratios = []
        with np.errstate(all="ignore"):
            for before, layer in zip(self._before, network.linear_layers, strict=True):
                length = np.linalg.norm(before)
                moved = np.subtract(layer.weight.value, before, out=before)  # it is done with
                ratios.append(float(np.linalg.norm(moved) / length))
        return tuple(ratios)

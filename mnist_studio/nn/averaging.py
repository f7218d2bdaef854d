"""Averages of a network's weights over the last part of its training."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .arrays import FloatArray, Scratch
from .network import Network

# Updates between two looks at the weights: each costs a few passes over them, and they do not get
# far meanwhile.
INTERVAL = 16


class WeightAverage:
    """Follows a network's weights with their average, which usually answers better.

    The weights of late steps jump to and fro around a place that their average lies near to. How
    far back it should reach grows with the training: the weights after step t are taken in with
    the share 1 / (share * t), so that all but a fading rest of it are from the last `share` of the
    steps so far (polynomial-decay averaging; Shamir, Zhang: Stochastic gradient descent for
    non-smooth optimization, 2013, section 4, with 1 / share - 1 as its η).

    Parameters
    ----------
    network
        Whose weights are followed.
    share
        Which part of the training it reaches back over, 0 to 1; 0 for no average.

    Attributes
    ----------
    network : Network
        One with the average as its weights; the followed network itself without an average.
    """

    def __init__(self, network: Network, share: float) -> None:
        self.share = share
        self.network = network.copy() if share else network
        self._followed = network
        self._scratch = [Scratch() for _ in network.parameters]

    def update(self, step: int) -> None:
        """Take in the weights after update number `step`, now and then."""
        # In the beginning the newest weights are by far the best ones.
        if not self.share or (step > INTERVAL and step % INTERVAL):
            return
        weight = min(1.0, INTERVAL / (self.share * step))
        parameters = zip(self.network.parameters, self._followed.parameters, strict=True)
        for scratch, (average, newest) in zip(self._scratch, parameters, strict=True):
            change = scratch.like(average.value)
            np.subtract(newest.value, average.value, out=change)
            change *= weight
            average.value += change

    @property
    def arrays(self) -> list[FloatArray]:
        """The average itself, layer by layer, which the next update changes; empty without one."""
        return [parameter.value for parameter in self.network.parameters] if self.share else []

    def reset(self) -> None:
        """Begin again with the weights of now."""
        self.load(self._followed.weights())

    def load(self, arrays: Sequence[FloatArray]) -> None:
        """Go on from what ``arrays`` had; without an average nothing is done.

        Raises
        ------
        ValueError
            If they do not fit the network.
        """
        if self.share:
            self.network.load_weights(arrays)

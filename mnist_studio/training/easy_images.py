"""Which training images have become easy, so that the hard ones come more often."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from ..nn.arrays import FloatArray, IntArray

# Probability of the label from which on an image is easy.
EASY_FROM = 0.95

Bools = npt.NDArray[np.bool_]


class EasyImages:
    """Remembers how surely images were answered, and leaves many of the easy ones out.

    After a few epochs a network answers nine images in ten right and surely. They cost as much as
    the others, and their gradient is next to nothing. So an epoch, which stays as long as it is,
    passes over the images several times: each time with all hard ones, and with each of the easy
    ones by chance (Loshchilov and Hutter: Online batch selection for faster training of neural
    networks, 2015; Jiang et al.: Accelerating deep learning by focusing on the biggest losers,
    2019). What an epoch is made of is decided at its beginning.

    Parameters
    ----------
    count : int
        Images of the data set's training part.
    skipped : float
        Share of the easy ones that a pass leaves out, 0 to less than 1; 0 to leave out none.

    Attributes
    ----------
    at_epoch_start, now : ndarray of bool, shape (count,)
        Which of them were easy when the epoch began; which of them are, as each was last seen.
    """

    slots = ("at_epoch_start", "now")
    """Names of the arrays that a run needs to continue."""

    def __init__(self, count: int, skipped: float) -> None:
        self.skipped = skipped
        self.at_epoch_start: Bools = np.zeros(count, np.bool_)
        self.now: Bools = np.zeros(count, np.bool_)

    def order(self, indices: IntArray, rng: np.random.Generator) -> IntArray:
        """Return as many indices, in the order of an epoch; without skipping each comes once.

        Parameters
        ----------
        indices : ndarray of int, shape (n,)
            Of the images to train on.
        rng : numpy.random.Generator
            Source of the order and of what is left out.
        """
        if not self.skipped:
            return rng.permutation(indices)
        passes: list[IntArray] = []
        while sum(map(len, passes)) < len(indices):
            shuffled = rng.permutation(indices)
            left_out = rng.random(len(shuffled)) < self.skipped
            passes.append(shuffled[~(left_out & self.at_epoch_start[shuffled])])
        return np.concatenate(passes)[: len(indices)]

    def answered(self, indices: IntArray, probabilities: FloatArray) -> None:
        """Take note of how surely images were answered.

        Parameters
        ----------
        indices : ndarray of int, shape (n,)
            Which images; of one that is there twice the last answer counts.
        probabilities : ndarray of float32, shape (n,)
            What their labels were given, 0 to 1.
        """
        self.now[indices] = probabilities > EASY_FROM

    def end_epoch(self) -> None:
        """Let the next epoch be made of what is hard now."""
        self.at_epoch_start[:] = self.now

    def state(self) -> dict[str, Bools]:
        """Return copies of what is needed to continue exactly, by name; empty if nothing is."""
        return {name: array.copy() for name, array in self.shared_state().items()}

    def shared_state(self) -> dict[str, Bools]:
        """Return what :meth:`state` does, but the arrays themselves: a batch changes them."""
        return {name: getattr(self, name) for name in self.slots} if self.skipped else {}

    def load_state(self, state: Mapping[str, Bools]) -> None:
        """Continue from what :meth:`state` returned.

        Raises
        ------
        LookupError, ValueError
            If it is missing, or of other images.
        """
        for name, own in self.shared_state().items():
            if own.shape != state[name].shape:
                raise ValueError(f"{len(state[name])} images instead of {len(own)}")
            own[:] = state[name]

"""A part of the training images is written: a pool of digits that is renewed a little every epoch.

To write a digit takes as long as to train on a dozen images, so each is used many times; and
since the augmentation turns and stretches it every time anew, none is seen twice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .registry import CLASSES, PIXELS
from .writing import write_digit

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Keeps the stream of random numbers apart from others that are made of the run's seed.
_STREAM = 0x7772697465
# The pool of the first epoch, and what is new in each of the following, as shares of the written
# digits that an epoch shows. The pool grows until the oldest leave it.
_FIRST, _RENEWED, _LARGEST = 0.3, 0.03, 1.5


class WrittenDigits:
    """Puts written digits in the place of some images of a batch, each of the same digit.

    Which digits can come in an epoch is decided by the seed and the epoch alone, and how each
    looks by its number. They are written when they are first needed; so nothing of the pool has
    to be saved for a run to go on exactly, and no run waits for it at its beginning.

    Parameters
    ----------
    share : float
        Share of the images that are replaced, from 0 to 1.
    images_per_epoch : int
        Images that are trained on in an epoch, which decides how many are written.
    seed : int
        Decides how the digits look.
    rng : numpy.random.Generator
        Decides which images are replaced, and by which of the digits.

    Raises
    ------
    ValueError
        If the share is not between 0 and 1.
    """

    def __init__(
        self, share: float, images_per_epoch: int, seed: int, rng: np.random.Generator
    ) -> None:
        if not 0 <= share <= 1:
            raise ValueError(
                f"The share of written digits is {share}: choose a number from 0 to 1."
            )
        self.share = share
        self.seed = seed
        self.rng = rng
        # In rounds: each has one of every digit.
        per_epoch = share * images_per_epoch / CLASSES
        self._first, self._renewed, self._largest = (
            max(1, round(part * per_epoch)) for part in (_FIRST, _RENEWED, _LARGEST)
        )
        # Number n has the place n modulo the size of the pool, once it is written.
        size = CLASSES * self._largest if share else 0
        self._numbers = np.full(size, -1)
        self._images = np.empty((size, PIXELS), np.uint8)

    def apply(
        self, images: NDArray[np.uint8], labels: NDArray[np.integer[Any]], epoch: int
    ) -> None:
        """Replace a random part of the images, in place.

        Parameters
        ----------
        images : ndarray of uint8, shape (n, 784)
            A batch that belongs to the caller; light digits on black.
        labels : ndarray of int, shape (n,)
            The digits they show, before and after.
        epoch : int
            Epochs that were trained before.
        """
        if self.share == 0:
            return
        chosen = np.flatnonzero(self.rng.random(len(labels)) < self.share)
        newest = self._first + epoch * self._renewed
        oldest = max(0, newest - self._largest)
        rounds = self.rng.integers(oldest, newest, len(chosen))
        images[chosen] = self._written(CLASSES * rounds + labels[chosen])

    def _written(self, numbers: NDArray[np.int64]) -> NDArray[np.uint8]:
        """Return the digits of these numbers, shape (n, 784); the last figure says which digit."""
        places = numbers % len(self._numbers)
        for number, place in zip(numbers.tolist(), places.tolist(), strict=True):
            if self._numbers[place] != number:
                rng = np.random.default_rng([self.seed, number, _STREAM])
                self._images[place] = write_digit(number % CLASSES, rng)
                self._numbers[place] = number
        return self._images[places]

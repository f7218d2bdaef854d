"""Images that are written while training: pools that are renewed a little every epoch.

To write a digit takes as long as to train on a dozen images, so each is used many times; and
since the augmentation turns and stretches it every time anew, none is seen twice.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from .registry import CLASSES, PIXELS
from .writing import write_digit, write_non_digit

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Keep the streams of random numbers apart from each other and from others of the run's seed.
_DIGIT_STREAM, _NON_DIGIT_STREAM = 0x7772697465, 0x6F74686572
# The pool of the first epoch, and what is new in each of the following, as shares of the written
# images that an epoch shows. The pool grows until the oldest leave it.
_FIRST, _RENEWED, _LARGEST = 0.3, 0.03, 1.5


class _Pool:
    """Images that are written when they are first needed.

    Which can come in an epoch is decided by the epoch alone, and how each looks by the seed and
    its number; so nothing of the pool has to be saved for a run to go on exactly, and no run
    waits for it at its beginning.
    """

    def __init__(
        self,
        kinds: int,
        per_epoch: float,
        write: Callable[[int, np.random.Generator], NDArray[np.uint8]],
        seeds: tuple[int, int],
    ) -> None:
        self._kinds = kinds
        self._write = write
        self._seed, self._stream = seeds
        # In rounds: each has one of every kind.
        self._first, self._renewed, self._largest = (
            max(1, round(part * per_epoch / kinds)) for part in (_FIRST, _RENEWED, _LARGEST)
        )
        # Number n has the place n modulo the size of the pool, once it is written.
        size = kinds * self._largest if per_epoch else 0
        self._numbers = np.full(size, -1)
        self._images = np.empty((size, PIXELS), np.uint8)

    def draw(
        self, kinds: NDArray[np.integer[Any]], epoch: int, rng: np.random.Generator
    ) -> NDArray[np.uint8]:
        """Return a random image of each of these kinds.

        Parameters
        ----------
        kinds : ndarray of int, shape (n,)
            From 0.
        epoch : int
            Epochs that were trained before, which decide what there is to choose from.
        rng : numpy.random.Generator
            Chooses.

        Returns
        -------
        ndarray of uint8, shape (n, 784)
        """
        newest = self._first + epoch * self._renewed
        oldest = max(0, newest - self._largest)
        numbers = self._kinds * rng.integers(oldest, newest, len(kinds)) + kinds
        places = numbers % len(self._numbers)
        for number, place in zip(numbers.tolist(), places.tolist(), strict=True):
            if self._numbers[place] != number:
                own = np.random.default_rng([self._seed, number, self._stream])
                self._images[place] = self._write(number % self._kinds, own)
                self._numbers[place] = number
        images: NDArray[np.uint8] = self._images[places]
        return images


def _check(share: float) -> None:
    if not 0 <= share <= 1:
        raise ValueError(f"The share of written images is {share}: choose a number from 0 to 1.")


class WrittenDigits:
    """Puts written digits in the place of some images of a batch, each of the same digit.

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
        _check(share)
        self.share = share
        self.rng = rng
        seeds = seed, _DIGIT_STREAM
        self._pool = _Pool(CLASSES, share * images_per_epoch, write_digit, seeds)

    def apply(
        self, images: NDArray[np.uint8], labels: NDArray[np.integer[Any]], epoch: int
    ) -> NDArray[np.bool_]:
        """Replace a random part of the images, in place.

        Parameters
        ----------
        images : ndarray of uint8, shape (n, 784)
            A batch that belongs to the caller; light digits on black.
        labels : ndarray of int, shape (n,)
            The digits they show, before and after.
        epoch : int
            Epochs that were trained before.

        Returns
        -------
        ndarray of bool, shape (n,)
            Which images are replaced.
        """
        if self.share == 0:
            return np.zeros(len(labels), np.bool_)
        chosen = self.rng.random(len(labels)) < self.share
        images[chosen] = self._pool.draw(labels[chosen], epoch, self.rng)
        return chosen


class NonDigits:
    """Images of what is no digit, to be added to a batch.

    Parameters
    ----------
    share : float
        How many are added, as a share of the batch, from 0 to 1.
    images_per_epoch : int
        Images that are trained on in an epoch, which decides how many are written.
    seed : int
        Decides how they look.
    rng : numpy.random.Generator
        Decides which are added.

    Raises
    ------
    ValueError
        If the share is not between 0 and 1.
    """

    def __init__(
        self, share: float, images_per_epoch: int, seed: int, rng: np.random.Generator
    ) -> None:
        _check(share)
        self.share = share
        self.rng = rng
        seeds = seed, _NON_DIGIT_STREAM
        self._pool = _Pool(1, share * images_per_epoch, lambda _, rng: write_non_digit(rng), seeds)

    def most(self, count: int) -> int:
        """Return how many are added to a batch of `count` images at most."""
        return math.ceil(self.share * count)

    def draw(self, count: int, epoch: int) -> NDArray[np.uint8]:
        """Return those for a batch of `count` images; how many is right on average.

        Parameters
        ----------
        count : int
            Images of the batch.
        epoch : int
            Epochs that were trained before.

        Returns
        -------
        ndarray of uint8, shape (m, 784)
            Light on black.
        """
        if self.share == 0:
            return np.empty((0, PIXELS), np.uint8)
        m = int(self.share * count + self.rng.random())
        return self._pool.draw(np.zeros(m, np.intp), epoch, self.rng)

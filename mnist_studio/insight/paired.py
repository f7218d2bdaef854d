"""Two networks on the same images: who is right where the other is wrong, and whether by chance."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..training.answers import Answers


@dataclass(frozen=True, eq=False)
class Pairing:
    """Answers of two networks to the same images, by class.

    Attributes
    ----------
    both, first, second, neither : ndarray of int64, shape (classes,)
        Images of each class that both, only the first, only the second, or neither recognizes.
    """

    both: npt.NDArray[np.int64]
    first: npt.NDArray[np.int64]
    second: npt.NDArray[np.int64]
    neither: npt.NDArray[np.int64]

    @property
    def p_value(self) -> float:
        """How likely networks that are equally good differ at least so much; 1 if they agree."""
        return mcnemar(int(self.first.sum()), int(self.second.sum()))


def pair(first: Answers, second: Answers) -> Pairing:
    """Join two networks' answers by image.

    Raises
    ------
    ValueError
        If they did not answer for the same images in the same order.
    """
    if not np.array_equal(first.indices, second.indices):
        raise ValueError("The answers are to other images; ask both networks for the same ones.")
    one, other = (each.predicted == each.labels for each in (first, second))
    classes = first.logits.shape[1]

    def by_class(kept: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
        return np.bincount(first.labels[kept], minlength=classes).astype(np.int64)

    return Pairing(
        by_class(one & other),
        by_class(one & ~other),
        by_class(other & ~one),
        by_class(~one & ~other),
    )


def mcnemar(only_first: int, only_second: int) -> float:
    """Return the two-sided p-value of McNemar's exact test.

    Images on which both are right or wrong say nothing of the difference; of the others each is
    a fair coin if the networks are equally good (McNemar: Note on the sampling error of the
    difference between correlated proportions, 1947; exact by the binomial distribution as in
    Dietterich: Approximate statistical tests for comparing supervised classification learning
    algorithms, 1998).

    Parameters
    ----------
    only_first, only_second : int
        Images that only the one or only the other gets right.
    """
    differing, fewer = only_first + only_second, min(only_first, only_second)
    ways = total = 1  # binomial coefficients, in whole numbers since 2 ** -10_000 is no float
    for k in range(fewer):
        ways = ways * (differing - k) // (k + 1)
        total += ways
    return min(1.0, 2.0 * _ratio(total, differing))


def _ratio(total: int, exponent: int) -> float:
    """Return total / 2 ** exponent."""
    shift = max(0, total.bit_length() - 64)
    return math.ldexp(float(total >> shift), shift - exponent)

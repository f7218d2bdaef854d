"""Set part of the training images aside for validation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False, slots=True)
class Split:
    """Which training images to learn from and which to validate with.

    Attributes
    ----------
    train_indices, validation_indices : ndarray of int32
        Sorted, disjoint, together all images; read-only.
    """

    train_indices: NDArray[np.int32]
    validation_indices: NDArray[np.int32]


def split(labels: NDArray[np.uint8], fraction: float, seed: int) -> Split:
    """Choose a stratified validation part: every class gives its share.

    Parameters
    ----------
    labels : ndarray of uint8, shape (n,)
        Labels of the training images.
    fraction : float
        Share of the images to validate with, 0 <= fraction < 1; with 0 the part is empty.
    seed : int
        The same labels, fraction and seed (>= 0) always give the same split.

    Returns
    -------
    Split
        With ``round(fraction * n)`` validation images; each class gives its exact share,
        rounded up or down.

    Raises
    ------
    ValueError
        The fraction lies outside of [0, 1).
    """
    if not 0.0 <= fraction < 1.0:
        raise ValueError(f"The validation fraction must be at least 0 and below 1, not {fraction}.")
    generator = np.random.default_rng(seed)
    chosen = np.zeros(len(labels), dtype=bool)
    classes, sizes = np.unique(labels, return_counts=True)
    for label, count in zip(classes, _shares(sizes, fraction), strict=True):
        members = np.flatnonzero(labels == label)
        chosen[generator.permutation(members)[:count]] = True
    return Split(_frozen_indices(~chosen), _frozen_indices(chosen))


def _shares(sizes: NDArray[np.int64], fraction: float) -> NDArray[np.int64]:
    """Return how many of each class to take, by the largest-remainder method."""
    exact = sizes * fraction
    shares: NDArray[np.int64] = np.floor(exact).astype(np.int64)
    missing = round(float(sizes.sum()) * fraction) - int(shares.sum())
    # A stable sort, so that equal remainders go to the lower class on every machine.
    shares[np.argsort(shares - exact, kind="stable")[:missing]] += 1
    return shares


def _frozen_indices(mask: NDArray[np.bool_]) -> NDArray[np.int32]:
    indices = np.flatnonzero(mask).astype(np.int32)
    indices.flags.writeable = False
    return indices

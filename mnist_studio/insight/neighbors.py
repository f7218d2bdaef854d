"""The images that are most like one: in pixels, or in what a hidden layer makes of them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ..cancel import Cancelled, check, never
from ..data.pixels import unit_range
from ..nn.arrays import FloatArray
from ..nn.network import Network

# Rows that are compared at once: as floating-point numbers they stay in the processor's cache.
CHUNK = 2000


class Neighbor(NamedTuple):
    """An image near another one.

    Attributes
    ----------
    image : int
        Its index.
    distance : float
        Euclidean, in the units of the space.
    """

    image: int
    distance: float


def nearest(
    image: npt.NDArray[np.uint8],
    images: npt.NDArray[np.uint8],
    count: int,
    network: Network | None = None,
    cancelled: Cancelled = never,
) -> tuple[Neighbor, ...]:
    """Return the images nearest to one, the nearest first; of equally near ones the first.

    The squared distances are |a|² - 2 a·b + |b|², whose middle term is one matrix product.

    Parameters
    ----------
    image : ndarray of uint8, shape (784,)
        The one that others are compared with.
    images : ndarray of uint8, shape (n, 784)
        The others.
    count : int
        How many to return, at most.
    network : Network, optional
        If given, what its last hidden layer makes of the images is compared, not the pixels;
        without a hidden layer its logits are.
    cancelled : callable, optional
        See :mod:`~mnist_studio.cancel`.

    Raises
    ------
    WorkCancelled
        If `cancelled` returned True.
    """
    goal = _represent(image[np.newaxis], network)[0]
    squares = np.empty(len(images), np.float32)
    with np.errstate(all="ignore"):
        for start in range(0, len(images), CHUNK):
            check(cancelled)
            rows = _represent(images[start : start + CHUNK], network)
            squares[start : start + CHUNK] = np.einsum("ij,ij->i", rows, rows) - 2 * (rows @ goal)
        squares += np.float32(goal @ goal)
        order = np.argsort(squares, kind="stable")[:count]
        distances = np.sqrt(np.maximum(squares[order], 0))
    return tuple(map(Neighbor, order.tolist(), distances.tolist()))


def _represent(images: npt.NDArray[np.uint8], network: Network | None) -> FloatArray:
    pixels = unit_range(images)
    if network is None:
        return pixels
    with np.errstate(all="ignore"):
        return network.activations(pixels)[-2:][0]

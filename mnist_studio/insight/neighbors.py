"""The images that are most like one: in pixels, or in what a hidden layer makes of them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ..cancel import Cancelled, check, never
from ..data.pixels import unit_range
from ..nn.arrays import FloatArray
from ..nn.network import Network

# Images that are compared at once: what a layer makes of them stays in the processor's cache.
CHUNK = 500
# Of one layer's outputs that are kept: those of 1,024 units for the 60,000 images of MNIST.
MOST_BYTES = 2**27
# How far numbers may be off, as a part of them: those that are kept, and those that are not.
_HALVED, _WHOLE = 2.0**-8, 1e-5


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


class Neighborhood:
    """Images among which the nearest to another one are found, again and again.

    Of a network's outputs as much is kept as has room, so that the first question costs a forward
    pass of all images, and the next ones the distances alone; those that may be among the nearest
    for all that rounding tells are measured again without it. One thread may ask at a time; what
    is called off has kept what it came to.

    Parameters
    ----------
    images : ndarray of uint8, shape (n, 784)
        The images; never written to.
    network : Network, optional
        If given, what its last hidden layer makes of the images is compared, not the pixels;
        without a hidden layer its logits are. A snapshot: its weights stay as they are.

    Attributes
    ----------
    images : ndarray of uint8, shape (n, 784)
    network : Network or None
    """

    def __init__(self, images: npt.NDArray[np.uint8], network: Network | None = None) -> None:
        self.images = images
        self.network = network
        self._kept: dict[int, npt.NDArray[np.uint16]] = {}

    def nearest(
        self, image: npt.NDArray[np.uint8], count: int, cancelled: Cancelled = never
    ) -> tuple[Neighbor, ...]:
        """Return the images nearest to one, the nearest first; of equally near ones the first.

        Parameters
        ----------
        image : ndarray of uint8, shape (784,)
            The one that others are compared with.
        count : int
            How many to return, at most.
        cancelled : callable, optional
            See :mod:`~mnist_studio.cancel`.

        Raises
        ------
        WorkCancelled
            If `cancelled` returned True.
        """
        with np.errstate(all="ignore"):
            goal = self._represent(image[np.newaxis])[0]
            rounded = np.empty(len(self.images), np.float32)
            for start in range(0, len(rounded), CHUNK):
                check(cancelled)
                rounded[start : start + CHUNK] = _distances(self._rows(start), goal)
            likely = self._likely(rounded, float(np.linalg.norm(goal)), count)
            distances = np.empty(len(likely), np.float32)
            # One by one, as `image` itself: in a matrix product some processors round equal rows
            # differently, depending on where they stand. It would take long for very many.
            size = 1 if len(likely) <= CHUNK else CHUNK
            for start in range(0, len(likely), size):
                check(cancelled)
                here = slice(start, start + size)
                distances[here] = _distances(self._represent(self.images[likely[here]]), goal)
        order = np.argsort(distances, kind="stable")[:count]
        return tuple(map(Neighbor, likely[order].tolist(), distances[order].tolist()))

    def _likely(self, rounded: FloatArray, length: float, count: int) -> npt.NDArray[np.intp]:
        """Return which images may be the nearest, given rounded distances from a point.

        A row is no longer than the way from the origin to the point, of this length, and from
        there to the row; it is off by a part of that, and so is its distance.
        """
        if count >= len(rounded):
            return np.arange(len(rounded))
        off = (_WHOLE if self.network is None else _HALVED) * (rounded + length)
        furthest = np.partition(rounded + off, count - 1)[count - 1]
        return np.flatnonzero(~(rounded - off > furthest))  # so is what is no number

    def _rows(self, start: int) -> FloatArray:
        kept = self._kept.get(start)
        if kept is not None:
            return _widened(kept)
        rows = self._represent(self.images[start : start + CHUNK])
        if self.network is not None and start * rows[0].nbytes // 2 < MOST_BYTES:
            self._kept[start] = _halved(rows)
        return rows

    def _represent(self, images: npt.NDArray[np.uint8]) -> FloatArray:
        pixels = unit_range(images)
        return pixels if self.network is None else self.network.activations(pixels)[-2:][0]


def _distances(rows: FloatArray, goal: FloatArray) -> FloatArray:
    apart = rows - goal
    # Not a matrix product: for so little its threads would wait for one another.
    distances: FloatArray = np.sqrt(np.einsum("ij,ij->i", apart, apart))
    return distances


def _halved(rows: FloatArray) -> npt.NDArray[np.uint16]:
    """Return the upper halves of float32 numbers, rounded: their full range, in half the memory.

    NumPy widens float16 many times slower than these, and it ends at 65,504.
    """
    bits = np.ascontiguousarray(rows, np.float32).view(np.uint32)
    return ((bits + np.uint32(0x8000)) >> 16).astype(np.uint16)


def _widened(halves: npt.NDArray[np.uint16]) -> FloatArray:
    return np.left_shift(halves, 16, dtype=np.uint32).view(np.float32)

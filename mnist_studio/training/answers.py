"""One walk of a network over images: its answers, of which all figures are made."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from ..cancel import Cancelled, Progress, check, never, untold
from ..data.pixels import unit_range
from ..nn.arrays import FloatArray
from ..nn.losses import cross_entropy, softmax
from ..nn.network import Network

Distort = Callable[[npt.NDArray[np.uint8], npt.NDArray[np.integer[Any]], FloatArray], FloatArray]
"""Given images, their indices and where to put the result: returns them changed, 0 to 1."""

# Chunks of this size stay in the processor's cache on their way through the network.
CHUNK = 500


@dataclass(frozen=True, eq=False)
class Answers:
    """What a network says of n images; what follows from the logits is computed when asked for.

    Attributes
    ----------
    indices : ndarray of int, shape (n,)
        Which images.
    labels : ndarray of uint8, shape (n,)
        Their true classes.
    logits : ndarray of float32, shape (n, classes)
        Not finite if the weights have exploded.
    hidden : tuple of ndarray of float32, each of shape (n, units)
        What every hidden layer gave, the first one first; empty unless wished.
    """

    indices: npt.NDArray[np.integer[Any]]
    labels: npt.NDArray[np.uint8]
    logits: FloatArray
    hidden: tuple[FloatArray, ...] = ()

    @cached_property
    def predicted(self) -> npt.NDArray[np.intp]:
        """The class of the largest logit, shape (n,); for a tie the first."""
        predicted: npt.NDArray[np.intp] = self.logits.argmax(axis=1)
        return predicted

    @cached_property
    @np.errstate(all="ignore")
    def probabilities(self) -> FloatArray:
        """What each class was given, shape (n, classes), 0 to 1."""
        return softmax(self.logits)

    @cached_property
    @np.errstate(all="ignore")
    def losses(self) -> FloatArray:
        """Cross-entropy of every image in nats, shape (n,)."""
        return cross_entropy(self.logits, self.labels)


def ask(
    network: Network,
    images: npt.NDArray[np.uint8],
    labels: npt.NDArray[np.uint8],
    indices: npt.NDArray[np.integer[Any]] | None = None,
    *,
    hidden: bool = False,
    distort: Distort | None = None,
    progress: Progress = untold,
    cancelled: Cancelled = never,
) -> Iterator[Answers]:
    """Show a network images in chunks; there is time for something else after each.

    Parameters
    ----------
    network : Network
        Used without dropout; its training buffers stay as they are.
    images : ndarray of uint8, shape (m, 784)
    labels : ndarray of uint8, shape (m,)
    indices : ndarray of int, shape (n,), optional
        Which images; all by default.
    hidden : bool
        Whether to keep what the hidden layers gave.
    distort : callable, optional
        Changes the images before they are shown.
    progress, cancelled : callable, optional
        See :mod:`~mnist_studio.cancel`; counted in images.

    Yields
    ------
    Answers
        To at most `CHUNK` images each; a single one, to none, if there are no images.

    Raises
    ------
    WorkCancelled
        If `cancelled` returned True.
    """
    total = len(labels) if indices is None else len(indices)
    buffer = np.empty((min(CHUNK, total), images.shape[1]), np.float32)
    for start in range(0, total, CHUNK) or range(1):
        check(cancelled)
        end = min(start + CHUNK, total)
        chosen: slice | npt.NDArray[np.integer[Any]] = (
            slice(start, end) if indices is None else indices[start:end]
        )
        which = np.arange(start, end) if isinstance(chosen, slice) else chosen
        out = buffer[: end - start]
        pixels = distort(images[chosen], which, out) if distort else unit_range(images[chosen], out)
        # Exploded weights overflow here; the logits say so, which is enough.
        with np.errstate(all="ignore"):
            *kept, logits = network.activations(pixels) if hidden else [network.logits(pixels)]
        progress(end, total)
        yield Answers(which, labels[chosen], logits, tuple(kept))


def gather(parts: Iterable[Answers]) -> Answers:
    """Return the answers of a whole walk as one."""
    rows = [(part.indices, part.labels, part.logits, *part.hidden) for part in parts]
    indices, labels, logits, *hidden = map(np.concatenate, zip(*rows, strict=True))
    return Answers(indices, labels, logits, tuple(hidden))

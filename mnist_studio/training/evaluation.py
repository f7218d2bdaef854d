"""Loss and accuracy of a network on many images."""

from __future__ import annotations

from collections.abc import Generator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ..nn.network import Network
from .events import EvaluationAdvanced

# Chunks of this size stay in the processor's cache on their way through the network.
CHUNK = 500


class Evaluation(NamedTuple):
    """Figures of one evaluation; NaN where there were no images.

    Attributes
    ----------
    loss : float
        Mean cross-entropy in nats, without penalty.
    accuracy : float
        Share of images classified correctly, 0 to 1.
    """

    loss: float
    accuracy: float


def evaluate(
    network: Network,
    images: npt.NDArray[np.uint8],
    labels: npt.NDArray[np.uint8],
    indices: npt.NDArray[np.integer] | None = None,
) -> Generator[EvaluationAdvanced, None, Evaluation]:
    """Evaluate in chunks, with an event after each, so that it can be left in between.

    Parameters
    ----------
    network : Network
        Used without dropout; its training buffers stay as they are.
    images : ndarray of uint8, shape (n, 784)
    labels : ndarray of uint8, shape (n,)
    indices : ndarray of int, optional
        Which images; all by default.

    Returns
    -------
    Evaluation
        The generator's return value.
    """
    total = len(labels) if indices is None else len(indices)
    loss, correct = 0.0, 0
    buffer = np.empty((min(CHUNK, total), images.shape[1]), np.float32)
    for start in range(0, total, CHUNK):
        end = min(start + CHUNK, total)
        chosen: slice | npt.NDArray[np.integer] = (
            slice(start, end) if indices is None else indices[start:end]
        )
        pixels = buffer[: end - start]
        np.copyto(pixels, images[chosen])
        pixels *= np.float32(1 / 255)
        # Exploded weights overflow here; the loss says so, which is enough.
        with np.errstate(all="ignore"):
            chunk_loss, chunk_correct = network.evaluate_batch(pixels, labels[chosen])
        loss += chunk_loss
        correct += chunk_correct
        yield EvaluationAdvanced(end, total)
    if not total:
        return Evaluation(np.nan, np.nan)
    return Evaluation(loss / total, correct / total)


def evaluate_at_once(
    network: Network, images: npt.NDArray[np.uint8], labels: npt.NDArray[np.uint8]
) -> Evaluation:
    """Evaluate without stopping on the way; see :func:`evaluate`."""
    steps = evaluate(network, images, labels)
    while True:
        try:
            next(steps)
        except StopIteration as end:
            result: Evaluation = end.value
            return result

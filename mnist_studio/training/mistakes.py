"""What a network takes for what: the confusion matrix and its worst mistakes."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ..nn.network import Network
from .config import CLASSES
from .evaluation import CHUNK
from .events import EvaluationAdvanced


class Mistake(NamedTuple):
    """An image that was taken for another class.

    Attributes
    ----------
    image : int
        Index of the image.
    label : int
        Its true class.
    predicted : int
        The class that it was taken for.
    probability : float
        What the network gave that class, 0 to 1; NaN of a network with spoilt weights.
    """

    image: int
    label: int
    predicted: int
    probability: float


@dataclass(frozen=True, eq=False)
class Mistakes:
    """How a network does, class by class.

    Attributes
    ----------
    confusion : ndarray of int64, shape (10, 10)
        Number of images by true class (row) and predicted class (column).
    worst : tuple of Mistake
        The surest wrong answers, the worst first.
    """

    confusion: npt.NDArray[np.int64]
    worst: tuple[Mistake, ...]

    @property
    def accuracy(self) -> float:
        """Share of images classified correctly, 0 to 1; NaN without images."""
        total = int(self.confusion.sum())
        return int(np.trace(self.confusion)) / total if total else float("nan")


def find_mistakes(
    network: Network,
    images: npt.NDArray[np.uint8],
    labels: npt.NDArray[np.uint8],
    worst: int = 20,
) -> Generator[EvaluationAdvanced, None, Mistakes]:
    """Classify in chunks, with an event after each, so that it can be left in between.

    Parameters
    ----------
    network : Network
        Used without dropout; its training buffers stay as they are.
    images : ndarray of uint8, shape (n, 784)
    labels : ndarray of uint8, shape (n,)
    worst : int
        How many mistakes to keep.

    Returns
    -------
    Mistakes
        The generator's return value.
    """
    total = len(labels)
    predicted = np.empty(total, np.int64)
    probabilities = np.empty(total, np.float64)
    for start in range(0, total, CHUNK):
        part = slice(start, min(start + CHUNK, total))
        pixels = images[part] * np.float32(1 / 255)
        # Exploded weights overflow here; the probabilities say so, which is enough.
        with np.errstate(all="ignore"):
            answers = network.predict_probabilities(pixels)
        predicted[part] = answers.argmax(axis=1)
        probabilities[part] = answers.max(axis=1)
        yield EvaluationAdvanced(part.stop, total)
    cells = labels.astype(np.int64) * CLASSES + predicted
    confusion = np.bincount(cells, minlength=CLASSES**2).reshape(CLASSES, CLASSES)
    wrong = np.flatnonzero(predicted != labels)
    # Stable, so that equally sure ones come in the order of the images; NaN goes to the end.
    order = wrong[np.argsort(-probabilities[wrong], kind="stable")][:worst]
    mistakes = tuple(
        Mistake(int(k), int(labels[k]), int(predicted[k]), float(probabilities[k])) for k in order
    )
    return Mistakes(confusion.astype(np.int64), mistakes)


def find_mistakes_at_once(
    network: Network,
    images: npt.NDArray[np.uint8],
    labels: npt.NDArray[np.uint8],
    worst: int = 20,
) -> Mistakes:
    """Classify without stopping on the way; see :func:`find_mistakes`."""
    steps = find_mistakes(network, images, labels, worst)
    while True:
        try:
            next(steps)
        except StopIteration as end:
            result: Mistakes = end.value
            return result

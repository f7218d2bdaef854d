"""Loss and accuracy of a network on many images."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from ..nn.network import Network
from .answers import Answers, ask


@dataclass(eq=False)
class Evaluation:
    """Figures of the answers that were added; NaN without any.

    Attributes
    ----------
    counts : ndarray of int64, shape (classes, classes)
        How many there are by true class (row) and predicted class (column); empty before any.
    total_loss : float
        Sum of their cross-entropies in nats, without penalty.
    """

    counts: npt.NDArray[np.int64] = field(default_factory=lambda: np.zeros((0, 0), np.int64))
    total_loss: float = 0.0

    def add(self, answers: Answers) -> None:
        """Count these answers, too."""
        counts = count_answers(answers)
        self.counts = self.counts + counts if self.counts.size else counts
        self.total_loss += float(answers.losses.sum(dtype=np.float64))

    @property
    def images(self) -> int:
        """How many images there are."""
        return int(self.counts.sum())

    @property
    def correct(self) -> int:
        """How many of them are classified correctly."""
        return int(self.counts.trace())

    @property
    def loss(self) -> float:
        """Mean cross-entropy in nats, without penalty."""
        return self.total_loss / self.images if self.images else np.nan

    @property
    def accuracy(self) -> float:
        """Share of images classified correctly, 0 to 1."""
        return self.correct / self.images if self.images else np.nan

    @property
    def score(self) -> tuple[float, float] | None:
        """What the best epoch is chosen by, larger is better; None without images."""
        return (self.accuracy, -self.loss) if self.images else None


def count_answers(answers: Answers) -> npt.NDArray[np.int64]:
    """Return the number of images by true class (row) and predicted class (column)."""
    classes = answers.logits.shape[1]
    cells = answers.labels * np.int64(classes) + answers.predicted
    return np.bincount(cells, minlength=classes**2).reshape(classes, classes)


def loss_shown(evaluation: Evaluation, network: Network) -> float:
    """Return the loss that was evaluated, or NaN if the weights of a network are spoilt.

    They are looked at, too, since it may be their average that was evaluated. Without any images
    there is no loss: 0 if the weights are sound.
    """
    if not all(np.isfinite(each.value).all() for each in network.parameters):
        return np.nan
    return evaluation.loss if evaluation.images else 0.0


def evaluate(
    network: Network, images: npt.NDArray[np.uint8], labels: npt.NDArray[np.uint8]
) -> Evaluation:
    """Return how a network does on images; see :func:`~mnist_studio.training.answers.ask`."""
    evaluation = Evaluation()
    for answers in ask(network, images, labels):
        evaluation.add(answers)
    return evaluation

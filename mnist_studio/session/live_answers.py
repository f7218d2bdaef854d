"""What the network in view answers to one part of the images, kept up to date while one looks."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from PySide6.QtCore import QObject

from ..cancel import Cancelled
from .inquirer import Inquirer, Work
from .live_figure import LiveFigure
from .run_in_view import RunInView
from .session import Session

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from ..data.dataset import Dataset
    from ..nn.network import Network
    from ..training.answers import Answers
    from ..training.config import DataConfig


class Part(StrEnum):
    """Which images of a data set."""

    VALIDATION = "validation"
    TEST = "test"


@dataclass(frozen=True, eq=False)
class AnsweredPart:
    """A network and its answers to all images of a part.

    Attributes
    ----------
    part : Part
        Of which images.
    dataset : Dataset
        Whose.
    images : ndarray of uint8, shape (m, 784)
        Where the indices of the answers point.
    network : Network
        The snapshot that was asked.
    answers : Answers
        Of n of the images.
    """

    part: Part
    dataset: Dataset
    images: npt.NDArray[np.uint8]
    network: Network
    answers: Answers


class LiveAnswers(LiveFigure):
    """Answers of the newest network to all images of a part.

    Parameters
    ----------
    session : Session
        Whose network answers.
    inquirer : Inquirer
        Computes the answers.

    Attributes
    ----------
    part : Part
        What is wanted.
    """

    def __init__(self, session: Session, inquirer: Inquirer, parent: QObject | None = None) -> None:
        super().__init__(session, inquirer, "answers", self._work, parent)
        self.part = Part.VALIDATION

    @property
    def answered(self) -> AnsweredPart | None:
        """The last answers; None if there are none of the run in view to the part wanted."""
        return cast("AnsweredPart | None", self.answer)

    def choose(self, part: Part) -> None:
        """Ask about other images."""
        if part != self.part:
            self.part = part
            self.forget()

    def _work(self, run: RunInView, dataset: Dataset) -> Work:
        return partial(answer_part, run.network, dataset, self.part, run.config.data)


class PartImages(NamedTuple):
    """The images of a part.

    Attributes
    ----------
    images : ndarray of uint8, shape (m, 784)
    labels : ndarray of uint8, shape (m,)
    indices : ndarray of int, shape (n,)
        Which of them belong to the part.
    """

    images: npt.NDArray[np.uint8]
    labels: npt.NDArray[np.uint8]
    indices: npt.NDArray[np.integer[Any]]


def images_of(dataset: Dataset, part: Part, config: DataConfig) -> PartImages:
    """Return the images of a part as a run split the data set."""
    import numpy as np

    from ..data.split import split

    if part is Part.TEST:
        labels = dataset.test_labels
        return PartImages(dataset.test_images, labels, np.arange(len(labels)))
    labels = dataset.train_labels
    chosen = split(labels, config.validation_fraction, config.split_seed).validation_indices
    return PartImages(dataset.train_images, labels, chosen)


def answer_part(
    network: Network, dataset: Dataset, part: Part, config: DataConfig, cancelled: Cancelled
) -> AnsweredPart:
    """Return a network's answers to the images of a part.

    Parameters
    ----------
    config : DataConfig
        How the run split the data set.
    cancelled : callable
        See :mod:`~mnist_studio.cancel`.

    Raises
    ------
    WorkCancelled
        If `cancelled` returned True.
    """
    from ..training.answers import ask, gather

    images, labels, indices = images_of(dataset, part, config)
    answers = gather(ask(network, images, labels, indices, cancelled=cancelled))
    return AnsweredPart(part, dataset, images, network, answers)

"""The parts of a data set as a run splits it, and what a network answers to one of them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ..cancel import Cancelled, never
from ..data.dataset import Dataset
from ..data.split import split
from ..nn.network import Network
from .answers import Answers, ask, gather
from .config import DataConfig


class Part(StrEnum):
    """Which images of a data set."""

    VALIDATION = "validation"
    TEST = "test"


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


def images_of(dataset: Dataset, part: Part, config: DataConfig) -> PartImages:
    """Return the images of a part as a run split the data set; for validation it may have none."""
    if part is Part.TEST:
        labels = dataset.test_labels
        return PartImages(dataset.test_images, labels, np.arange(len(labels)))
    labels = dataset.train_labels
    chosen = split(labels, config.validation_fraction, config.split_seed).validation_indices
    return PartImages(dataset.train_images, labels, chosen)


def unseen_images(
    dataset: Dataset, config: DataConfig, most: int | None = None
) -> tuple[Part, PartImages]:
    """Return images that a run does not learn from: for validation, or for the test if none are.

    Parameters
    ----------
    dataset : Dataset
        Of the run.
    config : DataConfig
        How the run split it.
    most : int, optional
        How many to return, the first ones; all by default.
    """
    part = Part.VALIDATION
    found = images_of(dataset, part, config)
    if not len(found.indices):
        part = Part.TEST
        found = images_of(dataset, part, config)
    return part, found._replace(indices=found.indices[:most])


def answer_part(
    network: Network,
    dataset: Dataset,
    part: Part,
    config: DataConfig,
    cancelled: Cancelled = never,
) -> AnsweredPart:
    """Return a network's answers to the images of a part.

    Parameters
    ----------
    network : Network
    dataset : Dataset
    part : Part
        Of the data set.
    config : DataConfig
        How the run split it.
    cancelled : callable, optional
        See :mod:`~mnist_studio.cancel`.

    Raises
    ------
    WorkCancelled
        If `cancelled` returned True.
    """
    images, labels, indices = images_of(dataset, part, config)
    answers = gather(ask(network, images, labels, indices, cancelled=cancelled))
    return AnsweredPart(part, dataset, images, network, answers)

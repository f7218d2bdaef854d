"""Which of the answered images to look at, and in which order."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ..training.answers import Answers


class Order(StrEnum):
    """What comes first."""

    LOSS = "loss"  # the largest
    PROBABILITY = "probability"  # the surest answer
    IMAGE = "image"  # the lowest index


class Choice(NamedTuple):
    """Conditions that an image has to meet; None stands for any.

    Attributes
    ----------
    true : int, optional
        Its class.
    predicted : int, optional
        The class that it is taken for.
    right : bool, optional
        Whether it is recognized.
    """

    true: int | None = None
    predicted: int | None = None
    right: bool | None = None


def choose(answers: Answers, choice: Choice, order: Order = Order.LOSS) -> npt.NDArray[np.intp]:
    """Return which rows of the answers meet a choice, in order.

    Of equal ones the first comes first; what is not a number, of spoilt weights, comes last.
    """
    kept = np.ones(len(answers.labels), bool)
    if choice.true is not None:
        kept &= answers.labels == choice.true
    if choice.predicted is not None:
        kept &= answers.predicted == choice.predicted
    if choice.right is not None:
        kept &= (answers.predicted == answers.labels) == choice.right
    rows = np.flatnonzero(kept)
    keys: dict[Order, Callable[[], npt.NDArray[Any]]] = {
        Order.LOSS: lambda: -answers.losses[rows],
        Order.PROBABILITY: lambda: -answers.probabilities[rows].max(axis=1),
        Order.IMAGE: lambda: answers.indices[rows],
    }
    return rows[np.argsort(keys[order](), kind="stable")]


class AnsweredImage(NamedTuple):
    """An image and what a network says of it.

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
    loss : float
        Cross-entropy in nats.
    """

    image: int
    label: int
    predicted: int
    probability: float
    loss: float


def answered(answers: Answers, rows: npt.NDArray[np.intp] | list[int]) -> tuple[AnsweredImage, ...]:
    """Return what these rows say, one by one."""
    columns = (
        answers.indices[rows].tolist(),
        answers.labels[rows].tolist(),
        answers.predicted[rows].tolist(),
        answers.probabilities[rows].max(axis=1).tolist(),
        answers.losses[rows].tolist(),
    )
    return tuple(map(AnsweredImage, *columns))


def worst_mistakes(answers: Answers, count: int) -> tuple[AnsweredImage, ...]:
    """Return the surest wrong answers, the worst first, at most `count`."""
    rows = choose(answers, Choice(right=False), Order.PROBABILITY)
    return answered(answers, rows[:count])

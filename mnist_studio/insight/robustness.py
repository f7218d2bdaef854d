"""How a network does on images that are made harder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ..cancel import Cancelled, Progress, never, untold
from ..data.distortion import STRENGTHS, Distorter, Distortion
from ..nn.network import Network
from ..training.answers import Answers, ask, gather
from ..training.evaluation import Evaluation

Images = npt.NDArray[np.uint8]
Robustness = Mapping[Distortion, tuple[float, ...]]
"""Accuracies, 0 to 1, at the `STRENGTHS` of each distortion."""
Indices = npt.NDArray[np.integer[Any]]


@dataclass(frozen=True, eq=False)
class DistortedImages:
    """Some images as a network was shown them, and what it said.

    Attributes
    ----------
    pixels : ndarray of float32, shape (n, 784)
        Grey levels from 0 to 1.
    answers : Answers
        To these.
    """

    pixels: npt.NDArray[np.float32]
    answers: Answers


def accuracy_at(
    network: Network,
    images: Images,
    labels: Images,
    indices: Indices | None,
    distorter: Distorter,
    cancelled: Cancelled = never,
) -> float:
    """Return the share of images, 0 to 1, that are recognized when they are distorted.

    Parameters
    ----------
    network : Network
    images : ndarray of uint8, shape (m, 784)
    labels : ndarray of uint8, shape (m,)
    indices : ndarray of int, shape (n,), optional
        Which images; all by default.
    distorter : Distorter
        What is done to them.
    cancelled : callable, optional
        See :mod:`~mnist_studio.cancel`.

    Returns
    -------
    float
        NaN without images.
    """
    evaluation = Evaluation()
    for answers in ask(network, images, labels, indices, distort=distorter, cancelled=cancelled):
        evaluation.add(answers)
    return evaluation.accuracy


def robustness(
    network: Network,
    images: Images,
    labels: Images,
    *,
    progress: Progress = untold,
    cancelled: Cancelled = never,
) -> Robustness:
    """Return the accuracies at all `STRENGTHS` of all distortions; see :func:`accuracy_at`.

    The progress is counted in strengths.
    """
    total, done = sum(map(len, STRENGTHS.values())), 0
    found = {}
    for kind, strengths in STRENGTHS.items():
        accuracies = []
        for strength in strengths:
            distorter = Distorter(kind, strength)
            accuracies.append(accuracy_at(network, images, labels, None, distorter, cancelled))
            done += 1
            progress(done, total)
        found[kind] = tuple(accuracies)
    return found


def look_at(
    network: Network, images: Images, labels: Images, indices: Indices, distorter: Distorter
) -> DistortedImages:
    """Return a few images as :func:`accuracy_at` shows them to a network, and its answers."""
    answers = gather(ask(network, images, labels, indices, distort=distorter))
    return DistortedImages(distorter(images[indices], indices), answers)


def some_of_each_class(labels: Images, indices: Indices, count: int) -> Indices:
    """Return `count` of the images, the first of each class before the second of each, and so on.

    Parameters
    ----------
    labels : ndarray of uint8, shape (m,)
    indices : ndarray of int, shape (n,)
        Which images there are to choose from.
    """
    chosen = labels[indices]
    order = np.argsort(chosen, kind="stable")
    classes = chosen[order]
    rank = np.empty(len(order), np.intp)
    rank[order] = np.arange(len(order)) - np.searchsorted(classes, classes)
    rows: Indices = indices[np.lexsort((chosen, rank))[:count]]
    return rows

"""A saved run's answers to the test part of its data set, and to what it was validated with."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ..cancel import Cancelled, Progress, check, never, untold
from ..data.dataset import Dataset
from ..data.split import split
from ..nn.network import Network
from ..runs.opened import open_run
from ..training.answers import Answers, ask, gather
from ..training.config import DataConfig


def measure(
    path: Path,
    load: Callable[[str], Dataset],
    progress: Progress = untold,
    cancelled: Cancelled = never,
) -> tuple[Dataset, Answers]:
    """Let the kept weights of a run answer for all test images of its data set.

    Parameters
    ----------
    path : Path
        Its file.
    load : callable
        How to get a data set by its name.
    progress, cancelled : callable, optional
        See :mod:`~mnist_studio.cancel`; counted in images.

    Returns
    -------
    tuple of Dataset and Answers
        The data set of the run, and the answers to its test part.

    Raises
    ------
    CheckpointError, DataError
        If the run or its data set cannot be read.
    WorkCancelled
        If `cancelled` returned True.
    """
    run = open_run(path)
    check(cancelled)
    dataset = load(run.checkpoint.config.data.dataset)
    answers = ask(
        run.network,
        dataset.test_images,
        dataset.test_labels,
        progress=progress,
        cancelled=cancelled,
    )
    return dataset, gather(answers)


def ask_validation(
    network: Network, dataset: Dataset, config: DataConfig, cancelled: Cancelled = never
) -> Answers:
    """Let a network answer for the images that its run was validated with; there may be none.

    Parameters
    ----------
    network : Network
    dataset : Dataset
        Of the run.
    config : DataConfig
        How the run split it.
    cancelled : callable, optional
        See :mod:`~mnist_studio.cancel`.

    Raises
    ------
    WorkCancelled
        If `cancelled` returned True.
    """
    labels = dataset.train_labels
    indices = split(labels, config.validation_fraction, config.split_seed).validation_indices
    return gather(ask(network, dataset.train_images, labels, indices, cancelled=cancelled))

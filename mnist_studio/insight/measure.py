"""A saved run's answers to the test part of its data set."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ..cancel import Cancelled, Progress, check, never, untold
from ..data.dataset import Dataset
from ..runs.opened import open_run
from ..training.answers import Answers, ask, gather


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

"""Confusion matrices for people: how they are measured, scaled alike, and put into words."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QCoreApplication

from ..number_text import grouped, percentage

if TYPE_CHECKING:
    from ...data.dataset import Dataset


class Confusion(NamedTuple):
    """What a network takes for what.

    Attributes
    ----------
    counts : tuple of tuple of int
        Number of images by true class (row) and predicted class (column).
    names : tuple of str
        What the classes are called.
    """

    counts: tuple[tuple[int, ...], ...]
    names: tuple[str, ...]

    @property
    def total(self) -> int:
        """Images in all."""
        return sum(map(sum, self.counts))

    @property
    def wrong(self) -> int:
        """Images that are taken for another class."""
        return self.total - sum(row[k] for k, row in enumerate(self.counts))

    def share(self, true: int, predicted: int) -> float:
        """Return which part of a class is taken for a class, 0 to 1; 0 of an empty class."""
        size = sum(self.counts[true])
        return self.counts[true][predicted] / size if size else 0.0

    def worst(self) -> tuple[int, int] | None:
        """Return the most frequent mistake, or None if there is none."""
        wrong = [
            (count, -true, -predicted)
            for true, row in enumerate(self.counts)
            for predicted, count in enumerate(row)
            if count and true != predicted
        ]
        if not wrong:
            return None
        _, true, predicted = max(wrong)
        return -true, -predicted


class Scale(NamedTuple):
    """How counts become colors, the same for all matrices in view.

    Attributes
    ----------
    weakest : float
        The smallest share of a class that is recognized: the palest on the diagonal.
    worst : float
        The largest share of a class that is taken for one other: the fullest mistake.
    """

    weakest: float = 0.0
    worst: float = 1.0


def scale_of(matrices: Iterable[Confusion]) -> Scale:
    """Return the scale on which all of these can be told apart."""
    weakest, worst = 1.0, 0.0
    for matrix in matrices:
        for true, row in enumerate(matrix.counts):
            if not sum(row):
                continue
            weakest = min(weakest, matrix.share(true, true))
            worst = max(
                worst, *(matrix.share(true, other) for other in range(len(row)) if other != true)
            )
    return Scale(weakest, worst)


def measure(
    path: Path,
    datasets: dict[str, Dataset],
    tell: Callable[[int, int], None],
    cancelled: Callable[[], bool],
) -> Confusion:
    """Let the kept weights of a run answer for the test part of its data set.

    Parameters
    ----------
    path : Path
        Its file.
    datasets : dict of Dataset
        Those that are loaded already, by name; its own is added.
    tell, cancelled : callable
        See :class:`~mnist_studio.ui.task.Task`.

    Raises
    ------
    CheckpointError, DataError
        If the run or its data set cannot be read.
    ReportCancelled
        If that is wished.
    """
    from ...data.loading import load
    from ...report.cancel import check
    from ...training.mistakes import find_mistakes
    from ...training.opened import open_run

    run = open_run(path)
    check(cancelled)
    name = run.checkpoint.config.data.dataset
    if name not in datasets:
        datasets[name] = load(name)
    data = datasets[name]
    steps = find_mistakes(run.network, data.test_images, data.test_labels, worst=0)
    while True:
        check(cancelled)
        try:
            step = next(steps)
        except StopIteration as end:
            counts = end.value.confusion.tolist()
            return Confusion(tuple(map(tuple, counts)), data.class_names)
        tell(step.done, step.total)


# --- words ---------------------------------------------------------------------------------


def _tr(text: str) -> str:
    return QCoreApplication.translate("confusion", text)


def _named(name: str) -> str:
    """Return a class as it stands in a sentence."""
    if name == "8":
        return _tr("an {0}").format(name)
    return _tr("a {0}").format(name) if name.isdecimal() else name


def describe_cell(matrix: Confusion, true: int, predicted: int) -> str:
    """Return e.g. ``a 4 taken for a 9: 12 times``."""
    count = matrix.counts[true][predicted]
    name = _named(matrix.names[true])
    if true == predicted:
        return _tr("{0} recognized: {1} of {2} times").format(
            name, grouped(count), grouped(sum(matrix.counts[true]))
        )
    text = {0: _tr("{0} taken for {1}: never"), 1: _tr("{0} taken for {1}: once")}.get(
        count, _tr("{0} taken for {1}: {2} times")
    )
    return text.format(name, _named(matrix.names[predicted]), grouped(count))


def describe_matrix(matrix: Confusion) -> str:
    """Return how many images are taken for another class, and the most frequent mistake."""
    worst = matrix.worst()
    if worst is None:
        return _tr("All of {0} test images recognized").format(grouped(matrix.total))
    return _tr("{0} of {1} wrong ({2}); most often {3}").format(
        grouped(matrix.wrong),
        grouped(matrix.total),
        percentage(matrix.wrong / matrix.total),
        describe_cell(matrix, *worst),
    )

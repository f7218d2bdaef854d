"""Runs that differ by nothing but their seed, as one group with mean and deviation."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ..runs.header import RunHeader
from ..runs.store import RunRecord
from ..training.events import EpochEnded
from ..training.status import FailureKind, RunStatus
from ..training.variation import relevant_values

_SEED = "seed"


@dataclass(frozen=True)
class Statistic:
    """Several measurements of one figure.

    Attributes
    ----------
    n : int
        How many there are; those that are not a number do not count.
    mean, minimum, maximum : float
        NaN without any.
    deviation : float
        Sample standard deviation (divided by n - 1); NaN for fewer than two.
    """

    n: int = 0
    mean: float = math.nan
    deviation: float = math.nan
    minimum: float = math.nan
    maximum: float = math.nan


def statistic(values: Iterable[float]) -> Statistic:
    """Return mean and deviation of the values that are numbers."""
    numbers = [float(value) for value in values if not math.isnan(value)]
    if not numbers:
        return Statistic()
    n = len(numbers)
    # Clipped, since the rounded mean of equal numbers may lie outside of them.
    mean = min(max(math.fsum(numbers) / n, min(numbers)), max(numbers))
    if n == 1 or math.isinf(mean):
        return Statistic(n, mean, math.nan, min(numbers), max(numbers))
    squares = math.fsum((value - mean) ** 2 for value in numbers)
    return Statistic(n, mean, math.sqrt(squares / (n - 1)), min(numbers), max(numbers))


def _of_epoch(epoch: EpochEnded | None, name: str) -> float:
    return math.nan if epoch is None else float(getattr(epoch, name))


FIGURES: Mapping[str, Callable[[RunHeader], float]] = {
    "validation_accuracy": lambda run: _of_epoch(run.best, "validation_accuracy"),
    "test_accuracy": lambda run: run.test.accuracy if run.test else math.nan,
    "train_loss": lambda run: _of_epoch(run.last, "train_loss"),
    "validation_loss": lambda run: _of_epoch(run.best, "validation_loss"),
    "best_epoch": lambda run: _of_epoch(run.best, "epoch"),
    "epochs": lambda run: float(run.epochs),
    "updates": lambda run: float(run.step),
    "seconds": lambda run: run.seconds,
}
"""How each figure is read from a run; accuracies from 0 to 1, NaN where there is none.

Validation loss and accuracy are those of the best epoch, whose weights are kept and tested; the
training loss is that of the last epoch.
"""


@dataclass(frozen=True)
class Group:
    """Runs with the same settings but for the seed.

    Attributes
    ----------
    values : dict
        Settings by name that have an effect, without the seed.
    runs : tuple of RunRecord
        All of them, in the order given.
    counted : tuple of RunRecord
        Those that count in means: one of each seed, complete if there are such; none that failed.
    figures : dict of Statistic
        By the names of :data:`FIGURES`, over the runs that count.
    diverged, failed, unfinished : int
        Runs whose loss exploded, that failed for another reason, and that are not complete.
    """

    values: dict[str, Any]
    runs: tuple[RunRecord, ...]
    counted: tuple[RunRecord, ...]
    figures: dict[str, Statistic]
    diverged: int
    failed: int
    unfinished: int


def group_runs(runs: Iterable[RunRecord]) -> list[Group]:
    """Put runs together that differ by nothing but their seed.

    Returns
    -------
    list of Group
        In the order of their first runs.
    """
    found: dict[tuple[Any, ...], list[RunRecord]] = {}
    for run in runs:
        header = run.header
        values = relevant_values(header.config)
        del values[_SEED]
        # A fork shares settings with others, but not where it began; nobody knows what a run
        # shares whose file has settings that are ignored.
        key = (*values.items(), header.parent, header.origin, header.ignored)
        found.setdefault(key, []).append(run)
    return [_group(members) for members in found.values()]


def _group(runs: list[RunRecord]) -> Group:
    values = relevant_values(runs[0].header.config)
    del values[_SEED]
    counted = _one_of_each_seed(runs)
    failures = [run.header.failure.kind for run in runs if run.header.failure]
    diverged = failures.count(FailureKind.DIVERGED)
    failed = sum(run.header.status is RunStatus.FAILED for run in runs) - diverged
    ended = (RunStatus.COMPLETED, RunStatus.FAILED)
    return Group(
        values,
        tuple(runs),
        counted,
        {name: statistic(read(run.header) for run in counted) for name, read in FIGURES.items()},
        diverged,
        failed,
        sum(run.header.status not in ended for run in runs),
    )


def _one_of_each_seed(runs: list[RunRecord]) -> tuple[RunRecord, ...]:
    """Return the runs to average over: a repetition of the same seed adds no knowledge.

    Complete runs are preferred, as what was stopped early has less than the others.
    """
    usable = [run for run in runs if run.header.status is not RunStatus.FAILED]
    usable = [run for run in usable if run.header.status is RunStatus.COMPLETED] or usable
    return tuple({run.header.config.training.seed: run for run in usable}.values())

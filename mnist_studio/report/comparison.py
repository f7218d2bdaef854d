"""Runs side by side: which settings did best, and whether that means anything."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from ..runs.store import RunRecord
from ..training.variation import declarations, differing
from .aggregate import Group, group_runs
from .noise import Noise, noise_of
from .trends import Trend, trend_of


@dataclass(frozen=True)
class Comparison:
    """Groups of runs, put side by side.

    Attributes
    ----------
    groups : tuple of Group
        All, by the values of what differs where these have an order.
    names : tuple of str
        The settings that differ.
    measure : str
        What is compared: ``validation_accuracy``, or ``test_accuracy`` if nothing was validated.
    noise : Noise
        What chance does to it.
    """

    groups: tuple[Group, ...]
    names: tuple[str, ...]
    measure: str
    noise: Noise

    def score(self, group: Group) -> float:
        """Return the mean accuracy of a group; NaN if none of its runs has one."""
        return group.figures[self.measure].mean

    @property
    def scored(self) -> list[Group]:
        """The groups with an accuracy."""
        return [group for group in self.groups if not math.isnan(self.score(group))]

    @property
    def best(self) -> Group | None:
        """The group of the highest accuracy."""
        return max(self.scored, key=self.score, default=None)

    @property
    def worst(self) -> Group | None:
        """The group of the lowest accuracy."""
        return min(self.scored, key=self.score, default=None)

    @property
    def diverged(self) -> list[Group]:
        """The groups in which every run's loss exploded."""
        return [group for group in self.groups if group.diverged == len(group.runs)]

    @property
    def spread(self) -> float:
        """Accuracy of the best group above that of the worst; NaN without any."""
        scores = [self.score(group) for group in self.scored]
        return max(scores) - min(scores) if scores else math.nan

    def within_noise(self, group: Group) -> bool:
        """Whether a group may be as good as the best."""
        return self.best is not None and self.noise.hides(self.score(self.best) - self.score(group))

    def trend(self) -> Trend | None:
        """Return what the accuracy does along the one setting that differs and has an order."""
        if len(self.names) != 1 or not ordered(self.groups, self.names[0]) or not self.scored:
            return None
        return trend_of([self.score(group) for group in self.scored], self.noise.threshold)

    def along(self, name: str) -> list[Comparison]:
        """Return the groups that differ in `name` alone, for each value of the other setting."""
        (other,) = (each for each in self.names if each != name)
        rows: dict[Any, list[Group]] = {}
        for group in self.groups:
            rows.setdefault(group.values.get(other), []).append(group)
        return [
            Comparison(tuple(row), (name,), self.measure, self.noise)
            for row in rows.values()
            if len(row) > 1
        ]


def compare(runs: Iterable[RunRecord], names: Sequence[str] | None = None) -> Comparison:
    """Put runs side by side, those that differ by their seed alone as one.

    Parameters
    ----------
    runs : iterable of RunRecord
        At least one.
    names : sequence of str, optional
        What a sweep varied; by default all settings that differ.

    Returns
    -------
    Comparison
        Its groups are in order where what differs has one.
    """
    chosen = list(runs)
    if names is None:
        names = differing((run.header.config for run in chosen), ignore=["seed"])
    groups = _sorted(group_runs(chosen), names)
    validated = any(group.figures["validation_accuracy"].n for group in groups)
    tested = any(group.figures["test_accuracy"].n for group in groups)
    measure = "test_accuracy" if tested and not validated else "validation_accuracy"
    return Comparison(tuple(groups), tuple(names), measure, noise_of(groups, measure))


def ordered(groups: Iterable[Group], name: str) -> bool:
    """Whether the values of a setting can be put in order, as numbers can and names cannot."""
    return sort_key(groups, name) is not None


def sort_key(groups: Iterable[Group], name: str) -> Callable[[Group], float] | None:
    """Return by what to sort groups along a setting; None if it has no order."""
    if name == "hidden":
        # Networks of one hidden layer, by its width.
        if all(str(group.values.get(name, "")).isdecimal() for group in groups):
            return lambda group: float(group.values[name])
        return None
    declaration = declarations()[name]
    if declaration.kind is str:
        return None
    return lambda group: float(group.values.get(name, math.inf))


def _sorted(groups: list[Group], names: Sequence[str]) -> list[Group]:
    # From the last name to the first: sorting is stable.
    for name in reversed(names):
        key = sort_key(groups, name)
        if key is not None:
            groups = sorted(groups, key=key)
    return groups

"""Which curves the plots that compare runs draw, in which color, and what they are called."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ...sweeps.run_names import given_name
from ...training.run_length import RunLength
from ...training.variation import differing, relevant_values
from .. import theme
from ..describe import describe_values
from .plotted_run import PlottedRun

if TYPE_CHECKING:
    from ...session.run_row import RunRow
    from ...training.history import History


def plotted_runs(
    rows: Sequence[RunRow],
    history_of: Callable[[Path], History | None],
    *,
    average_seeds: bool = True,
) -> list[PlottedRun]:
    """Return what to draw for these runs.

    Parameters
    ----------
    rows : sequence of RunRow
        In the order of the legend.
    history_of : callable
        Returns the curves of a run, or None as long as they are not loaded.
    average_seeds : bool
        Whether runs that differ by their seed alone become one curve with a band.
    """
    found: list[PlottedRun] = []
    for group in named_groups(rows, average_seeds=average_seeds):
        histories = tuple(
            history for row in group.rows if (history := history_of(row.path)) and history.step
        )
        if histories:
            found.append(_plotted(group, histories))
    return found


class NamedGroup(NamedTuple):
    """Runs that are drawn as one.

    Attributes
    ----------
    rows : sequence of RunRow
        One, or one for each seed.
    token : str
        Color of the theme.
    label : str
        What it is called in a legend.
    """

    rows: Sequence[RunRow]
    token: str
    label: str


def named_groups(rows: Sequence[RunRow], *, average_seeds: bool = True) -> list[NamedGroup]:
    """Return what is drawn of these runs: colors and names that tell them apart.

    Parameters
    ----------
    rows : sequence of RunRow
        In the order of the legend.
    average_seeds : bool
        Whether runs that differ by their seed alone are drawn as one.
    """
    groups = group_seeds(rows) if average_seeds else [[row] for row in rows]
    averaged = any(len(group) > 1 for group in groups)
    names = differing([row.config for row in rows], ignore=("seed",) if averaged else ())
    found: list[NamedGroup] = []
    colors: Counter[int] = Counter()
    for group, label in zip(groups, _labels(groups, names), strict=True):
        color = group[0].label.color
        found.append(NamedGroup(group, theme.run_token(color, colors[color]), label))
        colors[color] += 1
    return found


def group_seeds(rows: Iterable[RunRow]) -> list[list[RunRow]]:
    """Return runs in groups that differ by their seed alone, each where its first run was.

    A run that was trained twice with the same seed stands beside itself.
    """
    groups: dict[Hashable, list[RunRow]] = {}
    for row in rows:
        values = relevant_values(row.config)
        seed = values.pop("seed")
        origin = row.header.origin if row.header else None
        for copy in itertools.count():
            group = groups.setdefault((tuple(values.items()), origin, copy), [])
            if all(each.config.training.seed != seed for each in group):
                group.append(row)
                break
    return list(groups.values())


def _plotted(group: NamedGroup, histories: tuple[History, ...]) -> PlottedRun:
    length = RunLength.planned(group.rows[0].config.training, histories[0].train_size)
    return PlottedRun(
        key=tuple(row.path for row in group.rows),
        histories=histories,
        token=group.token,
        label=group.label,
        total_steps=length.total_steps,
        ended=not any(row.status.open for row in group.rows),
    )


def _labels(groups: Sequence[Sequence[RunRow]], names: Sequence[str]) -> list[str]:
    """Return what each group is called; no two groups are called the same."""
    found = [_label(group, names) for group in groups]
    times = Counter(found)
    return [
        label if times[label] == 1 else f"{label} ({_place(group[0])})"
        for label, group in zip(found, groups, strict=True)
    ]


def _label(group: Sequence[RunRow], names: Sequence[str]) -> str:
    """Return the name that the user has given, else what makes a group differ from the others."""
    first = group[0]
    given = {given_name(row.label, row.config) for row in group}
    if len(given) == 1 and (name := given.pop()):
        return name
    return describe_values(first.config, names) or first.title


def _place(row: RunRow) -> str:
    return row.path.stem if row.number is None else f"{row.number}"

"""Which curves the plots that compare runs draw, in which color, and what they are called."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Hashable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ...training.status import RunStatus
from ...training.variation import differing, relevant_values
from ...training.work import planned_steps
from .. import theme
from ..describe import describe_values
from ..plots.plotted_run import PlottedRun

if TYPE_CHECKING:
    from ...session.run_row import RunRow
    from ...training.history import History

_OPEN = (RunStatus.QUEUED, RunStatus.RUNNING, RunStatus.PAUSED)


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
    groups = group_seeds(rows) if average_seeds else [[row] for row in rows]
    averaged = any(len(group) > 1 for group in groups)
    names = differing([row.config for row in rows], ignore=("seed",) if averaged else ())
    found = []
    for group in groups:
        histories = tuple(
            history for row in group if (history := history_of(row.path)) and history.step
        )
        if histories:
            found.append(_plotted(group, histories, names))
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


def _plotted(
    group: Sequence[RunRow], histories: tuple[History, ...], names: Sequence[str]
) -> PlottedRun:
    first = group[0]
    return PlottedRun(
        key=tuple(row.path for row in group),
        histories=histories,
        token=theme.run_token(first.label.color),
        label=_label(group, names),
        total_steps=planned_steps(first.config.training, histories[0].train_size),
        ended=all(row.status not in _OPEN for row in group),
    )


def _label(group: Sequence[RunRow], names: Sequence[str]) -> str:
    """Return the user's own name for a run, else what makes it differ from the others."""
    first = group[0]
    named_by_user = first.label.name and not first.label.sweep
    if len(group) == 1 and (named_by_user or not names):
        return first.title
    return describe_values(first.config, names) or first.title

"""How fast settings will train on this computer, by what was trained here before."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from ...training.run_length import step_work

if TYPE_CHECKING:
    from ...session.run_row import RunRow
    from ...training.config import RunConfig

# Seconds per unit of work on a usual laptop: 784-256-10 with batches of 20 at 50,000 images/s.
_USUAL_COST = 7e-11
_LATEST = 5  # runs, since the computer may have had others at work before


class Pace(NamedTuple):
    """How many images are trained in a second, and whether that is a guess."""

    images_per_second: float
    guessed: bool


def pace_of(config: RunConfig, rows: Sequence[RunRow]) -> Pace:
    """Return the pace of settings.

    Parameters
    ----------
    config : RunConfig
        The settings.
    rows : sequence of RunRow
        All runs by number. The latest ones with the same network and optimizer tell the pace;
        without any it is a guess by others, or by a usual computer.

    Returns
    -------
    Pace
    """
    costs, alike = [], []
    for row in rows:
        header = row.header
        if header is None or not header.step or header.seconds <= 0:
            continue
        costs.append(header.seconds / (header.step * step_work(row.config)))
        same_optimizer = row.config.training.optimizer == config.training.optimizer
        if row.config.model == config.model and same_optimizer:
            alike.append(costs[-1])
    found = (alike or costs)[-_LATEST:]
    cost = statistics.median(found) if found else _USUAL_COST
    return Pace(config.training.batch_size / (cost * step_work(config)), guessed=not alike)

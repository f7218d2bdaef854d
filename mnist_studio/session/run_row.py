"""One run as the window lists it: what its file says, or what is known while it trains."""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..training.config import RunConfig
from ..training.status import Failure, RunStatus

if TYPE_CHECKING:
    from ..runs.header import RunHeader
    from ..runs.label import RunLabel
    from ..training.history import History


@dataclass(frozen=True)
class RunRow:
    """A run of the library.

    Attributes
    ----------
    path : Path
        Its file; a queued run's is only reserved.
    label : RunLabel
        What the user says about it.
    config : RunConfig
        As it was started, or will be.
    status : RunStatus
        Now: a run that nobody trains any more is not ``RUNNING``.
    header : RunHeader, optional
        Its figures; None while it is queued.
    progress : float, optional
        How much of it is done, 0 to 1, while it is queued or trains.
    failure : Failure, optional
        Why it failed, if it did.
    """

    path: Path
    label: RunLabel
    config: RunConfig
    status: RunStatus
    header: RunHeader | None = None
    progress: float | None = None
    failure: Failure | None = None

    @functools.cached_property
    def number(self) -> int | None:
        """Its number; None for a file that was put there under another name."""
        from ..runs.label import run_number

        return run_number(self.path)

    @property
    def title(self) -> str:
        """What it is called: its name, else its number or its file's name."""
        from ..runs.label import run_title

        return run_title(self.path, self.label)

    @property
    def color(self) -> str:
        """Token of its color in the theme."""
        return f"run_{self.label.color + 1}"

    @property
    def epochs(self) -> int | None:
        """Finished epochs."""
        return self.header.epochs if self.header else None

    @property
    def validation_accuracy(self) -> float | None:
        """Of the best epoch, 0 to 1; None before its end and without a validation part."""
        if self.header is None or self.header.best is None:
            return None
        accuracy = self.header.best.validation_accuracy
        return None if math.isnan(accuracy) else accuracy

    @property
    def test_accuracy(self) -> float | None:
        """Of the kept weights, 0 to 1; None before they are measured."""
        return self.header.test.accuracy if self.header and self.header.test else None

    @property
    def seconds(self) -> float | None:
        """Training time."""
        return self.header.seconds if self.header else None

    @property
    def started(self) -> float | None:
        """When it began, in seconds since 1970."""
        return (self.header.started or None) if self.header else None


def order(row: RunRow) -> tuple[bool, int, str]:
    """Return the sort key of the usual order: by number, then files of other names."""
    number = row.number
    return number is None, number or 0, row.path.name


def live_header(
    config: RunConfig, history: History, status: RunStatus, before: RunHeader | None
) -> RunHeader:
    """Return the figures of a run that trains, from its curves.

    Parameters
    ----------
    config : RunConfig
        As it was started.
    history : History
        Its curves so far.
    status : RunStatus
        Its state.
    before : RunHeader, optional
        What its file says, for what the curves do not tell.
    """
    import numpy as np

    from ..runs.header import RunHeader

    epochs = history.epoch_count
    best = np.flatnonzero(history.epoch_column("best"))
    return RunHeader(
        config=config,
        status=status,
        step=history.step,
        train_size=history.train_size,
        seconds=history.duration,
        started=before.started if before else 0.0,
        origin=history.origin,
        parent=before.parent if before else "",
        epochs=epochs,
        best=history.epoch(int(best[-1])) if len(best) else None,
        last=history.epoch(epochs - 1) if epochs else None,
        test=history.test,
        versions=before.versions if before else {},
        ignored=before.ignored if before else (),
    )

"""The runs that differ from the one in view in nothing but the seed, asked one after another."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from ...insight.seeds import differ_in_seed_only
from ...session.inquirer import Work
from ...session.library import RunLibrary
from ...session.run_in_view import RunInView
from ...training.status import RunStatus
from .against_work import AskedRun, ask_run, count_seeds

if TYPE_CHECKING:
    from ...data.dataset import Dataset
    from .against_work import Predicted


class SeedAnswers:
    """Knows which networks have been asked, and what to ask next.

    Each is a question of its own, so that other views get their turn between two of them and the
    card can say how many are left. A run that goes on is asked again.

    Parameters
    ----------
    library : RunLibrary
        Where the runs are.
    """

    def __init__(self, library: RunLibrary) -> None:
        self._library = library
        self._dataset: Dataset | None = None
        self._known: dict[tuple[Path, int], Predicted | None] = {}
        self._runs: tuple[tuple[Path, int], ...] = ()

    def find(self, run: RunInView | None) -> int:
        """Look for the runs; return how many there are, the one in view among them."""
        by_seed = {
            row.config.training.seed: (row.path, row.header.step)
            for row in self._library.rows
            if row.header is not None
            and row.header.epochs
            and not row.status.active
            and row.status is not RunStatus.FAILED  # whose network answers anything
            and run is not None
            and differ_in_seed_only(row.config, run.config)
        }
        self._runs = tuple(by_seed.values())
        return 1 + len(self._runs)

    @property
    def asked(self) -> int:
        """How many of them have been asked."""
        return sum(each in self._known for each in self._runs)

    def next_work(self, run: RunInView, dataset: Dataset) -> Work:
        """Return what asks the next network, or counts when all have been asked."""
        if dataset is not self._dataset:
            self._dataset = dataset
            self._known.clear()
        for path, step in self._runs:
            if (path, step) not in self._known:
                return partial(ask_run, path, step, dataset, run.config.data)
        known = (self._known[each] for each in self._runs)
        others = [each for each in known if each is not None]
        return partial(count_seeds, run.network, others, dataset, run.config.data)

    def take(self, answer: AskedRun) -> bool:
        """Keep what a network answered; return whether that was not known."""
        key = (answer.path, answer.step)
        new = key not in self._known
        self._known[key] = answer.predicted
        return new

"""How a run comes to be listed: by what its file says, or by whoever trains it here."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ..training.run_length import RunLength
from ..training.status import RunStatus
from .library_worker import KnownRun
from .live_runs import LiveRuns
from .run_row import RunRow, live_header

if TYPE_CHECKING:
    from ..runs.header import RunHeader
    from ..runs.label import RunLabel


class RowMaker:
    """Makes the rows of runs, and those of runs at rest but once.

    Parameters
    ----------
    live : LiveRuns
        What is trained or queued here, which counts more than the files.
    """

    def __init__(self, live: LiveRuns) -> None:
        self._live = live
        # A thousand rows are not made anew ten times a second because one run trains.
        self._made: dict[Path, tuple[KnownRun, RunLabel, RunRow]] = {}

    def row(self, path: Path, label: RunLabel | None, known: KnownRun | None) -> RunRow | None:
        """Return the row of a run, or None as long as not enough is known.

        Parameters
        ----------
        path : Path
            The run's file.
        label : RunLabel, optional
            What the user says about it; None while that is on its way.
        known : KnownRun, optional
            What its files say, if they have been read.
        """
        if label is None:
            return None
        live = self._live.training.get(path)
        if live is not None:
            header = live_header(
                live.config, live.history, live.status, known.header if known else None
            )
            progress = None if live.ended else live.progress
            return RunRow(path, label, live.config, live.status, header, progress)
        if path in self._live.queued:
            return RunRow(path, label, self._live.queued[path], RunStatus.QUEUED, None, 0.0)
        if known is None or known.header is None:
            return None
        header, status = known.header, known.header.status
        made = self._made.get(path)
        if made is None or made[0] is not known or made[1] is not label:
            share = _share_done(header) if status.active else None
            row = RunRow(path, label, header.config, status, header, share, header.failure)
            made = self._made[path] = (known, label, row)
        return made[2]


def _share_done(header: RunHeader) -> float:
    """Return how much of a run is done, 0 to 1, as far as its file tells."""
    length = RunLength.planned(header.config.training, header.train_size)
    return length.share_done(header.step, header.seconds)

"""What a run file says of itself, read without its curves and weights."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..archive import Archive
from ..training.config import RunConfig
from ..training.events import EpochEnded, FinalEvaluation
from ..training.history import Origin, epoch_of_row
from ..training.position import Position
from ..training.status import Failure, RunStatus
from .checkpoint import HISTORY, read_run
from .schema import EPOCHS, TEST, check_epochs, check_test


@dataclass(frozen=True)
class RunHeader:
    """A run in a few figures.

    Attributes
    ----------
    config : RunConfig
        As it was started.
    status : RunStatus
        Now: one whose process has ended before its time is ``INTERRUPTED``.
    step : int
        Updates made.
    train_size : int
        Images in its training part.
    seconds : float
        Training time.
    started : float
        When it began, in seconds since 1970; 0 if it is not known.
    failure : Failure, optional
        Why it failed, if it did.
    origin : Origin
        Where it began, if it was forked.
    parent : str
        Name of the run that it was forked from, or empty.
    epochs : int
        Finished epochs, a last part of one included.
    best, last : EpochEnded, optional
        The best epoch by validation, whose weights are kept, and the last one.
    test : FinalEvaluation, optional
        The kept weights on the test part.
    versions : dict of str
        Of the programs that trained it.
    ignored : tuple of str
        Settings that it once had and that cannot be used here.
    """

    config: RunConfig
    status: RunStatus
    step: int
    train_size: int
    seconds: float
    started: float = 0.0
    failure: Failure | None = None
    origin: Origin = field(default_factory=Origin)
    parent: str = ""
    epochs: int = 0
    best: EpochEnded | None = None
    last: EpochEnded | None = None
    test: FinalEvaluation | None = None
    versions: dict[str, str] = field(default_factory=dict)
    ignored: tuple[str, ...] = ()


def read_header(path: Path) -> RunHeader:
    """Read a run file's header and results; takes a fifth of a millisecond.

    Raises
    ------
    CheckpointError
        If the file is missing, damaged, or not a run of MNIST Studio.
    """
    return read_run(path, _header)


def _header(header: dict[str, Any], archive: Archive) -> RunHeader:
    position: Position = header["position"]
    epochs, test = archive.read(f"{HISTORY}epochs", EPOCHS), archive.read(f"{HISTORY}test", TEST)
    check_epochs(epochs, position.step)
    check_test(test)
    rows = [epoch_of_row(row) for row in epochs.T]
    return RunHeader(
        config=header["config"],
        status=header["status"],
        step=position.step,
        train_size=position.train_size,
        seconds=position.seconds,
        started=position.started,
        failure=header["failure"],
        origin=position.origin,
        parent=position.parent,
        epochs=len(rows),
        best=next((row for row in reversed(rows) if row.best), None),
        last=rows[-1] if rows else None,
        test=FinalEvaluation(*test.tolist()) if test.size else None,
        versions=header["versions"],
        ignored=header["ignored"],
    )

"""What a run file says of itself, read without its curves and weights."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from .checkpoint import HISTORY, open_archive
from .config import RunConfig
from .events import EpochEnded, FinalEvaluation
from .history import Origin, epoch_of_row
from .status import RunStatus


@dataclass(frozen=True)
class RunHeader:
    """A run in a few figures.

    Attributes
    ----------
    config : RunConfig
        As it was started.
    status : RunStatus
        ``RUNNING`` in a file that nobody writes any more means it was killed.
    step : int
        Updates made.
    train_size : int
        Images in its training part.
    seconds : float
        Training time.
    started : float
        When it began, in seconds since 1970; 0 if it is not known.
    failure : str
        Why it failed, in a sentence; empty unless it did.
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
    """

    config: RunConfig
    status: RunStatus
    step: int
    train_size: int
    seconds: float
    started: float = 0.0
    failure: str = ""
    origin: Origin = field(default_factory=Origin)
    parent: str = ""
    epochs: int = 0
    best: EpochEnded | None = None
    last: EpochEnded | None = None
    test: FinalEvaluation | None = None
    versions: dict[str, str] = field(default_factory=dict)


def read_header(path: Path) -> RunHeader:
    """Read a run file's header and results; takes a fifth of a millisecond.

    Raises
    ------
    CheckpointError
        If the file is missing, damaged, or not a run of MNIST Studio.
    """
    with open_archive(path) as (header, archive):
        epochs, test = archive[f"{HISTORY}epochs"], archive[f"{HISTORY}test"]
        rows = [epoch_of_row(row) for row in epochs.T]
        position = header["position"]
        return RunHeader(
            config=header["config"],
            status=header["status"],
            step=int(position["step"]),
            train_size=int(position["train_size"]),
            seconds=float(position["seconds"]),
            started=float(position.get("started", 0.0)),
            failure=str(header.get("failure", "")),
            origin=Origin(*position.get("origin", ())),
            parent=str(position.get("parent", "")),
            epochs=len(rows),
            best=next((row for row in reversed(rows) if row.best), None),
            last=rows[-1] if rows else None,
            test=FinalEvaluation(*test.tolist()) if test.shape != (0,) else None,
            versions=dict(header.get("versions", {})),
        )

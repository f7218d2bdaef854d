"""Every point of the curves of runs, as one tidy CSV file."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from ..cancel import Cancelled, Progress, check, never, untold
from ..files import replace_file
from ..runs.checkpoint_history import read_history
from ..runs.store import RunRecord
from ..training.history import History
from .spreadsheet import guard

COLUMNS = (
    "run",
    "title",
    "batch",
    "images",
    "epochs",
    "seconds",
    "learning_rate",
    "loss",
    "train_loss",
    "train_accuracy",
    "validation_loss",
    "validation_accuracy",
)
_EPOCH_COLUMNS = COLUMNS[-4:]
_ROWS_AT_ONCE = 10_000


def write_curves(
    path: Path,
    runs: Sequence[RunRecord],
    progress: Progress = untold,
    cancelled: Cancelled = never,
    *,
    read: Callable[[Path], History] = read_history,
) -> None:
    """Write a row for every batch of every run.

    The figures of an epoch are in the row of its last batch. A forked run's batches, images,
    epochs and seconds go on from where it began. Numbers are written in as few digits as give the
    recorded ones back.

    Parameters
    ----------
    path : Path
        Replaced when the file is complete.
    runs : sequence of RunRecord
    progress, cancelled : callable, optional
        See :mod:`~mnist_studio.cancel`; counted in runs.
    read : callable
        How to get a run's history, from its file by default.

    Raises
    ------
    CheckpointError
        If a run cannot be read.
    OSError
        If the file cannot be written.
    WorkCancelled
        If `cancelled` returned True.
    """

    def write(file: BinaryIO) -> None:
        file.write(_csv_line(COLUMNS).encode("utf-8"))
        for done, run in enumerate(runs):
            check(cancelled)
            number = "" if run.number is None else str(run.number)
            for text in _rows(_csv_line([number, guard(run.title)]).rstrip("\r\n"), read(run.path)):
                check(cancelled)
                file.write(text.encode("utf-8"))
            progress(done + 1, len(runs))

    replace_file(path, write)


def _csv_line(values: Sequence[str]) -> str:
    text = io.StringIO()
    csv.writer(text).writerow(values)
    return text.getvalue()


def _rows(prefix: str, history: History) -> Iterator[str]:
    """Yield the rows of a run, some thousand at a time."""
    origin = history.origin
    epochs = _epoch_texts(history)
    for start in range(0, history.step, _ROWS_AT_ONCE):
        part = slice(start, min(start + _ROWS_AT_ONCE, history.step))
        steps = np.arange(part.start + 1, part.stop + 1)
        columns = (
            steps.tolist(),
            (steps + origin.batches).tolist(),
            (history.images_seen(steps).astype(np.int64) + origin.images).tolist(),
            np.round(steps / history.batches_per_epoch + origin.epochs, 6).tolist(),
            # Seconds are kept in single precision: more digits would be noise.
            np.round(history.seconds[part] + float(origin.seconds), 4).astype(float).tolist(),
            _texts(history.learning_rates[part]),
            _texts(history.losses[part]),
        )
        yield "".join(
            [
                f"{prefix},{batch},{images},{epoch!r},{seconds:.7g},{rate},{loss},"
                f"{epochs.get(step, ',,,')}\r\n"
                for step, batch, images, epoch, seconds, rate, loss in zip(*columns, strict=True)
            ]
        )


def _texts(values: npt.NDArray[np.floating[Any]]) -> list[str]:
    """Return numbers in as few digits as their own precision needs."""
    # Learning rates hardly differ, so each is written out only once.
    different, places = np.unique(values, return_inverse=True)
    texts: list[str] = different.astype(np.str_)[places].tolist()
    return texts


def _epoch_texts(history: History) -> dict[int, str]:
    """Return the last four columns by the step at which an epoch ended."""
    columns = [history.epoch_column(name) for name in _EPOCH_COLUMNS]
    steps = history.epoch_column("step").astype(int).tolist()
    rows = np.stack(columns).T.tolist() if steps else []
    return {
        step: ",".join("" if value != value else repr(value) for value in row)
        for step, row in zip(steps, rows, strict=True)
    }

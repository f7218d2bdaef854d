"""The curves of runs in the format of TensorBoard, through a library that writes it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from ..training.checkpoint_history import read_history
from ..training.history import History
from ..training.run_store import RunRecord
from .cancel import Cancelled, Progress, check

_EPOCH_FIGURES = {
    "train_accuracy": "accuracy/train",
    "validation_accuracy": "accuracy/validation",
    "validation_loss": "loss/validation",
}
_ASKED_EVERY = 1000


class TensorBoardMissing(Exception):  # noqa: N818 - what is the matter, not a fault
    """The library that writes TensorBoard's files is not installed; the message says how to."""


class _Point(NamedTuple):
    tag: str
    value: float
    step: int
    seconds: float


def write_tensorboard(
    folder: Path,
    runs: Sequence[RunRecord],
    read: Callable[[Path], History] = read_history,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> None:
    """Write each run's curves into a folder of its own, named after its file.

    An earlier export of the same run is replaced. Steps count batches; times are those at which
    the batches were trained, pauses left out.

    Parameters
    ----------
    folder : Path
        What ``tensorboard --logdir`` is to be given.
    runs : sequence of RunRecord
    read : callable
        How to get a run's history, from its file by default.
    progress, cancelled : callable, optional
        See :mod:`~mnist_studio.report.cancel`; counted in runs. What was written before a
        cancellation stays.

    Raises
    ------
    TensorBoardMissing
        If the library is not installed.
    CheckpointError
        If a run cannot be read.
    OSError
        If a file cannot be written.
    ReportCancelled
        If `cancelled` returned True.
    """
    try:
        from tensorboardX import SummaryWriter
    except ImportError as error:
        raise TensorBoardMissing(
            "Writing for TensorBoard needs the library tensorboardX; install it with "
            "pip install 'mnist-studio[tensorboard]'."
        ) from error
    for done, run in enumerate(runs):
        history = read(run.path)
        target = folder / run.path.stem
        # TensorBoard shows all files of a folder together: an earlier export would come twice.
        for earlier in target.glob("events.out.tfevents.*"):
            earlier.unlink()
        with SummaryWriter(str(target)) as writer:
            writer.add_text("title", run.title)
            for index, point in enumerate(_points(history)):
                if index % _ASKED_EVERY == 0:
                    check(cancelled)
                time = run.header.started + point.seconds
                writer.add_scalar(point.tag, point.value, point.step, walltime=time)
        if progress is not None:
            progress(done + 1, len(runs))


def _points(history: History) -> Iterator[_Point]:
    """Yield every point of a run's curves; what is not a number has no place there."""
    origin = history.origin
    columns = (history.losses, history.learning_rates, history.seconds)
    rows = zip(*(column.tolist() for column in columns), strict=True)
    for step, (loss, rate, seconds) in enumerate(rows, origin.batches + 1):
        yield _Point("loss/train", loss, step, seconds)
        yield _Point("learning_rate", rate, step, seconds)
    for epoch in history.epochs:
        for name, tag in _EPOCH_FIGURES.items():
            value = getattr(epoch, name)
            if not math.isnan(value):
                yield _Point(tag, value, origin.batches + epoch.step, epoch.seconds)

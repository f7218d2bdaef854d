"""The curves of runs in the format of TensorBoard, through a library that knows it."""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, NamedTuple

from ..cancel import Cancelled, Progress, check, never, untold
from ..errors import StudioError
from ..files import check_no_link, replace_file
from ..runs.checkpoint_history import read_history
from ..runs.store import RunRecord
from ..training.history import History

_EPOCH_FIGURES = {
    "train_accuracy": "accuracy/train",
    "validation_accuracy": "accuracy/validation",
    "validation_loss": "loss/validation",
}
_ASKED_EVERY = 1000
# Always the same, so that another export of a run takes the place of the first.
_FILE = "events.out.tfevents.mnist-studio"


class TensorBoardMissing(StudioError):  # noqa: N818 - what is the matter, not a fault
    """The library that knows TensorBoard's files is not installed; the message says how to."""


class _Point(NamedTuple):
    tag: str
    value: float
    step: int
    seconds: float


def write_tensorboard(
    folder: Path,
    runs: Sequence[RunRecord],
    progress: Progress = untold,
    cancelled: Cancelled = never,
    *,
    read: Callable[[Path], History] = read_history,
) -> None:
    """Write each run's curves into a folder of its own, named after its file.

    An earlier export of the same run is replaced. Steps count batches; times are those at which
    the batches were trained, pauses left out.

    Parameters
    ----------
    folder : Path
        What ``tensorboard --logdir`` is to be given.
    runs : sequence of RunRecord
    progress, cancelled : callable, optional
        See :mod:`~mnist_studio.cancel`; counted in runs. What was written before a
        cancellation stays.
    read : callable
        How to get a run's history, from its file by default.

    Raises
    ------
    TensorBoardMissing
        If the library is not installed.
    CheckpointError
        If a run cannot be read.
    OSError
        If a file cannot be written.
    WorkCancelled
        If `cancelled` returned True.
    """
    try:
        import tensorboardX.record_writer  # noqa: F401
    except ImportError as error:
        raise TensorBoardMissing(
            "Writing for TensorBoard needs the library tensorboardX; install it with "
            "pip install 'mnist-studio[tensorboard]'."
        ) from error
    for done, (run, name) in enumerate(zip(runs, _names(runs), strict=True)):
        events = _events(run, read(run.path))

        def write(file: BinaryIO, events: Iterator[bytes] = events) -> None:
            for index, event in enumerate(events):
                if index % _ASKED_EVERY == 0:
                    check(cancelled)
                file.write(_recorded(event))

        target = folder / name
        check_no_link(target)
        target.mkdir(parents=True, exist_ok=True)
        check_no_link(target / _FILE)
        replace_file(target / _FILE, write)
        progress(done + 1, len(runs))


def _names(runs: Sequence[RunRecord]) -> list[str]:
    """Return the name of each run's folder: its file's, which may not lead out of the folder."""
    names: list[str] = []
    for run in runs:
        name = stem = run.path.stem.strip(". ") or "run"
        copy = 1
        while name in names:  # of files in two folders
            copy += 1
            name = f"{stem} ({copy})"
        names.append(name)
    return names


def _events(run: RunRecord, history: History) -> Iterator[bytes]:
    # Not through the library's own writer: that waits for ever for a thread that a full disk ended.
    from tensorboardX.proto.event_pb2 import Event
    from tensorboardX.proto.summary_pb2 import Summary
    from tensorboardX.summary import text

    began = run.header.started
    yield Event(wall_time=began, file_version="brain.Event:2").SerializeToString()
    yield Event(wall_time=began, summary=text("title", run.title)).SerializeToString()
    for tag, value, step, seconds in _points(history):
        summary = Summary(value=[Summary.Value(tag=tag, simple_value=value)])
        yield Event(wall_time=began + seconds, step=step, summary=summary).SerializeToString()


def _recorded(event: bytes) -> bytes:
    """Return an event as it is in a file: length, its checksum, the event, its checksum."""
    from tensorboardX.record_writer import masked_crc32c

    length = struct.pack("<Q", len(event))
    sums = (struct.pack("<I", masked_crc32c(part)) for part in (length, event))
    return b"".join((length, next(sums), event, next(sums)))


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

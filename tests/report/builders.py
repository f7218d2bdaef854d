"""Runs with known results, without training."""

import dataclasses
from pathlib import Path

import numpy as np

from mnist_studio.runs.header import RunHeader
from mnist_studio.runs.label import RunLabel
from mnist_studio.runs.store import RunRecord
from mnist_studio.training.events import BatchEnded, EpochEnded, FinalEvaluation
from mnist_studio.training.history import History, Origin
from mnist_studio.training.status import Failure, FailureKind, RunStatus

from ..training.builders import small_run

BEGINNING = Origin()
DIVERGED = Failure(FailureKind.DIVERGED, step=3, learning_rate=1.0)
OUT_OF_MEMORY = Failure(FailureKind.OUT_OF_MEMORY)


def epoch(accuracy=0.9, *, number=3, loss=0.25, train_loss=0.125, step=45) -> EpochEnded:
    return EpochEnded(number, step, train_loss, 0.95, loss, accuracy, 0.0, 1.5, True)


def history(losses, *, per_epoch, accuracies=(), origin=BEGINNING) -> History:
    """Return the curves of batches of 4 of `per_epoch` * 4 images, two batches a second.

    Each epoch that ended has the validation accuracy given for it (none by default), twice the
    validation loss of what is missing to all, and four times its training loss.
    """
    made = History(4 * per_epoch, 4, origin)
    for step, loss in enumerate(losses, 1):
        made.record(BatchEnded(step, loss, 0.1, step / 2))
        number, rest = divmod(step, per_epoch)
        if not rest:
            accuracy = accuracies[number - 1] if accuracies else np.nan
            figures = (4 * (1 - accuracy), accuracy, 2 * (1 - accuracy), accuracy)
            made.record(EpochEnded(number, step, *figures, 0.0, step / 2, True))
    return made


def record(
    accuracy=0.9,
    *,
    test=0.85,
    number=1,
    status=RunStatus.COMPLETED,
    failure=None,
    seconds=2.0,
    step=45,
    train_size=54_000,
    hidden=(12,),
    label=None,
    validation_fraction=0.1,
    parent="",
    **training,
) -> RunRecord:
    """Return a run of 784-12-10 on 54,000 images, 6,000 of which it is validated on."""
    config = small_run(hidden=hidden, validation_fraction=validation_fraction, **training)
    ended = None if accuracy is None else epoch(accuracy, step=step)
    header = RunHeader(
        config=config,
        status=RunStatus.FAILED if failure else status,
        step=step,
        train_size=train_size,
        seconds=seconds,
        started=1.7e9,
        failure=failure,
        parent=parent,
        epochs=3 if ended else 0,
        best=ended,
        last=ended,
        test=None if test is None else FinalEvaluation(0.2, test),
        versions={"mnist-studio": "0.1.0", "numpy": "2.4", "python": "3.12", "platform": "Linux"},
    )
    return RunRecord(Path(f"run-{number:04d}.npz"), label or RunLabel(color=number - 1), header)


def replaced(run, **changes) -> RunRecord:
    """Return a run whose header says something else."""
    return dataclasses.replace(run, header=dataclasses.replace(run.header, **changes))


def diverged(**values) -> RunRecord:
    return record(None, test=None, failure=DIVERGED, **values)


def sweep(name, scores, **common) -> list[RunRecord]:
    """Return a run per value; a list of scores is one seed each, None diverged."""
    runs = []
    for value, found in scores.items():
        for seed, score in enumerate(found if isinstance(found, list) else [found]):
            settings = {name: value, "seed": seed, "number": len(runs) + 1} | common
            runs.append(diverged(**settings) if score is None else record(score, **settings))
    return runs

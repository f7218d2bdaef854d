"""Runs with known results, without training."""

from pathlib import Path

import numpy as np

from mnist_studio.training.events import EpochEnded, FinalEvaluation
from mnist_studio.training.failures import TrainingDiverged
from mnist_studio.training.run_header import RunHeader
from mnist_studio.training.run_store import RunLabel, RunRecord
from mnist_studio.training.status import RunStatus

from ..training.builders import small_run

DIVERGED = str(TrainingDiverged(3, np.nan, 1.0))


def epoch(accuracy=0.9, *, number=3, loss=0.25, train_loss=0.125, step=45) -> EpochEnded:
    return EpochEnded(number, step, train_loss, 0.95, loss, accuracy, 0.0, 1.5, True)


def record(
    accuracy=0.9,
    *,
    test=0.85,
    number=1,
    status=RunStatus.COMPLETED,
    failure="",
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

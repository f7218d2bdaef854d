"""What a sweep will be, in a line: how many runs, of what, and about how long."""

from __future__ import annotations

import heapq

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from ...sweeps.sweep import Sweep
from ...training.config import RunConfig
from ...training.run_length import RunLength, step_work, train_size_of
from ..labels import label
from .sweep_pace import Pace

translate = QCoreApplication.translate

_PLURALS = {
    "batch_size": QT_TRANSLATE_NOOP("sweeps", "{0} batch sizes"),
    "learning_rate": QT_TRANSLATE_NOOP("sweeps", "{0} learning rates"),
    "hidden": QT_TRANSLATE_NOOP("sweeps", "{0} networks"),
    "optimizer": QT_TRANSLATE_NOOP("sweeps", "{0} optimizers"),
    "schedule": QT_TRANSLATE_NOOP("sweeps", "{0} schedules"),
    "initializer": QT_TRANSLATE_NOOP("sweeps", "{0} initializations"),
    "dataset": QT_TRANSLATE_NOOP("sweeps", "{0} data sets"),
}


def summary(sweep: Sweep, jobs: int, pace: Pace | None = None) -> str:
    """Return e.g. ``12 runs: 3 batch sizes × 2 learning rates × 2 seeds, about 40 s on 2 cores``.

    Parameters
    ----------
    sweep : Sweep
    jobs : int
        How many runs are trained at once.
    pace : Pace, optional
        How fast the sweep's base trains; no time is told without, unless that is the budget.
    """
    count = sweep.count
    parts = [_values(name, len(values)) for name, values in sweep.vary]
    if sweep.repeat > 1:
        parts.append(translate("sweeps", "{0} seeds").format(sweep.repeat))
    text = (
        translate("sweeps", "1 run")
        if count == 1
        else translate("sweeps", "{0} runs").format(count)
    )
    if count > 1:
        text += ": " + " × ".join(parts)
    seconds = expected_seconds(sweep, jobs, pace.images_per_second if pace else None)
    if seconds is None:
        return f"{text}."
    cores = min(jobs, count)
    time = rough_duration(seconds)
    if cores == 1:
        text = translate("sweeps", "{0}, about {1} one after another.").format(text, time)
    else:
        text = translate("sweeps", "{0}, about {1} on {2} cores.").format(text, time, cores)
    if pace is None or not pace.guessed or expected_seconds(sweep, jobs) is not None:
        return text  # or the budget tells the time
    return translate(
        "sweeps", "{0} The time is a guess: nothing like this was trained here yet."
    ).format(text)


def _values(name: str, count: int) -> str:
    if count == 1:
        return translate("sweeps", "1 value of {0}").format(label(name))
    if name in _PLURALS:
        return translate("sweeps", str(_PLURALS[name])).format(count)
    return translate("sweeps", "{0} values of {1}").format(count, label(name))


def rough_duration(seconds: float) -> str:
    """Return a time as people estimate it, e.g. ``40 s``, ``3 min`` or ``2.5 h``."""
    if seconds < 90:
        step = 1 if seconds < 10 else 5
        return translate("sweeps", "{0} s").format(max(1, step * round(seconds / step)))
    if seconds < 90 * 60:
        return translate("sweeps", "{0} min").format(round(seconds / 60))
    return translate("sweeps", "{0:.1f} h").format(seconds / 3600)


def expected_seconds(
    sweep: Sweep, jobs: int, images_per_second: float | None = None
) -> float | None:
    """Return how long a sweep will take, or None if nothing tells the pace."""
    loads = [0.0] * jobs
    for config in sweep.configs():
        seconds = _run_seconds(config, sweep.base, images_per_second)
        if seconds is None:
            return None
        heapq.heappushpop(loads, loads[0] + seconds)
    return max(loads)


def _run_seconds(
    config: RunConfig, base: RunConfig, images_per_second: float | None
) -> float | None:
    pace = None
    if images_per_second:
        pace = base.training.batch_size / images_per_second * step_work(config) / step_work(base)
    return RunLength.planned(config.training, train_size_of(config)).seconds_left(0, 0.0, pace)

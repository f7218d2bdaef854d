"""Where results come from: settings, data, seeds, versions, and how to get them again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from ..number_text import NONE, grouped
from ..runs.store import RunRecord
from ..training.config import TrainingConfig
from ..training.history import History
from ..training.learning_rate import scheduled_rate
from ..training.run_length import RunLength
from ..training.variation import declarations, differing, format_value, relevant_values
from .reproduce import commands
from .texts import Translate, label

# Each has a place of its own in a report.
_ELSEWHERE = ("seed", "dataset", "validation_fraction", "split_seed")
_COMPARED_RATES = 40  # of a run, from its first batch to its last, spaced in each of two ways
_PROGRAMS = {
    "mnist-studio": "MNIST Studio",
    "numpy": "NumPy",
    "python": "Python",
    "platform": "",
}


def dates(runs: Iterable[RunRecord]) -> str:
    """Return from when to when runs were started; empty if that is not known."""
    started = sorted(run.header.started for run in runs if run.header.started > 0)
    if not started:
        return ""
    first, last = (datetime.fromtimestamp(each) for each in (started[0], started[-1]))
    if first.date() == last.date():
        return f"{first:%Y-%m-%d}"
    return f"{first:%Y-%m-%d} – {last:%Y-%m-%d}"


def differing_settings(runs: Sequence[RunRecord], translate: Translate) -> list[tuple[str, str]]:
    """Return the settings that differ, each with all of its values."""
    found = [relevant_values(run.header.config) for run in runs]
    return [
        (label(name, translate), _values(name, [values.get(name) for values in found]))
        for name in differing((run.header.config for run in runs), ignore=_ELSEWHERE)
    ]


def same_settings(runs: Sequence[RunRecord], translate: Translate) -> list[tuple[str, str]]:
    """Return the settings that all runs share and that have an effect."""
    left_out = {*differing(run.header.config for run in runs), *_ELSEWHERE}
    # Zero stands for nothing there, which needs no line.
    off = {name for name, each in declarations().items() if each.off_at_zero}
    return [
        (label(name, translate), format_value(name, value))
        for name, value in relevant_values(runs[0].header.config).items()
        if name not in left_out and (value or name not in off)
    ]


def sources(runs: Sequence[RunRecord], translate: Translate) -> list[tuple[str, str]]:
    """Return data, split, seeds and versions."""
    configs = [run.header.config for run in runs]
    datasets = dict.fromkeys(config.data.dataset for config in configs)
    splits = dict.fromkeys(_split(run, translate) for run in runs)
    seeds = sorted({config.training.seed for config in configs})
    pairs = [
        (label("dataset", translate), ", ".join(datasets)),
        (translate("report", "Split"), "\n".join(splits)),
        (translate("report", "Seeds"), ", ".join(map(str, seeds))),
    ]
    versions = dict.fromkeys(_versions(run.header.versions) for run in runs)
    return [
        *pairs,
        (translate("report", "Trained with"), "\n".join(filter(None, versions)) or NONE),
    ]


def command_lines(
    runs: Sequence[RunRecord], histories: Mapping[Path, History], translate: Translate
) -> tuple[list[str], list[str]]:
    """Return the command lines that train the runs again, and what these cannot repeat."""
    headers = [run.header for run in runs]
    caveats = [
        translate(
            "report",
            "The same seeds give the same numbers with the same versions and one BLAS thread.",
        )
    ]
    if any(header.parent for header in headers):
        caveats.append(
            translate(
                "report",
                "Some runs began with another run's weights, which the command line does not do.",
            )
        )
    if any(histories[run.path].changes for run in runs):
        caveats.append(
            translate(
                "report",
                "Some settings were changed during the training, which the command line does "
                "not do.",
            )
        )
    if any(_had_another_length(run.header.config.training, histories[run.path]) for run in runs):
        caveats.append(
            translate(
                "report",
                "Some runs were to be shorter or longer at first, which has changed their learning "
                "rates on the way; the command line knows of the final length at once.",
            )
        )
    if any(header.config.training.max_seconds for header in headers):
        caveats.append(
            translate(
                "report",
                "The budget is in seconds, so that another computer gets further or less far.",
            )
        )
    return commands([header.config for header in headers]), caveats


def _had_another_length(training: TrainingConfig, history: History) -> bool:
    """Whether a run began with the learning rates of another length than it has now."""
    if history.changes or not history.step:
        return False  # what was changed by hand is told apart
    total = RunLength.planned(training, history.train_size).total_steps
    # Closer together at the beginning, which all the rest may have followed.
    spaced = [space(1, history.step, _COMPARED_RATES) for space in (np.geomspace, np.linspace)]
    steps = np.unique(np.concatenate(spaced).astype(np.intp)) - 1
    planned = [
        scheduled_rate(training, step, total, history.batches_per_epoch) for step in steps.tolist()
    ]
    return not np.allclose(history.learning_rates[steps], planned, rtol=1e-4, atol=0.0)


def _values(name: str, values: Iterable[Any]) -> str:
    different = [value for value in dict.fromkeys(values) if value is not None]
    if all(isinstance(value, int | float) for value in different):
        different = sorted(different)
    return ", ".join(format_value(name, value) for value in different)


def _split(run: RunRecord, translate: Translate) -> str:
    data, trained = run.header.config.data, run.header.train_size
    if not data.validation_fraction:
        text = translate("report", "all {0} training images, none to validate with")
        return text.format(grouped(trained))
    fraction = data.validation_fraction
    text = translate(
        "report",
        "{train} images to train on and {validation} to validate with, the same share of every "
        "class (split seed {seed})",
    )
    held = round(trained * fraction / (1 - fraction))
    return text.format(train=grouped(trained), validation=grouped(held), seed=data.split_seed)


def _versions(versions: Mapping[str, str]) -> str:
    return ", ".join(
        f"{program} {versions[name]}".strip()
        for name, program in _PROGRAMS.items()
        if versions.get(name, "unknown") != "unknown"
    )

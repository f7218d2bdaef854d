"""The lab report: one HTML file with everything in it, to be read anywhere and printed."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Collection, Sequence
from pathlib import Path

from ..cancel import Cancelled, Progress, check, never, untold
from ..data.dataset import Dataset
from ..data.errors import DataError
from ..data.loading import load as load_dataset
from ..files import replace_file
from ..insight.choice import worst_mistakes
from ..insight.confusion import confusion_of
from ..insight.measure import measure
from ..runs.checkpoint_history import read_history
from ..runs.store import RunRecord
from .aggregate import FIGURES, Group
from .figures import drawn_groups
from .findings import Finding, find
from .page import BestRun, Contents, render
from .texts import Translate, untranslated
from .trials import Trial, Trials

WORST = 24
_EVALUATION = 20  # the progress of an evaluation is counted in so many parts


def write_report(
    path: Path,
    runs: Sequence[RunRecord],
    progress: Progress = untold,
    cancelled: Cancelled = never,
    *,
    title: str = "",
    also: Collection[Trial] = (),
    load: Callable[[str], Dataset] = load_dataset,
    translate: Translate = untranslated,
    language: str = "en",
) -> Finding:
    """Write the lab report of a run, a sweep, or any runs to compare; takes some seconds.

    Parameters
    ----------
    path : Path
        Replaced when the report is complete.
    runs : sequence of RunRecord
        At least one.
    progress, cancelled : callable, optional
        See :mod:`~mnist_studio.cancel`.
    title : str
        What it is about; by default the runs' titles.
    also : collection of Trial
        What to measure of every run besides.
    load : callable
        How to get a data set by its name.
    translate : callable
        Of the contexts ``findings`` and ``report``.
    language : str
        Of the translation, e.g. ``zh-CN``.

    Returns
    -------
    Finding
        What was seen in the runs.

    Raises
    ------
    CheckpointError
        If a run cannot be read.
    OSError
        If the file cannot be written.
    WorkCancelled
        If `cancelled` returned True.
    """
    finding = find(runs, translate=translate)
    trials = Trials(_drawn_runs(finding, translate), also)
    total = len(runs) + _EVALUATION + trials.steps
    advance = _teller(total, progress, cancelled)
    title = title or _usual_title(runs, translate)
    contents = _contents(title, runs, finding, trials, load, advance)
    page = render(contents, translate, language)
    check(cancelled)
    replace_file(path, lambda file: file.write(page.encode("utf-8")))
    progress(total, total)
    return finding


def _teller(total: int, progress: Progress, cancelled: Cancelled) -> Callable[[float], None]:
    def advance(done: float) -> None:
        check(cancelled)
        progress(int(done), total)

    return advance


def _contents(
    title: str,
    runs: Sequence[RunRecord],
    finding: Finding,
    trials: Trials,
    load: Callable[[str], Dataset],
    advance: Callable[[float], None],
) -> Contents:
    """Return what the report tells of; `advance` is told how much of it is gathered."""
    load = functools.cache(load)
    advance(0)
    histories = {}
    for done, run in enumerate(runs, 1):
        histories[run.path] = read_history(run.path)
        advance(done)
    if finding.comparison.best is None:
        return Contents(title, runs, histories, finding)
    run = _best_run(finding.comparison.best, finding.comparison.measure)

    def asked(done: int, total: int) -> None:
        # Not quite all: the last step is that the file is there.
        advance(len(runs) + 0.999 * _EVALUATION * done / max(total, 1))

    try:
        dataset, answers = measure(run.path, load, asked)
    except DataError as error:
        return Contents(title, runs, histories, finding, missing=str(error))
    confusion = confusion_of(answers, dataset.class_names)
    best = BestRun(run, dataset, confusion, worst_mistakes(answers, WORST))
    first = len(runs) + _EVALUATION
    trials.measure(load, lambda done: advance(first + 0.999 * done))
    return Contents(title, runs, histories, finding, best, trials=trials)


def _drawn_runs(finding: Finding, translate: Translate) -> list[RunRecord]:
    groups = drawn_groups(finding.comparison, translate)
    return [run for group in groups for run in group.runs]


def _best_run(group: Group, figure: str) -> RunRecord:
    """Return the run of the highest accuracy."""

    def score(run: RunRecord) -> float:
        found = FIGURES[figure](run.header)
        return -1.0 if math.isnan(found) else found

    return max(group.runs, key=score)


def _usual_title(runs: Sequence[RunRecord], translate: Translate) -> str:
    """Return what the report is about if nobody says so."""
    if len(runs) == 1:
        return runs[0].title
    return translate("report", "Comparison of {0} runs").format(len(runs))

"""The lab report: one HTML file with everything in it, to be read anywhere and printed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from ..data.dataset import Dataset
from ..data.errors import DataError
from ..data.loading import load as load_dataset
from ..data.registry import DATASETS
from ..training.checkpoint_history import read_history
from ..training.files import replace_file
from ..training.history import History
from ..training.mistakes import Mistakes, find_mistakes
from ..training.opened import open_run
from ..training.run_store import RunRecord
from .cancel import Cancelled, Progress, check
from .figures import curve_charts, series_of
from .findings import Finding, find
from .markup import escaped
from .provenance import command_lines, dates, differing_settings, same_settings, sources
from .sections import charts_html, finding_html, matrix_html, mistakes_html, pairs_html, table_html
from .style import STYLE
from .tables import group_table, run_table
from .texts import Translate, count, percent, untranslated

WORST = 24
_EVALUATION = 20  # the progress of an evaluation is counted in so many parts


@dataclass(frozen=True)
class _Best:
    """The best run's answers to the test images."""

    run: RunRecord
    dataset: Dataset
    mistakes: Mistakes


def write_report(
    path: Path,
    runs: Sequence[RunRecord],
    *,
    title: str = "",
    names: Sequence[str] | None = None,
    load: Callable[[str], Dataset] = load_dataset,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
    translate: Translate = untranslated,
    language: str = "en",
) -> Finding:
    """Write the lab report of a run, a sweep, or any runs to compare.

    Takes a moment for each run and some seconds for the best one's test images, so a window calls
    it in another thread.

    Parameters
    ----------
    path : Path
        Replaced when the report is complete.
    runs : sequence of RunRecord
        At least one.
    title : str
        What it is about; by default the runs' titles.
    names : sequence of str, optional
        What a sweep varied; by default all settings that differ.
    load : callable
        How to get a data set by its name.
    progress, cancelled : callable, optional
        See :mod:`~mnist_studio.report.cancel`.
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
    ReportCancelled
        If `cancelled` returned True.
    """
    steps = _Steps(len(runs) + _EVALUATION, progress, cancelled)
    finding = find(runs, names, translate)
    histories: dict[Path, History] = {}
    for run in runs:
        histories[run.path] = read_history(run.path)
        steps.advance()
    best, missing = None, ""
    try:
        best = _answers_of_best(finding, load, steps)
    except DataError as error:
        missing = str(error)
    title = title or _usual_title(runs, translate)
    body = _body(title, runs, finding, histories, best, missing, translate)
    content = _document(title, body, language)
    check(cancelled)
    replace_file(path, lambda file: file.write(content.encode("utf-8")))
    steps.finish()
    return finding


class _Steps:
    """Counts what is done, and ends the work if that is wished."""

    def __init__(self, total: int, progress: Progress | None, cancelled: Cancelled | None) -> None:
        self._done, self._total = 0, total
        self._progress, self._cancelled = progress, cancelled
        check(cancelled)

    def advance(self, share: float = 1.0) -> None:
        check(self._cancelled)
        self._done += 1 if share == 1.0 else 0
        self._tell(self._done + (0.0 if share == 1.0 else share * _EVALUATION))

    def finish(self) -> None:
        self._tell(self._total)

    def _tell(self, done: float) -> None:
        if self._progress is not None:
            self._progress(int(done), self._total)


def _answers_of_best(
    finding: Finding, load: Callable[[str], Dataset], steps: _Steps
) -> _Best | None:
    """Classify the test images by the best run of the best group."""
    comparison = finding.comparison
    if comparison.best is None:
        return None
    measure = comparison.measure

    def score(run: RunRecord) -> float:
        header = run.header
        if measure == "test_accuracy":
            return header.test.accuracy if header.test else -1.0
        return header.best.validation_accuracy if header.best else -1.0

    run = max(comparison.best.runs, key=score)
    dataset = load(run.header.config.data.dataset)
    search = find_mistakes(
        open_run(run.path).network, dataset.test_images, dataset.test_labels, WORST
    )
    while True:
        try:
            event = next(search)
        except StopIteration as end:
            return _Best(run, dataset, end.value)
        steps.advance(0.999 * event.done / event.total)


# --- the document --------------------------------------------------------------------------


def _document(title: str, body: str, language: str) -> str:
    return f"""<!DOCTYPE html>
<html xmlns="http://www.w3.org/1999/xhtml" lang="{escaped(language)}">
<head>
<meta charset="utf-8"/>
<meta name="viewport" content="width=device-width, initial-scale=1"/>
<meta http-equiv="Content-Security-Policy"
 content="default-src 'none'; style-src 'unsafe-inline'; img-src data:"/>
<title>{escaped(title)}</title>
<style>{STYLE}</style>
</head>
<body>
{body}
</body>
</html>
"""


def _body(
    title: str,
    runs: Sequence[RunRecord],
    finding: Finding,
    histories: dict[Path, History],
    best: _Best | None,
    missing: str,
    translate: Translate,
) -> str:
    comparison = finding.comparison
    data = ", ".join(dict.fromkeys(_dataset_title(run) for run in runs))
    subtitle = " · ".join(filter(None, (data, dates(runs))))
    series = series_of(comparison, histories, translate)
    parts = [
        f"<header><h1>{escaped(title)}</h1>",
        f'<p class="subtitle">{escaped(subtitle)}</p></header>',
        finding_html(finding),
        _heading(translate("report", "Results")),
        _results(finding, translate),
    ]
    if series:
        parts.append(_heading(translate("report", "Curves")))
        parts.append(charts_html(curve_charts(comparison, series, translate)))
        parts.append(_band_note(finding, translate))
    parts += _best_run(best, missing, finding, translate)
    if different := differing_settings(runs, translate):
        parts += [_heading(translate("report", "What differs")), pairs_html(different)]
    parts += [
        _heading(translate("report", "Settings")),
        pairs_html(same_settings(runs, translate)),
        _heading(translate("report", "Data, seeds and versions")),
        pairs_html(sources(runs, translate)),
    ]
    lines, caveats = command_lines(runs, histories, translate)
    parts.append(_heading(translate("report", "Train it again")))
    parts += [f"<pre>{escaped(line)}</pre>" for line in lines]
    parts += [_note(caveat) for caveat in caveats]
    if len(runs) > len(comparison.groups):
        parts.append(_heading(translate("report", "Every run")))
        parts.append(table_html(run_table(runs, translate=translate)))
    parts.append(_notes_of_user(runs, translate))
    written = translate("report", "Written by MNIST Studio on {0}.").format(
        f"{datetime.now():%Y-%m-%d %H:%M}"
    )
    parts.append(f"<footer>{escaped(written)}</footer>")
    return "\n".join(parts)


def _results(finding: Finding, translate: Translate) -> str:
    comparison = finding.comparison
    best = comparison.best
    index = None if best is None else comparison.groups.index(best)
    if len(comparison.groups) == 1:
        index = None
    return table_html(group_table(comparison, translate), index)


def _best_run(
    best: _Best | None, missing: str, finding: Finding, translate: Translate
) -> list[str]:
    if best is None:
        if not missing:
            return []
        text = translate("report", "Confusion matrix and mistakes are missing: {0}")
        return [_note(text.format(missing))]
    several = len(finding.comparison.groups) > 1
    title = translate("report", "Confusion matrix")
    if several:
        title = translate("report", "Confusion matrix of the best run, {0}").format(best.run.title)
    text = translate(
        "report", "{right} of {total} test images were classified correctly ({share})."
    )
    total = len(best.dataset.test_labels)
    accuracy = best.mistakes.accuracy
    sentence = text.format(
        right=count(round(accuracy * total)), total=count(total), share=percent(accuracy)
    )
    return [
        _heading(title),
        matrix_html(best.mistakes.confusion, best.dataset.class_names, translate),
        _note(sentence),
        _heading(translate("report", "Worst mistakes")),
        _note(
            translate(
                "report",
                "Test images that it was surest of and wrong: true class → answer, and the "
                "probability that it gave this answer.",
            )
        ),
        mistakes_html(best.mistakes, best.dataset, translate),
    ]


def _band_note(finding: Finding, translate: Translate) -> str:
    if all(len(group.runs) == 1 for group in finding.comparison.groups):
        return ""
    return _note(
        translate(
            "report",
            "Curves are means over the seeds; bands and error bars show one standard deviation.",
        )
    )


def _notes_of_user(runs: Sequence[RunRecord], translate: Translate) -> str:
    noted = [(run.title, run.label.note) for run in runs if run.label.note.strip()]
    return _heading(translate("report", "Notes")) + pairs_html(noted) if noted else ""


def _usual_title(runs: Sequence[RunRecord], translate: Translate) -> str:
    if len(runs) == 1:
        return runs[0].title
    return translate("report", "Comparison of {0} runs").format(len(runs))


def _dataset_title(run: RunRecord) -> str:
    return DATASETS[run.header.config.data.dataset].title


def _heading(text: str) -> str:
    return f"<h2>{escaped(text)}</h2>"


def _note(text: str) -> str:
    return f'<p class="note">{escaped(text)}</p>'

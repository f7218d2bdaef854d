"""The page of a lab report: what the template in ``resources/templates`` is filled in with."""

from __future__ import annotations

import base64
import functools
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from ..data.dataset import Dataset
from ..data.registry import DATASETS, SIDE
from ..insight.choice import AnsweredImage
from ..insight.confusion import Confusion
from ..number_text import certainty, grouped, percentage
from ..paths import resource
from ..runs.store import RunRecord
from ..training.history import History
from .figures import curve_charts, series_of
from .findings import Finding
from .markup import plain
from .palette import DARK
from .provenance import command_lines, dates, differing_settings, same_settings, sources
from .svg import draw
from .tables import group_table, run_table
from .texts import Translate
from .trial_figures import calibration_charts, calibration_table, robustness_charts
from .trials import Trials


@dataclass(frozen=True)
class BestRun:
    """The best run and what it makes of the test images."""

    run: RunRecord
    dataset: Dataset
    confusion: Confusion
    worst: Sequence[AnsweredImage]


@dataclass(frozen=True)
class Contents:
    """What a lab report tells of.

    Attributes
    ----------
    title : str
        What it is about.
    runs : sequence of RunRecord
        At least one.
    histories : mapping of Path to History
        The curves of every run.
    finding : Finding
        What was seen in the runs.
    best : BestRun, optional
        None if no run was good for anything, or if its test images are missing.
    missing : str
        Why these are missing, in a sentence; empty unless they are.
    trials : Trials
        What else was measured on wish.
    """

    title: str
    runs: Sequence[RunRecord]
    histories: Mapping[Path, History]
    finding: Finding
    best: BestRun | None = None
    missing: str = ""
    trials: Trials = field(default_factory=Trials)


def render(contents: Contents, translate: Translate, language: str) -> str:
    """Return a lab report as one HTML page that needs nothing but itself."""
    return _template().render(
        _figures(contents, translate), text=_texts(translate), language=language, dark=DARK
    )


@functools.cache
def _template() -> Template:
    """Return the page's template; to compile it takes longer than to fill it."""
    environment = Environment(
        loader=FileSystemLoader(resource("templates")),
        autoescape=True,
        finalize=_printable,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("report.html")


def _printable(value: object) -> object:
    """Return what the template prints and, unless it is markup already, escapes."""
    return value if hasattr(value, "__html__") else plain(str(value))


def _texts(translate: Translate) -> dict[str, str]:
    """Return the words of the template that are the same in every report."""
    return {
        "results": translate("report", "Results"),
        "curves": translate("report", "Curves"),
        "bands": translate(
            "report",
            "Curves are means over the seeds; bands and error bars show one standard deviation.",
        ),
        "robustness": translate("report", "Robustness"),
        "robustness_note": translate(
            "report",
            "Accuracy on test images that are made harder. What is random about it is the same "
            "for all runs and strengths.",
        ),
        "calibration": translate("report", "Calibration"),
        "calibration_note": translate(
            "report",
            "Test images in 15 equally wide bins by the probability of the answer. The expected "
            "calibration error is the mean distance of the two shares, weighted by the number of "
            "images (Guo et al., 2017); the temperature was fitted on the validation images.",
        ),
        "true": translate("report", "True class"),
        "predicted": translate("report", "Predicted class"),
        "mistakes": translate("report", "Worst mistakes"),
        "mistakes_note": translate(
            "report",
            "Test images that it was surest of and wrong: true class → answer, and the "
            "probability that it gave this answer.",
        ),
        "no_mistakes": translate("report", "There are none."),
        "different": translate("report", "What differs"),
        "settings": translate("report", "Settings"),
        "sources": translate("report", "Data, seeds and versions"),
        "commands": translate("report", "Train it again"),
        "runs": translate("report", "Every run"),
        "notes": translate("report", "Notes"),
    }


def _figures(contents: Contents, translate: Translate) -> dict[str, Any]:
    """Return the words and figures of this report, by their names in the template."""
    runs, finding = contents.runs, contents.finding
    comparison = finding.comparison
    groups, best = comparison.groups, comparison.best
    series = series_of(comparison, contents.histories, translate)
    charts = curve_charts(comparison, series, translate) if series else []
    data = dict.fromkeys(DATASETS[run.header.config.data.dataset].title for run in runs)
    missing = translate("report", "Confusion matrix and mistakes are missing: {0}")
    written = translate("report", "Written by MNIST Studio on {0}.")
    commands, caveats = command_lines(runs, contents.histories, translate)
    return {
        "title": contents.title,
        "subtitle": " · ".join(filter(None, (", ".join(data), dates(runs)))),
        "finding": finding,
        "groups": group_table(comparison, translate).for_people(),
        "best_group": groups.index(best) if best and len(groups) > 1 else None,
        "charts": [draw(chart, 480, 320) for chart in charts],
        "several_seeds": any(len(group.counted) > 1 for group in groups),
        "robustness": [
            draw(chart, 480, 320)
            for chart in robustness_charts(comparison, contents.trials, translate)
        ],
        "calibration": [
            draw(chart, 480, 320)
            for chart in calibration_charts(comparison, contents.trials, translate)
        ],
        "calibrations": calibration_table(comparison, contents.trials, translate),
        "best": contents.best and _best(contents.best, len(groups) > 1, translate),
        "missing": contents.missing and missing.format(contents.missing),
        "different": differing_settings(runs, translate),
        "settings": same_settings(runs, translate),
        "sources": sources(runs, translate),
        "commands": commands,
        "caveats": caveats,
        "runs": run_table(runs, translate=translate).for_people()
        if len(runs) > len(groups)
        else None,
        "notes": [(run.title, run.label.note) for run in runs if run.label.note.strip()],
        "written": written.format(f"{datetime.now():%Y-%m-%d %H:%M}"),
    }


def _best(best: BestRun, several: bool, translate: Translate) -> dict[str, Any]:
    """Return what is shown of the best run, one of several or the only one."""
    heading = translate("report", "Confusion matrix")
    if several:
        text = translate("report", "Confusion matrix of the best run, {0}")
        heading = text.format(best.run.title)
    summary = translate(
        "report", "{right} of {total} test images were classified correctly ({share})."
    )
    confusion = best.confusion
    total, right = confusion.total, confusion.total - confusion.wrong
    return {
        "heading": heading,
        "matrix": _cells(confusion),
        "names": confusion.names,
        "summary": summary.format(
            right=grouped(right), total=grouped(total), share=percentage(right / total)
        ),
        "mistakes": [_mistake(each, best.dataset, translate) for each in best.worst],
    }


def _cells(confusion: Confusion) -> list[list[dict[str, str]]]:
    """Return the cells of a confusion matrix, shaded by each class's share of its row."""
    # A root, since a handful of mistakes among a thousand images would not be seen.
    shades = np.sqrt(confusion.shares)
    np.fill_diagonal(shades, confusion.shares.diagonal())
    return [
        [
            {
                "count": grouped(number) if number else "",
                "look": "right" if label == predicted else "wrong",
                "shade": f"{0.12 + 0.58 * share:.2f}",
            }
            for predicted, (number, share) in enumerate(zip(numbers, row, strict=True))
        ]
        for label, (numbers, row) in enumerate(zip(confusion.counts, shades, strict=True))
    ]


def _mistake(mistake: AnsweredImage, dataset: Dataset, translate: Translate) -> dict[str, str]:
    """Return a wrong answer: its picture, what it is, and what it was taken for."""
    true, taken = (dataset.class_names[k] for k in (mistake.label, mistake.predicted))
    title = translate("report", "Test image {0}")
    caption = translate("report", "{true} taken for {predicted}")
    return {
        "picture": picture(dataset.test_images[mistake.image]),
        "title": title.format(mistake.image),
        "caption": caption.format(true=true, predicted=taken),
        "true": true,
        "taken": taken,
        "probability": certainty(mistake.probability, 1),
    }


def picture(pixels: npt.NDArray[np.uint8]) -> str:
    """Return an image, shape (784,), as a data address: dark ink on white paper."""
    from PIL import Image

    file = io.BytesIO()
    Image.fromarray(255 - pixels.reshape(SIDE, SIDE)).save(file, "PNG", optimize=True)
    return f"data:image/png;base64,{base64.b64encode(file.getvalue()).decode('ascii')}"

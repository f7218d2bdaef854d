"""Robustness and calibration of runs side by side, as charts and as a table."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from ..data.distortion import STRENGTHS
from ..data.distortion_texts import DISTORTION_TEXTS
from ..insight.calibration import SHARES, Calibrated, Calibration, pooled
from ..number_text import number_deviation, percent_deviation
from .aggregate import statistic
from .comparison import Comparison
from .figures import NEUTRAL, DrawnGroup, accuracy_floor, drawn_groups, mean_line
from .svg import Chart, Line
from .tables import Cell, Column, Table
from .texts import Translate
from .trials import Trials

_LEAST_SHARE = 0.5  # of the images answered, where the chart begins
_SUREST = 0.9

Figure = Callable[[Calibration], float]


def robustness_charts(comparison: Comparison, trials: Trials, translate: Translate) -> list[Chart]:
    """Return a chart of each distortion, with a curve for each group; none without figures."""
    if not trials.robustness:
        return []
    charts = []
    for kind, strengths in STRENGTHS.items():
        text = DISTORTION_TEXTS[kind]
        lines = [
            mean_line(
                group,
                np.array(strengths),
                np.array([trials.robustness[run.path][kind] for run in group.runs]),
                marks=True,
            )
            for group in drawn_groups(comparison, translate)
        ]
        charts.append(
            Chart(
                translate("labels", text.title),
                translate("labels", text.axis),
                translate("report", "Test accuracy"),
                tuple(lines),
                percent=True,
            )
        )
    return charts


def calibration_charts(comparison: Comparison, trials: Trials, translate: Translate) -> list[Chart]:
    """Return reliability diagram, sizes of its bins, and accuracy by coverage; or none."""
    if not trials.calibration:
        return []
    groups = [
        (group, [trials.calibration[run.path] for run in group.runs])
        for group in drawn_groups(comparison, translate)
    ]
    return [
        _reliability_chart(groups, translate),
        _sizes_chart(groups, translate),
        _coverage_chart(groups, translate),
    ]


def calibration_table(comparison: Comparison, trials: Trials, translate: Translate) -> Table | None:
    """Return the figures before and after temperature scaling, a row for each group."""
    if not trials.calibration:
        return None
    columns = (
        translate("report", "Runs"),
        translate("report", "Calibration error"),
        translate("report", "Test loss"),
        translate("report", "Temperature"),
        translate("report", "Error after"),
        translate("report", "Loss after"),
        translate("report", "Accuracy of the surest 90 %"),
    )
    shares: tuple[tuple[Figure, bool], ...] = (
        (lambda each: each.before.reliability.error, True),
        (lambda each: each.before.loss, False),
        (lambda each: each.fitted.value, False),
        (lambda each: each.after.reliability.error if each.after else math.nan, True),
        (lambda each: each.after.loss if each.after else math.nan, False),
        (lambda each: float(each.before.coverage.accuracy_at(np.array([_SUREST]))[0]), True),
    )
    rows = []
    for group in drawn_groups(comparison, translate):
        found = [trials.calibration[run.path] for run in group.runs]
        cells = [Cell(group.label, group.label)]
        for read, share in shares:
            figure = statistic(map(read, found))
            text = percent_deviation if share else number_deviation
            cells.append(Cell(figure.mean, text(figure.mean, figure.deviation)))
        rows.append(tuple(cells))
    return Table(
        tuple(Column("", heading, numeric=index > 0) for index, heading in enumerate(columns)),
        tuple(rows),
    )


# --- charts --------------------------------------------------------------------------------

Groups = Sequence[tuple[DrawnGroup, Sequence[Calibration]]]


def _reliability_chart(groups: Groups, translate: Translate) -> Chart:
    lines = [Line(translate("report", "as right as sure"), NEUTRAL, (0.0, 1.0), (0.0, 1.0))]
    scaled = False
    for group, found in groups:
        lines.append(_reliability_line(group, [each.before for each in found]))
        after = [each.after for each in found if each.after is not None]
        if after:
            line = _reliability_line(group, after)
            lines.append(replace(line, label="", dashed=True, marks=False))
            scaled = True
    if scaled:
        text = translate("report", "after temperature scaling")
        lines.append(Line(text, NEUTRAL, (), (), dashed=True))
    return Chart(
        translate("report", "Reliability"),
        translate("report", "Probability that the answer was given"),
        translate("report", "Share of these answers that are right"),
        tuple(lines),
        percent=True,
    )


def _reliability_line(group: DrawnGroup, found: Sequence[Calibrated]) -> Line:
    bins = pooled([each.reliability for each in found])
    filled = bins.counts > 0
    return mean_line(group, bins.confidence[filled], bins.accuracy[filled][np.newaxis], marks=True)


def _sizes_chart(groups: Groups, translate: Translate) -> Chart:
    lines = []
    for group, found in groups:
        bins = pooled([each.before.reliability for each in found])
        middles = (bins.edges[:-1] + bins.edges[1:]) / 2
        counts = bins.counts / len(found)
        lines.append(mean_line(group, middles, counts[np.newaxis], marks=True))
    return Chart(
        translate("report", "Images in each bin"),
        translate("report", "Probability that the answer was given"),
        translate("report", "Test images"),
        tuple(lines),
        log_y=True,
        first=0.0,
    )


def _coverage_chart(groups: Groups, translate: Translate) -> Chart:
    shares = SHARES[SHARES >= _LEAST_SHARE]
    lines = [
        mean_line(
            group, shares, np.array([each.before.coverage.accuracy_at(shares) for each in found])
        )
        for group, found in groups
    ]
    return Chart(
        translate("report", "Accuracy if the least sure are left out"),
        translate("report", "Share of the test images that are answered"),
        translate("report", "Accuracy of these answers"),
        tuple(lines),
        percent=True,
        lowest=accuracy_floor([line.y[-1] for line in lines], lines),
    )

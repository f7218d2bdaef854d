"""The figures of a lab report: what goes into which chart."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ..runs.store import RunRecord
from ..sweeps.run_names import given_name, run_name
from ..training.history import History
from ..training.variation import declarations
from .aggregate import Group
from .comparison import Comparison, sort_key
from .palette import LIGHT, group_colors
from .phrases import phrases
from .svg import Chart, Line
from .texts import Translate, label

Values = npt.NDArray[np.float64]
_BLOCKS = 60  # points of a smoothed curve
_RAW_COLUMNS = 400
_MOST_MARKS = 25
NEUTRAL = "#7a8594"


@dataclass(frozen=True)
class Series:
    """What is drawn as one curve: a group's runs.

    Attributes
    ----------
    label : str
        For the legend.
    color : int
        Index into the palette.
    histories : tuple of History
        Of the runs to average; all of the same settings.
    """

    label: str
    color: int
    histories: tuple[History, ...]


@dataclass(frozen=True)
class DrawnGroup:
    """A group as charts show it.

    Attributes
    ----------
    label : str
        For the legend.
    color : int
        Index into the palette.
    runs : tuple of RunRecord
        Those that count in means; all of a group of which none does.
    """

    label: str
    color: int
    runs: tuple[RunRecord, ...]


def drawn_groups(comparison: Comparison, translate: Translate) -> list[DrawnGroup]:
    """Return what each group is called, its color, and which of its runs are drawn."""
    found = []
    colors = group_colors(comparison.groups)
    for group, color in zip(comparison.groups, colors, strict=True):
        name = _name(comparison, group)
        if group.diverged == len(group.runs):
            name = translate("report", "{0} (diverged)").format(name)
        found.append(DrawnGroup(name, color, group.counted or group.runs))
    return found


def series_of(
    comparison: Comparison, histories: Mapping[Path, History], translate: Translate
) -> list[Series]:
    """Return a curve for each group that has at least one batch."""
    found = []
    for group in drawn_groups(comparison, translate):
        kept = tuple(history for run in group.runs if (history := histories[run.path]).step)
        if kept:
            found.append(Series(group.label, group.color, kept))
    return found


def curve_charts(
    comparison: Comparison, series: Sequence[Series], translate: Translate
) -> list[Chart]:
    """Return the charts of loss and accuracy over time, and of the result if it has an axis.

    Parameters
    ----------
    comparison : Comparison
    series : sequence of Series
        At least one.
    translate : callable
        Of the contexts ``findings`` and ``report``.

    Returns
    -------
    list of Chart
        Those for which there are figures.
    """
    charts: list[Chart | None] = [_loss_chart(comparison, series, translate)]
    charts.append(_accuracy_chart(comparison, series, translate, updates=False))
    if "batch_size" in comparison.names:
        charts.append(_accuracy_chart(comparison, series, translate, updates=True))
    charts.append(_result_chart(comparison, translate))
    return [chart for chart in charts if chart is not None]


def block_means(values: npt.NDArray[np.floating[Any]], blocks: int) -> tuple[Values, Values]:
    """Return the means of consecutive blocks of a series, and where their middles lie.

    Parameters
    ----------
    values : ndarray, shape (n,)
        Without NaN.
    blocks : int
        How many to make at most.

    Returns
    -------
    middles, means : ndarray of float64, shape (min(n, blocks),)
        Middles are counted from 1, like steps.
    """
    count = len(values)
    edges = np.unique(np.linspace(0, count, min(count, blocks) + 1).round().astype(np.int64))
    sums = np.add.reduceat(values.astype(np.float64), edges[:-1]) if count else np.empty(0)
    return (edges[:-1] + edges[1:] + 1) / 2, sums / np.diff(edges)


# --- charts --------------------------------------------------------------------------------


def _loss_chart(comparison: Comparison, series: Sequence[Series], translate: Translate) -> Chart:
    lines: list[Line] = []
    trained = [_training_loss(comparison, each) for each in series]
    validated = [_epoch_line(comparison, each, "validation_loss", updates=False) for each in series]
    texts = translate("report", "training"), translate("report", "validation")
    if len(series) == 1:
        lines += [_raw(comparison, series[0].histories[0], series[0].color)]
        lines += [replace(trained[0], label=texts[0])]
    else:
        lines += trained
    lines += [_as_validation(line, "") for line in validated if line is not None]
    # What strokes mean is the same for all colors, and told once.
    color = lines[-1].color if len(series) == 1 else NEUTRAL
    look = lines[-1].css_class if len(series) == 1 else ""
    if len(series) > 1:
        lines.append(Line(texts[0], color, (), ()))
    if any(validated):
        lines.append(Line(texts[1], color, (), (), dashed=True, css_class=look))
    return Chart(
        translate("report", "Loss"),
        _time_label(comparison, translate),
        translate("report", "Cross-entropy (nats)"),
        tuple(lines),
        log_y=True,
        whole_x=not _by_seconds(comparison),
        first=_first(comparison, series),
    )


def _accuracy_chart(
    comparison: Comparison, series: Sequence[Series], translate: Translate, *, updates: bool
) -> Chart | None:
    name = "validation_accuracy"
    lines = [_epoch_line(comparison, each, name, updates=updates) for each in series]
    if len(series) == 1:
        training = _epoch_line(comparison, series[0], "train_accuracy", updates=updates)
        lines = [
            training and replace(training, label=translate("report", "training")),
            lines[0] and _as_validation(lines[0], translate("report", "validation")),
        ]
    shown = tuple(line for line in lines if line is not None and np.isfinite(line.y).any())
    if not shown:
        return None
    measure = translate("report", "Validation accuracy")
    if len(series) == 1:
        measure = translate("report", "Accuracy")
    return Chart(
        translate("report", "{0} by updates").format(measure) if updates else measure,
        translate("report", "Updates") if updates else _time_label(comparison, translate),
        measure,
        shown,
        log_x=updates,
        percent=True,
        lowest=accuracy_floor([line.y[-1] for line in shown], shown),
        whole_x=not _by_seconds(comparison),
        first=None if updates else _first(comparison, series),
    )


def _result_chart(comparison: Comparison, translate: Translate) -> Chart | None:
    """Return the accuracy against the one setting that was varied, as a result to look at."""
    if len(comparison.names) != 1 or len(comparison.scored) < 3:
        return None
    (name,) = comparison.names
    key = sort_key(comparison.groups, name)
    if key is None:
        return None
    values = tuple(key(group) for group in comparison.scored)
    declaration = declarations().get(name)
    logarithmic = name == "hidden" or (declaration is not None and declaration.logarithmic)
    lines = []
    for index, (measure, text) in enumerate(
        (
            ("validation_accuracy", translate("report", "validation")),
            ("test_accuracy", translate("report", "test")),
        )
    ):
        figures = [group.figures[measure] for group in comparison.scored]
        deviations = [figure.deviation for figure in figures]
        means = [figure.mean for figure in figures]
        line = Line(
            text,
            LIGHT[index],
            values,
            means,
            [mean - deviation for mean, deviation in zip(means, deviations, strict=True)],
            [mean + deviation for mean, deviation in zip(means, deviations, strict=True)],
            marks=True,
            errors=True,
            dashed=index > 0,
            css_class=f"run-{index + 1}",
        )
        if any(not math.isnan(mean) for mean in means):
            lines.append(line)
    return Chart(
        translate("report", "Accuracy by {0}").format(phrases(name, translate).noun),
        label(name, translate),
        translate("report", "Accuracy"),
        tuple(lines),
        log_x=logarithmic and min(values) > 0,
        percent=True,
        ticks=values,
        lowest=accuracy_floor([y for line in lines for y in line.y], lines),
    )


# --- lines ---------------------------------------------------------------------------------


def _training_loss(comparison: Comparison, series: Series) -> Line:
    """Return the smoothed loss: the mean of blocks of batches, then over the seeds."""
    steps = min(history.step for history in series.histories)
    found = [block_means(history.losses[:steps], _BLOCKS) for history in series.histories]
    middles = found[0][0]
    x = np.mean([_times(comparison, h, middles) for h in series.histories], axis=0)
    return mean_line(series, x, np.array([means for _, means in found]))


def _epoch_line(comparison: Comparison, series: Series, name: str, *, updates: bool) -> Line | None:
    """Return a figure of each epoch, averaged over the seeds; None before the first one ended."""
    epochs = min(history.epoch_count for history in series.histories)
    if not epochs:
        return None
    steps = [history.epoch_column("step")[:epochs] for history in series.histories]
    if updates:
        x = np.asarray(steps[0], np.float64)
    else:
        times = [_times(comparison, h, at) for h, at in zip(series.histories, steps, strict=True)]
        x = np.mean(times, axis=0)
    values = np.array([history.epoch_column(name)[:epochs] for history in series.histories])
    return mean_line(series, x, values, marks=epochs <= _MOST_MARKS)


def mean_line(of: Series | DrawnGroup, x: Values, values: Values, *, marks: bool = False) -> Line:
    """Return the mean of rows of values with a band of their standard deviation.

    Parameters
    ----------
    of : Series or DrawnGroup
        Gives label and color.
    x : ndarray of float64, shape (n,)
        Where the values lie.
    values : ndarray of float, shape (runs, n)
        The deviation is that of a sample (divided by runs - 1); a single run has no band.
    marks : bool
        Whether each point has a mark.
    """
    mean = values.mean(axis=0)
    low: list[float] = []
    high: list[float] = []
    if len(values) > 1:
        deviation = values.std(axis=0, ddof=1)
        low, high = (mean - deviation).tolist(), (mean + deviation).tolist()
    return Line(
        of.label,
        LIGHT[of.color],
        x.tolist(),
        mean.tolist(),
        low,
        high,
        marks=marks,
        css_class=f"run-{of.color + 1}",
    )


def _raw(comparison: Comparison, history: History, color: int) -> Line:
    """Return the loss of every batch, as the extremes of as many columns as can be seen."""
    losses = history.losses
    edges = np.unique(np.linspace(0, len(losses), _RAW_COLUMNS + 1).round().astype(np.int64))[:-1]
    low, high = np.fmin.reduceat(losses, edges), np.fmax.reduceat(losses, edges)
    x = np.repeat(_times(comparison, history, edges + 1), 2)
    y = np.stack([low, high]).T.reshape(-1)
    name = f"run-{color + 1}"
    return Line("", LIGHT[color], x.tolist(), y.tolist(), pale=True, css_class=name)


def _as_validation(line: Line, label_text: str) -> Line:
    return replace(line, label=label_text, dashed=True, marks=False)


# --- parts ---------------------------------------------------------------------------------


def _name(comparison: Comparison, group: Group) -> str:
    """Return the name that the user has given, else what makes a group differ."""
    first = group.runs[0]
    given = {given_name(run.label, run.header.config) for run in group.runs}
    if len(given) == 1 and (name := given.pop()):
        return name
    if not comparison.names or len(comparison.names) > 3:
        return first.title
    return run_name(first.header.config, comparison.names)


def _by_seconds(comparison: Comparison) -> bool:
    return any(group.values["max_seconds"] for group in comparison.groups)


def _time_label(comparison: Comparison, translate: Translate) -> str:
    if _by_seconds(comparison):
        return translate("report", "Training time (s)")
    return translate("report", "Epoch")


def _times(comparison: Comparison, history: History, steps: npt.ArrayLike) -> Values:
    """Return where steps lie on the axis of time: epochs, or seconds if these were the budget."""
    counted = np.asarray(steps, np.float64)
    if not _by_seconds(comparison):
        return counted / history.batches_per_epoch + history.origin.epochs
    if not history.step:  # weights that were measured, but not trained further
        return np.full(counted.shape, history.origin.seconds)
    index = np.clip(counted.round().astype(np.int64) - 1, 0, history.step - 1)
    return history.seconds[index].astype(np.float64) + history.origin.seconds


def _first(comparison: Comparison, series: Sequence[Series]) -> float:
    """Return where the axis of time begins: where the first run did."""
    unit = "seconds" if _by_seconds(comparison) else "epochs"
    return min(float(getattr(h.origin, unit)) for each in series for h in each.histories)


def accuracy_floor(results: Sequence[float], lines: Sequence[Line]) -> float:
    """Return where the axis begins, so that one bad run does not flatten all the others."""
    numbers = [result for result in results if math.isfinite(result)]
    lowest = min(
        (y for line in lines for y in (*line.y, *line.low) if math.isfinite(y)), default=0.0
    )
    if not numbers:
        return lowest
    return max(lowest, 1 - 5 * (1 - float(np.median(numbers))))

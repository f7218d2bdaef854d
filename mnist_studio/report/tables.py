"""The results as a table: for people, as Markdown and as CSV."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from ..files import replace_file
from ..number_text import (
    NONE,
    grouped,
    number,
    number_deviation,
    percent_deviation,
    percentage,
    signed,
)
from ..runs.store import RunRecord
from ..training.status import RunStatus
from ..training.variation import declarations, differing, format_value, relevant_values
from .aggregate import FIGURES, Group, Statistic
from .comparison import Comparison
from .markup import markdown
from .sheet import Sheet
from .texts import Translate, failure_text, label, points_text, status_text, untranslated

_ACCURACIES = ("validation_accuracy", "test_accuracy")
_SHOWN = (*_ACCURACIES, "train_loss", "best_epoch", "epochs", "seconds")


class Column(NamedTuple):
    """A column of a table.

    Attributes
    ----------
    name : str
        Its name for programs.
    heading : str
        Its name for people; empty if it is only for programs.
    numeric : bool
        Whether it holds numbers, which are aligned to the right.
    """

    name: str
    heading: str
    numeric: bool


class Cell(NamedTuple):
    """A cell of a table.

    Attributes
    ----------
    value : str, int, float or None
        For programs; accuracies from 0 to 1; None if there is nothing.
    text : str
        For people.
    """

    value: str | int | float | None
    text: str


@dataclass(frozen=True)
class Table:
    """Rows of cells.

    Attributes
    ----------
    columns : tuple of Column
    rows : tuple of tuple of Cell
        As many cells in each as there are columns.
    """

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]

    def for_people(self) -> Table:
        """Return the table without the columns that are only for programs."""
        kept = [index for index, column in enumerate(self.columns) if column.heading]
        return Table(
            tuple(self.columns[index] for index in kept),
            tuple(tuple(row[index] for index in kept) for row in self.rows),
        )


def run_table(
    runs: Sequence[RunRecord],
    translate: Translate = untranslated,
) -> Table:
    """Return a row for each run: what differs, the seed included, then the results.

    Parameters
    ----------
    runs : sequence of RunRecord
    translate : callable
        Of the context ``report``.
    """
    names = differing(run.header.config for run in runs)
    columns = [Column("run", translate("report", "Run"), numeric=False)]
    columns += [_setting_column(name, translate) for name in names]
    columns += [_figure_column(name, translate) for name in _SHOWN]
    columns += [
        Column("status", translate("report", "Status"), numeric=False),
        Column("failure", "", numeric=False),
    ]
    rows = []
    for run in runs:
        values = relevant_values(run.header.config)
        cells = [_text(run.title), *(_setting(name, values.get(name)) for name in names)]
        cells += [_figure(name, FIGURES[name](run.header)) for name in _SHOWN]
        status = run.header.status
        cells += [Cell(status.value, status_text(status, translate))]
        cells += [_text(failure_text(run.header.failure))]
        rows.append(tuple(cells))
    return Table(tuple(columns), tuple(rows))


def group_table(comparison: Comparison, translate: Translate = untranslated) -> Table:
    """Return a row for each group: what differs, then means and deviations over the seeds.

    Parameters
    ----------
    comparison : Comparison
    translate : callable
        Of the context ``report``.
    """
    several = any(len(group.runs) > 1 for group in comparison.groups)
    columns = [_setting_column(name, translate) for name in comparison.names]
    if not columns:
        columns.append(Column("run", translate("report", "Run"), numeric=False))
    if several:
        columns.append(Column("runs", translate("report", "Runs"), numeric=True))
    for name in _SHOWN:
        columns.append(_figure_column(name, translate))
        if several:
            columns.append(Column(f"{name}_deviation", "", numeric=True))
    columns += [
        Column("difference_to_best", translate("report", "To the best"), numeric=False),
        Column("within_noise", "", numeric=False),
        Column("status", translate("report", "Status"), numeric=False),
    ]
    rows = [_group_row(comparison, group, several, translate) for group in comparison.groups]
    return Table(tuple(columns), tuple(rows))


def _group_row(
    comparison: Comparison, group: Group, several: bool, translate: Translate
) -> tuple[Cell, ...]:
    cells = [_setting(name, group.values.get(name)) for name in comparison.names]
    if not cells:
        cells.append(_text(group.runs[0].title))
    if several:
        cells.append(Cell(len(group.runs), str(len(group.runs))))
    for name in _SHOWN:
        cells.append(_mean(name, group.figures[name]))
        if several:
            cells.append(_plain(group.figures[name].deviation))
    cells += [
        _difference(comparison, group, translate),
        _within_noise(comparison, group),
        _text(_group_status(group, translate)),
    ]
    return tuple(cells)


def to_csv(table: Table) -> str:
    """Return a table as CSV, see :meth:`.Sheet.to_csv`, with the names of its columns."""
    rows = ([cell.value for cell in row] for row in table.rows)
    return Sheet([column.name for column in table.columns], rows).to_csv()


def write_table(path: Path, table: Table) -> None:
    """Write a table as Markdown if the file's name ends in ``.md``, else as CSV.

    Raises
    ------
    OSError
        If the file cannot be written; what was there stays.
    """
    text = to_markdown(table) if path.suffix.lower() == ".md" else to_csv(table)
    replace_file(path, lambda file: file.write(text.encode("utf-8")))


def to_markdown(table: Table) -> str:
    """Return a table as Markdown with aligned pipes, without what is only for programs."""
    shown = table.for_people()
    rows = [[markdown(column.heading) for column in shown.columns]]
    rows += [[markdown(cell.text) for cell in row] for row in shown.rows]
    return markdown_table(rows, [column.numeric for column in shown.columns])


def markdown_table(rows: Sequence[Sequence[str]], numeric: Sequence[bool]) -> str:
    """Return a table in Markdown with aligned pipes.

    Parameters
    ----------
    rows : sequence of sequence of str
        The headings, then the cells of each row; all of it is Markdown already.
    numeric : sequence of bool
        Which columns are aligned to the right.
    """
    widths = [max(3, *map(len, column)) for column in zip(*rows, strict=True)]
    rule = [
        "-" * (width - 1) + ":" if right else "-" * width
        for width, right in zip(widths, numeric, strict=True)
    ]
    lines = [
        [
            cell.rjust(width) if right else cell.ljust(width)
            for cell, width, right in zip(row, widths, numeric, strict=True)
        ]
        for row in (rows[0], rule, *rows[1:])
    ]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


# --- columns and cells ---------------------------------------------------------------------


def _setting_column(name: str, translate: Translate) -> Column:
    declaration = declarations().get(name)
    numeric = declaration is not None and declaration.kind is not str
    return Column(name, label(name, translate), numeric)


def _figure_column(name: str, translate: Translate) -> Column:
    headings = {
        "validation_accuracy": translate("report", "Validation accuracy"),
        "test_accuracy": translate("report", "Test accuracy"),
        "train_loss": translate("report", "Training loss"),
        "best_epoch": translate("report", "Best epoch"),
        "epochs": translate("report", "Epochs"),
        "seconds": translate("report", "Time (s)"),
    }
    # The number of epochs may be varied, too, and then has a column of that name.
    return Column("epochs_trained" if name == "epochs" else name, headings[name], numeric=True)


def _setting(name: str, value: str | float | None) -> Cell:
    return Cell(value, NONE if value is None else format_value(name, value))


def _text(text: str) -> Cell:
    return Cell(text, text)


def _plain(value: float) -> Cell:
    return Cell(None if math.isnan(value) else value, "")


def _figure(name: str, value: float) -> Cell:
    if math.isnan(value):
        return Cell(None, NONE)
    if name in _ACCURACIES:
        return Cell(value, percentage(value))
    if name in ("best_epoch", "epochs"):
        return Cell(round(value), grouped(value))
    return Cell(value, number(value))


def _mean(name: str, figure: Statistic) -> Cell:
    if figure.n < 2:
        return _figure(name, figure.mean)
    if name in _ACCURACIES:
        return Cell(figure.mean, percent_deviation(figure.mean, figure.deviation))
    if name in ("best_epoch", "epochs"):
        return Cell(figure.mean, f"{figure.mean:.1f}" if figure.deviation else grouped(figure.mean))
    return Cell(figure.mean, number_deviation(figure.mean, figure.deviation))


def _difference(comparison: Comparison, group: Group, translate: Translate) -> Cell:
    best, score = comparison.best, comparison.score(group)
    if best is None or math.isnan(score):
        return Cell(None, NONE)
    if group is best:
        return Cell(0.0, translate("report", "best"))
    difference = score - comparison.score(best)
    text = points_text(signed(100 * difference, 2), translate)
    if comparison.within_noise(group):
        text = translate("report", "{0} (within noise)").format(text)
    return Cell(difference, text)


def _within_noise(comparison: Comparison, group: Group) -> Cell:
    if math.isnan(comparison.score(group)):
        return Cell(None, "")
    return Cell(int(comparison.within_noise(group)), "")


def _group_status(group: Group, translate: Translate) -> str:
    """Return the state of a group's runs, with numbers if they are in several."""
    total = len(group.runs)
    counts = Counter(run.header.status for run in group.runs)
    stopped, interrupted = counts[RunStatus.STOPPED], counts[RunStatus.INTERRUPTED]
    states = {
        status_text(RunStatus.COMPLETED, translate): counts[RunStatus.COMPLETED],
        translate("report", "diverged"): group.diverged,
        status_text(RunStatus.FAILED, translate): group.failed,
        status_text(RunStatus.STOPPED, translate): stopped,
        status_text(RunStatus.INTERRUPTED, translate): interrupted,
        status_text(RunStatus.RUNNING, translate): group.unfinished - stopped - interrupted,
    }
    found: Iterable[tuple[str, int]] = [(text, n) for text, n in states.items() if n]
    return ", ".join(text if n == total else f"{n} {text}" for text, n in found)

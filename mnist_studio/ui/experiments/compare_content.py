"""What is said of runs side by side: settings that differ, settings that are equal, results."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from PySide6.QtCore import QCoreApplication

from ...number_text import NONE, duration, grouped, loss_text, percentage
from ...report.aggregate import FIGURES
from ...report.markup import markdown
from ...report.tables import markdown_table
from ...training.status import RunStatus
from ...training.variation import declarations, differing, format_value, relevant_values
from ..describe import describe_failure
from ..labels import choice_label, label, tooltip

if TYPE_CHECKING:
    from ...runs.header import RunHeader
    from ...session.run_row import RunRow

translate = QCoreApplication.translate


class Line(NamedTuple):
    """One line of the table.

    Attributes
    ----------
    heading : str
    texts : tuple of str
        One for each run.
    best : frozenset of int
        Which runs have the best figure; empty if all are alike or none is better.
    tip : str
        Explains the heading.
    """

    heading: str
    texts: tuple[str, ...]
    best: frozenset[int] = frozenset()
    tip: str = ""


class Figure(NamedTuple):
    """A result of a run.

    Attributes
    ----------
    heading : str
    read : callable
        Returns the number, NaN where there is none.
    text : callable
        Returns the number for people.
    better : callable, optional
        ``max`` or ``min``; None if neither more nor less is better.
    tip : str
        Explains the heading.
    """

    heading: str
    read: Callable[[RunHeader], float]
    text: Callable[[float], str]
    better: Callable[[Sequence[float]], float] | None
    tip: str


def different_settings(rows: Sequence[RunRow]) -> list[Line]:
    """Return a line for each setting in which the runs differ."""
    values = [relevant_values(row.config) for row in rows]
    return [
        Line(
            label(name),
            tuple(setting_text(name, each.get(name)) for each in values),
            tip=tooltip(name),
        )
        for name in differing([row.config for row in rows])
    ]


def equal_settings(rows: Sequence[RunRow]) -> list[tuple[str, str]]:
    """Return name and value, for people, of each setting that has an effect and is the same."""
    if not rows:
        return []
    others = set(differing([row.config for row in rows]))
    return [
        (label(name), setting_text(name, value))
        for name, value in relevant_values(rows[0].config).items()
        if name not in others
    ]


def setting_text(name: str, value: Any) -> str:
    """Return a value as people read it; a dash stands for one that has no effect."""
    if value is None:
        return NONE
    declaration = declarations().get(name)
    text = format_value(name, value)
    if name != "dataset" and declaration is not None and declaration.choices:
        return choice_label(text)
    return text


def results(rows: Sequence[RunRow]) -> list[Line]:
    """Return a line for each figure that at least one of the runs has.

    The best of each is marked, unless the runs learn different data: those are no rivals.
    """
    headers = [row.header for row in rows]
    rivals = len({row.config.data.dataset for row in rows}) == 1
    lines = (_result(figure, headers, rivals=rivals) for figure in figures())
    return [line for line in lines if any(text != NONE for text in line.texts)]


def figures() -> tuple[Figure, ...]:
    """Return the results that are compared, in order."""
    return *_qualities(), *_costs()


def _qualities() -> tuple[Figure, ...]:
    return (
        Figure(
            translate("compare", "Validation accuracy"),
            FIGURES["validation_accuracy"],
            percentage,
            max,
            translate("compare", "Of the best epoch, on images that are held out of the training."),
        ),
        Figure(
            translate("compare", "Best epoch"),
            FIGURES["best_epoch"],
            grouped,
            None,
            translate("compare", "The epoch with the best validation; its weights are kept."),
        ),
        Figure(
            translate("compare", "Test accuracy"),
            FIGURES["test_accuracy"],
            percentage,
            max,
            translate(
                "compare",
                "Of the kept weights, on images that played no part in training or choosing.",
            ),
        ),
        Figure(
            translate("compare", "Training loss"),
            FIGURES["train_loss"],
            loss_text,
            None,  # harder images and dropped units raise it, memorizing lowers it
            translate(
                "compare",
                "Mean over the batches of the last epoch, without the L2 penalty. Dropout, "
                "augmentation and skipped images change what it measures.",
            ),
        ),
        Figure(
            translate("compare", "Validation loss"),
            FIGURES["validation_loss"],
            loss_text,
            min,
            translate("compare", "Of the best epoch, whose weights are kept."),
        ),
    )


def _costs() -> tuple[Figure, ...]:
    return (
        Figure(
            translate("compare", "Time"),
            FIGURES["seconds"],
            time_text,
            None,
            translate(
                "compare",
                "Training time without pauses; to be compared where the work is the same.",
            ),
        ),
        Figure(
            translate("compare", "Images per second"),
            images_per_second,
            grouped,
            max,
            translate(
                "compare",
                "Training images over training time, on the computer that trained the run.",
            ),
        ),
    )


def _result(figure: Figure, headers: Sequence[RunHeader | None], *, rivals: bool) -> Line:
    numbers = [math.nan if header is None else figure.read(header) for header in headers]
    texts = tuple(figure.text(number) for number in numbers)
    best = _best(numbers, texts, figure.better) if rivals else frozenset()
    return Line(figure.heading, texts, best, figure.tip)


def _best(
    numbers: Sequence[float],
    texts: Sequence[str],
    better: Callable[[Sequence[float]], float] | None,
) -> frozenset[int]:
    """Return where the best number is, and all that read the same."""
    finite = [number for number in numbers if math.isfinite(number)]
    if better is None or len(finite) < 2:
        return frozenset()
    text = texts[numbers.index(better(finite))]
    found = frozenset(k for k, each in enumerate(texts) if each == text)
    return found if len(found) < len(finite) else frozenset()


def images_per_second(header: RunHeader) -> float:
    """Return the mean speed of a run, or NaN before its first batch."""
    batch = header.config.training.batch_size
    if not header.step or not header.seconds or not header.train_size:
        return math.nan
    epochs, rest = divmod(header.step, -(-header.train_size // batch))
    return (epochs * header.train_size + rest * batch) / header.seconds


def time_text(seconds: float) -> str:
    """Return e.g. ``0.42 s``, ``12.3 s`` or ``2:05``."""
    if not 0 < seconds < 60:
        return duration(seconds)
    text = f"{seconds:.2g}" if seconds < 1 else f"{seconds:.{1 if seconds >= 10 else 2}f}"
    return translate("compare", "{0} s").format(text)


def failures(rows: Sequence[RunRow]) -> list[tuple[RunRow, str]]:
    """Return the runs that failed, and why, in a sentence."""
    return [
        (
            row,
            describe_failure(row.failure)
            or translate("compare", "The run failed; its file does not say why."),
        )
        for row in rows
        if row.status is RunStatus.FAILED
    ]


def as_markdown(rows: Sequence[RunRow], lines: Sequence[Line]) -> str:
    """Return the lines as a table in Markdown; the best figures are bold."""
    table = [["", *(markdown(row.title) for row in rows)]]
    for line in lines:
        texts = [markdown(text) for text in line.texts]
        bold = [f"**{text}**" if k in line.best else text for k, text in enumerate(texts)]
        table.append([markdown(line.heading), *bold])
    return markdown_table(table, [False, *(True for _ in rows)])

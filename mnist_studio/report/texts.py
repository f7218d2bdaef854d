"""What reports call things, and how they write numbers."""

from __future__ import annotations

import math
from collections.abc import Callable

from ..labels import field_text
from ..training.status import Failure, FailureKind, RunStatus

Translate = Callable[[str, str], str]
"""Given a context and an English text, returns it in the reader's language."""


def untranslated(context: str, text: str) -> str:
    """Return the English text."""
    return text


def label(name: str, translate: Translate = untranslated) -> str:
    """Return what people call a setting, as a heading."""
    return translate("labels", field_text(name).label)


def status_text(status: RunStatus, translate: Translate = untranslated) -> str:
    """Return a status as people read it."""
    return {
        RunStatus.QUEUED: translate("report", "queued"),
        RunStatus.RUNNING: translate("report", "unfinished"),
        RunStatus.PAUSED: translate("report", "unfinished"),
        RunStatus.INTERRUPTED: translate("report", "interrupted"),
        RunStatus.COMPLETED: translate("report", "completed"),
        RunStatus.STOPPED: translate("report", "stopped"),
        RunStatus.FAILED: translate("report", "failed"),
    }[status]


def failure_text(failure: Failure | None, translate: Translate = untranslated) -> str:
    """Return why a run failed in a sentence; empty if it did not, or nobody knows."""
    if failure is None:
        return ""
    exploded = translate(
        "report",
        "The loss exploded to {loss} at batch {step}: steps with a learning rate of {rate:g} "
        "are too large here. Try a learning rate ten times smaller.",
    )
    no_number = translate(
        "report",
        "The loss is no longer a number at batch {step}: steps with a learning rate of {rate:g} "
        "are too large here. Try a learning rate ten times smaller.",
    )
    text = {
        FailureKind.DIVERGED: no_number if failure.loss is None else exploded,
        FailureKind.OUT_OF_MEMORY: translate(
            "report",
            "There is not enough memory for this training; make the layers or the batch smaller.",
        ),
        FailureKind.PROCESS_DIED: translate(
            "report",
            "The process that trained this run died twice, perhaps for lack of memory; make the "
            "layers or the batch smaller, or train fewer runs at once.",
        ),
        FailureKind.PROGRAM_ERROR: translate(
            "report", "The training broke off by an error in the program ({message})."
        ),
        FailureKind.OTHER: "{message}",
    }[failure.kind]
    loss = failure.loss or 0.0
    return text.format(
        message=failure.message,
        step=failure.step,
        loss=count(loss) if loss < 1e6 else translate("report", "over a million"),
        rate=failure.learning_rate,
    )


def percent(share: float, digits: int = 2) -> str:
    """Return a share of one as e.g. ``97.90 %``; a dash for NaN."""
    return "–" if math.isnan(share) else f"{100 * share:.{digits}f} %"


def percent_deviation(share: float, deviation: float) -> str:
    """Return e.g. ``97.90 ± 0.12 %``, without what is not a number."""
    if math.isnan(share) or math.isnan(deviation):
        return percent(share)
    return f"{100 * share:.2f} ± {100 * deviation:.2f} %"


def number(value: float, digits: int = 3) -> str:
    """Return a number in so many digits, never in powers of ten below a million."""
    if math.isnan(value):
        return "–"
    if value and math.isfinite(value) and abs(value) < 1e6:
        return f"{value:.{max(0, digits - 1 - math.floor(math.log10(abs(value))))}f}"
    return f"{value:.{digits}g}"


def number_deviation(value: float, deviation: float) -> str:
    """Return e.g. ``0.0213 ± 0.0012``, with as many decimals in both."""
    text = number(value)
    if math.isnan(value) or math.isnan(deviation):
        return text
    decimals = len(text.partition(".")[2])
    return f"{text} ± {deviation:.{decimals}f}"


def count(value: float) -> str:
    """Return a whole number with thin spaces between its thousands."""
    return "–" if math.isnan(value) else f"{value:,.0f}".replace(",", "\u202f")

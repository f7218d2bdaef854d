"""What reports call things."""

from __future__ import annotations

from collections.abc import Callable

from ..labels import field_text
from ..number_text import grouped
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


def points_text(number: str, translate: Translate = untranslated) -> str:
    """Return a difference of accuracies, ``−4.25 points``: in percent it might be one of theirs."""
    return translate("report", "{0} points").format(number)


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
        loss=grouped(loss) if loss < 1e6 else translate("report", "over a million"),
        rate=failure.learning_rate,
    )

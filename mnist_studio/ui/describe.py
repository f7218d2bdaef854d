"""Runs, states and errors in a few words for people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QCoreApplication

from ..number_text import grouped
from ..report.texts import failure_text
from ..training.config import RunConfig
from ..training.hyperparameter import Hyperparameter
from ..training.status import Failure, FailureKind, RunStatus
from .labels import short_label, value_text

if TYPE_CHECKING:
    from ..session.run_in_view import RunInView
    from ..session.run_row import RunRow
    from ..training.history import History

translate = QCoreApplication.translate

_NO_SCHEDULE = "constant"


def describe_run(config: RunConfig, history: History | None) -> str:
    """Return e.g. ``784-256-10 on MNIST, SGD 0.1, batch 20`` and how far the run came."""
    sizes = "-".join(str(size) for size in config.model.sizes)
    training = config.training
    text = translate("describe", "{0} on {1}, {2} {3:g}, batch {4}").format(
        sizes,
        value_text("dataset", config.data.dataset),
        value_text("optimizer", training.optimizer),
        training.learning_rate,
        training.batch_size,
    )
    if history is None:
        return text
    if history.epochs:
        progress = translate("describe", "{0} of {1} epochs").format(
            len(history.epochs), training.epochs
        )
    else:
        share = history.step / history.batches_per_epoch
        progress = translate("describe", "{0} % of the first epoch").format(int(100 * share))
    return f"{text} ({progress})"


def describe_in_view(run: RunInView | None, row: RunRow | None) -> str:
    """Return which run is in view, e.g. ``run 3: 784-256-10 on MNIST, …``; empty for none.

    Parameters
    ----------
    run : RunInView, optional
        The run.
    row : RunRow, optional
        How it is listed, if it is already.
    """
    if run is None:
        return ""
    text = describe_run(run.config, None)
    if run.bundled:
        return translate("describe", "Trained for you: {0}").format(text)
    from ..runs.label import RunLabel, run_title

    name = run_title(run.path, row.label if row else RunLabel()) if run.path else run.name
    return translate("describe", "{0}: {1}").format(name, text) if name else text


def describe_missing(dataset: str) -> str:
    """Return a sentence on a run whose data set, of this name, is not the one in use."""
    text = translate("describe", "This run was trained on {0}, which is not the data set in use.")
    return text.format(value_text("dataset", dataset))


def describe_whose(run: RunInView | None) -> str:
    """Return whose figures these are, ``"As at batch 120: "``, if not the newest weights'."""
    if run is None:
        return ""
    shown = run.recalled or run.newest
    if shown.edited:
        return translate("describe", "Changed network: ")
    if run.status is RunStatus.FAILED and not shown.step:  # to where it has gone back
        return translate("describe", "Before the training: ")
    if run.recalled is None:
        return ""
    return translate("describe", "As at batch {0}: ").format(grouped(shown.step))


def describe_values(config: RunConfig, names: Iterable[str]) -> str:
    """Return some values of a configuration as a legend names them: ``batch 20, rate 0.1``."""
    from ..training.variation import values_of

    values = values_of(config)
    return ", ".join(
        f"{short_label(name)} {value_text(name, values[name])}".strip() for name in names
    )


def describe_group(values: Mapping[str, Any], group: Mapping[str, Hyperparameter]) -> str:
    """Return a group of settings in a few words: ``SGD · rate 0.1 · batch 20``, ``20 epochs``.

    Parameters
    ----------
    values : mapping of str to value
        Of the group's fields, and of those that decide which of them have an effect.
    group : mapping of str to Hyperparameter
        Its declarations.

    Returns
    -------
    str
        Without values that have no effect or are switched off; ``off`` if none is left. Those
        that belong to another one, as momentum to its optimizer, come last: a narrow line ends
        before them.
    """
    important_first = sorted(group.items(), key=lambda item: item[1].relevant is not None)
    shown = [
        _describe_setting(name, values[name])
        for name, each in important_first
        if (each.relevant is None or each.relevant(values))
        and not (each.off_at_zero and not values[name])
        and values[name] != _NO_SCHEDULE
    ]
    return " · ".join(shown) or translate("describe", "off")


def _describe_setting(name: str, value: Any) -> str:
    if name == "epochs":
        if value == 1:
            return translate("describe", "1 epoch")
        return translate("describe", "{0} epochs").format(value)
    return f"{short_label(name)} {value_text(name, value)}".strip()


def describe_ignored(names: Iterable[str], *, goes_on: bool) -> str:
    """Return what to say on opening or continuing a run with settings that cannot be used."""
    text = (
        translate(
            "describe",
            "The run goes on without settings that cannot be used here, so with other numbers: {0}",
        )
        if goes_on
        else translate(
            "describe",
            "The run has settings that cannot be used here and are ignored; it answers as it did, "
            "but would go on with other numbers: {0}",
        )
    )
    return text.format(", ".join(names))


def describe_status(status: RunStatus | None) -> str:
    """Return the state of a run in one word."""
    return {
        None: "",
        RunStatus.QUEUED: translate("describe", "loading data"),
        RunStatus.RUNNING: translate("describe", "training"),
        RunStatus.PAUSED: translate("describe", "paused"),
        RunStatus.INTERRUPTED: translate("describe", "interrupted"),
        RunStatus.COMPLETED: translate("describe", "finished"),
        RunStatus.STOPPED: translate("describe", "stopped"),
        RunStatus.FAILED: translate("describe", "failed"),
    }[status]


def describe_failure(failure: Failure | None) -> str:
    """Return why a run failed, in a sentence; empty if it did not, or nobody knows."""
    text = failure_text(failure, QCoreApplication.translate)
    if failure is not None and failure.kind is FailureKind.PROGRAM_ERROR:
        details = translate("describe", "The log has the details.")
        text = f"{text} {details}"
    return text

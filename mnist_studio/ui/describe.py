"""Runs, states and errors in a few words for people."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from ..training.config import RunConfig
from ..training.status import RunStatus
from .labels import short_label, value_text

if TYPE_CHECKING:
    from ..training.history import History


def _tr(text: str) -> str:
    return QCoreApplication.translate("describe", text)


def describe_run(config: RunConfig, history: History | None) -> str:
    """Return e.g. ``784-256-10 on mnist, sgd 0.1, batch 20`` and how far the run came."""
    sizes = "-".join(str(size) for size in config.model.sizes)
    training = config.training
    text = _tr("{0} on {1}, {2} {3:g}, batch {4}").format(
        sizes,
        config.data.dataset,
        training.optimizer,
        training.learning_rate,
        training.batch_size,
    )
    if history is None:
        return text
    epochs = _tr("{0} of {1} epochs").format(len(history.epochs), training.epochs)
    return f"{text} ({epochs})"


def describe_values(config: RunConfig, names: Iterable[str]) -> str:
    """Return some values of a configuration as a legend names them: ``batch 20, rate 0.1``."""
    from ..training.variation import values_of

    values = values_of(config)
    return ", ".join(
        f"{short_label(name)} {value_text(name, values[name])}".strip() for name in names
    )


def describe_status(status: RunStatus | None) -> str:
    """Return the state of a run in one word."""
    return {
        None: "",
        RunStatus.QUEUED: _tr("loading data"),
        RunStatus.RUNNING: _tr("training"),
        RunStatus.PAUSED: _tr("paused"),
        RunStatus.COMPLETED: _tr("finished"),
        RunStatus.STOPPED: _tr("stopped"),
        RunStatus.FAILED: _tr("failed"),
    }[status]


def describe_error(error: Exception | None) -> str:
    """Return a sentence on why a run failed, or an empty string if there is nothing better."""
    if error is None:
        return ""
    from ..data.errors import DataError
    from ..training.checkpoint import CheckpointError
    from ..training.failures import TrainingDiverged

    if isinstance(error, CheckpointError | DataError):
        return str(error)
    if isinstance(error, TrainingDiverged):
        text = (
            _tr(
                "The loss exploded to {1:.0f} at batch {0}: steps with a learning rate of {2:g} "
                "are too large here. Try a learning rate ten times smaller."
            )
            if math.isfinite(error.loss)
            else _tr(
                "The loss is no longer a number at batch {0}: steps with a learning rate of {2:g} "
                "are too large here. Try a learning rate ten times smaller."
            )
        )
        return text.format(error.step, error.loss, error.learning_rate)
    if isinstance(error, MemoryError):
        return _tr("There is not enough memory for this network: make its layers narrower.")
    return _tr("The training broke off: {0}. The log has the details.").format(error)

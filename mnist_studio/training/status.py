"""The states of a run, and why one failed."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from .values import real, text, whole


class RunStatus(Enum):
    """Where a run is in its life."""

    QUEUED = "queued"
    RUNNING = "running"
    PAUSED = "paused"
    INTERRUPTED = "interrupted"
    """It was to be trained on when its process ended."""
    COMPLETED = "completed"
    STOPPED = "stopped"
    FAILED = "failed"

    @property
    def active(self) -> bool:
        """Whether the run holds the training thread."""
        return self in (RunStatus.RUNNING, RunStatus.PAUSED)

    @property
    def open(self) -> bool:
        """Whether the run is to be trained yet, or is being trained."""
        return self.active or self is RunStatus.QUEUED

    @property
    def left(self) -> bool:
        """Whether the run ended before its time for no fault of its own, so that it can go on."""
        return self in (RunStatus.INTERRUPTED, RunStatus.STOPPED)


class FailureKind(Enum):
    """What ended a run before its time."""

    DIVERGED = "diverged"
    OUT_OF_MEMORY = "out of memory"
    PROCESS_DIED = "process died"
    PROGRAM_ERROR = "program error"
    OTHER = "other"


# Files once kept nothing but this sentence.
_OLD_DIVERGENCE = re.compile(
    r"The loss (?:exploded to (\d+)|is no longer a number) at batch (\d+): "
    r"steps with a learning rate of (\S+) are too large here\."
)


@dataclass(frozen=True)
class Failure:
    """Why a run failed, as values; whoever shows it makes the sentence.

    Attributes
    ----------
    kind : FailureKind
        What happened.
    message : str
        ``PROGRAM_ERROR``: the error as the program names it. ``OTHER``: a sentence for people.
    step : int
        ``DIVERGED``: the batch at which it happened.
    loss : float, optional
        ``DIVERGED``: the loss of that batch; None if it is not a number any more.
    learning_rate : float
        ``DIVERGED``: the learning rate as it was set; in older files that of the batch, which the
        schedule or the warm-up had made.
    """

    kind: FailureKind
    message: str = ""
    step: int = 0
    loss: float | None = None
    learning_rate: float = 0.0

    def to_json(self) -> dict[str, Any]:
        """Return the failure as plain JSON values."""
        return dataclasses.asdict(self) | {"kind": self.kind.value}

    @classmethod
    def from_json(cls, values: Mapping[str, Any] | str) -> Failure | None:
        """Return what :meth:`to_json` wrote, or what the sentence in an older file says.

        Returns
        -------
        Failure or None
            None for an empty string.

        Raises
        ------
        LookupError, TypeError, ValueError
            If a part is missing or of another kind.
        """
        if isinstance(values, str):
            return cls._from_sentence(text(values)) if values else None
        kinds = {kind.value: kind for kind in FailureKind}
        return cls(
            kinds.get(text(values["kind"]), FailureKind.OTHER),
            text(values["message"]),
            whole(values["step"]),
            None if values["loss"] is None else real(values["loss"]),
            real(values["learning_rate"]),
        )

    @classmethod
    def _from_sentence(cls, sentence: str) -> Failure:
        found = _OLD_DIVERGENCE.match(sentence)
        if found is None:
            return cls(FailureKind.OTHER, sentence)
        loss, step, rate = found.groups()
        return cls(FailureKind.DIVERGED, "", int(step), float(loss) if loss else None, float(rate))

"""Why a run failed, in a sentence for people."""

from __future__ import annotations

from ..data.errors import DataError
from .checkpoint import CheckpointError
from .config import ConfigError
from .trainer import TrainingDiverged


def failure_sentence(error: Exception) -> str:
    """Return what to tell people about an error that ended a run."""
    if isinstance(error, TrainingDiverged | CheckpointError | ConfigError | DataError):
        return str(error)
    if isinstance(error, MemoryError):
        return "There is not enough memory for this training; make the layers or the batch smaller."
    return f"The training broke off by an error in the program ({type(error).__name__}: {error})."

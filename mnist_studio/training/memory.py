"""What a training needs of the computer's memory, before it begins."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from pathlib import Path

from ..data.registry import PIXELS
from .config import ModelConfig, RunConfig
from .hyperparameter import ConfigError

# Arrays as large as the weights: weights, gradients, two slots of an optimizer, the best epoch's
# weights and the last good ones, those before a sampled update, two copies on their way to the
# window, the state at the end.
_COPIES = 14
_AVERAGED = 2  # the average of the weights, and the weights beside it on their way to the window
_ACTIVATIONS = 4  # arrays of a batch's outputs: before and after the activation, mask, gradient
_WAITING = 3  # batches of images where they are made ahead: two, and the one that is trained
_FLOAT = 4


def check_memory(model: ModelConfig, batch_size: int = 1, *, averaging: bool = False) -> None:
    """Refuse a network that cannot be trained on this computer.

    Parameters
    ----------
    model : ModelConfig
        The network.
    batch_size : int
        Images in a batch.
    averaging : bool
        Whether there is an average of the weights, too.

    Raises
    ------
    ConfigError
        If training it with any optimizer, and saving it, needs more memory than is free; of the
        layers or of the batch size, whichever needs more.
    """
    free = free_memory()
    weights = (_COPIES + _AVERAGED * averaging) * _FLOAT * model.parameter_count
    numbers = _ACTIVATIONS * sum(model.sizes) + _WAITING * PIXELS
    batch = _FLOAT * batch_size * numbers
    if free is None or weights + batch <= free:
        return
    name, advice = "hidden", "fewer or narrower layers"
    if batch > weights:
        name, advice = "batch_size", "a smaller batch"
    raise ConfigError(
        name,
        f"Training this needs {_gigabytes(weights + batch)} of memory, but {_gigabytes(free)} are "
        f"free: choose {advice}.",
    )


def check_training_memory(config: RunConfig) -> None:
    """Refuse a run that cannot be trained on this computer, as :func:`check_memory` does."""
    training = config.training
    check_memory(config.model, training.batch_size, averaging=training.averaging > 0)


def free_memory() -> int | None:
    """Return how many bytes this process can still take; None where nothing tells."""
    return min(_limits(), default=None)


def _limits() -> Iterable[int]:
    if sys.platform == "linux":
        try:
            lines = Path("/proc/meminfo").read_text("ascii").splitlines()
            sizes = {name: int(rest.split()[0]) for name, rest in (x.split(":", 1) for x in lines)}
            yield 1024 * sizes["MemAvailable"]
        except (OSError, LookupError, ValueError):
            pass
    elif sys.platform == "darwin":
        yield os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    if sys.platform != "win32":
        import resource

        limit, _ = resource.getrlimit(resource.RLIMIT_AS)
        if limit != resource.RLIM_INFINITY:
            yield max(0, limit - _taken())


def _taken() -> int:
    """Return how many bytes of addresses this process has."""
    try:
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[0])
    except (OSError, ValueError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


def _gigabytes(count: int) -> str:
    return f"{count / 1e9:.1f} GB"

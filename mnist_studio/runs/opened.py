"""A run read from a file: its state, its history and its network, ready to use."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path

from ..data.registry import EMBEDDED
from ..nn.network import Network
from ..training.config import RunConfig
from ..training.history import History
from ..training.networks import build_network
from .checkpoint import UNFIT, Checkpoint, CheckpointError, read_checkpoint
from .checkpoint_history import history_of

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class OpenedRun:
    """What a run file holds.

    Attributes
    ----------
    checkpoint : Checkpoint
        The whole state.
    history : History
        Batches and epochs.
    network : Network
        Frozen, with the best epoch's weights, or the latest before the first epoch's end.
    bundled : bool
        Whether it came along with the program: it can be looked at, but does not go on.
    """

    checkpoint: Checkpoint
    history: History
    network: Network
    bundled: bool = False

    @property
    def dataset(self) -> str:
        """See :func:`dataset_of`."""
        return dataset_of(self.checkpoint.config, bundled=self.bundled)


def open_run(path: Path) -> OpenedRun:
    """Read a run file and make its history and network.

    Raises
    ------
    CheckpointError
        If the file is missing, damaged, or does not fit together.
    """
    checkpoint = read_checkpoint(path)
    try:
        return from_checkpoint(checkpoint)
    except UNFIT as error:
        logger.info("run file %s does not fit together", path, exc_info=True)
        raise CheckpointError(
            f"{path.name} is damaged: its parts do not fit together; choose another file."
        ) from error


def dataset_of(config: RunConfig, *, bundled: bool) -> str:
    """Return the name of the data set that a run is looked at with.

    What came along has not seen the embedded images, which everybody has.
    """
    return EMBEDDED if bundled else config.data.dataset


def from_checkpoint(checkpoint: Checkpoint) -> OpenedRun:
    """Make history and network of a checkpoint; raises as NumPy does if they do not fit."""
    history = history_of(checkpoint)
    network = build_network(checkpoint.config.model)
    network.load_weights(checkpoint.kept_weights)
    return OpenedRun(checkpoint, history, network.freeze())

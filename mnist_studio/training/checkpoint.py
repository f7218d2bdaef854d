"""The state of a run as one ``.npz`` file, without pickle, moved into place when complete."""

from __future__ import annotations

import json
import logging
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, cast

import numpy as np
import numpy.typing as npt

from .config import ConfigError, RunConfig
from .files import replace_file
from .status import RunStatus
from .versions import versions

FORMAT = "mnist-studio run"
# Raised when an older app could not read what is written: 2 since runs have limits and origins.
VERSION = 2
HISTORY = "history/"  # what the names of the history's arrays begin with
_MAXIMUM_BYTES = 4 * 1024**3  # what a file may unpack to; the largest network takes a tenth

logger = logging.getLogger(__name__)
Array = npt.NDArray[Any]
# What Python and NumPy raise on values that do not fit together, in files made by strangers.
UNFIT = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)


class CheckpointError(Exception):
    """A run file that cannot be read or written; the message is one sentence for people."""


@dataclass(frozen=True)
class Checkpoint:
    """Everything that is needed to go on with a run, or to use its network.

    Attributes
    ----------
    config : RunConfig
        As the run was started; live changes are in the history.
    status : RunStatus
        State of the run when this was taken; ``RUNNING`` in a file means it was killed.
    position : dict
        Step, counters, seconds and the random generators' states, as JSON values.
    weights, best_weights : list of ndarray of float32
        Parameters in the network's order: now, and after the best epoch by validation.
    optimizer_state, history : dict of ndarray
        As the optimizer and the history give them.
    failure : str
        Why the run failed, in a sentence; empty unless it did.
    """

    config: RunConfig
    status: RunStatus
    position: dict[str, Any]
    weights: list[Array]
    best_weights: list[Array]
    optimizer_state: dict[str, Array] = field(default_factory=dict)
    history: dict[str, Array] = field(default_factory=dict)
    failure: str = ""

    @property
    def step(self) -> int:
        """Updates made so far."""
        return int(self.position["step"])

    @property
    def kept_weights(self) -> list[Array]:
        """What to predict with: the best epoch's weights, or the latest before any epoch ended."""
        return self.best_weights if self.history["epochs"].size else self.weights


def write_checkpoint(path: Path, checkpoint: Checkpoint) -> None:
    """Write `checkpoint` to `path`, replacing what is there only when complete.

    Raises
    ------
    CheckpointError
        If the file cannot be written, e.g. because the disk is full.
    """
    header = {
        "format": FORMAT,
        "version": VERSION,
        "config": checkpoint.config.to_json(),
        "status": checkpoint.status.value,
        "position": checkpoint.position,
        "failure": checkpoint.failure,
        "versions": versions(),
    }
    arrays: dict[str, Array] = {
        "header": np.frombuffer(json.dumps(header).encode("utf-8"), np.uint8),
        **_numbered("weights", checkpoint.weights),
        **_numbered("best_weights", checkpoint.best_weights),
        **{f"optimizer/{key}": value for key, value in checkpoint.optimizer_state.items()},
        **{f"{HISTORY}{key}": value for key, value in checkpoint.history.items()},
    }
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_file(
            path,
            # mypy takes the arrays' names for options of savez
            lambda file: np.savez(file, allow_pickle=False, **cast(Any, arrays)),
        )
    except OSError as error:
        reason = error.strerror or str(error)
        raise CheckpointError(
            f"The run could not be saved to {path}: {reason}. Free some space or choose "
            "another folder, then save again."
        ) from error


def read_checkpoint(path: Path) -> Checkpoint:
    """Read what :func:`write_checkpoint` wrote.

    Raises
    ------
    CheckpointError
        If the file is missing, damaged, or not a run of MNIST Studio.
    """
    with open_archive(path) as (header, archive):
        arrays = {name: archive[name] for name in archive if name != "header"}
        return Checkpoint(
            config=header["config"],
            status=header["status"],
            position=header["position"],
            weights=_collect_weights(arrays, "weights"),
            best_weights=_collect_weights(arrays, "best_weights"),
            optimizer_state=_named(arrays, "optimizer/"),
            history=_named(arrays, HISTORY),
            failure=str(header.get("failure", "")),
        )


@contextmanager
def open_archive(path: Path) -> Iterator[tuple[dict[str, Any], Mapping[str, Any]]]:
    """Open a run file to read parts of it.

    Yields
    ------
    header : dict
        What the file says of itself, its ``config`` and ``status`` as objects.
    archive : NpzFile
        The arrays; each is read when it is asked for.

    Raises
    ------
    CheckpointError
        If the file is missing, damaged, or not a run of MNIST Studio; also for whatever is
        raised while it is open.
    """
    try:
        # Opened here, since np.load leaves a file that it cannot read open.
        with path.open("rb") as file, _load(file, path) as archive:
            yield _header(archive, path), archive
    except FileNotFoundError as error:
        raise CheckpointError(f"There is no file {path}.") from error
    except OSError as error:
        reason = error.strerror or str(error)
        raise CheckpointError(f"{path} could not be read: {reason}.") from error
    except CheckpointError:
        raise
    except Exception as error:  # whatever a hostile file makes the readers raise
        logger.info("unreadable run file %s", path, exc_info=True)
        raise CheckpointError(
            f"{path.name} is damaged or not a run saved by MNIST Studio; choose another file."
        ) from error


def _numbered(name: str, arrays: list[Array]) -> dict[str, Array]:
    return {f"{name}/{index}": array for index, array in enumerate(arrays)}


def _load(file: BinaryIO, path: Path) -> Any:
    with zipfile.ZipFile(file) as members:
        unpacked = sum(member.file_size for member in members.infolist())
    if unpacked > _MAXIMUM_BYTES:
        raise CheckpointError(f"{path.name} is too large to be a run of MNIST Studio.")
    file.seek(0)
    return np.load(file, allow_pickle=False)


def _header(archive: Mapping[str, Any], path: Path) -> dict[str, Any]:
    header: dict[str, Any] = json.loads(archive["header"].tobytes().decode("utf-8"))
    if header["format"] != FORMAT:
        raise ValueError(f"unknown format {header['format']!r}")
    if header["version"] > VERSION:
        raise CheckpointError(
            f"{path.name} was saved by a newer MNIST Studio; update the app to open it."
        )
    return header | {
        "config": _config(header["config"]),
        "status": RunStatus(header["status"]),
        "position": dict(header["position"]),
    }


def _config(values: dict[str, Any]) -> RunConfig:
    try:
        return RunConfig.from_json(values)
    except ConfigError as error:
        raise ValueError("configuration cannot be used") from error


def _named(arrays: dict[str, Array], prefix: str) -> dict[str, Array]:
    return {name.removeprefix(prefix): a for name, a in arrays.items() if name.startswith(prefix)}


def _collect_weights(arrays: dict[str, Array], name: str) -> list[Array]:
    found = _named(arrays, f"{name}/")
    weights = [found[str(index)] for index in range(len(found))]
    if any(array.dtype != np.float32 for array in weights):
        raise ValueError("weights are not of type float32")
    return weights

"""The state of a run as one ``.npz`` file, without pickle, moved into place when complete."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar, cast

import numpy as np

from ..archive import Archive, Array, Form, open_archive
from ..errors import StudioError, reason_of
from ..files import is_file, parse_json, replace_file
from ..training.config import ModelConfig, RunConfig
from ..training.hyperparameter import ConfigError
from ..training.position import Position
from ..training.status import Failure, RunStatus
from ..training.values import text, whole
from .generations import keeping_older, older_generation
from .lock import status_now
from .schema import (
    EASY_IMAGES,
    SINCE_ADDED,
    check_history,
    history_forms,
    optimizer_forms,
    weight_forms,
)
from .versions import versions

FORMAT = "mnist-studio run"
# Raised when an older app could not read what is written: 2 since runs have limits and origins.
VERSION = 2
HISTORY = "history/"  # what the names of the history's arrays begin with

logger = logging.getLogger(__name__)
Read = TypeVar("Read")
# What Python and NumPy raise on values that do not fit together, in files made by strangers.
UNFIT = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)


class CheckpointError(StudioError):
    """A run file that cannot be read or written; the message is one sentence for people."""


class _DamagedError(CheckpointError):
    """A file that may have been a run; an older generation of it may still be one."""


@dataclass(frozen=True)
class Checkpoint:
    """Everything that is needed to go on with a run, or to use its network.

    Attributes
    ----------
    config : RunConfig
        As the run was started; live changes are in the history.
    status : RunStatus
        State of the run when this was taken; read from a file: now.
    position : Position
        Step, counters, seconds and the random generators' states.
    weights, best_weights : list of ndarray of float32
        Parameters in the network's order: now, and after the best epoch by validation.
    average : list of ndarray of float32
        Average of the weights, if the run has one.
    optimizer_state, easy_images, history : dict of ndarray
        As the optimizer, the choice of images and the history give them.
    failure : Failure, optional
        Why the run failed, if it did.
    ignored : tuple of str
        Settings that the run once had and that cannot be used here: it goes on otherwise than it
        would have. They are kept by name, so that a copy says so too.
    """

    config: RunConfig
    status: RunStatus
    position: Position
    weights: list[Array]
    best_weights: list[Array]
    average: list[Array] = field(default_factory=list)
    optimizer_state: dict[str, Array] = field(default_factory=dict)
    easy_images: dict[str, Array] = field(default_factory=dict)
    history: dict[str, Array] = field(default_factory=dict)
    failure: Failure | None = None
    ignored: tuple[str, ...] = ()

    @property
    def step(self) -> int:
        """Updates made so far."""
        return self.position.step

    @property
    def kept_weights(self) -> list[Array]:
        """What to predict with: the best epoch's weights, or the latest before any epoch ended."""
        if self.history["epochs"].size:
            return self.best_weights
        return self.average or self.weights


def write_checkpoint(path: Path, checkpoint: Checkpoint, *, durable: bool = True) -> None:
    """Write `checkpoint` to `path`, replacing what is there only when complete.

    Parameters
    ----------
    path : Path
        The run's file.
    checkpoint : Checkpoint
    durable : bool
        Return only when the file outlives a power cut. A file that was written so is kept beside
        those that were not, until one is again.

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
        "position": checkpoint.position.to_json(),
        "failure": checkpoint.failure.to_json() if checkpoint.failure else "",
        "ignored": checkpoint.ignored,
        "versions": versions(),
    }
    arrays: dict[str, Array] = {
        "header": np.frombuffer(json.dumps(header).encode("utf-8"), np.uint8),
        **_numbered("weights", checkpoint.weights),
        **_numbered("best_weights", checkpoint.best_weights),
        **_numbered("average", checkpoint.average),
        **{f"optimizer/{key}": value for key, value in checkpoint.optimizer_state.items()},
        **{f"easy_images/{key}": value for key, value in checkpoint.easy_images.items()},
        **{f"{HISTORY}{key}": value for key, value in checkpoint.history.items()},
    }
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with keeping_older(path, durable=durable):
            replace_file(
                path,
                # mypy takes the arrays' names for options of savez
                lambda file: np.savez(file, **cast(Any, arrays)),
                durable=durable,
            )
    except OSError as error:
        raise CheckpointError(
            f"The run could not be saved to {path}: {reason_of(error)}. Free some space or choose "
            "another folder, then save again."
        ) from error


def read_checkpoint(path: Path) -> Checkpoint:
    """Read what :func:`write_checkpoint` wrote.

    Raises
    ------
    CheckpointError
        If the file is missing, damaged, or not a run of MNIST Studio.
    """
    return read_run(path, _checkpoint)


def read_run(path: Path, read: Callable[[dict[str, Any], Archive], Read]) -> Read:
    """Read parts of a run file, or of its older generation if the newest cannot be read.

    Parameters
    ----------
    path : Path
        The run's file.
    read : callable
        Given what the file says of itself (its ``config``, ``status``, ``position`` and
        ``failure`` as objects, its ``versions``, and the names of the settings that are
        ``ignored``), and its arrays, each of which is read when it is asked for.

    Returns
    -------
    What `read` returns.

    Raises
    ------
    CheckpointError
        If the file is missing, damaged, or not a run of MNIST Studio; also for whatever `read`
        raises.
    """
    try:
        return _read(path, read)
    except _DamagedError:
        older = older_generation(path)
        if not is_file(older):
            raise
        logger.warning("%s cannot be read; its older generation is taken", path)
        return _read(older, read)


def _read(path: Path, read: Callable[[dict[str, Any], Archive], Read]) -> Read:
    try:
        with open_archive(path) as archive:
            return read(_header(archive, path), archive)
    except FileNotFoundError as error:
        raise _DamagedError(f"There is no file {path}.") from error
    except OSError as error:
        raise CheckpointError(f"{path} could not be read: {reason_of(error)}.") from error
    except CheckpointError:
        raise
    except MemoryError as error:
        raise CheckpointError(
            f"{path.name} needs more memory than is free; close other programs and try again."
        ) from error
    except Exception as error:  # whatever a hostile file makes the readers raise
        logger.info("unreadable run file %s", path, exc_info=True)
        raise _DamagedError(
            f"{path.name} is damaged or not a run saved by MNIST Studio; choose another file."
        ) from error


def _checkpoint(header: dict[str, Any], archive: Archive) -> Checkpoint:
    config = header["config"]
    # Of an optimizer that is not known here, nothing can be used.
    known = "optimizer" not in header["ignored"]
    optimizer = _part(archive, "optimizer", optimizer_forms(config)) if known else {}
    if optimizer:
        whole(int(optimizer["steps"]))
    return Checkpoint(
        config=config,
        status=header["status"],
        position=header["position"],
        weights=read_weights(archive, "weights", config.model),
        best_weights=read_weights(archive, "best_weights", config.model),
        average=read_weights(archive, "average", config.model) if config.training.averaging else [],
        optimizer_state=optimizer,
        easy_images=_part(archive, "easy_images", EASY_IMAGES) if config.training.skip_easy else {},
        history=read_arrays(header, archive),
        failure=header["failure"],
        ignored=header["ignored"],
    )


def read_weights(archive: Archive, part: str, model: ModelConfig) -> list[Array]:
    """Return the weights of a network, of full or half precision; raises ValueError if not."""
    forms = {str(i): form for i, form in enumerate(weight_forms(model, "f4 f2"))}
    return [each.astype(np.float32, copy=False) for each in _part(archive, part, forms).values()]


def _part(archive: Archive, part: str, forms: Mapping[str, Form]) -> dict[str, Array]:
    """Return the arrays of a part by name; raises ValueError if it has others."""
    found = [name for name in archive.names if name.startswith(f"{part}/")]
    if len(found) != len(forms):
        raise ValueError(f"{part} has {len(found)} arrays instead of {len(forms)}")
    return {name: archive.read(f"{part}/{name}", form) for name, form in forms.items()}


def read_arrays(header: Mapping[str, Any], archive: Archive) -> dict[str, Array]:
    """Return the arrays of a run's history by name; raises ValueError if they are of none."""
    step, sizes = header["position"].step, header["config"].model.sizes
    there = {name.removeprefix(HISTORY) for name in archive.names}
    added = {name: array for name, array in SINCE_ADDED.items() if name not in there}
    arrays = added | {
        name: archive.read(HISTORY + name, form)
        for name, form in history_forms(step).items()
        if name not in added
    }
    samples = arrays["samples"]
    if "accuracies" in added and samples.size:  # in older files they are only there
        arrays["accuracies"] = samples[:2]
    check_history(arrays, step, len(sizes) - 1, sizes[-1])
    return arrays


def _numbered(name: str, arrays: Iterable[Array]) -> dict[str, Array]:
    return {f"{name}/{index}": array for index, array in enumerate(arrays)}


def _header(archive: Archive, path: Path) -> dict[str, Any]:
    header = parse_json(archive.read("header", Form("u1", (None,))).tobytes())
    if header["format"] != FORMAT:
        raise ValueError(f"unknown format {header['format']!r}")
    if whole(header["version"]) > VERSION:
        raise CheckpointError(
            f"{path.name} was saved by a newer MNIST Studio; update the app to open it."
        )
    try:
        config, ignored = RunConfig.from_run_file(header["config"])
    except ConfigError as error:
        logger.info("unknown network in run file %s", path, exc_info=True)
        raise CheckpointError(
            f"{path.name} holds a network that this MNIST Studio cannot build; update the app to "
            "open it."
        ) from error
    position = Position.from_json(header["position"])
    return {
        "config": config,
        "ignored": tuple(dict.fromkeys(map(text, (*header.get("ignored", ()), *ignored)))),
        "status": status_now(path, RunStatus(header["status"])),
        "position": position,
        "failure": Failure.from_json(header.get("failure", "")),
        "versions": {text(k): text(v) for k, v in header.get("versions", {}).items()},
    }

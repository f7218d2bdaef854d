"""The folder of sweeps: what was to be trained, so that a sweep can go on after anything.

``sweep-0003.json`` says which run files belong to it; how far each is, their own headers tell.
"""

from __future__ import annotations

import contextlib
import errno
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import StudioError, unwritable
from ..files import is_file, read_json, remove, write_json
from ..runs.checkpoint import CheckpointError
from ..runs.header import read_header
from ..runs.journal import remove_journal
from ..runs.label import NUMBER, RunLabel, label_path, run_number
from ..runs.lock import file_lock, is_held
from ..runs.requests import remove_request
from ..runs.store import Damaged, RunStore
from ..training.config import RunConfig
from ..training.hyperparameter import ConfigError
from ..training.status import RunStatus
from .progress import RunProgress
from .run_colors import run_colors
from .run_names import run_name
from .sweep import Sweep

if TYPE_CHECKING:
    from filelock import BaseFileLock

logger = logging.getLogger(__name__)
FORMAT = "mnist-studio sweep"
VERSION = 1
# What a drive without locks says, as some in a network and of clusters are.
_NO_LOCKS = (errno.ENOLCK, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP)
# Seconds to wait for a lock: whoever only looks whether a sweep is free holds it for a moment.
_PATIENCE = 0.2
_ENDED = (RunStatus.COMPLETED, RunStatus.FAILED)


class SweepError(StudioError):
    """A sweep that cannot be read, written or gone on with; one sentence for people."""


@dataclass(frozen=True)
class SweepRecord:
    """A sweep and its runs.

    Attributes
    ----------
    path : Path
        Its file.
    sweep : Sweep
        What is trained.
    runs : tuple of Path
        The file of each of ``sweep.configs()``, in that order.
    folder : Path, optional
        Where the data set's files are, if not in their usual place.
    cancelled : frozenset of Path
        Runs that were taken out of the queue.
    finished : bool
        Whether nothing is to be done any more.
    """

    path: Path
    sweep: Sweep
    runs: tuple[Path, ...]
    folder: Path | None = None
    cancelled: frozenset[Path] = frozenset()
    finished: bool = False

    @property
    def name(self) -> str:
        """What the labels of its runs call it, e.g. ``sweep-0003``."""
        return self.path.stem

    @property
    def title(self) -> str:
        """What people call it."""
        return self.sweep.title or self.name

    @property
    def planned(self) -> list[tuple[Path, RunConfig]]:
        """File and settings of every run."""
        return list(zip(self.runs, self.sweep.configs(), strict=True))

    def to_train(self) -> list[tuple[Path, RunConfig]]:
        """Return file and settings of the runs that are neither ended, cancelled nor deleted.

        None of a finished sweep: the numbers of those that never began may be others' since.
        """
        return [
            (path, config)
            for path, config in ([] if self.finished else self.planned)
            if path not in self.cancelled and _is_left(path)
        ]

    def left(self, runs: Iterable[RunProgress]) -> list[RunProgress]:
        """Return those of its runs that are to go on, though their turn is over."""
        own = set(self.runs) - self.cancelled
        return [run for run in runs if run.path in own and run.status.left]

    def why_unfinished(self, left: Sequence[RunProgress]) -> str:
        """Return a sentence on why the sweep is to go on, and with what."""
        reason = next((run.failure.message for run in left if run.failure), "")
        number = f"{len(left)} of {len(self.runs)} runs"
        return f"{self.title} is not complete, {number} are to go on. {reason}".rstrip()


class SweepStore:
    """Sweeps whose runs are in a folder of runs.

    A sweep that somebody works at is held by a lock, so that nobody else offers to go on with it.

    Parameters
    ----------
    runs : RunStore
        Sweeps are kept in the folder ``sweeps`` within its folder.
    """

    def __init__(self, runs: RunStore) -> None:
        self._runs = runs
        self._folder = runs.folder / "sweeps"
        self._locks: dict[Path, BaseFileLock] = {}

    # --- reading ---------------------------------------------------------------------------

    def records(self) -> tuple[list[SweepRecord], list[Damaged]]:
        """Return all sweeps, oldest first, and what could not be read."""
        records, damaged = [], []
        for path in sorted(self._folder.glob("sweep-*.json")):
            try:
                records.append(self.read(path))
            except SweepError as error:
                damaged.append(Damaged(path, str(error)))
        return records, damaged

    def unfinished(self) -> list[SweepRecord]:
        """Return the sweeps that were interrupted and that nobody works at, oldest first."""
        return [
            record for record in self.records()[0] if record.to_train() and self._is_free(record)
        ]

    def read(self, path: Path) -> SweepRecord:
        """Read one sweep.

        Raises
        ------
        SweepError
            If its file is missing, damaged or not a sweep.
        """
        try:
            values = read_json(path)
            if values["format"] != FORMAT:
                raise ValueError(f"unknown format {values['format']!r}")
            if values["version"] > VERSION:
                raise SweepError(
                    f"{path.name} was saved by a newer MNIST Studio; update the app to go on."
                )
            return self._record(path, values)
        except FileNotFoundError as error:
            raise SweepError(f"There is no file {path}.") from error
        except (OSError, ConfigError, LookupError, TypeError, ValueError, AttributeError) as error:
            logger.info("unreadable sweep %s", path, exc_info=True)
            raise SweepError(
                f"{path.name} is damaged or not a sweep of MNIST Studio; its runs are still there."
            ) from error

    def find(self, name: str) -> SweepRecord:
        """Read a sweep by its name, its number or its file's path.

        Raises
        ------
        SweepError
            If there is none that can be read.
        """
        if NUMBER.fullmatch(name):
            name = f"sweep-{int(name):04d}"
        own = self._folder / f"{name}.json"
        return self.read(own if is_file(own) else Path(name))

    # --- working at a sweep ----------------------------------------------------------------

    def begin(self, sweep: Sweep, folder: Path | None = None) -> SweepRecord:
        """Keep a new sweep, reserve and label a file for each of its runs, and hold it.

        Raises
        ------
        SweepError
            If nothing can be written.
        """
        path, runs = self._folder, list[Path]()
        try:
            path = self._reserve()
            self._reserve_runs(sweep, path.stem, runs)
            record = SweepRecord(path, sweep, tuple(runs), folder)
            self._write(record)
        except (CheckpointError, SweepError) as error:
            for run in runs:
                self._runs.release(run)
            self._release(path)
            raise SweepError(f"The sweep could not be kept: {error}") from error
        return record

    def hold(self, record: SweepRecord) -> SweepRecord | None:
        """Take a sweep to work at it, and return it as it is now; None if somebody else does.

        Raises
        ------
        SweepError
            If it cannot be held or read.
        """
        if not self._hold(record.path, _PATIENCE):
            return None
        try:
            return self.read(record.path)
        except SweepError:
            self._release(record.path)
            raise

    def release(self, record: SweepRecord) -> None:
        """Let others go on with a sweep."""
        self._release(record.path)

    def cancel(self, record: SweepRecord, run: Path) -> SweepRecord:
        """Keep in mind that a run was taken out of the queue; return the sweep as it is now."""
        changed = replace(record, cancelled=record.cancelled | {run})
        self._write(changed)
        return changed

    def finish(self, record: SweepRecord) -> SweepRecord:
        """Keep in mind that nothing is to be done any more, and let go of the sweep."""
        changed = replace(record, finished=True)
        try:
            self._write(changed)
            # If it was finished before, the numbers that it gave back may be others' now.
            for run in () if record.finished else record.runs:
                remove_request(run)
                if not is_held(run):
                    remove_journal(run)  # of a job whose owner was killed
                self._runs.release(run)
        finally:
            self.release(record)
        return changed

    # --- inside ----------------------------------------------------------------------------

    def _reserve_runs(self, sweep: Sweep, name: str, runs: list[Path]) -> None:
        """Append a reserved and labeled file for each run of a sweep."""
        names = [*sweep.names, *(["seed"] if sweep.repeat > 1 else [])]
        colors = run_colors(sweep, self._runs.next_color())
        for config, color in zip(sweep.configs(), colors, strict=True):
            label = RunLabel(name=run_name(config, names), sweep=name)
            runs.append(self._runs.reserve(label, color))

    def _reserve(self) -> Path:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise SweepError(unwritable(self._folder, error)) from error
        numbers = [each.stem.removeprefix("sweep-") for each in self._folder.glob("sweep-*")]
        number = max((int(each) for each in numbers if each.isdecimal()), default=0) + 1
        while True:
            path = self._folder / f"sweep-{number:04d}.json"
            # The lock comes first: a sweep without one would be offered to others.
            if self._hold(path):
                if not path.exists():
                    return path
                self._release(path)
            number += 1

    def _hold(self, path: Path, seconds: float = 0.0) -> bool:
        from filelock import Timeout

        lock = file_lock(path.with_suffix(".lock"))
        try:
            lock.acquire(seconds)
        except Timeout:
            return False
        except OSError as error:
            if error.errno not in _NO_LOCKS:
                raise SweepError(unwritable(path, error)) from error
            logger.warning("%s is worked at without a lock", path, exc_info=True)
        self._locks[path] = lock
        return True

    def _release(self, path: Path) -> None:
        lock = self._locks.pop(path, None)
        if lock is not None:
            # Gone with whoever worked at it; where open files cannot go, the lock's end does so.
            with contextlib.suppress(OSError):
                remove(path.with_suffix(".lock"), path.parent)
            lock.release()

    def _is_free(self, record: SweepRecord) -> bool:
        try:
            if record.path in self._locks or not self._hold(record.path, _PATIENCE):
                return False
        except SweepError:  # nobody can go on with it where nothing can be written
            logger.warning("%s cannot be held", record.path, exc_info=True)
            return False
        self._release(record.path)
        return not any(map(is_held, record.runs))  # all there is to tell by without locks

    def _record(self, path: Path, values: dict[str, Any]) -> SweepRecord:
        sweep = Sweep.from_json(values["sweep"])
        runs = tuple(self._run(name) for name in values["runs"])
        if len(runs) != sweep.count:
            raise ValueError("there are other runs than the sweep has")
        return SweepRecord(
            path,
            sweep,
            runs,
            Path(values["folder"]) if values["folder"] else None,
            frozenset(self._run(name) for name in values["cancelled"]),
            bool(values["finished"]),
        )

    def _run(self, name: str) -> Path:
        path = self._runs.folder / name
        if path.name != name or path.suffix != ".npz" or run_number(path) is None:
            raise ValueError(f"{name!r} is not the name of a run")
        return path

    def _write(self, record: SweepRecord) -> None:
        values = {
            "format": FORMAT,
            "version": VERSION,
            "sweep": record.sweep.to_json(),
            "runs": [run.name for run in record.runs],
            "folder": str(record.folder) if record.folder else None,
            "cancelled": sorted(run.name for run in record.cancelled),
            "finished": record.finished,
        }
        try:
            write_json(record.path, values)
        except OSError as error:
            raise SweepError(unwritable(record.path, error)) from error


def _is_left(run: Path) -> bool:
    """Whether a run needs more training; a damaged one is left to fail with its reason."""
    try:
        return read_header(run).status not in _ENDED
    except CheckpointError:
        return run.exists() or label_path(run).exists()  # or else it was deleted

"""The folder of runs: a numbered file for each, and beside it what the user says about it.

``run-0042.npz`` is written by whoever trains the run, ``run-0042.json`` by the app when the user
names, colors or hides it: two writers, two files. Deleted runs wait in the folder ``deleted``.
"""

from __future__ import annotations

import dataclasses
import json
import logging
import re
import time
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from .checkpoint import CheckpointError
from .files import write_json
from .run_header import RunHeader, read_header

logger = logging.getLogger(__name__)
RUN_COLORS = 10
DAYS_KEPT = 30  # for how long a deleted run can be brought back
_NUMBERED = re.compile(r"run-(\d{1,9})")
_DELETED = "deleted"
# Everything of a run: the run, its label, its journal, a request to who trains it.
_SUFFIXES = (".npz", ".json", ".journal", ".request")


@dataclass(frozen=True)
class RunLabel:
    """What the user says about a run.

    Attributes
    ----------
    name : str
        Empty for the number.
    note : str
        Anything.
    color : int
        Index of its color in plots, 0 to 9.
    pinned : bool
        Kept at the head of the table and in the plots of the run in view.
    shown : bool
        Drawn in the plots that compare runs.
    sweep : str
        Name of the sweep it belongs to, or empty.
    """

    name: str = ""
    note: str = ""
    color: int = 0
    pinned: bool = False
    shown: bool = True
    sweep: str = ""


class Damaged(NamedTuple):
    """A file that is left alone, and a sentence that says why."""

    path: Path
    message: str


@dataclass(frozen=True)
class RunRecord:
    """A run in the folder, without its curves and weights."""

    path: Path
    label: RunLabel
    header: RunHeader

    @property
    def number(self) -> int | None:
        """Its number; None for a file that was put there under another name."""
        return run_number(self.path)

    @property
    def title(self) -> str:
        """What it is called: its name, else its file's."""
        usual = self.path.stem if self.number is None else f"run {self.number}"
        return self.label.name or usual


def run_number(path: Path) -> int | None:
    """Return the number in the name of a run file."""
    found = _NUMBERED.fullmatch(path.stem)
    return int(found[1]) if found else None


class RunStore:
    """Runs in a folder.

    Parameters
    ----------
    folder : Path
        Made when the first run is reserved.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    # --- reading ---------------------------------------------------------------------------

    def paths(self) -> list[Path]:
        """Return all run files, damaged ones included, by number and name.

        Raises
        ------
        CheckpointError
            If the folder cannot be read.
        """
        try:
            found = [each for each in self.folder.glob("*.npz") if not each.name.startswith(".")]
        except OSError as error:
            raise CheckpointError(
                f"The folder of runs {self.folder} could not be read: {error.strerror}."
            ) from error
        return sorted(found, key=lambda path: (run_number(path) or 0, path.name))

    def records(self) -> tuple[list[RunRecord], list[Damaged]]:
        """Return all runs by number, and what could not be read.

        Raises
        ------
        CheckpointError
            If the folder cannot be read.
        """
        records, damaged = [], []
        for path in self.paths():
            try:
                records.append(self.record(path))
            except CheckpointError as error:
                damaged.append(Damaged(path, str(error)))
        return records, damaged

    def record(self, path: Path) -> RunRecord:
        """Return one run.

        Raises
        ------
        CheckpointError
            If its file is missing or damaged.
        """
        return RunRecord(path, self.label(path), read_header(path))

    def label(self, path: Path) -> RunLabel:
        """Return what the user says about a run; a damaged label is passed over."""
        number = run_number(path)
        seed = zlib.crc32(path.stem.encode()) if number is None else number - 1
        usual = RunLabel(color=seed % RUN_COLORS)
        try:
            values = json.loads(_label_path(path).read_text(encoding="utf-8"))
            return _label(values, usual)
        except FileNotFoundError:
            return usual
        except (OSError, ValueError, TypeError, AttributeError):
            logger.warning("the label of %s cannot be used", path, exc_info=True)
            return usual

    # --- writing ---------------------------------------------------------------------------

    def reserve(self, label: RunLabel | None = None, color: int | None = None) -> Path:
        """Return the file for a new run, with the next number and, by default, that one's color.

        No other process gets the same number.

        Raises
        ------
        CheckpointError
            If nothing can be written there.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            number = self._highest_number() + 1
            while True:
                path = self.folder / f"run-{number:04d}.npz"
                try:
                    _label_path(path).touch(exist_ok=False)
                except FileExistsError:
                    number += 1
                    continue
                break
        except OSError as error:
            raise _unwritable(self.folder, error) from error
        color = number - 1 if color is None else color
        label = dataclasses.replace(label or RunLabel(), color=color % RUN_COLORS)
        self.write_label(path, label)
        return path

    def release(self, path: Path) -> None:
        """Give a reserved number back whose run was never written."""
        if not path.exists():
            _label_path(path).unlink(missing_ok=True)

    def write_label(self, path: Path, label: RunLabel) -> None:
        """Keep what the user says about a run.

        Raises
        ------
        CheckpointError
            If it cannot be written.
        """
        try:
            write_json(_label_path(path), dataclasses.asdict(label))
        except OSError as error:
            raise _unwritable(self.folder, error) from error

    def delete(self, path: Path) -> Path:
        """Move a run to the deleted ones, from where it can be restored, and return its place.

        Raises
        ------
        CheckpointError
            If it cannot be moved.
        """
        return _move(path, self.folder / _DELETED)

    def restore(self, path: Path) -> Path:
        """Bring back a run from the place that :meth:`delete` returned."""
        return _move(path, self.folder)

    def purge(self, now: float | None = None) -> None:
        """Remove for good what was deleted more than 30 days ago."""
        oldest = (time.time() if now is None else now) - 24 * 3600 * DAYS_KEPT
        for path in (self.folder / _DELETED).glob("*"):
            try:
                if path.stat().st_ctime < oldest:
                    path.unlink()
            except OSError:
                logger.warning("%s could not be removed", path, exc_info=True)

    def _highest_number(self) -> int:
        names = [*self.folder.glob("run-*"), *(self.folder / _DELETED).glob("run-*")]
        return max((run_number(path) or 0 for path in names), default=0)


def _label_path(path: Path) -> Path:
    return path.with_suffix(".json")


def _label(values: dict[str, Any], usual: RunLabel) -> RunLabel:
    return RunLabel(
        name=str(values.get("name", "")),
        note=str(values.get("note", "")),
        color=int(values.get("color", usual.color)) % RUN_COLORS,
        pinned=bool(values.get("pinned", False)),
        shown=bool(values.get("shown", True)),
        sweep=str(values.get("sweep", "")),
    )


def _move(path: Path, folder: Path) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        stem, copy = path.stem, 1
        while (folder / f"{stem}.npz").exists():
            copy += 1
            stem = f"{path.stem} ({copy})"
        # The run last: as long as it is there, the rest belongs to it.
        for suffix in reversed(_SUFFIXES):
            part = path.with_suffix(suffix)
            if part.exists():
                part.replace(folder / f"{stem}{suffix}")
    except OSError as error:
        raise _unwritable(path, error) from error
    return folder / f"{stem}.npz"


def _unwritable(path: Path, error: OSError) -> CheckpointError:
    reason = error.strerror or str(error)
    return CheckpointError(
        f"{path} could not be written: {reason}. Free some space or check who may write there."
    )

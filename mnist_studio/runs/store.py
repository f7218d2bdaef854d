"""The folder of runs: a numbered file for each, and beside it what the user says about it.

``run-0042.npz`` is written by whoever trains the run, ``run-0042.json`` by the app when the user
names, colors or hides it: two writers, two files. Deleted runs wait in the folder ``deleted``.
"""

from __future__ import annotations

import contextlib
import dataclasses
import logging
import os
import re
import zlib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from ..files import check_no_link, read_json, remove, remove_leftovers, write_json
from ..training.values import flag, text, whole
from .checkpoint import CheckpointError
from .generations import older_generation
from .header import RunHeader, read_header
from .lock import RunHeldError, hold_run, is_held

logger = logging.getLogger(__name__)
RUN_COLORS = 10  # that have no order
RAMP_COLORS = 24  # after these: from the lowest value of a setting to the highest
DAYS_KEPT = 30  # for how long a deleted run can be brought back
_NUMBERED = re.compile(r"run-(\d{1,9})")
_DELETED = "deleted"
_DAYS = ".days.json"
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
        Index of its color in plots: one of ten, or of the ramp after them.
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
        """What it is called; see :func:`run_title`."""
        return run_title(self.path, self.label)


def run_number(path: Path) -> int | None:
    """Return the number in the name of a run file."""
    found = _NUMBERED.fullmatch(path.stem)
    return int(found[1]) if found else None


def run_title(path: Path, label: RunLabel) -> str:
    """Return what a run is called: its name, else its number or its file's name."""
    number = run_number(path)
    return label.name or (path.stem if number is None else f"run {number}")


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
            # Not by glob, to which a folder that nobody may read is an empty one.
            found = [each for each in self.folder.iterdir() if each.suffix == ".npz"]
        except FileNotFoundError:
            return []
        except OSError as error:
            raise CheckpointError(
                f"The folder of runs {self.folder} could not be read: {error.strerror}."
            ) from error
        shown = (each for each in found if not each.name.startswith("."))
        return sorted(shown, key=lambda path: (run_number(path) or 0, path.name))

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
            If its file is missing or damaged, or has a name that nothing could be called by.
        """
        try:
            text(path.name)
        except ValueError as error:
            sentence = f"The name {path.name!a} is not valid text; rename the file to see its run."
            raise CheckpointError(sentence) from error
        return RunRecord(path, self.label(path), read_header(path))

    def label(self, path: Path) -> RunLabel:
        """Return what the user says about a run; a damaged label is passed over."""
        with contextlib.suppress(OSError):
            return self._read_label(path)
        return _usual_label(path)

    def _read_label(self, path: Path) -> RunLabel:
        """Return the same; raises OSError if it is there, but cannot be read now."""
        usual = _usual_label(path)
        try:
            return _label(read_json(label_path(path)), usual)
        except FileNotFoundError:
            return usual
        except (ValueError, AttributeError):
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
                    label_path(path).touch(exist_ok=False)
                except FileExistsError:
                    number += 1
                    continue
                break
        except OSError as error:
            raise _unwritable(self.folder, error) from error
        color = (number - 1) % RUN_COLORS if color is None else color
        label = dataclasses.replace(label or RunLabel(), color=color)
        try:
            self.write_label(path, label)
        except CheckpointError:
            self.release(path)
            raise
        return path

    def next_color(self) -> int:
        """Return the index of the usual color of the run that is reserved next."""
        return self._highest_number() % RUN_COLORS

    def release(self, path: Path) -> None:
        """Give a reserved number back whose run was never written, if that can be done."""
        try:
            if not path.exists() and not is_held(path):
                remove(label_path(path), self.folder, b"{")
        except OSError:
            logger.warning("the number of %s stays reserved", path, exc_info=True)

    def write_label(self, path: Path, label: RunLabel) -> None:
        """Keep what the user says about a run.

        Raises
        ------
        CheckpointError
            If it cannot be written.
        """
        try:
            write_json(label_path(path), dataclasses.asdict(label))
        except OSError as error:
            raise _unwritable(self.folder, error) from error

    def change_label(self, path: Path, **changes: Any) -> None:
        """Change fields of what the user says about a run; others may have changed the rest.

        Raises
        ------
        CheckpointError
            If it cannot be read or written, or the run is gone.
        """
        if not path.exists() and not label_path(path).exists():
            raise _gone(path)
        try:
            label = self._read_label(path)
        except OSError as error:  # nothing that cannot be read now is written over
            raise _unwritable(path, error) from error
        self.write_label(path, dataclasses.replace(label, **changes))

    def delete(self, path: Path) -> Path:
        """Move a run to the deleted ones, from where it can be restored, and return its place.

        Raises
        ------
        CheckpointError
            If it cannot be moved, or somebody trains it.
        """
        try:
            with hold_run(path, "a deletion"):
                return _move(path, self.folder / _DELETED)
        except RunHeldError as error:
            raise CheckpointError(str(error)) from error

    def restore(self, path: Path) -> Path:
        """Bring back a run from the place that :meth:`delete` returned."""
        return _move(path, self.folder)

    def purge(self, today: date | None = None) -> None:
        """Remove for good what was deleted more than 30 days ago, and what killed saves left.

        Days on which this is called are counted, since a clock may jump: however far it does, that
        is one day.
        """
        remove_leftovers(self.folder)
        folder = self.folder / _DELETED
        try:
            check_no_link(folder)
            files = [path for path in folder.iterdir() if _is_part(path)]
        except OSError:
            return
        days, last, since = _read_days(folder / _DAYS)
        today_text = (today or date.today()).isoformat()
        days += today_text != last
        since = {path.name: since.get(path.name, days) for path in files}
        for path in files:
            if days - since[path.name] > DAYS_KEPT:
                try:
                    remove(path, self.folder)
                    del since[path.name]
                except OSError:
                    logger.warning("%s could not be removed", path, exc_info=True)
        try:
            if since:
                write_json(folder / _DAYS, {"days": days, "last": today_text, "since": since})
            else:
                remove(folder / _DAYS, self.folder)
        except OSError:
            logger.warning("the days since a deletion are not counted", exc_info=True)

    def _highest_number(self) -> int:
        names = [*self.folder.glob("run-*"), *(self.folder / _DELETED).glob("run-*")]
        return max((run_number(path) or 0 for path in names), default=0)


def _is_part(path: Path) -> bool:
    """Return whether a file in the folder of deleted runs is of a run."""
    own = path.suffix in _SUFFIXES or path.name.endswith(".npz.older")
    return own and path.name != _DAYS and path.is_file()


def _read_days(path: Path) -> tuple[int, str, dict[str, int]]:
    """Return on how many days the app was used, the last one, and on which each file came."""
    try:
        values = read_json(path)
        since = {str(name): int(day) for name, day in values["since"].items()}
        return int(values["days"]), str(values["last"]), since
    except (OSError, LookupError, TypeError, ValueError, AttributeError):
        return 0, "", {}  # all files have come today


def _usual_label(path: Path) -> RunLabel:
    number = run_number(path)
    seed = zlib.crc32(os.fsencode(path.stem)) if number is None else number - 1
    return RunLabel(color=seed % RUN_COLORS)


def label_path(path: Path) -> Path:
    """Return the file beside a run with what the user says of it."""
    return path.with_suffix(".json")


def _label(values: dict[str, Any], usual: RunLabel) -> RunLabel:
    return RunLabel(
        name=text(values.get("name", "")),
        note=text(values.get("note", "")),
        color=whole(values.get("color", usual.color)) % (RUN_COLORS + RAMP_COLORS),
        pinned=flag(values.get("pinned", False)),
        shown=flag(values.get("shown", True)),
        sweep=text(values.get("sweep", "")),
    )


def _move(path: Path, folder: Path) -> Path:
    deleted = folder.name == _DELETED
    try:
        if deleted:  # the folder of runs itself may be elsewhere
            check_no_link(folder)
        folder.mkdir(parents=True, exist_ok=True)
        stem, copy = path.stem, 1
        while (folder / f"{stem}.npz").exists():
            copy += 1
            stem = f"{path.stem} ({copy})"
        place = folder / f"{stem}.npz"
        rest = {path.with_suffix(suffix): place.with_suffix(suffix) for suffix in _SUFFIXES[1:]}
        rest[older_generation(path)] = older_generation(place)
        # Whatever happens between two of them, what the user says is where the run may be shown.
        if deleted:
            path.replace(place)
        for source, target in rest.items():
            _move_part(source, target, needed=not deleted)
        if not deleted:
            path.replace(place)
    except FileNotFoundError as error:
        raise _gone(path) from error
    except OSError as error:
        raise _unwritable(path, error) from error
    return place


def _move_part(source: Path, target: Path, *, needed: bool) -> None:
    try:
        if source.exists():
            source.replace(target)
    except OSError:
        if needed:
            raise
        logger.warning("%s stays behind its run", source, exc_info=True)


def _gone(path: Path) -> CheckpointError:
    return CheckpointError(f"{path} is not there any more; another program may have deleted it.")


def _unwritable(path: Path, error: OSError) -> CheckpointError:
    reason = error.strerror or str(error)
    return CheckpointError(
        f"{path} could not be written: {reason}. Free some space or check who may write there."
    )

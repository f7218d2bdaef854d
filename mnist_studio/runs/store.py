"""The folder of runs: a numbered file for each, and beside it what the user says about it.

``run-0042.npz`` is written by whoever trains the run, ``run-0042.json`` by the app when the user
names, colors or hides it: two writers, two files. Deleted runs wait in the folder ``deleted``.
"""

from __future__ import annotations

import contextlib
import dataclasses
import logging
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from ..errors import reason_of, unwritable
from ..files import read_json, remove, remove_leftovers, write_json
from ..training.values import text
from .checkpoint import CheckpointError
from .deleted import DeletedRuns, gone
from .header import RunHeader, read_header
from .label import RUN_COLORS, RunLabel, label_path, run_number, run_title, usual_label
from .lock import RunHeldError, hold_run, is_held

logger = logging.getLogger(__name__)


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


class RunStore:
    """Runs in a folder.

    Parameters
    ----------
    folder : Path
        Made when the first run is reserved.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._deleted = DeletedRuns(folder)

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
                f"The folder of runs {self.folder} could not be read: {reason_of(error)}."
            ) from error
        shown = (each for each in found if not each.name.startswith("."))
        return sorted(shown, key=lambda path: (run_number(path) or 0, path.name))

    def numbered(self, number: int) -> Path:
        """Return the file of the run of a number, whether it is there or not."""
        return self.folder / f"run-{number:04d}.npz"

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
        return usual_label(path)

    def _read_label(self, path: Path) -> RunLabel:
        """Return the same; raises OSError if it is there, but cannot be read now."""
        usual = usual_label(path)
        try:
            return RunLabel.from_json(read_json(label_path(path)), usual)
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
                path = self.numbered(number)
                try:
                    label_path(path).touch(exist_ok=False)
                except FileExistsError:
                    number += 1
                    continue
                break
        except OSError as error:
            raise CheckpointError(unwritable(self.folder, error)) from error
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
            raise CheckpointError(unwritable(self.folder, error)) from error

    def change_label(self, path: Path, **changes: Any) -> None:
        """Change fields of what the user says about a run; others may have changed the rest.

        Raises
        ------
        CheckpointError
            If it cannot be read or written, or the run is gone.
        """
        if not path.exists() and not label_path(path).exists():
            raise gone(path)
        try:
            label = self._read_label(path)
        except OSError as error:  # nothing that cannot be read now is written over
            raise CheckpointError(unwritable(path, error)) from error
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
                return self._deleted.put(path)
        except RunHeldError as error:
            raise CheckpointError(str(error)) from error

    def restore(self, path: Path) -> Path:
        """Bring back a run from the place that :meth:`delete` returned."""
        return self._deleted.bring_back(path)

    def purge(self, today: date | None = None) -> None:
        """Remove for good what was deleted long ago, and what killed saves left.

        See :meth:`DeletedRuns.purge`.
        """
        remove_leftovers(self.folder)
        self._deleted.purge(today)

    def _highest_number(self) -> int:
        names = [*self.folder.glob("run-*"), *self._deleted.folder.glob("run-*")]
        return max((run_number(path) or 0 for path in names), default=0)

"""What the user says about a run, and what the run is called and drawn in without that."""

from __future__ import annotations

import os
import re
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..training.values import flag, one_line, text, whole

RUN_COLORS = 10  # that have no order
RAMP_COLORS = 24  # after these: from the lowest value of a setting to the highest
NUMBER = re.compile(r"\d{1,9}")  # Python refuses to read thousands of digits
_NUMBERED = re.compile(f"run-({NUMBER.pattern})")


@dataclass(frozen=True)
class RunLabel:
    """What the user says about a run.

    Attributes
    ----------
    name : str
        Empty for the number; always one line, since it stands in tables and legends.
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

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", one_line(self.name))

    @classmethod
    def from_json(cls, values: dict[str, Any], usual: RunLabel) -> RunLabel:
        """Return the label that a file has, and where it says nothing the usual one.

        Raises
        ------
        AttributeError, ValueError
            If the values are those of no label.
        """
        return cls(
            name=text(values.get("name", "")),
            note=text(values.get("note", "")),
            color=whole(values.get("color", usual.color)) % (RUN_COLORS + RAMP_COLORS),
            pinned=flag(values.get("pinned", False)),
            shown=flag(values.get("shown", True)),
            sweep=text(values.get("sweep", "")),
        )


def run_number(path: Path) -> int | None:
    """Return the number in the name of a run file."""
    found = _NUMBERED.fullmatch(path.stem)
    return int(found[1]) if found else None


def run_title(path: Path, label: RunLabel) -> str:
    """Return what a run is called: its name, else its number or its file's name."""
    number = run_number(path)
    return label.name or (one_line(path.stem) if number is None else f"run {number}")


def usual_label(path: Path) -> RunLabel:
    """Return the label of a run of which the user has said nothing."""
    number = run_number(path)
    seed = zlib.crc32(os.fsencode(path.stem)) if number is None else number - 1
    return RunLabel(color=seed % RUN_COLORS)


def label_path(path: Path) -> Path:
    """Return the file beside a run with what the user says of it."""
    return path.with_suffix(".json")

"""The runs that a command is about: files, or numbers in the folder of runs."""

from __future__ import annotations

import argparse
import re
from pathlib import Path
from typing import TYPE_CHECKING

from .. import paths
from ..runs.label import NUMBER
from .common import CommandError, tell_ignored

if TYPE_CHECKING:
    from ..runs.store import RunRecord, RunStore

_RANGE = re.compile(f"({NUMBER.pattern})-({NUMBER.pattern})")
_MOST_RUNS = 1000


def add_runs_argument(parser: argparse.ArgumentParser) -> None:
    """Add the argument that names runs."""
    parser.add_argument(
        "runs",
        nargs="+",
        metavar="RUN",
        help="a run file (.npz), the number of a run in the folder of runs, or several: 12-17",
    )


def chosen_runs(words: list[str]) -> list[RunRecord]:
    """Return the runs that words name, each once.

    Raises
    ------
    CommandError
        If one is not there.
    CheckpointError
        If one cannot be read.
    """
    from ..runs.store import RunStore

    store = RunStore(paths.runs_folder())
    files = [path for word in words for path in _paths(word, store)]
    records = [store.record(path) for path in dict.fromkeys(files)]
    for record in records:
        tell_ignored(record.path, record.header.ignored)
    return records


def _paths(word: str, store: RunStore) -> list[Path]:
    found = _RANGE.fullmatch(word)
    if found:
        first, last = int(found[1]), int(found[2])
        if not first <= last < first + _MOST_RUNS:
            raise CommandError(f"{word} names no runs; write the lower number first, e.g. 12-17.")
        return [store.numbered(number) for number in range(first, last + 1)]
    return [store.numbered(int(word))] if NUMBER.fullmatch(word) else [Path(word)]

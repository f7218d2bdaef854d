"""The runs that a command is about: files, or numbers in the folder of runs."""

from __future__ import annotations

import argparse
import re
from pathlib import Path
from typing import TYPE_CHECKING

from .. import paths
from ..files import is_file
from ..runs.label import NUMBER
from .common import CommandError, tell_ignored

if TYPE_CHECKING:
    from ..runs.opened import OpenedRun
    from ..runs.store import RunRecord, RunStore

_RANGE = re.compile(f"({NUMBER.pattern})-({NUMBER.pattern})")
_MOST_RUNS = 1000
BUNDLED = "trained-for-you"
"""What the run that comes along is called in the terminal; the window says so, too."""
_RUN = "a run file (.npz), the number of a run in the folder of runs"


def add_runs_argument(parser: argparse.ArgumentParser) -> None:
    """Add the argument that names runs."""
    parser.add_argument(
        "runs",
        nargs="+",
        metavar="RUN",
        help=f"{_RUN}, or several: 12-17",
    )


def add_run_argument(parser: argparse.ArgumentParser) -> None:
    """Add the argument that names a run whose network is asked."""
    parser.add_argument(
        "run_name", metavar="RUN", help=f"{_RUN}, or {BUNDLED}: the network that comes along"
    )


def open_chosen_run(word: str) -> OpenedRun:
    """Return the run that a word names, with its network.

    Raises
    ------
    CheckpointError
        If it is not there, or cannot be read.
    """
    from ..runs.bundled import open_bundled
    from ..runs.opened import open_run
    from ..runs.store import RunStore

    if word == BUNDLED and not is_file(Path(word)):
        return open_bundled()
    path = _path(word, RunStore(paths.runs_folder()))
    opened = open_run(path)
    tell_ignored(path, opened.checkpoint.ignored)
    return opened


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
    return [_path(word, store)]


def _path(word: str, store: RunStore) -> Path:
    return store.numbered(int(word)) if NUMBER.fullmatch(word) else Path(word)

"""What several commands share: their one error, reading data and runs, JSON lines, Ctrl+C."""

from __future__ import annotations

import argparse
import json
import math
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..data.dataset import Dataset
    from ..training.opened import OpenedRun


class CommandError(Exception):
    """A command failed; the message is one sentence for people."""


def add_folder_option(parser: argparse.ArgumentParser) -> None:
    """Add the option that names a folder with IDX files."""
    parser.add_argument(
        "--folder", type=Path, metavar="FOLDER", help="where the data set's four IDX files are"
    )


def load_dataset(name: str, folder: Path | None) -> Dataset:
    """Return a data set, from `folder` or where it is found.

    Raises
    ------
    DataError
        If it is not there or damaged.
    """
    from ..data.loading import load

    return load(name, folder)


def open_saved_run(path: Path) -> OpenedRun:
    """Return a saved run with its network.

    Raises
    ------
    CommandError
        If the file cannot be read.
    """
    from ..training.checkpoint import CheckpointError
    from ..training.opened import open_run

    try:
        return open_run(path)
    except CheckpointError as error:
        raise CommandError(str(error)) from error


def print_json(values: dict[str, Any]) -> None:
    """Print one line; a number that is not finite becomes null, since JSON has no word for it."""
    finite = {
        key: None if isinstance(value, float) and not math.isfinite(value) else value
        for key, value in values.items()
    }
    print(json.dumps(finite), flush=True)


@contextmanager
def interrupt_calls(action: Callable[[], None]) -> Iterator[None]:
    """Let Ctrl+C call `action` instead of breaking off wherever the program is."""
    before = signal.signal(signal.SIGINT, lambda *_: action())
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)

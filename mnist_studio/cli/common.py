"""What several commands share: their one error, reading data and runs, JSON lines, how it ends."""

from __future__ import annotations

import argparse
import json
import math
import signal
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..cancel import ENDING_SIGNALS, Progress
from ..data.registry import find_spec
from ..errors import StudioError, reason_of
from ..training.hyperparameter import ConfigError

if TYPE_CHECKING:
    from ..data.dataset import Dataset


class CommandError(StudioError):
    """A command failed; the message is one sentence for people."""


def add_folder_option(parser: argparse.ArgumentParser) -> None:
    """Add the option that names a folder with IDX files."""
    parser.add_argument(
        "--folder", type=Path, metavar="FOLDER", help="where the data set's four IDX files are"
    )


def refuse_vain_folder(folder: Path | None, names: Iterable[str]) -> None:
    """Refuse a folder that no image would be read from.

    Parameters
    ----------
    folder : Path or None
        Where the user says that the data set's files are.
    names : iterable of str
        The data sets in use.

    Raises
    ------
    ConfigError
        If there is a folder, and all of them come with the program.
    """
    specs = [find_spec(name) for name in names]
    if folder is not None and all(spec.embedded for spec in specs):
        raise ConfigError(
            "folder",
            f"{specs[0].title} comes with the program and is not read from {folder}; leave out "
            "--folder, or say which data set is there, e.g. --dataset mnist.",
        )


def file_argument(text: str) -> Path:
    """Return the path of a file, as the type of an argument; refuses what can only be a folder."""
    path, is_folder = Path(text), False
    with suppress(OSError):  # of a name that is too long whoever opens the file tells
        is_folder = path.is_dir()
    if is_folder or not path.name:
        raise argparse.ArgumentTypeError(f"{text!r} is not the name of a file")
    return path


def load_dataset(name: str, folder: Path | None) -> Dataset:
    """Return a data set, from `folder` or where it is found.

    Raises
    ------
    DataError
        If it is not there or damaged.
    """
    from ..data.loading import load

    return load(name, folder)


def tell_ignored(path: Path, names: tuple[str, ...], consequence: str = "") -> None:
    """Say on standard error which settings in a run's file are ignored, if there are any."""
    if names:
        listed = ", ".join(names)
        print(
            f"mnist-studio: {path.name} has settings that cannot be used here and are ignored"
            f"{consequence}: {listed}.",
            file=sys.stderr,
        )


def print_json(values: dict[str, Any]) -> None:
    """Print one line; a number that is not finite becomes null, since JSON has no word for it."""
    print(json.dumps(_with_nulls(values), allow_nan=False), flush=True)


def _with_nulls(value: Any) -> Any:
    match value:
        case float():
            return value if math.isfinite(value) else None
        case dict():
            return {key: _with_nulls(each) for key, each in value.items()}
        case list() | tuple():
            return [_with_nulls(each) for each in value]
    return value


def validation_text(accuracy: float) -> str:
    """Return a validation accuracy as a part of a line; empty without a validation part."""
    return "" if math.isnan(accuracy) else f"validation {accuracy:.2%}   "


@contextmanager
def progress_bar() -> Iterator[Progress]:
    """Give what shows progress on standard error, where somebody sees it."""
    from tqdm import tqdm

    with tqdm(disable=not sys.stderr.isatty(), leave=False) as bar:

        def advance(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        yield advance


@contextmanager
def written(path: Path) -> Iterator[None]:
    """Let a command that writes a file fail with a sentence on what went wrong."""
    try:
        yield
    except OSError as error:
        sentence = f"{path} could not be written: {reason_of(error)}. Choose another place."
        raise CommandError(sentence) from error


@contextmanager
def interrupt_calls(action: Callable[[], None]) -> Iterator[None]:
    """Let whoever ends the program call `action` instead of breaking off wherever it is.

    But for ``nohup``, which lets it outlive its terminal.
    """
    calling = [
        each
        for each in ENDING_SIGNALS
        if each is signal.SIGINT or signal.getsignal(each) is not signal.SIG_IGN
    ]
    before = [(each, signal.signal(each, lambda *_: action())) for each in calling]
    try:
        yield
    finally:
        for each, handler in before:
            signal.signal(each, handler)

"""Start: a subcommand runs in the terminal; anything else opens the window."""

from __future__ import annotations

import builtins
import gc
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from . import __version__

if TYPE_CHECKING:
    import argparse


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program and return its exit code: 0 done, 1 failed, 2 wrong usage."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if not words:  # the window does not wait for the terminal's commands to be loaded
        return _open_window(None)
    from .cli.commands import COMMANDS

    if words[0] in COMMANDS:
        from .cli.main import main as run_command

        return run_command(words)
    chosen = _window_parser(COMMANDS).parse_args(words)
    from .files import is_file

    if chosen.run is not None and not is_file(chosen.run):
        print(f"mnist-studio: There is no file {chosen.run}.", file=sys.stderr)
        return 2
    return _open_window(chosen.run)


def _open_window(run: Path | None) -> int:
    """Load Qt, which happens here and nowhere else so that the terminal works without it."""
    gc.disable()  # what is imported stays; the window has a collector of its own
    python_import = builtins.__import__
    from .ui.display import find_obstacle

    obstacle = find_obstacle()
    if obstacle:
        print(obstacle, file=sys.stderr)
        return 1
    # PySide6 puts an import in its place that reads the source of every module once more, to see
    # whether it wants `from __feature__ import ...`. None here does.
    builtins.__import__ = python_import
    from .ui.app import run_window

    return run_window(run)


def _window_parser(summaries: Mapping[str, str]) -> argparse.ArgumentParser:
    import argparse

    commands = "".join(f"\n  {name:10}{summary}" for name, summary in summaries.items())
    parser = argparse.ArgumentParser(
        prog="mnist-studio",
        usage="%(prog)s [run.npz]\n       %(prog)s COMMAND ... (each tells more with --help)",
        description="Open the window, on a saved run if one is named.",
        epilog=f"commands, for the terminal:{commands}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("run", nargs="?", type=Path, help="a saved run (.npz) to open")
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    return parser


if __name__ == "__main__":
    sys.exit(main())

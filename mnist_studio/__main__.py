"""Start: a subcommand runs in the terminal; anything else opens the window."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from . import __version__
from .cli.main import COMMANDS
from .cli.main import main as run_command


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program and return its exit code: 0 done, 1 failed, 2 wrong usage."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if words and words[0] in COMMANDS:
        return run_command(words)
    chosen = _window_parser().parse_args(words)
    if chosen.run is not None and not chosen.run.is_file():
        print(f"mnist-studio: There is no file {chosen.run}.", file=sys.stderr)
        return 2
    # Qt is loaded here and nowhere else, so that the terminal works without it.
    from .ui.display import find_obstacle

    obstacle = find_obstacle()
    if obstacle:
        print(obstacle, file=sys.stderr)
        return 1
    from .ui.app import run_window

    return run_window(chosen.run)


def _window_parser() -> argparse.ArgumentParser:
    commands = "".join(f"\n  {name:10}{module.SUMMARY}" for name, module in COMMANDS.items())
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

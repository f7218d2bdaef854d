"""A command, and what becomes of its errors."""

from __future__ import annotations

import argparse
import codecs
import importlib
import io
import logging
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol, cast

from ..cancel import WorkCancelled
from ..errors import StudioError, reason_of
from ..number_text import MINUS
from ..training.hyperparameter import ConfigError
from .commands import COMMANDS


class Command(Protocol):
    """What a command's module offers."""

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Add the options that are the command's own."""

    def run(self, chosen: argparse.Namespace) -> int:
        """Do it and return the exit code."""


def main(arguments: Sequence[str]) -> int:
    """Run one subcommand and return its exit code: 0 done, 1 failed, 2 wrong usage."""
    if sys.stderr is None:  # closed; print would take standard output for it
        sys.stderr = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115
    name, *words = arguments
    chosen = build_parser(name).parse_args(words)
    if isinstance(sys.stdout, io.TextIOWrapper):
        # No run is broken off because a terminal, or a file on Windows, lacks a sign.
        codecs.register_error(_replace_signs.__name__, _replace_signs)
        sys.stdout.reconfigure(errors=_replace_signs.__name__)
    logging.basicConfig(level=logging.CRITICAL, stream=sys.stderr)
    try:
        code: int = chosen.run(chosen)
    except ConfigError as error:
        print(f"mnist-studio: {error}", file=sys.stderr)
        return 2
    except StudioError as error:
        print(f"mnist-studio: {error}", file=sys.stderr)
        return 1
    except (WorkCancelled, KeyboardInterrupt):
        print("mnist-studio: cancelled.", file=sys.stderr)
        return 1
    except BrokenPipeError:
        # Whoever read our lines has gone, e.g. "| head"; Python must not complain at exit.
        sys.stdout = None
        return 1
    except OSError as error:
        if error.filename is not None:
            raise
        # It is about no file, but most likely about where these lines go: a full disk.
        sys.stdout = None
        print(f"mnist-studio: Broken off: {reason_of(error)}.", file=sys.stderr)
        return 1
    return code


def _replace_signs(error: UnicodeError) -> tuple[str, int]:
    """Return what stands for signs that cannot be printed: spaces, hyphens, question marks."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    signs = error.object[error.start : error.end]
    plain = (" " if each.isspace() else "-" if each == MINUS else "?" for each in signs)
    return "".join(plain), error.end


def build_parser(name: str) -> argparse.ArgumentParser:
    """Return the parser of a command's options; no other command is imported for it."""
    # By importlib, since which module it is is known only now.
    command = cast("Command", importlib.import_module(f"{__package__}.{name}"))
    parser = argparse.ArgumentParser(prog=f"mnist-studio {name}", description=COMMANDS[name])
    parser.set_defaults(run=command.run)
    command.add_options(parser)
    parser.add_argument("--json", action="store_true", help="print one JSON object per line")
    return parser

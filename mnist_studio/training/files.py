"""Small files that are either old or new, never half of both."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO


def replace_file(path: Path, write: Callable[[BinaryIO], object]) -> None:
    """Write a file beside `path` and move it into place when it is complete.

    Raises
    ------
    OSError
        If it cannot be written; what was there stays.
    """
    # Not by tempfile: its files can be read by nobody else, and so could this one then.
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    try:
        with temporary.open("xb") as file:
            write(file)
        temporary.replace(path)
    except BaseException as error:
        temporary.unlink(missing_ok=True)
        if isinstance(error, OSError) and str(error.filename) == str(temporary):
            error.filename = str(path)  # the only name that anybody knows
        raise


def write_json(path: Path, values: Any) -> None:
    """Write JSON that people can read, too; see :func:`replace_file`."""
    text = json.dumps(values, indent=1, ensure_ascii=False)
    replace_file(path, lambda file: file.write(text.encode("utf-8")))

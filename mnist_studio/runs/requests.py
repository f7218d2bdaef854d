"""What the owner of a run asks of the process that trains it, in a small file beside the run.

A file reaches a process of a local pool and one on another machine that shares the folder alike.
Its token says which job the run belongs to: a job that finds another one's token has been replaced
and leaves the run's files alone.
"""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import NamedTuple

from ..files import read_json, remove, write_json
from ..training.values import text


class Request(Enum):
    """What the job is to do."""

    TRAIN = "train"
    PAUSE = "pause"
    STOP = "stop"
    INTERRUPT = "interrupt"
    """Save and end, to be gone on with later: the run is not stopped for good."""


class RequestFile(NamedTuple):
    """The request for a run, read from its file.

    Attributes
    ----------
    token : str
        Of the job that the run belongs to.
    request : Request
        What it is to do.
    """

    token: str
    request: Request


def request_path(run: Path) -> Path:
    """Return where the requests for a run are written."""
    return run.with_suffix(".request")


def write_request(run: Path, token: str, request: Request) -> None:
    """Write the request for a run, replacing the one before at once.

    Raises
    ------
    OSError
        If it cannot be written.
    """
    write_json(request_path(run), {"token": token, "request": request.value}, durable=False)


def read_request(run: Path) -> RequestFile | None:
    """Return the request for a run, or None if it belongs to no job, or not on this machine.

    Raises
    ------
    OSError, ValueError
        If there is a file that cannot be read now.
    """
    try:
        values = read_json(request_path(run))
    except FileNotFoundError:
        return None
    try:
        return RequestFile(text(values["token"]), Request(values["request"]))
    except (LookupError, TypeError) as error:
        raise ValueError("the file is no request") from error


def remove_request(run: Path) -> None:
    """Remove the file; it is no failure if that cannot be done."""
    try:
        remove(request_path(run), run.parent, b"{")
    except OSError:
        return

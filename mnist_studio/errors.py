"""The base of all errors whose message is for people, and what several of them say."""

from __future__ import annotations

from pathlib import Path


class StudioError(Exception):
    """Something that people can do something about; the message is one sentence that says what."""


def unwritable(path: Path, error: OSError) -> str:
    """Return a sentence on a place in the app's own folders that could not be written."""
    reason = reason_of(error)
    return f"{path} could not be written: {reason}. Free some space or check who may write there."


def reason_of(error: OSError) -> str:
    """Return what the system, or whoever speaks in its place, says went wrong."""
    return error.strerror or str(error)

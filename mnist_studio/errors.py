"""The base of all errors whose message is for people, and a sentence that several of them say."""

from __future__ import annotations

from pathlib import Path


class StudioError(Exception):
    """Something that people can do something about; the message is one sentence that says what."""


def unwritable(path: Path, error: OSError) -> str:
    """Return a sentence on a place in the app's own folders that could not be written."""
    reason = error.strerror or str(error)
    return f"{path} could not be written: {reason}. Free some space or check who may write there."

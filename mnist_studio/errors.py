"""The base of all errors whose message is for people."""

from __future__ import annotations


class StudioError(Exception):
    """Something that people can do something about; the message is one sentence that says what."""

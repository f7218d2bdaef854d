"""What can go wrong with data, in sentences for people."""

from __future__ import annotations


class DataError(Exception):
    """Data that cannot be used; the message says what is wrong and what to do."""


class DownloadCancelled(Exception):  # noqa: N818 - the user's wish, not an error
    """The user cancelled a download."""

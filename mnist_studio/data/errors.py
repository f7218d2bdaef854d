"""What can go wrong with data, in sentences for people."""

from __future__ import annotations

from ..errors import StudioError


class DataError(StudioError):
    """Data that cannot be used; the message says what is wrong and what to do."""

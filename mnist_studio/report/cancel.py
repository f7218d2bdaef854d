"""How long work outside of the window's thread tells of its progress and is called off."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[int, int], None]
"""Called with what is done and how much there is, in the caller's thread."""
Cancelled = Callable[[], bool]
"""Asked a few times a second, in the caller's thread; True ends the work at once."""


class ReportCancelled(Exception):  # noqa: N818 - the user's wish, not an error
    """The user cancelled a report or an export; nothing was written."""


def check(cancelled: Cancelled | None) -> None:
    """Raise :class:`ReportCancelled` if that is wished."""
    if cancelled is not None and cancelled():
        raise ReportCancelled("cancelled")

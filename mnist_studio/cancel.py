"""How long work tells of its progress and is called off, wherever it is done."""

from __future__ import annotations

import signal
from collections.abc import Callable

Progress = Callable[[int, int], None]
"""Called with what is done and how much there is, in the caller's thread."""
Cancelled = Callable[[], bool]
"""Asked a few times a second, in the caller's thread; True ends the work at once."""


class WorkCancelled(Exception):  # noqa: N818 - the user's wish, not an error
    """The user called the work off."""


def untold(done: int, total: int) -> None:
    """Tell nobody of the progress."""


def never() -> bool:
    """Return False: nobody calls the work off."""
    return False


def check(cancelled: Cancelled) -> None:
    """Raise :class:`WorkCancelled` if that is wished."""
    if cancelled():
        raise WorkCancelled("cancelled")


ENDING_SIGNALS = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
)
"""How a program is asked to end: by Ctrl+C, at logout, or when its terminal is closed."""

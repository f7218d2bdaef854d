"""One writer for each run: a lock beside its file, which ends with its holder, also by a kill."""

from __future__ import annotations

import contextlib
import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import StudioError
from ..files import open_file, remove
from ..training.status import RunStatus
from .journal import is_at_work

if sys.platform != "win32":
    import fcntl

if TYPE_CHECKING:  # what locks is not needed to look at runs
    from filelock import FileLock

logger = logging.getLogger(__name__)
# Seconds to wait for a lock: whoever only looks whether it is held holds it for a moment.
PATIENCE = 1.0
_POLL = 0.02


class RunHeldError(StudioError):
    """Somebody else trains the run; the message says who, and what can be done."""


@contextmanager
def hold_run(path: Path | None, holder: str, seconds: float = PATIENCE) -> Iterator[None]:
    """Keep everybody else from writing the run in `path` meanwhile.

    Where no lock can be had, since nothing can be written there, the run is not held: nobody else
    could write it either.

    Parameters
    ----------
    path : Path or None
        The run's file; it need not be there yet. None for a run without one.
    holder : str
        What others are told, e.g. ``a terminal``.
    seconds : float
        How long to wait for another holder's end.

    Raises
    ------
    RunHeldError
        If another one holds it.
    """
    if path is None:
        yield
        return
    from filelock import Timeout

    lock = _lock(path)
    try:
        lock.acquire(seconds, poll_interval=_POLL)
    except Timeout as error:
        raise RunHeldError(
            f"{path.stem} is being trained by {_holder(path)}: watch it in Experiments, stop it "
            "there, or fork it to train its weights further."
        ) from error
    except OSError:
        logger.warning("%s is written without a lock", path, exc_info=True)
    try:
        with contextlib.suppress(OSError):  # Windows lets nobody write what is locked
            if lock.is_locked:
                _lock_path(path).write_bytes(f"{holder} (process {os.getpid()})".encode())
        yield
    finally:
        if lock.is_locked:
            with contextlib.suppress(OSError):  # nor remove it, but the lock's end does so there
                remove(_lock_path(path), path.parent)
            lock.release()


def is_held(path: Path) -> bool:
    """Return whether somebody writes the run in `path` now, this process included."""
    try:
        return _lock_path(path).exists() and _is_locked(_lock_path(path))
    except OSError:  # another user's, or the lock's name would be too long
        return is_at_work(path)


if sys.platform != "win32":

    def _is_locked(path: Path) -> bool:
        # Shared, or two that look at the same time would take each other for a holder.
        try:
            with open_file(path) as file:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except FileNotFoundError:
            return False
        except BlockingIOError:
            return True
        return False

else:

    def _is_locked(path: Path) -> bool:
        from filelock import Timeout

        lock = file_lock(path)
        try:
            lock.acquire(0)
        except Timeout:
            return True
        lock.release()
        return False


def status_now(path: Path, status: RunStatus) -> RunStatus:
    """Return the status of a run whose file says `status`.

    One that was to be trained on is ``INTERRUPTED`` if nobody holds it: its process has ended.
    """
    return RunStatus.INTERRUPTED if status.open and not is_held(path) else status


def file_lock(path: Path) -> FileLock:
    """Return a lock that ends with its process; where a drive has none, OSError is raised for it.

    It is the process's, not a thread's: what is held may be let go of by another one.
    """
    from filelock import FileLock

    return FileLock(path, thread_local=False, fallback_to_soft=False)


def _lock(path: Path) -> FileLock:
    return file_lock(_lock_path(path))


def _lock_path(path: Path) -> Path:
    return path.with_name(f".{path.name}.lock")


def _holder(path: Path) -> str:
    try:
        return _lock_path(path).read_text(encoding="utf-8") or "another program"
    except (OSError, ValueError):  # nor read
        return "another program"

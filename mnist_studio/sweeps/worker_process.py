"""A process of a pool: it must not outlive its owner, nor lose what it is training."""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection, wait

from ..cancel import ENDING_SIGNALS

orphaned = threading.Event()
"""Set when this process, or the one that started it, is to end; jobs save and end then."""

_changed = threading.Condition()
_jobs = 0


@contextmanager
def at_work() -> Iterator[None]:
    """Keep the process alive meanwhile, even without its owner."""
    _count(1)
    try:
        yield
    finally:
        _count(-1)


def _count(difference: int) -> None:
    global _jobs
    with _changed:
        _jobs += difference
        _changed.notify_all()


def prepare_worker() -> None:
    """Set up a process of a pool; it ends with the one that started it."""
    # What goes wrong is the job's result; its owner tells it, in one sentence.
    logging.basicConfig(level=logging.CRITICAL)
    asked, ask = multiprocessing.Pipe(duplex=False)
    # Ctrl+C in a terminal, and its end, reach the whole group; the owner decides what becomes of
    # the runs. A logout asks every process for itself.
    for each in ENDING_SIGNALS:
        signal.signal(each, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: ask.close())
    threading.Thread(
        target=_end_with_owner, args=[asked], name="end with the owner", daemon=True
    ).start()


def _end_with_owner(asked: Connection) -> None:
    """Wait for the owner's death, or to be asked, and for the jobs' end, then leave.

    An idle worker would otherwise wait for work for ever, since its siblings hold the other end
    of the pipe that the work comes by.
    """
    owner = multiprocessing.parent_process()
    if owner is None:
        return
    wait([owner.sentinel, asked])
    orphaned.set()
    with _changed:
        _changed.wait_for(lambda: _jobs == 0)
    os._exit(1)

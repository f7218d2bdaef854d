"""A run's curves on their way to whoever watches it from another process.

The trainer appends to ``run-0042.journal`` several times a second; the window reads what is new.
It is a file rather than a queue or a socket, since a file serves every kind of executor, and a
killed writer leaves the readers nothing but an incomplete end. It holds arrays as ``numpy.save``
writes them, three at a time, after one with what the history needs to know.
"""

from __future__ import annotations

import io
import time
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from .history import History, Origin

_PARTS = 3
_UNREADABLE = (EOFError, MemoryError, OSError, SyntaxError, TypeError, ValueError)


def journal_path(run_path: Path) -> Path:
    """Return where the journal of a run is."""
    return run_path.with_suffix(".journal")


class JournalChunk(NamedTuple):
    """What is new in a journal.

    Attributes
    ----------
    restarted : bool
        Whether this is the beginning: what was read before is void.
    train_size, batch_size, origin
        As :class:`History` takes them.
    parts : tuple of ndarray
        As :meth:`History.append_arrays` takes them, for each time the writer flushed.
    """

    restarted: bool
    train_size: int
    batch_size: int
    origin: Origin
    parts: tuple[tuple[npt.NDArray[Any], ...], ...]

    def new_history(self) -> History:
        """Return an empty history of the run."""
        return History(self.train_size, self.batch_size, self.origin)

    def append_to(self, history: History) -> None:
        """Append what is new; raises ValueError if it does not follow."""
        for batches, samples, epochs in self.parts:
            history.append_arrays(batches, samples, epochs)


class JournalWriter:
    """Writes the journal of one run, anew.

    Parameters
    ----------
    path : Path
        See :func:`journal_path`.
    history : History
        Of the run; what it holds already is written with the first flush.

    Raises
    ------
    OSError
        If the file cannot be written, here and in :meth:`flush`.
    """

    def __init__(self, path: Path, history: History) -> None:
        self._path = path
        self._history = history
        self._counts = (0, 0, 0)
        # The time tells a reader of an older journal in this place that this is another one.
        sizes = (history.train_size, history.batch_size)
        head = np.array([*sizes, *history.origin, time.time()], np.float64)
        path.write_bytes(_saved(head))

    def flush(self) -> None:
        """Append what is new in the history."""
        counts = self._history.counts
        if counts == self._counts:
            return
        new = b"".join(_saved(array) for array in self._history.arrays_since(self._counts))
        self._counts = counts
        with self._path.open("ab") as file:
            file.write(new)

    def remove(self) -> None:
        """Remove the journal: the run file has everything now."""
        self._path.unlink(missing_ok=True)


class JournalReader:
    """Reads the journal of one run as it grows.

    Parameters
    ----------
    path : Path
        See :func:`journal_path`; it need not be there yet.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._position = 0
        self._head = np.empty(0)

    def read(self) -> JournalChunk | None:
        """Return what is new, or None if nothing is."""
        try:
            with self._path.open("rb") as file:
                head = _read_array(file)
                restarted = not np.array_equal(head, self._head)
                if not restarted:
                    file.seek(self._position)
                parts = self._read_parts(file)
            train_size, batch_size, batches, images, epochs, seconds, _ = head.tolist()
        except _UNREADABLE:
            return None
        if not parts and not restarted:
            return None
        self._head = head
        origin = Origin(int(batches), int(images), epochs, seconds)
        return JournalChunk(restarted, int(train_size), int(batch_size), origin, tuple(parts))

    def _read_parts(self, file: Any) -> list[tuple[npt.NDArray[Any], ...]]:
        found = []
        self._position = file.tell()
        while True:
            try:
                found.append(tuple(_read_array(file) for _ in range(_PARTS)))
            except _UNREADABLE:
                return found  # the end, or a part that is still being written
            self._position = file.tell()


def _saved(array: npt.NDArray[Any]) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, array, allow_pickle=False)
    return buffer.getvalue()


def _read_array(file: Any) -> npt.NDArray[Any]:
    array: npt.NDArray[Any] = np.load(file, allow_pickle=False)
    return array

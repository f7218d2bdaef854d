"""A run's curves on their way to whoever watches it from another process.

The trainer appends to ``run-0042.journal`` several times a second; the window reads what is new.
It is a file rather than a queue or a socket, since a file serves every kind of executor, and a
killed writer leaves the readers nothing but an incomplete end. It holds arrays as ``numpy.save``
writes them: the fields of one :class:`HistoryPart` after the other, and before them what the
history needs to know. That the file is touched tells that the run is still at work.
"""

from __future__ import annotations

import contextlib
import io
import logging
import os
import time
from pathlib import Path
from typing import IO

import numpy as np
import numpy.typing as npt

from ..archive import MAGIC, Form, read_array
from ..files import check_own, open_file, remove
from ..training.history import History, HistoryPart, Origin
from .schema import (
    ACCURACIES,
    BATCHES,
    CONFUSIONS,
    EPOCHS,
    SAMPLES,
    UPDATE_RATIOS,
    check_accuracies,
    check_batches,
    check_confusions,
    check_epochs,
    check_head,
    check_samples,
    check_update_ratios,
)

logger = logging.getLogger(__name__)
# Seconds after which a run that says it is active is given up: whoever trains it writes or touches
# its journal every second, also while it is paused. A slow disk or a huge batch may take longer.
SILENCE = 10.0
_UNREADABLE = (EOFError, MemoryError, OSError, ValueError)
_HEAD = Form("f8", (7,))
_STEP = Form("i8", ())


def journal_path(run_path: Path) -> Path:
    """Return where the journal of a run is."""
    return run_path.with_suffix(".journal")


def is_at_work(run_path: Path) -> bool:
    """Return whether somebody keeps the journal of a run now, or did so a moment ago."""
    try:
        touched = journal_path(run_path).stat().st_mtime
    except OSError:
        return False
    return time.time() - touched <= SILENCE


def remove_journal(run_path: Path) -> None:
    """Remove the journal of a run whose file has everything; no failure if that cannot be done."""
    try:
        remove(journal_path(run_path), run_path.parent, MAGIC)
    except OSError:  # somebody has it open, where that is a hindrance
        logger.warning("the journal of %s stays", run_path, exc_info=True)


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
        If the file cannot be written, here and in :meth:`flush`; also if there is another file.
    """

    def __init__(self, path: Path, history: History) -> None:
        self._path = path
        self._history = history
        self._counts = (0, 0, 0, 0)
        # The time tells a reader of an older journal in this place that this is another one.
        sizes = (history.train_size, history.batch_size)
        head = np.array([*sizes, *history.origin, time.time()], np.float64)
        with contextlib.suppress(FileNotFoundError):
            check_own(path, path.parent, MAGIC)
        path.write_bytes(_saved(head))

    def flush(self) -> None:
        """Append what is new in the history, or show that the run goes on all the same."""
        counts = self._history.counts
        if counts == self._counts:
            os.utime(self._path)
            return
        new = b"".join(_saved(field) for field in self._history.part_since(self._counts))
        self._counts = counts
        with self._path.open("ab") as file:
            file.write(new)


class JournalReader:
    """Reads the journal of one run as it grows.

    Parameters
    ----------
    path : Path
        See :func:`journal_path`; it need not be there yet.

    Attributes
    ----------
    history : History, optional
        All that was read so far. It grows; a journal that is written anew comes with another one.
    """

    def __init__(self, path: Path) -> None:
        self.history: History | None = None
        self._path = path
        self._position = 0
        self._head = np.empty(0)

    def read(self) -> bool:
        """Read on, and return whether there was more."""
        try:
            with open_file(self._path) as file:
                size = os.fstat(file.fileno()).st_size
                history, begins = self._begin(file, size)
                return self._read_parts(file, history, size) or begins
        except _UNREADABLE:
            return False

    def _begin(self, file: IO[bytes], size: int) -> tuple[History, bool]:
        """Return the history to read on, and whether it is another one than before."""
        head = read_array(file, _HEAD, size)
        if self.history is not None and np.array_equal(head, self._head):
            return self.history, False
        check_head(head)
        train_size, batch_size, batches, images, epochs, seconds, _ = head.tolist()
        origin = Origin(int(batches), int(images), epochs, seconds)
        self.history = History(int(train_size), int(batch_size), origin)
        self._head, self._position = head, file.tell()
        return self.history, True

    def _read_parts(self, file: IO[bytes], history: History, size: int) -> bool:
        file.seek(self._position)
        grew = False
        while True:
            try:
                history.append(_read_part(file, history, size))
            except _UNREADABLE:
                return grew  # the end, or a part that is still being written
            self._position = file.tell()
            grew = True


def _read_part(file: IO[bytes], history: History, size: int) -> HistoryPart:
    """Return the next part; raises EOFError or ValueError if it is none that can follow."""
    forms = (_STEP, BATCHES, ACCURACIES, SAMPLES, EPOCHS, CONFUSIONS, UPDATE_RATIOS)
    step, batches, accuracies, samples, epochs, confusions, ratios = (
        read_array(file, form, size - file.tell()) for form in forms
    )
    last = history.step + batches.shape[1]
    check_batches(batches)
    check_accuracies(accuracies, last)
    check_samples(samples, last, len(history.gradient_norms) or None)
    check_epochs(epochs, last, history.epoch_count)
    check_confusions(confusions, epochs.shape[1], len(history.confusions) or None)
    check_update_ratios(ratios, samples)
    return HistoryPart(int(step), batches, accuracies, samples, epochs, confusions, ratios)


def _saved(array: npt.ArrayLike) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, array, allow_pickle=False)
    return buffer.getvalue()

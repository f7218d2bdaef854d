"""The files of a run that is trained: its state every few seconds, its curves at once.

Whoever iterates a trainer forwards the events; the loop itself knows no file.
"""

from __future__ import annotations

import dataclasses
import logging
import statistics
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path

from ..training.events import CheckpointRequested, EpochEnded, Event, StatusChanged, StillPaused
from ..training.status import RunStatus
from ..training.trainer import Trainer
from .checkpoint import Checkpoint, CheckpointError, write_checkpoint
from .journal import JournalWriter, journal_path, remove_journal
from .restore import share_checkpoint

logger = logging.getLogger(__name__)

SAVE_INTERVAL = 2.0  # seconds between two saved states; a kill costs no more
FLUSH_INTERVAL = 0.1  # seconds between two parts of a curve
SHARE = 0.015  # of the time that either may take; with the disk's moods it stays below 2 %
NO_PLACE = "The run has no file."
_PAUSED = StatusChanged(RunStatus.PAUSED)


class RunRecorder:
    """Keeps a run in its file and its journal while it is trained.

    The state is saved when the run begins, pauses and ends, when a checkpoint in its own file is
    asked for, after an epoch, and every two seconds unless it is paused; the last two as seldom as
    keeps saving below 2 % of the time. At a pause, at the end and when asked it waits until that
    is on the disk.

    Parameters
    ----------
    trainer : Trainer
        Not running yet.
    path : Path or None
        The run's file; None if there is no place for it, and nothing is written.
    failed : callable, optional
        Told a sentence when the file cannot be written, once for the same reason; the run goes on.

    Attributes
    ----------
    failure : str
        Why the state that was to be saved last is not in the file; empty if it is.
    """

    def __init__(
        self,
        trainer: Trainer,
        path: Path | None,
        failed: Callable[[str], object] | None = None,
    ) -> None:
        self._trainer = trainer
        self._path = path
        self._wanted = (_PAUSED, CheckpointRequested(path) if path else _PAUSED)
        self._failed = failed
        self.failure = NO_PLACE if path is None else ""
        self._journal: JournalWriter | None = None
        if path is not None:
            self._save(RunStatus.RUNNING)  # whatever happens from here on, the run is there
            self._open_journal(path)
        self._saves, self._flushes = _Pace(SAVE_INTERVAL), _Pace(FLUSH_INTERVAL)
        self._saves.due = time.monotonic() + SAVE_INTERVAL

    @property
    def saved(self) -> bool:
        """Whether the file has the state that was to be saved last."""
        return not self.failure

    def follow(self, event: Event) -> None:
        """Write what is due after an event of the trainer."""
        if self._path is None:
            return
        if isinstance(event, EpochEnded):
            self._saves.hurry()
        now = time.monotonic()
        unchanged = self.saved and isinstance(event, StillPaused)
        wanted = event in self._wanted
        saving = wanted or (now >= self._saves.due and not unchanged)
        if saving or now >= self._flushes.due:
            self._flush()  # first, so that the journal is never behind the file
            self._flushes.note(now)
        if saving:
            now = time.monotonic()
            self._save(durable=wanted)
            self._saves.note(now)

    def let_go(self) -> None:
        """Write nothing any more: the files are another's."""
        self._path, self._journal, self.failure = None, None, NO_PLACE

    def finish(self, *, keep_journal: bool = False) -> Checkpoint:
        """Save the end of the run and return its last state.

        Parameters
        ----------
        keep_journal : bool
            Leave the journal to somebody who reads it to its end, though the file has everything.
        """
        self._flush()
        state = self._save(durable=True)
        if self._path is not None and self._journal is not None and self.saved and not keep_journal:
            remove_journal(self._path)
        return state

    def _save(self, status: RunStatus | None = None, *, durable: bool = False) -> Checkpoint:
        """Write the run's file, with another status than the trainer's if need be."""
        state = share_checkpoint(self._trainer)
        if status is not None:
            state = dataclasses.replace(state, status=status)
        if self._path is not None:
            self._write(self._path, state, durable=durable)
        return state

    def _write(self, path: Path, state: Checkpoint, *, durable: bool) -> None:
        before, self.failure = self.failure, ""
        try:
            write_checkpoint(path, state, durable=durable)
        except CheckpointError as error:
            self.failure = str(error)
            if self.failure != before:
                logger.exception("the run %s was not saved", path)
                if self._failed is not None:
                    self._failed(self.failure)

    def _open_journal(self, path: Path) -> None:
        if path.suffix != ".npz":
            return  # the journal might take the place of the run itself, or of any other file
        try:
            journal = JournalWriter(journal_path(path), self._trainer.history)
            journal.flush()  # what a run that goes on has already
        except OSError:
            logger.exception("the run %s has no journal", path)
        else:
            self._journal = journal

    def _flush(self) -> None:
        if self._journal is None:
            return
        try:
            self._journal.flush()
        except OSError:
            # Nobody sees the curve grow then, which is no reason to end the training.
            logger.exception("the journal of %s ends here", self._path)
            self._journal = None


class _Pace:
    """When to do something that is done every few seconds, or more seldom where it takes long.

    Attributes
    ----------
    due : float
        When it is to be done again, by ``time.monotonic()``.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._taken: deque[float] = deque(maxlen=3)
        self._affordable = 0.0
        self.due = 0.0

    def note(self, begun: float) -> None:
        """Note that it was done, and since when."""
        now = time.monotonic()
        self._taken.append(now - begun)
        # One that took long may be the disk's doing; two tell of a large network.
        self._affordable = now + statistics.median_low(self._taken) / SHARE
        self.due = max(now + self._seconds, self._affordable)

    def hurry(self) -> None:
        """Let it be done as soon as its share of the time allows."""
        self.due = self._affordable

"""The file thread's object: data sets and run files are read, fetched and written here."""

from __future__ import annotations

import logging
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

if TYPE_CHECKING:
    from ..training.checkpoint import Checkpoint
    from ..training.run_store import RunStore

logger = logging.getLogger(__name__)


class Loader(QObject):
    """Does one thing after another in its own thread, so that the window never waits for a disk.

    Signals
    -------
    dataset_loaded(object)
        A Dataset.
    dataset_progress(int, int)
        Bytes done and in all of a download.
    dataset_failed(str, str)
        Name and a sentence; the sentence is empty if the user cancelled.
    run_opened(object, object)
        Path and OpenedRun of a file the user chose.
    run_found(object, object)
        Path and OpenedRun of the newest run in the runs folder.
    saved(object)
        The path written.
    failed(str)
        A sentence about a run file.
    """

    dataset_loaded = Signal(object)
    dataset_progress = Signal(int, int)
    dataset_failed = Signal(str, str)
    run_opened = Signal(object, object)
    run_found = Signal(object, object)
    saved = Signal(object)
    failed = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._cancelled = threading.Event()

    def cancel(self) -> None:
        """Cancel a download; called directly from any thread."""
        self._cancelled.set()

    @Slot()
    def finish(self) -> None:
        """End the thread, after all that was asked for before."""
        self.thread().quit()

    @Slot(str, object)
    def load_dataset(self, name: str, folder: Path | None) -> None:
        """Load a data set from where it is, or from a folder."""
        from ..data.errors import DataError
        from ..data.loading import load

        try:
            self.dataset_loaded.emit(load(name, folder))
        except DataError as error:
            logger.info("data set %s not loaded", name, exc_info=True)
            self.dataset_failed.emit(name, str(error))
        except Exception as error:
            logger.exception("data set %s not loaded", name)
            self.dataset_failed.emit(name, f"The data set could not be loaded: {error}.")

    @Slot(str)
    def download_dataset(self, name: str) -> None:
        """Download a data set into the cache, then load it."""
        from ..data.download import download
        from ..data.errors import DataError, DownloadCancelled

        self._cancelled.clear()
        try:
            download(name, self.dataset_progress.emit, self._cancelled.is_set)
        except DownloadCancelled:
            self.dataset_failed.emit(name, "")
        except DataError as error:
            logger.info("data set %s not downloaded", name, exc_info=True)
            self.dataset_failed.emit(name, str(error))
        except Exception as error:
            logger.exception("data set %s not downloaded", name)
            self.dataset_failed.emit(name, f"The download failed: {error}.")
        else:
            self.load_dataset(name, None)

    @Slot(object)
    def open_run(self, path: Path) -> None:
        """Read a run file."""
        from ..training.checkpoint import CheckpointError
        from ..training.opened import open_run

        try:
            self.run_opened.emit(path, open_run(path))
        except CheckpointError as error:
            self.failed.emit(str(error))

    @Slot(object)
    def find_last_run(self, folder: Path) -> None:
        """Read the newest run that is not part of a sweep; damaged files are passed over."""
        from ..training.checkpoint import CheckpointError
        from ..training.opened import open_run
        from ..training.run_store import RunStore

        store = RunStore(folder)
        for path in _newest_first(store):
            if store.label(path).sweep:
                continue
            try:
                self.run_found.emit(path, open_run(path))
            except CheckpointError:
                logger.warning("run file %s is damaged and was left alone", path)
            else:
                return

    @Slot(object, object)
    def save_run(self, path: Path, checkpoint: Checkpoint) -> None:
        """Write a run file."""
        from ..training.checkpoint import CheckpointError, write_checkpoint

        try:
            write_checkpoint(path, checkpoint)
        except CheckpointError as error:
            logger.exception("saving failed")
            self.failed.emit(str(error))
        else:
            self.saved.emit(path)


def _newest_first(store: RunStore) -> list[Path]:
    from ..training.checkpoint import CheckpointError

    try:
        files = [(path.stat().st_mtime, path) for path in store.paths()]
    except (OSError, CheckpointError):
        logger.exception("the folder of runs cannot be read")
        return []
    return [path for _, path in sorted(files, reverse=True)]

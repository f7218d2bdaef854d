"""The data set in use: loaded and downloaded beside the window."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from ..cancel import WorkCancelled
from ..errors import StudioError
from .threads import Resident, ResidentThread

if TYPE_CHECKING:
    from ..data.dataset import Dataset
    from .run_in_view import RunInView

logger = logging.getLogger(__name__)
Load = Callable[[str, Path | None], "Dataset"]


def load_dataset(name: str, folder: Path | None) -> Dataset:
    """Return a data set from where it is, or from a folder."""
    from ..data.loading import load

    return load(name, folder)


class DatasetSource(QObject):
    """Commands (verbs) in, facts (signals) out; lives in the GUI thread.

    Parameters
    ----------
    load : callable
        Returns the Dataset of a name and a folder or None, in a thread of its own.

    Attributes
    ----------
    dataset : Dataset, optional
        The one in use.

    Signals
    -------
    changed(object)
        The Dataset now in use.
    loading(str)
        A load or download of the data set of that name began.
    progressed(int, int)
        Bytes done and in all of a download.
    failed(str, str)
        Name and a sentence; the sentence is empty if the user cancelled, or if another data set
        was chosen meanwhile.
    """

    changed = Signal(object)
    loading = Signal(str)
    progressed = Signal(int, int)
    failed = Signal(str, str)

    _load_requested = Signal(str, object)
    _download_requested = Signal(str, object)

    def __init__(self, parent: QObject | None = None, *, load: Load = load_dataset) -> None:
        super().__init__(parent)
        self.dataset: Dataset | None = None
        self._wanted = ""
        self._cancelled = threading.Event()  # the last download
        self._loader = DatasetLoader(load)
        self._load_requested.connect(self._loader.load)
        self._download_requested.connect(self._loader.download)
        self._loader.loaded.connect(self._on_loaded)
        self._loader.progressed.connect(self.progressed)
        self._loader.failed.connect(self.failed)
        self._thread = ResidentThread("data", self._loader, self)
        self._thread.start()

    def has(self, name: str) -> bool:
        """Return whether that data set is the one in use."""
        return self.dataset is not None and self.dataset.name == name

    def missing(self, run: RunInView | None) -> str:
        """Return the name of the data set that a run needs and that is not in use; "" if it is."""
        return "" if run is None or self.has(run.dataset) else run.dataset

    @property
    def available(self) -> bool:
        """Whether the data set that was asked for last is in use."""
        return self.has(self._wanted)

    def load(self, name: str) -> None:
        """Use a data set; load it from where it is if need be."""
        self._wanted = name
        if not self.has(name):
            self.loading.emit(name)
            self._load_requested.emit(name, None)

    def open_folder(self, name: str, folder: Path) -> None:
        """Load a data set from a folder."""
        self._wanted = name
        self.loading.emit(name)
        self._load_requested.emit(name, folder)

    def download(self, name: str) -> None:
        """Download a data set, then load it."""
        self._wanted = name
        self.loading.emit(name)
        self.cancel()
        # One for each: a download may be cancelled while it waits for its turn.
        self._cancelled = threading.Event()
        self._download_requested.emit(name, self._cancelled)

    def cancel(self) -> None:
        """Cancel a download."""
        self._cancelled.set()

    def shut_down(self) -> None:
        """Cancel, and end the thread."""
        self.cancel()
        self._thread.finish()

    @Slot(object)
    def _on_loaded(self, dataset: Dataset) -> None:
        if dataset.name != self._wanted:
            self.failed.emit(dataset.name, "")
            return
        self.dataset = dataset
        self.changed.emit(dataset)


class DatasetLoader(Resident):
    """The data thread's object.

    Parameters
    ----------
    load : callable
        As for :class:`DatasetSource`.

    Signals
    -------
    loaded(object)
        A Dataset.
    progressed(int, int), failed(str, str)
        As :class:`DatasetSource` tells them.
    """

    loaded = Signal(object)
    progressed = Signal(int, int)
    failed = Signal(str, str)

    def __init__(self, load: Load) -> None:
        super().__init__()
        self._load = load

    @Slot(str, object)
    def load(self, name: str, folder: Path | None) -> None:
        """Load a data set from where it is, or from a folder."""
        try:
            self.loaded.emit(self._load(name, folder))
        except StudioError as error:
            self._tell_failure(name, str(error))
        except Exception as error:
            self._tell_failure(name, f"The data set could not be loaded: {error}.")

    @Slot(str, object)
    def download(self, name: str, cancelled: threading.Event) -> None:
        """Download a data set into the cache, then load it."""
        from ..data.download import download

        try:
            download(name, self.progressed.emit, cancelled.is_set)
        except WorkCancelled:
            self.failed.emit(name, "")
        except StudioError as error:
            self._tell_failure(name, str(error))
        except Exception as error:
            self._tell_failure(name, f"The download failed: {error}.")
        else:
            self.load(name, None)

    def _tell_failure(self, name: str, sentence: str) -> None:
        logger.warning("data set %s: %s", name, sentence, exc_info=True)
        self.failed.emit(name, sentence)

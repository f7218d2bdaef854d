"""Download a data set from its mirrors into the user's cache."""

from __future__ import annotations

import contextlib
import errno
import shutil
import threading
from collections.abc import Callable
from pathlib import Path

from mnist_studio.data.errors import DataError, DownloadCancelled
from mnist_studio.data.locations import cache_folder
from mnist_studio.data.registry import DatasetSpec, IdxFile, find_spec

Progress = Callable[[int, int], None]
Cancelled = Callable[[], bool]

CONNECT_TIMEOUT = 5.0
READ_TIMEOUT = 10.0
POLL_INTERVAL = 0.05
# How long a cancelled download may take to notice; a thread that waits for a silent mirror is left
# to its own timeout.
CANCEL_GRACE = 0.5

_CHUNK = 1 << 16


def download(
    name: str, progress: Progress | None = None, cancelled: Cancelled | None = None
) -> Path:
    """Download a data set into the cache; files that are there and intact are kept.

    Parameters
    ----------
    name : str
        The registry's name.
    progress : callable(int, int), optional
        Called about 20 times a second in the caller's thread with the bytes done and in all. The
        bytes done fall back when a mirror fails within a file.
    cancelled : callable returning bool, optional
        Asked as often, in the caller's thread; True ends the download at once.

    Returns
    -------
    Path
        The folder with the files.

    Raises
    ------
    DataError
        No mirror gave the files, the disk is full or not writable, or there is nothing to download.
    DownloadCancelled
        `cancelled` returned True; nothing partial is left behind.
    """
    spec = find_spec(name)
    if spec.embedded:
        raise DataError(f"{spec.title} comes with the program, so there is nothing to download.")
    return download_files(spec, cache_folder(spec), progress, cancelled)


def download_files(
    spec: DatasetSpec,
    folder: Path,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> Path:
    """Download the files of a registry entry into a folder; see `download`."""
    _prepare(spec, folder)
    transfer = _Transfer(spec, folder)
    # A thread of its own, so that Cancel acts at once also while a mirror is silent.
    thread = threading.Thread(target=transfer.run, name="data set download", daemon=True)
    thread.start()
    try:
        while thread.is_alive():
            if cancelled is not None and cancelled():
                raise DownloadCancelled(f"The download of {spec.title} was cancelled.")
            if progress is not None:
                progress(transfer.done, spec.download_size)
            thread.join(POLL_INTERVAL)
    finally:
        # Also when a callback raises or the user presses Ctrl+C.
        transfer.stop.set()
        thread.join(CANCEL_GRACE)
        transfer.remove_partial_file()
    if transfer.error is not None:
        raise transfer.error
    if progress is not None:
        progress(spec.download_size, spec.download_size)
    return folder


def _prepare(spec: DatasetSpec, folder: Path) -> None:
    """Make the folder and see that the files will fit in."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(folder).free
    except OSError as error:
        raise _local_error(spec, folder, error) from error
    present = sum(file.packed_size for file in spec.files if (folder / file.packed_name).is_file())
    if free < spec.download_size - present:
        raise _disk_full(spec, folder)


class _Transfer:
    """Fetches all files of one data set; runs in a thread and is watched from another.

    Attributes
    ----------
    done : int
        Bytes received so far.
    stop : threading.Event
        Set to end the transfer.
    error : Exception or None
        Why the transfer failed.
    """

    def __init__(self, spec: DatasetSpec, folder: Path) -> None:
        self.done = 0
        self.stop = threading.Event()
        self.error: Exception | None = None
        self._spec = spec
        self._folder = folder
        self._mirrors = list(spec.mirrors)
        self._limit = 0
        self._partial: Path | None = None

    def run(self) -> None:
        """Fetch file after file; what goes wrong is kept in `error`."""
        finished = 0
        try:
            for file in self._spec.files:
                self._fetch(file, finished)
                finished += file.packed_size
                self.done = finished
        except OSError as error:
            self.error = _local_error(self._spec, self._folder, error)
        except Exception as error:
            self.error = error

    def remove_partial_file(self) -> None:
        """Remove what a thread that still waits for a silent mirror has written."""
        if self._partial is not None:
            # Windows keeps open files; the thread then removes it at its own timeout.
            with contextlib.suppress(OSError):
                self._partial.unlink(missing_ok=True)

    def _fetch(self, file: IdxFile, finished: int) -> None:
        # Imported here: they take a tenth of a second, and most starts download nothing.
        import pooch
        import requests
        import urllib3

        pooch.get_logger().setLevel("WARNING")
        answered = False
        for mirror in tuple(self._mirrors):
            self.done, self._limit = finished, file.packed_size
            try:
                pooch.retrieve(
                    mirror + file.packed_name,
                    known_hash=f"sha256:{file.packed_sha256}",
                    fname=file.packed_name,
                    path=self._folder,
                    downloader=self._receive,
                )
            except requests.HTTPError:
                answered = True
            except (requests.RequestException, urllib3.exceptions.HTTPError):
                pass  # Out of reach or broken off: the next mirror may do better.
            except ValueError:  # Another hash or size.
                answered = True
            else:
                self._prefer(mirror)
                return
        raise _all_failed(self._spec, file, answered)

    def _prefer(self, mirror: str) -> None:
        """Try a mirror that works first, so that a blocked one costs its timeout only once."""
        self._mirrors.remove(mirror)
        self._mirrors.insert(0, mirror)

    def _receive(self, url: str, output_file: str, pooch: object) -> None:
        """Write what an address sends to a file; pooch calls this and then checks the hash."""
        import requests

        self._check_stop()
        self._partial = Path(output_file)
        timeout = (CONNECT_TIMEOUT, READ_TIMEOUT)
        with requests.get(url, stream=True, timeout=timeout) as response:
            response.raise_for_status()
            received = 0
            with self._partial.open("wb") as output:
                # Undecoded: some servers declare the .gz as a content encoding, and requests would
                # unpack it.
                for chunk in response.raw.stream(_CHUNK, decode_content=False):
                    self._check_stop()
                    received += len(chunk)
                    if received > self._limit:
                        raise ValueError(f"{url} sends more than {self._limit} bytes")
                    output.write(chunk)
                    self.done += len(chunk)

    def _check_stop(self) -> None:
        if self.stop.is_set():
            raise DownloadCancelled("The download was cancelled.")


def _all_failed(spec: DatasetSpec, file: IdxFile, answered: bool) -> DataError:
    count = len(spec.mirrors)
    if answered:
        return DataError(
            f"None of the {count} mirrors of {spec.title} sent an intact {file.packed_name}; "
            "try again later, or open a folder with the four files."
        )
    return DataError(
        f"Could not reach any of the {count} mirrors of {spec.title}; "
        "check the network, or open a folder with the four files."
    )


def _local_error(spec: DatasetSpec, folder: Path, error: OSError) -> DataError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return _disk_full(spec, folder)
    reason = error.strerror or str(error)
    return DataError(
        f"{spec.title} cannot be saved in {folder} ({reason}); "
        "make the folder writable, or open a folder with the four files."
    )


def _disk_full(spec: DatasetSpec, folder: Path) -> DataError:
    return DataError(
        f"There is not enough space on the disk of {folder}: {spec.title} takes "
        f"{spec.download_size / 1e6:.0f} MB; make room and download again."
    )

"""Download a data set from its mirrors into the user's cache."""

from __future__ import annotations

import errno
import hashlib
import shutil
import threading
import time
from pathlib import Path

from ..cancel import Cancelled, Progress, check, never, untold
from ..errors import reason_of
from ..files import open_file, remove_leftovers, replace_file
from .errors import DataError
from .locations import cache_folder
from .registry import DatasetSpec, IdxFile, find_spec

CONNECT_TIMEOUT = 5.0
READ_TIMEOUT = 10.0
# Bytes a second; a mirror that sends less for as long as READ_TIMEOUT is left for the next one.
LEAST_SPEED = 1000
POLL_INTERVAL = 0.05
# How long a cancelled download may take to notice; a thread that waits for a silent mirror is left
# to its own timeout.
CANCEL_GRACE = 0.5

_CHUNK = 1 << 16


def download(name: str, progress: Progress = untold, cancelled: Cancelled = never) -> Path:
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
    WorkCancelled
        `cancelled` returned True; nothing partial is left behind.
    """
    spec = find_spec(name)
    if spec.embedded:
        raise DataError(f"{spec.title} comes with the program, so there is nothing to download.")
    return download_files(spec, cache_folder(spec), progress, cancelled)


def download_files(
    spec: DatasetSpec,
    folder: Path,
    progress: Progress = untold,
    cancelled: Cancelled = never,
) -> Path:
    """Download the files of a registry entry into a folder; see `download`."""
    _prepare(spec, folder)
    transfer = _Transfer(spec, folder)
    # A thread of its own, so that Cancel acts at once also while a mirror is silent.
    thread = threading.Thread(target=transfer.run, name="data set download", daemon=True)
    thread.start()
    try:
        while thread.is_alive():
            check(cancelled)
            progress(transfer.done, spec.download_size)
            thread.join(POLL_INTERVAL)
    finally:
        # Also when a callback raises or the user presses Ctrl+C.
        transfer.stop.set()
        thread.join(CANCEL_GRACE)
    if transfer.error is not None:
        raise transfer.error
    progress(spec.download_size, spec.download_size)
    return folder


def _prepare(spec: DatasetSpec, folder: Path) -> None:
    """Make the folder and see that the files will fit in."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        remove_leftovers(folder)
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

    def _fetch(self, file: IdxFile, finished: int) -> None:
        # Imported here: they take a tenth of a second, and most starts download nothing.
        import requests
        import urllib3

        path = self._folder / file.packed_name
        if _is_intact(path, file):
            return
        answered = False
        for mirror in tuple(self._mirrors):
            self.done = finished
            try:
                content = self._receive(mirror + file.packed_name, file)
            except requests.HTTPError:
                answered = True
            except (requests.RequestException, urllib3.exceptions.HTTPError):
                pass  # Out of reach or broken off: the next mirror may do better.
            except ValueError:  # Another hash or size.
                answered = True
            else:
                _keep(path, content)
                self._prefer(mirror)
                return
        raise _all_failed(self._spec, file, answered)

    def _prefer(self, mirror: str) -> None:
        """Try a mirror that works first, so that a blocked one costs its timeout only once."""
        self._mirrors.remove(mirror)
        self._mirrors.insert(0, mirror)

    def _receive(self, url: str, file: IdxFile) -> bytes:
        """Return what an address sends, if it is the file; raises ValueError if it is not.

        In memory, where a thread that is left to its timeout leaves nothing behind.
        """
        import requests

        check(self.stop.is_set)
        content = bytearray()
        with requests.get(url, stream=True, timeout=(CONNECT_TIMEOUT, READ_TIMEOUT)) as response:
            response.raise_for_status()
            looked, had = time.monotonic(), 0
            # Undecoded: some servers declare the .gz as a content encoding, and requests would
            # unpack it. What has come at once, since a full chunk may take for ever.
            while chunk := response.raw.read1(_CHUNK, decode_content=False):
                check(self.stop.is_set)
                content += chunk
                if len(content) > file.packed_size:
                    raise ValueError(f"{url} sends more than {file.packed_size} bytes")
                self.done += len(chunk)
                if time.monotonic() - looked > READ_TIMEOUT and len(content) < file.packed_size:
                    if len(content) - had < LEAST_SPEED * READ_TIMEOUT:
                        raise requests.Timeout(f"{url} sends too slowly")
                    looked, had = time.monotonic(), len(content)
        if hashlib.sha256(content).hexdigest() != file.packed_sha256:
            raise ValueError(f"{url} sends another file")
        return bytes(content)


def _keep(path: Path, content: bytes) -> None:
    replace_file(path, lambda file: file.write(content))


def _is_intact(path: Path, file: IdxFile) -> bool:
    try:
        with open_file(path) as packed:
            content = packed.read(file.packed_size + 1)
    except OSError:
        return False
    return hashlib.sha256(content).hexdigest() == file.packed_sha256


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
    return DataError(
        f"{spec.title} cannot be saved in {folder} ({reason_of(error)}); "
        "make the folder writable, or open a folder with the four files."
    )


def _disk_full(spec: DatasetSpec, folder: Path) -> DataError:
    return DataError(
        f"There is not enough space on the disk of {folder}: {spec.title} takes "
        f"{spec.download_size / 1e6:.0f} MB; make room and download again."
    )

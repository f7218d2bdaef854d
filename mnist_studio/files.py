"""Where files are opened, written and deleted: whole or not at all, and only those that are files.

What the app is given may be anything: a pipe or a device that answers never or for ever, JSON
nested without end, a link that leads elsewhere. Whatever opens a file opens it here.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import re
import stat
import sys
import time
from collections.abc import Callable
from io import BufferedReader
from pathlib import Path
from typing import IO, Any, BinaryIO

_WINDOWS = sys.platform == "win32"
if sys.platform != "win32":
    import fcntl

MOST_JSON = 4 * 1024**2
"""Bytes of JSON that are read at most; a sweep of ten thousand runs takes a tenth of it."""
_TEMPORARY = re.compile(r"\..+\.[0-9a-f]{8}\.tmp")
# Seconds to wait before each further try to replace a file that somebody reads, on Windows.
_PATIENCE = (0.01, 0.03, 0.1, 0.3, 0.6)
# Where an open file can be neither deleted nor moved, so long at most it is closed, but not moved.
_SECONDS_TO_MOVE = 10.0


# --- reading -------------------------------------------------------------------------------


def open_file(path: Path) -> BufferedReader:
    """Open a file to read it, if it is one: a pipe or a device may never end, or never begin.

    Parameters
    ----------
    path : Path
        A link is followed.

    Raises
    ------
    OSError
        If it cannot be opened, or is no ordinary file.
    """
    _check_regular(path, path.stat())  # before it is opened, which does something to some devices
    file = open(path, "rb", opener=_open_at_once)  # noqa: SIM115
    try:
        _check_regular(path, os.fstat(file.fileno()))  # it may have been replaced between the two
    except BaseException:
        file.close()
        raise
    return file


def is_file(path: Path) -> bool:
    """Return whether a path leads to an ordinary file; False of names that no file can have."""
    try:
        return stat.S_ISREG(path.stat().st_mode)
    except (OSError, ValueError):
        return False


def _open_at_once(name: str, flags: int) -> int:
    """Open without waiting for whoever is at a pipe's other end."""
    return os.open(name, flags | getattr(os, "O_NONBLOCK", 0))


def _check_regular(path: Path, status: os.stat_result) -> None:
    if stat.S_ISDIR(status.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    if not stat.S_ISREG(status.st_mode):
        raise OSError(errno.EINVAL, "it is a device or a pipe, not a file", str(path))


def read_json(path: Path) -> Any:
    """Return what a JSON file holds.

    Raises
    ------
    OSError
        If it cannot be read.
    ValueError
        If it is not JSON, too large, or nested too deeply.
    """
    with open_file(path) as file:
        content = file.read(MOST_JSON + 1)
    if len(content) > MOST_JSON:
        raise ValueError(f"{path.name} is too large")
    return parse_json(content)


def parse_json(content: bytes | str) -> Any:
    """Return what JSON says; raises ValueError if it is none, or nested too deeply."""
    try:
        return json.loads(content)
    except RecursionError as error:
        raise ValueError("the JSON is nested too deeply") from error


# --- writing -------------------------------------------------------------------------------


def replace_file(path: Path, write: Callable[[BinaryIO], object], *, durable: bool = False) -> None:
    """Write a file beside `path` and move it into place when it is complete.

    Parameters
    ----------
    path : Path
        Through a link, the file that it leads to is replaced.
    write : callable
        Given the open file.
    durable : bool
        Return only when the file outlives a power cut: content, name and folder are on the disk
        then, in this order.

    Raises
    ------
    OSError
        If it cannot be written, or what is there is no ordinary file; what was there stays.
    """
    with contextlib.suppress(FileNotFoundError):
        _check_regular(path, path.stat())
    target = path.resolve()
    temporary, file = _open_temporary(path, target)
    try:
        with contextlib.ExitStack() as claim:
            with file:
                if not _WINDOWS:  # where no open file can be moved
                    # Closed it is claimed no more, and would be taken for a leftover.
                    claim.callback(os.close, os.dup(file.fileno()))
                write(file)
                if durable:
                    file.flush()
                    os.fsync(file.fileno())
            _move(temporary, target)
        if durable:
            sync_folder(target.parent)
    except BaseException as error:
        with contextlib.suppress(OSError):  # the error to tell is the first one
            remove(temporary, temporary.parent)
        _rename_in(error, temporary, path)
        raise


def _open_temporary(path: Path, target: Path) -> tuple[Path, BinaryIO]:
    """Make a file to write beside `target`, which :func:`remove_leftovers` knows to be in use.

    Between its making and the claim it may be taken for a leftover; then another one is made.
    An error is about `path`.
    """
    while True:
        # Not by tempfile: its files can be read by nobody else, and so could this one then.
        temporary = target.with_name(f".{target.name}.{os.urandom(4).hex()}.tmp")
        try:
            file = temporary.open("xb")
        except OSError as error:
            _rename_in(error, temporary, path)
            raise
        try:
            _claim(file)
        except BlockingIOError:  # it is being deleted
            file.close()
            continue
        except OSError:  # a drive without locks
            return temporary, file
        if _WINDOWS or os.fstat(file.fileno()).st_nlink:
            return temporary, file
        file.close()  # it was deleted


def _rename_in(error: BaseException, temporary: Path, path: Path) -> None:
    """Let an error about a temporary file be about the only name that anybody knows."""
    if isinstance(error, OSError) and str(error.filename) == str(temporary):
        error.filename = str(path)


def write_json(path: Path, values: Any, *, durable: bool = True) -> None:
    """Write JSON that people can read, too; see :func:`replace_file`."""
    text = json.dumps(values, indent=1, ensure_ascii=False)
    # The names of files, and what is pasted, need not be valid text.
    content = text.encode("utf-8", "replace")
    replace_file(path, lambda file: file.write(content), durable=durable)


def sync_folder(folder: Path) -> None:
    """Return when the names in a folder are on the disk; Windows has no such thing."""
    if _WINDOWS:
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):  # some network drives
            raise
    finally:
        os.close(descriptor)


def _move(temporary: Path, target: Path) -> None:
    """Move a file into place; where a reader is a hindrance to that, wait for it a moment."""
    for seconds in _PATIENCE if _WINDOWS else ():
        try:
            temporary.replace(target)
        except PermissionError:
            time.sleep(seconds)
        else:
            return
    temporary.replace(target)


def _claim(file: IO[bytes]) -> None:
    """Show that a temporary file has a writer; raises OSError if it has another one."""
    if sys.platform != "win32":
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


# --- deleting ------------------------------------------------------------------------------


def remove(path: Path, within: Path, beginning: bytes = b"") -> None:
    """Delete a file that the app made; nothing is deleted in another way.

    It is no failure if there is none.

    Parameters
    ----------
    path : Path
        The file.
    within : Path
        A folder that the user gave to the app; it may be a link, all below it must not.
    beginning : bytes
        What the app's files of this kind begin with, unless they are empty.

    Raises
    ------
    OSError
        If it cannot be deleted, or not be shown to be the app's.
    """
    with contextlib.suppress(FileNotFoundError):
        check_own(path, within, beginning)
        path.unlink()


def check_own(path: Path, within: Path, beginning: bytes = b"") -> None:
    """Raise OSError unless a file is what it seems to be: see :func:`remove`."""
    parts = path.relative_to(within).parts if path.is_relative_to(within) else ()
    if not parts or ".." in parts:
        raise _not_own(path)
    for count in range(1, len(parts)):
        check_no_link(within.joinpath(*parts[:count]))
    if not stat.S_ISREG(path.lstat().st_mode):
        raise _not_own(path)
    if beginning:
        with open_file(path) as file:
            found = file.read(len(beginning))
        if found and found != beginning:
            raise _not_own(path)


def check_no_link(path: Path) -> None:
    """Raise OSError if what the app makes leads elsewhere; it need not be there."""
    if path.is_symlink():
        raise OSError(errno.ELOOP, "it is a link that leads elsewhere", str(path))


def remove_leftovers(folder: Path) -> None:
    """Delete the temporary files in a folder whose writers are gone; whatever fails stays."""
    with contextlib.suppress(OSError):
        for path in [each for each in folder.iterdir() if _TEMPORARY.fullmatch(each.name)]:
            with contextlib.suppress(OSError), contextlib.ExitStack() as held:
                if not _WINDOWS:
                    _claim(held.enter_context(open_file(path)))
                elif time.time() - path.stat().st_mtime < _SECONDS_TO_MOVE:
                    continue
                remove(path, folder)  # while it is claimed, or a writer might do that just now


def _not_own(path: Path) -> OSError:
    return OSError(errno.EPERM, "it was not made by this program", str(path))

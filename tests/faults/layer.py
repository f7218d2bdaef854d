"""The calls that change a disk, one by one, so that each of them can be made to fail.

It works in this process, through Python's own functions, and so on every system alike. Only calls
that touch the folder under test are seen.
"""

from __future__ import annotations

import contextlib
import errno
import io
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

_WRITING = frozenset("wxa+")


class Layer:
    """Sees each call before it is made; does nothing about it.

    Parameters
    ----------
    folder : Path
        Calls elsewhere are let through unseen.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        self._names: dict[int, Path] = {}

    def before(self, call: str, path: Path, *more: Path) -> None:
        """Called before a call changes the disk; what it raises is what the call raises."""

    def after(self, call: str, path: Path, *more: Path) -> None:
        """Called when that is done."""

    @contextlib.contextmanager
    def active(self) -> Iterator[Layer]:
        """See all calls as long as this lasts."""
        with contextlib.ExitStack() as stack:
            for name in ("replace", "rename", "link"):
                stack.enter_context(mock.patch.object(os, name, self._two(getattr(os, name), name)))
            for name in ("unlink", "remove", "mkdir", "utime"):
                kind = "unlink" if name == "remove" else name
                stack.enter_context(mock.patch.object(os, name, self._one(getattr(os, name), kind)))
            stack.enter_context(mock.patch.object(os, "fsync", self._fsync(os.fsync)))
            stack.enter_context(mock.patch.object(os, "open", self._os_open(os.open)))
            stack.enter_context(mock.patch.object(io, "open", self._open(io.open)))
            yield self

    def _within(self, path: object) -> Path | None:
        if not isinstance(path, str | os.PathLike):
            return None
        whole = Path(path).absolute()
        return whole if whole.is_relative_to(self.folder) else None

    def _one(self, call, kind):
        def wrapped(path, *arguments, **options):
            seen = self._within(path)
            if seen is None or (kind == "mkdir" and seen.exists()):
                return call(path, *arguments, **options)
            self.before(kind, seen)
            result = call(path, *arguments, **options)
            self.after(kind, seen)
            return result

        return wrapped

    def _two(self, call, kind):
        def wrapped(source, target, **options):
            seen = self._within(source)
            if seen is None:
                return call(source, target, **options)
            other = Path(target).absolute()
            self.before(kind, seen, other)
            call(source, target, **options)
            self.after(kind, seen, other)
            return None

        return wrapped

    def _fsync(self, call):
        def wrapped(file):
            descriptor = file if isinstance(file, int) else file.fileno()
            seen = self._names.get(descriptor)
            if seen is not None:
                self.before("fsync", seen)
            call(file)
            if seen is not None:
                self.after("fsync", seen)

        return wrapped

    def _os_open(self, call):
        def wrapped(path, flags, *arguments, **options):
            seen = self._within(path)
            creates = bool(flags & os.O_CREAT)
            if seen is not None and creates:
                self.before("create", seen)
            descriptor = call(path, flags, *arguments, **options)
            self._names.pop(descriptor, None)
            if seen is not None:
                self._names[descriptor] = seen
                if creates:
                    self.after("create", seen)
            return descriptor

        return wrapped

    def _open(self, call):
        def wrapped(path, mode="r", *arguments, **options):
            seen = self._within(path)
            if seen is None or not _WRITING & set(mode):
                return call(path, mode, *arguments, **options)
            self.before("create", seen)
            file = call(path, mode, *arguments, **options)
            self._names[file.fileno()] = seen
            self.after("create", seen)
            return _File(file, self, seen)

        return wrapped


class _File:
    """A file whose writing is seen."""

    def __init__(self, file, layer: Layer, path: Path) -> None:
        self._file, self._layer, self._path = file, layer, path

    def __getattr__(self, name):
        return getattr(self._file, name)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def write(self, data):
        try:
            self._layer.before("write", self._path)
        except OSError:
            self._file.write(bytes(memoryview(data).cast("B"))[: len(memoryview(data)) // 2])
            raise
        return self._file.write(data)

    def close(self):
        if not self._file.closed:
            try:
                self._layer.before("close", self._path)  # what was held back is written now
            finally:
                self._file.close()
            self._layer.after("close", self._path)


class FaultyDisk(Layer):
    """Lets one call fail, or all from there on, or lets the process be killed at it.

    Parameters
    ----------
    folder : Path
    number : int
        The call, the first is 1.
    lasting : bool
        Whether all further ones fail, too.
    kill : bool
        Whether the process ends there instead.
    error : int
        The number of the error.

    Attributes
    ----------
    met : str
        The call that failed first and its file; empty if there were not so many.
    """

    def __init__(
        self,
        folder: Path,
        number: int,
        *,
        lasting: bool = False,
        kill: bool = False,
        error: int = errno.ENOSPC,
    ) -> None:
        super().__init__(folder)
        self._left = number
        self._lasting = lasting
        self._kill = kill
        self._error = error
        self.met = ""

    def before(self, call: str, path: Path, *more: Path) -> None:
        self._left -= 1
        if self._left > 0 or (self._left < 0 and not self._lasting):
            return
        if self._lasting and call == "unlink":
            return  # a full disk lets go of files
        self.met = self.met or f"{call} {path.name}"
        if self._kill:
            os.kill(os.getpid(), signal.SIGKILL)
        raise OSError(self._error, os.strerror(self._error), str(path))

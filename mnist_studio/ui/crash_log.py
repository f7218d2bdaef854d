"""The log: of bounded size, and without the names of files that are none of its business."""

from __future__ import annotations

import contextlib
import faulthandler
import logging
import re
import sys
import traceback
from collections.abc import Iterable
from io import TextIOWrapper
from pathlib import Path

from PySide6.QtCore import QSysInfo

from .. import __version__

LOG_NAME = "mnist-studio.log"
_MOST_BYTES = 1_000_000
# A path in quotes may hold spaces; one without ends at the first.
_PATHS = r"""(["'])((?:/|[A-Za-z]:[\\/]).*?)\1|((?<![\w.:/])(?:/|[A-Za-z]:[\\/])[^\s'",;()]+)"""


def start_logging(folder: Path) -> Path | None:
    """Log to a file of bounded size in `folder`, crashes of the interpreter included.

    Returns
    -------
    Path or None
        The file; None where it cannot be written.
    """
    log: Path | None = folder / LOG_NAME
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handler: logging.Handler = _LogFile(folder / LOG_NAME)
    except OSError:
        log, handler = None, logging.StreamHandler()
    handler.setFormatter(_Discreet(folder))
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    return log


def describe_program() -> str:
    """Return version and platform in a line."""
    from PySide6 import __version__ as qt_version

    return (
        f"MNIST Studio {__version__}, Python {sys.version.split()[0]}, PySide6 {qt_version}, "
        f"{QSysInfo.prettyProductName()} ({QSysInfo.kernelType()} {QSysInfo.kernelVersion()}, "
        f"{QSysInfo.currentCpuArchitecture()})"
    )


def describe_error(error: BaseException, folder: Path) -> str:
    """Return the traceback of an error, without the names of files beyond `folder`."""
    return discreet("".join(traceback.format_exception(error)), folder, _names(error))


def discreet(text: str, folder: Path, names: Iterable[str] = ()) -> str:
    """Return a text without the names of files that are not in `folder`.

    Of the program's own files and Python's the name stays, without where they are.

    Parameters
    ----------
    text : str
        With paths in it.
    folder : Path
        Whose files may be named.
    names : iterable of str
        Paths that are in the text and may hold spaces.
    """
    for name in sorted(names, key=len, reverse=True):
        if not name.startswith(str(folder)):
            text = text.replace(name, "<file>")
            text = text.replace(Path(name).name, "<file>")
    return re.sub(_PATHS, lambda found: _shortened(found, folder), text)


def _shortened(found: re.Match[str], folder: Path) -> str:
    quote, path = found[1] or "", found[2] or found[3]
    if path.startswith(str(folder)):
        return found[0]
    return f"{quote}{Path(path).name if path.endswith('.py') else '<file>'}{quote}"


def _names(error: BaseException | None) -> set[str]:
    """Return the files that an error and those behind it are about."""
    found: set[str] = set()
    while error is not None:
        if isinstance(error, OSError):
            found |= {each for each in (error.filename, error.filename2) if isinstance(each, str)}
        error = error.__cause__ or error.__context__
    return found - {""}


class _LogFile(logging.FileHandler):
    """Begins each file with what program wrote it, and lets a dying interpreter write there.

    A full file is kept until the next one is full. ``logging.handlers`` would do that, too, but
    brings sockets and queues along, for which the window would be painted later.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(path, encoding="utf-8")
        self._path = path

    def emit(self, record: logging.LogRecord) -> None:
        """Write a line, where the file is full into a new one."""
        if self.stream is not None and self.stream.tell() > _MOST_BYTES:
            self.stream.close()
            with contextlib.suppress(OSError):
                self._path.replace(self._path.with_name(f"{self._path.name}.1"))
            self.stream = self._open()
        super().emit(record)

    def _open(self) -> TextIOWrapper:
        stream = super()._open()
        stream.write(f"{describe_program()}\n")
        stream.flush()
        faulthandler.enable(stream)
        return stream

    def close(self) -> None:
        """Close the file; the interpreter has the standard error again."""
        if sys.__stderr__ is not None:
            faulthandler.enable(sys.__stderr__)
        super().close()


class _Discreet(logging.Formatter):
    def __init__(self, folder: Path) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")
        self._folder = folder

    def format(self, record: logging.LogRecord) -> str:
        names = _names(record.exc_info[1]) if record.exc_info else set()
        arguments = record.args if isinstance(record.args, tuple) else ()
        names |= {str(each) for each in arguments if isinstance(each, Path)}
        return discreet(super().format(record), self._folder, names)

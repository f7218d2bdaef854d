"""Read a file that may be compressed, and never more of it than expected."""

from __future__ import annotations

import gzip
import io
import zlib
from pathlib import Path

from ..errors import reason_of
from ..files import open_file
from .errors import DataError

GZIP_MAGIC = b"\x1f\x8b"
ADVICE = "replace it with the original file or download the data set again"

_BLOCK = 1 << 20


def read_unpacked(path: Path, limit: int) -> bytearray:
    """Return a file's bytes, unpacked if it is a gzip file.

    What the file is, is judged by its first bytes, since unpackers and browsers change endings.

    Parameters
    ----------
    path : Path
        The file.
    limit : int
        The greatest number of unpacked bytes to accept. No more is ever held in memory, so that a
        small file cannot unpack to something huge.

    Raises
    ------
    DataError
        The file cannot be read, is damaged, or is larger than `limit`.
    """
    try:
        with open_file(path) as raw:
            packed = raw.read(len(GZIP_MAGIC)) == GZIP_MAGIC
            raw.seek(0)
            if not packed:
                return _read(raw, path, limit)
            with gzip.GzipFile(fileobj=raw) as unpacked:
                return _read(unpacked, path, limit)
    # gzip.BadGzipFile is an OSError, so it comes first.
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise DataError(f"The file {path} is a damaged gzip file; {ADVICE}.") from error
    except OSError as error:
        sentence = f"The file {path} cannot be read ({reason_of(error)}); {ADVICE}."
        raise DataError(sentence) from error


def _read(stream: io.BufferedIOBase, path: Path, limit: int) -> bytearray:
    content = bytearray(limit)
    view = memoryview(content)
    size = 0
    while size < limit:
        # In blocks: gzip's readinto makes a second copy of what it is asked for.
        count = stream.readinto(view[size : size + _BLOCK])
        if not count:
            break
        size += count
    view.release()
    # Reading past the end also makes gzip check its checksum.
    if size == limit and stream.read(1):
        raise DataError(f"The file {path} is larger than the {limit:,} bytes expected; {ADVICE}.")
    del content[size:]
    return content

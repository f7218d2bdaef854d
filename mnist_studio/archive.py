"""Arrays in files, read only if they are what they must be: nothing is unpacked on trust.

``numpy.load`` makes room for whatever a file declares. Here the kind, the shape and the size that
are declared are compared first: with what is expected, and with what is really there. It also
has Python parse the head of an array, which fails now and then when two threads do so at once
(https://github.com/python/cpython/issues/106905); here the head is matched with what NumPy writes.
"""

from __future__ import annotations

import math
import re
import struct
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from .files import open_file

Array = npt.NDArray[Any]
MAGIC = b"\x93NUMPY"
_MOST_ARRAYS = 1024  # of the deepest network there are 275
_MOST_NAMES = 256 * 1024  # bytes of a table of contents
_LONGEST_TEXT = 256  # bytes of one in an array; the longest name of a setting takes 80
_BLOCK = 1 << 20
_HEAD = re.compile(
    rb"\{'descr': '([<>|][biufcU]\d{1,9})', 'fortran_order': (False|True), "
    rb"'shape': \(((?:\d{1,18}, ?)*(?:\d{1,18})?)\), \} *\n"
)
_END = struct.Struct("<4s4H2LH")  # how a ZIP file without a comment ends


class Form(NamedTuple):
    """What an array must be.

    Attributes
    ----------
    kind : str
        Its type as NumPy writes it, e.g. ``"f4"``, or several with spaces between, one of which
        it must be; ``"U"`` for texts of any length.
    shape : tuple of int or None
        Its shape; None for any number.
    """

    kind: str
    shape: tuple[int | None, ...]

    def check(self, dtype: np.dtype[Any], shape: tuple[int, ...]) -> None:
        """Raise ValueError if an array is something else."""
        if self.kind == "U":
            fits = dtype.kind == "U" and dtype.itemsize <= _LONGEST_TEXT
        else:
            fits = dtype in [np.dtype(kind) for kind in self.kind.split()]
        if not fits or len(shape) != len(self.shape):
            raise ValueError(f"{dtype} of shape {shape} is not {self}")
        for found, wanted in zip(shape, self.shape, strict=True):
            if found < 0 or wanted not in (None, found):
                raise ValueError(f"{dtype} of shape {shape} is not {self}")


def read_array(file: IO[bytes], form: Form, most: int) -> Array:
    """Read one array as ``numpy.save`` writes it.

    Parameters
    ----------
    file : binary file
        Where it begins; it is read to the array's end.
    form : Form
        What it must be.
    most : int
        Bytes that there are at most.

    Raises
    ------
    EOFError
        If the array is not all there yet.
    ValueError
        If it is something else.
    """
    if file.read(len(MAGIC)) != MAGIC:
        raise EOFError("here is no array, or not yet")
    version = file.read(2)
    if version != b"\x01\x00":
        raise ValueError(f"arrays of format {version!r} are never written")
    (length,) = struct.unpack("<H", _read_all(file, 2))
    head = _HEAD.fullmatch(_read_all(file, length))
    if head is None:
        raise ValueError("this is not the head of an array")
    try:
        dtype = np.dtype(head[1].decode())
    except TypeError as error:
        raise ValueError("there is no such type of number") from error
    columns_first = head[2] == b"True"
    shape = tuple(int(count) for count in head[3].replace(b",", b" ").split())
    form.check(dtype, shape)
    size = math.prod(shape) * dtype.itemsize
    if size > most:
        raise EOFError("the array is larger than what is there")
    array = np.empty(math.prod(shape), dtype)
    if size:
        _fill(file, array.view(np.uint8).data)
    return array.reshape(shape[::-1]).T if columns_first else array.reshape(shape)


def _read_all(file: IO[bytes], count: int) -> bytes:
    found = file.read(count)
    if len(found) < count:
        raise EOFError("the array ends in its head")
    return found


def _fill(file: IO[bytes], view: memoryview) -> None:
    filled = 0
    while filled < len(view):
        block = file.read(min(_BLOCK, len(view) - filled))
        if not block:
            raise EOFError("the array ends before its end")
        view[filled : filled + len(block)] = block
        filled += len(block)


class Archive:
    """The arrays of an open ``.npz`` file that ``numpy.savez`` wrote: packed, not compressed.

    Parameters
    ----------
    members : ZipFile
        Open while this is in use.

    Attributes
    ----------
    names : list of str
        Of the arrays.
    """

    def __init__(self, members: zipfile.ZipFile) -> None:
        self._members = members
        self.names = [name.removesuffix(".npy") for name in members.namelist()]

    def read(self, name: str, form: Form) -> Array:
        """Read one array; raises KeyError if there is none, and as :func:`read_array`."""
        member = self._members.getinfo(f"{name}.npy")
        with self._members.open(member) as file:
            array = read_array(file, form, member.file_size)
            if file.read(1):  # also checks the sum over all that was read
                raise ValueError(f"{name} goes on after its end")
        return array


@contextmanager
def open_archive(path: Path) -> Iterator[Archive]:
    """Open a file of arrays; raises OSError, or whatever a damaged file makes its readers raise."""
    with open_file(path) as file:
        size = file.seek(0, 2)
        _check_end(file, size)
        with zipfile.ZipFile(file) as members:
            found = members.infolist()
            # What is stored as it is cannot unpack to more than the file has.
            if any(each.compress_type != zipfile.ZIP_STORED for each in found):
                raise ValueError("the arrays are compressed")
            if sum(each.file_size for each in found) > size:
                raise ValueError("the file declares more than it has")
            yield Archive(members)


def _check_end(file: IO[bytes], size: int) -> None:
    """Raise ValueError if a table of contents is too large to be read."""
    file.seek(max(0, size - _END.size))
    end = file.read(_END.size)
    if len(end) < _END.size or not end.startswith(b"PK\x05\x06"):
        raise ValueError("the file ends otherwise than an archive of arrays")
    _, _, _, _, count, length, _, _ = _END.unpack(end)
    if count > _MOST_ARRAYS or length > _MOST_NAMES:
        raise ValueError("the file has more arrays than any run")

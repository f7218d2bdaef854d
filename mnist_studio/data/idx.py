"""The IDX format, in which MNIST and its relatives are published.

An IDX file of bytes starts with 0, 0, 8 (unsigned bytes) and the number of dimensions, then each
dimension as a big-endian 32-bit integer, then the values, last dimension fastest.
"""

from __future__ import annotations

import math
import struct
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .errors import DataError
from .files import ADVICE

UNSIGNED_BYTE = 0x08


def parse_idx(content: bytes | bytearray, shape: tuple[int, ...], path: Path) -> NDArray[np.uint8]:
    """Return the array in an IDX file, without a copy.

    Parameters
    ----------
    content : bytes or bytearray
        The whole unpacked file; the array shares its memory.
    shape : tuple of int
        The only shape to accept.
    path : Path
        Where the content comes from, for messages.

    Returns
    -------
    ndarray of uint8
        Read-only, of the given shape.

    Raises
    ------
    DataError
        The content is no IDX file of bytes, has another shape, or is shorter or longer than its
        header says.
    """
    expected_magic = bytes((0, 0, UNSIGNED_BYTE, len(shape)))
    if content[:4] != expected_magic:
        raise DataError(
            f"The file {path} is not an IDX file of {_kind(shape)} "
            f"(it starts with {content[:4].hex(' ') or 'nothing'} "
            f"instead of {expected_magic.hex(' ')}); {ADVICE}."
        )
    header = 4 + 4 * len(shape)
    if len(content) < header:
        raise DataError(f"The file {path} ends within its header; {ADVICE}.")
    found = struct.unpack_from(f">{len(shape)}I", content, 4)
    if found != shape:
        raise DataError(
            f"The file {path} says that it holds {_sizes(found)} {_kind(shape)} "
            f"instead of {_sizes(shape)}; {ADVICE}."
        )
    if len(content) != header + math.prod(shape):
        raise DataError(
            f"The file {path} has {len(content):,} bytes "
            f"instead of {header + math.prod(shape):,}; {ADVICE}."
        )
    array = np.frombuffer(content, dtype=np.uint8, offset=header).reshape(shape)
    array.flags.writeable = False
    return array


def parse_labels(
    content: bytes | bytearray, count: int, classes: int, path: Path
) -> NDArray[np.uint8]:
    """Return the labels in an IDX file, without a copy.

    Returns
    -------
    ndarray of uint8, shape (count,)
        Read-only, every value below `classes`.

    Raises
    ------
    DataError
        As `parse_idx`, and if a label is out of range.
    """
    labels = parse_idx(content, (count,), path)
    highest = int(labels.max(initial=0))
    if highest >= classes:
        raise DataError(
            f"The file {path} holds the label {highest}, but labels go up to {classes - 1}; "
            f"{ADVICE}."
        )
    return labels


def _kind(shape: tuple[int, ...]) -> str:
    return "labels" if len(shape) == 1 else "images"


def _sizes(shape: tuple[int, ...]) -> str:
    return "x".join(f"{size:,}" for size in shape)

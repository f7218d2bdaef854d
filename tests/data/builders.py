"""Small data sets in the published format, for tests."""

import gzip
import hashlib
import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mnist_studio.data.registry import DatasetSpec, IdxFile

NAMES = (
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
)


def idx(array: np.ndarray) -> bytes:
    """Return an array of bytes as an IDX file."""
    header = struct.pack(f">4B{array.ndim}I", 0, 0, 8, array.ndim, *array.shape)
    return header + array.astype(np.uint8).tobytes()


@dataclass(frozen=True)
class SmallDataset:
    """A data set of a few images: its entry and its unpacked files by name."""

    spec: DatasetSpec
    contents: dict[str, bytes]

    def packed(self, name: str) -> bytes:
        return gzip.compress(self.contents[name], mtime=0)

    def write(self, folder: Path, *, packed: bool = True) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in self.contents.items():
            if packed:
                (folder / f"{name}.gz").write_bytes(self.packed(name))
            else:
                (folder / name).write_bytes(content)
        return folder


def small_dataset(
    name: str = "small", seed: int = 0, mirrors: tuple[str, ...] = ()
) -> SmallDataset:
    """Return 40 training and 20 test images of noise."""
    rng = np.random.default_rng(seed)
    arrays = [
        rng.integers(0, 256, (40, 28, 28)),
        rng.integers(0, 10, 40),
        rng.integers(0, 256, (20, 28, 28)),
        rng.integers(0, 10, 20),
    ]
    contents = {name: idx(array) for name, array in zip(NAMES, arrays, strict=True)}
    files = tuple(_entry(name, content) for name, content in contents.items())
    digits = tuple("0123456789")
    spec = DatasetSpec(name, name.title(), digits, 40, 20, files=files, mirrors=mirrors)
    return SmallDataset(spec, contents)


def _entry(name: str, content: bytes) -> IdxFile:
    packed = gzip.compress(content, mtime=0)
    return IdxFile(
        name,
        len(content),
        hashlib.sha256(content).hexdigest(),
        len(packed),
        hashlib.sha256(packed).hexdigest(),
    )

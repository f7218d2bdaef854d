"""Read the data set that comes with the program."""

from __future__ import annotations

import zlib
from zipfile import BadZipFile, ZipFile

from .. import paths
from ..archive import Archive, Form
from ..files import open_file
from .dataset import Dataset
from .errors import DataError
from .registry import PIXELS, DatasetSpec

# What NumPy and zipfile raise on a file that is missing, cut, changed or something else.
_UNREADABLE = (
    OSError,
    ValueError,
    KeyError,
    EOFError,
    BadZipFile,
    zlib.error,
)


def load_embedded(spec: DatasetSpec) -> Dataset:
    """Load an embedded data set: a ``.npz`` with ``images``, ``labels`` and ``is_test``.

    Raises
    ------
    DataError
        The installed file is missing or damaged.
    """
    path = paths.resource(spec.resource or "")
    try:
        # Every array's CRC-32 in the zip is checked, so a changed byte does not go unnoticed.
        with open_file(path) as file, ZipFile(file) as members:
            archive, count = Archive(members), spec.train_size + spec.test_size
            images = archive.read("images", Form("u1", (count, PIXELS)))
            labels = archive.read("labels", Form("u1", (count,)))
            is_test = archive.read("is_test", Form("?", (count,)))
        dataset = Dataset(
            name=spec.name,
            train_images=images[~is_test],
            train_labels=labels[~is_test],
            test_images=images[is_test],
            test_labels=labels[is_test],
            class_names=spec.class_names,
        )
    except _UNREADABLE as error:
        raise _damaged(spec, path.name) from error
    if len(dataset.test_labels) != spec.test_size:
        raise _damaged(spec, path.name)
    return dataset


def _damaged(spec: DatasetSpec, file_name: str) -> DataError:
    return DataError(
        f"The file {file_name} of the data set {spec.title}, which comes with the program, "
        "is missing or damaged; install MNIST Studio again."
    )

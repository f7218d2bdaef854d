"""Read the data set that comes with the program."""

from __future__ import annotations

import zlib
from zipfile import BadZipFile

import numpy as np

from mnist_studio import paths
from mnist_studio.data.dataset import Dataset
from mnist_studio.data.errors import DataError
from mnist_studio.data.registry import DatasetSpec

PIXELS = 784

# What NumPy and zipfile raise on a file that is missing, cut, changed or something else.
_UNREADABLE = (
    OSError,
    ValueError,
    KeyError,
    IndexError,
    EOFError,
    TypeError,
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
        # Opened here, since np.load leaves a file that it cannot read open. NumPy checks every
        # array's CRC-32 in the zip, so a changed byte does not go unnoticed.
        with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
            images, labels, is_test = (archive[key] for key in ("images", "labels", "is_test"))
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
    _check(dataset, spec, path.name)
    return dataset


def _check(dataset: Dataset, spec: DatasetSpec, file_name: str) -> None:
    expected = {
        "train_images": (spec.train_size, PIXELS),
        "train_labels": (spec.train_size,),
        "test_images": (spec.test_size, PIXELS),
        "test_labels": (spec.test_size,),
    }
    for field, shape in expected.items():
        array = getattr(dataset, field)
        if array.shape != shape or array.dtype != np.uint8:
            raise _damaged(spec, file_name)


def _damaged(spec: DatasetSpec, file_name: str) -> DataError:
    return DataError(
        f"The file {file_name} of the data set {spec.title}, which comes with the program, "
        "is missing or damaged; install MNIST Studio again."
    )

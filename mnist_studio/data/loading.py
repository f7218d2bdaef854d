"""Load a data set by its name, wherever it is."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .. import paths
from .dataset import Dataset
from .embedded import load_embedded
from .errors import DataError
from .files import ADVICE, read_unpacked
from .idx import parse_idx, parse_labels
from .locations import find_files, identify, missing_files
from .registry import PIXELS, SIDE, DatasetSpec, IdxFile, find_spec


def load(name: str, folder: Path | None = None) -> Dataset:
    """Load a data set.

    Parameters
    ----------
    name : str
        The registry's name.
    folder : Path, optional
        Where the files are, unpacked or ``.gz``. Without it they are looked for in
        ``MNIST_STUDIO_DATA``, then in the cache. An embedded data set needs none.

    Raises
    ------
    DataError
        No data set has that name, it is not on this computer, or a file of it is not the
        published one; the message names the file.
    """
    spec = find_spec(name)
    if spec.embedded:
        return load_embedded(spec)
    return load_files(spec, folder)


def load_files(spec: DatasetSpec, folder: Path | None = None) -> Dataset:
    """Load the files that a registry entry describes; see `load`."""
    found = find_files(spec, folder)
    if found is None:
        raise _not_found(spec, folder)
    sizes = (spec.train_size, spec.train_size, spec.test_size, spec.test_size)
    # The small files come first: a wrong folder is then told at once.
    arrays = {
        file.name: _read(file, path, size, len(spec.class_names))
        for file, path, size in sorted(
            zip(spec.files, found, sizes, strict=True), key=lambda entry: entry[0].size
        )
    }
    train_images, train_labels, test_images, test_labels = (arrays[f.name] for f in spec.files)
    return Dataset(
        name=spec.name,
        train_images=train_images,
        train_labels=train_labels,
        test_images=test_images,
        test_labels=test_labels,
        class_names=spec.class_names,
    )


def _read(file: IdxFile, path: Path, count: int, classes: int) -> NDArray[np.uint8]:
    content = read_unpacked(path, file.size)
    if "labels" in file.name:
        array = parse_labels(content, count, classes, path)
    else:
        array = parse_idx(content, (count, SIDE, SIDE), path).reshape(count, PIXELS)
    if hashlib.sha256(content).hexdigest() != file.sha256:
        raise DataError(
            f"The file {path} is damaged or not the expected one "
            f"(its SHA-256 is not that of the published file); {ADVICE}."
        )
    # Arrays of its own are given large memory pages by NumPy: batches are gathered a fifth faster.
    return array.copy()


def _not_found(spec: DatasetSpec, folder: Path | None) -> DataError:
    if folder is None:
        environment = paths.environment_data_folder()
        places = f" or in {environment} ({paths.DATA_VARIABLE})" if environment else ""
        return DataError(
            f"{spec.title} was not found in the cache{places}; "
            "download it, or open a folder that holds its four files."
        )
    other = identify(folder)
    if other is not None:
        return DataError(
            f"The folder {folder} holds the data set {find_spec(other).title}, not {spec.title}; "
            f"choose {find_spec(other).title}, or open another folder."
        )
    missing = ", ".join(missing_files(spec, folder))
    return DataError(
        f"The folder {folder} does not hold {missing} (as it is or as .gz); "
        f"open a folder that holds the four files of {spec.title}."
    )

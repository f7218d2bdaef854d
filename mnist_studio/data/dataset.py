"""Images with labels, ready to train on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False, slots=True)
class Dataset:
    """A data set in memory; its arrays are read-only.

    Attributes
    ----------
    name : str
        The registry's name.
    train_images, test_images : ndarray of uint8, shape (n, 784)
        Rows of pixels, 0 is paper and 255 is ink; 28x28 row by row.
    train_labels, test_labels : ndarray of uint8, shape (n,)
        Indices into `class_names`.
    class_names : tuple of str
        One name per label.
    """

    name: str
    train_images: NDArray[np.uint8]
    train_labels: NDArray[np.uint8]
    test_images: NDArray[np.uint8]
    test_labels: NDArray[np.uint8]
    class_names: tuple[str, ...]

    def __post_init__(self) -> None:
        for field in ("train_images", "train_labels", "test_images", "test_labels"):
            array = getattr(self, field).view()
            array.flags.writeable = False
            object.__setattr__(self, field, array)

"""Batches of training images, in each epoch's order, augmented."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ..data.augment import Augmenter
from ..data.dataset import Dataset
from ..data.split import split
from ..data.styles import StyleMixer
from .config import RunConfig

_DIGITS = tuple("0123456789")


class BatchSource:
    """Gathers batches of training images, augmented if so configured.

    The order of an epoch depends on the seed and the epoch alone, so that a resumed run needs
    no stored permutation and runs of different batch size see the images in the same order.

    Parameters
    ----------
    dataset : Dataset
        Only its training images are used.
    config : RunConfig
        Split, batch size, seed and augmentation.
    rng : numpy.random.Generator
        Source of the augmentation; its state is part of a checkpoint.

    Attributes
    ----------
    validation_indices : ndarray of int32
        Training images that are held out.
    """

    def __init__(self, dataset: Dataset, config: RunConfig, rng: np.random.Generator) -> None:
        settings = config.training
        parts = split(dataset.train_labels, config.data.validation_fraction, config.data.split_seed)
        self.validation_indices = parts.validation_indices
        self._train_indices = parts.train_indices
        self._images = dataset.train_images
        self._labels = dataset.train_labels
        self._seed = settings.seed
        self._augmenter = Augmenter(
            shift=settings.shift,
            rotation=settings.rotation,
            scale=settings.scale,
            aspect=settings.aspect,
            shear=settings.shear,
            rng=rng,
        )
        # A bar through a seven means nothing on a shoe.
        styles = settings.styles if dataset.class_names == _DIGITS else 0.0
        self._style_mixer = StyleMixer(styles, rng)
        rows = min(settings.batch_size, self.size)
        self._bytes = np.empty((rows, self._images.shape[1]), np.uint8)
        self._pixels = np.empty(self._bytes.shape, np.float32)

    @property
    def size(self) -> int:
        """Images in the training part."""
        return len(self._train_indices)

    def order(self, epoch: int) -> npt.NDArray[np.intp]:
        """Return the indices of the training images in the order of an epoch, shape (size,)."""
        # The word keeps this stream apart from those spawned of the seed for weights and noise.
        rng = np.random.default_rng([self._seed, epoch, 0x6F72646572])
        # NumPy gathers twice as fast by its own type of index, which costs memory only here.
        return rng.permutation(self._train_indices).astype(np.intp)

    def take(
        self, indices: npt.NDArray[np.intp]
    ) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.uint8]]:
        """Return the images, shape (n, 784), 0 to 1, and labels; overwritten by the next call."""
        count = len(indices)
        gathered = self._images.take(indices, axis=0, out=self._bytes[:count], mode="clip")
        labels = self._labels.take(indices)
        self._style_mixer.apply(gathered, labels)
        return self._augmenter.apply(gathered, out=self._pixels[:count]), labels

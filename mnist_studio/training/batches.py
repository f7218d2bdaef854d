"""Batches of training images, in each epoch's order, augmented."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from contextlib import closing
from typing import Any

import numpy as np
import numpy.typing as npt

from ..data.augment import Augmenter
from ..data.dataset import Dataset
from ..data.registry import DIGITS
from ..data.split import split
from ..data.written import NonDigits, WrittenDigits
from ..nn.arrays import FloatArray
from .ahead import work_ahead
from .config import RunConfig, TrainingConfig
from .easy_images import EasyImages

# Batches that may wait for their training, and how many images make a thread for them worth while.
_AHEAD = 2
_WORTH_A_THREAD = 32

Batch = tuple[npt.NDArray[np.float32], npt.NDArray[np.uint8]]
Parts = Sequence[npt.NDArray[np.intp]]
Made = tuple[Batch, npt.NDArray[np.bool_]]  # and in whose place something written stands


def augmentation(
    settings: TrainingConfig, dataset: Dataset, images_per_epoch: int, rng: np.random.Generator
) -> tuple[WrittenDigits, NonDigits, Augmenter]:
    """Return what changes a batch of a data set's images, in the order of use.

    Parameters
    ----------
    settings : TrainingConfig
        How much of each change there is.
    dataset : Dataset
        Only among digits is written.
    images_per_epoch : int
        Images that are trained on in an epoch.
    rng : numpy.random.Generator
        Source of all randomness.
    """
    augmenter = Augmenter(
        shift=settings.shift,
        rotation=settings.rotation,
        scale=settings.scale,
        aspect=settings.aspect,
        shear=settings.shear,
        elastic=settings.elastic,
        rng=rng,
    )
    # A seven has no place among shoes.
    digits = dataset.class_names == DIGITS
    written = WrittenDigits(
        settings.written if digits else 0.0, images_per_epoch, settings.seed, rng
    )
    non_digits = NonDigits(
        settings.non_digits if digits else 0.0, images_per_epoch, settings.seed, rng
    )
    return written, non_digits, augmenter


class BatchSource:
    """Gathers batches of training images, augmented if so configured.

    The order of an epoch depends on the seed and the epoch alone, so that a resumed run needs
    no stored permutation and runs of different batch size see the images in the same order; only
    where easy images are skipped, it depends on what has become easy.

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
    ahead : bool
        Whether a second thread may augment the next batches while one is trained; for whoever has
        a processor core to spare. It changes no number.
    easy : EasyImages
        Which of the images come less often; its state is part of a checkpoint.
    """

    def __init__(self, dataset: Dataset, config: RunConfig, rng: np.random.Generator) -> None:
        settings = config.training
        parts = split(dataset.train_labels, config.data.validation_fraction, config.data.split_seed)
        self.validation_indices = parts.validation_indices
        self._train_indices = parts.train_indices
        self._images = dataset.train_images
        self._labels = dataset.train_labels
        self._seed = settings.seed
        self._rng = rng
        # While batches are made ahead: the generator's state after the one in training.
        self._random_state: Mapping[str, Any] | None = None
        self.ahead = False
        self.easy = EasyImages(len(self._labels), settings.skip_easy)
        # Which images were given out last, in whose place something written stood, and whether an
        # epoch ends with them.
        self._given = np.empty(0, np.intp), np.empty(0, np.bool_), False
        self._written, self._non_digits, self._augmenter = augmentation(
            settings, dataset, self.size, rng
        )
        self._rows = min(settings.batch_size, self.size)
        most = self._rows + self._non_digits.most(self._rows)
        self._bytes = np.empty((most, self._images.shape[1]), np.uint8)
        self._pixels = np.empty(self._bytes.shape, np.float32)

    @property
    def size(self) -> int:
        """Images in the training part."""
        return len(self._train_indices)

    def order(self, epoch: int) -> npt.NDArray[np.intp]:
        """Return indices of training images in the order of the epoch at hand, shape (size,)."""
        # The word keeps this stream apart from those spawned of the seed for weights and noise.
        rng = np.random.default_rng([self._seed, epoch, 0x6F72646572])
        # NumPy gathers twice as fast by its own type of index, which costs memory only here.
        return self.easy.order(self._train_indices, rng).astype(np.intp)

    @property
    def random_state(self) -> Mapping[str, Any]:
        """The generator's state after the last batch that was given out."""
        return self._random_state or self._rng.bit_generator.state

    def walk(self, epoch: int, done: int = 0) -> Generator[Batch, None, None]:
        """Yield the batches of an epoch that follow the first `done`, as :meth:`take` gives them.

        Each is overwritten by the next. The iteration is to be closed, which ends its thread.
        """
        order = self.order(epoch)
        starts = range(done * self._rows, len(order), self._rows)
        parts = [order[start : start + self._rows] for start in starts]
        augmented = self._augmenter.enabled or self._written.share or self._non_digits.share
        ahead = self.ahead and augmented and self._rows >= _WORTH_A_THREAD
        batches = self._made_ahead(parts, epoch) if ahead else self._made(parts, epoch)
        with closing(batches):
            for number, (batch, written) in enumerate(batches, 1):
                self._given = parts[number - 1], written, number == len(parts)
                yield batch

    def answered(self, probabilities: FloatArray) -> None:
        """Take note of the probabilities, shape (n,), of the labels that were given out last.

        What is answered to a written digit says nothing of the image in whose place it stood.
        """
        indices, written, last = self._given
        self.easy.answered(indices[~written], probabilities[~written])
        if last:
            self.easy.end_epoch()

    def _made(self, parts: Parts, epoch: int) -> Generator[Made, None, None]:
        for indices in parts:
            yield self._take(indices, epoch, self._pixels)

    def _made_ahead(self, parts: Parts, epoch: int) -> Generator[Made, None, None]:
        def prepare(numbered: tuple[int, npt.NDArray[np.intp]]) -> tuple[Made, Mapping[str, Any]]:
            number, indices = numbered
            made = self._take(indices, epoch, buffers[number % len(buffers)])
            return made, self._rng.bit_generator.state

        buffers = np.empty((_AHEAD + 1, *self._pixels.shape), np.float32)
        self._random_state = self._rng.bit_generator.state
        try:
            with closing(work_ahead(prepare, enumerate(parts), _AHEAD)) as prepared:
                for made, self._random_state in prepared:
                    yield made
        finally:
            # Those that nobody took are drawn again.
            self._rng.bit_generator.state = self._random_state
            self._random_state = None

    def take(self, indices: npt.NDArray[np.intp], epoch: int) -> Batch:
        """Return images, 0 to 1, and their labels; overwritten by the next call.

        Parameters
        ----------
        indices : ndarray of int, shape (n,)
            Which training images of the data set.
        epoch : int
            Epochs that were trained before.

        Returns
        -------
        ndarray of float32, shape (m, 784)
            The n that were asked for, augmented, then those that are no digits.
        ndarray of uint8, shape (n,)
        """
        return self._take(indices, epoch, self._pixels)[0]

    def _take(
        self, indices: npt.NDArray[np.intp], epoch: int, out: npt.NDArray[np.float32]
    ) -> Made:
        count = len(indices)
        gathered = self._images.take(indices, axis=0, out=self._bytes[:count], mode="clip")
        labels = self._labels.take(indices)
        written = self._written.apply(gathered, labels, epoch)
        others = self._non_digits.draw(count, epoch)
        rows = count + len(others)
        self._bytes[count:rows] = others
        return (self._augmenter.apply(self._bytes[:rows], out=out[:rows]), labels), written

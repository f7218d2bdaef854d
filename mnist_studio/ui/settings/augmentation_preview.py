"""Eight training images, changed as the training would change them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from ...data.registry import SIDE
from ...training.config import TrainingConfig
from .image_strip import ImageStrip

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ...data.dataset import Dataset

CLASSES = (0, 1, 2, 3, 4, 5, 7, 9)


class AugmentationPreview(ImageStrip):
    """Shows what augmentation does to eight images of the data set in use.

    The random numbers stay the same while a value changes, so that one sees what the value does;
    a click draws others. Nothing is computed while it is hidden; the eight take about a
    millisecond, and as much for each that is written. Some give way to non-digits, if there are.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("augmentationPreview")
        self.setAccessibleName(self.tr("Eight training images, augmented"))
        self.setToolTip(
            self.tr(
                "Training images as the network will see them: changed a little at random, so that "
                "it learns more ways to write a digit. Click for other examples."
            )
        )
        self._settings = TrainingConfig()
        self._dataset: Dataset | None = None
        self._draw = 0
        self._stale = True

    def show_settings(self, settings: TrainingConfig) -> None:
        """Change the images by other settings."""
        self._settings = settings
        self._refresh()

    @Slot(object)
    def show_dataset(self, dataset: Dataset | None) -> None:
        """Take the images from another data set; None shows none."""
        self._dataset = dataset
        self._refresh()

    def show_others(self) -> None:
        """Show other images, with other random numbers."""
        self._draw += 1
        self._refresh()

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what changed while it was hidden."""
        super().showEvent(event)
        if self._stale:
            self._refresh()

    def _refresh(self) -> None:
        self._stale = not self.isVisible()
        if not self._stale:
            self.show_images(self._augmented() if self._dataset is not None else ())

    def _augmented(self) -> list[NDArray[np.uint8]]:
        import numpy as np

        from ...training.batches import augmentation

        dataset, rng = self._dataset, np.random.default_rng(self._draw)
        assert dataset is not None
        images, labels = _examples(dataset, self._draw)
        written, non_digits, augmenter = augmentation(self._settings, dataset, len(images), rng)
        written.apply(images, labels, epoch=self._draw)
        images = np.concatenate([images, non_digits.draw(len(images), epoch=self._draw)])
        images = images[-len(labels) :]  # the first ones give way
        pixels = np.rint(255 * augmenter.apply(images)).astype(np.uint8)
        return list(pixels.reshape(-1, SIDE, SIDE))


def _examples(dataset: Dataset, draw: int) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Return copies of up to eight images, shape (n, 784), and their labels: the next ones."""
    import numpy as np

    found = [np.flatnonzero(dataset.train_labels == label) for label in CLASSES]
    indices = [members[draw % len(members)] for members in found if len(members)]
    return dataset.train_images[indices], dataset.train_labels[indices]

"""One sample image of each class, and below it a bar for the share of that class."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QHelpEvent, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from . import theme
from .number_text import grouped
from .sketch_image import SIDE, ink_on_paper

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ..data.dataset import Dataset

BAR_HEIGHT = 14
GAP = 4


class DatasetStrip(QWidget):
    """Shows a data set at a glance; a click or Space shows other images."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("datasetStrip")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(self.tr("Sample images and class balance"))
        self._text = ""
        self._classes: tuple[str, ...] = ()
        self._counts: list[int] = []
        self._samples: list[NDArray[np.uint8]] = []
        self._dataset: Dataset | None = None
        self._images: list[QImage] = []
        self._random = random.Random(0)
        theme.notifier().changed.connect(self._on_theme_changed)

    # --- what is shown ---------------------------------------------------------------------

    @property
    def dataset(self) -> Dataset | None:
        """The data set shown, or None."""
        return self._dataset

    @property
    def counts(self) -> Sequence[int]:
        """Training images per class; empty while no data set is shown."""
        return tuple(self._counts)

    @property
    def samples(self) -> Sequence[NDArray[np.uint8]]:
        """The images shown, one per class, uint8 of shape (28, 28)."""
        return tuple(self._samples)

    def show_dataset(self, dataset: Dataset | None, text: str = "") -> None:
        """Show a data set, or without one a few words in its place."""
        self._text = text
        self._dataset = dataset
        self._classes = dataset.class_names if dataset is not None else ()
        self._counts = _count_classes(dataset) if dataset is not None else []
        self.show_others()

    def show_others(self) -> None:
        """Show other images of the same data set."""
        self._samples = _choose_samples(self._dataset, self._random) if self._dataset else []
        self._on_theme_changed()

    # --- painting --------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        """Ask for the height of an image with its bar."""
        return QSize(240, 26 + GAP + BAR_HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint a column per class."""
        painter = QPainter(self)
        if not self._images:
            self._paint_empty(painter)
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        # Shrinking by the nearest neighbor would drop whole rows of a stroke.
        shrunk = self._cell().width() * self.devicePixelRatioF() < SIDE
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, shrunk)
        # One sheet of paper under all, or the gaps between device pixels would show as seams.
        painter.fillRect(
            QRectF(0, 0, self._cell(len(self._images) - 1).right(), self._cell().height()),
            theme.color("paper"),
        )
        most = max(self._counts)
        for index, image in enumerate(self._images):
            cell = self._cell(index)
            painter.drawImage(cell, image)
            self._paint_bar(painter, cell, self._counts[index] / most)
        if self.hasFocus():
            painter.setPen(theme.color("accent"))
            painter.drawRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))

    def _paint_empty(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("background"))
        painter.drawRoundedRect(QRectF(self.rect()), 6, 6)
        painter.setPen(theme.color("dim"))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._text)

    def _paint_bar(self, painter: QPainter, cell: QRectF, share: float) -> None:
        room = QRectF(cell.left(), cell.bottom() + GAP, cell.width(), BAR_HEIGHT)
        bar = room.adjusted(6, (1 - share) * BAR_HEIGHT, -6, 0)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("raw"))
        painter.drawRoundedRect(bar, 2, 2)

    def _cell(self, index: int = 0) -> QRectF:
        """Return an image's square; its edges lie on device pixels, or it would blur."""
        ratio = self.devicePixelRatioF()
        count = max(len(self._images), 1)
        side = min(float(SIDE), int(self.width() * ratio / count) / ratio)
        spare = (self.width() - side * count) / max(count - 1, 1)
        left = int(index * (side + spare) * ratio) / ratio
        return QRectF(left, 0, side, side)

    def _on_theme_changed(self) -> None:
        ink, paper = theme.color("ink"), theme.color("paper")
        self._images = [ink_on_paper(sample, ink, paper) for sample in self._samples]
        self.update()

    # --- events ----------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        """Name the class under the pointer."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self.describe(event.pos().x()), self)
            return True
        return super().event(event)

    def describe(self, x: float) -> str:
        """Return what the column at `x` shows."""
        for index in range(len(self._images)):
            if x <= self._cell(index).right():
                total = sum(self._counts)
                return self.tr(
                    "{0}: {1} of {2} training images ({3:.1f} %). Click for other images."
                ).format(
                    self._classes[index],
                    grouped(self._counts[index]),
                    grouped(total),
                    100 * self._counts[index] / total,
                )
        return self._text

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Show other images."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.show_others()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Show other images by Enter; Space stays the window's."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.show_others()
        else:
            super().keyPressEvent(event)


def _count_classes(dataset: Dataset) -> list[int]:
    import numpy as np

    counts = np.bincount(dataset.train_labels, minlength=len(dataset.class_names))
    return [int(count) for count in counts]


def _choose_samples(dataset: Dataset, chooser: random.Random) -> list[NDArray[np.uint8]]:
    """Choose one training image of each class, uint8 of shape (28, 28); blank without any."""
    import numpy as np

    samples = []
    for label in range(len(dataset.class_names)):
        members = np.flatnonzero(dataset.train_labels == label)
        if len(members):
            image = dataset.train_images[chooser.choice(members)]
        else:
            image = np.zeros(SIDE * SIDE, dtype=np.uint8)
        samples.append(image.reshape(SIDE, SIDE))
    return samples

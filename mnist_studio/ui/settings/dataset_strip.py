"""One sample image of each class, and below it how many images the class has."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QHelpEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QToolTip, QWidget

from ...data.registry import SIDE
from ...number_text import grouped
from .. import theme
from .image_strip import ImageStrip

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ...data.dataset import Dataset

GAP = 6
BARS_HEIGHT = 44
_EMPTY_HEIGHT = 44


class DatasetStrip(ImageStrip):
    """Shows a data set at a glance: an image, a bar and a name for each class.

    The class under the pointer is told with its count. Names that do not fit below their bars,
    as those of clothes, stand upright on them.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("datasetStrip")
        self.setMouseTracking(True)
        self.setAccessibleName(self.tr("Sample images and class balance"))
        self._text = ""
        self._counts: list[int] = []
        self._dataset: Dataset | None = None
        self._hovered: int | None = None
        self._random = random.Random(0)

    # --- what is shown ---------------------------------------------------------------------

    @property
    def dataset(self) -> Dataset | None:
        """The data set shown, or None."""
        return self._dataset

    @property
    def counts(self) -> Sequence[int]:
        """Training images per class; empty while no data set is shown."""
        return tuple(self._counts)

    def show_dataset(self, dataset: Dataset | None, text: str = "") -> None:
        """Show a data set, or without one a few words in its place."""
        self._text = text
        self._dataset = dataset
        self._counts = _count_classes(dataset) if dataset is not None else []
        self._hovered = None
        self.setAccessibleDescription(
            ", ".join(f"{name}: {grouped(count)}" for name, count in self._bars()) or text
        )
        self.show_others()
        self.updateGeometry()

    def show_others(self) -> None:
        """Show other images of the same data set."""
        self.show_images(_choose_samples(self._dataset, self._random) if self._dataset else [])

    def describe(self, index: int | None) -> str:
        """Return what the column of a class shows; without one what all show."""
        if not self._counts:
            return self._text
        total = sum(self._counts)
        if index is None:
            return self.tr("{0} training images by class").format(grouped(total))
        name, count = self._bars()[index]
        return self.tr("{0}: {1} of {2} ({3:.1f} %)").format(
            name, grouped(count), grouped(total), 100 * count / total
        )

    def _bars(self) -> list[tuple[str, int]]:
        names = self._dataset.class_names if self._dataset is not None else ()
        return list(zip(names, self._counts, strict=True))

    # --- painting --------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        """Ask for the height of images, bars, names and a line of text."""
        if not self._counts:
            return QSize(240, theme.scaled(_EMPTY_HEIGHT))
        line = self.fontMetrics().height()
        names = 0 if self._upright else line
        return QSize(240, theme.scaled(SIDE) + GAP + self._bars_height + names + GAP + line)

    @property
    def _upright(self) -> bool:
        """Whether the names stand on the bars, since they are wider than these."""
        return any(len(name) > 2 for name, _ in self._bars())

    @property
    def _bars_height(self) -> int:
        if not self._upright:
            return theme.scaled(BARS_HEIGHT)
        metrics = self.fontMetrics()
        return 2 * GAP + max(metrics.horizontalAdvance(name) for name, _ in self._bars())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint a column per class, and what is under the pointer in words."""
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if not self._counts:
            self._paint_empty(painter)
            return
        for index in range(len(self._counts)):
            self._paint_class(painter, index)
        metrics = self.fontMetrics()
        line = QRectF(0, self.height() - metrics.height(), self.width(), metrics.height())
        text = self.describe(self._hovered)
        painter.setPen(theme.color("dim" if self._hovered is None else "text"))
        painter.drawText(
            line,
            Qt.AlignmentFlag.AlignVCenter,
            metrics.elidedText(text, Qt.TextElideMode.ElideRight, self.width()),
        )

    def _paint_empty(self, painter: QPainter) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("background"))
        painter.drawRoundedRect(QRectF(self.rect()), 6, 6)
        painter.setPen(theme.color("dim"))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._text)

    def _paint_class(self, painter: QPainter, index: int) -> None:
        cell, (name, count) = self.cell(index), self._bars()[index]
        height, hovered = self._bars_height, index == self._hovered
        room = QRectF(cell.left(), theme.scaled(SIDE) + GAP, cell.width(), height)
        bar = room.adjusted(3, (1 - count / max(self._counts)) * height, -3, 0)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("accent" if hovered else "raw"))
        painter.drawRoundedRect(bar, 2, 2)
        painter.setPen(theme.color("on_accent" if hovered and self._upright else "text"))
        if not self._upright:
            below = QRectF(cell.left(), room.bottom(), cell.width(), self.fontMetrics().height())
            painter.drawText(below, Qt.AlignmentFlag.AlignCenter, name)
            return
        painter.save()
        painter.translate(room.center().x(), room.bottom() - GAP)
        painter.rotate(-90)
        across = QRectF(0, -room.width() / 2, height, room.width())
        painter.drawText(across, Qt.AlignmentFlag.AlignVCenter, name)
        painter.restore()

    # --- events ----------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        """Name the class under the pointer."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            text = self.describe(self._class_at(event.pos().x()))
            if self._counts:
                text = self.tr("{0}. Click for other images.").format(text)
            QToolTip.showText(event.globalPos(), text, self)
            return True
        return super().event(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell the count of the class under the pointer."""
        self._hover(self._class_at(event.position().x()))

    def leaveEvent(self, event: QEvent) -> None:
        """Tell of all classes again."""
        self._hover(None)

    def _hover(self, index: int | None) -> None:
        if index != self._hovered:
            self._hovered = index
            self.update()

    def _class_at(self, x: float) -> int | None:
        columns = range(len(self._counts))
        return next((index for index in columns if x <= self.cell(index).right()), None)


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

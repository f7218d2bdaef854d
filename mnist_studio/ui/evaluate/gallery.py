"""Thousands of images with what a network says of them; only what can be seen is painted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter, QResizeEvent, QStandardItemModel
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from ...data.registry import SIDE
from ...insight.choice import AnsweredImage, answered
from ...number_text import certainty
from .. import theme
from ..focus_frame import FocusFrame
from ..sketch.image import ink_on_paper
from .captions import describe_image, describe_times

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from ...insight.seeds import SeedTally
    from ...training.parts import AnsweredPart

Index = QModelIndex | QPersistentModelIndex
_TIMES = (4, 3, 2)  # pixels for each one of an image in the gallery
_MANY = 7  # images in a row, at least, where they are larger than the smallest
_GAP = 8
_CAPTION_POINTS = 8.0


class GalleryModel(QStandardItemModel):
    """Some of the images of a part, in order.

    Its rows have no items: Qt counts them itself, since a view that lays out thousands asks for
    their number with each of them.
    """

    def __init__(self, parent: QWidget) -> None:
        super().__init__(0, 1, parent)
        self._part: AnsweredPart | None = None
        self._tally: SeedTally | None = None
        self._rows: npt.NDArray[np.intp] | None = None

    def show_rows(
        self,
        part: AnsweredPart | None,
        rows: npt.NDArray[np.intp] | None,
        tally: SeedTally | None = None,
    ) -> None:
        """Show these rows of the answers; what stays is not built anew, so nothing scrolls away.

        Parameters
        ----------
        part : AnsweredPart, optional
            What is said of the images.
        rows : ndarray of int, shape (n,), optional
            Which of its answers.
        tally : SeedTally, optional
            In how many runs each image of the part is wrong.
        """
        self._part, self._rows, self._tally = part, rows, tally
        count = 0 if rows is None else len(rows)
        self.setRowCount(count)
        if count:
            self.dataChanged.emit(self.index(0, 0), self.index(count - 1, 0))

    @property
    def part(self) -> AnsweredPart | None:
        """Whose images are shown."""
        return self._part

    @property
    def rows(self) -> npt.NDArray[np.intp] | None:
        """Which of its answers are shown, in order."""
        return self._rows

    def image(self, row: int) -> AnsweredImage:
        """Return which image stands in a row, and what is said of it."""
        assert self._rows is not None
        return self._said(int(self._rows[row]))

    def wrong_in(self, row: int) -> tuple[int, int] | None:
        """Return in how many of how many runs the image of a row is wrong, if that is known."""
        assert self._rows is not None
        return self._times(int(self._rows[row]))

    def pixels(self, image: int) -> npt.NDArray[np.uint8]:
        """Return an image of the part, shape (28, 28)."""
        assert self._part is not None
        return self._part.images[image].reshape(SIDE, SIDE)

    def row_of(self, image: int) -> int:
        """Return where an image stands; -1 if it is not among those shown."""
        import numpy as np

        if self._part is None or self._rows is None:
            return -1
        found = np.flatnonzero(self._part.answers.indices[self._rows] == image)
        return int(found[0]) if len(found) else -1

    def names(self) -> tuple[str, ...]:
        """Return what the classes are called."""
        return self._part.dataset.class_names if self._part else ()

    def describe(self, row: int) -> str:
        """Return all that is said of the image in a row."""
        assert self._rows is not None
        return self._describe(int(self._rows[row]))

    def knows(self, image: int) -> bool:
        """Return whether something is said of an image, be it among those shown or not."""
        return self._part is not None and image in self._part.answers.indices

    def describe_image(self, image: int) -> str:
        """Return all that is said of an image that it knows."""
        assert self._part is not None
        return self._describe(int((self._part.answers.indices == image).argmax()))

    def _describe(self, answer: int) -> str:
        text, times = describe_image(self._said(answer), self.names()), self._times(answer)
        return text if times is None else f"{text} · {describe_times(*times)}"

    def _said(self, answer: int) -> AnsweredImage:
        assert self._part is not None
        return answered(self._part.answers, [answer])[0]

    def _times(self, answer: int) -> tuple[int, int] | None:
        if self._tally is None:
            return None
        return int(self._tally.wrong[answer]), self._tally.runs

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return what is said of an image, for whoever cannot see it, and the image itself."""
        if not index.isValid():
            return None
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            return self.describe(index.row())
        return None


class Gallery(QListView):
    """Scrolls through the images of a :class:`GalleryModel`.

    Attributes
    ----------
    side : int
        Pixels of an image: more where many of them fit into a row.

    Signals
    -------
    image_selected(int)
        Index of the image that the user looks at; -1 if there is none.
    image_activated(int)
        It was double clicked, or Enter was pressed on it.
    """

    image_selected = Signal(int)
    image_activated = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("galleryView")
        self.setAccessibleName(self.tr("Images with the network's answers"))
        FocusFrame(self)
        self.images = GalleryModel(self)
        self._selected = -1
        self.side = self._fitting_side()
        self.setModel(self.images)
        self.setItemDelegate(_Painter(self))
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMovement(QListView.Movement.Static)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setUniformItemSizes(True)
        # All at once: cells of one size cost nothing, and the scroll bar tells the truth.
        self.setLayoutMode(QListView.LayoutMode.SinglePass)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.activated.connect(self._on_activated)
        theme.notifier().changed.connect(self._on_theme_changed)

    @property
    def selected(self) -> int:
        """Index of the image that the user looks at; -1 if there is none."""
        return self._selected

    def show_rows(
        self,
        part: AnsweredPart | None,
        rows: npt.NDArray[np.intp] | None,
        tally: SeedTally | None = None,
    ) -> None:
        """Show these rows of the answers.

        The selected image stays selected while the same images are asked about, also when it is
        none of these any more, since the network has learned it.
        """
        names, before = self.images.names(), self.images.part
        self.images.show_rows(part, rows, tally)
        if names != self.images.names():
            self.scheduleDelayedItemsLayout()  # longer names need more room
        row = self.images.row_of(self._selected)
        self.selectionModel().blockSignals(True)
        self.setCurrentIndex(self.images.index(row, 0) if row >= 0 else QModelIndex())
        self.selectionModel().blockSignals(False)
        self.viewport().update()
        others = part is None or before is None or part.images is not before.images
        if others or not self.images.knows(self._selected):
            self._select(-1)

    def forget_hidden(self) -> None:
        """Look at no image any more if the one that is looked at is none of those shown."""
        if self.images.row_of(self._selected) < 0:
            self._select(-1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show the images larger where there is room."""
        self._fit()
        super().resizeEvent(event)

    def _fit(self) -> None:
        side = self._fitting_side()
        if side != self.side:
            self.side = side
            self.scheduleDelayedItemsLayout()

    def _fitting_side(self) -> int:
        """Return the pixels of an image: whole ones for each of its own, more for larger text."""
        least = max(_TIMES[-1], round(_TIMES[-1] * theme.scale()))
        sides = [SIDE * times for times in _TIMES if times > least]
        room = self.viewport().width()
        return next((side for side in sides if _MANY * (side + _GAP) <= room), SIDE * least)

    @Slot()
    def _on_theme_changed(self) -> None:
        self._fit()
        self.scheduleDelayedItemsLayout()  # the captions have another size, too
        self.viewport().update()

    def currentChanged(self, current: Index, previous: Index) -> None:
        """Look at another image."""
        super().currentChanged(current, previous)
        if current.isValid():
            self._select(self.images.image(current.row()).image)

    def _select(self, image: int) -> None:
        if image != self._selected:
            self._selected = image
            self.image_selected.emit(image)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Let Enter mean the same on every system."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._selected >= 0:
            self.image_activated.emit(self._selected)
        else:
            super().keyPressEvent(event)

    @Slot(QModelIndex)
    def _on_activated(self, index: QModelIndex) -> None:
        self.image_activated.emit(self.images.image(index.row()).image)


class _Painter(QStyledItemDelegate):
    """Paints an image and a short caption: true class, answer, how sure."""

    def __init__(self, gallery: Gallery) -> None:
        super().__init__(gallery)
        self._gallery = gallery

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Return the same size for all: names of classes that are words have a line each."""
        model = index.model()
        assert isinstance(model, GalleryModel)
        line, names = option.fontMetrics.height(), model.names()
        side = self._gallery.side
        advance = QFontMetrics(theme.number_font(_CAPTION_POINTS)).horizontalAdvance
        words = _are_words(names)
        widest = (f"→ {name} " if words else f"{name}→{name} {certainty(1.0)}" for name in names)
        width = max(side, max(map(advance, widest), default=0))
        return QSize(width + _GAP, side + (1 + words) * line + _GAP)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint one cell."""
        model = index.model()
        assert isinstance(model, GalleryModel)
        row = index.row()
        said, names = model.image(row), model.names()
        side = self._gallery.side
        left = option.rect.left() + (option.rect.width() - side) // 2
        place = QRect(left, option.rect.top() + 2, side, side)
        picture = ink_on_paper(model.pixels(said.image), theme.color("ink"), theme.color("paper"))
        painter.drawImage(place, picture)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.setPen(theme.color("accent" if chosen else "line"))
        painter.drawRect(place.adjusted(0, 0, -1, -1))
        if chosen:
            painter.drawRect(place.adjusted(-1, -1, 0, 0))
        painter.setFont(theme.number_font(_CAPTION_POINTS))
        right = said.label == said.predicted
        painter.setPen(theme.text_color("dim" if right else "series_2"))
        times = model.wrong_in(row)
        sure = certainty(said.probability)
        figure = sure if times is None else f"{times[0]}/{times[1]}"
        true, answer = names[said.label], names[said.predicted]
        if _are_words(names):
            lines = [f"{true}  {figure}", "" if right else f"→ {answer}"]
        else:
            lines = [f"{true}  {figure}" if right else f"{true}→{answer} {figure}"]
        caption = QRect(
            option.rect.left(), place.bottom() + 2, option.rect.width(), option.fontMetrics.height()
        )
        for line in lines:
            shown = painter.fontMetrics().elidedText(
                line, Qt.TextElideMode.ElideMiddle, caption.width()
            )
            painter.drawText(caption, Qt.AlignmentFlag.AlignCenter, shown)
            caption.translate(0, caption.height() - 2)


def _are_words(names: Sequence[str]) -> bool:
    """Return whether two names of classes do not fit into one line below an image."""
    return max(map(len, names), default=0) > 2

"""The image that is looked at: what is said of it, and the training images most like it."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QCoreApplication, Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton

from ...cancel import Cancelled
from ...data.registry import SIDE
from ...insight.choice import AnsweredImage, answered
from ...number_text import grouped
from ...report.sheet import Sheet
from ...session.inquirer import Inquirer
from ...training.parts import AnsweredPart, Part
from ..choice_button import ChoiceButton
from ..image_strip import ImageStrip, NamedImage
from ..live_card import LiveCard
from ..plots.plot_controls import quiet_button
from ..redraw_clock import RedrawClock
from ..sketch.image import Picture
from ..widgets import keep_room

if TYPE_CHECKING:
    from ...insight.neighbors import Neighborhood

_ASKER = "neighbors"
_MOST = 12


class Space(StrEnum):
    """Where distances are measured."""

    PIXELS = "pixels"
    HIDDEN = "hidden"


class _Neighbors(NamedTuple):
    """The training images nearest to an image.

    Attributes
    ----------
    image : int
        Its index.
    found : list of tuple of int, str and float
        Index, class and distance of each, the nearest first.
    pictures : list of NamedImage
        The same to be seen.
    """

    image: int
    found: list[tuple[int, str, float]]
    pictures: list[NamedImage]


class ImageCard(LiveCard):
    """One image of the gallery.

    Parameters
    ----------
    clock : RedrawClock
        Redraws it.
    shown : callable
        Returns the AnsweredPart that the gallery shows.
    describe : callable
        Given the index of an image, returns what is said of it.
    inquirer : Inquirer
        Finds the images most like it.

    Signals
    -------
    pad_wanted(object)
        This Picture is to be put on the pad.
    """

    pad_wanted = Signal(object)

    def __init__(
        self,
        clock: RedrawClock,
        shown: Callable[[], AnsweredPart | None],
        describe: Callable[[int], str],
        inquirer: Inquirer,
    ) -> None:
        super().__init__(clock, self._draw)
        self.setObjectName("imageCard")
        self._shown = shown
        self._describe = describe
        self._inquirer = inquirer
        self._image = -1
        self._space = Space.PIXELS
        self._asked: tuple[object, int, Space] | None = None
        self._neighbors: _Neighbors | None = None
        self._neighborhood: Neighborhood | None = None
        inquirer.answered.connect(self._on_answered)
        self._build()

    def _build(self) -> None:
        self.caption = QLabel()
        self.caption.setObjectName("imageCaption")
        self.caption.setWordWrap(True)
        self.caption.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.caption.setFixedHeight(2 * self.caption.fontMetrics().lineSpacing())
        self._pad = QToolButton()
        self._pad.setObjectName("toPadButton")
        self._pad.setText(self.tr("To the pad"))
        self._pad.setToolTip(self.tr("Put this image on the sketch pad (Enter, or double click)."))
        self._pad.clicked.connect(lambda: self.put_on_pad(self._image))
        spaces = {
            Space.PIXELS: self.tr("in pixels"),
            Space.HIDDEN: self.tr("in the hidden layer"),
        }
        self._spaces = ChoiceButton(spaces, self._space, self.tr("nearest {0} ▾"))
        self._spaces.setObjectName("spaceButton")
        self._spaces.setToolTip(
            self.tr(
                "The training images nearest to this one, by their pixels or by what the last "
                "hidden layer makes of them (without one, by the logits). Where their labels are "
                "others, the label of this image may be the doubtful thing."
            )
        )
        self._spaces.chosen.connect(self._on_space_chosen)
        self.strip = ImageStrip(self.tr("Nearest training images"))
        self.strip.setObjectName("neighborStrip")
        for button in (self._spaces, self._pad):  # nothing moves when they appear
            keep_room(button)
            button.hide()
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(quiet_button(self._spaces))
        row.addWidget(self._pad)
        self.header.addWidget(self.caption, 1)
        self.body.addLayout(self.header)
        self.body.addLayout(row)
        self.body.addWidget(self.strip)

    def sheet(self) -> Sheet | None:
        """Return which training images are nearest to it, and how far away they are."""
        known = self._neighbors
        if known is None or known.image != self._image:
            return None
        return Sheet(("train_image", "class", "distance"), known.found)

    @Slot(int)
    def show_image(self, image: int) -> None:
        """Look at an image; at none for -1."""
        self._image = image
        self.turn.redraw()

    @Slot(int)
    def put_on_pad(self, image: int) -> None:
        """Ask for an image to be put on the pad."""
        part = self._shown()
        if part is None or image < 0:
            return
        said = _said_of(part, image)
        name = part.dataset.class_names[said.label]
        if part.part is Part.TEST:
            caption = self.tr("test image {0}, label {1}")
        else:
            caption = self.tr("training image {0}, label {1}")
        caption = caption.format(grouped(image), name)
        pixels = part.images[image].reshape(SIDE, SIDE)
        self.pad_wanted.emit(Picture(pixels, caption, truth=name))

    @Slot(object)
    def _on_space_chosen(self, space: Space) -> None:
        self._space = space
        self.turn.redraw()

    def _draw(self) -> None:
        part = self._shown()
        known = part is not None and self._image >= 0
        for button in (self._spaces, self._pad):
            button.setVisible(known)
        if part is None or not known:
            self.caption.setText(self.tr("Choose an image to see what it is most like."))
            self.strip.set_images(())
            self._asked = self._neighborhood = None
            return
        text = self._describe(self._image)
        self.caption.setText(text)
        self.caption.setToolTip(
            self.tr(
                "{0}\n\nHow sure: what softmax gives the answer. Loss: the cross-entropy with the "
                "true class in nats, without penalty. Images are numbered from 0; validation "
                "images are some of the training images."
            ).format(text)
        )
        # The pixels stay what they are; the layer is another one with every snapshot.
        of = part.network if self._space is Space.HIDDEN else part.images
        same = self._asked is not None and self._asked[1:] == (self._image, self._space)
        if not same:
            self._inquirer.withdraw(_ASKER)  # what is in work answers another question
        if not same or self._asked is None or self._asked[0] is not of:
            self._asked = of, self._image, self._space
            work = partial(_find_neighbors, part, self._image, self._neighborhood_of(part))
            self._inquirer.ask(_ASKER, work)

    def _neighborhood_of(self, part: AnsweredPart) -> Neighborhood:
        """Return where to look: the same one as long as the network is, for what it has kept."""
        from ...insight.neighbors import Neighborhood

        images = part.dataset.train_images
        network = part.network if self._space is Space.HIDDEN else None
        last = self._neighborhood
        if last is None or last.images is not images or last.network is not network:
            last = self._neighborhood = Neighborhood(images, network)
        return last

    @Slot(str, object)
    def _on_answered(self, asker: str, answer: _Neighbors) -> None:
        if asker == _ASKER and answer.image == self._image:
            self._neighbors = answer
            self.strip.set_images(answer.pictures)


def _said_of(part: AnsweredPart, image: int) -> AnsweredImage:
    import numpy as np

    return answered(part.answers, np.flatnonzero(part.answers.indices == image))[0]


def _find_neighbors(
    part: AnsweredPart, image: int, neighborhood: Neighborhood, cancelled: Cancelled
) -> _Neighbors:
    dataset = part.dataset
    near = neighborhood.nearest(part.images[image], _MOST + 1, cancelled)
    itself = part.images is dataset.train_images
    label = (dataset.train_labels if itself else dataset.test_labels)[image]
    tip = QCoreApplication.translate("ImageCard", "{0} · training image {1} · distance {2}")
    found, pictures = [], []
    for index, distance in [each for each in near if not (itself and each[0] == image)][:_MOST]:
        name = dataset.class_names[dataset.train_labels[index]]
        found.append((index, name, distance))
        pictures.append(
            NamedImage(
                dataset.train_images[index].reshape(SIDE, SIDE),
                name,
                bool(dataset.train_labels[index] == label),
                tip.format(name, grouped(index), f"{distance:.2f}"),
            )
        )
    return _Neighbors(image, found, pictures)

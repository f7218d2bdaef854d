"""The image that is looked at: what is said of it, and the training images most like it."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QCoreApplication, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QToolButton

from ...cancel import Cancelled
from ...data.registry import SIDE
from ...insight.choice import AnsweredImage, answered
from ...number_text import grouped
from ...report.sheet import Sheet
from ...session.inquirer import Work
from ...session.live_figure import LiveFigure
from ...session.run_in_view import RunInView
from ...session.studio import Studio
from ...training.parts import AnsweredPart, Part
from ..choice_button import ChoiceButton
from ..image_strip import ImageStrip, NamedImage
from ..live_card import LiveCard
from ..plots.plot_controls import quiet_button
from ..redraw_clock import RedrawClock
from ..sketch.image import Picture
from ..widgets import Caption, keep_room

if TYPE_CHECKING:
    from ...data.dataset import Dataset
    from ...insight.neighbors import Neighborhood

_MOST = 12


class Space(StrEnum):
    """Where distances are measured."""

    PIXELS = "pixels"
    HIDDEN = "hidden"


class _Wanted(NamedTuple):
    """Whose neighbors are looked for, and where."""

    image: int
    dataset: Dataset
    part: Part
    space: Space


class _Neighbors(NamedTuple):
    """The training images nearest to an image.

    Attributes
    ----------
    wanted : _Wanted
        What was asked for.
    found : list of tuple of int, str and float
        Index, class and distance of each, the nearest first.
    pictures : list of NamedImage
        The same to be seen.
    """

    wanted: _Wanted
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
    studio : Studio
        Finds the images most like it.

    Attributes
    ----------
    figure : LiveFigure
        Which ones they are.

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
        studio: Studio,
    ) -> None:
        super().__init__(clock, self._draw)
        self.setObjectName("imageCard")
        self._shown = shown
        self._describe = describe
        self._image = -1
        self._space = Space.PIXELS
        self._wanted: _Wanted | None = None
        self._neighborhood: Neighborhood | None = None
        self.figure = LiveFigure(studio.session, studio.inquirer, "neighbors", self._work, self)
        self.figure.changed.connect(self._show_neighbors)
        self._build()

    def _build(self) -> None:
        self.caption = Caption(2, fixed=True)
        self.caption.setObjectName("imageCaption")
        self.caption.setProperty("role", "")  # it is what the card is about
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
        known = self._known()
        return known and Sheet(("train_image", "class", "distance"), known.found)

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
            self._wanted = self._neighborhood = None
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
        wanted = _Wanted(self._image, part.dataset, part.part, self._space)
        if wanted != self._wanted:
            self._wanted = wanted
            self.figure.ask_anew()
            self._show_neighbors()

    def _known(self) -> _Neighbors | None:
        """Return the neighbors, unless those that are known are another image's."""
        answer = self.figure.answer
        return answer if isinstance(answer, _Neighbors) and answer.wanted == self._wanted else None

    @Slot()
    def _show_neighbors(self) -> None:
        known = self._known()
        if known is not None:
            self.strip.set_images(known.pictures)

    def _work(self, run: RunInView, dataset: Dataset) -> Work | None:
        wanted = self._wanted
        if wanted is None or wanted.dataset is not dataset:
            return None
        hidden = wanted.space is Space.HIDDEN
        if not hidden and self._known() is not None:
            return None  # pixels stay what they are; what a layer makes of them does not
        network = run.network if hidden else None
        if hidden and network is None:
            return None
        from ...insight.neighbors import Neighborhood

        last = self._neighborhood  # the same one as long as the network is, for what it has kept
        if last is None or last.images is not dataset.train_images or last.network is not network:
            last = self._neighborhood = Neighborhood(dataset.train_images, network)
        return partial(_find_neighbors, wanted, last)


def _said_of(part: AnsweredPart, image: int) -> AnsweredImage:
    import numpy as np

    return answered(part.answers, np.flatnonzero(part.answers.indices == image))[0]


def _find_neighbors(
    wanted: _Wanted, neighborhood: Neighborhood, cancelled: Cancelled
) -> _Neighbors:
    image, dataset, itself = wanted.image, wanted.dataset, wanted.part is Part.VALIDATION
    images, labels = dataset.test_images, dataset.test_labels
    if itself:
        images, labels = dataset.train_images, dataset.train_labels
    near = neighborhood.nearest(images[image], _MOST + 1, cancelled)
    label = labels[image]
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
    return _Neighbors(wanted, found, pictures)

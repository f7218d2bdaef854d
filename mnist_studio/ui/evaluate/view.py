"""The middle of the window: what is mixed up, and the images behind it."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ...session.live_answers import LiveAnswers
from ...session.studio import Studio
from ...training.parts import AnsweredPart
from .. import theme
from ..confusion_layout import Group
from ..found_images import FoundImages
from ..hint_stack import HintStack
from ..live_view import LiveView
from ..widgets import SPACING
from .against_card import AgainstCard
from .confusion_card import ConfusionCard
from .image_card import ImageCard
from .images_card import ImagesCard

_ROOMY = 560  # pixels from which all of two runs' comparison has room


class EvaluateView(LiveView):
    """The confusion matrix, a gallery of what is chosen in it, and the image that is looked at.

    Parameters
    ----------
    studio : Studio
        Whose run in view is looked at.

    Attributes
    ----------
    answers : LiveAnswers
        What all cards show.
    confusion : ConfusionCard
    images : ImagesCard
    image : ImageCard
    against : AgainstCard
    """

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = studio.session
        self.answers = LiveAnswers(studio.session, studio.inquirer, self)
        self.confusion = ConfusionCard(self.clock, self.answers, studio.session)
        self.images = ImagesCard(self.clock, self.answers)
        self.image = ImageCard(self.clock, self._shown, self._described, studio)
        self.against = AgainstCard(self.clock, studio)
        self._cards = (self.confusion, self.images, self.image, self.against)
        self.follow(self._cards, (self.answers, self.image.figure, self.against.figure))
        self._build()
        self.answers.changed.connect(self._on_changed)
        self._session.data.loading.connect(self._on_changed)
        self._session.data.failed.connect(self._on_changed)
        self.confusion.group_chosen.connect(self._show_group)
        self.images.group_dropped.connect(self._drop_group)
        self.images.gallery.image_selected.connect(self.image.show_image)
        self.against.images_wanted.connect(self.show_found)
        self.against.images_renewed.connect(self._renew_found)
        self._on_changed()

    def _build(self) -> None:
        self._left = _column(self.confusion, self.against)
        self._left.hide()
        stack = HintStack(
            self._session,
            _column(self.images, self.image),
            self.tr("Press Train or open a run: what it gets wrong appears here."),
            self.answers,
            lambda: self.answers.answered is not None,
        )
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACING)
        row.addWidget(self._left, 1)
        row.addWidget(stack, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the comparison little room where there is little."""
        super().resizeEvent(event)
        self._show_against()

    def _show_against(self) -> None:
        self.against.set_roomy(self.height() >= theme.scaled(_ROOMY))
        self.against.setVisible(not self.answers.missing_data)

    def showEvent(self, event: QShowEvent) -> None:
        """Ask the network, and say so until it answers."""
        super().showEvent(event)
        self._on_changed()

    @Slot()
    def _on_changed(self) -> None:
        for card in self._cards:
            card.turn.mark_dirty()
        answered, missing = self.answers.answered is not None, self.answers.missing_data
        if answered:
            self._left.show()
        elif missing or self._session.run is None:
            # What was counted when it was trained can be seen without the images.
            self._left.setVisible(self.confusion.recorded() is not None)
        self._show_against()

    def _shown(self) -> AnsweredPart | None:
        return self.images.gallery.images.part

    def _described(self, image: int) -> str:
        return self.images.gallery.images.describe_image(image)

    @Slot(object)
    def show_found(self, found: FoundImages) -> None:
        """Show images that were found elsewhere; nothing is chosen in the matrix then."""
        self.confusion.select(None)
        self.images.show_found(found)

    @Slot(object, object)
    def _renew_found(self, before: FoundImages, after: FoundImages) -> None:
        if self.images.found is before:
            self.images.show_found(after)

    @Slot(object)
    def _show_group(self, group: Group) -> None:
        self.confusion.select(group)
        self.images.show_group(group)

    @Slot()
    def _drop_group(self) -> None:
        self.confusion.select(None)
        self.images.show_group(None)


def _column(large: QWidget, small: QWidget) -> QWidget:
    """Return two cards one below the other."""
    both = QWidget()
    column = QVBoxLayout(both)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(SPACING)
    column.addWidget(large, 1)
    column.addWidget(small)
    return both

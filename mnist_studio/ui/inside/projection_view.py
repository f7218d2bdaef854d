"""The middle of the window: all images at once, and one on its way to another class."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QWidget

from ...session.studio import Studio
from ..hint_stack import HintStack
from ..live_view import LiveView
from ..widgets import SPACING
from .other_digit_card import OtherDigitCard
from .projection_card import ProjectionCard


class ProjectionView(LiveView):
    """Where a layer puts the images, and what moves one of them across a border.

    Parameters
    ----------
    studio : Studio
        Whose run in view is looked at.

    Attributes
    ----------
    projection : ProjectionCard
    other : OtherDigitCard
    """

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.projection = ProjectionCard(self.clock, studio)
        self.other = OtherDigitCard(self.clock, studio.session, studio.inquirer)
        cards = (self.projection, self.other)
        self.follow(cards, (self.projection.figure, self.other.figure))
        self.other.place_changed.connect(self.projection.show_on_the_way)
        stack = HintStack(
            studio.session,
            self.projection,
            self.tr("Press Train or open a run: its images appear here."),
            self.projection.figure,
            lambda: self.projection.figure.answer is not None,
        )
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACING)
        row.addWidget(stack, 5)
        row.addWidget(self.other, 3)

"""One batch under the magnifier."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from ...session.studio import Studio
from ..live_view import LiveView
from .step_card import StepCard


class MagnifierView(LiveView):
    """An update of the run in view, taken apart; while it is looked at, the training tells how.

    Parameters
    ----------
    studio : Studio
        Whose run in view is looked at.

    Attributes
    ----------
    card : StepCard
    """

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("magnifierView")
        self._session = studio.session
        self.card = StepCard(self.clock, studio.session, studio.inquirer)
        self.follow((self.card,), (self.card.figure,))
        self.clock.set_turns([self.card.turn, self.card.words])
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.card)

    def _watch(self, watched: bool) -> None:
        self._session.watch.updates = watched
        super()._watch(watched)

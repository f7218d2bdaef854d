"""One batch under the magnifier."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from ...session.studio import Studio
from ..hint_stack import HintStack
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
        column.addWidget(
            HintStack(
                studio.session,
                self.card,
                self.tr("Press Step or open a run: all numbers of a batch appear here."),
                self.card.figure,
                self._has_run,
            )
        )

    def _has_run(self) -> bool:
        return self._session.run is not None and not self.card.figure.missing_data

    def _watch(self, watched: bool) -> None:
        self._session.watch.updates = watched
        super()._watch(watched)

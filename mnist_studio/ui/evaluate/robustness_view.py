"""How the runs do on images that are made harder."""

from __future__ import annotations

from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ...session.studio import Studio
from ..hint_stack import HintStack
from ..live_view import LiveView
from ..widgets import SPACING
from .distorted_card import DistortedCard
from .robustness_card import RobustnessCard
from .robustness_curves import RobustnessCurves


class RobustnessView(LiveView):
    """Curves of accuracy against strength, and the images at one of the strengths.

    Parameters
    ----------
    studio : Studio
        Its run in view, and other runs to compare it with.

    Attributes
    ----------
    curves : RobustnessCurves
    plot : RobustnessCard
    images : DistortedCard
    """

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("robustnessView")
        self.curves = RobustnessCurves(studio, self)
        self.plot = RobustnessCard(self.clock, studio, self.curves)
        self.images = DistortedCard(self.clock, self.curves, self.plot, studio.inquirer)
        cards = QWidget()
        column = QVBoxLayout(cards)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACING)
        column.addWidget(self.plot, 1)
        column.addWidget(self.images)
        stack = HintStack(
            studio.session,
            cards,
            self.tr("Press Train or open a run: what it can still read appears here."),
            self.curves,
            lambda: self.curves.dataset is not None,
        )
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(stack)
        self.follow((self.plot, self.images), (self.curves,))

    def hideEvent(self, event: QHideEvent) -> None:
        """Ask no more."""
        super().hideEvent(event)
        self.images.forget()

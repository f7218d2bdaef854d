"""How far the probabilities of the run in view can be believed."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ...session.studio import Studio
from ..hint_stack import HintStack
from ..live_view import LiveView
from ..widgets import SPACING
from .coverage_card import CoverageCard
from .live_calibration import LiveCalibration
from .reliability_card import ReliabilityCard


class CalibrationView(LiveView):
    """The reliability diagram, and what is gained by abstaining.

    Parameters
    ----------
    studio : Studio
        Whose run in view is looked at.

    Attributes
    ----------
    calibration : LiveCalibration
    reliability : ReliabilityCard
    coverage : CoverageCard
    """

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("calibrationView")
        self.calibration = LiveCalibration(studio, self)
        self.reliability = ReliabilityCard(self.clock, self.calibration)
        self.coverage = CoverageCard(self.clock, self.calibration)
        cards = QWidget()
        row = QHBoxLayout(cards)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACING)
        row.addWidget(self.reliability, 1)
        row.addWidget(self.coverage, 1)
        stack = HintStack(
            studio.session,
            cards,
            self.tr("Press Train or open a run: how far it can be believed appears here."),
            self.calibration,
            lambda: self.calibration.calibrated is not None,
        )
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(stack)
        self.follow((self.reliability, self.coverage), (self.calibration,))

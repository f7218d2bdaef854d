"""How accurate the network is when it may leave the least sure answers out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSizePolicy

from ...number_text import percentage
from ...report.sheet import Sheet
from ..live_card import LiveCard
from ..plots.graph import Graph, Paint, set_data
from ..plots.hover import Pointer, Row
from ..plots.ranges import SteppedEnd
from ..redraw_clock import RedrawClock
from ..widgets import dim_label, title_label
from .live_calibration import LiveCalibration

if TYPE_CHECKING:
    from ...insight.calibration import Coverage

_PERCENT = 100.0
_TOLD = 0.5  # of the mistakes are left out in the sentence's example
_HEADROOM = 0.05
_LEAST = 0.1  # percent below 100 that the axis reaches


class CoverageCard(LiveCard):
    """Accuracy against the share of images that are answered.

    Parameters
    ----------
    clock : RedrawClock
        Redraws it.
    calibration : LiveCalibration
        What is shown.
    """

    def __init__(self, clock: RedrawClock, calibration: LiveCalibration) -> None:
        super().__init__(clock, self._draw)
        self.setObjectName("coverageCard")
        self._calibration = calibration
        self.graph = Graph(" %", self)
        self.graph.setAccessibleName(self.tr("Accuracy by the share of images that are answered"))
        self.graph.view_box.setMouseEnabled(x=False, y=False)
        self.turn.painting = lambda: self.graph.paint_seconds
        self._line = self.graph.add_curve("line", Paint("series_1", width=2))
        self._depth = SteppedEnd()  # of the axis below 100 %
        self._pointer = Pointer(self.graph, self._read)
        self.readout = self._pointer.readout
        self.sentence = dim_label()
        self.sentence.setObjectName("coverageSentence")
        self.sentence.setWordWrap(True)
        axis = dim_label(self.tr("share that is answered, the surest first"))
        axis.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.header.addWidget(title_label(self.tr("Accuracy when it may abstain")))
        self.header.addStretch(1)
        self.body.addLayout(self.header)
        self.body.addWidget(self.sentence)
        self.body.addWidget(self.graph, 1)
        self.body.addWidget(axis)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        calibration.changed.connect(self.turn.mark_dirty)

    def sheet(self) -> Sheet | None:
        """Return coverage and accuracy at every threshold."""
        coverage = self._coverage
        if coverage is None:
            return None
        columns = (coverage.thresholds, coverage.coverage, coverage.accuracy)
        rows = zip(*(column.tolist() for column in columns), strict=True)
        return Sheet(("least_probability", "share_answered", "accuracy"), rows)

    @property
    def _coverage(self) -> Coverage | None:
        found = self._calibration.calibrated
        return None if found is None else found.calibration.before.coverage

    def _draw(self) -> None:
        from ...insight.calibration import SHARES

        coverage = self._coverage
        if coverage is None:
            return
        accuracies = _PERCENT * coverage.accuracy_at(SHARES)
        set_data(self._line, _PERCENT * SHARES, accuracies)
        known = accuracies[np.isfinite(accuracies)]
        lowest = float(known.min()) if len(known) else 0.0
        depth = min(_PERCENT, self._depth.follow(max(_LEAST, _PERCENT - lowest)))
        y_range = _PERCENT - (1.0 + _HEADROOM) * depth, _PERCENT + _HEADROOM * depth
        self.graph.set_range((0.0, _PERCENT + 1.0), y_range)
        self.sentence.setText(self._describe(coverage))
        self._pointer.refresh()

    def _describe(self, coverage: Coverage) -> str:
        """Say what is gained where half of the mistakes are left out."""
        if not len(coverage.accuracy):
            return self.tr("Nothing can be answered with any certainty.")
        whole = float(coverage.accuracy[-1])
        wrong = coverage.coverage * (1.0 - coverage.accuracy)
        few = np.flatnonzero(wrong <= _TOLD * wrong[-1])
        if not len(few) or not coverage.accuracy[few[-1]] > whole:
            return self.tr(
                "To the left, only the surest answers are given: where the curve rises, the "
                "network knows what it does not know. Here that gains nothing."
            )
        at = few[-1]
        return self.tr(
            "To the left, only the surest answers are given: half of the mistakes are gone when "
            "it answers {0} of the images, being at least {1} sure; {2} of these are right."
        ).format(
            percentage(float(coverage.coverage[at]), 1),
            percentage(float(coverage.thresholds[at]), 0),
            percentage(float(coverage.accuracy[at]), 1),
        )

    def _read(self, x: float, _y: float, _room: int) -> tuple[float, tuple[Row, ...]] | None:
        coverage = self._coverage
        if coverage is None or not 0.0 < x <= _PERCENT or not len(coverage.accuracy):
            return None
        share = x / _PERCENT
        which = min(int(np.searchsorted(coverage.coverage, share)), len(coverage.coverage) - 1)
        answered = float(coverage.coverage[which])
        return _PERCENT * answered, (
            Row("", self.tr("answered"), percentage(answered, 1)),
            Row("series_1", self.tr("accuracy"), percentage(float(coverage.accuracy[which]))),
            Row("", self.tr("sure from"), percentage(float(coverage.thresholds[which]), 1)),
        )

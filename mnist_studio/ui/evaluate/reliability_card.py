"""Whether the network is right as often as it says, before and after temperature scaling."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy

from ...number_text import grouped, loss_text, percentage
from ...report.sheet import Sheet
from ...training.parts import Part
from .. import theme
from ..describe import describe_whose
from ..live_card import LiveCard
from ..plots.graph import Graph, Item, Numbers, Paint, set_bars, set_data
from ..plots.hover import Pointer, Row
from ..plots.legend import Entry, Legend
from ..plots.ranges import SteppedEnd
from ..redraw_clock import RedrawClock
from ..widgets import dim_label, title_label
from .live_calibration import CalibratedPart, LiveCalibration

if TYPE_CHECKING:
    from ...insight.calibration import Calibrated, Reliability

Points = tuple[Numbers, Numbers]

_PERCENT = 100.0
_FEW = 10  # images, of which a share says little
_PALE = 0.4
_COUNTS_HEIGHT = 84
_ROOM_FOR_COUNTS = 390  # of the card's height: below, the diagram would have none
_LEAST = 0.5  # where the logarithmic axis of the counts begins, so that one image is seen
BEFORE, AFTER = "series_1", "series_2"


class ReliabilityCard(LiveCard):
    """The reliability diagram, the sizes of its bins, and the figures in words.

    Parameters
    ----------
    clock : RedrawClock
        Redraws it.
    calibration : LiveCalibration
        What is shown.
    """

    def __init__(self, clock: RedrawClock, calibration: LiveCalibration) -> None:
        super().__init__(clock, self._draw)
        self.setObjectName("reliabilityCard")
        self._calibration = calibration
        self.graph = self._make_graph(self.tr("Share of right answers by their probability"), " %")
        self.counts = self._make_graph(self.tr("Number of answers by their probability"), "")
        self.counts.set_y_scale(logarithmic=True)
        self.counts.set_x_unit(self.tr("images"))
        ends = np.array([0.0, _PERCENT])
        set_data(self.graph.add_curve("diagonal", Paint("dim", z=-1)), ends, ends)
        self._most = SteppedEnd()  # of the axis of the counts
        self._lines = [self._make_line(token) for token in (BEFORE, AFTER)]
        self._bars = [self.counts.add_bars(each, Paint(each)) for each in (BEFORE, AFTER)]
        self.turn.painting = lambda: self.graph.paint_seconds + self.counts.paint_seconds
        self._pointers = [Pointer(graph, self._read) for graph in (self.graph, self.counts)]
        self.readout = self._pointers[0].readout
        self._build()
        calibration.changed.connect(self.turn.mark_dirty)
        theme.notifier().changed.connect(self._share_height)

    def _make_graph(self, name: str, suffix: str) -> Graph:
        graph = Graph(suffix, self)
        graph.setAccessibleName(name)
        graph.view_box.setMouseEnabled(x=False, y=False)
        return graph

    def _make_line(self, token: str) -> tuple[Item, Item, Item]:
        """Return a line, its dots, and those that say little since they stand for few images."""
        return (
            self.graph.add_curve((token, "line"), Paint(token, width=2)),
            self.graph.add_points((token, "dots"), Paint(token, z=1)),
            self.graph.add_points((token, "few"), Paint(token, share=_PALE)),
        )

    def _build(self) -> None:
        self.legend = Legend(lines=3)
        self.sentence = dim_label()
        self.sentence.setObjectName("reliabilitySentence")
        self.sentence.setWordWrap(True)
        self.figures = QLabel()
        self.figures.setObjectName("calibrationFigures")
        self.figures.setWordWrap(True)
        self.figures.setToolTip(
            self.tr(
                "The expected calibration error is the mean distance from the line, each bin by "
                "its number of images (Guo et al., 2017). Temperature scaling divides all logits "
                "by T, chosen for the least loss on the validation images; no answer changes."
            )
        )
        axis = dim_label(self.tr("probability of the answer, in 15 bins of equal width"))
        axis.setAlignment(Qt.AlignmentFlag.AlignCenter)
        axis.setWordWrap(True)
        self.header.addWidget(title_label(self.tr("Reliability")))
        self.header.addWidget(self.legend, 1)
        self.body.addLayout(self.header)
        self.body.addWidget(self.sentence)
        self.body.addWidget(self.figures)
        self.body.addWidget(self.graph, 1)
        self.body.addWidget(axis)
        self.body.addWidget(self.counts)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share another height."""
        super().resizeEvent(event)
        self._share_height()

    @Slot()
    def _share_height(self) -> None:
        """Leave all the room to the diagram where there is little."""
        self.counts.setFixedHeight(theme.scaled(_COUNTS_HEIGHT))
        self.counts.setVisible(self.height() >= theme.scaled(_ROOM_FOR_COUNTS))

    def sheet(self) -> Sheet | None:
        """Return the bins, before and after temperature scaling."""
        found = self._calibration.calibrated
        if found is None:
            return None
        shown = (found.calibration.before, found.calibration.after)
        rows = [
            [found.part.value, each.temperature, *row]
            for each in shown
            if each is not None
            for row in _rows(each.reliability)
        ]
        columns = ("from", "to", "images", "mean_probability", "accuracy")
        return Sheet(("set", "temperature", *columns), rows)

    # --- drawing ---------------------------------------------------------------------------

    def _draw(self) -> None:
        found = self._calibration.calibrated
        x_range = (-2.0, _PERCENT + 2.0)
        self.graph.set_range(x_range, x_range)
        if found is None:
            return
        shown = (found.calibration.before, found.calibration.after)
        most = 1
        for index, (each, lines, bars) in enumerate(
            zip(shown, self._lines, self._bars, strict=True)
        ):
            many, few = _points(each)
            for item, points in zip(lines, (many, many, few), strict=True):
                set_data(item, *points)
            bars.show(each is not None)
            if each is not None:
                self._draw_counts(index, each.reliability)
                most = max(most, int(each.reliability.counts.max()))
        self.counts.set_range(x_range, (np.log10(_LEAST), np.log10(self._most.follow(1.3 * most))))
        self.legend.set_entries(self._entries(found))
        self.sentence.setText(self._describe(found))
        self.figures.setText(self._figures_of(found))
        for pointer in self._pointers:
            pointer.refresh()

    def _draw_counts(self, index: int, bins: Reliability) -> None:
        """Draw the bars of one state, in the left or the right half of each bin."""
        filled = bins.counts > 0
        low, high = bins.edges[:-1][filled], bins.edges[1:][filled]
        middle = (low + high) / 2
        left, right = (low, middle) if index == 0 else (middle, high)
        set_bars(
            self._bars[index],
            _PERCENT * left,
            _PERCENT * right,
            np.full(len(low), np.log10(_LEAST)),
            np.log10(bins.counts[filled]),
        )

    def _entries(self, found: CalibratedPart) -> tuple[Entry, ...]:
        entries = [Entry(BEFORE, self.tr("as it is"), dots=True)]
        after = found.calibration.after
        if after is not None:
            entries.append(Entry(AFTER, _temperature_text(found), dots=True))
        return (*entries, Entry("dim", self.tr("as right as sure"), short=self.tr("ideal")))

    def _describe(self, found: CalibratedPart) -> str:
        """Say how to read it."""
        if not found.images:
            return self.tr("No image was set aside for validation: look again after the training.")
        if not found.calibration.before.reliability.counts.any():
            return self.tr("The weights are no numbers any more, and neither are probabilities.")
        return self.tr(
            "Below the line the network promises too much, above it too little; pale dots are of "
            "fewer than {0} images."
        ).format(_FEW)

    def _figures_of(self, found: CalibratedPart) -> str:
        """Return the figures before and after in a line each."""
        calibration = found.calibration
        validation = found.part is Part.VALIDATION
        before, after = calibration.before, calibration.after
        if not before.reliability.counts.any():
            return ""
        text = self.tr("{0} validation images") if validation else self.tr("{0} test images")
        lines = [
            describe_whose(self._calibration.run)
            + self.tr("{0}: error {1} (ECE), loss {2}").format(
                text.format(grouped(found.images)),
                percentage(before.reliability.error),
                loss_text(before.loss),
            )
        ]
        if after is None:
            lines.append(self.tr("no temperature: there is no validation image to fit it on"))
        else:
            fitted = self.tr("these very images")
            if not validation:
                number = grouped(calibration.fitted_on)
                fitted = self.tr("{0} validation images").format(number)
            lines.append(
                self.tr("{0} from {1}: error {2}, loss {3}").format(
                    _temperature_text(found),
                    fitted,
                    percentage(after.reliability.error),
                    loss_text(after.loss),
                )
            )
        return "\n".join(lines)

    # --- the pointer -----------------------------------------------------------------------

    def _read(self, x: float, _y: float, room: int) -> tuple[float, tuple[Row, ...]] | None:
        found = self._calibration.calibrated
        if found is None or not 0.0 <= x <= _PERCENT:
            return None
        edges = found.calibration.before.reliability.edges
        which = min(int(np.searchsorted(edges, x / _PERCENT, side="right")), len(edges) - 1) - 1
        low, high = edges[which], edges[which + 1]
        head = f"{percentage(float(low), 0)} – {percentage(float(high), 0)}"
        rows = [Row("", head, self.tr("images"), self.tr("right"))]
        shown = (found.calibration.before, found.calibration.after)
        for token, each in zip((BEFORE, AFTER), shown, strict=True):
            if each is not None:
                bins = each.reliability
                sure = self.tr("sure {0}").format(percentage(float(bins.confidence[which]), 1))
                right = percentage(float(bins.accuracy[which]), 1)
                rows.append(Row(token, sure, grouped(int(bins.counts[which])), right))
        return _PERCENT * float(low + high) / 2, tuple(rows[:room])


def _rows(bins: Reliability) -> Iterator[tuple[float, ...]]:
    edges = bins.edges
    columns = (edges[:-1], edges[1:], bins.counts, bins.confidence, bins.accuracy)
    yield from zip(*(column.tolist() for column in columns), strict=True)


def _temperature_text(found: CalibratedPart) -> str:
    """Return e.g. ``T = 1.21``; of the end of the range that was searched, that it lies beyond."""
    fitted = found.calibration.fitted
    if not fitted.at_end:
        return f"T = {fitted.value:.2f}"
    return f"T {'>' if fitted.value > 1.0 else '<'} {fitted.value:g}"


def _points(calibrated: Calibrated | None) -> tuple[Points, Points]:
    """Return mean confidence and accuracy in percent, of the bins with many and with few images."""
    if calibrated is None:
        return (np.empty(0), np.empty(0)), (np.empty(0), np.empty(0))
    bins = calibrated.reliability
    many, few = bins.counts >= _FEW, (bins.counts > 0) & (bins.counts < _FEW)
    x, y = _PERCENT * bins.confidence, _PERCENT * bins.accuracy
    return (x[many], y[many]), (x[few], y[few])

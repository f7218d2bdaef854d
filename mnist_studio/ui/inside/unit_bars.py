"""By class: how much a unit is excited, and which answers it speaks for."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from ...number_text import grouped, percentage, signed, with_minus
from .. import theme

if TYPE_CHECKING:
    from ...insight.units import UnitFigures

_BAR = 6  # pixels at scale 1, as the next two
_NAME = 64  # of the longest name
_LEAST = 10  # of a line
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class UnitBars(QWidget):
    """Two rows of bars, a class a line; instead of the first, histograms can be shown."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("unitBars")
        self._names: Sequence[str] = ()
        self._means: Sequence[float] = ()
        self._used: Sequence[float] = ()
        self._speaks: Sequence[float] = ()
        self._edges: Sequence[float] = (0.0, 1.0)
        self._shares: Sequence[Sequence[float]] = ()
        self._histograms = False
        self._now: float | None = None
        self._line = 1.0  # height of a class
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)
        theme.notifier().changed.connect(self.update)

    @property
    def shares(self) -> Sequence[Sequence[float]]:
        """What the histograms show: of each class, the share of its images by activation."""
        return self._shares

    def show_figures(
        self,
        names: Sequence[str],
        figures: UnitFigures,
        speaks: Sequence[float],
        now: float | None = None,
    ) -> None:
        """Show what the unit answers to images of each class, and its part in each logit.

        Parameters
        ----------
        names : sequence of str
            Of the classes.
        figures : UnitFigures
        speaks : sequence of float
            By how much each logit rises with the activation.
        now : float, optional
            The activation for what is on the pad: a line through the histograms.
        """
        self._names, self._speaks, self._now = names, speaks, now
        self._means, self._used = figures.means.tolist(), figures.used.tolist()
        self._edges, self._shares = figures.edges.tolist(), figures.shares.tolist()
        self.setAccessibleName(self.tr("What the unit answers to and speaks for, by class"))
        self.setAccessibleDescription("; ".join(map(self.describe, range(len(names)))))
        self.update()

    def describe(self, k: int) -> str:
        """Return what the bars of a class say."""
        text = self.tr("{0}: mean activation {1}, on for {2}, speaks for it {3}")
        return text.format(
            self._names[k],
            grouped(self._means[k], 2),
            percentage(self._used[k], 0),
            signed(self._speaks[k], 2),
        )

    def event(self, event: QEvent) -> bool:
        """Say the figures of the class under the pointer."""
        if isinstance(event, QHelpEvent) and self._names:
            k = int(event.pos().y() / self._line) - 1  # below the headings
            if 0 <= k < len(self._names):
                QToolTip.showText(event.globalPos(), self.describe(k), self)
                return True
        return super().event(event)

    def show_histograms(self, shown: bool) -> None:
        """Show how the activations of each class are spread, or their means."""
        self._histograms = shown
        self.update()

    def sizeHint(self) -> QSize:
        """Ask for a line a class and one for the headings."""
        return QSize(300, 11 * (self.fontMetrics().height() + 1))

    def minimumSizeHint(self) -> QSize:
        """Ask for half of that at least."""
        return QSize(160, 11 * theme.scaled(_LEAST))

    # --- painting --------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint headings, names and bars."""
        if not self._names:
            return
        painter = QPainter(self)
        font = theme.number_font(8.5)
        highest = (3.5 if self._histograms else 2.0) * QFontMetrics(font).height()
        line = self._line = min(self.height() / (len(self._names) + 1), highest)
        if line < QFontMetrics(font).height():
            font.setPixelSize(max(7, round(0.85 * line)))
        painter.setFont(font)
        metrics = painter.fontMetrics()
        longest = max(map(metrics.horizontalAdvance, self._names))
        name = min(theme.scaled(_NAME), self.width() // 4, longest) + 6
        middle = int(name + (self.width() - name) * 0.6)
        share = metrics.horizontalAdvance(self._share_text(1.0)) + 6
        share = share if middle - name > 2 * share else 0
        room = middle - name - share - 10
        self._paint_headings(painter, QRect(name, 0, room, int(line)), middle)
        for k, text in enumerate(self._names):
            row = QRect(0, int((k + 1) * line), name - 4, int(line))
            painter.setPen(theme.color("text"))
            shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, row.width())
            painter.drawText(row, _LEFT, shown)
            track = QRect(name, row.top(), room, row.height())
            if self._histograms:
                self._paint_histogram(painter, track, k)
            else:
                self._paint_mean(painter, track, k)
            if share:
                painter.setPen(theme.color("dim"))
                place = QRect(middle - share - 6, row.top(), share, row.height())
                painter.drawText(place, _LEFT, self._share_text(self._used[k]))
            rest = QRect(middle, row.top(), self.width() - middle, row.height())
            self._paint_speech(painter, rest, k)

    def _thickness(self) -> int:
        """Return the pixels of a bar, which leave a gap between lines."""
        return min(theme.scaled(_BAR), max(1, round(self._line) - 3))

    def _share_text(self, used: float) -> str:
        return self.tr("{0} on").format(percentage(used, 0))

    def _paint_headings(self, painter: QPainter, track: QRect, middle: int) -> None:
        painter.setPen(theme.color("dim"))
        headings = [
            (QRect(middle, 0, self.width() - middle, track.height()), self.tr("speaks for"))
        ]
        if not self._histograms:
            track.setRight(middle - 7)
            headings.append((track, self.tr("activation")))
        elide = Qt.TextElideMode.ElideRight
        for place, text in headings:
            shown = painter.fontMetrics().elidedText(text, elide, place.width())
            painter.drawText(place, _LEFT, shown)
        if not self._histograms:
            return
        low, high = (with_minus(f"{edge:.3g}") for edge in (self._edges[0], self._edges[-1]))
        painter.drawText(track, _LEFT, low)
        painter.drawText(track, _RIGHT, high)
        text, width = self.tr("activation"), painter.fontMetrics().horizontalAdvance
        if track.width() > width(f"  {text}  ") + 2 * max(width(low), width(high)):
            painter.drawText(track, Qt.AlignmentFlag.AlignCenter, text)

    def _paint_mean(self, painter: QPainter, track: QRect, k: int) -> None:
        highest = max((abs(each) for each in self._means if math.isfinite(each)), default=0) or 1.0
        thick = self._thickness()
        bar = QRect(track.left(), track.center().y() + 1 - thick // 2, track.width(), thick)
        painter.fillRect(bar, theme.color("raised"))
        if math.isfinite(self._means[k]):
            bar.setWidth(round(track.width() * abs(self._means[k]) / highest))
            painter.fillRect(bar, theme.color("series_1" if self._means[k] > 0 else "series_2"))

    def _paint_histogram(self, painter: QPainter, track: QRect, k: int) -> None:
        """Paint the shares of a class, by their square roots, so that rare activations are seen.

        A unit is off for most images, whose column may end at the row's edge.
        """
        off = self._edges[0] == 0.0
        seen = [row[1:] if off else row for row in self._shares]
        highest = max(map(max, seen)) or 1.0
        step = track.width() / len(self._shares[k])
        bottom, room = track.bottom(), track.height() - 2
        for position, share in enumerate(self._shares[k]):
            height = math.sqrt(min(1.0, share / highest)) * room
            column = QRectF(track.left() + position * step, bottom - height, step - 0.5, height)
            token = "raw" if off and not position else "series_1"
            painter.fillRect(column, theme.color(token))
        painter.fillRect(QRect(track.left(), bottom, track.width(), 1), theme.color("line"))
        low, high = self._edges[0], self._edges[-1]
        if self._now is not None and low <= self._now <= high:
            x = track.left() + round((self._now - low) / (high - low) * (track.width() - 1))
            painter.fillRect(QRect(x, track.top(), 1, track.height()), theme.color("text"))

    def _paint_speech(self, painter: QPainter, room: QRect, k: int) -> None:
        loudest = max((abs(each) for each in self._speaks if math.isfinite(each)), default=0) or 1.0
        half = room.width() // 2 - 2
        thick = self._thickness()
        zero, y = room.left() + half, room.center().y() + 1 - thick // 2
        length = 0
        if math.isfinite(self._speaks[k]):
            length = round(half * abs(self._speaks[k]) / loudest)
        if self._speaks[k] > 0:
            painter.fillRect(QRect(zero, y, length, thick), theme.color("series_1"))
        else:
            painter.fillRect(QRect(zero - length, y, length, thick), theme.color("series_2"))
        painter.fillRect(QRect(zero, room.top(), 1, room.height()), theme.color("line"))

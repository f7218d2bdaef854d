"""A row for each layer: histograms of its numbers, how far an update moves it, and its health."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QImage, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ...number_text import NONE, with_minus
from .. import theme

if TYPE_CHECKING:
    from ...insight.layers import Histogram

_LOW, _USUAL, _HIGH = 29, 54, 140  # pixels of a row
_NAME, _UPDATE, _STATE = 100, 62, 112  # pixels of these columns
_NARROW = 760  # pixels below which the biases are left out
_LEAST = 78  # pixels of a column of histograms, with the gap after it
_SHOWN = ((0, 1, 2, 3), (0, 2, 3), (0, 3), (0,), ())  # columns, the fewer the less room
_GAP = 14
_FILLS = (0.5, 0.85)  # of the color where there is only what is now, and where the start is, too
_VEIL = 190  # of 255, over the bars behind a number
_DOMINATES = 0.5  # of all numbers: such a bin is cut off, or nothing else would be seen


_INDEXED = QImage.Format.Format_Indexed8


class LayerRow(NamedTuple):
    """What is painted of a layer.

    Attributes
    ----------
    name, kind : str
        Two short lines.
    histograms : tuple of Histogram
        Of weights, biases, activations and gradients.
    update : str
        How far one moves the weights.
    update_token : str
        Its color.
    state : str
        What is unhealthy; empty for nothing.
    note : str
        What else is to be said of it.
    """

    name: str
    kind: str
    histograms: tuple[Histogram, ...]
    update: str
    update_token: str
    state: str
    note: str


class LayerRows(QWidget):
    """Paints the rows below a line of headings; under the pointer, the numbers are said.

    Attributes
    ----------
    paint_seconds : float
        Time that the last painting took.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("layerRows")
        self._rows: tuple[LayerRow, ...] = ()
        self._picture: QImage | None = None
        self._look = theme.current()
        self.paint_seconds = 0.0
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(self.tr("The layers of the network"))
        theme.notifier().changed.connect(self._on_theme_changed)

    @property
    def rows(self) -> tuple[LayerRow, ...]:
        """What is shown."""
        return self._rows

    def show_rows(self, rows: tuple[LayerRow, ...]) -> None:
        """Show other figures."""
        other = len(rows) != len(self._rows)
        self._rows, self._picture = rows, None
        if other:
            self._on_theme_changed()
        self.setAccessibleDescription(
            "; ".join(
                self.tr("{0}, {1}: {2}, an update of {3}").format(
                    row.name, row.kind, row.state or self.tr("healthy"), row.update
                )
                for row in rows
            )
        )
        self.update()

    def sizeHint(self) -> QSize:
        """Ask for rows of the usual height."""
        return QSize(600, self._height_of(_USUAL))

    def minimumSizeHint(self) -> QSize:
        """Ask for low rows at least."""
        return QSize(320, self._height_of(_LOW))

    def _height_of(self, row: int) -> int:
        return self._heading() + len(self._rows) * theme.scaled(row)

    def _heading(self) -> int:
        return self.fontMetrics().height() + 4

    def _on_theme_changed(self) -> None:
        self.setMinimumHeight(self._height_of(_LOW))
        self.setMaximumHeight(self._height_of(_HIGH))
        self.updateGeometry()
        self.update()

    # --- places ----------------------------------------------------------------------------

    def _columns(self) -> list[tuple[int, int, int]]:
        """Return of each column of histograms which it is, and from where to where it reaches."""
        name, update, state = (theme.scaled(each) for each in (_NAME, _UPDATE, _STATE))
        gap = theme.scaled(_GAP)
        room = self.width() - name - update - state - gap
        choices = _SHOWN[self.width() < theme.scaled(_NARROW) :]
        shown = next(each for each in choices if len(each) * theme.scaled(_LEAST) <= max(0, room))
        width = room // max(1, len(shown))
        return [
            (which, name + index * width, name + (index + 1) * width - gap)
            for index, which in enumerate(shown)
        ]

    def _row_rect(self, index: int) -> QRect:
        top = self._heading()
        height = (self.height() - top) / max(1, len(self._rows))
        first = round(top + index * height)
        return QRect(0, first, self.width(), round(top + (index + 1) * height) - first)

    # --- what is said under the pointer ----------------------------------------------------

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Say the numbers under the pointer."""
        place = event.position().toPoint()
        row = next((k for k in range(len(self._rows)) if self._row_rect(k).contains(place)), -1)
        which = next((k for k, left, right in self._columns() if left <= place.x() < right), -1)
        text = "" if row < 0 or which < 0 else self._describe(self._rows[row], which)
        self.setToolTip(text)

    def _describe(self, row: LayerRow, which: int) -> str:
        spread = row.histograms[which]
        text = self.tr("{0}, {1}: {2} to {3}, root mean square {4}").format(
            row.name,
            self._headings()[which],
            _short(float(spread.edges[0])),
            _short(float(spread.edges[-1])),
            _short(spread.size),
        )
        if spread.start is None:
            return text
        return self.tr("{0}; gray and strong blue: at the start").format(text)

    def _headings(self) -> tuple[str, ...]:
        return (
            self.tr("weights"),
            self.tr("biases"),
            self.tr("activations"),
            self.tr("gradients"),
        )

    # --- painting --------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint headings and rows, and measure how long that took."""
        start = time.perf_counter()
        if self._rows:
            self._paint(QPainter(self))
        self.paint_seconds = time.perf_counter() - start

    def _paint(self, painter: QPainter) -> None:
        painter.setFont(theme.number_font(8.5, painter.font().weight()))
        columns, headings = self._columns(), self._headings()
        right = columns[-1][2] + theme.scaled(_GAP) if columns else theme.scaled(_NAME)
        painter.setPen(theme.color("dim"))
        flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop
        for which, left, _ in columns:
            painter.drawText(QRect(left, 0, 200, self._heading()), flags, headings[which])
        update = QRect(right, 0, theme.scaled(_UPDATE), self._heading())
        painter.drawText(update, flags, self.tr("update"))
        painter.drawText(update.translated(theme.scaled(_UPDATE), 0), flags, self.tr("health"))
        height = self._row_rect(0).height() - 8
        picture = self._picture_of(max(1, round(height * self.devicePixelRatioF())))
        bins, side = picture.width(), picture.height() // (len(self._rows) * len(headings))
        for index, row in enumerate(self._rows):
            area = self._row_rect(index)
            self._paint_texts(painter, row, area, right)
            for which, left, end in columns:
                cell = QRect(left, area.top() + 3, end - left, height)
                top = (index * len(headings) + which) * side
                painter.drawImage(cell, picture, QRect(0, top, bins, side))
                _paint_scale(painter, row.histograms[which], cell)

    def _picture_of(self, height: int) -> QImage:
        """Return all histograms, one below the other; thousands of corners would be too dear."""
        histograms = [each for row in self._rows for each in row.histograms]
        stale = self._look is not theme.current()  # as for a picture to be taken along
        if self._picture is None or stale or self._picture.height() != height * len(histograms):
            self._look = theme.current()
            levels = levels_of(histograms, height)
            pixels = levels.reshape(-1, levels.shape[2])
            self._picture = image = QImage(
                pixels.tobytes(), pixels.shape[1], len(pixels), pixels.shape[1], _INDEXED
            ).copy()
            paints = [theme.color("raw"), *(theme.tint("series_1", share) for share in _FILLS)]
            image.setColorTable([0, *(color.rgba() for color in paints)])
        return self._picture

    def _paint_texts(self, painter: QPainter, row: LayerRow, area: QRect, right: int) -> None:
        line = painter.fontMetrics().height()
        top = area.top() + max(2, (area.height() - 2 * line) // 2)
        update, state = theme.scaled(_UPDATE), theme.scaled(_STATE)
        columns = (
            (0, theme.scaled(_NAME) - 6, (row.name, "text"), (row.kind, "dim")),
            (right, update - 4, (row.update, row.update_token), None),
            (
                right + update,
                state,
                (row.state or "✓", "series_2" if row.state else "series_3"),
                (row.note, "dim"),
            ),
        )
        for left, width, *lines in columns:
            texts = [each for each in lines if each is not None and each[0]]
            first = top if len(texts) > 1 else area.top() + (area.height() - line) // 2
            for number, (text, token) in enumerate(texts):
                painter.setPen(theme.text_color(token))
                painter.drawText(QRect(left, first + number * line, width, line), 0, text)


def _paint_scale(painter: QPainter, spread: Histogram, cell: QRect) -> None:
    """Paint the line below a histogram, with zero, and the size of its numbers."""
    painter.fillRect(QRect(cell.left(), cell.bottom() + 1, cell.width(), 1), theme.color("line"))
    low, high = float(spread.edges[0]), float(spread.edges[-1])
    if low < 0 < high:
        zero = cell.left() + round(-low / (high - low) * cell.width())
        painter.fillRect(QRect(zero, cell.bottom() + 1, 1, 4), theme.color("dim"))
    text = _short(spread.size)
    metrics = painter.fontMetrics()
    advance = metrics.horizontalAdvance(text)
    place = QRect(cell.right() - advance, cell.top(), advance + 1, metrics.height())
    behind = theme.color("surface")
    behind.setAlpha(_VEIL)
    painter.fillRect(place.adjusted(-2, 0, 1, 0), behind)
    painter.setPen(theme.color("text"))
    painter.drawText(place, 0, text)


def levels_of(histograms: Sequence[Histogram], height: int) -> npt.NDArray[np.uint8]:
    """Return pictures of histograms, shape (histograms, height, bins).

    Where there is nothing it is 0, where only the start reaches 1, only what is now 2, both 3.
    """
    now = np.array([each.now for each in histograms])
    start = np.array(
        [np.zeros_like(each.now) if each.start is None else each.start for each in histograms]
    )
    rows = np.arange(height, 0, -1)[:, np.newaxis]
    levels = 2 * (rows <= _heights(now, height)[:, np.newaxis])
    levels += rows <= _heights(start, height)[:, np.newaxis]
    return levels.astype(np.uint8)


def _heights(counts: npt.NDArray[np.int64], height: int) -> npt.NDArray[np.int64]:
    """Return how high each bin is, shape (histograms, bins); what dominates is cut off."""
    most = _DOMINATES * counts.sum(axis=1, keepdims=True)
    others = np.where(counts <= most, counts, 0).max(axis=1, keepdims=True)
    reference = np.where(others > 0, others, np.maximum(1, counts.max(axis=1, keepdims=True)))
    return np.rint(height * np.minimum(1.0, counts / reference)).astype(np.int64)


def _short(value: float) -> str:
    """Return a number in two digits."""
    if not math.isfinite(value):
        return NONE
    if value and abs(value) < 1e-3:
        return with_minus(f"{value:.0e}")
    return with_minus(f"{value:.2g}")

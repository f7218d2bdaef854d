"""A confusion matrix as a heat map: true classes in rows, predicted ones in columns."""

from __future__ import annotations

import math
from enum import StrEnum
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFont,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from ..insight.confusion import Scale, Share
from ..number_text import NONE
from . import theme
from .colors import readable_on
from .confusion_layout import (
    POINTS,
    SMALLEST_POINTS,
    TIGHT_POINTS,
    Cell,
    ConfusionLayout,
    Group,
    axis_height,
    fitting_font,
    font_of,
    matrix_height,
)
from .confusion_text import describe_class, describe_matrix

if TYPE_CHECKING:
    from ..insight.confusion import Confusion

RIGHT, WRONG = "accent", "series_2"  # tokens of the diagonal and of mistakes
_PALEST, _FULLEST = 0.25, 0.85
_CENTER, _BOTTOM = Qt.AlignmentFlag.AlignVCenter, Qt.AlignmentFlag.AlignBottom
_STEPS = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}


class Figures(StrEnum):
    """What the cells say."""

    COUNTS = "counts"  # colored by the shares of the true class
    OF_TRUE = "of_true"
    OF_ANSWERED = "of_answered"

    @property
    def share(self) -> Share:
        """What the colors stand for."""
        return Share.ANSWERED if self is Figures.OF_ANSWERED else Share.TRUE


def tint_of(share: float, token: str) -> QColor:
    """Return the color of a cell for a share of the scale, 0 to 1."""
    return theme.tint(token, _PALEST + (_FULLEST - _PALEST) * min(1.0, max(0.0, share)))


class ConfusionView(QWidget):
    """Paints one matrix and tells which cell the user points at or chooses.

    Parameters
    ----------
    matrix : Confusion
        What to show.
    margins : bool
        Whether recall and F1 of every class stand behind its row and the precision of every
        answer below its column; then the cells also keep within the height that there is.

    Attributes
    ----------
    scale : Scale
        What the colors of the cells mean.
    figures : Figures
        What the cells say.

    Signals
    -------
    cell_pointed(object)
        ``(true, predicted)`` under the pointer or chosen by the arrow keys; None if there is none.
    group_chosen(object)
        What was clicked, or Enter pressed on: a cell, ``(true, None)`` for a row by its name,
        ``(None, predicted)`` for a column.
    """

    cell_pointed = Signal(object)
    group_chosen = Signal(object)

    def __init__(
        self, matrix: Confusion, parent: QWidget | None = None, *, margins: bool = False
    ) -> None:
        super().__init__(parent)
        self.setObjectName("confusionView")
        self.matrix = matrix
        self.scale = Scale()
        self.figures = Figures.COUNTS
        self._margins = margins
        self._marked: Cell | None = None
        self._selected: Group | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self.setAccessibleName(self.tr("Confusion matrix"))
        self.setAccessibleDescription(describe_matrix(matrix))
        theme.notifier().changed.connect(self.update)

    @property
    def marked(self) -> Cell | None:
        """The cell that stands out."""
        return self._marked

    def set_matrix(self, matrix: Confusion, scale: Scale) -> None:
        """Show other figures."""
        self.matrix = matrix
        self.scale = scale
        self.setAccessibleDescription(describe_matrix(matrix))
        self.update()

    def set_figures(self, figures: Figures, scale: Scale) -> None:
        """Let the cells say something else."""
        self.figures = figures
        self.scale = scale
        self.update()

    def set_scale(self, scale: Scale) -> None:
        """Color the cells on another scale."""
        if scale != self.scale:
            self.scale = scale
            self.update()

    def mark(self, cell: Cell | None) -> None:
        """Let a cell stand out, or none."""
        if cell != self._marked:
            self._marked = cell
            self.update()

    def select(self, group: Group | None) -> None:
        """Frame what was chosen."""
        if group != self._selected:
            self._selected = group
            self.update()

    # --- geometry --------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        """Return a comfortable size."""
        return QSize(320, self.heightForWidth(320))

    def hasHeightForWidth(self) -> bool:
        """Return True: the cells are squares."""
        return not self._margins

    def heightForWidth(self, width: int) -> int:
        """Return the height at which the cells fill `width`."""
        return matrix_height(width, self.matrix.names)

    def _layout(self) -> ConfusionLayout:
        height = self.height() if self._margins else None
        return ConfusionLayout.fitting(
            self.matrix.names, self.width(), height, margins=self._margins
        )

    def cell_rect(self, true: int, predicted: int) -> QRect:
        """Return where a cell is."""
        return self._layout().cell_rect(true, predicted)

    def cell_at(self, position: QPoint) -> Cell | None:
        """Return the cell at a position, or None."""
        match self._layout().group_at(position):
            case int(true), int(predicted):
                return true, predicted
        return None

    # --- pointer and keys ------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        """Say the figures of the class whose name or margin is under the pointer."""
        if isinstance(event, QHelpEvent):
            k = self._layout().class_at(event.pos())
            if k is not None:
                QToolTip.showText(event.globalPos(), describe_class(self.matrix, k), self)
                return True
        return super().event(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Point at the cell under the pointer."""
        self.cell_pointed.emit(self.cell_at(event.position().toPoint()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose what is under the pointer."""
        group = self._layout().group_at(event.position().toPoint())
        if event.button() == Qt.MouseButton.LeftButton and group is not None:
            self.group_chosen.emit(group)

    def leaveEvent(self, event: QEvent) -> None:
        """Point at nothing."""
        super().leaveEvent(event)
        self.cell_pointed.emit(None)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Point at the most frequent mistake, where the arrow keys begin."""
        super().focusInEvent(event)
        self.cell_pointed.emit(self._marked or self.matrix.worst() or (0, 0))

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Point at nothing."""
        super().focusOutEvent(event)
        self.cell_pointed.emit(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move from cell to cell, and choose one."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._marked is not None:
            self.group_chosen.emit(self._marked)
            return
        step = _STEPS.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
            return
        last = len(self.matrix.names) - 1
        true, predicted = self._marked or (0, 0)
        self.cell_pointed.emit(
            (min(last, max(0, true + step[0])), min(last, max(0, predicted + step[1])))
        )

    # --- painting --------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint axes, cells, margins and what stands out."""
        painter = QPainter(self)
        layout = self._layout()
        self._paint_axes(painter, layout)
        room = layout.side - 2
        texts = self._texts(_places_in(room, room))
        # A long number is written smaller, rather than all of them. A point is less than a digit.
        different = sorted(
            {text for row in texts for text in row}, key=lambda text: "." not in text
        )
        widest = {len(text): text for text in different}
        fonts = {size: fitting_font(text, room, room) for size, text in widest.items()}
        for true, row in enumerate(texts):
            for predicted, text in enumerate(row):
                rect, color = layout.cell_rect(true, predicted), self.cell_color(true, predicted)
                painter.fillRect(rect, color)
                font = fonts[len(text)]
                if text and font is not None:
                    painter.setFont(font)
                    painter.setPen(readable_on(color))
                    painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)
        if self._margins:
            self._paint_margins(painter, layout)
        self._paint_frames(painter, layout)

    def _texts(self, places: int = 1) -> list[list[str]]:
        """Return what the cells say; nothing where there is no image."""
        if self.figures is Figures.COUNTS:
            return [[str(count or "") for count in row] for row in self.matrix.counts.tolist()]
        shares = self.matrix.shares_by(self.figures.share).tolist()
        return [[_percent(share, places) if share else "" for share in row] for row in shares]

    def cell_color(self, true: int, predicted: int) -> QColor:
        """Return the color that stands for a cell's share."""
        share = float(self.matrix.shares_by(self.figures.share)[true, predicted])
        if not share:
            return theme.color("raised")
        if true != predicted:
            # A root, since a single mistake beside forty of another kind would not be seen.
            return tint_of((share / self.scale.worst) ** 0.5 if self.scale.worst else 0.0, WRONG)
        room = 1.0 - self.scale.weakest
        return tint_of((share - self.scale.weakest) / room if room else 1.0, RIGHT)

    def _paint_margins(self, painter: QPainter, layout: ConfusionLayout) -> None:
        painter.setPen(theme.color("dim"))
        middle = Qt.AlignmentFlag.AlignHCenter
        matrix, overflow = self.matrix, Qt.TextFlag.TextDontClip
        title_font = _font_for(self.tr("recall"), layout.margin - 2, layout.top)
        for title, place, side, values, place_of in (
            (self.tr("recall"), layout.recall_rect(-1), _BOTTOM, matrix.recall, layout.recall_rect),
            (self.tr("F1"), layout.f1_rect(-1), _BOTTOM, matrix.f1, layout.f1_rect),
            (
                self.tr("precision"),
                layout.precision_rect(layout.classes),
                _CENTER,
                matrix.precision,
                layout.precision_rect,
            ),
        ):
            room = place_of(0).size() - QSize(2, 2)
            places = _places_in(room.width(), room.height(), TIGHT_POINTS)
            font = fitting_font("99.9" if places else "100", room.width(), room.height())
            if font is None:  # they would be written over one another
                continue
            painter.setFont(title_font)
            painter.drawText(place, middle | side | overflow, title)
            painter.setFont(font)
            for k, value in enumerate(values.tolist()):
                painter.drawText(place_of(k), middle | _CENTER, _percent(value, places))

    def _paint_frames(self, painter: QPainter, layout: ConfusionLayout) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        last = layout.classes - 1
        for group, token in ((self._selected, "accent"), (self._marked, "text")):
            if group is None:
                continue
            true, predicted = group
            rect = layout.cell_rect(true or 0, predicted or 0).united(
                layout.cell_rect(
                    last if true is None else true, last if predicted is None else predicted
                )
            )
            painter.setPen(theme.color(token))
            for grow in (0, 1):
                painter.drawRect(rect.adjusted(-grow, -grow, grow - 1, grow - 1))

    def _paint_axes(self, painter: QPainter, layout: ConfusionLayout) -> None:
        left, top, side, turned = layout.left, layout.top, layout.side, layout.turned
        length, axis = layout.length, axis_height()
        painter.setFont(font_of(POINTS))
        painter.setPen(theme.color("dim"))
        painter.drawText(
            QRect(left, 0, length, axis), Qt.AlignmentFlag.AlignCenter, self.tr("predicted")
        )
        painter.save()
        painter.rotate(-90)
        painter.drawText(
            QRect(-top - length, 0, length, axis), Qt.AlignmentFlag.AlignCenter, self.tr("true")
        )
        painter.restore()
        painter.setFont(_font_for("", length, side - 2))
        true, predicted = self._marked or (-1, -1)
        for k, name in enumerate(self.matrix.names):
            rect = QRect(axis, top + k * side, left - axis - 5, side)
            self._paint_name(painter, rect, name, Qt.AlignmentFlag.AlignRight, strong=k == true)
            if not turned:
                rect = QRect(left + k * side, axis, side, top - axis)
                middle = Qt.AlignmentFlag.AlignHCenter
                self._paint_name(painter, rect, name, middle, strong=k == predicted)
                continue
            painter.save()
            painter.rotate(-90)
            rect = QRect(4 - top, left + k * side, top - axis - 4, side)
            start = Qt.AlignmentFlag.AlignLeft
            self._paint_name(painter, rect, name, start, strong=k == predicted)
            painter.restore()

    def _paint_name(
        self,
        painter: QPainter,
        rect: QRect,
        name: str,
        side: Qt.AlignmentFlag,
        *,
        strong: bool,
    ) -> None:
        painter.setPen(theme.color("text" if strong else "dim"))
        shown = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, rect.width())
        painter.drawText(rect, side | Qt.AlignmentFlag.AlignVCenter, shown)


def _font_for(text: str, width: int, height: int) -> QFont:
    """Return the largest font in which a text fits, or else the smallest there is."""
    return fitting_font(text, width, height) or font_of(SMALLEST_POINTS)


def _places_in(width: int, height: int, points: float = SMALLEST_POINTS) -> int:
    """Return how many decimals of percents there is room for, in figures no smaller than this."""
    font = fitting_font("99.9", width, height)
    return int(font is not None and font.pointSizeF() >= font_of(points).pointSizeF())


def _percent(share: float, places: int = 1) -> str:
    """Return a share in percent without the sign; a dash if there is none."""
    if math.isnan(share):
        return NONE
    text = f"{100 * share:.{places}f}"
    return "100" if text == "100.0" else text

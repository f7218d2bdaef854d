"""The table of a comparison: runs are its columns, settings and results its lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import (
    QFont,
    QFontMetrics,
    QHelpEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QSizePolicy, QToolTip, QWidget

from ...training.status import RunStatus
from .. import theme
from .runs_model import status_text

if TYPE_CHECKING:
    from ...session.run_row import RunRow
    from .compare_content import Line

_ROW_HEIGHT = 26
_HEAD_HEIGHT = 48
_SECTION_HEIGHT = 36
_GAP = 24  # pixels between two columns
_NARROWEST, _LONGEST, _WIDEST = 96, 208, 280  # pixels of a column: at least, for its texts, at most
_WIDEST_HEADING = 200
_DOT = 9
_POINTS = 10.0
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class Section(NamedTuple):
    """Lines under a title."""

    title: str
    lines: tuple[Line, ...]


class CompareTable(QAbstractScrollArea):
    """Paints a table like a paper's; its headings stay in view while many runs are scrolled."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("compareTable")
        self.setAccessibleName(self.tr("Settings and results"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.viewport().setAutoFillBackground(False)
        self._rows: tuple[RunRow, ...] = ()
        self._sections: tuple[Section, ...] = ()
        self.heading_width = self.column_width = 0
        self._measure()
        theme.notifier().changed.connect(self._arrange)

    @property
    def sections(self) -> tuple[Section, ...]:
        """What it shows."""
        return self._sections

    @property
    def rows(self) -> tuple[RunRow, ...]:
        """The runs in its columns."""
        return self._rows

    def set_content(self, rows: Sequence[RunRow], sections: Sequence[Section]) -> None:
        """Show these runs; sections without lines are left out."""
        self._rows = tuple(rows)
        self._sections = tuple(section for section in sections if section.lines)
        self._arrange()

    # --- geometry --------------------------------------------------------------------------

    @property
    def content_height(self) -> int:
        """Pixels from the first rule to the last."""
        lines = sum(len(section.lines) for section in self._sections)
        return (
            self._head_height
            + self._section_height * len(self._sections)
            + self._row_height * lines
            + 4
        )

    @property
    def content_width(self) -> int:
        """Pixels of all columns, those out of view included."""
        return self.heading_width + len(self._rows) * (self.column_width + self._gap)

    def sizeHint(self) -> QSize:
        """Return the room for everything."""
        return QSize(self.content_width, self.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the columns the room that there is."""
        super().resizeEvent(event)
        self._arrange()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll sideways; up and down is the affair of what is around."""
        if abs(event.angleDelta().x()) > abs(event.angleDelta().y()):
            super().wheelEvent(event)
        else:
            event.ignore()

    def _measure(self) -> None:
        """Take on the size of all text."""
        self._row_height, self._head_height = theme.scaled(_ROW_HEIGHT), theme.scaled(_HEAD_HEIGHT)
        self._section_height, self._gap = theme.scaled(_SECTION_HEIGHT), theme.scaled(_GAP)

    def _arrange(self) -> None:
        self._measure()
        metrics = QFontMetrics(_font(bold=True))
        headings = [line.heading for section in self._sections for line in section.lines]
        texts = [
            text for section in self._sections for line in section.lines for text in line.texts
        ]
        titles = [row.title for row in self._rows]
        wide = max((metrics.horizontalAdvance(heading) for heading in headings), default=0)
        self.heading_width = min(theme.scaled(_WIDEST_HEADING), wide)
        needed = max(
            *(metrics.horizontalAdvance(text) for text in [*texts, ""]),
            *(metrics.horizontalAdvance(title) + _DOT + 8 for title in [*titles, ""]),
        )
        count = max(1, len(self._rows))
        offered = (self.viewport().width() - self.heading_width) // count - self._gap
        least = min(theme.scaled(_LONGEST), max(theme.scaled(_NARROWEST), needed))
        self.column_width = max(least, min(theme.scaled(_WIDEST), offered))
        overflow = max(0, self.content_width - self.viewport().width())
        bar = self.horizontalScrollBar()
        bar.setRange(0, overflow)
        bar.setPageStep(self.viewport().width())
        bar.setSingleStep(self.column_width + self._gap)
        # To scroll without a mouse.
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus if overflow else Qt.FocusPolicy.NoFocus)
        extra = bar.sizeHint().height() + 4 if overflow else 0
        self.setFixedHeight(self.content_height + extra)
        self.viewport().update()

    def _bands(self) -> Iterator[tuple[int, Section | Line]]:
        """Yield each section and line with its top."""
        top = self._head_height
        for section in self._sections:
            yield top, section
            top += self._section_height
            for line in section.lines:
                yield top, line
                top += self._row_height

    def cell_rect(self, column: int, top: int, height: int) -> QRect:
        """Return where a column's cell is in the viewport."""
        left = self.heading_width + self._gap + column * (self.column_width + self._gap)
        return QRect(left - self.horizontalScrollBar().value(), top, self.column_width, height)

    # --- tooltips --------------------------------------------------------------------------

    def tip_at(self, position: QPoint) -> str:
        """Return what the tooltip says there: the whole of what may be cut off, or what it is."""
        column = next(
            (
                k
                for k in range(len(self._rows))
                if self.cell_rect(k, 0, self.height()).contains(position)
                and position.x() > self.heading_width
            ),
            None,
        )
        if position.y() < self._head_height:
            row = None if column is None else self._rows[column]
            note = row.label.note if row is not None else ""
            return "" if row is None else f"{row.title}\n{note}".strip()
        for top, band in self._bands():
            if not isinstance(band, Section) and top <= position.y() < top + self._row_height:
                return band.tip if column is None else band.texts[column]
        return ""

    def viewportEvent(self, event: QEvent) -> bool:
        """Explain what the pointer is on."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self.tip_at(event.pos()), self)
            return True
        return super().viewportEvent(event)

    # --- painting --------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the columns, then the headings, under which they pass."""
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        end = min(self.content_width, self.viewport().width())
        self._paint_rules(painter, end)
        painter.save()
        painter.setClipRect(self.heading_width + 4, 0, self.viewport().width(), self.height())
        for column, row in enumerate(self._rows):
            self._paint_head(painter, column, row)
        for top, band in self._bands():
            if not isinstance(band, Section):
                self._paint_cells(painter, top, band)
        painter.restore()
        for top, band in self._bands():
            if isinstance(band, Section):
                self._paint_title(painter, top, band.title)
            else:
                self._paint_heading(painter, top, band.heading)

    def _paint_rules(self, painter: QPainter, end: int) -> None:
        text, line = theme.color("accent" if self.hasFocus() else "text"), theme.color("line")
        painter.fillRect(0, 0, end, 2, text)
        painter.fillRect(0, self.content_height - 2, end, 2, text)
        for top, band in self._bands():
            if isinstance(band, Section):
                if top == self._head_height:
                    painter.fillRect(0, top, end, 1, theme.color("dim"))
                else:
                    painter.fillRect(0, top + 4, end, 1, line)

    def _paint_head(self, painter: QPainter, column: int, row: RunRow) -> None:
        rect = self.cell_rect(column, theme.scaled(4), theme.scaled(24))
        painter.setFont(_font(bold=True))
        metrics = painter.fontMetrics()
        title = metrics.elidedText(row.title, Qt.TextElideMode.ElideRight, rect.width() - _DOT - 8)
        painter.setPen(theme.color("text"))
        painter.drawText(rect, _RIGHT, title)
        left = rect.right() + 1 - metrics.horizontalAdvance(title) - 8 - _DOT
        paint_dot(painter, QRectF(left, rect.center().y() + 1 - _DOT / 2, _DOT, _DOT), row.color)
        painter.setFont(_font(bold=False, points=_POINTS - 1))
        failed = row.status is RunStatus.FAILED
        painter.setPen(theme.color("error" if failed else "dim"))
        rect = self.cell_rect(column, theme.scaled(25), theme.scaled(18))
        painter.drawText(rect, _RIGHT, _subtitle(row))

    def _paint_cells(self, painter: QPainter, top: int, line: Line) -> None:
        for column, text in enumerate(line.texts):
            best = column in line.best
            painter.setFont(_font(bold=best))
            painter.setPen(theme.color("accent" if best else "text"))
            rect = self.cell_rect(column, top, self._row_height)
            shown = painter.fontMetrics().elidedText(
                text, Qt.TextElideMode.ElideRight, rect.width()
            )
            painter.drawText(rect, _RIGHT, shown)

    def _paint_title(self, painter: QPainter, top: int, title: str) -> None:
        font = _font(bold=True, points=_POINTS - 1.5)
        font.setLetterSpacing(QFont.SpacingType.AbsoluteSpacing, 1)
        painter.setFont(font)
        painter.setPen(theme.color("dim"))
        rect = QRect(0, top + 10, self.viewport().width(), self._section_height - 10)
        painter.drawText(rect, _LEFT, title.upper())

    def _paint_heading(self, painter: QPainter, top: int, heading: str) -> None:
        painter.setFont(_font(bold=False))
        painter.setPen(theme.color("dim"))
        shown = painter.fontMetrics().elidedText(
            heading, Qt.TextElideMode.ElideRight, self.heading_width
        )
        painter.drawText(QRect(0, top, self.heading_width, self._row_height), _LEFT, shown)


def paint_dot(painter: QPainter, rect: QRectF, token: str) -> None:
    """Paint the dot in the color of a run."""
    painter.save()
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.color(token))
    painter.drawEllipse(rect)
    painter.restore()


def _font(*, bold: bool, points: float = _POINTS) -> QFont:
    return theme.number_font(points, QFont.Weight.DemiBold if bold else QFont.Weight.Normal)


def _subtitle(row: RunRow) -> str:
    """Return number and state; the number only if it is not the title."""
    named = row.label.name and row.number is not None
    number = QCoreApplication.translate("compare", "run {0}").format(row.number) if named else ""
    return " · ".join(filter(None, (number, status_text(row))))

"""What the curves of a plot mean, in one or two lines."""

from __future__ import annotations

from collections.abc import Hashable
from typing import NamedTuple

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from .. import theme

_LONGEST = 200  # pixels of a name, where not all have room for theirs
_DOT = 3  # radius
_VERTICALLY_CENTERED = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft


_ELISIONS = (
    Qt.TextElideMode.ElideRight,
    Qt.TextElideMode.ElideMiddle,
    Qt.TextElideMode.ElideLeft,
)


class _Spacing(NamedTuple):
    """Pixels at scale 1 of a dash, from it to its name, and from there to the next dash."""

    dash: int
    gap: int
    between: int


_USUAL = _Spacing(10, 6, 14)
_CLOSER = _Spacing(10, 6, 9)
_CLOSEST = _Spacing(7, 4, 7)


class Entry(NamedTuple):
    """A curve's color (a token of the theme) and name, and whether it has dots.

    The key is what a click hides or shows; an entry without one can only be read. The short name
    stands where there is no room for the names of all.
    """

    color: str
    text: str
    dots: bool = False
    key: Hashable = None
    short: str = ""


class Legend(QWidget):
    """A short dash and a name for each curve, a short one if need be; what does not fit is counted.

    A click hides the curve or shows it again, a double click shows it alone, or all again; so do
    Space and Return for the entry that the arrow keys have reached. Painted rather than made of
    labels: it costs the header no layout work and never pushes it.

    Parameters
    ----------
    lines : int
        How many lines it may have; it has as many as it needs.

    Signals
    -------
    entry_hovered(int)
        The pointer is on this entry; -1 when it is on none.
    hidden_chosen(object)
        The user wants what has these keys, a frozenset, to be hidden, and nothing else.
    """

    entry_hovered = Signal(int)
    hidden_chosen = Signal(object)

    def __init__(self, lines: int = 1, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lines = lines
        self._entries: tuple[Entry, ...] = ()
        self._hidden: frozenset[Hashable] = frozenset()
        self._texts: list[str] = []
        self._spacing = _USUAL
        self._places: list[QRect] = []
        self._hovered = -1
        self._current = 0
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        theme.notifier().changed.connect(self._arrange)

    @property
    def entries(self) -> tuple[Entry, ...]:
        """What it shows."""
        return self._entries

    @property
    def hidden(self) -> frozenset[Hashable]:
        """The keys of what is hidden; may have some that no entry has."""
        return self._hidden

    def set_entries(
        self, entries: tuple[Entry, ...], hidden: frozenset[Hashable] = frozenset()
    ) -> None:
        """Show these curves, and which of them are hidden."""
        if (entries, hidden) == (self._entries, self._hidden):
            return
        if entries != self._entries:
            self._entries = entries
            self._current = 0
            self._set_hovered(-1)
        self._hidden = hidden
        can_hide = any(each.key is not None for each in entries)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus if can_hide else Qt.FocusPolicy.NoFocus)
        self.setAccessibleName(", ".join(map(self._spoken, entries)))
        if can_hide:
            self.setAccessibleDescription(self._help())
        self._arrange()

    def _help(self) -> str:
        return self.tr("A click hides a curve or shows it again; a double click shows it alone.")

    def _spoken(self, entry: Entry) -> str:
        return self.tr("{0} (hidden)").format(entry.text) if self._hides(entry) else entry.text

    def _hides(self, entry: Entry) -> bool:
        return entry.key is not None and entry.key in self._hidden

    def place_of(self, index: int) -> QRect | None:
        """Return where an entry is, or None if there is no room for it."""
        if index >= len(self._places):
            return None
        return self._places[index].translated(0, self._down())

    def sizeHint(self) -> QSize:
        """Return as many lines as are needed; the width is whatever is left over."""
        return QSize(0, self._needed_lines() * self._line_height())

    # --- where the entries are -------------------------------------------------------------

    def _line_height(self) -> int:
        return self.fontMetrics().height() + (3 if self._lines > 1 else 0)

    def _needed_lines(self) -> int:
        bottom = max((place.bottom() for place in self._places), default=0)
        return bottom // self._line_height() + 1

    def _down(self) -> int:
        """Return how far down entries are: a single line is centered in its header's height."""
        return max(0, (self.height() - self._needed_lines() * self._line_height()) // 2)

    def _arrange(self) -> None:
        """Put as many entries as fit in lines from the left, leaving room to count the others."""
        before = self._needed_lines()
        count = len(self._entries)
        names = [each.text for each in self._entries]
        cut = self._shortened(names)
        short = self._shortened([each.short or each.text for each in self._entries])
        for texts, spacing in (
            (names, _USUAL),
            (cut, _USUAL),
            (short, _CLOSER),
            (short, _CLOSEST),
        ):
            self._texts, self._spacing = texts, _Spacing(*map(theme.scaled, spacing))
            self._places = self._fitting(count, 0)
            if len(self._places) == count:
                break
        else:
            more = self._spacing.between + self._width_of(self._more(count))
            self._places = self._fitting(count, more)
        self._explain()
        if self._needed_lines() != before:
            self.updateGeometry()
        self.update()

    def _explain(self) -> None:
        """Let the tool tip tell the whole name under the pointer, else those without room."""
        if self._hovered < 0:
            self.setToolTip("\n".join(each.text for each in self._entries[len(self._places) :]))
            return
        text = self._entries[self._hovered].text
        can_hide = self._key_of(self._hovered) is not None
        self.setToolTip(f"{text}\n{self._help()}" if can_hide else text)

    def _fitting(self, count: int, reserved: int) -> list[QRect]:
        places: list[QRect] = []
        x = line = 0
        dash, gap, between = self._spacing
        for text in self._texts[:count]:
            width = dash + gap + self._width_of(text)
            if x and x + width > self.width() - reserved * (line == self._lines - 1):
                x, line = 0, line + 1
            room = self.width() - reserved * (line == self._lines - 1)
            if line == self._lines or x + width > room:
                break
            height = self._line_height()
            places.append(QRect(x, line * height, width, height))
            x += width + between
        return places

    def _shortened(self, texts: list[str]) -> list[str]:
        """Return names that are not too long, shortened where they differ least."""
        elided, longest = self.fontMetrics().elidedText, theme.scaled(_LONGEST)
        tried = ([elided(text, mode, longest) for text in texts] for mode in _ELISIONS)
        return max(tried, key=lambda short: len(set(short)))

    def _width_of(self, text: str) -> int:
        return self.fontMetrics().horizontalAdvance(text)

    def _more(self, count: int) -> str:
        return f"… +{count}"

    # --- Qt --------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Arrange the entries in the new width."""
        super().resizeEvent(event)
        self._arrange()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the entries."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        down = self._down()
        end = QPoint(0, 0)
        for index, (entry, place) in enumerate(zip(self._entries, self._places, strict=False)):
            rect = place.translated(0, down)
            self._paint_entry(painter, index, entry, rect)
            end = rect.topRight() + QPoint(self._spacing.between, 0)
        missing = len(self._entries) - len(self._places)
        if missing:
            painter.setPen(theme.color("dim"))
            rest = QRect(end.x(), end.y() or down, self.width() - end.x(), self._line_height())
            painter.drawText(rest, _VERTICALLY_CENTERED, self._more(missing))

    def _paint_entry(self, painter: QPainter, index: int, entry: Entry, rect: QRect) -> None:
        hidden = self._hides(entry)
        middle = rect.center().y()
        color = theme.color("line" if hidden else entry.color)
        dash, gap, _between = self._spacing
        painter.fillRect(rect.x(), middle, dash, 1 if entry.dots else 2, color)
        if entry.dots:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color)
            painter.drawEllipse(
                QPoint(rect.x() + dash // 2, middle),
                theme.scaled(_DOT),
                theme.scaled(_DOT),
            )
        font = self.font()
        font.setStrikeOut(hidden)
        painter.setFont(font)
        painter.setPen(theme.color("text" if index == self._hovered else "dim"))
        text = rect.adjusted(dash + gap, 0, 1, 0)
        painter.drawText(text, _VERTICALLY_CENTERED, self._texts[index])
        if self.hasFocus() and index == self._current:
            painter.setPen(QPen(theme.color("accent"), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(rect.toRectF().adjusted(-1.5, 0.5, 4.5, -0.5), 3, 3)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell which entry the pointer is on."""
        self._set_hovered(self._index_at(event))

    def _index_at(self, event: QMouseEvent) -> int:
        point = event.position().toPoint() - QPoint(0, self._down())
        found = (index for index, place in enumerate(self._places) if place.contains(point))
        return next(found, -1)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Hide a curve or show it again."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._toggle(self._index_at(event))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Show a curve alone, or all of them."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._show_alone(self._index_at(event))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go to another entry, or do what a click does."""
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step:
            self._current = (self._current + step) % max(1, len(self._places))
            self.update()
        elif event.key() == Qt.Key.Key_Space:
            self._toggle(self._current)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._show_alone(self._current)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show which entry the keys are for."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Show none."""
        super().focusOutEvent(event)
        self.update()

    def _toggle(self, index: int) -> None:
        key = self._key_of(index)
        if key is not None:
            self.hidden_chosen.emit(self._hidden ^ {key})

    def _show_alone(self, index: int) -> None:
        key = self._key_of(index)
        if key is None:
            return
        every = {each.key for each in self._entries if each.key is not None}
        others = every - {key}
        # The first click of a double click has hidden this one, or shown it.
        alone = others <= self._hidden
        self.hidden_chosen.emit(self._hidden - every if alone else self._hidden - {key} | others)

    def _key_of(self, index: int) -> Hashable:
        return self._entries[index].key if 0 <= index < len(self._places) else None

    def leaveEvent(self, event: QEvent) -> None:
        """Tell that it is on none."""
        super().leaveEvent(event)
        self._set_hovered(-1)

    def _set_hovered(self, index: int) -> None:
        if index != self._hovered:
            self._hovered = index
            self._explain()
            self.entry_hovered.emit(index)
            self.update()

"""Ten probabilities as bars."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ...data.registry import DIGITS
from .. import theme
from ..widgets import SPACING
from .answer_view import UNSURE_BELOW

POINTS = 9.5
THICKNESS = 7.0
PALE = {"accent": 0.25, "raw": 0.6}  # of bars with text on them, which has a contrast of 4.5
INSET, STRIPE = 4, 2  # of that text, and before it in the color of a class that is explained
WIDEST_NAME = 80
LOWEST_ROW, USUAL_ROW, HIGHEST_ROW = 15, 20, 28


class ProbabilityBars(QWidget):
    """One row per class: its name, a bar and a percentage; an answer that is likely stands out.

    With little room there are two rows beside one another, and names that would take more of it
    than they leave the bars stand on them.

    Signals
    -------
    class_chosen(int, bool)
        A class was clicked, or chosen by the arrow keys and Enter, and whether Shift was held.
    changed()
        :attr:`probabilities` are others.
    """

    class_chosen = Signal(int, bool)
    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._names: tuple[str, ...] = DIGITS
        self._probabilities: tuple[float, ...] = ()
        self._marked: tuple[int | None, int | None] = (None, None)
        self._current = 0
        self.setAccessibleName(self.tr("Probabilities"))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setToolTip(
            self.tr(
                "How probable the network finds each class. The ten always add up to 100 %. Click "
                "one to see what speaks for it, with Shift what speaks against it."
            )
        )
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        theme.notifier().changed.connect(self._restyle)
        self._restyle()

    def _restyle(self) -> None:
        self.setMaximumHeight(theme.scaled(HIGHEST_ROW) * len(DIGITS))
        self.update()

    @property
    def probabilities(self) -> tuple[float, ...]:
        """What the bars show; empty if there is no answer."""
        return self._probabilities

    def set_probabilities(self, probabilities: Sequence[float] | None) -> None:
        """Show one probability per class, or empty bars if None."""
        before, self._probabilities = self._probabilities, tuple(probabilities or ())
        self.setAccessibleDescription(
            ", ".join(
                f"{name}: {share:.1%}"
                for name, share in zip(self._names, self._probabilities, strict=False)
            )
        )
        if self._probabilities != before:
            self.changed.emit()
        self.update()

    def set_names(self, names: Sequence[str]) -> None:
        """Name the rows after the classes of the data set."""
        self._names = tuple(names)
        self.update()

    def mark(self, answer: int | None, other: int | None) -> None:
        """Let the class stand out that is explained, and the one that it is compared with."""
        if (answer, other) != self._marked:
            self._marked = answer, other
            self.update()

    def row_rect(self, index: int) -> QRectF:
        """Return where a class is."""
        return self._lines()[index]

    # --- mouse and keys --------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the class under the pointer, if there is an answer to ask about."""
        place = event.position()
        found = (k for k, row in enumerate(self._lines()) if row.contains(place))
        index = next(found, None)
        if event.button() != Qt.MouseButton.LeftButton or index is None or not self._probabilities:
            super().mousePressEvent(event)
            return
        self._current = index
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        self.class_chosen.emit(index, shift)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go from class to class, and choose one."""
        steps = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
        if event.key() in steps:
            self._current = (self._current + steps[Qt.Key(event.key())]) % len(self._names)
            self.update()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._probabilities:
            shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self.class_chosen.emit(self._current, shift)
        else:
            super().keyPressEvent(event)

    # --- painting --------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        """Return a comfortable size."""
        return QSize(240, theme.scaled(USUAL_ROW) * len(DIGITS))

    def minimumSizeHint(self) -> QSize:
        """Return the size at which the figures just do not touch."""
        return QSize(160, theme.scaled(LOWEST_ROW) * len(DIGITS) // 2)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the rows."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        figure_font = theme.number_font(POINTS, QFont.Weight.Medium)
        named = max(map(len, self._names)) > 1
        name_font = theme.text_font(POINTS, QFont.Weight.Medium) if named else figure_font
        names, figures = QFontMetrics(name_font), QFontMetrics(figure_font)
        lines = self._lines()
        decimals = 1 if lines[-1].left() == lines[0].left() else 0
        widest = min(WIDEST_NAME, round(0.46 * lines[0].width()))
        label = min(max(map(names.horizontalAdvance, self._names)), widest)
        figure = figures.horizontalAdvance(f"{100:.{decimals}f} %")
        beside = lines[0].width() - label - figure - 2 * SPACING >= label
        highest = max(self._probabilities, default=None)
        for index, (name, line) in enumerate(zip(self._names, lines, strict=True)):
            share = self._probabilities[index] if self._probabilities else None
            likeliest = share is not None and share == highest
            percent = "" if share is None else f"{share * 100:.{decimals}f} %"
            token = self._token(index, likeliest=likeliest)
            text_line, room = line, label
            if beside:
                track = line.adjusted(label + SPACING, 0, -figure - SPACING, 0)
                self._paint_bar(painter, _middle(track, THICKNESS), share or 0.0)
            else:
                bar = _middle(line, min(line.height() - 2, theme.scaled(LOWEST_ROW)))
                self._paint_bar(painter, bar, share or 0.0, pale=True)
                if index in self._marked:
                    bar.setWidth(STRIPE)
                    painter.fillRect(bar, theme.color(token))
                    token = "text"
                text_line = line.adjusted(INSET, 0, -INSET, 0)
                room = round(text_line.width()) - figures.horizontalAdvance(percent) - 2
            side = Qt.AlignmentFlag.AlignVCenter
            painter.setFont(name_font)
            painter.setPen(theme.text_color(token))
            text = names.elidedText(name, Qt.TextElideMode.ElideRight, room)
            painter.drawText(text_line, side | Qt.AlignmentFlag.AlignLeft, text)
            painter.setFont(figure_font)
            painter.setPen(theme.color("text" if likeliest else "dim"))
            painter.drawText(text_line, side | Qt.AlignmentFlag.AlignRight, percent)
            if index == self._current and self.hasFocus():
                painter.setPen(theme.color("accent"))
                painter.drawRect(line.adjusted(-2, 0.5, 1, -0.5))

    def _token(self, index: int, *, likeliest: bool) -> str:
        """Return the color of a class's name: of what is explained, that of its pixels."""
        if index in self._marked:
            return "series_1" if index == self._marked[0] else "series_2"
        return "text" if likeliest else "dim"

    def _lines(self) -> list[QRectF]:
        """Return the place of every class."""
        count = len(self._names)
        columns = 1 if self.height() >= theme.scaled(LOWEST_ROW) * count else 2
        rows = -(-count // columns)
        width = (self.width() - 2 * SPACING * (columns - 1)) / columns
        height = self.height() / rows
        corners = [((width + 2 * SPACING) * (n // rows), height * (n % rows)) for n in range(count)]
        return [QRectF(x, y, width, height) for x, y in corners]

    def _paint_bar(self, painter: QPainter, bar: QRectF, share: float, pale: bool = False) -> None:
        radius = THICKNESS / 2
        painter.save()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("raised"))
        painter.drawRoundedRect(bar, radius, radius)
        if share >= 0.01:  # below, a bar as wide as it is thick would promise too much
            filled = QRectF(bar)
            filled.setWidth(max(THICKNESS, share * bar.width()))
            token = "accent" if share >= UNSURE_BELOW else "raw"
            painter.setBrush(theme.tint(token, PALE[token] if pale else 1.0))
            painter.drawRoundedRect(filled, radius, radius)
        painter.restore()


def _middle(line: QRectF, thickness: float) -> QRectF:
    return QRectF(line.left(), line.center().y() - thickness / 2, line.width(), thickness)

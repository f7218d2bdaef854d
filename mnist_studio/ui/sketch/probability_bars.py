"""Ten probabilities as bars."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ...data.registry import DIGITS
from .. import theme
from ..widgets import SPACING
from .answer_view import UNSURE_BELOW

POINTS = 9.5
THICKNESS = 7.0
WIDEST_NAME = 80
LOWEST_ROW, USUAL_ROW, HIGHEST_ROW = 15, 20, 28


class ProbabilityBars(QWidget):
    """One row per class: its name, a bar and a percentage; an answer that is likely stands out.

    With little room there are two rows beside one another.

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
        painter.setFont(theme.number_font(POINTS, QFont.Weight.Medium))
        metrics = painter.fontMetrics()
        lines = self._lines()
        decimals = 1 if lines[-1].left() == lines[0].left() else 0
        widest = min(WIDEST_NAME, round(0.46 * lines[0].width()))
        label = min(max(map(metrics.horizontalAdvance, self._names)), widest)
        figure = metrics.horizontalAdvance(f"{100:.{decimals}f} %")
        top = max(self._probabilities, default=None)
        for index, (name, line) in enumerate(zip(self._names, lines, strict=True)):
            share = self._probabilities[index] if self._probabilities else None
            likeliest = share is not None and share == top
            painter.setPen(theme.text_color(self._token(index, likeliest=likeliest)))
            text = metrics.elidedText(name, Qt.TextElideMode.ElideRight, label)
            side = Qt.AlignmentFlag.AlignVCenter
            painter.drawText(line, side | Qt.AlignmentFlag.AlignLeft, text)
            painter.setPen(theme.color("text" if likeliest else "dim"))
            if share is not None:
                text = f"{share * 100:.{decimals}f} %"
                painter.drawText(line, side | Qt.AlignmentFlag.AlignRight, text)
            track = line.adjusted(label + SPACING, 0, -figure - SPACING, 0)
            self._paint_bar(painter, track, share or 0.0)
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

    def _paint_bar(self, painter: QPainter, track: QRectF, share: float) -> None:
        radius = THICKNESS / 2
        bar = QRectF(track.left(), track.center().y() - radius, track.width(), THICKNESS)
        painter.save()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("raised"))
        painter.drawRoundedRect(bar, radius, radius)
        if share >= 0.01:  # below, a bar as wide as it is thick would promise too much
            bar.setWidth(max(THICKNESS, share * bar.width()))
            painter.setBrush(theme.color("accent" if share >= UNSURE_BELOW else "raw"))
            painter.drawRoundedRect(bar, radius, radius)
        painter.restore()

"""Two runs by class: how many images only the one or only the other recognizes."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ...number_text import grouped
from .. import theme

_HALF = 15  # pixels of the longest bar
_BAR = 0.5  # of a column's width
_POINTS = 8.0


class PairBars(QWidget):
    """A column for each class: up for the one, down for the other.

    The arrow keys go from class to class, and choose the bar above or below.

    Signals
    -------
    class_chosen(int, bool)
        The user chose a bar of this class; whether it is that of the first run.
    """

    class_chosen = Signal(int, bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("pairBars")
        self._names: Sequence[str] = ()
        self._first: Sequence[int] = ()
        self._second: Sequence[int] = ()
        self._marked = 0
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("By class: only this run right, only the other right"))
        theme.notifier().changed.connect(self.updateGeometry)

    def show_counts(
        self, names: Sequence[str], first: Sequence[int], second: Sequence[int]
    ) -> None:
        """Show how many images of each class only the first or only the second run recognizes."""
        self._names, self._first, self._second = names, first, second
        self.setAccessibleDescription("; ".join(map(self.describe, range(len(names)))))
        self.update()

    def describe(self, k: int) -> str:
        """Return what the bars of a class say."""
        text = self.tr("{0}: only this {1}, only the other {2}")
        return text.format(self._names[k], grouped(self._first[k]), grouped(self._second[k]))

    def column(self, k: int) -> QRect:
        """Return where the bars of a class are."""
        left, right = (self.width() * each // len(self._names) for each in (k, k + 1))
        return QRect(left, 0, right - left, 2 * theme.scaled(_HALF) + 1)

    def sizeHint(self) -> QSize:
        """Ask for both bars and a line of names."""
        line = self.fontMetrics().height()
        return QSize(200, 2 * theme.scaled(_HALF) + 1 + line)

    def _class_at(self, event: QMouseEvent) -> int:
        """Return the class under the pointer; -1 without any."""
        if not self._names:
            return -1
        x = event.position().toPoint().x()
        return min(len(self._names) - 1, max(0, x * len(self._names) // max(1, self.width())))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Say what the bars under the pointer stand for."""
        k = self._class_at(event)
        self.setToolTip(self.describe(k) if k >= 0 else "")

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose a bar."""
        k = self._class_at(event)
        if k >= 0 and event.button() == Qt.MouseButton.LeftButton:
            self.class_chosen.emit(k, event.position().y() <= self.column(k).center().y())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Mark another class, or choose one of the bars of the marked one."""
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()), 0)
        above = {Qt.Key.Key_Up: True, Qt.Key.Key_Down: False}.get(Qt.Key(event.key()))
        if not self._names or (not step and above is None):
            super().keyPressEvent(event)
        elif above is not None:
            self.class_chosen.emit(self._marked, above)
        else:
            self._marked = min(len(self._names) - 1, max(0, self._marked + step))
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint bars and names."""
        if not self._names:
            return
        painter = QPainter(self)
        painter.setFont(theme.number_font(_POINTS))
        half = theme.scaled(_HALF)
        most = max(*self._first, *self._second, 1)
        painter.fillRect(QRect(0, half, self.width(), 1), theme.color("line"))
        for k, name in enumerate(self._names):
            place = self.column(k)
            width = max(2, round(_BAR * place.width()))
            left = place.center().x() - width // 2
            up, down = (round(half * each[k] / most) for each in (self._first, self._second))
            painter.fillRect(QRect(left, half - up, width, up), theme.color("series_1"))
            painter.fillRect(QRect(left, half + 1, width, down), theme.color("series_2"))
            marked = self.hasFocus() and k == self._marked
            painter.setPen(theme.color("text" if marked else "dim"))
            if marked:
                painter.drawRect(place.adjusted(0, 0, -1, self.height() - place.height() - 1))
            below = QRect(place.left(), place.bottom() + 1, place.width(), self.height())
            below.setBottom(self.height() - 1)
            metrics = painter.fontMetrics()
            shown = metrics.elidedText(name, Qt.TextElideMode.ElideRight, below.width() - 2)
            painter.drawText(below, Qt.AlignmentFlag.AlignCenter, shown)

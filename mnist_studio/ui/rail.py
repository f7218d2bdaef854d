"""What a folded column leaves behind: its title, and a click unfolds it."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy

from . import theme

_RAIL = 30  # pixels of a folded column


class Rail(QAbstractButton):
    """A folded column: its title, what is in it in a few words, and a click unfolds it.

    Parameters
    ----------
    title : str
        Of the column.
    """

    def __init__(self, title: str) -> None:
        super().__init__()
        self._summary = ""
        self.setText(title)
        self.setAccessibleName(self.tr("Unfold: {0}").format(title))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        theme.notifier().changed.connect(self.updateGeometry)

    def set_summary(self, summary: str) -> None:
        """Say what is in the column."""
        if summary != self._summary:
            self._summary = summary
            self.setToolTip(summary)
            self.update()

    def sizeHint(self) -> QSize:
        """Be narrow, and as high as there is room."""
        return QSize(rail_width(), 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint a card with the words from the top down."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        alive = self.underMouse() or self.hasFocus()
        painter.setPen(theme.color("accent" if alive else "line"))
        painter.setBrush(theme.color("surface"))
        painter.drawRoundedRect(self.rect().toRectF().adjusted(0.5, 0.5, -0.5, -0.5), 10, 10)
        font = QFont(self.font())
        font.setWeight(QFont.Weight.DemiBold)
        font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)  # turned, it is uneven
        painter.translate(self.width(), 0)
        painter.rotate(90)
        area = QRect(0, 0, self.height(), self.width()).adjusted(14, 0, -14, 0)
        place = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.setFont(font)
        painter.setPen(theme.color("text" if alive else "dim"))
        painter.drawText(area, place, self.text())
        area.setLeft(area.left() + painter.fontMetrics().horizontalAdvance(self.text()) + 16)
        font.setWeight(QFont.Weight.Normal)
        painter.setFont(font)
        painter.setPen(theme.color("dim"))
        elide = Qt.TextElideMode.ElideRight
        painter.drawText(
            area, place, painter.fontMetrics().elidedText(self._summary, elide, area.width())
        )


def rail_width() -> int:
    """Return the pixels of a folded column."""
    return theme.scaled(_RAIL)

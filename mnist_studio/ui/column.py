"""A column of the window, which folds to a rail."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QWidget

from . import theme

_RAIL = 30  # pixels of a folded column
_LEAST = 0.9  # share of a column's usual width that it has at least, or is folded


class Column(QWidget):
    """What stands beside the page, or the rail that it is folded to.

    Parameters
    ----------
    title : str
        What it is called where it is folded.
    width : int
        Pixels that it usually has at scale 1 in a window of the usual size.
    growth : float
        Share of its width that it gains in a window of twice that size.
    fold_tip : str
        Says how it is folded.

    Attributes
    ----------
    rail : Rail
        Unfolds it by a click.
    shown : bool
        Whether the page has it beside it, be it folded or not.
    wanted : bool
        Whether the user wants to see it; it is folded nevertheless where the window is narrow.
    spares : bool
        Whether the page that is shown does without it until the user unfolds it there.
    spared : bool
        Whether it is folded for that reason now.
    usual_width : int
        Pixels that it has at scale 1 in a window of the usual size.
    growth : float
        As given.
    """

    def __init__(self, title: str, width: int, growth: float, fold_tip: str) -> None:
        super().__init__()
        self.growth = growth
        self.shown = self.wanted = True
        self.spares = self.spared = False
        self.usual_width = width
        self._least_width = round(_LEAST * width)
        self.fold_tip = fold_tip
        self.rail = Rail(title)
        self._content: QWidget | None = None
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.addWidget(self.rail)
        self.rail.hide()

    @property
    def folded(self) -> bool:
        """Whether only the rail is there."""
        return not self.rail.isHidden()

    def set_content(self, content: QWidget) -> None:
        """Put a widget in; called once."""
        self._content = content
        self._row.insertWidget(0, content)
        content.setHidden(self.folded)

    def set_folded(self, folded: bool) -> None:
        """Show the rail instead of the content."""
        self.rail.setVisible(folded)
        if self._content is not None:
            self._content.setHidden(folded)

    def least_width(self) -> int:
        """Return the pixels that it needs to be unfolded."""
        content = self._content
        if content is None:
            return theme.scaled(self.usual_width)
        least = max(content.minimumSizeHint().width(), content.minimumWidth())
        return max(least, theme.scaled(self._least_width))

    def minimumSizeHint(self) -> QSize:
        """Need no height: the window is as low as its page allows."""
        return QSize(rail_width() if self.folded else self.least_width(), 0)


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

"""Rich text that is written a little smaller where there is little room."""

from __future__ import annotations

import re

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QFont, QPainter, QPaintEvent, QResizeEvent, QStaticText, QTextOption
from PySide6.QtWidgets import QApplication, QSizePolicy, QWidget

from .. import theme

_SIZES = (1.0, 0.92, 0.85, 0.78, 0.72, 0.65, 0.58, 0.52)  # of the usual size


class FittedText(QWidget):
    """A line of rich text, or some, in the largest size that fits.

    Unlike a label it is as large as it is, whatever it says, so that another text, which comes
    with every step, lays out nothing anew.

    Parameters
    ----------
    lines : int
        How many it has room for; more than one are wrapped.
    """

    def __init__(self, lines: int = 1, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lines = lines
        self._text = ""
        self._font = QFont()
        self._shown = QStaticText()
        self._shown.setTextFormat(Qt.TextFormat.RichText)
        if lines == 1:
            option = QTextOption()
            option.setWrapMode(QTextOption.WrapMode.NoWrap)
            self._shown.setTextOption(option)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        theme.notifier().changed.connect(self._on_theme_changed)

    def text(self) -> str:
        """Return what it says, as rich text."""
        return self._text

    def set_text(self, text: str) -> None:
        """Show a text."""
        if text != self._text:
            self._text = text
            self.setAccessibleDescription(re.sub("<[^>]*>", " ", text))
            self._fit()

    def sizeHint(self) -> QSize:
        """Ask for the height of its lines; indices below the line need a little more."""
        return QSize(0, self._lines * (self.fontMetrics().lineSpacing() + 2))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Write it as large as there is room for."""
        super().resizeEvent(event)
        self._fit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the text."""
        painter = QPainter(self)
        painter.setFont(self._font)
        painter.setPen(theme.color("text"))
        painter.drawStaticText(QPointF(0.0, 0.0), self._shown)

    def _on_theme_changed(self) -> None:
        self.updateGeometry()
        self._fit()

    def _fit(self) -> None:
        self._shown.setText(self._text)
        self._shown.setTextWidth(self.width() if self._lines > 1 else -1)
        for size in _SIZES:
            self._font = QFont(QApplication.font())
            self._font.setPointSizeF(self._font.pointSizeF() * size)
            self._shown.prepare(font=self._font)
            needed = self._shown.size()
            if needed.width() <= self.width() and needed.height() <= self.height():
                break
        self.update()

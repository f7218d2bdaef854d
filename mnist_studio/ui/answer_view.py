"""The network's answer: a big digit and how sure it is."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QFontMetrics
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from . import theme
from .widgets import dim_label

UNSURE_BELOW = 0.5
"""Under this probability the other classes together are likelier than the answer."""


class AnswerView(QWidget):
    """A digit in the accent color, and a line below it. Both keep their places when empty."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.digit = QLabel()
        self.digit.setObjectName("predictionLabel")
        self.digit.setAccessibleName(self.tr("Answer"))
        self.digit.setToolTip(self.tr("The digit that the network finds most probable."))
        self.enlarge(34)
        self.line = dim_label()
        self.line.setWordWrap(True)
        self.line.setFixedHeight(2 * self.line.fontMetrics().lineSpacing())
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addStretch(1)
        for label in (self.digit, self.line):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
            column.addWidget(label)
        column.addStretch(1)
        self._token = ""
        self._use_color("accent")
        theme.notifier().changed.connect(self._restyle)

    def enlarge(self, points: float) -> None:
        """Show the digit in a font of this size."""
        font = theme.number_font(points, QFont.Weight.Bold)
        self.digit.setFont(font)
        self.digit.setFixedHeight(QFontMetrics(font).height())

    def show_probabilities(self, probabilities: Sequence[float], names: Sequence[str]) -> None:
        """Show the likeliest class; `names` are shown too where they say more than its number."""
        best = max(range(len(probabilities)), key=probabilities.__getitem__)
        share = probabilities[best]
        sure = share >= UNSURE_BELOW
        self.digit.setText(str(best))
        self._use_color("accent" if sure else "dim")
        line = self._confidence(share)
        self.line.setText(line if names[best] == str(best) else f"{names[best]}\n{line}")

    def show_hint(self, hint: str = "") -> None:
        """Show no answer but a quiet hint."""
        self.digit.clear()
        self.line.setText(hint)

    def _confidence(self, share: float) -> str:
        percent = f"{share * 100:.1f}"
        if share < UNSURE_BELOW:
            return self.tr("not sure ({percent} %)").format(percent=percent)
        if percent == "100.0":  # nobody is
            return self.tr("over 99.9 % sure")
        return self.tr("{percent} % sure").format(percent=percent)

    def _use_color(self, token: str) -> None:
        if token != self._token:
            self._token = token
            self._restyle()

    def _restyle(self) -> None:
        self.digit.setStyleSheet(f"color: {theme.color(self._token).name()};")

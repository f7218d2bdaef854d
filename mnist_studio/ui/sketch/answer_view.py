"""The network's answer: a big digit and how sure it is."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QFontMetrics
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from .. import theme
from ..widgets import SPACING, Place, dim_label

UNSURE_BELOW = 0.5
"""Under this probability the other classes together are likelier than the answer."""


class AnswerView(QWidget):
    """A digit in the accent color, whether it is right, if that is known, and a line below.

    All keep their places when empty.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.digit = QLabel()
        self.digit.setObjectName("predictionLabel")
        self.digit.setAccessibleName(self.tr("Answer"))
        self.digit.setToolTip(
            self.tr(
                "The digit that the network finds most probable; a question mark if not even two "
                "together are as probable as all the others."
            )
        )
        self.verdict = QLabel()
        self.verdict.setObjectName("verdictLabel")
        self.verdict.setAccessibleName(self.tr("Whether the answer is right"))
        self.verdict.setToolTip(self.tr("Right or wrong, and what the image shows."))
        self.line = dim_label()
        self.line.setWordWrap(True)
        self._place = Place(self.line)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.line.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        head = QWidget()
        self._head = Place(head)
        row = QHBoxLayout(head)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACING)
        row.addStretch(1)
        row.addWidget(self.digit)
        row.addWidget(self.verdict)
        row.addStretch(1)
        column.addStretch(1)
        column.addWidget(self._head)
        column.addWidget(self._place)
        column.addStretch(1)
        self._token = "accent"
        self._right = False
        self.enlarge(34)
        self._follow_theme()
        theme.notifier().changed.connect(self._follow_theme)

    def enlarge(self, points: float) -> None:
        """Show the digit in a font of this size, at scale 1."""
        self._points = points
        font = theme.number_font(points, QFont.Weight.Bold)
        self.digit.setFont(font)
        self._head.setFixedHeight(QFontMetrics(font).height())
        self.verdict.setFont(theme.number_font(points / 2.2, QFont.Weight.DemiBold))

    def show_probabilities(
        self, probabilities: Sequence[float], names: Sequence[str], truth: str = ""
    ) -> None:
        """Show the likeliest class; a question mark where not even two are likely together.

        Parameters
        ----------
        probabilities : sequence of float
            One per class.
        names : sequence of str
            Of the classes; shown too where they say more than the class's number.
        truth : str
            Name of the class that is known to be right, if any.
        """
        ranked = sorted(range(len(probabilities)), key=probabilities.__getitem__, reverse=True)
        (best, second), named = ranked[:2], [names[k] for k in ranked[:2]]
        share, other = probabilities[best], probabilities[second]
        self._token = "accent" if share >= UNSURE_BELOW else "dim"
        known = share + other >= UNSURE_BELOW
        self.digit.setText(str(best) if known else "?")
        if share >= UNSURE_BELOW:
            line = self._confidence(share)
            self.line.setText(line if named[0] == str(best) else f"{named[0]}\n{line}")
        elif known:
            self.line.setText(self.tr("not sure: {0} or {1}?").format(*named))
        else:
            self.line.setText(self.tr("no idea: like none of them"))
        self._right = known and named[0] == truth
        self.verdict.setText(truth and f"{'✓' if self._right else '✗'} {truth}")
        self._restyle()

    def show_hint(self, hint: str = "") -> None:
        """Show no answer but a quiet hint."""
        self.digit.clear()
        self.verdict.clear()
        self.line.setText(hint)

    def _confidence(self, share: float) -> str:
        percent = f"{share * 100:.1f}"
        if percent == "100.0":  # nobody is
            return self.tr("over 99.9 % sure")
        return self.tr("{percent} % sure").format(percent=percent)

    def _follow_theme(self) -> None:
        self.enlarge(self._points)
        self._place.setFixedHeight(2 * self.line.fontMetrics().lineSpacing())
        self._restyle()

    def _restyle(self) -> None:
        tokens = {self.digit: self._token, self.verdict: "series_3" if self._right else "error"}
        for label, token in tokens.items():
            sheet = f"color: {theme.text_color(token).name()};"
            if sheet != label.styleSheet():  # setting one anew is dear, and answers come often
                label.setStyleSheet(sheet)

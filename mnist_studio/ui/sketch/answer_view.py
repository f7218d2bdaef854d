"""The network's answer: a big digit, or the name of a class, and how sure it is."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QLabel, QVBoxLayout, QWidget

from ...number_text import certainty
from .. import theme
from ..widgets import SPACING, Place, dim_label, lines_height

UNSURE_BELOW = 0.5
"""Under this probability the other classes together are likelier than the answer."""
_ONE_LINE = 20  # points of a digit, up to which the line below it is not wrapped
_NAME = 0.6  # of a digit's height has the name of a class; the verdict below it has the rest


def answer_of(probabilities: Sequence[float]) -> int | None:
    """Return the likeliest class; None where not even two are likely together."""
    first, then = _likeliest(probabilities)
    return first if probabilities[first] + probabilities[then] >= UNSURE_BELOW else None


def _likeliest(probabilities: Sequence[float]) -> list[int]:
    ranked = sorted(range(len(probabilities)), key=probabilities.__getitem__, reverse=True)
    return ranked[:2]


class AnswerView(QWidget):
    """A digit in the accent color, whether it is right, if that is known, and a line below.

    Names that are longer than a digit are written smaller, as large as there is room for, with the
    verdict below instead of beside them. All keep their places when empty.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.digit = QLabel()
        self.digit.setObjectName("predictionLabel")
        self.digit.setAccessibleName(self.tr("Answer"))
        self.digit.setToolTip(
            self.tr(
                "The class that the network finds most probable; a question mark if not even two "
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
        row = self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight, head)
        row.setContentsMargins(0, 0, 0, 0)
        row.addStretch(1)
        row.addWidget(self.digit)
        row.addWidget(self.verdict)
        row.addStretch(1)
        column.addStretch(1)
        column.addWidget(self._head)
        column.addWidget(self._place)
        column.addStretch(1)
        self._named = False
        self._points = 34.0
        self._token = "accent"
        self._right = False
        self._follow_theme()
        theme.notifier().changed.connect(self._follow_theme)

    def enlarge(self, points: float) -> None:
        """Show the digit in a font of this size, at scale 1."""
        self._points = points
        self._arrange()
        self._keep_room()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Write names as large as there is room for."""
        super().resizeEvent(event)
        self._write()

    def _arrange(self) -> None:
        """Have the verdict beside the digit, or below the name in the same height."""
        height = QFontMetrics(theme.number_font(self._points, QFont.Weight.Bold)).height()
        self._head.setFixedHeight(height)
        direction = QBoxLayout.Direction
        self._row.setDirection(direction.TopToBottom if self._named else direction.LeftToRight)
        self._row.setSpacing(0 if self._named else SPACING)
        name = round(_NAME * height)
        self.digit.setFixedHeight(name if self._named else height)
        self.verdict.setFixedHeight(height - name if self._named else height)
        side = Qt.AlignmentFlag.AlignHCenter if self._named else Qt.AlignmentFlag.AlignLeft
        for label in (self.digit, self.verdict):
            label.setAlignment(side | Qt.AlignmentFlag.AlignVCenter)
        self._write()

    def _write(self) -> None:
        points = (self._points, self._points / 2.2)
        if self._named:
            points = (_NAME * self._points, (1 - _NAME) * self._points)
        weights = (QFont.Weight.Bold, QFont.Weight.DemiBold)
        for label, size, weight in zip((self.digit, self.verdict), points, weights, strict=True):
            if self._named:
                font = theme.text_font(size, weight)
                needed = QFontMetrics(font).horizontalAdvance(label.text())
                room = max(1, self.width() - SPACING)
                font.setPointSizeF(font.pointSizeF() * min(1.0, room / max(1, needed)))
            else:
                font = theme.number_font(size, weight)
            label.setFont(font)

    def show_probabilities(
        self, probabilities: Sequence[float], names: Sequence[str], truth: str = ""
    ) -> None:
        """Show the likeliest class; a question mark where not even two are likely together.

        Parameters
        ----------
        probabilities : sequence of float
            One per class.
        names : sequence of str
            Of the classes.
        truth : str
            Name of the class that is known to be right, if any.
        """
        first, then = _likeliest(probabilities)
        best, second, share = names[first], names[then], probabilities[first]
        self._token = "accent" if share >= UNSURE_BELOW else "dim"
        known = answer_of(probabilities) is not None
        self.digit.setText(best if known else "?")
        if share >= UNSURE_BELOW:
            self.line.setText(self._confidence(share))
        elif known:
            self.line.setText(self.tr("not sure: {0} or {1}?").format(best, second))
        else:
            self.line.setText(self.tr("no idea: like none of them"))
        self._right = known and best == truth
        named = max(map(len, names)) > 1
        mark = "✓" if self._right else "✗"
        self.verdict.setText(truth and (mark if named and self._right else f"{mark} {truth}"))
        if named != self._named:
            self._named = named
            self._arrange()
        elif named:
            self._write()
        self._restyle()

    def show_hint(self, hint: str = "") -> None:
        """Show no answer but a quiet hint."""
        self.digit.clear()
        self.verdict.clear()
        self.line.setText(hint)

    def _confidence(self, share: float) -> str:
        return self.tr("{0} sure").format(certainty(share, 1))

    def _follow_theme(self) -> None:
        self._arrange()
        self._keep_room()
        self._restyle()

    def _keep_room(self) -> None:
        """Keep the room of two lines, of one below a small digit."""
        lines = 2 if self._points > _ONE_LINE else 1
        self._place.setFixedHeight(lines_height(self.line.fontMetrics(), lines))

    def _restyle(self) -> None:
        tokens = {self.digit: self._token, self.verdict: "series_3" if self._right else "error"}
        for label, token in tokens.items():
            sheet = f"color: {theme.text_color(token).name()};"
            if sheet != label.styleSheet():  # setting one anew is dear, and answers come often
                label.setStyleSheet(sheet)

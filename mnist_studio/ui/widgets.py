"""Small building blocks that every panel uses."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

SPACING = 8
_TITLE = 90  # pixels of a card's title that are always seen
_TITLE_BAR = 32  # pixels; how high it is, a window learns only when it is on the screen


class Card(QFrame):
    """A rounded surface with a small title and room for controls beside it.

    Parameters
    ----------
    title : str
        Shown in capitals above the content; none if empty.
    """

    def __init__(self, title: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("card", True)
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(14, 10, 14, 12)
        self.body.setSpacing(SPACING)
        self.header = QHBoxLayout()
        self.header.setSpacing(SPACING)
        if title:
            self.header.addWidget(title_label(title))
            self.header.addStretch(1)
            self.body.addLayout(self.header)


def title_label(text: str) -> QLabel:
    """Return the small label in capitals that cards begin with."""
    label = _Title(text.upper())
    label.setProperty("role", "title")
    return label


def dim_label(text: str = "") -> QLabel:
    """Return a label in the secondary text color."""
    label = QLabel(text)
    label.setProperty("role", "dim")
    return label


class Caption(QLabel):
    """A dim sentence that keeps the room of so many lines when it takes fewer.

    Parameters
    ----------
    lines : int
        How many.
    fixed : bool
        Whether it takes no more room for more of them, either.
    """

    def __init__(self, lines: int, parent: QWidget | None = None, *, fixed: bool = False) -> None:
        super().__init__(parent)
        self._lines = lines
        self._fixed = fixed
        self.setProperty("role", "dim")
        self.setWordWrap(True)
        self.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._keep_room()

    def changeEvent(self, event: QEvent) -> None:
        """Keep as many lines in another size of text."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._keep_room()

    def set_lines(self, lines: int) -> None:
        """Keep the room of another number of lines."""
        if lines != self._lines:
            self._lines = lines
            self._keep_room()

    def _keep_room(self) -> None:
        height = lines_height(self.fontMetrics(), self._lines)
        self.setMinimumHeight(height)
        if self._fixed:
            self.setMaximumHeight(height)


def lines_height(metrics: QFontMetrics, lines: int) -> int:
    """Return the pixels of so many lines of text; of each, Qt tells only the whole pixels."""
    return metrics.boundingRect(QRect(0, 0, 1, 1), 0, "\n".join("x" * lines)).height()


class Place(QWidget):
    """Holds a widget where it is: a new text in it has no layout around it made anew."""

    def __init__(self, content: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._content = content
        content.setParent(self)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the content all the room."""
        super().resizeEvent(event)
        self._content.setGeometry(self.rect())


def scrolled(content: QWidget, name: str) -> QScrollArea:
    """Return a place where a widget that is too high is scrolled, rather than made too small.

    Parameters
    ----------
    content : QWidget
        As wide as the place, and as high if it can be.
    name : str
        Says what it is, for whoever cannot see it.
    """
    from .focus_frame import FocusFrame  # after the first paint

    area = _Scrolled()
    area.setAccessibleName(name)
    FocusFrame(area)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidget(content)
    return area


def error_label() -> QLabel:
    """Return a hidden, wrapping label for one sentence about what went wrong."""
    label = QLabel()
    label.setProperty("role", "error")
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    label.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
    label.hide()
    return label


def show_error(label: QLabel, message: str) -> None:
    """Show `message` in an error label, or hide the label if it is empty."""
    label.setText(message)
    label.setVisible(bool(message))


def fit_screen(window: QWidget) -> None:
    """Make a window no larger than its screen has room for, its title bar included."""
    available = window.screen().availableSize() - QSize(0, _TITLE_BAR)
    window.resize(window.size().boundedTo(available))


def keep_room(widget: QWidget) -> None:
    """Let nothing move when a widget is hidden or shown."""
    policy = widget.sizePolicy()
    policy.setRetainSizeWhenHidden(True)
    widget.setSizePolicy(policy)


class _Scrolled(QScrollArea):
    """Has its content laid out when it is shown.

    What the content asked for before went unheard, and Qt does not tell a layout that the content
    has got another size while it was being shown.
    """

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        content = self.widget()
        assert content is not None
        layout = content.layout()
        if layout is not None:
            layout.invalidate()
        content.updateGeometry()


class ElidedLabel(QLabel):
    """A line that ends in an ellipsis where there is no room for all of it."""

    def minimumSizeHint(self) -> QSize:
        """Need no width."""
        return QSize(0, super().minimumSizeHint().height())

    def fitting_text(self) -> str:
        """Return what there is room for."""
        metrics, text, width = self.fontMetrics(), self.text(), self.width()
        if metrics.horizontalAdvance(text) <= width:  # which is rounded, as a layout's sizes are
            return text
        return metrics.elidedText(text, Qt.TextElideMode.ElideRight, width)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint what fits."""
        QPainter(self).drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter, self.fitting_text())


class _Title(ElidedLabel):
    """A card's title: a short one is seen whole."""

    def minimumSizeHint(self) -> QSize:
        """Need some width."""
        least = super().minimumSizeHint()
        return QSize(min(_TITLE, self.sizeHint().width()), least.height())

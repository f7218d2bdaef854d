"""Small building blocks that every panel uses."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

SPACING = 8


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
            label = QLabel(title.upper())
            label.setProperty("role", "title")
            self.header.addWidget(label)
            self.header.addStretch(1)
            self.body.addLayout(self.header)


def dim_label(text: str = "") -> QLabel:
    """Return a label in the secondary text color."""
    label = QLabel(text)
    label.setProperty("role", "dim")
    return label


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

"""A strip below the toolbar: one sentence, what can be done about it, and a way to close it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QToolButton, QWidget

from .widgets import SPACING


class Banner(QFrame):
    """Hidden until there is something to say; the latest message replaces the one before."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("banner")
        self.setProperty("card", True)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 6, 6, 6)
        row.setSpacing(SPACING)
        self.label = QLabel()
        self.label.setWordWrap(True)
        # Or a long file name would make the window wider than the screen.
        self.label.setMinimumWidth(1)
        self.label.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        row.addWidget(self.label, 1)
        self._button = QToolButton()
        self._button.setObjectName("bannerButton")
        self._button.clicked.connect(self._on_button_clicked)
        row.addWidget(self._button)
        close = QToolButton()
        close.setObjectName("bannerClose")
        close.setText("✕")
        close.setProperty("flat", True)
        close.setToolTip(self.tr("Close this message."))
        close.setAccessibleName(self.tr("Close this message"))
        close.clicked.connect(self.hide)
        row.addWidget(close)
        self._action: Callable[[], None] | None = None
        self.hide()

    def show_error(self, message: str) -> None:
        """Say what went wrong."""
        self._show(message, error=True)

    def show_note(
        self, message: str, button: str = "", action: Callable[[], None] | None = None
    ) -> None:
        """Say something, with a button that does `action` and closes the strip."""
        self._show(message, error=False, button=button, action=action)

    def _show(
        self,
        message: str,
        *,
        error: bool,
        button: str = "",
        action: Callable[[], None] | None = None,
    ) -> None:
        self.label.setText(message)
        self.label.setProperty("role", "error" if error else "")
        self.label.style().polish(self.label)
        self._button.setText(button)
        self._button.setVisible(bool(button))
        self._action = action
        self.show()

    def _on_button_clicked(self) -> None:
        self.hide()
        if self._action:
            self._action()

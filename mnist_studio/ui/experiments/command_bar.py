"""Buttons side by side; those without room are in a menu right behind the others."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QIcon, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QToolBar, QToolButton, QWidget

from ... import paths
from .. import theme
from ..widgets import SPACING

_MORE_WIDTH = 26  # pixels of the button that opens the menu
_HEIGHT = 30


class CommandBar(QWidget):
    """As wide as there is room; the first command is the one that is meant most often."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._bar = QToolBar(self)
        # Looked for before there are commands, which are such buttons, too.
        for more in self._bar.findChildren(QToolButton):
            more.setAccessibleName(self.tr("More commands"))
            more.setToolTip(self.tr("More commands."))
            more.setIcon(QIcon(str(paths.resource("icons") / "chevron-down.svg")))
            more.setMinimumWidth(_MORE_WIDTH)
            more.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            self._bar.setContentsMargins(0, 0, _MORE_WIDTH - more.sizeHint().width(), 0)

    def add_command(self, name: str, text: str, tip: str, slot: Callable[[], None]) -> None:
        """Add a button, to be found by a script under `name`."""
        action = self._bar.addAction(text, slot)
        action.setIconText(text)  # with the dots that say that a window opens
        action.setToolTip(tip)
        button = self._bar.widgetForAction(action)
        button.setObjectName(name)
        button.setMinimumHeight(_HEIGHT)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setProperty("primary", len(self._bar.actions()) == 1)

    def sizeHint(self) -> QSize:
        """Be as high as a button."""
        return self._bar.sizeHint()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the bar the width of the buttons that fit, or its menu would stand apart."""
        super().resizeEvent(event)
        ends, end = [], 0
        for action in self._bar.actions():
            end += self._bar.widgetForAction(action).sizeHint().width()
            ends.append(end)
            end += SPACING
        width = self._bar.sizeHint().width()
        if width > self.width():
            more = theme.scaled(_MORE_WIDTH) + SPACING
            width = max([each for each in ends if each + more <= self.width()], default=0) + more
        self._bar.setGeometry(0, 0, width, self.height())

"""The menu that chooses light, dark, or whatever the desktop is."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtGui import QAction, QActionGroup, QGuiApplication
from PySide6.QtWidgets import QMenu, QWidget

from ..session.settings import Settings
from . import theme


class ThemeMenu(QMenu):
    """Applies a theme as soon as it is chosen, remembers it, and follows the desktop.

    Parameters
    ----------
    settings : Settings
        Where the choice is kept.
    """

    def __init__(self, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        group = QActionGroup(self)
        for choice, text in {
            "system": self.tr("System"),
            "light": self.tr("Light"),
            "dark": self.tr("Dark"),
        }.items():
            action = self.addAction(text)
            action.setObjectName(f"{choice}ThemeAction")
            action.setCheckable(True)
            action.setChecked(choice == settings.theme)
            action.setData(choice)
            group.addAction(action)
        group.triggered.connect(self._on_chosen)
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._on_system_scheme_changed)

    @Slot(QAction)
    def _on_chosen(self, action: QAction) -> None:
        choice = str(action.data())
        self._settings.theme = choice
        theme.choose(choice)

    @Slot()
    def _on_system_scheme_changed(self) -> None:
        if theme.notifier().choice == "system":
            theme.choose("system")

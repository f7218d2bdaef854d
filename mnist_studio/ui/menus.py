"""Menus of choices that are remembered: the theme, and the threads of a matrix product."""

from __future__ import annotations

import os

from PySide6.QtCore import Slot
from PySide6.QtGui import QAction, QActionGroup, QGuiApplication
from PySide6.QtWidgets import QMenu, QWidget

from ..session.session import Session
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
        self.setTitle(self.tr("Theme"))
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


class ThreadsMenu(QMenu):
    """Says how many processor threads compute a matrix product, from the next run on.

    Parameters
    ----------
    session : Session
        Trains with them.
    settings : Settings
        Where the choice is kept.
    """

    def __init__(self, session: Session, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTitle(self.tr("Processor threads (BLAS)"))
        self.setToolTipsVisible(True)
        self._session, self._settings = session, settings
        session.blas_threads = settings.blas_threads
        group = QActionGroup(self)
        cores = os.cpu_count() or 1
        for count in (2**power for power in range(cores.bit_length()) if 2**power <= cores):
            text = self.tr("1 BLAS thread") if count == 1 else self.tr("{0} BLAS threads")
            action = self.addAction(text.format(count))
            action.setObjectName(f"threads{count}Action")
            action.setToolTip(
                self.tr(
                    "How many processor threads compute a matrix product, from the next run on. "
                    "One is usual; more pay with large batches while nothing else runs."
                )
            )
            action.setCheckable(True)
            action.setChecked(count == settings.blas_threads)
            action.setData(count)
            group.addAction(action)
        group.triggered.connect(self._on_chosen)

    @Slot(QAction)
    def _on_chosen(self, action: QAction) -> None:
        self._settings.blas_threads = self._session.blas_threads = int(action.data())

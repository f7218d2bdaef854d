"""Opening and saving runs: dialogs, recent files, and files that are dropped."""

from __future__ import annotations

import re
from pathlib import Path

from PySide6.QtCore import QMimeData, QObject, QStandardPaths, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from ..session.settings import Settings
from ..session.studio import Studio


class FileCommands(QObject):
    """Asks for files and passes them to the session.

    Parameters
    ----------
    studio : Studio
        Its session opens and saves.
    settings : Settings
        Remembers the files.
    window : QWidget
        Below its dialogs.

    Attributes
    ----------
    recent_menu : QMenu
        The files opened or saved lately.
    """

    def __init__(self, studio: Studio, settings: Settings, window: QWidget) -> None:
        super().__init__(window)
        self._studio = studio
        self._session = studio.session
        self._settings = settings
        self._window = window
        self.recent_menu = QMenu(window)
        self.recent_menu.setObjectName("recentMenu")
        self.recent_menu.setToolTipsVisible(True)
        self.recent_menu.aboutToShow.connect(self._fill_recent_menu)
        self.recent_menu.triggered.connect(self._on_recent_chosen)

    @Slot()
    def ask_to_open(self) -> None:
        """Let the user choose a run and open it."""
        name, _ = QFileDialog.getOpenFileName(
            self._window,
            self.tr("Open a saved run"),
            self._settings.last_folder,
            self.tr("Runs (*.npz)"),
        )
        if name:
            self._session.open(Path(name))

    @Slot()
    def ask_to_save(self) -> None:
        """Let the user choose where to save the run in view."""
        name, _ = QFileDialog.getSaveFileName(
            self._window,
            self.tr("Save this run"),
            str(self._folder() / f"{self._suggested_name()}.npz"),
            self.tr("Runs (*.npz)"),
        )
        if name:
            path = Path(name)
            self._session.save_as(path if path.suffix else path.with_suffix(".npz"))

    def _folder(self) -> Path:
        documents = QStandardPaths.StandardLocation.DocumentsLocation
        return Path(self._settings.last_folder or QStandardPaths.writableLocation(documents))

    def _suggested_name(self) -> str:
        """Return the title of the run in view, without what a file's name cannot have."""
        path = self._session.run.path if self._session.run else None
        row = self._studio.library.row(path) if path else None
        title = row.title if row else path.stem if path else "run"
        return re.sub(r'[<>:"/\\|?*\x00-\x1f]+', "-", title).strip(" .")

    @Slot(QAction)
    def _on_recent_chosen(self, action: QAction) -> None:
        if action.data():
            self._session.open(Path(action.data()))

    @Slot()
    def _fill_recent_menu(self) -> None:
        self.recent_menu.clear()
        for path in self._settings.recent_files:
            # The folder too, since files of other folders may have the same name.
            text = f"{path.name}  ·  {path.parent.name}"
            entry = self.recent_menu.addAction(text.replace("&", "&&"))
            entry.setToolTip(str(path))
            entry.setData(str(path))
        if self.recent_menu.isEmpty():
            self.recent_menu.addAction(self.tr("No recent files")).setEnabled(False)


def dropped_run(data: QMimeData) -> Path | None:
    """Return the one run file that is dragged, or None if it is anything else."""
    urls = data.urls()
    if len(urls) != 1 or not urls[0].isLocalFile():
        return None
    path = Path(urls[0].toLocalFile())
    return path if path.suffix.lower() == ".npz" else None

"""Opening and saving runs: dialogs, recent files, and files that are dropped."""

from __future__ import annotations

import re
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QObject, QStandardPaths, Slot
from PySide6.QtGui import QAction, QDropEvent
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from ..session.settings import Settings
from ..session.studio import Studio
from .file_saver import ask_file


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
            _runs(),
        )
        if name:
            self._session.opener.open(Path(name))

    @Slot()
    def ask_to_save(self) -> None:
        """Let the user choose where to save the run in view."""
        path = ask_where_to_save(self._window, self._folder(), self._suggested_name())
        if path is not None:
            self._session.save_as(path)

    def accept_run(self, event: QDropEvent) -> Path | None:
        """Return the one run file that is dragged, and accept it; None if it is anything else."""
        urls = event.mimeData().urls()
        if len(urls) != 1 or not urls[0].isLocalFile():
            return None
        path = Path(urls[0].toLocalFile())
        if path.suffix.lower() != ".npz":
            return None
        event.acceptProposedAction()
        return path

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
            self._session.opener.open(Path(action.data()))

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


def _runs() -> str:
    """Return the filter of a file dialog."""
    return QCoreApplication.translate("FileCommands", "Runs (*.npz)")


def ask_where_to_save(parent: QWidget, folder: Path, name: str = "run") -> Path | None:
    """Let the user choose a file for a run; None if none was chosen."""
    title = QCoreApplication.translate("FileCommands", "Save this run")
    return ask_file(parent, title, folder / f"{name}.npz", _runs())

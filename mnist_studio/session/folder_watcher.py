"""Tells of changes in a folder that may come, go and be replaced."""

from __future__ import annotations

import contextlib
from pathlib import Path

from PySide6.QtCore import QFileSystemWatcher, QObject


class FolderWatcher(QFileSystemWatcher):
    """Emits ``directoryChanged`` when a file in a folder comes, goes or is replaced.

    Of the folder's own coming and going it hears from the nearest folder that there is above it.

    Parameters
    ----------
    folder : Path
        It need not be there.
    parent : QObject
        Lives in the same thread.
    """

    def __init__(self, folder: Path, parent: QObject) -> None:
        super().__init__(parent)
        self._folder = folder
        self._found: list[tuple[str, int]] = []

    def look(self) -> None:
        """Watch what is there now; to be called before the folder is read, every time."""
        with contextlib.suppress(OSError):  # whoever reads the folder says so
            above = next(each for each in self._folder.parents if each.is_dir())
            places = [each for each in (self._folder, above) if each.is_dir()]
            # By number, since another folder may have taken its place.
            found = [(str(each), each.stat().st_ino) for each in places]
            watched = self.directories()
            if found == self._found and len(watched) == len(found):
                return
            if watched:
                self.removePaths(watched)
            self.addPaths([name for name, _ in found])
            self._found = found

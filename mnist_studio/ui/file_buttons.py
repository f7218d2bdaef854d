"""What can be done with a file that was just written: see it, or the folder that it is in."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QUrl
from PySide6.QtGui import QDesktopServices

from .messages import MessageButton


def open_button(path: Path) -> MessageButton:
    """Return a button that opens a file or a folder in the desktop's program for it."""
    return MessageButton(QCoreApplication.translate("FileButtons", "Open"), partial(_open, path))


def folder_button(path: Path) -> MessageButton:
    """Return a button that shows the folder of a file, or the folder itself if it is one."""
    folder = path if path.is_dir() else path.parent
    return MessageButton(
        QCoreApplication.translate("FileButtons", "Show in folder"), partial(_open, folder)
    )


def _open(path: Path) -> None:
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(path.resolve())))

"""Asks where something is to be saved, and has it written beside the window's thread."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QMessageBox, QProgressDialog, QWidget

from .task import Task

if TYPE_CHECKING:
    from .task import Work

_PATIENCE = 400  # milliseconds of work before its progress is shown


class FileSaver(QObject):
    """Saves one thing at a time, with its progress and a way to call it off.

    Parameters
    ----------
    parent : QWidget
        Where dialogs are shown.

    Signals
    -------
    saved(object)
        Path of what was written.
    failed(str)
        A sentence.
    """

    saved = Signal(object)
    failed = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._parent = parent
        self._folder = ""
        self._task: Task | None = None
        self._progress: QProgressDialog | None = None

    @property
    def busy(self) -> bool:
        """Whether something is being written."""
        return self._task is not None

    def shut_down(self) -> None:
        """Cancel what is being written, and wait for its thread."""
        if self._progress is not None:
            self._progress.hide()  # or the program would not end with its last window
        if self._task is not None:
            self._task.shut_down()

    def ask_folder(self, title: str) -> Path | None:
        """Let the user choose a folder; None if none was chosen."""
        chosen = QFileDialog.getExistingDirectory(self._parent, title, self._folder)
        return Path(chosen) if chosen else None

    def ask_file(self, title: str, name: str, filters: str) -> Path | None:
        """Let the user choose a file in the folder used last; see :func:`ask_file`."""
        path = ask_file(self._parent, title, Path(self._folder) / name, filters)
        if path is not None:
            self._folder = str(path.parent)
        return path

    def write(self, path: Path, work: Work, activity: str) -> None:
        """Have a file written; :attr:`saved` or :attr:`failed` follows unless it is cancelled.

        Parameters
        ----------
        path : Path
            What is written.
        work : callable
            Writes it; it touches no widget.
        activity : str
            What is said meanwhile.
        """

        def do(tell: Callable[[int, int], None], cancelled: Callable[[], bool]) -> Path:
            work(tell, cancelled)
            return path

        task = Task(do, self)
        progress = QProgressDialog(activity, self.tr("Cancel"), 0, 1, self._parent)
        progress.setWindowModality(Qt.WindowModality.NonModal)
        progress.setMinimumDuration(_PATIENCE)
        progress.setAutoClose(False)
        progress.setValue(0)  # or it would come after Qt's own four seconds
        progress.canceled.connect(task.cancel)
        task.progressed.connect(self._on_progressed)
        task.succeeded.connect(self.saved)
        task.failed.connect(self.failed)
        task.finished.connect(self._on_finished)
        self._task, self._progress = task, progress
        task.start()

    @Slot(int, int)
    def _on_progressed(self, done: int, total: int) -> None:
        if self._progress is not None and not self._progress.wasCanceled():
            self._progress.setMaximum(total)
            self._progress.setValue(done)

    @Slot()
    def _on_finished(self) -> None:
        progress, self._progress = self._progress, None
        task, self._task = self._task, None
        if progress is not None:
            progress.close()
            progress.deleteLater()
        if task is not None:
            task.deleteLater()


def ask_file(parent: QWidget, title: str, suggested: Path, filters: str) -> Path | None:
    """Let the user choose a file to be written; None if none was chosen.

    Parameters
    ----------
    parent : QWidget
        Below the dialog.
    title : str
        Of the dialog.
    suggested : Path
        What is suggested.
    filters : str
        The formats, each with its ending, as Qt has them; a name without any of the endings gets
        that of the format.
    """
    chosen, used = QFileDialog.getSaveFileName(parent, title, str(suggested), filters)
    if not chosen:
        return None
    path = Path(chosen)
    suffixes = _suffixes(filters)
    if path.suffix.lower() in suffixes:
        return path
    path = path.with_name(path.name + (_suffixes(used) or suffixes)[0])
    return path if not path.exists() or _may_replace(parent, path) else None


def _may_replace(parent: QWidget, path: Path) -> bool:
    """Ask what the file dialog could not ask: it knew no ending."""
    translate = QCoreApplication.translate
    text = translate("FileSaver", "{0} is there already. Replace it?").format(path.name)
    yes, no = QMessageBox.StandardButton.Yes, QMessageBox.StandardButton.No
    answer = QMessageBox.question(parent, translate("FileSaver", "Save"), text, yes | no, no)
    return answer == yes


def _suffixes(filters: str) -> list[str]:
    """Return the endings in the filters of a file dialog."""
    return re.findall(r"\*(\.\w+)", filters)

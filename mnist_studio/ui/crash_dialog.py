"""What becomes of an error that nothing expected: the training is saved, and one dialog tells."""

from __future__ import annotations

import errno
import json
import logging
import sys
import threading
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QObject, Qt, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from ..session.session import Session
from .crash_log import describe_error, describe_program

logger = logging.getLogger(__name__)
_FULL = (errno.ENOSPC, errno.EDQUOT)


class CrashReporter(QObject):
    """Hears of exceptions that no code caught, in any thread; in Qt's slots they would vanish.

    Parameters
    ----------
    session : Session
        Its run is saved before anything is told.
    folder : Path
        Whose files may be named.
    log : Path or None
        The log, if there is one.
    window : QWidget
        Below the dialog.
    """

    _caught = Signal(object)

    def __init__(self, session: Session, folder: Path, log: Path | None, window: QWidget) -> None:
        super().__init__(window)
        self._session = session
        self._folder = folder
        self._log = log
        self._window = window
        self._told: set[tuple[str, str]] = set()
        self._dialog: CrashDialog | None = None
        self._caught.connect(self._on_caught, Qt.ConnectionType.QueuedConnection)

    def install(self) -> None:
        """Hear of all of them from now on."""
        sys.excepthook = self.catch
        threading.excepthook = lambda caught: self.catch(
            caught.exc_type, caught.exc_value, caught.exc_traceback
        )

    def catch(
        self,
        kind: type[BaseException],
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Log an exception and have it told, from whatever thread."""
        error = error or kind()
        logger.critical("uncaught", exc_info=(kind, error, traceback))
        self._caught.emit(error)

    @Slot(object)
    def _on_caught(self, error: BaseException) -> None:
        run = self._session.run
        if run is not None and run.status.active and run.path is not None:
            self._session.save_as(run.path)
        details = describe_error(error, self._folder)
        # One that comes again and again, from a timer, is told once; others join the dialog.
        if (key := (type(error).__name__, details)) in self._told:
            return
        self._told.add(key)
        if self._dialog is not None and self._dialog.isVisible():
            self._dialog.add_details(details)
            return
        settings = json.dumps(run.config.to_json()) if run is not None else ""
        text = f"{describe_program()}\n{settings}\n\n{details}"
        self._dialog = CrashDialog(self._sentence(error), text, self._log, self._window)
        self._dialog.open()

    def _sentence(self, error: BaseException) -> str:
        if isinstance(error, MemoryError):
            return self.tr(
                "There is not enough memory for this. Close other programs, or choose a smaller "
                "network or batch. The training was saved and goes on."
            )
        if isinstance(error, OSError) and error.errno in _FULL:
            return self.tr(
                "The disk is full. Free some space: the training goes on and is saved as soon as "
                "there is room."
            )
        return self.tr(
            "Something unexpected went wrong ({0}). The training was saved and goes on; if this "
            "happens again, please report it with the details."
        ).format(type(error).__name__)


class CrashDialog(QDialog):
    """A sentence on an error, and how to get at its details.

    Parameters
    ----------
    sentence : str
        For people.
    details : str
        For whoever mends it.
    log : Path or None
        The log, if there is one.
    """

    def __init__(self, sentence: str, details: str, log: Path | None, parent: QWidget) -> None:
        super().__init__(parent)
        self._details = details
        self._log = log
        self.setObjectName("crashDialog")
        self.setWindowTitle(self.tr("Unexpected error"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
        text = QLabel(sentence)
        text.setTextFormat(Qt.TextFormat.PlainText)
        text.setWordWrap(True)
        text.setMinimumWidth(420)
        copy = QPushButton(self.tr("Copy details"))
        copy.setObjectName("copyDetails")
        copy.clicked.connect(self._on_copy)
        show = QPushButton(self.tr("Open log"))
        show.setObjectName("openLog")
        show.setEnabled(log is not None)
        show.clicked.connect(self._on_open_log)
        close = QPushButton(self.tr("Close"))
        close.setObjectName("closeCrash")
        close.setDefault(True)
        close.clicked.connect(self.accept)
        buttons = QHBoxLayout()
        buttons.addWidget(copy)
        buttons.addWidget(show)
        buttons.addStretch(1)
        buttons.addWidget(close)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 20, 20, 16)
        column.setSpacing(16)
        column.addWidget(text)
        column.addLayout(buttons)

    def add_details(self, details: str) -> None:
        """Take what has gone wrong meanwhile."""
        self._details += f"\n{details}"

    @Slot()
    def _on_copy(self) -> None:
        QGuiApplication.clipboard().setText(self._details)

    @Slot()
    def _on_open_log(self) -> None:
        if self._log is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._log)))

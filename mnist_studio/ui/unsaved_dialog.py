"""What closing the window asks, and only where saving failed: what is to become of a run."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QWidget
from PySide6.QtWidgets import QVBoxLayout as Column

from ..session.session import Session
from .file_commands import ask_where_to_save


class UnsavedDialog(QDialog):
    """Stays until every run is in a file, or is not wanted.

    Parameters
    ----------
    session : Session
        Has the unsaved runs; it trains nothing any more.
    folder : str
        Where another file is offered.
    """

    def __init__(self, session: Session, folder: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._unsaved = session.unsaved
        self._folder = folder
        self.setObjectName("unsavedDialog")
        self.setWindowTitle(self.tr("MNIST Studio"))
        self._text = QLabel(
            self.tr("Your training could not be saved. It would be lost if the window closed now.")
        )
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._text.setWordWrap(True)
        self._text.setMinimumWidth(420)
        buttons = QHBoxLayout()
        discard = self._button("discardRuns", self.tr("Discard"), self._on_discard)
        again = self._button("tryAgain", self.tr("Try again"), self._unsaved.try_again)
        elsewhere = self._button("saveElsewhere", self.tr("Save elsewhere…"), self._on_elsewhere)
        buttons.addWidget(discard)
        buttons.addStretch(1)
        buttons.addWidget(again)
        buttons.addWidget(elsewhere)
        elsewhere.setDefault(True)
        column = Column(self)
        column.setContentsMargins(20, 20, 20, 16)
        column.setSpacing(16)
        column.addWidget(self._text)
        column.addLayout(buttons)
        session.files.save_failed.connect(self._text.setText)
        self._unsaved.changed.connect(self._on_changed)

    def _button(self, name: str, text: str, slot: object) -> QPushButton:
        button = QPushButton(text)
        button.setObjectName(name)
        button.clicked.connect(slot)
        return button

    @Slot()
    def _on_elsewhere(self) -> None:
        path = ask_where_to_save(self, Path(self._folder))
        if path is not None:
            self._unsaved.save_elsewhere(path)

    @Slot()
    def _on_discard(self) -> None:
        self._unsaved.discard()
        self.accept()

    @Slot()
    def _on_changed(self) -> None:
        if not len(self._unsaved):
            self.accept()

    def reject(self) -> None:
        """Stay: Esc is no answer to what is to become of a run."""

    def closeEvent(self, event: QCloseEvent) -> None:
        """Stay, for the same reason."""
        event.ignore()

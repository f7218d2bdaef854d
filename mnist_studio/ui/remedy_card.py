"""A sentence about what is wrong, and a button that does something about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from ..report.hint_texts import remedy_text
from .widgets import SPACING

if TYPE_CHECKING:
    from ..insight.hints import Remedy

_WIDE = 520  # pixels for a sentence with buttons beside it


class RemedyCard(QFrame):
    """One sentence, with buttons that try the remedy; hidden while there is nothing to say.

    Signals
    -------
    remedy_chosen(object, bool)
        The settings of this RunConfig are to be used for the next run; whether to train them now.
    """

    remedy_chosen = Signal(object, bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("card", True)
        self._remedy: Remedy | None = None
        self.label = QLabel()
        self.label.setObjectName("hintLabel")
        self.label.setTextFormat(Qt.TextFormat.PlainText)
        self.label.setWordWrap(True)
        self.label.setMinimumWidth(1)
        self.label.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.take = QToolButton()
        self.take.setObjectName("takeRemedyButton")
        self.take.setToolTip(self.tr("Put this into the settings, for the next run."))
        self.take.clicked.connect(self._on_take)
        self.attempt = QToolButton()
        self.attempt.setObjectName("tryRemedyButton")
        self.attempt.setToolTip(self.tr("Put it into the settings, and train with them."))
        self.attempt.clicked.connect(self._on_attempt)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.take)
        buttons.addWidget(self.attempt)
        self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._row.setContentsMargins(14, 6, 8, 6)
        self._row.setSpacing(SPACING)
        self._row.addWidget(self.label, 1)
        self._row.addLayout(buttons)
        self.hide()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the buttons below the sentence where there is little room beside it."""
        super().resizeEvent(event)
        wide = self.width() >= _WIDE
        direction = QBoxLayout.Direction
        self._row.setDirection(direction.LeftToRight if wide else direction.TopToBottom)

    def show_sentence(
        self, text: str, remedy: Remedy | None, *, training: bool, failed: bool = False
    ) -> None:
        """Say what is wrong, or nothing if the text is empty.

        Parameters
        ----------
        text : str
            A sentence.
        remedy : Remedy, optional
            What the buttons do.
        training : bool
            Whether the run that it is about still goes on, so that the settings are in use.
        failed : bool
            Whether the run ended with it.
        """
        self._remedy = remedy
        self.label.setText(text)
        role = "error" if failed else ""
        if self.label.property("role") != role:
            self.label.setProperty("role", role)
            self.label.style().polish(self.label)
        if remedy is not None:
            name = remedy_text(remedy, QCoreApplication.translate)
            self.take.setText(self.tr("Use {0}").format(name))
            self.attempt.setText(
                self.tr("Stop, train with {0}").format(name)
                if training
                else self.tr("Train with it")
            )
        self.take.setVisible(remedy is not None and not training)
        self.attempt.setVisible(remedy is not None)
        self.setVisible(bool(text))

    @Slot()
    def _on_take(self) -> None:
        self._choose(train=False)

    @Slot()
    def _on_attempt(self) -> None:
        self._choose(train=True)

    def _choose(self, *, train: bool) -> None:
        if self._remedy is not None:
            self.remedy_chosen.emit(self._remedy.config, train)

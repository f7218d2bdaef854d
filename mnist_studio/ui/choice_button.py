"""A button that shows one of a few choices and opens a menu with all of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

_AROUND = 24  # pixels beside the text


class ChoiceButton(QToolButton):
    """As wide as its widest text, so that nothing moves when another is chosen.

    Parameters
    ----------
    choices : mapping
        The text of each choice.
    choice : object
        The one to begin with.
    template : str
        Text of the button with ``{0}`` for the choice's text.

    Signals
    -------
    chosen(object)
        The user has chosen this.
    """

    chosen = Signal(object)

    def __init__(
        self,
        choices: Mapping[Any, str],
        choice: object,
        template: str,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._template = template
        menu = QMenu(self)
        group = QActionGroup(menu)
        for key, text in choices.items():
            action = group.addAction(menu.addAction(text))
            action.setObjectName(f"{getattr(key, 'value', key)}Action")
            action.setCheckable(True)
            action.setChecked(key == choice)
            action.setData(key)
        self.setText(template.format(choices[choice]))
        self.setMenu(menu)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        texts = [template.format(text) for text in choices.values()]
        widest = max(self.fontMetrics().horizontalAdvance(text) for text in texts)
        self.setMinimumWidth(widest + _AROUND)
        group.triggered.connect(self._on_triggered)

    @Slot(QAction)
    def _on_triggered(self, action: QAction) -> None:
        self.setText(self._template.format(action.text()))
        self.chosen.emit(action.data())

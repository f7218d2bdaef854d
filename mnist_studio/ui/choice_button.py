"""A button that shows one of a few choices and opens a menu with all of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from PySide6.QtCore import QSize, Signal, Slot
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QStyle, QStyleOptionToolButton, QToolButton, QWidget

Choice = TypeVar("Choice")


class ChoiceButton(QToolButton):
    """Shows the choice; as wide as the widest, so that nothing moves when another is chosen.

    Where room is scarce (property ``narrow``) it is as wide as its text instead; so is one that is
    the title of a card (property ``titleMenu``), which begins where other titles begin.

    Parameters
    ----------
    choices : mapping
        The text of each choice.
    choice : a key of it
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
        choices: Mapping[Choice, str],
        choice: Choice,
        template: str,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._template = template
        self._texts = [""]
        self._title = ""  # the text, also while a picture is made with another one
        self.setProperty("telling", True)  # of a picture, too
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.set_choices(choices, choice)

    def set_choices(self, choices: Mapping[Choice, str], choice: Choice) -> None:
        """Offer other choices; nobody is told which one is shown."""
        if self.menu() is not None:
            self.menu().deleteLater()
        menu = QMenu(self)
        group = QActionGroup(menu)
        # Qt would give an enumeration of strings back as strings.
        self._choices = tuple(choices)
        for index, (key, text) in enumerate(choices.items()):
            action = group.addAction(menu.addAction(text))
            action.setObjectName(f"{getattr(key, 'value', key)}Action")
            action.setCheckable(True)
            action.setChecked(key == choice)
            action.setData(index)
        self._show(choices[choice])
        self.setMenu(menu)
        self._texts = [self._template.format(text) for text in choices.values()]
        self.updateGeometry()
        self._group = group
        group.triggered.connect(self._on_triggered)

    def sizeHint(self) -> QSize:
        """Return the room for any of the choices, or for the one that is shown."""
        title = self.property("titleMenu")
        metrics, option = self.fontMetrics(), QStyleOptionToolButton()
        self.initStyleOption(option)
        around = 0 if title else 2 * metrics.horizontalAdvance(" ")  # as Qt leaves it
        texts = [self._title] if title or self.property("narrow") else self._texts
        room = QSize(max(map(metrics.horizontalAdvance, texts)) + around, metrics.height())
        content = QStyle.ContentsType.CT_ToolButton
        return self.style().sizeFromContents(content, option, room, self)

    def minimumSizeHint(self) -> QSize:
        """Return the same: it cannot be told what an abridged choice is."""
        return self.sizeHint()

    def choose(self, choice: object) -> None:
        """Show another choice, which nobody is told of."""
        for action in self._group.actions():
            if self._choices[action.data()] == choice:
                action.setChecked(True)
                self._show(action.text())

    @Slot(QAction)
    def _on_triggered(self, action: QAction) -> None:
        self._show(action.text())
        self.chosen.emit(self._choices[action.data()])

    def _show(self, text: str) -> None:
        self._title = self._template.format(text)
        self.setText(self._title)

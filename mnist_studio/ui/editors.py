"""Editors of single values, made from their declaration: a number's line and a choice's box."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QFocusEvent, QKeyEvent, QKeySequence, QWheelEvent
from PySide6.QtWidgets import QComboBox, QLineEdit, QSizePolicy, QWidget

from ..number_text import grouped
from ..training.hyperparameter import Hyperparameter
from .elided_box import ElidedBox
from .labels import choice_label, label, tooltip, zero_label
from .number_values import bounds, format_number, may_become_usable, next_value, parse_number

WHEEL_NOTCH = 120


class NumberEditor(QLineEdit):
    """A line for one number; refuses what its declaration does not allow and says why.

    The last usable number is kept: :meth:`value` never returns another one. Arrow keys, Page
    Up/Down and, while focused, the wheel step through usual values. A zero that stands for nothing
    is an empty line that says so: "off", "no limit".

    Parameters
    ----------
    name : str
        The field's name, also the object name.
    declaration : Hyperparameter
        Kind, bounds and scale.
    value : int or float
        The first value.

    Signals
    -------
    value_changed()
        The text was edited to another usable number.
    committed()
        The user is done with a number: Enter, focus elsewhere, or a step.
    message_changed(str)
        What is wrong with the text, in a sentence; empty if nothing is.
    """

    value_changed = Signal()
    committed = Signal()
    message_changed = Signal(str)

    def __init__(
        self, name: str, declaration: Hyperparameter, value: float, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._declaration = declaration
        self._label = label(name)
        self._value = value
        self._committed = value
        self._message = ""
        self._wheel = 0
        self.setObjectName(name)
        self.setAccessibleName(self._label)
        self.setToolTip(tooltip(name))
        self.setMinimumWidth(48)
        # A file dropped on the window would otherwise leave its path here.
        self.setAcceptDrops(False)
        # A line edit indents its text by two pixels more than a combo box does.
        self.setTextMargins(-2, 0, -2, 0)
        if declaration.off_at_zero:
            self.setPlaceholderText(zero_label(declaration.group))
        self.setText(self._text_of(value))
        self.textChanged.connect(self._on_text_changed)
        self.editingFinished.connect(self._on_editing_finished)

    # --- value -----------------------------------------------------------------------------

    def value(self) -> Any:
        """Return the last usable number."""
        return self._value

    def setValue(self, value: float) -> None:
        """Show another number without telling that it changed."""
        self._value = self._committed = float(value) if self._declaration.kind is float else value
        self._show_value()
        self.setCursorPosition(0)
        self._set_message("")

    @property
    def message(self) -> str:
        """What is wrong with the text, or an empty string."""
        return self._message

    @property
    def settled(self) -> bool:
        """Whether nothing is being typed or wrong: all is as :meth:`setValue` would leave it."""
        shown = self.text() == self._text_of(self._value)
        return shown and self._committed == self._value and not self._message

    def check(self) -> str:
        """Say what is wrong with the text, also of an unfinished one; return the sentence."""
        self._set_message(self._find_fault(self.text()))
        return self._message

    def show_fault(self, message: str) -> None:
        """Say what is wrong with a value that others cannot use; gone when it is changed."""
        self._set_message(message)

    def step_by(self, steps: int) -> None:
        """Go on by so many usual values, up or down, within the bounds."""
        value = self._value
        for _ in range(abs(steps)):
            value = next_value(self._declaration, value, up=steps > 0)
        self.setText(self._text_of(value))
        self.selectAll()
        self._commit()

    @property
    def edit(self) -> tuple[NumberEditor, float]:
        """What names the edit that goes on, from the first key to the number's being done."""
        return self, self._committed

    # --- inside ----------------------------------------------------------------------------

    @Slot(str)
    def _on_text_changed(self, text: str) -> None:
        if fault := self._find_fault(text):
            # Who types 0.05 comes through 0; only what cannot become usable is refused at once.
            self._set_message("" if may_become_usable(self._declaration, text) else fault)
            # Not the beginning of what was typed: of 99999 that would be 9999.
            self._use(self._committed)
            return
        self._set_message("")
        number = self._parse(text)
        assert number is not None
        self._use(number)

    def _use(self, value: float) -> None:
        if value != self._value:
            self._value = value
            self.value_changed.emit()

    @Slot()
    def _on_editing_finished(self) -> None:
        if not self.check():
            self._show_value()
            self._commit()

    def _show_value(self) -> None:
        """Write the number in its usual form; what was typed before cannot be undone here."""
        blocked = self.blockSignals(True)
        self.setText(self._text_of(self._value))
        self.blockSignals(blocked)

    def _text_of(self, value: float) -> str:
        return "" if self._declaration.off_at_zero and not value else format_number(value)

    def _parse(self, text: str) -> float | None:
        if self._declaration.off_at_zero and not text.strip():
            return self._declaration.kind(0)
        return parse_number(text, self._declaration.kind)

    def _commit(self) -> None:
        if self._value != self._committed:
            self._committed = self._value
            self.committed.emit()

    def _find_fault(self, text: str) -> str:
        declaration = self._declaration
        number = self._parse(text)
        if number is None:
            message = (
                self.tr("{0} must be a whole number.")
                if declaration.kind is int
                else self.tr("{0} must be a number, such as {1}.")
            )
            return message.format(self._label, format_number(self._value))
        low, high = bounds(declaration)
        if not low <= number <= high:
            return self.tr("{0} must be between {1} and {2}.").format(
                self._label, _bound_text(low), _bound_text(high)
            )
        return ""

    def _set_message(self, message: str) -> None:
        if message == self._message:
            return
        self._message = message
        self.setAccessibleDescription(message)
        self.setProperty("invalid", bool(message))
        self.style().unpolish(self)
        self.style().polish(self)
        self.message_changed.emit(message)

    # --- events ----------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        """Keep Escape from stopping a training while it undoes an edit."""
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.key() == Qt.Key.Key_Escape
            and self._edited
        ):
            event.accept()
            return True
        return super().event(event)

    @property
    def _edited(self) -> bool:
        return self.text() != self._text_of(self._committed)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Step by the arrow keys, undo an edit by Escape, leave Space to the window.

        Undo and redo are left to who holds the editor, when there is no typing to undo.
        """
        steps = {
            Qt.Key.Key_Up: 1,
            Qt.Key.Key_Down: -1,
            Qt.Key.Key_PageUp: 5,
            Qt.Key.Key_PageDown: -5,
        }.get(Qt.Key(event.key()), 0)
        if steps:
            self.step_by(steps)
        elif event.key() == Qt.Key.Key_Escape and self._edited:
            self.setText(self._text_of(self._committed))
            self.selectAll()
        elif (
            event.key() == Qt.Key.Key_Space
            or (event.matches(QKeySequence.StandardKey.Undo) and not self.isUndoAvailable())
            or (event.matches(QKeySequence.StandardKey.Redo) and not self.isRedoAvailable())
        ):
            event.ignore()
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Step while focused; scroll the panel otherwise."""
        if not self.hasFocus():
            event.ignore()
            return
        # Fine wheels and touchpads send fractions of a notch.
        self._wheel += event.angleDelta().y()
        steps = int(self._wheel / WHEEL_NOTCH)
        self._wheel -= steps * WHEEL_NOTCH
        if steps:
            self.step_by(steps)
        event.accept()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Start the wheel anew: half a notch may be left from long ago."""
        super().focusInEvent(event)
        self._wheel = 0


class ChoiceEditor(ElidedBox):
    """A box for one of a few choices.

    Parameters
    ----------
    name : str
        The field's name, also the object name.
    declaration : Hyperparameter
        Its choices.
    value : str
        The first value.

    Signals
    -------
    value_changed()
        Another choice was made.
    """

    value_changed = Signal()

    def __init__(
        self, name: str, declaration: Hyperparameter, value: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName(label(name))
        self.setToolTip(tooltip(name))
        # A click must not take Space away from Train.
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(5)
        for choice in declaration.choices:
            self.addItem(choice_label(choice), choice)
        self.setValue(value)
        self.currentIndexChanged.connect(self.value_changed)

    def value(self) -> str:
        """Return the choice."""
        return str(self.currentData())

    def setValue(self, value: str) -> None:
        """Show another choice without telling that it changed."""
        blocked = self.blockSignals(True)
        self.setCurrentIndex(self.findData(value))
        self.blockSignals(blocked)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose by keys; leave undo and redo to who holds the box."""
        if event.matches(QKeySequence.StandardKey.Undo) or event.matches(
            QKeySequence.StandardKey.Redo
        ):
            event.ignore()
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Change the choice while focused; scroll the panel otherwise."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


def make_editor(name: str, declaration: Hyperparameter, value: Any) -> NumberEditor | ChoiceEditor:
    """Return the editor that fits a declaration."""
    if declaration.kind is str:
        return ChoiceEditor(name, declaration, value)
    return NumberEditor(name, declaration, value)


def _bound_text(bound: float) -> str:
    whole = float(bound).is_integer() and abs(bound) >= 1
    return grouped(bound) if whole else format_number(float(bound))

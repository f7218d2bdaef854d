"""Messages that lie over the page: sentences, what can be done about them, and a way to close."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QEnterEvent,
    QHideEvent,
    QKeyEvent,
    QShowEvent,
)
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from .widgets import SPACING

MOST = 3
"""Messages that lie over the page at the same time."""
WIDTH = 560
"""Pixels of a message where the page has the room."""
# Milliseconds in which a note is noticed, and in which one more character of it is read.
_NOTICED, _READ = 3000, 70


class MessageButton(NamedTuple):
    """What can be done about a message.

    Attributes
    ----------
    text : str
        Of its button, translated.
    action : callable
        Called by a click; the message has been closed then.
    """

    text: str
    action: Callable[[], object]


class Messages(QWidget):
    """The messages over a page, the latest lowest; they move nothing and cover little.

    A note leaves by itself once it can have been read, unless the mouse or the focus is on it; an
    error, and a note with buttons, stays until it is closed. The same sentence is never shown
    twice.

    Parameters
    ----------
    area : QWidget
        The messages lie over its lower edge.
    parent : QWidget
        The area is somewhere in it.
    """

    def __init__(self, area: QWidget, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("messages")
        self._area = area
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(SPACING)
        area.installEventFilter(self)
        self.hide()

    @property
    def texts(self) -> list[str]:
        """The sentences that are shown, the latest last."""
        return [message.text for message in self._messages()]

    def show_error(self, text: str, *buttons: MessageButton) -> None:
        """Show a sentence on what went wrong, and buttons for what can be done."""
        self._add(text, buttons, error=True)

    def show_note(self, text: str, *buttons: MessageButton) -> None:
        """Show a sentence, with buttons that do something and close it."""
        self._add(text, buttons, error=False)

    def clear(self) -> None:
        """Close what a new training makes stale: all but notes on which something can be done."""
        for message in self._messages():
            if message.error or message.passing:
                message.dismiss()

    def withdraw(self, text: str) -> None:
        """Close the message that says `text`, if it is still there."""
        for message in self._messages():
            if message.text == text:
                message.dismiss()

    def take_focus(self) -> None:
        """Give the focus to the latest message, for those who use no mouse."""
        for message in self._messages()[-1:]:
            message.take_focus()

    def _messages(self) -> list[Message]:
        found = (self._column.itemAt(index) for index in range(self._column.count()))
        messages = [item.widget() for item in found if item is not None]
        return [message for message in messages if isinstance(message, Message)]

    def _add(self, text: str, buttons: Sequence[MessageButton], *, error: bool) -> None:
        self.withdraw(text)
        # What leaves by itself has to make room first.
        others = sorted(self._messages(), key=lambda message: not message.passing)
        for message in others[: len(others) + 1 - MOST]:
            message.dismiss()
        message = Message(text, buttons, error=error)
        message.closed.connect(self._on_closed)
        self._column.addWidget(message)
        message.show()
        self._place()
        self.show()
        _announce(self, text, urgent=error)

    @Slot(object)
    def _on_closed(self, message: Message) -> None:
        self._column.removeWidget(message)
        message.hide()
        message.deleteLater()
        self.setVisible(bool(self._messages()))
        self._place()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay over the page wherever it moves."""
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Move, QEvent.Type.Show):
            self._place()
        return super().eventFilter(watched, event)

    def event(self, event: QEvent) -> bool:
        """Take as much room as the messages need."""
        if event.type() == QEvent.Type.LayoutRequest:
            self._place()
        return super().event(event)

    def _place(self) -> None:
        area, host = self._area, self.parentWidget()
        assert host is not None
        width = min(WIDTH, area.width() - 2 * SPACING)
        height = self._column.heightForWidth(width)
        x, y = (area.width() - width) // 2, area.height() - height - SPACING
        place = area.mapTo(host, QPoint(x, y))
        self.setGeometry(QRect(place, QSize(width, height)))
        self.raise_()


class Message(QFrame):
    """One sentence and its buttons.

    Parameters
    ----------
    text : str
        The sentence.
    buttons : sequence of MessageButton
        What can be done about it.
    error : bool
        Whether it tells what went wrong.

    Attributes
    ----------
    text, error
        As given.
    passing : bool
        Whether it leaves by itself.

    Signals
    -------
    closed(object)
        It is not to be seen any more; itself.
    """

    closed = Signal(object)

    def __init__(self, text: str, buttons: Sequence[MessageButton], *, error: bool) -> None:
        super().__init__()
        self.setObjectName("message")
        self.setProperty("error", error)
        self.setAccessibleName(text)
        self.text = text
        self.error = error
        self.passing = not error and not buttons
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_NOTICED + _READ * len(text))
        self._timer.timeout.connect(self._on_read)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 6, 6, 6)
        row.setSpacing(SPACING)
        label = QLabel(text)
        label.setTextFormat(Qt.TextFormat.PlainText)  # it may quote a stranger's file
        label.setWordWrap(True)
        # Or a long file name would make the message wider than the page.
        label.setMinimumWidth(1)
        label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        row.addWidget(label, 1)
        for button in buttons:
            row.addWidget(_ActionButton(self, button))
        row.addWidget(self._closing_button())

    def take_focus(self) -> None:
        """Give the focus to the first button."""
        self.findChildren(QToolButton)[0].setFocus(Qt.FocusReason.ShortcutFocusReason)

    @Slot()
    def dismiss(self) -> None:
        """Close it; nothing else happens."""
        self.closed.emit(self)

    def _closing_button(self) -> QToolButton:
        button = QToolButton()
        button.setObjectName("messageClose")
        button.setText("✕")
        button.setProperty("flat", True)
        button.setToolTip(self.tr("Close this message (Esc, while it has the focus)."))
        button.setAccessibleName(self.tr("Close this message"))
        button.clicked.connect(self.dismiss)
        return button

    @Slot()
    def _on_read(self) -> None:
        focus = QApplication.focusWidget()
        if focus is not None and self.isAncestorOf(focus):
            self._timer.start()
        else:
            self.dismiss()

    def _wait(self) -> None:
        if self.passing and not self.underMouse():
            self._timer.start()

    def showEvent(self, event: QShowEvent) -> None:
        """Begin to count the time in which it is read."""
        super().showEvent(event)
        self._wait()

    def hideEvent(self, event: QHideEvent) -> None:
        """Count no time in which nobody sees it."""
        super().hideEvent(event)
        self._timer.stop()

    def enterEvent(self, event: QEnterEvent) -> None:
        """Stay while the mouse is here."""
        super().enterEvent(event)
        self._timer.stop()

    def leaveEvent(self, event: QEvent) -> None:
        """Leave some time after the mouse did."""
        super().leaveEvent(event)
        self._wait()

    def event(self, event: QEvent) -> bool:
        """Have Esc close it while it has the focus, which would stop a training otherwise."""
        if isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            if event.type() == QEvent.Type.KeyPress:
                self.dismiss()
            event.accept()
            return True
        return super().event(event)


class _ActionButton(QToolButton):
    """Closes its message, then does something about it."""

    def __init__(self, message: Message, button: MessageButton) -> None:
        super().__init__()
        self.setObjectName("messageButton")
        self.setText(button.text)
        self._message, self._action = message, button.action
        self.clicked.connect(self._on_clicked)

    @Slot()
    def _on_clicked(self) -> None:
        self._message.dismiss()
        self._action()


def _announce(widget: QWidget, text: str, *, urgent: bool) -> None:
    """Have a screen reader say it."""
    event = QAccessibleAnnouncementEvent(widget, text)
    event.setPoliteness(
        QAccessible.AnnouncementPoliteness.Assertive
        if urgent
        else QAccessible.AnnouncementPoliteness.Polite
    )
    QAccessible.updateAccessibility(event)

"""Messages lie over the page, move nothing, and leave when they were read."""

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QAccessible, QEnterEvent
from PySide6.QtWidgets import QApplication, QPushButton, QToolButton, QVBoxLayout, QWidget

from mnist_studio.ui import messages as module
from mnist_studio.ui.messages import MOST, Message, MessageButton, Messages

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def page(qtbot):
    """A page with a button at its lower edge."""
    page = QWidget()
    qtbot.addWidget(page)
    column = QVBoxLayout(page)
    column.addStretch(1)
    column.addWidget(QPushButton("Next"))
    page.resize(700, 400)
    page.show()
    return page


@pytest.fixture
def messages(page):
    return Messages(page, page)


def message(messages, text):
    return next(each for each in messages.findChildren(Message) if each.text == text)


def timer(messages, text):
    return message(messages, text).findChild(QTimer)


def close_button(messages, text):
    return message(messages, text).findChild(QToolButton, "messageClose")


def test_a_message_moves_nothing(page, messages):
    button = page.findChild(QPushButton)
    before = button.geometry()
    messages.show_error("This went wrong.")
    QApplication.processEvents()
    assert messages.isVisible()
    assert button.geometry() == before


def test_a_message_lies_within_the_page_however_small_it_becomes(page, messages):
    messages.show_note("Saved as /" + "folder" * 100 + "/run.npz.")
    for size in ((700, 400), (300, 300)):
        page.resize(*size)
        QApplication.processEvents()
        assert page.rect().contains(messages.geometry())


def test_a_note_leaves_when_it_was_read_and_an_error_stays(qtbot, messages, monkeypatch):
    monkeypatch.setattr(module, "_NOTICED", 0)
    monkeypatch.setattr(module, "_READ", 0)
    messages.show_error("This went wrong.")
    messages.show_note("Undo?", MessageButton("Undo", lambda: None))
    messages.show_note("Saved.")
    qtbot.waitUntil(lambda: "Saved." not in messages.texts)
    assert messages.texts == ["This went wrong.", "Undo?"]


def test_a_note_stays_under_the_mouse_and_while_it_has_the_focus(qtbot, messages):
    messages.show_note("Saved.")
    note = message(messages, "Saved.")
    assert timer(messages, "Saved.").isActive()
    QApplication.sendEvent(note, QEnterEvent(QPointF(), QPointF(), QPointF()))
    assert not timer(messages, "Saved.").isActive()
    QApplication.sendEvent(note, QEvent(QEvent.Type.Leave))
    assert timer(messages, "Saved.").isActive()
    messages.window().activateWindow()
    messages.take_focus()
    timer(messages, "Saved.").timeout.emit()
    assert messages.texts == ["Saved."]
    messages.window().findChild(QPushButton).setFocus()
    timer(messages, "Saved.").timeout.emit()
    assert messages.texts == []


def test_a_button_closes_its_message_and_acts(qtbot, messages):
    done = []
    messages.show_note("Deleted.", MessageButton("Undo", lambda: done.append("undone")))
    messages.show_error("This went wrong.")
    qtbot.mouseClick(messages.findChild(QToolButton, "messageButton"), LEFT)
    assert done == ["undone"]
    assert messages.texts == ["This went wrong."]
    qtbot.mouseClick(close_button(messages, "This went wrong."), LEFT)
    assert messages.texts == []
    assert not messages.isVisible()


def test_the_same_sentence_is_shown_once(messages):
    messages.show_error("This went wrong.")
    messages.show_note("Saved.")
    messages.show_error("This went wrong.")
    assert messages.texts == ["Saved.", "This went wrong."]


def test_there_are_few_at_a_time_and_what_leaves_by_itself_makes_room(messages):
    messages.show_error("First.")
    messages.show_note("A note.")
    for text in ("Second.", "Third."):
        messages.show_error(text)
    assert messages.texts == ["First.", "Second.", "Third."]
    assert len(messages.texts) == MOST
    messages.show_note("A note.")
    assert messages.texts == ["Second.", "Third.", "A note."]


def test_escape_closes_the_message_that_has_the_focus(qtbot, messages):
    messages.show_error("First.")
    messages.show_error("Second.")
    messages.window().activateWindow()
    messages.take_focus()
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Escape)
    assert messages.texts == ["First."]


def test_clicks_beside_a_message_reach_the_page(page, messages):
    messages.show_error("This went wrong.")
    QApplication.processEvents()
    assert page.childAt(QPoint(5, 5)) is None
    assert messages.width() < page.width()


def test_a_new_training_closes_what_it_makes_stale_and_nothing_that_can_be_undone(messages):
    messages.show_error("Diverged.", MessageButton("Use 1", lambda: None))
    messages.show_note("Deleted.", MessageButton("Undo", lambda: None))
    messages.show_note("Saved.")
    messages.clear()
    assert messages.texts == ["Deleted."]
    messages.withdraw("Another.")
    messages.withdraw("Deleted.")
    assert messages.texts == []


def test_a_screen_reader_says_what_is_shown(messages, monkeypatch):
    said = []
    monkeypatch.setattr(
        QAccessible,
        "updateAccessibility",
        lambda event: said.append((event.message(), event.politeness())),
    )
    messages.show_note("Saved.")
    messages.show_error("This went wrong.")
    politeness = QAccessible.AnnouncementPoliteness
    assert said == [
        ("Saved.", politeness.Polite),
        ("This went wrong.", politeness.Assertive),
    ]

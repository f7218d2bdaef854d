"""A page whose views take turns."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from mnist_studio.ui.live_view import LiveView
from mnist_studio.ui.sections import Section, Sections

from .windows import show_widget


class Figure:
    def __init__(self):
        self.watched = False

    def watch(self, watched):
        self.watched = watched


@pytest.fixture
def figures():
    return {"first": Figure(), "second": Figure()}


@pytest.fixture
def sections(qtbot, figures):
    def make(name):
        view = LiveView()
        view.follow((), (figures[name],))
        return view

    rows = [Section(name, name.title(), lambda name=name: make(name)) for name in figures]
    sections = Sections("some", "What is shown", rows)
    return show_widget(qtbot, sections)


def watched(figures):
    return [name for name, figure in figures.items() if figure.watched]


def test_only_the_section_that_is_looked_at_asks(sections, figures):
    assert watched(figures) == ["first"]

    QTest.mouseClick(
        sections.tabs, Qt.MouseButton.LeftButton, pos=sections.tabs.tabRect(1).center()
    )
    assert watched(figures) == ["second"]

    QTest.keyClick(sections.tabs, Qt.Key.Key_Left)
    assert watched(figures) == ["first"]


def test_a_hidden_page_does_not_ask_and_asks_again_when_it_is_back(sections, figures):
    sections.show_section("second")
    sections.hide()
    assert watched(figures) == []

    sections.show()
    assert watched(figures) == ["second"]


def test_a_section_is_made_once_and_by_name(sections):
    assert sections.view("second") is sections.view("second")
    assert sections.names == ("first", "second")


def test_nobody_asks_after_the_end(sections, figures):
    sections.shut_down()
    assert watched(figures) == []


def test_a_single_section_needs_no_tabs(qtbot):
    sections = Sections("some", "What is shown", [Section("only", "Only", LiveView)])
    qtbot.addWidget(sections)
    assert sections.tabs.isHidden()

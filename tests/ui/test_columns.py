"""The page between its columns."""

import pytest
from PySide6.QtCore import QByteArray, QEvent
from PySide6.QtWidgets import QApplication, QLabel, QTabBar

from mnist_studio.ui.column import Column
from mnist_studio.ui.columns import Columns
from mnist_studio.ui.sections import Sections

from .layout_requests import LayoutRequests
from .windows import open_main_window

DEPTH = 20  # widgets in one another, at most


def each_look(window):
    """Show every section of every page, and yield the page's widget each time."""
    tabs = window.findChild(QTabBar, "tabs")
    for index, page in enumerate(window.pages.values()):
        tabs.setCurrentIndex(index)
        names = page.widget.names if isinstance(page.widget, Sections) else [""]
        for name in names:
            if name:
                page.widget.show_section(name)
            QApplication.processEvents()
            yield page.widget


def lay_out():
    """Have layouts made anew, and nothing else: each time one level further up, to the window."""
    for _ in range(DEPTH):
        QApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest.value)


def test_what_is_written_on_a_page_has_nothing_around_it_laid_out_anew(qtbot, tmp_path):
    """While a network learns, that is several times a second."""
    window = open_main_window(tmp_path)
    qtbot.addWidget(window)
    window.show()
    qtbot.waitUntil(lambda: window.studio.session.run is not None)
    whole = LayoutRequests(window)
    looks = 0
    for page in each_look(window):
        labels = [label for label in page.findChildren(QLabel) if label.isVisible()]
        assert labels, page.objectName()
        lay_out()
        whole.count = 0
        for label in labels:
            label.setText(label.text() + " and three more words")
        lay_out()
        assert whole.count == 0, page.objectName()
        looks += 1
    assert looks == 9
    window.close()


@pytest.fixture
def columns(qtbot):
    columns = Columns(Column("Settings", 300, 0.3, "Fold."), Column("Pad", 284, 1, "Fold."))
    qtbot.addWidget(columns)
    return columns


def test_widths_and_folds_are_remembered(columns):
    before = columns.state()
    for text in (b"[[321,true],[290,false]]", b"[[321, true],\n [290, false]]"):
        columns.restore(QByteArray(text))
        seen = [(each.usual_width, each.wanted) for each in (columns.left, columns.right)]
        assert seen == [(321, True), (290, False)]
        assert columns.state() == b"[[321,true],[290,false]]"
        columns.restore(before)
        assert columns.state() == before


DAMAGED = b"", b"\xff\x00", b"[]", b"[[1e9, true], [-3, 2]]", b"{}", b"[[9, true]", b"[[9, true]]"


@pytest.mark.parametrize("damaged", DAMAGED)
def test_widths_that_are_damaged_are_the_usual_ones(columns, damaged):
    columns.restore(QByteArray(damaged))
    assert columns.state() == b"[[300,true],[284,true]]"


def test_of_two_columns_that_a_page_does_without_the_one_unfolded_last_has_the_room(columns):
    for column in (columns.left, columns.right):
        columns.set_spared(column, 10_000)
    columns.resize(812, 400)  # the pad fits beside a page, the settings do not
    columns.unfold(columns.right)
    columns.unfold(columns.left)
    assert columns.right.folded
    assert not columns.left.folded

"""The page between its columns."""

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication, QLabel, QTabBar

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

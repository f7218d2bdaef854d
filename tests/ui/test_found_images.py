"""Images that are found on one page and shown on another."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QTabBar, QToolButton

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def window(qtbot, open_window):
    window = open_window(1280, 720)
    qtbot.waitUntil(lambda: window.studio.session.run is not None)
    return window


def drag(widget, *corners):
    QTest.mousePress(widget, LEFT, pos=corners[0])
    for corner in corners:
        QTest.mouseMove(widget, corner)
    QTest.mouseRelease(widget, LEFT, pos=corners[-1])


def test_a_lasso_shows_its_images_in_the_gallery_of_the_other_page(qtbot, window):
    tabs = window.findChild(QTabBar, "tabs")
    names = list(window.pages)
    tabs.setCurrentIndex(names.index("inside"))
    window.pages["inside"].widget.show_section("projection")
    card = window.pages["inside"].widget.view("projection").projection
    qtbot.waitUntil(lambda: card.plot.cloud is not None)
    right, bottom = card.plot.width() // 2, card.plot.height() - 1
    with qtbot.waitSignal(card.images_wanted) as wanted:
        drag(
            card.plot,
            *(QPoint(x, y) for x, y in ((1, 1), (right, 1), (right, bottom), (1, bottom))),
        )
    rows = wanted.args[0].rows
    assert tabs.currentIndex() == names.index("evaluate")
    page = window.pages["evaluate"].widget
    gallery = page.view("mistakes").images.gallery
    qtbot.waitUntil(lambda: gallery.isVisible())
    assert gallery.images.rowCount() == len(rows)
    assert page.findChild(QLabel, "galleryCount").text() == f"{len(rows)} validation images"
    chip = page.findChild(QToolButton, "groupChip")
    assert chip.text().startswith("lasso")
    QTest.mouseClick(chip, LEFT)
    assert gallery.images.rowCount() != len(rows)

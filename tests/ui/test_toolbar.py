"""The row at the top: nothing jumps, and what does not fit is left out by its importance."""

from itertools import pairwise

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QEnterEvent
from PySide6.QtWidgets import QApplication, QLabel, QMainWindow, QMenu, QTabBar, QToolButton

from mnist_studio.ui.actions import Actions
from mnist_studio.ui.toolbar import Toolbar


@pytest.fixture
def toolbar(qtbot):
    window = QMainWindow()
    qtbot.addWidget(window)
    actions = Actions(window)
    toolbar = Toolbar(actions)
    toolbar.set_menus(QMenu(window), QMenu(window))
    toolbar.actions_ = actions
    for title in ("Train", "Evaluate", "Inside", "Experiments"):
        toolbar.tabs.addTab(title)
    window.setCentralWidget(toolbar)
    window.resize(1256, 60)
    window.show()
    return toolbar


def button(toolbar, name):
    return toolbar.findChild(QToolButton, name)


def places(toolbar):
    toolbar.layout().activate()
    names = ("stopButton", "stepButton", "openButton", "saveButton", "moreButton")
    return [button(toolbar, name).geometry() for name in names] + [toolbar.tabs.geometry()]


@pytest.mark.layout
def test_no_word_moves_its_neighbors(toolbar):
    before = places(toolbar)
    toolbar.show_running(running=True)
    assert places(toolbar) == before
    toolbar.actions_.train.setText("&Resume")
    toolbar.show_running(running=False)
    toolbar.set_title("784-256-10 on mnist, sgd 0.1, batch 20", "stopped")
    assert places(toolbar) == before
    toolbar.show_resumable(resumable=True)
    assert places(toolbar) == before
    toolbar.set_title("784-512-512-512-512-10 on fashion-mnist, momentum 0.001, batch 20", "paused")
    assert places(toolbar) == before


@pytest.mark.layout
@pytest.mark.parametrize("width", [1256, 1000, 900, 780, 720])
def test_what_does_not_fit_is_left_out_and_nothing_overlaps(toolbar, width):
    toolbar.set_title("784-256-10 on mnist, sgd 0.1, batch 20", "stopped")
    toolbar.show_resumable(resumable=True)
    width = max(width, toolbar.minimumSizeHint().width())  # which depends on the font
    toolbar.window().resize(width, 60)
    toolbar.layout().activate()
    row = [toolbar.layout().itemAt(index).widget() for index in range(toolbar.layout().count())]
    shown = [each for each in row if each is not None and each.isVisible()]
    for one, other in pairwise(shown):
        assert one.geometry().right() < other.geometry().left()
    assert toolbar.width() == width
    for each in shown:
        assert each.geometry().right() < width
        if isinstance(each, QToolButton | QTabBar):
            assert each.width() >= each.sizeHint().width()
    assert button(toolbar, "moreButton").isVisible()


@pytest.mark.layout
def test_a_narrower_window_leaves_out_more_the_less_important_first(toolbar):
    toolbar.show_resumable(resumable=True)
    left_out = []
    for width in range(1600, 640, -20):  # whatever the font needs
        toolbar.window().resize(width, 60)
        toolbar.layout().activate()
        iconic = button(toolbar, "stopButton").toolButtonStyle()
        state = (
            not button(toolbar, "saveButton").isVisible(),
            iconic is Qt.ToolButtonStyle.ToolButtonIconOnly,
        )
        if state not in left_out:
            left_out.append(state)
    assert left_out == [(False, False), (True, False), (True, True)]


def test_the_last_menu_has_what_may_be_left_out(toolbar):
    menu = button(toolbar, "moreButton").menu()
    assert {toolbar.actions_.open, toolbar.actions_.save} <= set(menu.actions())


def test_every_button_has_a_name(toolbar):
    for each in toolbar.findChildren(QToolButton):
        assert each.accessibleName(), each.objectName()


@pytest.mark.parametrize("pointed", [False, True])
def test_the_focus_can_be_seen_everywhere(qtbot, toolbar, pointed):
    toolbar.window().activateWindow()
    shown = [each for each in toolbar.findChildren(QToolButton) if each.isVisible()]
    for each in (*shown, toolbar.tabs):
        if not each.isEnabled():
            continue
        toolbar.window().setFocus()
        # Wherever earlier tests have left the pointer.
        each.setAttribute(Qt.WidgetAttribute.WA_UnderMouse, pointed)
        place = QPointF(each.rect().center())
        enter, leave = QEnterEvent(place, place, place), QEvent(QEvent.Type.Leave)
        QApplication.sendEvent(each, enter if pointed else leave)
        without = each.grab().toImage()
        each.setFocus(Qt.FocusReason.TabFocusReason)
        assert each.hasFocus()
        assert each.grab().toImage() != without, each.objectName()


@pytest.mark.layout
@pytest.mark.parametrize("name", ["run 12", "note: run 12"])
def test_where_only_the_name_of_the_run_fits_it_is_written_whole(toolbar, name):
    toolbar.set_title(f"{name}: 784-256-10 on MNIST, SGD 0.1, batch 20", "")
    title = toolbar.findChild(QLabel, "runTitle")
    width = title.fontMetrics().horizontalAdvance
    seen = {}
    for room in range(width(name) - 1, width(title.text()) + 1):
        title.resize(room, 20)
        seen[room] = title.fitting_text()
    assert seen[width(name) - 1].endswith("…")
    title.resize(width("ru…"), 20)
    assert not title.fitting_text()
    assert seen[width(name)] == seen[width(f"{name}: …") - 1] == name
    assert seen[width(f"{name}: 784…") + 2].startswith(f"{name}: 7")
    assert seen[width(title.text())] == title.text()

"""The window in little room and in much: columns fold, the page has the screen, text grows."""

import dataclasses

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLabel, QTabBar, QToolButton, QWidget

from mnist_studio.training.status import RunStatus
from mnist_studio.ui import theme
from mnist_studio.ui.column import rail_width
from mnist_studio.ui.columns import PAGE
from mnist_studio.ui.keys_dialog import KeysDialog
from mnist_studio.ui.sketch.image import Picture

LEFT = Qt.MouseButton.LeftButton
CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def open_window(qtbot, open_window):
    """Open windows that have their data set."""

    def open_one(width=1280, height=720):
        window = open_window(width, height)
        qtbot.waitUntil(lambda: window.studio.session.data.dataset is not None)
        return window

    return open_one


def columns(window):
    return window._columns


def handle(window, index):
    return columns(window).handle(index)


@pytest.mark.layout
@pytest.mark.parametrize("size", [(960, 560), (1024, 600), (1280, 720), (1920, 1080)])
def test_the_window_works_at_this_size(qtbot, open_window, size):
    window = open_window(*size)
    assert (window.width(), window.height()) == size
    tabs = window.findChild(QTabBar, "tabs")
    for key in (Qt.Key.Key_2, Qt.Key.Key_1):
        qtbot.keyClick(window, key, CONTROL)
        assert not [each for each in tabs.findChildren(QToolButton) if each.isVisible()]
        assert columns(window).page.width() >= PAGE.width()
    assert columns(window).left.folded == (size[0] < 1100)


def test_a_key_folds_each_column_and_it_is_remembered(qtbot, open_window):
    window = open_window()
    qtbot.keyClick(window, Qt.Key.Key_F9)
    assert columns(window).left.folded
    assert columns(window).left.width() == rail_width()
    assert not window.settings.isVisible()
    qtbot.keyClick(window, Qt.Key.Key_F9, Qt.KeyboardModifier.ShiftModifier)
    assert columns(window).right.folded
    window.close()
    again = open_window()
    assert columns(again).left.folded
    assert columns(again).right.folded
    qtbot.keyClick(again, Qt.Key.Key_F9)
    assert again.settings.isVisible()


def test_what_is_folded_away_leaves_the_keys_to_the_window(qtbot, open_window):
    window = open_window()
    window.sketch.pad.setFocus()
    qtbot.keyClick(window, Qt.Key.Key_F9, Qt.KeyboardModifier.ShiftModifier)
    assert not window.sketch.pad.isVisible()
    assert window.focusWidget() is window  # where Space trains


def test_a_click_on_the_gap_folds_a_column_and_a_click_on_its_rail_unfolds_it(qtbot, open_window):
    window = open_window()
    qtbot.mouseClick(handle(window, 1), LEFT)
    assert columns(window).left.folded
    assert "784-256-10" in columns(window).left.rail.toolTip()
    qtbot.mouseClick(columns(window).left.rail, LEFT)
    assert not columns(window).left.folded
    assert columns(window).left.width() == 300


def test_a_larger_window_gives_a_larger_pad_and_a_drag_there_stays(qtbot, open_window):
    window = open_window(1280, 720)
    pad, usual = window.sketch.pad, columns(window).right.width()
    before = pad.width()
    window.resize(1920, 1080)
    qtbot.waitUntil(lambda: pad.width() > 1.4 * before)
    drag(qtbot, handle(window, 2), -60)
    dragged = columns(window).right.width()
    window.resize(1280, 720)
    assert usual < columns(window).right.width() < dragged
    window.resize(1920, 1080)
    assert abs(columns(window).right.width() - dragged) <= 1


def drag(qtbot, handle, distance):
    start = handle.mapToGlobal(handle.rect().center())

    def place(share):  # the handle moves under the pointer
        return handle.mapFromGlobal(start + QPoint(round(share * distance), 0))

    qtbot.mousePress(handle, LEFT, pos=place(0))
    qtbot.mouseMove(handle, place(0.5))
    qtbot.mouseMove(handle, place(1))
    qtbot.mouseRelease(handle, LEFT, pos=place(1))


def test_a_drag_gives_a_column_another_width_that_stays(qtbot, open_window):
    window = open_window()
    drag(qtbot, handle(window, 1), 60)
    width = columns(window).left.width()
    assert width > 300
    qtbot.keyClick(window, Qt.Key.Key_F9)
    qtbot.keyClick(window, Qt.Key.Key_F9)
    assert columns(window).left.width() == width
    window.close()
    assert columns(open_window()).left.width() == width


def test_a_column_that_is_dragged_to_nothing_is_folded(qtbot, open_window):
    window = open_window()
    drag(qtbot, handle(window, 1), -290)
    assert columns(window).left.folded
    qtbot.mouseClick(columns(window).left.rail, LEFT)
    assert columns(window).left.width() == 300


def test_a_rail_that_is_dragged_is_unfolded(qtbot, open_window):
    window = open_window()
    qtbot.keyClick(window, Qt.Key.Key_F9)
    drag(qtbot, handle(window, 1), 80)
    assert not columns(window).left.folded
    assert columns(window).left.width() == 300


def test_a_narrow_window_folds_and_a_wide_one_unfolds_what_the_user_wants_to_see(
    qtbot, open_window
):
    window = open_window(1280, 720)
    window.resize(960, 560)
    assert columns(window).left.folded
    assert not columns(window).right.folded
    qtbot.keyClick(window, Qt.Key.Key_F9)
    assert not columns(window).left.folded
    assert columns(window).right.folded
    window.resize(1280, 720)
    assert not columns(window).left.folded
    assert not columns(window).right.folded


@pytest.mark.layout
@pytest.mark.parametrize("side", ["left", "right"])
def test_a_column_is_unfolded_by_hand_also_where_there_is_no_room_for_it(qtbot, open_window, side):
    window = open_window(1024, 600)
    theme.set_scale(1.5)
    column = getattr(columns(window), side)
    other = columns(window).right if side == "left" else columns(window).left
    page = columns(window).page.width()
    assert column.folded
    qtbot.mouseClick(column.rail, LEFT)
    assert not column.folded
    assert column.width() >= column.least_width()
    assert 0 < columns(window).page.width() < page
    assert (window.width(), window.height()) == (1024, 600)
    qtbot.mouseClick(other.rail, LEFT)
    assert (column.folded, other.folded) == (True, False)
    qtbot.keyClick(window, Qt.Key.Key_2, CONTROL)  # a wish for the page that is shown
    assert column.folded
    assert other.folded
    assert columns(window).page.width() == page


def test_where_text_is_large_the_mistakes_have_the_room_of_the_pad(qtbot, open_window):
    window = open_window(1280, 720)
    theme.set_scale(1.5)
    assert not columns(window).right.folded
    qtbot.keyClick(window, Qt.Key.Key_2, CONTROL)
    assert columns(window).right.folded
    pixels = np.zeros((28, 28), np.uint8)
    window.pages["evaluate"].context.picture_wanted.emit(Picture(pixels, "test image 1", truth="4"))
    assert not columns(window).right.folded
    assert window.sketch.pad.picture.truth == "4"
    qtbot.keyClick(window, Qt.Key.Key_1, CONTROL)
    assert not columns(window).right.folded


def test_neither_a_page_nor_a_data_set_moves_the_columns(qtbot, open_window):
    window = open_window()
    before = columns(window).left.width(), columns(window).right.width()
    for number, page in enumerate(window.pages.values(), 1):
        qtbot.keyClick(window, str(number), CONTROL)
        if not page.settings_from or window.width() >= page.settings_from:
            assert columns(window).left.width() == before[0]
    qtbot.keyClick(window, Qt.Key.Key_1, CONTROL)
    assert (columns(window).left.width(), columns(window).right.width()) == before
    config = window.settings.config()
    for name in ("fashion-mnist", "mnist", "mnist-10k"):
        window.settings.set_config(
            dataclasses.replace(config, data=dataclasses.replace(config.data, dataset=name))
        )
        columns(window).arrange()
        assert columns(window).left.width() == before[0]


def test_the_page_gets_the_whole_screen_and_escape_brings_the_columns_back(qtbot, open_window):
    window = open_window()
    qtbot.keyClick(window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: window.studio.session.status is RunStatus.RUNNING)
    before = columns(window).sizes()
    qtbot.keyClick(window, Qt.Key.Key_F11)
    assert window.isFullScreen()
    qtbot.waitUntil(lambda: columns(window).page.width() == columns(window).width())
    assert not window.findChild(QLabel, "positionLabel").isVisible()
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert not window.isFullScreen()
    assert window.studio.session.active
    window.resize(1280, 720)
    assert columns(window).sizes() == before
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not window.studio.session.active)


def test_what_the_pad_or_the_settings_have_to_show_is_seen_though_the_page_has_the_screen(
    qtbot, open_window
):
    window = open_window()
    pixels = np.zeros((28, 28), np.uint8)
    wanted = window.pages["evaluate"].context.picture_wanted
    for show, seen in (
        (lambda: wanted.emit(Picture(pixels, "test image 1")), window.sketch),
        (window.settings.fault_shown.emit, window.settings),
    ):
        qtbot.keyClick(window, Qt.Key.Key_F11)
        assert not seen.isVisible()
        show()
        assert seen.isVisible()
        assert not window.isFullScreen()


def test_keys_make_all_text_larger_and_smaller_and_the_size_is_remembered(qtbot, open_window):
    window = open_window()
    label = window.findChild(QLabel, "positionLabel")
    button = window.findChild(QToolButton, "saveButton")
    points, height = label.font().pointSizeF(), button.height()
    for _ in range(3):
        qtbot.keyClick(window, Qt.Key.Key_Plus, CONTROL)
    assert theme.notifier().scale == 1.5
    assert not window.findChild(QAction, "largerAction").isEnabled()
    assert label.font().pointSizeF() == points * 1.5
    qtbot.waitUntil(lambda: button.height() >= round(1.5 * height))
    qtbot.keyClick(window, Qt.Key.Key_Minus, CONTROL)
    assert theme.notifier().scale == 1.25
    window.close()
    again = open_window()
    assert theme.notifier().scale == 1.25
    qtbot.keyClick(again, Qt.Key.Key_0, CONTROL)
    assert theme.notifier().scale == 1
    assert again.findChild(QLabel, "positionLabel").font().pointSizeF() == points


def test_the_keys_of_every_action_are_listed(qtbot, open_window):
    window = open_window()
    qtbot.keyClick(window, Qt.Key.Key_F1)
    dialog = window.findChild(KeysDialog)
    shown = {label.text() for label in dialog.findChildren(QLabel)}
    for action in window.actions():
        for sequence in action.shortcuts():
            assert any(sequence.toString() in text for text in shown), action.objectName()
        if action.shortcuts():
            assert f"({action.shortcut().toString()})." in action.toolTip()
    assert {"Space", "F2"} <= shown
    dialog.close()


def test_every_text_is_scaled_and_none_twice(qtbot, open_window):
    window = open_window()

    def sizes():
        ours = [
            each
            for each in window.findChildren(QWidget)
            if not each.objectName().startswith("qt_")  # scroll bars' holders, without a text
        ]
        return {each: each.font().pointSizeF() for each in ours}

    for number in range(1, window.findChild(QTabBar, "tabs").count() + 1):
        qtbot.keyClick(window, str(number), CONTROL)
    before = sizes()
    for _ in range(3):
        qtbot.keyClick(window, Qt.Key.Key_Plus, CONTROL)
    after = sizes()
    both = before.keys() & after.keys()
    assert {each: after[each] / before[each] for each in both} == pytest.approx(
        dict.fromkeys(both, 1.5), abs=0.06
    )


def test_settings_unfolded_and_folded_on_a_page_that_spares_them_are_as_before_elsewhere(
    qtbot, open_window
):
    window = open_window()
    window.resize(1280, 720)
    before = columns(window).left.width()
    qtbot.keyClick(window, Qt.Key.Key_2, CONTROL)
    for folded in (False, True):
        qtbot.keyClick(window, Qt.Key.Key_F9)
        assert columns(window).left.folded is folded
    qtbot.keyClick(window, Qt.Key.Key_1, CONTROL)
    assert columns(window).left.width() == before


def test_only_columns_that_the_page_has_are_offered(qtbot, open_window):
    window = open_window()
    left, right = (window.findChild(QAction, f"{side}ColumnAction") for side in ("left", "right"))
    assert right.isEnabled()
    qtbot.keyClick(window, Qt.Key.Key_4, CONTROL)
    assert (left.isEnabled(), right.isEnabled(), right.isChecked()) == (True, False, False)
    qtbot.keyClick(window, Qt.Key.Key_F11)
    assert not left.isEnabled()
    qtbot.keyClick(window, Qt.Key.Key_F11)
    qtbot.keyClick(window, Qt.Key.Key_1, CONTROL)
    assert right.isEnabled()
    assert right.isChecked()


def test_experiments_spare_the_settings_only_in_a_narrow_window(qtbot, open_window):
    window = open_window(1024, 720)
    left = columns(window).left
    qtbot.keyClick(window, Qt.Key.Key_F9)
    qtbot.keyClick(window, Qt.Key.Key_4, CONTROL)
    assert left.folded
    window.resize(1280, 720)
    assert not left.folded
    window.resize(1024, 720)
    assert left.folded
    qtbot.keyClick(window, Qt.Key.Key_F9)
    assert not left.folded


@pytest.mark.parametrize("width", [1024, 1280])
@pytest.mark.parametrize("folded", [False, True])
def test_settings_unfolded_on_a_page_that_spares_them_stay_as_they_were_elsewhere(
    qtbot, open_window, width, folded
):
    window = open_window(width, 720)
    left, right = columns(window).left, columns(window).right
    if left.folded is not folded:
        qtbot.keyClick(window, Qt.Key.Key_F9)
    before = left.folded, right.folded
    qtbot.keyClick(window, Qt.Key.Key_2, CONTROL)
    qtbot.keyClick(window, Qt.Key.Key_F9)
    assert not left.folded
    qtbot.keyClick(window, Qt.Key.Key_1, CONTROL)
    assert (left.folded, right.folded) == before

"""The pad keeps every point of every stroke, from whatever it is drawn with."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import (
    QImage,
    QInputDevice,
    QKeyEvent,
    QMouseEvent,
    QPointingDevice,
    QTabletEvent,
)
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from mnist_studio.ui import theme
from mnist_studio.ui.sketch.image import Picture
from mnist_studio.ui.sketch.pad import SketchPad

SIDE = 200
LEFT = Qt.MouseButton.LeftButton
NONE = Qt.MouseButton.NoButton
CONTROL = Qt.KeyboardModifier.ControlModifier
PLAIN = Qt.KeyboardModifier.NoModifier

# QTest takes (0, 0) for "anywhere", so it is left out.
points = st.tuples(st.integers(1, SIDE - 1), st.integers(0, SIDE - 1))
strokes = st.lists(points, min_size=1, max_size=30)


@pytest.fixture
def pad(qtbot):
    pad = SketchPad()
    qtbot.addWidget(pad)
    pad.resize(SIDE, SIDE)
    pad.show()
    return pad


def drag(pad, stroke):
    """Draw with QTest; the button is released where the mouse is."""
    places = [QPoint(x, y) for x, y in stroke]
    QTest.mousePress(pad, LEFT, PLAIN, places[0])
    for place in places[1:]:
        QTest.mouseMove(pad, place)
    QTest.mouseRelease(pad, LEFT, PLAIN, places[-1])


def send_mouse(pad, kind, x, y, button=LEFT, buttons=LEFT, device=None):
    """Send an event as a script does, with positions between the pixels."""
    place = QPointF(x, y)
    device = device or QPointingDevice.primaryPointingDevice()
    event = QMouseEvent(kind, place, place, place, button, buttons, PLAIN, device)
    QApplication.sendEvent(pad, event)


def send_pen(pad, pen, kind, x, y, pressure=0.5, button=LEFT):
    place = QPointF(x, y)
    event = QTabletEvent(kind, pen, place, place, pressure, 0, 0, 0, 0, 0, PLAIN, button, LEFT)
    QApplication.sendEvent(pad, event)
    return event


@pytest.fixture(scope="module")
def pen(qapp):
    return QPointingDevice(
        "pen",
        1,
        QInputDevice.DeviceType.Stylus,
        QPointingDevice.PointerType.Pen,
        QInputDevice.Capability.Position | QInputDevice.Capability.Pressure,
        1,
        3,
    )


@pytest.fixture(scope="module")
def finger(qapp):
    return QPointingDevice(
        "finger",
        2,
        QInputDevice.DeviceType.TouchScreen,
        QPointingDevice.PointerType.Finger,
        QInputDevice.Capability.Position,
        10,
        0,
    )


def fractions(stroke):
    return [(x / SIDE, y / SIDE) for x, y in stroke]


def ink(pad):
    """Return how dark each pixel of the pad is drawn, without its frame."""
    image = pad.grab().toImage().convertToFormat(QImage.Format.Format_Grayscale8)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1)
    return 255 - rows[4:-4, 4:-4].astype(int)


def test_a_dragged_mouse_leaves_exactly_its_points(pad):
    stroke = [(20, 30), (60, 31), (60, 31), (120, 90)]
    drag(pad, stroke)
    assert pad.strokes == [fractions(stroke)]


@settings(
    deadline=None, max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(drawing=st.lists(strokes, min_size=1, max_size=4))
def test_every_stroke_of_any_drawing_is_kept_and_delete_makes_room_for_the_next(pad, drawing):
    for stroke in drawing:
        drag(pad, stroke)
    assert pad.strokes == [fractions(stroke) for stroke in drawing]
    QTest.keyClick(pad, Qt.Key.Key_Delete)
    assert pad.is_empty


@pytest.mark.parametrize("held", [LEFT, NONE])
def test_events_sent_by_a_script_count_at_their_full_precision(pad, held):
    send_mouse(pad, QEvent.Type.MouseButtonPress, 10.25, 20.5)
    send_mouse(pad, QEvent.Type.MouseMove, 33.125, 44.75, NONE, held)
    send_mouse(pad, QEvent.Type.MouseButtonRelease, 50.5, 60.5, LEFT, NONE)
    assert pad.strokes == [fractions([(10.25, 20.5), (33.125, 44.75), (50.5, 60.5)])]


def test_a_click_is_a_dot_that_can_be_seen(pad):
    before = ink(pad)
    drag(pad, [(40, 40)])
    assert pad.strokes == [fractions([(40, 40)])]
    assert not np.array_equal(ink(pad), before)


def test_the_second_of_two_quick_strokes_is_a_stroke(pad):
    drag(pad, [(40, 40), (50, 50)])
    send_mouse(pad, QEvent.Type.MouseButtonDblClick, 80, 80)
    send_mouse(pad, QEvent.Type.MouseButtonRelease, 80, 80, LEFT, NONE)
    assert pad.strokes == [fractions([(40, 40), (50, 50)]), fractions([(80, 80)])]


def test_a_stroke_that_leaves_the_pad_follows_its_edge(pad):
    send_mouse(pad, QEvent.Type.MouseButtonPress, 100, 100)
    send_mouse(pad, QEvent.Type.MouseMove, 300, 100, NONE)
    send_mouse(pad, QEvent.Type.MouseMove, 100, -50, NONE)
    send_mouse(pad, QEvent.Type.MouseButtonRelease, 100, -50, LEFT, NONE)
    assert pad.strokes == [[(0.5, 0.5), (1.0, 0.5), (0.5, 0.0)]]


def test_a_press_beside_the_sheet_does_nothing(pad):
    pad.resize(300, 200)
    drag(pad, [(10, 100), (150, 100)])
    assert pad.is_empty


def test_other_buttons_and_a_hovering_mouse_do_not_draw(pad):
    send_mouse(pad, QEvent.Type.MouseButtonPress, 10, 10, Qt.MouseButton.RightButton)
    send_mouse(pad, QEvent.Type.MouseMove, 20, 20, NONE, NONE)
    assert pad.is_empty


def test_a_lost_release_loses_no_stroke(pad):
    send_mouse(pad, QEvent.Type.MouseButtonPress, 10, 10)
    send_mouse(pad, QEvent.Type.MouseMove, 20, 20, NONE)
    drag(pad, [(100, 100), (120, 100)])
    assert pad.strokes == [fractions([(10, 10), (20, 20)]), fractions([(100, 100), (120, 100)])]


def test_a_release_that_a_dialog_has_swallowed_ends_the_stroke(pad):
    QTest.mousePress(pad, LEFT, PLAIN, QPoint(10, 10))
    QTest.mouseMove(pad, QPoint(20, 20))
    elsewhere = QWidget()
    QTest.mouseRelease(elsewhere, LEFT, PLAIN, QPoint(5, 5))
    QTest.mouseMove(pad, QPoint(150, 150))
    QTest.mouseMove(pad, QPoint(160, 150))
    assert pad.strokes == [fractions([(10, 10), (20, 20)])]


def test_a_pen_draws_and_the_mouse_events_that_repeat_it_do_not(pad, pen):
    assert send_pen(pad, pen, QEvent.Type.TabletPress, 10.5, 10).isAccepted()
    send_mouse(pad, QEvent.Type.MouseButtonPress, 10, 10)
    send_pen(pad, pen, QEvent.Type.TabletMove, 50.25, 60, button=NONE)
    send_mouse(pad, QEvent.Type.MouseMove, 50, 60, NONE)
    send_pen(pad, pen, QEvent.Type.TabletRelease, 70, 80)
    send_mouse(pad, QEvent.Type.MouseButtonRelease, 70, 80, LEFT, NONE)
    send_mouse(pad, QEvent.Type.MouseButtonPress, 10, 10, device=pen)
    send_mouse(pad, QEvent.Type.MouseButtonRelease, 10, 10, LEFT, NONE, device=pen)
    assert pad.strokes == [fractions([(10.5, 10), (50.25, 60), (70, 80)])]


@pytest.mark.parametrize(("touch", "drawn"), [(False, 1), (True, 2)])
def test_after_the_pen_the_systems_echo_is_ignored_but_a_finger_is_not(
    pad, pen, finger, touch, drawn
):
    for kind in (QEvent.Type.TabletPress, QEvent.Type.TabletRelease):
        send_pen(pad, pen, kind, 10, 10)
    device = finger if touch else QPointingDevice.primaryPointingDevice()
    source = Qt.MouseEventSource.MouseEventSynthesizedBySystem
    place = QPointF(50, 50)
    for kind in (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonRelease):
        event = QMouseEvent(kind, place, place, place, LEFT, LEFT, PLAIN, source, device)
        QApplication.sendEvent(pad, event)
    assert len(pad.strokes) == drawn


def test_the_mouse_draws_again_after_the_pen(pad, pen):
    for kind in (QEvent.Type.TabletPress, QEvent.Type.TabletRelease):
        send_pen(pad, pen, kind, 10, 10)
    drag(pad, [(30, 30), (40, 40)])
    assert len(pad.strokes) == 2


def test_a_hovering_pen_does_not_draw(pad, pen):
    send_pen(pad, pen, QEvent.Type.TabletMove, 10, 10, pressure=0.0, button=NONE)
    assert pad.is_empty


def test_undo_and_redo_walk_through_strokes_and_a_clear(pad):
    drag(pad, [(10, 10), (20, 20)])
    drag(pad, [(30, 30), (40, 40)])
    both = pad.strokes
    QTest.keyClick(pad, Qt.Key.Key_Backspace)
    assert pad.strokes == []
    QTest.keyClick(pad, Qt.Key.Key_Z, CONTROL)
    assert pad.strokes == both
    QTest.keyClick(pad, Qt.Key.Key_Z, CONTROL)
    assert pad.strokes == both[:1]
    pad.redo()
    assert pad.strokes == both
    pad.redo()
    pad.redo()
    assert pad.strokes == []
    pad.redo()
    assert pad.strokes == []


def test_undo_during_a_stroke_takes_back_only_that_stroke(pad):
    drag(pad, [(10, 10), (20, 20)])
    send_mouse(pad, QEvent.Type.MouseButtonPress, 100, 100)
    pad.undo()
    send_mouse(pad, QEvent.Type.MouseMove, 110, 110, NONE)
    send_mouse(pad, QEvent.Type.MouseButtonRelease, 110, 110, LEFT, NONE)
    assert pad.strokes == [fractions([(10, 10), (20, 20)])]


def test_clearing_during_the_first_stroke_leaves_nothing_to_undo(pad):
    send_mouse(pad, QEvent.Type.MouseButtonPress, 100, 100)
    pad.clear()
    assert pad.is_empty
    assert not pad.can_undo


def test_the_space_key_is_left_to_the_window(pad):
    drag(pad, [(10, 10), (20, 20)])
    event = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Space, PLAIN)
    pad.keyPressEvent(event)
    assert not event.isAccepted()


def test_the_drawing_survives_another_size(pad):
    stroke = [(20, 30), (60, 31), (120, 90)]
    drag(pad, stroke)
    pad.resize(320, 320)
    assert pad.strokes == [fractions(stroke)]


def test_a_growing_stroke_looks_like_the_same_stroke_drawn_anew(pad):
    drag(pad, [(20, 150), (60, 20), (100, 150), (140, 20), (180, 150)])
    grown = ink(pad)
    pad.resize(SIDE + 1, SIDE)
    pad.resize(SIDE, SIDE)
    # Antialiased pieces that meet are a little darker at their seams than one path.
    assert np.abs(grown - ink(pad)).mean() < 0.5


def test_a_fast_stroke_is_joined(pad):
    drag(pad, [(20, 100), (180, 100)])
    assert (ink(pad)[96, 20:170] > 200).all()


def test_what_is_painted_during_a_stroke_is_the_stroke_to_its_tip(pad):
    send_mouse(pad, QEvent.Type.MouseButtonPress, 20, 100)
    send_mouse(pad, QEvent.Type.MouseMove, 180, 100, NONE)
    assert (ink(pad)[96, 20:170] > 200).all()


def test_the_pen_width_is_seen(pad):
    drag(pad, [(50, 100), (150, 100)])
    thin = ink(pad).sum()
    pad.set_pen_width(1.5)
    assert ink(pad).sum() > 1.2 * thin


def test_the_ink_follows_the_theme(pad):
    drag(pad, [(50, 100), (150, 100)])
    assert ink(pad)[96, 96] > 200
    theme.choose("dark")
    assert ink(pad)[96, 96] < 20


def test_a_picture_stays_until_the_next_stroke_and_undo_brings_it_back(pad):
    picture = Picture(np.eye(28, dtype=np.uint8) * 255, "an example")
    drag(pad, [(50, 100), (150, 100)])
    pad.show_picture(picture)
    assert pad.picture is picture
    assert pad.strokes == []
    drag(pad, [(50, 50), (60, 60)])
    assert pad.picture is None
    assert pad.strokes == [fractions([(50, 50), (60, 60)])]
    pad.undo()
    assert pad.picture is picture
    pad.clear()
    assert pad.is_empty


def test_what_can_be_undone_is_bounded(pad):
    for _ in range(300):
        drag(pad, [(50, 50)])
    undone = 0
    while pad.can_undo:
        pad.undo()
        undone += 1
    assert undone == 100


def test_moves_and_endings_are_told_apart(pad, qtbot):
    moved, ended = [], []
    pad.strokes_changed.connect(lambda: moved.append(len(pad.strokes[-1])))
    pad.settled.connect(lambda: ended.append(len(pad.strokes)))
    drag(pad, [(10, 10), (20, 20), (30, 30)])
    pad.clear()
    pad.clear()
    assert moved == [1, 2, 3]
    assert ended == [1, 0, 0]


def on_screen(pad):
    """Return the gray levels that the window shows now; grabbing the pad would paint it anew."""
    QApplication.processEvents()
    image = pad.screen().grabWindow(pad.winId()).toImage()
    gray = image.convertToFormat(QImage.Format.Format_Grayscale8)
    rows = np.frombuffer(gray.constBits(), np.uint8).reshape(gray.height(), gray.bytesPerLine())
    return rows[:, : gray.width()].astype(int)


def test_no_ink_stays_beside_a_fast_stroke_with_sharp_turns(pad):
    places = [QPoint(x, y) for x, y in [(20, 150), (180, 20), (30, 40), (170, 180), (20, 20)]]
    QTest.mousePress(pad, LEFT, PLAIN, places[0])
    for place in places[1:]:
        QApplication.processEvents()  # painted before the next point bends it
        QTest.mouseMove(pad, place)
    QTest.mouseRelease(pad, LEFT, PLAIN, places[-1])
    before = on_screen(pad)
    pad.update()
    assert np.array_equal(before, on_screen(pad))


def test_a_faint_digit_invites_to_draw_until_somebody_has(pad):
    def ghostly():
        image = pad.grab().toImage()
        wanted = theme.color("line").rgb()
        return sum(image.pixel(x, 32) == wanted for x in range(20, SIDE - 20))

    assert ghostly() > 5
    for _ in range(3):
        drag(pad, [(50, 150), (60, 160)])
        assert ghostly() == 0
        pad.clear()
    assert ghostly() == 0

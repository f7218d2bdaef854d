"""What a newcomer sees before and after the first press of Train."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QToolButton, QWidget

from mnist_studio.runs.checkpoint import write_checkpoint
from mnist_studio.runs.label import RunLabel
from mnist_studio.runs.restore import take_checkpoint
from mnist_studio.runs.store import RunStore
from mnist_studio.training.presets import FIRST_CONFIG
from mnist_studio.ui.network_drawing import NetworkDrawing

from ..training.builders import small_run, train
from .windows import open_main_window

FOUR = ([(45, 15), (30, 50), (28, 58), (75, 56)], [(65, 30), (63, 60), (62, 90)])


@pytest.fixture
def window(qtbot, open_window):
    window = open_window()
    qtbot.waitUntil(lambda: window.studio.session.run is not None)
    return window


def draw_a_four(window):
    pad = window.findChild(QWidget, "sketchPad")
    for stroke in FOUR:
        places = [QPoint(pad.width() * x // 100, pad.height() * y // 100) for x, y in stroke]
        QTest.mousePress(pad, Qt.MouseButton.LeftButton, pos=places[0])
        for place in places[1:]:
            QTest.mouseMove(pad, place)
        QTest.mouseRelease(pad, Qt.MouseButton.LeftButton, pos=places[-1])


def test_the_first_strokes_are_answered_before_any_button_is_pressed(window):
    draw_a_four(window)
    assert window.findChild(QLabel, "predictionLabel").text() == "4"
    assert window.sketch.bars.probabilities[4] > 0.9
    assert window.findChild(QLabel, "liveLabel").text() == "trained for you"
    assert window.findChild(QLabel, "runTitle").text().startswith("Trained for you: 784-512-256-10")


def test_it_is_shown_with_its_curves_and_leaves_the_form_alone(window):
    session = window.studio.session
    assert session.run.bundled
    assert session.run.history.epoch_count == 40
    assert window.settings.config() == FIRST_CONFIG
    assert not session.can_continue(1000)
    assert not window.findChild(QToolButton, "continueButton").isVisible()


def test_it_is_no_run_of_the_user(window, tmp_path):
    assert not list((tmp_path / "runs").glob("*.npz"))
    assert not window.studio.library.rows


def test_what_came_along_is_not_saved_to_a_file_that_could_not_be_opened(qtbot, window):
    save = window.findChild(QAction, "saveAction")
    assert not save.isEnabled()
    window.findChild(QAction, "stepAction").trigger()
    qtbot.waitUntil(save.isEnabled)


def test_train_begins_with_guesses_and_the_drawing_is_read_by_the_new_network(qtbot, window):
    draw_a_four(window)
    session = window.studio.session
    window.findChild(QAction, "stepAction").trigger()
    qtbot.waitUntil(lambda: not session.run.bundled)
    assert max(window.sketch.bars.probabilities) < 0.3
    assert window.findChild(QLabel, "liveLabel").text() != "trained for you"
    assert session.run.config == FIRST_CONFIG


def test_the_network_drawing_shows_the_run_in_view_at_work(qtbot, window):
    drawing = window.findChild(NetworkDrawing, "networkDrawing")
    draw_a_four(window)
    qtbot.waitUntil(lambda: drawing.flow is not None and drawing.flow.answer == 4)
    assert [len(each) for each in drawing.flow.activations] == [784, 512, 256, 10]
    window.findChild(QAction, "stepAction").trigger()
    qtbot.waitUntil(lambda: drawing.flow is not None and len(drawing.flow.activations) == 3)


def test_the_last_run_is_offered_all_the_same(qtbot, tmp_path, blobs):
    trainer = train(small_run(), blobs)
    (tmp_path / "runs").mkdir()
    path = tmp_path / "runs" / "run-0001.npz"
    write_checkpoint(path, take_checkpoint(trainer))
    RunStore(path.parent).write_label(path, RunLabel(name="my best"))
    window = open_main_window(tmp_path)
    window.show()
    qtbot.waitUntil(lambda: bool(window.messages.texts))
    assert "still here, my best: " in window.messages.texts[-1]
    assert window.studio.session.run.bundled
    window.close()
    window.deleteLater()

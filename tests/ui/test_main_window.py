"""The whole window, driven as a person drives it: clicks, keys, strokes, files."""

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QAction, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QToolButton, QWidget

from mnist_studio.training.checkpoint import read_checkpoint
from mnist_studio.training.config import (
    DataConfig,
    HiddenLayer,
    ModelConfig,
    RunConfig,
    TrainingConfig,
)
from mnist_studio.training.status import RunStatus
from mnist_studio.ui import theme
from mnist_studio.ui.main_window import MainWindow

QUICK = RunConfig(
    DataConfig(validation_fraction=0.5),
    ModelConfig((HiddenLayer(16),)),
    TrainingConfig(batch_size=100, epochs=2),
)
ENDLESS = RunConfig(
    DataConfig(), ModelConfig((HiddenLayer(32),)), TrainingConfig(batch_size=20, epochs=1000)
)


@pytest.fixture
def open_window(qtbot, tmp_path):
    """Open windows on one settings folder; they are closed at the end."""
    opened = []

    def open_one(config=QUICK):
        window = MainWindow(settings_folder=tmp_path)
        opened.append(window)
        window.show()
        qtbot.waitExposed(window)
        qtbot.waitUntil(lambda: window.session.dataset is not None, timeout=10_000)
        if config is not None:
            window._settings_column.set_config(config)
        return window

    yield open_one
    for window in opened:
        window.close()
        window.deleteLater()


def action(window, name):
    found = window.findChild(QAction, name)
    assert found is not None, name
    return found


def wait_for_end(qtbot, window):
    qtbot.waitUntil(
        lambda: window.session.status is not None and not window.session.active, timeout=60_000
    )


def wait_for_batches(qtbot, window, count=50):
    qtbot.waitUntil(
        lambda: window.session.history is not None and window.session.history.step >= count,
        timeout=30_000,
    )


def draw(qtbot, pad, points):
    """Draw one stroke through points given as shares of the pad's size."""
    places = [QPoint(int(x * pad.width()), int(y * pad.height())) for x, y in points]
    qtbot.mousePress(pad, Qt.MouseButton.LeftButton, pos=places[0])
    for place in places[1:]:
        qtbot.mouseMove(pad, place)
    qtbot.mouseRelease(pad, Qt.MouseButton.LeftButton, pos=places[-1])


def test_a_click_on_train_trains_to_the_end_and_shows_the_test_accuracy(qtbot, open_window):
    window = open_window()
    button = window.findChild(QToolButton, "trainButton")
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    wait_for_end(qtbot, window)
    assert window.session.status is RunStatus.COMPLETED
    assert window.session.history.step == 2 * 40
    assert window.session.test_accuracy > 0.5


def test_space_trains_pauses_and_resumes_and_escape_stops(qtbot, open_window):
    window = open_window(ENDLESS)
    qtbot.keyClick(window, Qt.Key.Key_Space)
    wait_for_batches(qtbot, window)
    qtbot.keyClick(window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: window.session.status is RunStatus.PAUSED)
    step = window.session.history.step
    qtbot.keyClick(window, Qt.Key.Key_Space)
    wait_for_batches(qtbot, window, step + 20)
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    wait_for_end(qtbot, window)
    assert window.session.status is RunStatus.STOPPED


def test_step_trains_one_batch_at_a_time(qtbot, open_window):
    window = open_window(ENDLESS)
    for expected in (1, 2):
        action(window, "stepAction").trigger()
        qtbot.waitUntil(lambda: window.session.status is RunStatus.PAUSED)
        qtbot.waitUntil(lambda n=expected: window.session.history.step == n)


def test_a_digit_drawn_during_training_is_answered(qtbot, open_window):
    window = open_window(ENDLESS)
    action(window, "trainAction").trigger()
    wait_for_batches(qtbot, window)
    pad = window.findChild(QWidget, "sketchPad")
    draw(qtbot, pad, [(0.5, 0.15 + 0.07 * step) for step in range(10)])
    label = window.findChild(QLabel, "predictionLabel")
    assert label.text() in list("0123456789")
    assert window.session.active
    qtbot.keyClick(pad, Qt.Key.Key_Delete)
    assert label.text() == ""


def test_closing_during_training_asks_nothing_and_the_run_is_offered_again(qtbot, open_window):
    window = open_window(ENDLESS)
    action(window, "trainAction").trigger()
    wait_for_batches(qtbot, window)
    window.close()
    again = open_window(None)
    button = again.findChild(QToolButton, "bannerButton")
    qtbot.waitUntil(button.isVisible)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert again.session.history.step >= 50
    assert again.session.run_config == ENDLESS
    step = again.session.history.step
    action(again, "continueAction").trigger()
    wait_for_batches(qtbot, again, step + 50)


def test_a_saved_run_is_opened_by_dropping_its_file(qtbot, open_window, tmp_path, monkeypatch):
    window = open_window()
    action(window, "trainAction").trigger()
    wait_for_end(qtbot, window)
    path = tmp_path / "我的 run.npz"
    monkeypatch.setattr("PySide6.QtWidgets.QFileDialog.getSaveFileName", lambda *_: (str(path), ""))
    with qtbot.waitSignal(window.session.saved):
        action(window, "saveAction").trigger()
    assert read_checkpoint(path).step == 80
    window.close()

    other = open_window(None)
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    place = (Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton)
    none = Qt.KeyboardModifier.NoModifier
    with qtbot.waitSignal(other.session.opened):
        QApplication.sendEvent(other, QDragEnterEvent(QPoint(50, 50), *place, none))
        QApplication.sendEvent(other, QDropEvent(QPointF(50, 50), *place, none))
    assert other.session.history.step == 80


def test_a_model_file_can_be_dropped_anywhere(open_window, tmp_path, monkeypatch):
    window = open_window()
    dropped = []
    monkeypatch.setattr(window, "_open", dropped.append)
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(tmp_path / "RUN.NPZ"))])
    mime.setText(str(tmp_path / "RUN.NPZ"))
    place = (Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton)
    none = Qt.KeyboardModifier.NoModifier
    targets = [widget for widget in window.findChildren(QWidget) if widget.acceptDrops()]
    for widget in (*targets, window):
        dropped.clear()
        QApplication.sendEvent(widget, QDragEnterEvent(QPoint(5, 5), *place, none))
        QApplication.sendEvent(widget, QDropEvent(QPointF(5, 5), *place, none))
        assert dropped == [tmp_path / "RUN.NPZ"], widget


def test_recent_files_are_told_apart_by_their_folders(open_window, tmp_path):
    window = open_window()
    paths = [tmp_path / folder / "run.npz" for folder in ("R&D", "lessons")]
    for path in paths:
        window._settings.add_recent_file(path)
    menu = window._recent_menu
    menu.aboutToShow.emit()
    assert [entry.text() for entry in menu.actions()] == [
        "run.npz  ·  lessons",
        "run.npz  ·  R&&D",
    ]
    assert menu.actions()[0].toolTip() == str(paths[1])
    assert menu.toolTipsVisible()


def test_a_long_message_does_not_widen_the_window(open_window):
    window = open_window()
    before = window.centralWidget().minimumSizeHint().width()
    window._banner.show_note("Saved as /" + "folder" * 100 + "/run.npz.")
    assert window.centralWidget().minimumSizeHint().width() <= before


def test_a_damaged_file_is_reported_in_one_sentence(qtbot, open_window, tmp_path):
    window = open_window()
    path = tmp_path / "broken.npz"
    path.write_bytes(b"not a zip file")
    with qtbot.waitSignal(window.session.failed):
        window._open(path)
    banner = window.findChild(QWidget, "banner")
    assert banner.isVisible()
    assert "broken.npz" in banner.label.text()


def test_a_diverging_run_fails_with_advice(qtbot, open_window):
    window = open_window(
        RunConfig(
            DataConfig(),
            ModelConfig((HiddenLayer(64),)),
            TrainingConfig(learning_rate=10.0, epochs=2),
        )
    )
    with np.errstate(all="ignore"):
        action(window, "trainAction").trigger()
        wait_for_end(qtbot, window)
    assert window.session.status is RunStatus.FAILED
    banner = window.findChild(QWidget, "banner")
    assert "learning rate" in banner.label.text()


def test_a_continued_run_shows_its_live_changes_also_in_the_field_with_the_focus(
    qtbot, open_window
):
    window = open_window(ENDLESS)
    action(window, "trainAction").trigger()
    wait_for_batches(qtbot, window)
    window.activateWindow()
    editor = window.findChild(QLineEdit, "learning_rate")
    editor.setFocus()
    editor.selectAll()
    qtbot.keyClicks(editor, "0.05")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(window.session.history.changes), timeout=10_000)
    action(window, "stopAction").trigger()
    wait_for_end(qtbot, window)
    editor.setFocus()
    with qtbot.waitSignal(window.session.run_started, timeout=10_000):
        action(window, "continueAction").trigger()
    assert editor.text() == "0.05"
    assert window._settings_column.config().training.learning_rate == 0.05


def test_the_theme_is_switched_live_and_remembered(qtbot, open_window, tmp_path):
    window = open_window()
    action(window, "darkThemeAction").trigger()
    assert theme.current() is theme.DARK
    action(window, "lightThemeAction").trigger()
    assert theme.current() is theme.LIGHT
    window.close()
    again = open_window(None)
    assert action(again, "lightThemeAction").isChecked()


def test_the_last_settings_are_there_at_the_next_start(qtbot, open_window):
    open_window(ENDLESS).close()
    again = open_window(None)
    assert again._settings_column.config() == ENDLESS


def test_everything_has_its_documented_object_name(qtbot, open_window):
    window = open_window()
    for name in ("train", "pause", "stop", "step", "open", "save"):
        action(window, f"{name}Action")
    for name in (
        "architecturePanel",
        "hyperparametersPanel",
        "dataPanel",
        "lossPlot",
        "accuracyPlot",
        "sketchPad",
        "predictionLabel",
        "epochTile",
        "lossTile",
        "validationAccuracyTile",
        "batch_size",
        "learning_rate",
    ):
        assert window.findChild(QWidget, name) is not None, name


def test_nothing_is_cut_off_at_1280_by_720(qtbot, open_window):
    window = open_window()
    window.resize(1280, 720)
    assert window.minimumSizeHint().width() <= 1280
    assert window.minimumSizeHint().height() <= 720
    assert (window.width(), window.height()) == (1280, 720)


@pytest.mark.parametrize("name", ["trainAction", "stepAction", "epochAction", "continueAction"])
def test_a_key_may_come_before_the_first_paint(qtbot, tmp_path, name):
    window = MainWindow(settings_folder=tmp_path, panels_after_paint=True)
    qtbot.addWidget(window)
    action(window, name).trigger()
    assert window.session.active == (name != "continueAction")
    window.close()


def test_runs_are_saved_in_the_settings_folder(qtbot, open_window, tmp_path):
    window = open_window()
    action(window, "trainAction").trigger()
    wait_for_end(qtbot, window)
    files = list(Path(tmp_path / "runs").glob("*.npz"))
    assert len(files) == 1
    assert read_checkpoint(files[0]).status is RunStatus.COMPLETED


def test_the_number_of_blas_threads_is_chosen_in_the_status_strip_and_remembered(
    qtbot, open_window
):
    window = open_window()
    button = window.findChild(QToolButton, "blasThreadsButton")
    assert button.text() == "1 BLAS thread"
    window._status_strip.blas_threads_chosen.emit(2)
    assert button.text() == "2 BLAS threads"
    window.close()
    assert open_window(None).session.blas_threads == 2


def test_after_a_failure_the_pad_is_answered_by_the_last_good_weights(qtbot, open_window):
    window = open_window(
        RunConfig(
            DataConfig(),
            ModelConfig((HiddenLayer(64),)),
            TrainingConfig(learning_rate=10.0, epochs=2),
        )
    )
    action(window, "trainAction").trigger()
    wait_for_end(qtbot, window)
    assert window.session.status is RunStatus.FAILED
    draw(qtbot, window.findChild(QWidget, "sketchPad"), [(0.5, 0.2), (0.5, 0.8)])
    probabilities = window.session.predict(np.full((28, 28), 128, np.uint8))
    assert np.isfinite(probabilities).all()
    assert max(probabilities) < 0.999

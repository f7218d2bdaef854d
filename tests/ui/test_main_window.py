"""The whole window, driven as a person drives it: clicks, keys, strokes, files."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QMimeData, QObject, QPoint, QPointF, QStandardPaths, Qt, QUrl
from PySide6.QtGui import QAction, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QMenu, QToolButton, QWidget

from mnist_studio.data.loading import load
from mnist_studio.runs.checkpoint import read_checkpoint, write_checkpoint
from mnist_studio.runs.restore import take_checkpoint
from mnist_studio.training.config import (
    DataConfig,
    HiddenLayer,
    ModelConfig,
    RunConfig,
    TrainingConfig,
)
from mnist_studio.training.status import RunStatus
from mnist_studio.training.trainer import Trainer
from mnist_studio.ui import theme

from ..training.builders import small_run, strange_copy
from .windows import open_main_window

QUICK = RunConfig(
    DataConfig(validation_fraction=0.5),
    ModelConfig((HiddenLayer(16),)),
    TrainingConfig(batch_size=100, epochs=2),
)
ENDLESS = RunConfig(
    DataConfig(), ModelConfig((HiddenLayer(32),)), TrainingConfig(batch_size=20, epochs=1000)
)


@pytest.fixture
def open_window(qtbot, open_window):
    """Open windows that have their data set and, by default, settings that train in a moment."""

    def open_one(config=QUICK):
        window = open_window()
        qtbot.waitUntil(lambda: window.studio.session.data.dataset is not None)
        if config is not None:
            window.settings.set_config(config)
        return window

    return open_one


def action(window, name):
    found = window.findChild(QAction, name)
    assert found is not None, name
    return found


def own_run(window):
    """Return the run in view unless it is the one that comes along."""
    run = window.studio.session.run
    return None if run is None or run.bundled else run


def wait_for_end(qtbot, window):
    qtbot.waitUntil(lambda: own_run(window) is not None and not window.studio.session.active)


def wait_for_batches(qtbot, window, count=50):
    qtbot.waitUntil(lambda: (run := own_run(window)) is not None and run.history.step >= count)


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
    assert window.studio.session.status is RunStatus.COMPLETED
    assert window.studio.session.run.history.step == 2 * 40
    assert window.studio.session.run.history.test.accuracy > 0.5


def test_space_trains_pauses_and_resumes_and_escape_stops(qtbot, open_window):
    window = open_window(ENDLESS)
    qtbot.keyClick(window, Qt.Key.Key_Space)
    wait_for_batches(qtbot, window)
    qtbot.keyClick(window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: window.studio.session.status is RunStatus.PAUSED)
    step = window.studio.session.run.history.step
    qtbot.keyClick(window, Qt.Key.Key_Space)
    wait_for_batches(qtbot, window, step + 20)
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    wait_for_end(qtbot, window)
    assert window.studio.session.status is RunStatus.STOPPED


def test_step_trains_one_batch_at_a_time(qtbot, open_window):
    window = open_window(ENDLESS)
    for expected in (1, 2):
        action(window, "stepAction").trigger()
        qtbot.waitUntil(lambda: window.studio.session.status is RunStatus.PAUSED)
        qtbot.waitUntil(lambda n=expected: window.studio.session.run.history.step == n)


def test_a_digit_drawn_during_training_is_answered(qtbot, open_window):
    window = open_window(ENDLESS)
    action(window, "trainAction").trigger()
    wait_for_batches(qtbot, window)
    pad = window.findChild(QWidget, "sketchPad")
    draw(qtbot, pad, [(0.5, 0.15 + 0.07 * step) for step in range(10)])
    label = window.findChild(QLabel, "predictionLabel")
    # At first the network may have no idea.
    qtbot.waitUntil(lambda: label.text() in list("0123456789"))
    assert window.studio.session.active
    qtbot.keyClick(pad, Qt.Key.Key_Delete)
    assert label.text() == ""


def test_closing_during_training_asks_nothing_and_the_run_is_offered_again(qtbot, open_window):
    window = open_window(ENDLESS)
    action(window, "trainAction").trigger()
    wait_for_batches(qtbot, window)
    window.close()
    again = open_window(None)
    qtbot.waitUntil(lambda: again.findChild(QToolButton, "messageButton") is not None)
    button = again.findChild(QToolButton, "messageButton")
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert again.studio.session.run.history.step >= 50
    assert again.studio.session.run.config == ENDLESS
    step = again.studio.session.run.history.step
    action(again, "continueAction").trigger()
    wait_for_batches(qtbot, again, step + 50)


def test_a_run_that_was_opened_is_offered_again_only_after_it_was_trained_further(
    qtbot, open_window
):
    slow = dataclasses.replace(ENDLESS, training=TrainingConfig(batch_size=1, epochs=1000))
    window = open_window(slow)
    action(window, "trainAction").trigger()
    wait_for_batches(qtbot, window, 100)
    window.close()
    again = open_window(None)
    qtbot.waitUntil(lambda: again.findChild(QToolButton, "messageButton") is not None)
    (text,) = again.messages.texts
    share = 100 * read_checkpoint(run_file(again)).step // 7200
    assert f"({share} % of the first epoch)" in text
    qtbot.mouseClick(again.findChild(QToolButton, "messageButton"), Qt.MouseButton.LeftButton)
    again.close()

    third = open_window(None)
    with qtbot.waitSignal(third.studio.session.files.offered):
        third.studio.session.files.offer_last()
    assert third.messages.texts == []
    third.studio.session.opener.open(run_file(third))
    qtbot.waitUntil(lambda: action(third, "continueAction").isEnabled())
    with qtbot.waitSignal(third.studio.session.run_started):
        action(third, "continueAction").trigger()
    third.close()
    last = open_window(None)
    qtbot.waitUntil(lambda: bool(last.messages.texts))


def run_file(window):
    (path,) = window.studio.folder.glob("*.npz")
    return path


def test_a_run_is_saved_under_its_name_among_the_documents(qtbot, open_window, monkeypatch):
    window = open_window()
    action(window, "trainAction").trigger()
    wait_for_end(qtbot, window)
    asked = []

    def ask(_parent, _title, suggested, _filters):
        asked.append(Path(suggested))
        return "", ""

    monkeypatch.setattr("PySide6.QtWidgets.QFileDialog.getSaveFileName", ask)
    row = window.studio.library.row(window.studio.session.run.path)
    action(window, "saveAction").trigger()
    documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    assert asked == [Path(documents) / f"{row.title}.npz"]
    window.studio.library.set_label(row.path, name="rate 1/2: best?")
    qtbot.waitUntil(lambda: "best" in window.studio.library.row(row.path).title)
    action(window, "saveAction").trigger()
    assert asked[-1].name == "rate 1-2- best-.npz"


@pytest.fixture
def without_clothes(open_window, monkeypatch):
    """A window whose chosen data set is not on this computer, with the settings folded."""
    monkeypatch.delenv("MNIST_STUDIO_DATA", raising=False)
    window = open_window(dataclasses.replace(QUICK, data=DataConfig(dataset="fashion-mnist")))
    action(window, "leftColumnAction").trigger()
    assert not window.settings.isVisible()
    return window


def told_missing(window):
    return [
        label
        for label in window.findChildren(QLabel)
        if "Fashion-MNIST is not on this computer" in label.text() and label.isVisible()
    ]


def test_train_without_its_data_unfolds_the_settings_which_say_what_to_do(without_clothes):
    action(without_clothes, "trainAction").trigger()
    assert len(told_missing(without_clothes)) == 1
    assert without_clothes.messages.texts == []


def test_a_run_that_finds_its_data_missing_says_so_once_and_where_it_can_be_had(
    qtbot, without_clothes
):
    session = without_clothes.studio.session
    with qtbot.waitSignal(session.run_ended):
        session.start(without_clothes.settings.config())
    assert len(told_missing(without_clothes)) == 1
    assert without_clothes.messages.texts == []


def test_a_saved_run_is_opened_by_dropping_its_file(qtbot, open_window, tmp_path, monkeypatch):
    window = open_window()
    action(window, "trainAction").trigger()
    wait_for_end(qtbot, window)
    path = tmp_path / "我的 run.npz"
    monkeypatch.setattr("PySide6.QtWidgets.QFileDialog.getSaveFileName", lambda *_: (str(path), ""))
    with qtbot.waitSignal(window.studio.session.saved):
        action(window, "saveAction").trigger()
    assert read_checkpoint(path).step == 80
    window.close()

    other = open_window(None)
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    place = (Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton)
    none = Qt.KeyboardModifier.NoModifier
    with qtbot.waitSignal(other.studio.session.opener.opened):
        QApplication.sendEvent(other, QDragEnterEvent(QPoint(50, 50), *place, none))
        QApplication.sendEvent(other, QDropEvent(QPointF(50, 50), *place, none))
    assert other.studio.session.run.history.step == 80


def test_a_run_with_settings_that_are_not_known_opens_and_goes_on_with_a_note(
    qtbot, open_window, tmp_path
):
    trainer = Trainer(small_run(), load("mnist-10k"))
    next(run := trainer.run())
    run.close()
    write_checkpoint(tmp_path / "run.npz", take_checkpoint(trainer))
    window = open_window()
    with qtbot.waitSignal(window.studio.session.opener.opened):
        window.studio.session.opener.open(strange_copy(tmp_path / "run.npz", tmp_path, mixup=0.2))
    (text,) = window.messages.texts
    assert "mixup" in text
    assert "answers as it did" in text

    action(window, "continueAction").trigger()
    wait_for_end(qtbot, window)
    assert window.studio.session.status is RunStatus.COMPLETED
    assert "goes on without" in window.messages.texts[-1]

    action(window, "trainAction").trigger()
    wait_for_end(qtbot, window)
    assert not window.messages.texts


def test_a_model_file_can_be_dropped_anywhere(open_window, tmp_path, monkeypatch):
    window = open_window()
    dropped = []
    monkeypatch.setattr(window.studio.session.opener, "open", dropped.append)
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
        window.remembered.add_recent_file(path)
    menu = window.findChild(QMenu, "recentMenu")
    menu.aboutToShow.emit()
    assert [entry.text() for entry in menu.actions()] == [
        "run.npz  ·  lessons",
        "run.npz  ·  R&&D",
    ]
    assert menu.actions()[0].toolTip() == str(paths[1])
    assert menu.toolTipsVisible()


@pytest.mark.layout
def test_runs_of_another_computer_are_looked_for_when_the_user_comes_back(
    qtbot, open_window, monkeypatch
):
    window = open_window()
    looks = []
    monkeypatch.setattr(window.studio.library, "refresh", lambda: looks.append(True))
    elsewhere = QWidget()
    qtbot.addWidget(elsewhere)
    elsewhere.show()
    elsewhere.activateWindow()
    qtbot.waitUntil(elsewhere.isActiveWindow)
    looks.clear()
    window.activateWindow()
    qtbot.waitUntil(lambda: bool(looks))
    assert looks == [True]


def test_a_long_message_does_not_widen_the_window(open_window):
    window = open_window()
    before = window.centralWidget().minimumSizeHint().width()
    window.messages.show_note("Saved as /" + "folder" * 100 + "/run.npz.")
    assert window.centralWidget().minimumSizeHint().width() <= before


def test_a_damaged_file_is_reported_in_one_sentence(qtbot, open_window, tmp_path):
    window = open_window()
    path = tmp_path / "broken.npz"
    path.write_bytes(b"not a zip file")
    with qtbot.waitSignal(window.studio.session.failed):
        window.studio.session.opener.open(path)
    (text,) = window.messages.texts
    assert "broken.npz" in text


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
    assert window.studio.session.status is RunStatus.FAILED
    hint = window.findChild(QLabel, "hintLabel")
    qtbot.waitUntil(hint.isVisible)
    assert "steps with a learning rate of 10 are too large" in hint.text()
    assert not any("learning rate" in text for text in window.messages.texts)  # it is said once
    state = window.findChild(QLabel, "runState")
    assert (state.text(), state.property("role")) == ("failed", "error")
    assert "loss exploded" in state.toolTip()


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
    qtbot.waitUntil(lambda: bool(window.studio.session.run.history.changes))
    action(window, "stopAction").trigger()
    wait_for_end(qtbot, window)
    editor.setFocus()
    with qtbot.waitSignal(window.studio.session.run_started):
        action(window, "continueAction").trigger()
    assert editor.text() == "0.05"
    assert window.settings.config().training.learning_rate == 0.05


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
    assert again.settings.config() == ENDLESS


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
        "lossTile",
        "validationAccuracyTile",
        "imagesPerSecondTile",
        "timeTile",
        "storyStrip",
        "batch_size",
        "learning_rate",
    ):
        assert window.findChild(QWidget, name) is not None, name


@pytest.mark.layout
def test_nothing_is_cut_off_at_1280_by_720(qtbot, open_window):
    window = open_window()
    window.resize(1280, 720)
    assert window.minimumSizeHint().width() <= 1280
    assert window.minimumSizeHint().height() <= 720
    assert (window.width(), window.height()) == (1280, 720)


@pytest.mark.parametrize("name", ["trainAction", "stepAction", "epochAction", "continueAction"])
def test_a_key_may_come_before_the_first_paint(qtbot, tmp_path, name):
    window = open_main_window(tmp_path, panels_after_paint=True)
    qtbot.addWidget(window)
    action(window, name).trigger()
    assert window.studio.session.active == (name != "continueAction")
    window.close()


def test_the_space_bar_may_come_before_the_first_paint(qtbot, tmp_path):
    window = open_main_window(tmp_path, panels_after_paint=True)
    qtbot.addWidget(window)
    qtbot.keyClick(window, Qt.Key.Key_Space)
    assert window.studio.session.active
    window.close()


def test_a_window_that_was_never_painted_has_nothing_to_end(qtbot, tmp_path):
    window = open_main_window(tmp_path, panels_after_paint=True)
    qtbot.addWidget(window)
    window.close()
    assert not {"session", "library", "sweeps"} & vars(window.studio).keys()


@pytest.mark.parametrize("panels_after_paint", [True, False])
def test_a_window_that_is_closed_right_after_a_paint_begins_nothing_more(
    qtbot, tmp_path, panels_after_paint
):
    window = open_main_window(tmp_path, panels_after_paint=panels_after_paint)
    qtbot.addWidget(window)
    window.show()
    window.grab()
    window.close()
    before = set(vars(window.studio))
    QApplication.processEvents()
    assert set(vars(window.studio)) == before
    assert not window.findChildren(QWidget, "lossPlot")


class Paints(QObject):
    """Notes what there is at each paint of a window."""

    def __init__(self, window):
        super().__init__(window)
        self.columns_and_plots = []
        self._window = window
        window.installEventFilter(self)

    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint:
            page = self._window.pages.get("train")
            there = page is not None, page is not None and bool(page.widget.plots)
            self.columns_and_plots.append(there)
        return False


def test_the_frame_is_painted_first_then_the_columns_and_then_the_plots(qtbot, tmp_path):
    window = open_main_window(tmp_path, panels_after_paint=True)
    qtbot.addWidget(window)
    paints = Paints(window)
    buttons = [window.findChild(QToolButton, f"{name}Button") for name in ("stop", "save")]
    window.show()
    assert not any(button.isEnabled() for button in buttons)
    assert window.findChild(QToolButton, "trainButton").isEnabled()
    assert not window.findChild(QToolButton, "continueButton").isVisible()
    qtbot.waitUntil(lambda: bool(window.findChildren(QWidget, "lossPlot")))
    assert paints.columns_and_plots[0] == (False, False)
    assert (True, False) in paints.columns_and_plots
    window.close()


def test_runs_are_saved_in_the_settings_folder(qtbot, open_window, tmp_path):
    window = open_window()
    action(window, "trainAction").trigger()
    wait_for_end(qtbot, window)
    files = list(Path(tmp_path / "runs").glob("*.npz"))
    assert len(files) == 1
    assert read_checkpoint(files[0]).status is RunStatus.COMPLETED


def test_the_number_of_blas_threads_is_chosen_in_the_menu_and_remembered(open_window):
    window = open_window()
    assert action(window, "threads1Action").isChecked()
    action(window, "threads2Action").trigger()
    assert window.studio.session.blas_threads == 2
    window.close()
    again = open_window(None)
    assert again.studio.session.blas_threads == 2
    assert action(again, "threads2Action").isChecked()


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
    assert window.studio.session.status is RunStatus.FAILED
    draw(qtbot, window.findChild(QWidget, "sketchPad"), [(0.5, 0.2), (0.5, 0.8)])
    probabilities = window.studio.session.predict(np.full((28, 28), 128, np.uint8))
    assert np.isfinite(probabilities).all()
    assert max(probabilities) < 0.999

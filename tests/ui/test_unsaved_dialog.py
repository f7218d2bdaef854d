"""Closing asks what is to become of a run only where saving it failed, and then nothing is lost."""

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QPushButton

from mnist_studio.runs import checkpoint, recorder
from mnist_studio.runs.checkpoint import CheckpointError, read_checkpoint
from mnist_studio.training.config import RunConfig, TrainingConfig
from mnist_studio.training.status import RunStatus
from mnist_studio.ui.unsaved_dialog import UnsavedDialog

ENDLESS = RunConfig(training=TrainingConfig(batch_size=20, epochs=1000))


class Disk:
    """Writes runs until it is full, and again when there is room."""

    def __init__(self, monkeypatch):
        self.full = False
        for module in (recorder, checkpoint):
            monkeypatch.setattr(module, "write_checkpoint", self.write)

    def write(self, path, state, *, durable=True, _write=checkpoint.write_checkpoint):
        if self.full:
            raise CheckpointError("The disk is full.")
        _write(path, state, durable=durable)


@pytest.fixture
def disk(monkeypatch):
    return Disk(monkeypatch)


@pytest.fixture
def window(open_window):
    return open_window()


def train_until_the_disk_is_full(qtbot, window, disk):
    session = window.studio.session
    with qtbot.waitSignal(session.batches_ended):
        session.start(ENDLESS)
    disk.full = True
    with qtbot.waitSignal(session.batches_ended):
        pass


def close(window, qtbot, answer):
    """Close the window; call `answer` with the dialog if one comes. Return how many came."""
    seen = []

    def look():
        dialog = QApplication.activeModalWidget()
        if isinstance(dialog, UnsavedDialog):
            seen.append(dialog)
            answer(dialog)

    timer = QTimer(interval=20)
    timer.timeout.connect(look)
    timer.start()
    window.close()
    timer.stop()
    return len({id(each) for each in seen})


def press(qtbot, dialog, name):
    qtbot.mouseClick(dialog.findChild(QPushButton, name), Qt.MouseButton.LeftButton)


def test_closing_tries_again_until_there_is_room_and_the_run_is_whole(qtbot, window, disk):
    train_until_the_disk_is_full(qtbot, window, disk)
    path = window.studio.session.run.path

    def answer(dialog):
        qtbot.keyClick(dialog, Qt.Key.Key_Escape)
        assert dialog.isVisible()
        press(qtbot, dialog, "tryAgain")
        disk.full = False

    assert close(window, qtbot, answer) == 1
    saved, run = read_checkpoint(path), window.studio.session.run
    assert saved.status is RunStatus.INTERRUPTED
    assert saved.step == run.history.step == run.checkpoint.step > 0


def test_a_run_can_be_saved_elsewhere(qtbot, window, disk, tmp_path, monkeypatch):
    train_until_the_disk_is_full(qtbot, window, disk)
    place = tmp_path / "elsewhere.npz"
    monkeypatch.setattr(
        "PySide6.QtWidgets.QFileDialog.getSaveFileName", lambda *_: (str(place), "")
    )

    def answer(dialog):
        disk.full = False
        press(qtbot, dialog, "saveElsewhere")

    assert close(window, qtbot, answer) == 1
    assert read_checkpoint(place).step == window.studio.session.run.history.step


def test_a_run_that_is_not_wanted_is_discarded(qtbot, window, disk):
    train_until_the_disk_is_full(qtbot, window, disk)
    assert close(window, qtbot, lambda dialog: press(qtbot, dialog, "discardRuns")) == 1
    assert len(window.studio.session.unsaved) == 0


def test_a_run_that_was_saved_after_all_is_not_asked_about(qtbot, window, disk, tmp_path):
    train_until_the_disk_is_full(qtbot, window, disk)
    session = window.studio.session
    with qtbot.waitSignal(session.run_ended):
        session.stop()
    assert len(session.unsaved) == 1
    disk.full = False
    with qtbot.waitSignal(session.saved):
        session.save_as(tmp_path / "mine.npz")
    assert close(window, qtbot, lambda dialog: press(qtbot, dialog, "discardRuns")) == 0


def test_nothing_is_asked_where_saving_works(qtbot, window, disk):
    session = window.studio.session
    with qtbot.waitSignal(session.batches_ended):
        session.start(ENDLESS)
    assert close(window, qtbot, lambda dialog: press(qtbot, dialog, "discardRuns")) == 0
    assert read_checkpoint(session.run.path).status is RunStatus.INTERRUPTED

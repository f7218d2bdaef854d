"""The tab Experiments in the whole window, from clicks to files."""

import dataclasses

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QTabBar, QToolButton, QWidget

from mnist_studio.training.checkpoint import read_checkpoint
from mnist_studio.training.config import (
    DataConfig,
    HiddenLayer,
    ModelConfig,
    RunConfig,
    TrainingConfig,
)
from mnist_studio.training.status import RunStatus
from mnist_studio.training.sweep import SWEEP_PRESETS, Sweep
from mnist_studio.ui.main_window import MainWindow

LEFT = Qt.MouseButton.LeftButton
PATIENCE = 60_000
QUICK = RunConfig(
    DataConfig(validation_fraction=0.5),
    ModelConfig((HiddenLayer(16),)),
    TrainingConfig(batch_size=100, epochs=2),
)


@pytest.fixture
def open_window(qtbot, tmp_path):
    opened = []

    def open_one():
        window = MainWindow(settings_folder=tmp_path)
        opened.append(window)
        window.show()
        qtbot.waitExposed(window)
        qtbot.waitUntil(lambda: window.session.dataset is not None, timeout=PATIENCE)
        qtbot.waitUntil(lambda: window._experiments is not None, timeout=PATIENCE)
        window._settings_column.set_config(QUICK)
        return window

    yield open_one
    for window in opened:
        window.close()
        window.deleteLater()


@pytest.fixture
def window(open_window):
    return open_window()


def show_tab(qtbot, window, index):
    tabs = window.findChild(QTabBar, "tabs")
    qtbot.mouseClick(tabs, LEFT, pos=tabs.tabRect(index).center())
    return window._experiments.page()


def train(qtbot, window, config=QUICK):
    window._settings_column.set_config(config)
    with qtbot.waitSignal(window.session.run_ended, timeout=PATIENCE):
        window.findChild(QAction, "trainAction").trigger()
    path = window.session.run_path
    library = window._experiments.library
    qtbot.waitUntil(
        lambda: (row := library.row(path)) is not None and row.status is RunStatus.COMPLETED,
        timeout=PATIENCE,
    )
    return path


def select(qtbot, page, path):
    """Select a run as soon as the table has been told of it."""
    qtbot.waitUntil(lambda: page.table.proxy.index_of(path).isValid(), timeout=PATIENCE)
    page.table.view.selectRow(page.table.proxy.index_of(path).row())


def with_training(**changes):
    return dataclasses.replace(QUICK, training=dataclasses.replace(QUICK.training, **changes))


def test_the_tab_shows_the_page_and_gives_it_the_room_of_the_sketch_pad(qtbot, window):
    page = show_tab(qtbot, window, 1)
    assert page.isVisible()
    assert not window.findChild(QWidget, "sketchPanel").isVisible()
    show_tab(qtbot, window, 0)
    assert not page.isVisible()
    assert window.findChild(QWidget, "sketchPanel").isVisible()


def test_a_trained_run_is_listed_and_drawn_with_its_name_and_color(qtbot, window):
    page = show_tab(qtbot, window, 1)
    train(qtbot, window)
    train(qtbot, window, with_training(batch_size=50))
    qtbot.waitUntil(lambda: len(page.overlay.runs) == 2, timeout=PATIENCE)
    assert [run.label for run in page.overlay.runs] == ["batch 100", "batch 50"]
    assert [run.token for run in page.overlay.runs] == ["run_1", "run_2"]
    assert [row.number for row in page.table.drawn_rows()] == [1, 2]


def test_a_run_that_trains_is_in_the_overlay_while_it_grows(qtbot, window):
    page = show_tab(qtbot, window, 1)
    window._settings_column.set_config(with_training(epochs=1000))
    window.findChild(QAction, "trainAction").trigger()
    qtbot.waitUntil(lambda: len(page.overlay.runs) == 1, timeout=PATIENCE)
    assert page.overlay.runs[0].histories[0] is window.session.history
    assert page.table.drawn_rows()[0].status is RunStatus.RUNNING
    with qtbot.waitSignal(window.session.run_ended, timeout=PATIENCE):
        window.findChild(QAction, "stopAction").trigger()
    qtbot.waitUntil(
        lambda: page.table.drawn_rows()[0].status is RunStatus.STOPPED, timeout=PATIENCE
    )


def test_the_settings_of_a_run_are_taken_over(qtbot, window):
    page = show_tab(qtbot, window, 1)
    path = train(qtbot, window, with_training(batch_size=50))
    window._settings_column.set_config(QUICK)
    select(qtbot, page, path)
    page.table.findChild(QAction, "useSettings").trigger()
    assert window._settings_column.config().training.batch_size == 50


def test_a_run_is_forked_with_the_settings_at_the_left(qtbot, window):
    page = show_tab(qtbot, window, 1)
    parent = train(qtbot, window)
    window._settings_column.set_config(with_training(learning_rate=0.01, epochs=1))
    select(qtbot, page, parent)
    with qtbot.waitSignal(window.session.run_ended, timeout=PATIENCE):
        page.table.findChild(QAction, "forkBest").trigger()
    assert window.session.run_path != parent
    position = read_checkpoint(window.session.run_path).position
    assert position["parent"] == "run 1"
    assert window.session.history.origin.batches > 0
    assert window.session.history.epoch_count == 1


def test_a_stopped_run_goes_on_from_the_table(qtbot, window):
    page = show_tab(qtbot, window, 1)
    window._settings_column.set_config(with_training(epochs=3))
    session = window.session
    window.findChild(QAction, "epochAction").trigger()
    qtbot.waitUntil(lambda: session.status is RunStatus.PAUSED, timeout=PATIENCE)
    with qtbot.waitSignal(session.run_ended, timeout=PATIENCE):
        window.findChild(QAction, "stopAction").trigger()
    stopped = session.run_path
    other = train(qtbot, window)
    select(qtbot, page, stopped)
    with qtbot.waitSignal(session.run_ended, timeout=PATIENCE):
        page.table.findChild(QAction, "continueRun").trigger()
    assert session.run_path == stopped != other
    assert session.history.epoch_count == 3


def test_a_pinned_run_is_drawn_behind_the_run_in_view(qtbot, window):
    first = train(qtbot, window)
    train(qtbot, window, with_training(batch_size=50))
    assert window._train_view.references == ()
    window._experiments.library.set_label(first, pinned=True, name="reference")
    qtbot.waitUntil(lambda: len(window._train_view.references) == 1, timeout=PATIENCE)
    assert window._train_view.references[0].label == "reference"
    window._experiments.library.set_label(first, pinned=False)
    qtbot.waitUntil(lambda: window._train_view.references == (), timeout=PATIENCE)


def test_one_click_trains_the_lab_notes_sweep_to_its_table_and_sentence(
    qtbot, window, monkeypatch, tmp_path
):
    datasets = []

    def small(dataset):
        datasets.append(dataset)
        return Sweep("Lab note: batch size", QUICK, (("batch_size", (50, 400)),))

    monkeypatch.setitem(SWEEP_PRESETS, "lab-note-batch-size", small)
    page = show_tab(qtbot, window, 1)
    with qtbot.waitSignal(page._sweeps.sweep_ended, timeout=PATIENCE):
        qtbot.mouseClick(page.findChild(QToolButton, "labNoteBatchSize"), LEFT)
    assert datasets == ["mnist-10k"]
    assert page.strip.result.isVisible()
    assert page.table.scope_box.currentData() == "sweep-0001"
    qtbot.waitUntil(lambda: len(page.overlay.runs) == 2, timeout=PATIENCE)
    assert [run.label for run in page.overlay.runs] == ["batch 50", "batch 400"]
    assert len(list((tmp_path / "runs").glob("run-*.npz"))) == 2


def test_settings_that_cannot_be_used_start_nothing(qtbot, window, monkeypatch):
    page = show_tab(qtbot, window, 1)
    monkeypatch.setattr(window._settings_column, "first_error", lambda: QWidget())
    with qtbot.assertNotEmitted(page._sweeps.queue_changed):
        qtbot.mouseClick(page.findChild(QToolButton, "labNoteBatchSize"), LEFT)
        qtbot.mouseClick(page.findChild(QToolButton, "newSweep"), LEFT)
        qtbot.mouseClick(page.findChild(QToolButton, "rangeTest"), LEFT)
    assert page._range_test is None


def test_runs_are_there_again_at_the_next_start(qtbot, open_window):
    first = open_window()
    path = train(qtbot, first)
    first.close()
    second = open_window()
    library = second._experiments.library
    qtbot.waitUntil(lambda: [row.path for row in library.rows] == [path], timeout=PATIENCE)
    page = show_tab(qtbot, second, 1)
    qtbot.waitUntil(lambda: len(page.overlay.runs) == 1, timeout=PATIENCE)

"""The tab Experiments in the whole window, from clicks to files."""

import dataclasses

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QDesktopServices
from PySide6.QtWidgets import QFileDialog, QLabel, QTabBar, QToolButton, QWidget

from mnist_studio.runs.checkpoint import read_checkpoint
from mnist_studio.sweeps.sweep import SWEEP_PRESETS, Sweep
from mnist_studio.training.config import (
    DataConfig,
    HiddenLayer,
    ModelConfig,
    RunConfig,
    TrainingConfig,
)
from mnist_studio.training.status import Failure, FailureKind, RunStatus
from mnist_studio.ui.experiments.rate_finder import RangeTestDialog

LEFT = Qt.MouseButton.LeftButton
QUICK = RunConfig(
    DataConfig(validation_fraction=0.5),
    ModelConfig((HiddenLayer(16),)),
    TrainingConfig(batch_size=100, epochs=2),
)


@pytest.fixture
def open_window(qtbot, open_window):
    """Open windows that have their data set and settings that train in a moment."""

    def open_one():
        window = open_window()
        qtbot.waitUntil(lambda: window.studio.session.data.dataset is not None)
        window.settings.set_config(QUICK)
        return window

    return open_one


@pytest.fixture
def window(open_window):
    return open_window()


def show_page(qtbot, window, name="experiments"):
    tabs = window.findChild(QTabBar, "tabs")
    index = list(window.pages).index(name)
    qtbot.mouseClick(tabs, LEFT, pos=tabs.tabRect(index).center())
    return window.pages[name].widget


def train(qtbot, window, config=QUICK):
    window.settings.set_config(config)
    with qtbot.waitSignal(window.studio.session.run_ended):
        window.findChild(QAction, "trainAction").trigger()
    path = window.studio.session.run.path
    library = window.studio.library
    qtbot.waitUntil(
        lambda: (row := library.row(path)) is not None and row.status is RunStatus.COMPLETED
    )
    return path


def select(qtbot, page, path):
    """Select a run as soon as the table has been told of it."""
    qtbot.waitUntil(lambda: page.table.proxy.index_of(path).isValid())
    page.table.view.selectRow(page.table.proxy.index_of(path).row())


def with_training(**changes):
    return dataclasses.replace(QUICK, training=dataclasses.replace(QUICK.training, **changes))


def test_the_tab_shows_the_page_and_gives_it_the_room_of_the_sketch_pad(qtbot, window):
    page = show_page(qtbot, window)
    assert page.isVisible()
    assert not window.findChild(QWidget, "sketchPanel").isVisible()
    show_page(qtbot, window, "train")
    assert not page.isVisible()
    assert window.findChild(QWidget, "sketchPanel").isVisible()


def test_the_toolbar_calls_a_run_as_the_list_of_runs_does(qtbot, window, tmp_path):
    title = window.findChild(QLabel, "runTitle")
    first = train(qtbot, window)
    assert title.text() == "run 1: 784-16-10 on MNIST 10k, SGD 0.1, batch 100"
    train(qtbot, window)
    assert title.text().startswith("run 2: ")
    window.studio.library.set_label(first, name="narrow")
    assert title.text().startswith("run 2: ")
    open_run(qtbot, window, first)
    assert title.text().startswith("narrow: 784-16-10")
    window.studio.library.set_label(first, name="slim")
    qtbot.waitUntil(lambda: title.text().startswith("slim: 784-16-10"))
    elsewhere = tmp_path / "from a friend.npz"
    elsewhere.write_bytes(first.read_bytes())
    open_run(qtbot, window, elsewhere)
    assert title.text().startswith("from a friend: 784-16-10")


def open_run(qtbot, window, path):
    opener = window.studio.session.opener
    with qtbot.waitSignal(opener.opened):
        opener.open(path)


def test_a_trained_run_is_listed_and_drawn_with_its_name_and_color(qtbot, window):
    page = show_page(qtbot, window)
    train(qtbot, window)
    train(qtbot, window, with_training(batch_size=50))
    qtbot.waitUntil(lambda: len(page.overlay.runs) == 2)
    assert [run.label for run in page.overlay.runs] == ["batch 100", "batch 50"]
    assert [run.token for run in page.overlay.runs] == ["run_1", "run_2"]
    assert [row.number for row in page.table.drawn_rows()] == [1, 2]


def test_a_run_that_trains_is_in_the_overlay_while_it_grows(qtbot, window):
    page = show_page(qtbot, window)
    window.settings.set_config(with_training(epochs=1000))
    window.findChild(QAction, "trainAction").trigger()
    qtbot.waitUntil(lambda: len(page.overlay.runs) == 1)
    assert page.overlay.runs[0].histories[0] is window.studio.session.run.history
    assert page.table.drawn_rows()[0].status is RunStatus.RUNNING
    with qtbot.waitSignal(window.studio.session.run_ended):
        window.findChild(QAction, "stopAction").trigger()
    qtbot.waitUntil(lambda: page.table.drawn_rows()[0].status is RunStatus.STOPPED)


def test_the_settings_of_a_run_are_taken_over(qtbot, window):
    page = show_page(qtbot, window)
    path = train(qtbot, window, with_training(batch_size=50))
    window.settings.set_config(QUICK)
    select(qtbot, page, path)
    page.table.findChild(QAction, "useSettings").trigger()
    assert window.settings.config().training.batch_size == 50


def test_a_run_is_forked_with_the_settings_at_the_left(qtbot, window):
    page = show_page(qtbot, window)
    parent = train(qtbot, window)
    window.settings.set_config(with_training(learning_rate=0.01, epochs=1))
    select(qtbot, page, parent)
    with qtbot.waitSignal(window.studio.session.run_ended):
        page.table.findChild(QAction, "forkBest").trigger()
    assert window.studio.session.run.path != parent
    position = read_checkpoint(window.studio.session.run.path).position
    assert position.parent == "run 1"
    assert window.studio.session.run.history.origin.batches > 0
    assert window.studio.session.run.history.epoch_count == 1


def test_a_stopped_run_goes_on_from_the_table(qtbot, window):
    page = show_page(qtbot, window)
    window.settings.set_config(with_training(epochs=3))
    session = window.studio.session
    window.findChild(QAction, "epochAction").trigger()
    qtbot.waitUntil(lambda: session.status is RunStatus.PAUSED)
    with qtbot.waitSignal(session.run_ended):
        window.findChild(QAction, "stopAction").trigger()
    stopped = session.run.path
    other = train(qtbot, window)
    select(qtbot, page, stopped)
    with qtbot.waitSignal(session.run_ended):
        page.table.findChild(QAction, "continueRun").trigger()
    assert session.run.path == stopped != other
    assert session.run.history.epoch_count == 3


@pytest.mark.parametrize(
    ("limit", "sentence"),
    [
        ({}, "This run is complete: set more epochs, then press Continue."),
        ({"max_images": 500}, "This run has ended for good: fork it to train its weights further."),
    ],
)
def test_the_table_says_why_a_run_cannot_go_on(qtbot, window, limit, sentence):
    page = show_page(qtbot, window)
    complete = train(qtbot, window, with_training(epochs=1, **limit))
    train(qtbot, window)
    select(qtbot, page, complete)
    with qtbot.waitSignal(window.studio.session.opener.opened):
        page.table.findChild(QAction, "continueRun").trigger()
    assert window.studio.session.run.path == complete
    assert not window.studio.session.active
    assert window.messages.texts == [sentence]
    can_continue = window.findChild(QAction, "continueAction").isEnabled()
    assert not can_continue


def test_deleted_runs_are_told_and_brought_back_by_the_messages_button(qtbot, window):
    page = show_page(qtbot, window)
    path = train(qtbot, window)
    select(qtbot, page, path)
    page.table.findChild(QAction, "deleteRuns").trigger()
    qtbot.waitUntil(lambda: not window.studio.library.busy)
    assert window.messages.texts[-1] == "1 run deleted."
    qtbot.waitUntil(lambda: not path.exists())
    (undo,) = [
        each
        for each in window.messages.findChildren(QToolButton, "messageButton")
        if each.text() == "Undo"
    ]
    qtbot.mouseClick(undo, LEFT)
    qtbot.waitUntil(lambda: page.table.proxy.index_of(path).isValid())
    assert path.exists()


def test_a_pinned_run_is_drawn_behind_the_run_in_view(qtbot, window):
    first = train(qtbot, window)
    train(qtbot, window, with_training(batch_size=50))
    assert window.pages["train"].widget.references == ()
    window.studio.library.set_label(first, pinned=True, name="reference")
    qtbot.waitUntil(lambda: len(window.pages["train"].widget.references) == 1)
    assert window.pages["train"].widget.references[0].label == "reference"
    window.studio.library.set_label(first, pinned=False)
    qtbot.waitUntil(lambda: window.pages["train"].widget.references == ())


def test_one_click_trains_the_lab_notes_sweep_to_its_table_and_sentence(
    qtbot, window, monkeypatch, tmp_path
):
    datasets = []

    def small(dataset):
        datasets.append(dataset)
        return Sweep("Lab note: batch size", QUICK, (("batch_size", (50, 400)),))

    monkeypatch.setitem(SWEEP_PRESETS, "lab-note-batch-size", small)
    page = show_page(qtbot, window)
    with qtbot.waitSignal(window.studio.sweeps.sweep_ended):
        qtbot.mouseClick(page.findChild(QToolButton, "labNoteBatchSize"), LEFT)
    assert datasets == ["mnist-10k"]
    assert page.table.result.isVisible()
    assert page.table.controls.scope_box.currentData() == "sweep-0001"
    qtbot.waitUntil(lambda: len(page.overlay.runs) == 2)
    assert [run.label for run in page.overlay.runs] == ["batch 50", "batch 400"]
    assert len(list((tmp_path / "runs").glob("run-*.npz"))) == 2


def test_settings_that_cannot_be_used_start_nothing(qtbot, window, monkeypatch):
    page = show_page(qtbot, window)
    monkeypatch.setattr(window.settings, "first_error", lambda: QWidget())
    with qtbot.assertNotEmitted(window.studio.sweeps.queue_changed):
        qtbot.mouseClick(page.findChild(QToolButton, "labNoteBatchSize"), LEFT)
        qtbot.mouseClick(page.findChild(QToolButton, "newSweep"), LEFT)
        qtbot.mouseClick(page.findChild(QToolButton, "rangeTest"), LEFT)
    assert page.findChild(RangeTestDialog) is None


def test_runs_are_there_again_at_the_next_start(qtbot, open_window):
    first = open_window()
    path = train(qtbot, first)
    first.close()
    second = open_window()
    library = second.studio.library
    qtbot.waitUntil(lambda: [row.path for row in library.rows] == [path])
    page = show_page(qtbot, second)
    qtbot.waitUntil(lambda: len(page.overlay.runs) == 1)


def test_why_a_run_of_a_sweep_could_not_even_begin_is_told(window):
    window.studio.sweeps.run_failed.emit(Failure(FailureKind.OUT_OF_MEMORY))
    (text,) = window.messages.texts
    assert "not enough memory" in text


def test_what_was_exported_can_be_opened_and_found_at_once(qtbot, window, monkeypatch, tmp_path):
    opened = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toLocalFile()))
    target = tmp_path / "results.csv"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target), ""))
    train(qtbot, window)
    page = show_page(qtbot, window)
    with qtbot.waitSignal(page.exported):
        page.findChild(QAction, "exportTableAction").trigger()
    buttons = {each.text(): each for each in window.findChildren(QToolButton, "messageButton")}
    assert target.exists()
    qtbot.mouseClick(buttons["Show in folder"], LEFT)
    assert opened == [str(tmp_path)]

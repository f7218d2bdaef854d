"""Runs side by side, from their files to their confusion matrices."""

import dataclasses
import threading

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QScrollArea, QWidget
from shiboken6 import isValid

from mnist_studio.cancel import check
from mnist_studio.insight.measure import measure
from mnist_studio.runs.checkpoint import write_checkpoint
from mnist_studio.runs.label import RunLabel
from mnist_studio.runs.restore import take_checkpoint
from mnist_studio.runs.store import RunStore
from mnist_studio.session.library import RunLibrary
from mnist_studio.session.run_row import RunRow
from mnist_studio.training.config import DataConfig
from mnist_studio.training.history import History
from mnist_studio.training.status import RunStatus
from mnist_studio.training.trainer import Trainer
from mnist_studio.ui import theme
from mnist_studio.ui.describe import describe_failure
from mnist_studio.ui.experiments import compare_matrices
from mnist_studio.ui.experiments.compare_dialog import CompareDialog
from mnist_studio.ui.task import Task

from ...training.builders import save_run, small_run, with_training


@pytest.fixture
def store(tmp_path):
    return RunStore(tmp_path / "runs")


@pytest.fixture
def add(store, blobs):
    def add_one(label=None, config=None, dataset=blobs, **training):
        return save_run(store, config or small_run(epochs=1, **training), dataset, label)

    return add_one


@pytest.fixture
def library(qapp, store):
    library = RunLibrary(store.folder)
    yield library
    library.shut_down()


@pytest.fixture
def compare(qtbot, library):
    """Open the comparison of all runs in the folder."""
    owner = QWidget()
    qtbot.addWidget(owner)
    opened = []

    def open_one(measured=True):
        with qtbot.waitSignal(library.rows_changed):
            library.refresh()
        dialog = CompareDialog(library.rows, library, owner)
        opened.append(dialog)
        with qtbot.waitExposed(dialog):
            dialog.show()
        if measured:
            qtbot.waitUntil(lambda: is_measured(dialog))
        return dialog

    yield open_one
    for dialog in opened:
        if isValid(dialog):
            dialog.shut_down()


@pytest.fixture
def gate(monkeypatch):
    """Let nothing be measured before it is opened."""
    gate = threading.Event()

    def measure_behind_it(path, load, tell, cancelled):
        while not gate.wait(0.01):
            check(cancelled)
        return measure(path, load, tell, cancelled)

    monkeypatch.setattr(compare_matrices, "measure", measure_behind_it)
    return gate


def panels(dialog):
    return list(dialog.matrices.panels.values())


def is_measured(dialog):
    """Whether all matrices are there and in their places."""
    views = [panel.view for panel in panels(dialog) if panel.view is not None]
    return not dialog.matrices.running and all(view.isVisible() for view in views)


def captions(dialog):
    return [panel.caption.text() for panel in panels(dialog)]


def section(dialog, title):
    (found,) = [each for each in dialog.table.sections if each.title == title]
    return {line.heading: line for line in found.lines}


def test_settings_and_results_stand_below_their_runs(compare, add, library):
    add(batch_size=8)
    add(RunLabel(name="large"), batch_size=60)
    dialog = compare()
    assert [row.title for row in dialog.table.rows] == ["run 1", "large"]
    assert section(dialog, "Different settings")["Batch size"].texts == ("8", "60")
    expected = tuple(f"{100 * row.test_accuracy:.2f} %" for row in library.rows)
    assert section(dialog, "Results")["Test accuracy"].texts == expected
    assert dialog.windowTitle() == "Comparison of 2 runs"


def test_a_data_set_is_loaded_once_for_all_runs(compare, add, blobs, monkeypatch):
    asked = []
    monkeypatch.setattr(compare_matrices, "load", lambda name: asked.append(name) or blobs)
    add()
    add()
    dialog = compare()
    assert asked == ["mnist-10k"]
    assert [panel.view.matrix.total for panel in panels(dialog)] == [100, 100]


def test_equal_settings_are_counted_and_unfolded_by_a_click(compare, add):
    add(batch_size=8)
    add(batch_size=60)
    dialog = compare()
    content = dialog.findChild(QWidget, "compareEqual")
    names = [label.text() for label in content.findChildren(QLabel)][::2]
    assert dialog.fold.text().startswith(f"{len(names)} equal setting")
    assert "Learning rate" in names
    assert "Batch size" not in names
    assert not content.isVisible()
    QTest.mouseClick(dialog.fold, Qt.MouseButton.LeftButton)
    assert content.isVisible()


def test_the_table_is_copied_as_markdown(compare, add):
    add(batch_size=8)
    add(batch_size=60)
    dialog = compare()
    QTest.mouseClick(dialog.copy, Qt.MouseButton.LeftButton)
    text = QGuiApplication.clipboard().text()
    words = [line.replace("|", " ").split() for line in text.splitlines()]
    assert words[0] == ["run", "1", "run", "2"]
    assert words[2] == ["Batch", "size", "8", "60"]
    assert dialog.copy.text() == "Copied"


def test_the_curves_are_those_of_the_runs_in_their_colors(compare, add, qtbot):
    add(RunLabel(color=3), batch_size=8)
    add(RunLabel(color=6), batch_size=60)
    dialog = compare()
    qtbot.waitUntil(lambda: len(dialog.overlay.runs) == 2)
    assert [run.token for run in dialog.overlay.runs] == [row.color for row in dialog.table.rows]


def test_the_matrices_are_of_the_test_part_and_on_one_scale(compare, add):
    add(batch_size=8)
    add(batch_size=60)
    dialog = compare()
    views = [panel.view for panel in panels(dialog)]
    assert [view.matrix.total for view in views] == [2000, 2000]
    assert views[0].matrix != views[1].matrix
    assert views[0].scale == views[1].scale == dialog.matrices.scale
    assert all("wrong" in text for text in captions(dialog))


def test_pointing_at_a_cell_marks_it_in_all_matrices(compare, add):
    add(batch_size=8)
    add(batch_size=60)
    dialog = compare()
    first, second = (panel.view for panel in panels(dialog))
    before = captions(dialog)
    dialog.findChild(QScrollArea, "compareScroll").ensureWidgetVisible(first)
    QTest.mouseMove(first, first.cell_rect(4, 9).center())
    assert first.marked == second.marked == (4, 9)
    assert all(text.startswith("A 4 taken for a 9: ") for text in captions(dialog))
    QTest.mouseMove(first, QPoint(2, 2))
    assert first.marked is second.marked is None
    assert captions(dialog) == before


def test_progress_is_shown_where_the_matrix_will_be(compare, add, qtbot, gate):
    add(batch_size=8)
    add(batch_size=60)
    dialog = compare(measured=False)
    first, second = panels(dialog)
    assert first.bar.isVisibleTo(dialog)
    assert not second.bar.isVisibleTo(dialog)
    assert second.message.text() == "Waiting …"
    assert first.bar.value() <= 0
    gate.set()
    qtbot.waitUntil(lambda: first.bar.maximum() == 2000)


@pytest.mark.layout
def test_nothing_moves_when_the_matrices_come(compare, add, qtbot, gate):
    add(batch_size=8)
    add(batch_size=60)
    dialog = compare(measured=False)
    before = [panel.geometry() for panel in panels(dialog)]
    assert all(panel.view is None for panel in panels(dialog))
    gate.set()
    qtbot.waitUntil(lambda: is_measured(dialog))
    assert [panel.geometry() for panel in panels(dialog)] == before
    assert all(panel.view is not None for panel in panels(dialog))


def test_data_that_are_not_there_leave_a_sentence_and_the_others_follow(
    compare, add, blobs, monkeypatch
):
    monkeypatch.delenv("MNIST_STUDIO_DATA", raising=False)
    fashion = dataclasses.replace(small_run(epochs=1), data=DataConfig("fashion-mnist", 0.2))
    add(config=fashion, dataset=dataclasses.replace(blobs, name="fashion-mnist"))
    add(batch_size=60)
    dialog = compare()
    first, second = panels(dialog)
    assert first.view is None
    assert "Fashion-MNIST was not found" in first.message.text()
    assert first.message.isVisible()
    assert second.view is not None


def test_a_run_that_exploded_says_so_and_has_no_matrix(compare, add):
    add()
    add(learning_rate=10.0, hidden=(64, 64))
    dialog = compare()
    failed = dialog.table.rows[1]
    assert failed.status is RunStatus.FAILED
    told = dialog.findChild(QLabel, "compareFailures")
    assert told.isVisible()
    assert told.text() == f"run 2: {describe_failure(failed.failure)}"
    assert panels(dialog)[1].view is None
    assert "nothing was kept" in panels(dialog)[1].message.text()


def test_without_a_failure_there_is_no_sentence(compare, add):
    add(batch_size=8)
    add(batch_size=60)
    assert not compare().findChild(QLabel, "compareFailures").isVisible()


def test_a_run_that_trains_gets_its_figures_and_its_matrix_at_the_end(
    compare, add, qtbot, library, store, blobs
):
    add(batch_size=8)
    path = store.reserve()
    config = with_training(small_run(), epochs=1)
    trainer = Trainer(config, blobs)
    history = History(240, config.training.batch_size)
    library.live.attach(path, config, history, RunStatus.RUNNING)
    qtbot.waitUntil(lambda: library.row(path) is not None)
    dialog = compare()
    panel = dialog.matrices.panels[path]
    assert panel.message.text() == "Here when the run has ended."
    for event in trainer.run():
        history.record(event)
    write_checkpoint(path, take_checkpoint(trainer))
    library.live.update(path, RunStatus.COMPLETED, 1.0)
    library.live.detach(path)
    qtbot.waitUntil(lambda: panel.view is not None)
    assert panel.view.matrix.total == 2000
    text = section(dialog, "Results")["Test accuracy"].texts[1]
    assert text == f"{100 * history.test.accuracy:.2f} %"


def test_a_deleted_run_stays_as_it_was(compare, add, qtbot, library):
    path = add(batch_size=8)
    add(batch_size=60)
    dialog = compare()
    with qtbot.waitSignal(library.rows_changed):
        library.delete([path])
    assert library.row(path) is None
    assert [row.title for row in dialog.table.rows] == ["run 1", "run 2"]
    assert panels(dialog)[0].view is not None


def test_another_name_is_shown_at_once(compare, add, qtbot, library):
    path = add(batch_size=8)
    add(batch_size=60)
    dialog = compare()
    with qtbot.waitSignal(library.rows_changed):
        library.set_label(path, name="small")
    assert dialog.table.rows[0].title == "small"
    assert panels(dialog)[0].view is not None


@pytest.mark.parametrize("way", ["close", "escape"])
def test_closing_calls_off_what_goes_on_and_deletes_the_window(compare, add, qtbot, gate, way):
    add(batch_size=8)
    add(batch_size=60)
    dialog = compare(measured=False)
    assert dialog.matrices.running
    with qtbot.waitSignal(dialog.destroyed):
        if way == "close":
            dialog.close()
        else:
            QTest.keyClick(dialog, Qt.Key.Key_Escape)
        assert not dialog.isVisible()
    assert not isValid(dialog)


def test_a_window_that_has_nothing_to_do_is_deleted_when_it_is_closed(compare, add, qtbot):
    add(batch_size=8)
    add(batch_size=60)
    dialog = compare()
    with qtbot.waitSignal(dialog.destroyed):
        dialog.close()


def test_shutting_down_waits_for_the_thread(compare, add, gate):
    add(batch_size=8)
    add(batch_size=60)
    dialog = compare(measured=False)
    task = dialog.findChild(Task)
    assert task.isRunning()
    dialog.shut_down()
    assert task.isFinished()
    assert not dialog.isVisible()


@pytest.mark.layout
def test_it_fits_a_small_screen_and_scrolls(compare, add):
    for size in range(8, 14):
        add(batch_size=size)
    dialog = compare()
    available = dialog.screen().availableSize()
    assert dialog.width() <= available.width()
    assert dialog.height() < available.height()
    dialog.resize(1200, 680)
    assert (dialog.width(), dialog.height()) == (1200, 680)
    scroll = dialog.findChild(QScrollArea, "compareScroll")
    assert scroll.verticalScrollBar().maximum() > 0
    inside = scroll.viewport().width()
    assert scroll.widget().width() == inside
    for panel in panels(dialog):
        assert panel.geometry().right() < panel.parentWidget().width()


@pytest.mark.parametrize("name", ["dark", "light"])
def test_the_key_says_what_the_colors_mean(compare, add, name):
    theme.choose(name)
    add(batch_size=8)
    add(batch_size=60)
    key = compare().matrices.key
    recognized, mistaken = key.texts()
    assert recognized == ("recognized", f"{100 * key.scale.weakest:.1f} %", "100 %")
    assert mistaken == ("mistaken", "0 %", f"{100 * key.scale.worst:.1f} %")
    assert key.grab().toImage().pixelColor(1, 1) != theme.color("text")


def test_a_queued_run_waits_without_figures(qtbot, library, add, tmp_path):
    add()
    with qtbot.waitSignal(library.rows_changed):
        library.refresh()
    queued = RunRow(
        tmp_path / "run-0007.npz", RunLabel(), small_run(), RunStatus.QUEUED, progress=0.0
    )
    dialog = CompareDialog([*library.rows, queued], library)
    qtbot.addWidget(dialog)
    assert dialog.matrices.panels[queued.path].message.text() == "Here when the run has ended."
    dialog.shut_down()

"""The page Experiments: its buttons, what it draws, and the windows that it opens."""

from types import SimpleNamespace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QPushButton, QToolButton

from mnist_studio.training.config import RunConfig
from mnist_studio.training.status import RunStatus
from mnist_studio.training.variation import with_value
from mnist_studio.ui.experiments.compare_dialog import CompareDialog
from mnist_studio.ui.experiments.range_test import RangeTestDialog
from mnist_studio.ui.experiments.sweep_dialog import SweepDialog
from mnist_studio.ui.experiments.view import ExperimentsView

from ...training.builders import small_run
from ..plot_fakes import FakeSession, grow, recorded
from .listed_runs import FOLDER, FakeLibrary, run
from .test_sweep_strip import Queue

LEFT = Qt.MouseButton.LeftButton
PATIENCE = 20_000
pytestmark = pytest.mark.qt_log_ignore(
    "This plugin does not support (raise|grabbing the keyboard)", extend=True
)


class Session(FakeSession):
    active = False
    dataset = None


class SweepQueue(Queue):
    """Keeps the sweeps that it is to start, too."""

    def __init__(self):
        super().__init__(entries=(), jobs=0)

    def start(self, sweep):
        self.told.append(sweep)

    def cancel(self, path):
        self.told.append(("cancel", path))

    def move(self, path, places):
        self.told.append(("move", path, places))


@pytest.fixture
def library(qapp):
    library = FakeLibrary(run(1, batch_size=10), run(2, batch_size=20))
    library.curves = {path(number): recorded(300) for number in (1, 2)}
    return library


@pytest.fixture
def queue(qapp):
    return SweepQueue()


@pytest.fixture
def session(qapp):
    return Session()


@pytest.fixture
def settings():
    """What is in the form at the left; None if it cannot be used."""
    return SimpleNamespace(config=RunConfig())


@pytest.fixture
def page(qtbot, session, library, queue, settings):
    page = ExperimentsView(session, library, queue, lambda: settings.config)
    qtbot.addWidget(page)
    page.resize(1280, 900)
    with qtbot.waitActive(page):
        page.show()
        page.activateWindow()
    yield page
    page.shut_down()


def path(number):
    return FOLDER / f"run-{number:04d}.npz"


def press(page, name):
    button = page.findChild(QToolButton, name)
    assert button.isVisible(), name
    QTest.mouseClick(button, LEFT)


def select(page, *numbers):
    view, proxy = page.table.view, page.table.proxy
    view.clearSelection()
    for number in numbers:
        cell = proxy.index_of(path(number)).siblingAtColumn(1)
        control = Qt.KeyboardModifier.ControlModifier
        QTest.mouseClick(view.viewport(), LEFT, control, view.visualRect(cell).center())


@pytest.mark.parametrize(
    ("button", "varied", "values", "fixed"),
    [
        (
            "labNoteBatchSize",
            "batch_size",
            (10, 20, 50, 100, 200, 500),
            {"learning_rate": 0.1},
        ),
        (
            "labNoteLearningRate",
            "learning_rate",
            (0.01, 0.05, 0.1, 0.5, 1.0),
            {"batch_size": 20},
        ),
    ],
)
@pytest.mark.parametrize("dataset", ["mnist-10k", "fashion-mnist"])
def test_one_click_starts_the_lab_notes_sweep_on_the_chosen_data_set(
    page, queue, settings, button, varied, values, fixed, dataset
):
    settings.config = with_value(RunConfig(), "dataset", dataset)
    press(page, button)
    (sweep,) = queue.told
    assert sweep.vary == ((varied, values),)
    assert sweep.base.data.dataset == dataset
    assert sweep.base.training.optimizer == "sgd"
    assert sweep.base.model.initializer == "normal"
    for name, value in fixed.items():
        assert getattr(sweep.base.training, name) == value


def test_settings_that_cannot_be_used_start_and_open_nothing(page, queue, settings):
    settings.config = None
    for name in ("newSweep", "labNoteBatchSize", "labNoteLearningRate", "rangeTest"):
        press(page, name)
    assert queue.told == []
    assert page.findChild(SweepDialog) is None
    assert page.findChild(RangeTestDialog) is None


def test_a_sweep_is_asked_for_with_the_settings_at_the_left(qtbot, page, queue, settings):
    settings.config = small_run(batch_size=32)
    press(page, "newSweep")
    dialog = page.findChild(SweepDialog)
    assert dialog.isVisible()
    dialog.jobs.setValue(1)
    QTest.mouseClick(dialog.findChild(QPushButton, "sweepStart"), LEFT)
    (sweep,) = queue.told
    assert sweep.base.training.seed == settings.config.training.seed
    assert sweep.base.model == settings.config.model
    assert queue.jobs == 1
    qtbot.waitUntil(lambda: page.findChild(SweepDialog) is None, timeout=PATIENCE)


def test_a_sweep_that_begins_is_looked_at_alone(page, queue, library):
    press(page, "labNoteBatchSize")
    queue.entries = (SimpleNamespace(path=path(3)),)
    queue.queue_changed.emit()  # its label is not read yet
    assert page.table.scope_box.currentData() == ""
    library.put(run(3, RunStatus.QUEUED, sweep="sweep-0001", progress=0.0))
    queue.queue_changed.emit()
    assert page.table.scope_box.currentData() == "sweep-0001"
    page.table.set_scope("")
    queue.queue_changed.emit()  # the user may look at others meanwhile
    assert page.table.scope_box.currentData() == ""


def test_shown_runs_are_drawn_and_hidden_ones_are_not(page, library):
    assert [each.label for each in page.overlay.runs] == ["batch 10", "batch 20"]
    library.set_label(path(1), shown=False)
    assert [each.label for each in page.overlay.runs] == ["run 2"]


def test_curves_that_are_read_later_are_drawn_when_they_are_there(qtbot, page, library):
    library.put(run(3, batch_size=50))
    assert len(page.overlay.runs) == 2
    library.curves[path(3)] = recorded(200)
    library.history_loaded.emit(path(3))
    qtbot.waitUntil(lambda: len(page.overlay.runs) == 3, timeout=PATIENCE)
    assert page.overlay.runs[2].token == "run_3"


def test_a_run_that_trains_is_drawn_live_and_in_its_color(page, library):
    library.curves[path(3)] = recorded(1)
    library.put(run(3, RunStatus.RUNNING, progress=0.1, color=6, batch_size=50))
    live = page.overlay.runs[2]
    assert live.token == "run_7"
    assert not live.ended
    grow(library.curves[path(3)], 50)
    library.put(run(3, RunStatus.RUNNING, progress=0.3, color=6, batch_size=50))
    assert page.overlay.runs[2].histories[0].step == 51


def test_a_queued_run_is_moved_and_cancelled_in_the_queue(page, library, queue):
    library.put(run(3, RunStatus.QUEUED, sweep="sweep-0001", progress=0.0))
    select(page, 3)
    QTest.keyClick(page.table.view, Qt.Key.Key_Up, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(page.table.view, Qt.Key.Key_Delete)
    assert queue.told == [("move", path(3), -1), ("cancel", path(3))]


def test_requests_of_the_table_are_passed_on(qtbot, page, library):
    library.put(run(3, RunStatus.STOPPED))
    select(page, 3)
    for action, signal, args in (
        ("_open", page.opened, [path(3)]),
        ("_use", page.settings_requested, [library.row(path(3)).config]),
        ("_continue", page.continue_requested, [path(3)]),
        ("_fork_best", page.fork_requested, [path(3), True]),
    ):
        with qtbot.waitSignal(signal, timeout=PATIENCE) as asked:
            getattr(page.table, action).trigger()
        assert asked.args == args


def test_selected_runs_are_exported_and_without_any_the_drawn_ones(page):
    assert [row.number for row in page._rows_to_export()] == [1, 2]
    select(page, 2)
    assert [row.number for row in page._rows_to_export()] == [2]


def test_the_figure_has_both_plots(qtbot, page, monkeypatch, tmp_path):
    target = tmp_path / "curves.png"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target), ""))
    with qtbot.waitSignal(page.noted, timeout=PATIENCE) as noted:
        next(a for a in page._export.actions() if a.objectName() == "exportFigureAction").trigger()
    assert noted.args == [f"Saved as {target}."]
    from PySide6.QtGui import QImage

    image = QImage(str(target))
    assert image.width() > 2 * (page.overlay.loss.width() + page.overlay.accuracy.width())


def test_a_failing_export_is_passed_on_in_a_sentence(qtbot, page, monkeypatch, tmp_path):
    target = tmp_path / "missing" / "curves.svg"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target), ""))
    with qtbot.waitSignal(page.failed, timeout=PATIENCE) as failed:
        next(a for a in page._export.actions() if a.objectName() == "exportFigureAction").trigger()
    assert failed.args[0].startswith(str(target))


def test_the_range_test_opens_and_its_rate_is_passed_on(qtbot, page, session, settings, blobs):
    session.dataset = blobs
    settings.config = small_run(hidden=(32,))
    press(page, "rangeTest")
    dialog = page.findChild(RangeTestDialog)
    assert dialog.isVisible()
    use = dialog.findChild(QPushButton, "rangeTestUse")
    qtbot.waitUntil(use.isEnabled, timeout=PATIENCE)
    with qtbot.waitSignal(page.learning_rate_requested, timeout=PATIENCE) as asked:
        QTest.mouseClick(use, LEFT)
    assert asked.args == [dialog.editor.value()]
    press(page, "rangeTest")
    assert page.findChildren(RangeTestDialog) == [dialog]


def test_the_page_can_go_during_a_range_test(page, session, settings, blobs):
    session.dataset = blobs
    settings.config = small_run(hidden=(32,))
    press(page, "rangeTest")
    page.shut_down()
    assert not page.findChild(RangeTestDialog).isVisible()


def test_runs_are_compared_in_one_window_that_goes_with_the_page(qtbot, page):
    press(page, "compareButton")
    first = page.findChild(CompareDialog)
    assert first.isVisible()
    press(page, "compareButton")
    qtbot.waitUntil(
        lambda: [each.isVisible() for each in page.findChildren(CompareDialog)] == [True],
        timeout=PATIENCE,
    )
    page.shut_down()
    qtbot.waitUntil(
        lambda: not any(each.isVisible() for each in page.findChildren(CompareDialog)),
        timeout=PATIENCE,
    )


def test_tab_goes_through_the_page_as_one_reads_it(page):
    first = page.findChild(QToolButton, "newSweep")
    first.setFocus()
    names = []
    for _ in range(40):
        focused = QApplication.focusWidget()
        assert focused is not None
        if focused is first and names:
            break
        names.append(focused.objectName() or type(focused).__name__)
        QTest.keyClick(focused, Qt.Key.Key_Tab)
    wanted = [
        "newSweep",
        "labNoteBatchSize",
        "labNoteLearningRate",
        "rangeTest",
        "xUnitButton",
        "runsScope",
        "runsFilter",
        "compareButton",
        "exportButton",
        "runsView",
    ]
    assert [name for name in names if name in wanted] == wanted
    assert not {"QWidget", "QFrame"} & set(names)


def test_every_control_says_what_it_is(page):
    for button in page.findChildren(QToolButton):
        if button.isVisible() and not button.objectName().startswith("qt_"):
            assert button.toolTip(), button.objectName()
            assert button.text() or button.accessibleName(), button.objectName()
    for widget in (*page.overlay.plots, page.table.view, page.table.scope_box):
        assert widget.accessibleName()

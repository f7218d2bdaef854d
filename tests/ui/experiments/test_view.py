"""The page Experiments: its buttons, what it draws, and the windows that it opens."""

from types import SimpleNamespace

import pytest
from PySide6.QtCore import QByteArray, QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QFileDialog,
    QLabel,
    QMenu,
    QPushButton,
    QSplitter,
    QToolButton,
)

from mnist_studio.runs.store import RunRecord
from mnist_studio.session.settings import Settings
from mnist_studio.sweeps.sweep import Sweep
from mnist_studio.training.config import RunConfig
from mnist_studio.training.status import RunStatus
from mnist_studio.training.variation import with_value
from mnist_studio.ui import theme
from mnist_studio.ui.experiments.command_bar import CommandBar
from mnist_studio.ui.experiments.compare_dialog import CompareDialog
from mnist_studio.ui.experiments.rate_finder import RangeTestDialog
from mnist_studio.ui.experiments.sweep_dialog import SweepDialog
from mnist_studio.ui.experiments.view import ExperimentsView
from mnist_studio.ui.widgets import SPACING

from ...training.builders import small_run
from ..fakes import FakeSession
from ..plots.fakes import grow, recorded
from .listed_runs import FOLDER, FakeLibrary, run
from .test_sweep_strip import AT_WORK, Queue

LEFT = Qt.MouseButton.LeftButton
pytestmark = pytest.mark.qt_log_ignore(
    "This plugin does not support (raise|grabbing the keyboard)", extend=True
)


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
    return FakeSession()


@pytest.fixture
def settings():
    """What is in the form at the left; None if it cannot be used."""
    return SimpleNamespace(config=RunConfig())


@pytest.fixture
def remembered(tmp_path):
    return Settings(tmp_path)


@pytest.fixture
def page(qtbot, session, library, queue, settings, remembered):
    page = ExperimentsView(session, library, queue, lambda: settings.config, remembered)
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
    qtbot.waitUntil(lambda: page.findChild(SweepDialog) is None)


def scope(page):
    return page.table.controls.scope_box.currentData()


def begin(queue, library, name, number):
    """Let a sweep begin whose run's label is read a little later."""
    queue.known[name] = Sweep(f"Title of {name}", RunConfig(), (("batch_size", (10,)),))
    queue.known_changed.emit()
    queue.sweep_begun.emit(name)
    library.put(run(number, RunStatus.QUEUED, sweep=name, progress=0.0))


def end(queue, library, name, number):
    row = run(number, sweep=name)
    library.put(row)
    queue.sweep_ended.emit(
        queue.known[name], [row.path], [RunRecord(row.path, row.label, row.header)]
    )


def test_a_sweep_that_begins_is_looked_at_alone(qtbot, page, queue, library):
    begin(queue, library, "sweep-0001", 3)
    assert scope(page) == "sweep-0001"
    assert page.table.controls.scope_box.currentText() == "Sweep 1 · Title of sweep-0001"
    box = page.table.controls.scope_box
    # The whole title can be read.
    qtbot.waitUntil(lambda: box.width() >= box.sizeHint().width())
    page.table.set_scope("")
    queue.queue_changed.emit()  # the user may look at others meanwhile
    assert scope(page) == ""


def test_result_list_and_curves_are_those_of_the_sweep_that_was_started_last(page, queue, library):
    begin(queue, library, "sweep-0001", 3)
    begin(queue, library, "sweep-0002", 4)
    assert scope(page) == "sweep-0002"
    end(queue, library, "sweep-0001", 3)
    assert scope(page) == "sweep-0002"
    assert page.table.view.isVisible()
    end(queue, library, "sweep-0002", 4)
    assert page.table.result.isVisible()
    assert [row.number for row in page.table.drawn_rows()] == [4]


def test_the_end_of_a_sweep_that_is_not_looked_at_is_told(qtbot, page, queue, library):
    begin(queue, library, "sweep-0001", 3)
    page.table.set_scope("")
    with qtbot.waitSignal(page.result_waits) as waits:
        end(queue, library, "sweep-0001", 3)
    assert waits.args == ["sweep-0001"]
    assert scope(page) == ""


def test_a_result_is_found_again_by_its_sweep_and_by_each_of_its_runs(page, queue, library):
    for number, name in ((3, "sweep-0001"), (4, "sweep-0002")):
        begin(queue, library, name, number)
        end(queue, library, name, number)
    page.table.set_scope("sweep-0001")
    assert page.table.result.isVisible()
    assert [row.number for row in page.table.drawn_rows()] == [3]
    page.table.set_scope("")
    page.table.show_list()
    select(page, 4)
    page.findChild(QAction, "showSweep").trigger()
    assert page.table.result.isVisible()
    assert scope(page) == "sweep-0002"


@pytest.mark.layout
@pytest.mark.parametrize("size", [(700, 440), (944, 626)])
def test_plots_list_and_result_are_seen_while_a_sweep_is_at_work(page, queue, size):
    page.resize(*size)
    queue.become(active=True, title="A sweep", done=1, total=6)
    assert page.strip.isVisible()
    for widget in (page.overlay, page.table):
        assert widget.isVisible()
        assert widget.height() >= 130
    assert page.size().toTuple() == size


def test_a_page_made_while_the_window_trains_says_who_shares_the_cores(
    qtbot, session, library, queue, settings, remembered
):
    session.start()
    page = ExperimentsView(session, library, queue, lambda: settings.config, remembered)
    qtbot.addWidget(page)
    queue.become(**AT_WORK)
    assert "shares the cores" in page.findChild(QLabel, "sweepDetails").text()


@pytest.mark.layout
def test_commands_without_room_are_in_a_menu_and_overlap_nothing(page):
    page.resize(700, 430)
    bar = page.findChild(CommandBar, "sweepCommands")
    more = bar.findChild(QToolButton, "qt_toolbar_ext_button")
    assert bar.geometry().right() < page.overlay.controls.geometry().left()
    assert more.isVisible()
    shown = [button for button in bar.findChildren(QToolButton) if button.isVisible()]
    ends = sorted(button.geometry().right() for button in shown)
    assert ends[-1] - ends[-2] <= more.width() + 2 * SPACING  # right behind the last of the others
    assert not page.findChild(QToolButton, "rangeTest").isVisible()
    assert "rangeTest" not in {button.objectName() for button in shown}


def test_a_filter_without_hits_says_so_and_offers_to_clear_it(page):
    QTest.keyClicks(page.table.controls.filter_edit, "nothing")
    assert not page.overlay.loss.hint.text()  # said once
    assert page.findChild(QLabel, "noRuns").text() == "No run matches “nothing”."
    press(page, "clearFilter")
    assert page.table.view.isVisible()
    assert len(page.table.drawn_rows()) == 2


def test_hidden_curves_are_explained(page, library):
    for number in (1, 2):
        library.set_label(path(number), shown=False)
    assert "are hidden" in page.overlay.loss.hint.text()
    page.table.set_scope("shown")
    press(page, "clearFilter")
    assert scope(page) == ""
    assert page.table.view.isVisible()


def test_columns_and_splitter_are_remembered(qtbot, page, session, library, queue, remembered):
    view = page.table.view
    press(page, "runsColumns")
    menu = page.findChild(QMenu, "columnsMenu")
    (action,) = [each for each in menu.actions() if each.text() == "Status"]
    QTest.mouseClick(menu, LEFT, pos=menu.actionGeometry(action).center())
    assert view.isColumnHidden(page.table.model.columns.index("status"))
    view.setColumnWidth(2, 333)
    columns = page.table.model.columns
    view.horizontalHeader().moveSection(columns.index("test"), 3)
    splitter = page.findChild(QSplitter)
    handle = splitter.handle(1)
    QTest.mousePress(handle, LEFT, pos=handle.rect().center())
    QTest.mouseMove(handle, handle.rect().center() - QPoint(0, 100))
    QTest.mouseRelease(handle, LEFT, pos=handle.rect().center() - QPoint(0, 100))
    again = ExperimentsView(session, library, queue, RunConfig, remembered)
    qtbot.addWidget(again)
    again.resize(page.size())
    again.show()
    assert again.table.view.isColumnHidden(page.table.model.columns.index("status"))
    assert again.table.view.columnWidth(2) == 333
    header = again.table.view.horizontalHeader()
    assert [columns[header.logicalIndex(place)] for place in (2, 3, 4)] == [
        "name",
        "test",
        "validation",
    ]
    assert again.findChild(QSplitter).sizes() == splitter.sizes()
    again.shut_down()


def test_rows_are_higher_where_all_text_is_larger(page):
    before = page.table.view.rowHeight(0)
    theme.set_scale(1.5)
    assert page.table.view.rowHeight(0) == pytest.approx(1.5 * before, abs=1)


def test_columns_are_as_usual_if_what_is_remembered_is_damaged(page):
    before = page.table.view.arrangement()
    for damaged in (b"", b"[]", b'{"hidden": 1}', b'{"hidden": [], "widths": {"a": "b"}}'):
        page.table.view.arrange(QByteArray(damaged))
        assert page.table.view.arrangement() == before


def test_shown_runs_are_drawn_and_hidden_ones_are_not(page, library):
    assert [each.label for each in page.overlay.runs] == ["batch 10", "batch 20"]
    library.set_label(path(1), shown=False)
    assert [each.label for each in page.overlay.runs] == ["run 2"]


def test_a_hidden_page_asks_for_no_curves_and_catches_up(page, library, monkeypatch):
    asked, history = [], library.history
    monkeypatch.setattr(library, "history", lambda path: asked.append(path) or history(path))
    page.hide()
    library.put(run(3, batch_size=50))
    library.curves[path(3)] = recorded(200)
    library.history_loaded.emit(path(3))
    assert asked == []
    page.show()
    assert [each.label for each in page.overlay.runs] == ["batch 10", "batch 20", "batch 50"]
    assert page.table.proxy.rowCount() == 3


def test_curves_that_are_read_later_are_drawn_when_they_are_there(qtbot, page, library):
    library.put(run(3, batch_size=50))
    assert len(page.overlay.runs) == 2
    library.curves[path(3)] = recorded(200)
    library.history_loaded.emit(path(3))
    qtbot.waitUntil(lambda: len(page.overlay.runs) == 3)
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
        ("openRun", page.opened, [path(3)]),
        ("useSettings", page.settings_requested, [library.row(path(3)).config]),
        ("continueRun", page.continue_requested, [path(3)]),
        ("forkBest", page.fork_requested, [path(3), True]),
    ):
        with qtbot.waitSignal(signal) as asked:
            page.findChild(QAction, action).trigger()
        assert asked.args == args


def test_selected_runs_are_exported_and_without_any_the_drawn_ones(page):
    assert [row.number for row in page.rows_to_export()] == [1, 2]
    select(page, 2)
    assert [row.number for row in page.rows_to_export()] == [2]


def test_the_figure_has_both_plots(qtbot, page, monkeypatch, tmp_path):
    target = tmp_path / "curves.png"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target), ""))
    with qtbot.waitSignal(page.exported) as exported:
        page.findChild(QAction, "exportFigureAction").trigger()
    assert exported.args == [target]
    from PySide6.QtGui import QImage

    image = QImage(str(target))
    assert image.width() > 2 * (page.overlay.loss.width() + page.overlay.accuracy.width())


def test_a_failing_export_is_passed_on_in_a_sentence(qtbot, page, monkeypatch, tmp_path):
    target = tmp_path / "missing" / "curves.svg"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target), ""))
    with qtbot.waitSignal(page.failed) as failed:
        page.findChild(QAction, "exportFigureAction").trigger()
    assert failed.args[0].startswith(str(target))


def test_the_range_test_opens_and_its_rate_is_passed_on(qtbot, page, session, settings, blobs):
    session.data.dataset = blobs
    settings.config = small_run(hidden=(32,))
    press(page, "rangeTest")
    dialog = page.findChild(RangeTestDialog)
    assert dialog.isVisible()
    use = dialog.findChild(QPushButton, "rangeTestUse")
    qtbot.waitUntil(use.isEnabled)
    with qtbot.waitSignal(page.learning_rate_requested) as asked:
        QTest.mouseClick(use, LEFT)
    assert asked.args == [dialog.editor.value()]
    press(page, "rangeTest")
    assert page.findChildren(RangeTestDialog) == [dialog]


def test_the_page_can_go_during_a_range_test(page, session, settings, blobs):
    session.data.dataset = blobs
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
        lambda: [each.isVisible() for each in page.findChildren(CompareDialog)] == [True]
    )
    page.shut_down()
    qtbot.waitUntil(lambda: not any(each.isVisible() for each in page.findChildren(CompareDialog)))


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
    for widget in (*page.overlay.plots, page.table.view, page.table.controls.scope_box):
        assert widget.accessibleName()

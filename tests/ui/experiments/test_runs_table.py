"""The table of runs under real clicks and keys."""

import dataclasses

import pytest
from PySide6.QtCore import QItemSelectionModel, QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QDesktopServices
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QMenu
from shiboken6 import isValid

from mnist_studio.training.status import RunStatus
from mnist_studio.ui.experiments.runs_delegate import PADDING
from mnist_studio.ui.experiments.runs_proxy import MOST_DRAWN
from mnist_studio.ui.experiments.runs_table import RunsTable

from .listed_runs import FOLDER, FakeLibrary, run

LEFT = Qt.MouseButton.LeftButton
# What Qt's offscreen platform says of menus that pop up.
pytestmark = pytest.mark.qt_log_ignore(
    "This plugin does not support (raise|grabbing the keyboard)", extend=True
)
CONTROL = Qt.KeyboardModifier.ControlModifier
SIGNALS = (
    "opened",
    "settings_requested",
    "continue_requested",
    "fork_requested",
    "compare_requested",
    "cancel_requested",
    "move_requested",
)


@pytest.fixture
def library(qapp):
    return FakeLibrary(
        run(1, batch_size=10, validation=0.95, name="ten"),
        run(2, batch_size=20, validation=0.98, sweep="sweep-0001"),
        run(3, batch_size=50, validation=0.97, sweep="sweep-0001"),
    )


@pytest.fixture
def make(qtbot):
    def make_one(library):
        table = RunsTable(library)
        qtbot.addWidget(table)
        table.resize(1330, 420)
        with qtbot.waitActive(table):  # or keys are no shortcuts
            table.show()
            table.activateWindow()
        return table

    return make_one


@pytest.fixture
def table(make, library):
    return make(library)


@pytest.fixture
def told(table):
    """What the table asked of others."""
    found = []
    for name in SIGNALS:
        getattr(table.commands, name).connect(lambda *args, name=name: found.append((name, *args)))
    return found


def path(number):
    return FOLDER / f"run-{number:04d}.npz"


def numbers(table):
    """Return the numbers of the listed runs from above."""
    return [row.number for row in table.proxy.rows()]


def place(table, number, column):
    """Return the middle of a cell."""
    row = numbers(table).index(number)
    index = table.proxy.index(row, table.model.columns.index(column))
    table.view.scrollTo(index)
    return table.view.visualRect(index).center()


def click(table, number, column="number", modifiers=Qt.KeyboardModifier.NoModifier):
    QTest.mouseClick(table.view.viewport(), LEFT, modifiers, place(table, number, column))


def double_click(table, number, column):
    click(table, number, column)
    QTest.mouseDClick(table.view.viewport(), LEFT, pos=place(table, number, column))


def press(table, key, modifiers=Qt.KeyboardModifier.NoModifier):
    QTest.keyClick(table.view, key, modifiers)


def selected(table):
    return sorted(row.number for row in table.selected_rows())


def editor(table):
    found = table.view.viewport().findChildren(QLineEdit)
    return found[-1] if found else None


def click_header(table, column):
    header = table.view.horizontalHeader()
    logical = table.model.columns.index(column)
    x = header.sectionViewportPosition(logical) + header.sectionSize(logical) // 2
    QTest.mouseClick(header.viewport(), LEFT, pos=QPoint(x, header.height() // 2))


@pytest.fixture
def menu(table):
    """Open the menu of a run by the right button and return its actions by name."""
    opened = []

    def open_menu(number):
        spot = place(table, number, "status")
        viewport = table.view.viewport()
        if number not in selected(table):
            click(table, number, "status")
        event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, spot, viewport.mapToGlobal(spot))
        QApplication.sendEvent(viewport, event)
        opened.append(QApplication.activePopupWidget())
        assert opened[-1].objectName() == "runMenu"
        return {each.objectName(): each for each in opened[-1].actions() if each.objectName()}

    yield open_menu
    for each in opened:
        if isValid(each):
            each.close()


def test_the_latest_run_is_first(table):
    assert numbers(table) == [3, 2, 1]


def test_a_click_on_the_dot_hides_and_shows_the_curves(qtbot, table, library):
    with qtbot.waitSignal(table.drawn_changed):
        click(table, 2, "shown")
    assert not library.row(path(2)).label.shown
    assert [row.number for row in table.drawn_rows()] == [1, 3]
    click(table, 2, "shown")
    assert library.row(path(2)).label.shown
    click(table, 2, "status")
    assert library.row(path(2)).label.shown


def test_space_hides_all_selected_runs_and_shows_them_again(table, library):
    click(table, 3)
    click(table, 2, modifiers=CONTROL)
    press(table, Qt.Key.Key_Space)
    assert [row.label.shown for row in library.rows] == [True, False, False]
    assert selected(table) == [2, 3]
    library.set_label(path(3), shown=True)
    press(table, Qt.Key.Key_Space)  # one of the two is hidden: show both
    assert [row.label.shown for row in library.rows] == [True, True, True]


def test_a_run_is_renamed_by_f2(qtbot, table, library):
    click(table, 2)
    press(table, Qt.Key.Key_F2)
    QTest.keyClicks(editor(table), " best so far ")
    QTest.keyClick(editor(table), Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: library.row(path(2)).label.name == "best so far")


def test_an_abandoned_name_is_not_taken(table, library):
    click(table, 1)
    press(table, Qt.Key.Key_F2)
    assert editor(table).text() == "ten"
    QTest.keyClicks(editor(table), "eleven")
    QTest.keyClick(editor(table), Qt.Key.Key_Escape)
    assert library.row(path(1)).label.name == "ten"


@pytest.mark.parametrize("column", ["name", "note"])
def test_a_double_click_edits_name_and_note(qtbot, table, library, told, column):
    double_click(table, 2, column)
    QTest.keyClicks(editor(table), "words")
    QTest.keyClick(editor(table), Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: getattr(library.row(path(2)).label, column) == "words")
    assert told == []


def test_a_name_that_is_being_typed_survives_other_runs(qtbot, table, library):
    click(table, 2)
    press(table, Qt.Key.Key_F2)
    QTest.keyClicks(editor(table), "long")
    library.put(run(4), dataclasses.replace(library.row(path(2)), progress=0.5))
    QTest.keyClicks(editor(table), " name")
    QTest.keyClick(editor(table), Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: library.row(path(2)).label.name == "long name")


def test_the_cursor_stays_on_its_run_when_others_come_and_go(table, library):
    click(table, 2)
    library.put(run(4))
    assert selected(table) == [2]
    press(table, Qt.Key.Key_Down)
    assert selected(table) == [1]


def test_a_double_click_elsewhere_or_enter_shows_the_run(table, told):
    double_click(table, 2, "validation")
    assert told == [("opened", path(2))]
    press(table, Qt.Key.Key_Return)
    assert told == [("opened", path(2))] * 2


def test_a_click_on_a_title_sorts_and_pinned_runs_stay_first(table):
    click_header(table, "validation")
    assert numbers(table) == [1, 3, 2]
    click_header(table, "validation")
    assert numbers(table) == [2, 3, 1]
    click(table, 1)
    press(table, Qt.Key.Key_P, CONTROL)
    assert numbers(table) == [1, 2, 3]
    press(table, Qt.Key.Key_P, CONTROL)
    assert numbers(table) == [2, 3, 1]


def test_typing_a_filter_lists_and_draws_what_matches(qtbot, table):
    QTest.keyClicks(table.controls.filter_edit, "batch=20")
    assert numbers(table) == [2]
    assert [row.number for row in table.drawn_rows()] == [2]
    assert "1 of 3 runs" in [label.text() for label in table.findChildren(QLabel)]
    QTest.keyClick(table.controls.filter_edit, Qt.Key.Key_A, CONTROL)
    QTest.keyClick(table.controls.filter_edit, Qt.Key.Key_Delete)
    assert numbers(table) == [3, 2, 1]


def test_a_sweep_or_the_shown_runs_can_be_listed_alone(table, library):
    assert table.controls.scope_box.itemText(2) == "Sweep 1"
    QTest.keyClick(table.controls.scope_box, Qt.Key.Key_End)
    assert numbers(table) == [2, 3]  # in the order in which they are trained
    library.set_label(path(3), shown=False)
    QTest.keyClick(table.controls.scope_box, Qt.Key.Key_Up)
    assert numbers(table) == [2, 1]
    table.set_scope("sweep-0001")
    assert numbers(table) == [2, 3]
    table.set_scope("")
    assert numbers(table) == [3, 2, 1]


def test_a_new_sweeps_scope_can_be_chosen_before_its_runs_are_there(table, library):
    table.set_scope("sweep-0009")
    assert numbers(table) == [3, 2, 1]
    library.put(run(9, RunStatus.QUEUED, progress=0.0, sweep="sweep-0009"))
    assert numbers(table) == [9]


def test_deleted_runs_come_back_by_the_key(table):
    click(table, 1)
    press(table, Qt.Key.Key_Delete)
    assert numbers(table) == [3, 2]
    press(table, Qt.Key.Key_Z, CONTROL)
    assert numbers(table) == [3, 2, 1]


def test_the_last_run_can_be_deleted_and_brought_back(make):
    table = make(FakeLibrary(run(1)))
    click(table, 1)
    assert selected(table) == [1]
    press(table, Qt.Key.Key_Delete)
    assert not table.view.isVisible()
    table.commands.undo_requested.emit()
    assert numbers(table) == [1]
    assert table.view.isVisible()


def test_the_menu_gives_a_run_another_color(table, library, menu):
    menu(2)
    colors = next(each for each in table.findChildren(QMenu) if each.title() == "Color")
    chosen = next(each for each in colors.actions() if each.objectName() == "color7")
    chosen.trigger()
    assert library.row(path(2)).color == "run_7"
    assert library.row(path(1)).color == "run_1"


def test_the_menu_asks_for_what_others_do(table, library, menu, told):
    library.put(run(4, RunStatus.STOPPED, batch_size=100))
    for name in ("useSettings", "continueRun", "forkLast", "forkBest", "openRun"):
        menu(4)[name].trigger()
        QApplication.activePopupWidget().close()
    assert told == [
        ("settings_requested", library.row(path(4)).config),
        ("continue_requested", path(4)),
        ("fork_requested", path(4), False),
        ("fork_requested", path(4), True),
        ("opened", path(4)),
    ]


def test_the_menu_offers_only_what_can_be_done(table, library, menu):
    library.put(
        run(4, RunStatus.QUEUED, progress=0.0, sweep="sweep-0002"),
        run(5, RunStatus.RUNNING, progress=0.3),
    )
    finished, queued, running = menu(3), menu(4), menu(5)
    assert "continueRun" not in finished
    assert {"moveUp", "cancelRun"} & finished.keys() == set()
    assert {"moveUp", "moveDown", "cancelRun", "useSettings"} <= queued.keys()
    assert {"forkBest", "openRun", "continueRun"} & queued.keys() == set()
    assert {"deleteRuns", "forkLast", "continueRun"} & running.keys() == set()
    assert "showRuns" in running


def test_only_the_chosen_runs_are_shown(table, library, menu):
    menu(2)["showOnly"].trigger()
    assert [row.label.shown for row in library.rows] == [False, True, False]


def test_the_folder_is_opened(table, menu, monkeypatch):
    opened = []
    monkeypatch.setattr(QDesktopServices, "openUrl", opened.append)
    menu(2)["openFolder"].trigger()
    assert [url.toLocalFile() for url in opened] == [str(FOLDER)]


def test_selected_runs_are_compared_and_without_any_the_drawn_ones(table, library, told):
    click(table, 3)
    click(table, 1, modifiers=CONTROL)
    QTest.mouseClick(table.controls.compare_button, LEFT)
    ((_, rows),) = told
    assert [row.number for row in rows] == [3, 1]
    table.view.clearSelection()
    library.set_label(path(3), shown=False)
    QTest.mouseClick(table.controls.compare_button, LEFT)
    assert [row.number for row in told[1][1]] == [1, 2]


def test_one_run_cannot_be_compared(make, told):
    table = make(FakeLibrary(run(1)))
    assert not table.controls.compare_button.isEnabled()


def test_the_button_to_compare_follows_the_runs_that_are_drawn(table, library):
    assert table.controls.compare_button.isEnabled()
    for number in (1, 2):
        library.set_label(path(number), shown=False)
    assert not table.controls.compare_button.isEnabled()


def test_queued_runs_are_moved_and_cancelled_by_keys(table, library, told):
    library.put(run(4, RunStatus.QUEUED, progress=0.0, sweep="sweep-0002"))
    click(table, 4)
    press(table, Qt.Key.Key_Up, CONTROL)
    press(table, Qt.Key.Key_Down, CONTROL)
    press(table, Qt.Key.Key_Delete)
    assert told == [
        ("move_requested", path(4), -1),
        ("move_requested", path(4), 1),
        ("cancel_requested", path(4)),
    ]
    assert library.row(path(4)) is not None


def test_keys_without_a_selection_do_nothing(table, library, told):
    table.view.setFocus()
    before = library.rows
    for key in (Qt.Key.Key_Space, Qt.Key.Key_Delete, Qt.Key.Key_F2, Qt.Key.Key_Return):
        press(table, key)
    press(table, Qt.Key.Key_Up, CONTROL)
    assert library.rows == before
    assert told == []


def test_columns_can_be_hidden_and_stay_hidden_when_others_come(table, library):
    header = table.view.horizontalHeader()
    QApplication.sendEvent(
        header.viewport(),
        QContextMenuEvent(
            QContextMenuEvent.Reason.Mouse, QPoint(60, 8), header.mapToGlobal(QPoint(60, 8))
        ),
    )
    menu = QApplication.activePopupWidget()
    action = next(each for each in menu.actions() if each.text() == "Test")
    assert action.isChecked()
    action.trigger()
    menu.close()

    def hidden(name):
        return table.view.isColumnHidden(table.model.columns.index(name))

    assert hidden("test")
    library.put(run(4, dropout=0.5))
    assert "dropout" in table.model.columns
    assert hidden("test")
    assert not hidden("seconds")


def test_without_runs_a_sentence_says_what_to_do(make):
    library = FakeLibrary()
    table = make(library)
    assert not table.view.isVisible()
    assert table.controls.scope_box.currentText() == "All runs"
    assert any("No runs yet" in label.text() for label in table.findChildren(QLabel))
    library.put(run(1))
    assert table.view.isVisible()


def test_of_very_many_runs_the_latest_and_the_pinned_are_drawn(make):
    count = MOST_DRAWN + 30
    library = FakeLibrary(*(run(number, pinned=number == 5) for number in range(1, count + 1)))
    table = make(library)
    drawn = [row.number for row in table.drawn_rows()]
    assert drawn == [5, *range(count - MOST_DRAWN + 2, count + 1)]
    assert f"{count} runs, the latest {MOST_DRAWN} drawn" in [
        label.text() for label in table.findChildren(QLabel)
    ]


def test_a_sweep_is_drawn_whole(make):
    count = MOST_DRAWN + 30
    rows = (run(number, sweep="sweep-0001") for number in range(1, count + 1))
    table = make(FakeLibrary(*rows))
    table.set_scope("sweep-0001")
    assert len(table.drawn_rows()) == count


def test_every_control_says_what_it_is(table):
    for control in (
        table.controls.scope_box,
        table.controls.filter_edit,
        table.controls.compare_button,
    ):
        assert control.toolTip()
        assert control.objectName()
    assert table.view.accessibleName()


def test_a_name_that_is_being_typed_survives_columns_that_come_and_go(qtbot, table, library):
    click(table, 2)
    press(table, Qt.Key.Key_F2)
    QTest.keyClicks(editor(table), "long")
    library.put(run(4, dropout=0.5, l2=0.01))
    assert {"dropout", "l2"} <= set(table.model.columns)
    QTest.keyClicks(editor(table), " name")
    library.put(run(4, momentum=0.5, optimizer="momentum"))
    assert "dropout" not in table.model.columns
    QTest.keyClick(editor(table), Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: library.row(path(2)).label.name == "long name")
    assert selected(table) == [2]


def test_the_table_stays_sorted_by_its_column_when_others_come_before_it(table, library):
    click_header(table, "validation")
    assert numbers(table) == [1, 3, 2]
    library.put(run(4, dropout=0.5, validation=0.96))
    assert numbers(table) == [1, 4, 3, 2]
    header = table.view.horizontalHeader()
    assert table.model.columns[header.sortIndicatorSection()] == "validation"
    library.put(run(4, validation=0.99))
    assert "dropout" not in table.model.columns
    assert numbers(table) == [1, 3, 2, 4]
    assert table.model.columns[header.sortIndicatorSection()] == "validation"


def test_a_column_keeps_its_width_when_others_come_and_go(table, library):
    def width(name):
        return table.view.columnWidth(table.model.columns.index(name))

    table.view.setColumnWidth(table.model.columns.index("note"), 233)
    library.put(run(4, dropout=0.5))
    assert width("note") == 233
    library.put(run(4))
    assert width("note") == 233
    assert width("seconds") != 233


@pytest.mark.layout
def test_the_number_of_run_1000_is_seen_whole(make):
    table = make(FakeLibrary(run(1000)))
    view = table.view
    room = view.columnWidth(1) - 2 * PADDING
    assert view.fontMetrics().horizontalAdvance("1000") <= room


def test_many_selected_runs_are_deleted_without_looking_through_the_others_for_each(
    make, monkeypatch
):
    library = FakeLibrary(*(run(number) for number in range(1, 61)))
    table = make(library)
    for row in range(0, 40, 2):
        flags = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
        table.view.selectionModel().select(table.proxy.index(row, 0), flags)
    gone, looked, comparable = selected(table), [], table.commands.comparable
    monkeypatch.setattr(table.commands, "comparable", lambda: looked.append(1) or comparable())
    table.view.setFocus()
    press(table, Qt.Key.Key_Delete)
    assert len(gone) == 20
    assert not set(gone) & set(numbers(table))
    assert [row.number for row in table.drawn_rows()] == sorted(numbers(table))
    assert len(looked) == 1

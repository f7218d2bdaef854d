"""What the table's cells say, which are emphasized, and their order."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QAbstractItemModel, QModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester

from mnist_studio.training.status import Failure, FailureKind, RunStatus
from mnist_studio.ui import theme
from mnist_studio.ui.experiments.runs_model import RunsModel
from mnist_studio.ui.experiments.runs_proxy import RunsProxy

from .listed_runs import run

QUEUED, RUNNING, STOPPED, FAILED = (
    RunStatus.QUEUED,
    RunStatus.RUNNING,
    RunStatus.STOPPED,
    RunStatus.FAILED,
)
ORDERS = (Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder)


def model_of(*rows):
    model = RunsModel()
    model.compare(rows)
    model.set_rows(rows)
    return model


def cell(model, row, column, role=Qt.ItemDataRole.DisplayRole):
    return model.data(model.index(row, model.columns.index(column)), role)


def test_the_column_of_colors_says_what_it_is_and_whether_curves_are_drawn(qapp):
    model = model_of(run(1), run(2, shown=False))
    role = Qt.ItemDataRole.AccessibleTextRole
    assert model.headerData(0, Qt.Orientation.Horizontal, role) == "Curves"
    assert [cell(model, row, "shown", role) for row in (0, 1)] == ["drawn", "hidden"]


def test_no_two_columns_have_the_same_title(qapp):
    model = model_of(run(1, epochs=5), run(2, epochs=9))
    assert "epochs" in model.columns
    titles = [
        model.headerData(column, Qt.Orientation.Horizontal, Qt.ItemDataRole.DisplayRole)
        for column in range(model.columnCount())
    ]
    assert len(set(titles)) == len(titles)
    assert titles[:5] == ["", "#", "Name", "Validation", "Test"]


def color(model, row, column):
    return cell(model, row, column, Qt.ItemDataRole.ForegroundRole)


def test_cells_say_what_the_run_is(qapp):
    row = run(
        7,
        name="mine",
        note="two\nlines",
        hidden="256-128",
        batch_size=50,
        learning_rate=0.05,
        validation=0.97624,
        test=0.975,
        seconds=81.0,
    )
    model = model_of(row)
    said = {name: cell(model, 0, name) for name in model.columns}
    wanted = {
        "number": "7",
        "name": "mine",
        "status": "finished",
        "hidden": "256-128",
        "batch_size": "50",
        "learning_rate": "0.05",
        "epochs_done": "3",
        "validation": "97.62 %",
        "test": "97.50 %",
        "seconds": "1:21",
        "note": "two lines",
    }
    assert {name: said[name] for name in wanted} == wanted


def test_what_is_not_known_yet_is_empty(qapp):
    model = model_of(run(1, QUEUED, progress=0.0))
    empty = ("epochs_done", "validation", "test", "seconds", "started", "note")
    assert [cell(model, 0, name) for name in empty] == [""] * len(empty)
    assert cell(model, 0, "status") == "queued"


def test_the_status_says_how_far_a_run_is_and_why_it_failed(qapp):
    model = model_of(
        run(1, RUNNING, progress=0.458),
        run(2, FAILED, failure=Failure(FailureKind.OTHER, "It broke off.")),
    )
    assert cell(model, 0, "status") == "training 45 %"
    assert cell(model, 1, "status") == "failed"
    assert cell(model, 1, "status", Qt.ItemDataRole.ToolTipRole) == "It broke off."
    assert color(model, 1, "status") == theme.color("error")


def test_only_settings_that_differ_are_emphasized_and_unusual_ones_get_a_column(qapp):
    rows = [run(1, batch_size=20), run(2, batch_size=50, dropout=0.2)]
    model = model_of(*rows)
    assert "dropout" in model.columns
    assert "l2" not in model.columns
    for name in ("batch_size", "dropout"):
        assert color(model, 0, name) == theme.color("text")
    for name in ("dataset", "learning_rate", "optimizer", "hidden"):
        assert color(model, 0, name) == theme.color("dim")
    model.compare(rows[:1])
    assert "dropout" not in model.columns
    assert color(model, 0, "batch_size") == theme.color("dim")


def test_a_value_without_effect_is_a_dash(qapp):
    model = model_of(run(1, optimizer="sgd"), run(2, optimizer="momentum", momentum=0.8))
    assert [cell(model, row, "momentum") for row in (0, 1)] == ["–", "0.8"]


RUNS = st.builds(
    lambda number, status, figures, label, values: run(
        number, status, **figures, **label, **values
    ),
    st.integers(1, 99),
    st.sampled_from(list(RunStatus)),
    st.fixed_dictionaries(
        {
            "validation": st.none() | st.floats(0, 1),
            "test": st.none() | st.floats(0, 1),
            "seconds": st.floats(0, 1e5),
            "started": st.just(0.0) | st.floats(1e9, 2e9),
            "progress": st.none() | st.floats(0, 1),
        }
    ),
    st.fixed_dictionaries(
        {"name": st.text(max_size=4), "note": st.text(max_size=3), "pinned": st.booleans()}
    ),
    st.fixed_dictionaries(
        {
            "hidden": st.sampled_from(["none", "256", "1024", "256-128", "64 tanh"]),
            "batch_size": st.integers(1, 500),
            "optimizer": st.sampled_from(["sgd", "momentum", "adam"]),
            "momentum": st.sampled_from([0.5, 0.9]),
        }
    ),
)


@given(
    runs=st.lists(RUNS, max_size=12, unique_by=lambda row: row.path),
    place=st.integers(0, 100),
    order=st.sampled_from(ORDERS),
)
def test_in_any_order_pinned_runs_come_first_and_empty_cells_last(qapp, runs, place, order):
    model = model_of(*runs)
    proxy = RunsProxy(model)
    column = place % len(model.columns)
    name = model.columns[column]
    proxy.sort(column, order)
    rows = proxy.rows()
    assert sorted(row.path for row in rows) == sorted(row.path for row in runs)
    pinned = [row.label.pinned for row in rows]
    assert pinned == sorted(pinned, reverse=True)
    for group in (True, False):
        members = [row for row in rows if row.label.pinned is group]
        keys = [_figure(row, name) for row in members]
        known = [key for key in keys if key is not None]
        assert keys[: len(known)] == known  # the empty ones are at the end
        assert known == sorted(known, reverse=order is Qt.SortOrder.DescendingOrder)


def _figure(row, name):
    """What a column is sorted by, for the columns of which that is plain; else 0."""
    plain = {
        "number": row.number,
        "validation": row.validation_accuracy,
        "test": row.test_accuracy,
        "seconds": row.seconds,
        "started": row.started,
        "epochs_done": row.epochs,
        "batch_size": row.config.training.batch_size,
        "momentum": None if row.config.training.optimizer != "momentum" else 0.0,
    }
    if name == "momentum" and plain[name] is not None:
        return row.config.training.momentum
    return plain.get(name, 0)


def test_names_are_sorted_as_people_count(qapp):
    model = model_of(run(1, name="run 10"), run(2, name="Run 9"), run(3, name="a 2"))
    proxy = RunsProxy(model)
    proxy.sort(model.columns.index("name"), ORDERS[0])
    assert [row.label.name for row in proxy.rows()] == ["a 2", "Run 9", "run 10"]


@settings(max_examples=25)  # Qt's tester looks at every cell after every change
@given(st.lists(st.tuples(st.sets(st.integers(1, 9)), st.floats(0, 1)), min_size=1, max_size=6))
def test_rows_come_and_go_as_qt_expects_it(qapp, lists):
    model = RunsModel()
    tester = QAbstractItemModelTester(model)  # warns, and a warning of Qt's fails the test
    proxy = RunsProxy(model)
    proxy.sort(1, ORDERS[1])
    for numbers, validation in lists:
        model.set_rows([run(number, validation=validation) for number in sorted(numbers)])
        assert [row.number for row in proxy.rows()] == sorted(numbers, reverse=True)
        assert {row.validation_accuracy for row in proxy.rows()} <= {validation}
    del tester


@settings(max_examples=25)
@given(st.lists(st.lists(RUNS, max_size=4, unique_by=lambda row: row.path), min_size=1, max_size=5))
def test_columns_come_and_go_as_qt_expects_it(qapp, comparisons):
    model = RunsModel()
    tester = QAbstractItemModelTester(model)
    proxy = RunsProxy(model)
    rows = [run(1), run(2, dropout=0.3)]
    model.set_rows(rows)
    validation = model.columns.index("validation")
    proxy.sort(validation)
    for runs in comparisons:
        model.compare(runs)
        fresh = RunsModel()
        fresh.compare(runs)
        assert model.columns == fresh.columns
        assert proxy.columnCount() == len(model.columns)
        assert model.columns[proxy.sortColumn()] == "validation"
    del tester


def test_a_run_that_comes_leaves_the_other_rows_where_they_are(qapp, qtbot):
    model = model_of(run(1), run(3))
    told = []
    for name in ("modelReset", "rowsInserted", "rowsRemoved", "dataChanged"):
        getattr(model, name).connect(lambda *_args, name=name: told.append(name))
    first, third = model.row_at(model.index(0, 0)), model.row_at(model.index(1, 0))
    model.set_rows([first, run(2), third])
    assert told == ["rowsInserted"]
    model.set_rows([first, third])
    assert told == ["rowsInserted", "rowsRemoved"]
    model.set_rows([first, third])
    assert len(told) == 2


@pytest.mark.parametrize("name", ["name", "note"])
def test_an_edited_name_or_note_is_told_not_taken(qapp, name):
    model = model_of(run(1, name="old", note="old"))
    told = []
    model.renamed.connect(lambda *args: told.append(args))
    index = model.index(0, model.columns.index(name))
    assert model.flags(index) & Qt.ItemFlag.ItemIsEditable
    assert model.setData(index, "  new ")
    assert told == [(run(1).path, name, "new")]
    assert cell(model, 0, name) == "old"
    status = model.index(0, model.columns.index("status"))
    assert not model.flags(status) & Qt.ItemFlag.ItemIsEditable
    assert not model.setData(status, "finished")


def test_a_flat_table_has_no_children(qapp):
    model = model_of(run(1))
    assert isinstance(model, QAbstractItemModel)
    assert model.rowCount(model.index(0, 0)) == 0
    assert model.rowCount(QModelIndex()) == 1


def test_settings_chosen_by_name_are_aligned_like_texts(qapp):
    model = model_of(run(1, schedule="linear"), run(2, schedule="cosine", batch_size=50))
    for name, side in (
        ("schedule", Qt.AlignmentFlag.AlignLeft),
        ("optimizer", Qt.AlignmentFlag.AlignLeft),
        ("batch_size", Qt.AlignmentFlag.AlignRight),
    ):
        assert cell(model, 0, name, Qt.ItemDataRole.TextAlignmentRole) & side

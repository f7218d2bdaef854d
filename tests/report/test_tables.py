"""The table of results for people and for programs."""

import csv
import io
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnist_studio.report.comparison import compare
from mnist_studio.report.tables import (
    Cell,
    Column,
    Table,
    group_table,
    run_table,
    to_csv,
    to_markdown,
)
from mnist_studio.training.run_store import RunLabel
from mnist_studio.training.status import RunStatus

from .builders import diverged, record, sweep


def read(text) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_a_table_of_runs_in_markdown():
    runs = [
        record(0.98, test=0.975, batch_size=10, number=1, label=RunLabel("small | fast")),
        diverged(batch_size=500, number=2),
    ]
    assert to_markdown(run_table(runs)).splitlines() == [
        "| Run           | Batch size | Validation accuracy | Test accuracy | Training loss "
        "| Best epoch | Epochs | Time (s) | Status    |",
        "| ------------- | ---------: | ------------------: | ------------: | ------------: "
        "| ---------: | -----: | -------: | --------- |",
        "| small \\| fast |         10 |             98.00 % |       97.50 % |         0.125 "
        "|          3 |      3 |     2.00 | completed |",
        "| run 2         |        500 |                   – |             – |             – "
        "|          – |      0 |     2.00 | failed    |",
    ]


def test_a_table_of_runs_as_csv_has_plain_numbers_and_reasons():
    runs = [record(0.98, batch_size=10), diverged(batch_size=500, number=2)]
    first, second = read(to_csv(run_table(runs)))
    assert (first["run"], first["batch_size"], first["validation_accuracy"]) == (
        "run 1",
        "10",
        "0.98",
    )
    assert (first["epochs_trained"], first["status"], first["failure"]) == ("3", "completed", "")
    assert (second["validation_accuracy"], second["status"]) == ("", "failed")
    assert second["failure"].startswith("The loss is no longer a number")


def test_groups_show_mean_and_deviation_and_what_the_difference_is_worth():
    runs = sweep("batch_size", {10: [0.98, 0.982], 20: [0.979, 0.981], 500: [0.90, 0.902]})
    table = group_table(compare(runs))
    lines = to_markdown(table).splitlines()
    assert [column.heading for column in table.for_people().columns][:4] == [
        "Batch size",
        "Runs",
        "Validation accuracy",
        "Test accuracy",
    ]
    assert "98.10 ± 0.14 %" in lines[2]
    assert "| best " in lines[2]
    assert "−0.10 % (within noise)" in lines[3]
    assert "−8.00 % " in lines[4]
    assert "noise" not in lines[4]
    first, second, third = read(to_csv(table))
    assert float(first["validation_accuracy"]) == pytest.approx(0.981)
    assert float(first["validation_accuracy_deviation"]) == pytest.approx(0.002 / math.sqrt(2))
    assert float(third["difference_to_best"]) == pytest.approx(-0.08)
    assert [row["within_noise"] for row in (first, second, third)] == ["1", "1", "0"]
    assert first["runs"] == "2"


def test_one_seed_each_needs_no_deviation():
    table = group_table(compare(sweep("batch_size", {10: 0.98, 500: 0.9})))
    names = [column.name for column in table.columns]
    assert names[0] == "batch_size"
    assert "runs" not in names
    assert not [name for name in names if name.endswith("_deviation")]
    assert "±" not in to_markdown(table)


def test_the_states_of_a_group():
    runs = sweep("learning_rate", {0.1: [0.9, 0.91], 1.0: [0.9, None], 5.0: [None, None]})
    runs.append(record(0.2, learning_rate=0.01, status=RunStatus.RUNNING))
    status = [row["status"] for row in read(to_csv(group_table(compare(runs))))]
    assert status == ["unfinished", "completed", "1 completed, 1 diverged", "diverged"]


def test_runs_that_differ_by_nothing_are_named():
    table = group_table(compare([record(0.9, number=7)]))
    assert table.columns[0].heading == "Run"
    assert table.rows[0][0].text == "run 7"


def test_the_number_of_epochs_can_be_what_is_varied():
    names = [c.name for c in run_table([record(epochs=3), record(epochs=5)]).columns]
    assert len(set(names)) == len(names)
    assert "epochs" in names


def test_headings_are_translated():
    table = group_table(compare([record()]), lambda context, text: f"{context}:{text}")
    assert "report:Validation accuracy" in [column.heading for column in table.columns]


texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=20)
values = st.one_of(st.integers(), st.floats(allow_nan=False), texts)


@given(st.lists(st.tuples(values, values), max_size=5))
def test_csv_gives_back_what_went_in(rows):
    columns = (Column("a", "A", numeric=True), Column("b,\n", "", numeric=False))
    table = Table(columns, tuple(tuple(Cell(v, str(v)) for v in row) for row in rows))
    found = list(csv.reader(io.StringIO(to_csv(table), newline="")))
    assert found == [["a", "b,\n"], *([str(v) for v in row] for row in rows)]


@given(st.lists(texts, min_size=1, max_size=4))
def test_markdown_keeps_its_columns_whatever_is_written_in_them(names):
    rows = tuple((Cell(name, name), Cell(1, "1")) for name in names)
    columns = (Column("a", "A", numeric=False), Column("n", "N", numeric=True))
    lines = to_markdown(Table(columns, rows)).split("\n")
    assert lines.pop() == ""
    assert len(lines) == len(names) + 2
    for line in lines:
        bare = line.replace("\\\\", "").replace("\\|", "")
        assert bare.count("|") == 3
        assert len(line) == len(lines[0])

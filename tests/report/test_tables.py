"""The table of results for people and for programs."""

import csv
import io
import math

import numpy as np
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
    write_table,
)
from mnist_studio.runs.label import RunLabel
from mnist_studio.training.status import RunStatus

from .builders import diverged, record, replaced, sweep


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
    assert "−0.10 points (within noise)" in lines[3]
    assert "−8.00 points " in lines[4]
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
    runs = sweep("batch_size", {10: 0.98, 500: 0.9})
    table = group_table(compare(runs), lambda context, text: f"{context}:{text}")
    headings = [column.heading for column in table.columns]
    assert headings[:2] == ["labels:Batch size", "report:Validation accuracy"]


def test_what_is_chosen_by_name_is_no_column_of_numbers():
    other = record(schedule="linear", hidden=(8, 8), learning_rate=0.7)
    numeric = {column.name: column.numeric for column in run_table([record(), other]).columns}
    assert not numeric["schedule"]
    assert not numeric["hidden"]
    assert numeric["learning_rate"]


def test_a_table_of_runs_gives_its_figures_back(tmp_path):
    runs = sweep("learning_rate", {0.1: [0.98, 0.975], 1 / 3: 0.9})
    write_table(tmp_path / "results.csv", run_table(runs))
    rows = read((tmp_path / "results.csv").read_bytes().decode())
    for row, run in zip(rows, runs, strict=True):
        header = run.header
        assert float(row["validation_accuracy"]) == header.best.validation_accuracy
        assert float(row["test_accuracy"]) == header.test.accuracy
        assert float(row["train_loss"]) == header.last.train_loss
        assert float(row["learning_rate"]) == header.config.training.learning_rate
        assert (row["best_epoch"], row["epochs_trained"]) == ("3", "3")
        assert float(row["seconds"]) == header.seconds


def test_means_and_deviations_are_those_of_the_groups():
    runs = sweep("batch_size", {10: [0.98, 0.982, 0.99], 20: [0.9, 0.91]}, label=RunLabel())
    runs[0] = replaced(runs[0], seconds=4.0, epochs=5)
    rows = read(to_csv(group_table(compare(runs))))
    for row, scores in zip(rows, ([0.98, 0.982, 0.99], [0.9, 0.91]), strict=True):
        assert float(row["validation_accuracy"]) == pytest.approx(np.mean(scores))
        assert float(row["validation_accuracy_deviation"]) == pytest.approx(np.std(scores, ddof=1))
        assert float(row["test_accuracy_deviation"]) == 0
    assert float(rows[0]["seconds"]) == pytest.approx((4 + 2 + 2) / 3)
    shown = to_markdown(group_table(compare(runs))).splitlines()
    assert "| 2.67 ± 1.15 |" in shown[2]
    assert "|    3.7 |" in shown[2]  # epochs: whole only if all seeds agree
    assert "|      3 |" in shown[3]


def test_the_ending_of_a_name_decides_on_the_format(tmp_path):
    table = run_table([record(number=7)])
    for name, text in (("a.md", to_markdown(table)), ("a.MD", to_markdown(table))):
        write_table(tmp_path / name, table)
        assert (tmp_path / name).read_text(encoding="utf-8") == text
    write_table(tmp_path / "a.csv", table)
    assert (tmp_path / "a.csv").read_bytes().decode() == to_csv(table)


def test_columns_for_programs_alone_are_not_shown():
    table = run_table([diverged()])
    assert "failure" in [column.name for column in table.columns]
    assert "" not in [column.heading for column in table.for_people().columns]
    assert all(len(row) == len(table.for_people().columns) for row in table.for_people().rows)


def test_a_run_without_figures_differs_from_none():
    comparison = compare([*sweep("batch_size", {10: 0.9}), diverged(batch_size=20)])
    _, row = read(to_csv(group_table(comparison)))
    assert (row["difference_to_best"], row["within_noise"]) == ("", "")
    assert "| –" in to_markdown(group_table(comparison)).splitlines()[3]


texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=20)
marks = st.text("|`*_~<>[]&\\\n\r\t\"'ab ", max_size=12)
values = st.one_of(st.integers(), st.floats(allow_nan=False), texts)


@given(st.lists(st.tuples(values, values), max_size=5))
def test_csv_gives_back_what_went_in(rows):
    columns = (Column("a", "A", numeric=True), Column("b,\n", "", numeric=False))
    table = Table(columns, tuple(tuple(Cell(v, str(v)) for v in row) for row in rows))
    lines = csv.reader(io.StringIO(to_csv(table), newline=""))
    found = [[text.removeprefix("'") for text in line] for line in lines]
    assert found == [["a", "b,\n"], *([str(v) for v in row] for row in rows)]


@pytest.mark.parametrize(
    "name",
    ['=HYPERLINK("http://x")', "@SUM(A1)", "+1", "-1", " =1", "\t=1", "\r=1", "＝1", "'=1", "''"],
)
def test_a_name_is_not_computed_by_a_spreadsheet_and_comes_back(name, tmp_path):
    label = RunLabel(name)
    run = record(0.98, number=1, label=label)
    (found,) = read(to_csv(run_table([run])))
    assert found["run"] == f"'{label.name}"
    assert found["run"].removeprefix("'") == label.name
    assert found["validation_accuracy"] == "0.98"


def test_negative_numbers_stay_numbers():
    table = Table((Column("a", "A", numeric=True),), ((Cell(-0.5, "-0.5"),),))
    assert to_csv(table) == "a\r\n-0.5\r\n"


@given(st.lists(st.one_of(texts, marks), min_size=1, max_size=4))
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

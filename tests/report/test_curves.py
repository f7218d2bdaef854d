"""Every point of the curves as CSV."""

import csv
import dataclasses

import numpy as np
import pytest

from mnist_studio.cancel import WorkCancelled
from mnist_studio.report import curves
from mnist_studio.report.curves import COLUMNS, write_curves
from mnist_studio.runs.checkpoint import CheckpointError
from mnist_studio.runs.checkpoint_history import read_history
from mnist_studio.training.events import BatchEnded, EpochEnded
from mnist_studio.training.history import History, Origin

from .builders import record

BEGINNING = Origin()


def read(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_batch_is_a_row_and_gives_its_numbers_back(saved_runs, tmp_path):
    path = tmp_path / "curves.csv"
    write_curves(path, saved_runs[1:3])
    rows = read(path)
    assert tuple(rows[0]) == COLUMNS
    start = 0
    for run in saved_runs[1:3]:
        history = read_history(run.path)
        mine = rows[start : start + history.step]
        start += history.step
        assert {(row["run"], row["title"]) for row in mine} == {(str(run.number), run.title)}
        losses = np.array([row["loss"] for row in mine], np.float32)
        np.testing.assert_array_equal(losses, history.losses)
        rates = np.array([row["learning_rate"] for row in mine], np.float32)
        np.testing.assert_array_equal(rates, history.learning_rates)
        assert [int(row["batch"]) for row in mine] == list(range(1, history.step + 1))
        assert int(mine[-1]["images"]) == 2 * 240
        assert float(mine[-1]["epochs"]) == 2
        ends = [row for row in mine if row["validation_loss"]]
        assert [int(row["batch"]) for row in ends] == [e.step for e in history.epochs]
        assert [float(row["validation_accuracy"]) for row in ends] == [
            epoch.validation_accuracy for epoch in history.epochs
        ]
    assert start == len(rows)


def test_a_title_is_not_computed_by_a_spreadsheet(saved_runs, tmp_path):
    label = dataclasses.replace(saved_runs[0].label, name="=1+1")
    write_curves(tmp_path / "a.csv", [dataclasses.replace(saved_runs[0], label=label)])
    assert {row["title"] for row in read(tmp_path / "a.csv")} == {"'=1+1"}


def small_history(origin=BEGINNING):
    history = History(train_size=10, batch_size=4, origin=origin)
    for step in (1, 2, 3):
        history.record(BatchEnded(step, 1 / step, 0.1, step / 2))
    history.record(EpochEnded(1, 3, 0.5, 0.75, np.nan, np.nan, 0.0, 1.5, True))
    return history


def test_rows_written_out_by_hand(tmp_path):
    path = tmp_path / "curves.csv"
    write_curves(path, [record(number=7)], read=lambda path: small_history())
    assert path.read_bytes().decode().split("\r\n") == [
        "run,title,batch,images,epochs,seconds,learning_rate,loss,"
        "train_loss,train_accuracy,validation_loss,validation_accuracy",
        "7,run 7,1,4,0.333333,0.5,0.1,1.0,,,,",
        "7,run 7,2,8,0.666667,1,0.1,0.5,,,,",
        "7,run 7,3,10,1.0,1.5,0.1,0.33333334,0.5,0.75,,",
        "",
    ]


def test_a_fork_goes_on_where_it_began(tmp_path):
    origin = Origin(batches=300, images=1000, epochs=100.0, seconds=50.0)
    write_curves(tmp_path / "c.csv", [record()], read=lambda path: small_history(origin))
    last = read(tmp_path / "c.csv")[-1]
    assert (last["batch"], last["images"], last["epochs"], last["seconds"]) == (
        "303",
        "1010",
        "101.0",
        "51.5",
    )


def test_pieces_change_nothing(saved_runs, tmp_path, monkeypatch):
    write_curves(tmp_path / "whole.csv", saved_runs)
    monkeypatch.setattr(curves, "_ROWS_AT_ONCE", 7)
    write_curves(tmp_path / "parts.csv", saved_runs)
    assert (tmp_path / "parts.csv").read_bytes() == (tmp_path / "whole.csv").read_bytes()


def test_names_with_commas_quotes_and_percent_signs(hostile_run, tmp_path):
    write_curves(tmp_path / "c.csv", [hostile_run])
    assert {row["title"] for row in read(tmp_path / "c.csv")} == {hostile_run.title}


def test_progress_is_told_and_a_cancelled_export_leaves_what_was_there(saved_runs, tmp_path):
    path = tmp_path / "curves.csv"
    path.write_text("before", encoding="utf-8")
    told = []
    with pytest.raises(WorkCancelled):
        write_curves(
            path,
            saved_runs,
            progress=lambda done, total: told.append((done, total)),
            cancelled=lambda: bool(told),
        )
    assert told == [(1, 4)]
    assert path.read_text(encoding="utf-8") == "before"
    assert [each.name for each in tmp_path.iterdir()] == ["curves.csv"]


def test_a_run_that_is_gone_is_named(tmp_path):
    with pytest.raises(CheckpointError, match=r"run-0001\.npz"):
        write_curves(tmp_path / "c.csv", [record()])
    assert not (tmp_path / "c.csv").exists()


def test_a_run_without_a_batch_has_no_rows(tmp_path):
    write_curves(tmp_path / "c.csv", [record()], read=lambda path: History(10, 4))
    assert read(tmp_path / "c.csv") == []

"""Sweeps are kept, offered again after a kill, and never by two at once."""

import json
import subprocess
import sys

import pytest

from mnist_studio.training.checkpoint import read_checkpoint, write_checkpoint
from mnist_studio.training.run_names import run_name
from mnist_studio.training.run_store import RunStore
from mnist_studio.training.status import RunStatus
from mnist_studio.training.sweep import Sweep
from mnist_studio.training.sweep_store import SweepError, SweepStore
from mnist_studio.training.trainer import Trainer

from .builders import small_run, train

SWEEP = Sweep("Batches", small_run(), (("batch_size", (10, 20)),), 2)


@pytest.fixture
def runs(tmp_path):
    return RunStore(tmp_path / "runs")


@pytest.fixture
def store(runs):
    return SweepStore(runs)


def test_a_sweep_has_a_numbered_and_named_file_for_each_run_in_its_order(store, runs):
    record = store.begin(SWEEP)
    assert [path.name for path in record.runs] == [f"run-000{n}.npz" for n in (1, 2, 3, 4)]
    labels = [runs.label(path) for path in record.runs]
    assert [label.name for label in labels] == [
        "batch 10, seed 5",
        "batch 10, seed 6",
        "batch 20, seed 5",
        "batch 20, seed 6",
    ]
    assert {label.sweep for label in labels} == {record.name} == {"sweep-0001"}
    assert [label.color for label in labels] == [0, 0, 1, 1]  # seeds are drawn as one
    assert record.planned == record.to_train()


def test_a_sweep_is_read_as_it_was_begun(store, tmp_path):
    record = store.begin(SWEEP, tmp_path / "images")
    assert store.records() == ([record], [])
    assert store.find("1") == store.find("sweep-0001") == store.find(str(record.path)) == record


def test_two_sweeps_have_different_numbers(store, runs):
    first = store.begin(SWEEP)
    second = SweepStore(runs).begin(SWEEP)
    assert [first.name, second.name] == ["sweep-0001", "sweep-0002"]
    assert not set(first.runs) & set(second.runs)


def test_what_ended_stays_and_what_was_interrupted_is_to_be_trained(store, blobs):
    record = store.begin(SWEEP)
    completed, killed, failed, queued = record.runs
    state = train(small_run(), blobs).checkpoint()
    write_checkpoint(completed, state)
    object.__setattr__(state, "status", RunStatus.RUNNING)
    write_checkpoint(killed, state)
    object.__setattr__(state, "status", RunStatus.FAILED)
    write_checkpoint(failed, state)
    assert [path for path, _ in record.to_train()] == [killed, queued]
    record = store.cancel(record, queued)
    assert [path for path, _ in record.to_train()] == [killed]
    assert store.find("1") == record


def test_an_interrupted_sweep_is_offered_unless_somebody_works_at_it(store, runs):
    record = store.begin(SWEEP)
    other = SweepStore(runs)
    assert store.unfinished() == other.unfinished() == []
    assert not other.hold(record)
    store.release(record)
    assert other.unfinished() == [record]
    assert other.hold(record)
    assert store.unfinished() == []
    other.finish(record)
    assert store.unfinished() == other.unfinished() == []


def test_the_lock_ends_with_the_process_that_has_it(store, runs):
    code = (
        "import os, sys\n"
        "from pathlib import Path\n"
        "from mnist_studio.training.run_store import RunStore\n"
        "from mnist_studio.training.sweep_store import SweepStore\n"
        "store = SweepStore(RunStore(Path(sys.argv[1])))\n"
        "assert store.hold(store.find('1'))\n"
        "os._exit(1)"
    )
    record = store.begin(SWEEP)
    store.release(record)
    assert subprocess.run([sys.executable, "-c", code, runs.folder], check=False).returncode
    assert store.unfinished() == [record]


def test_finishing_gives_the_numbers_back_of_runs_that_never_began(store, runs, blobs):
    record = store.begin(SWEEP)
    write_checkpoint(record.runs[0], Trainer(small_run(), blobs).checkpoint())
    store.finish(record)
    left = {path.name for path in runs.folder.iterdir() if path.is_file()}
    assert left == {"run-0001.npz", "run-0001.json"}
    assert read_checkpoint(record.runs[0])


@pytest.mark.parametrize(
    "change",
    [
        {"format": "something else"},
        {"runs": ["run-0001.npz"]},
        {"runs": ["../run-0001.npz"] * 4},
        {"sweep": None},
        {"sweep": {}},
        {"cancelled": 3},
    ],
)
def test_a_damaged_sweep_is_reported_and_left_alone(store, change):
    path = store.begin(SWEEP).path
    values = json.loads(path.read_text(encoding="utf-8"))
    content = json.dumps(values | change)
    path.write_text(content, encoding="utf-8")
    records, (damaged,) = store.records()
    assert not records
    assert damaged.path == path
    assert "damaged" in damaged.message
    assert path.read_text(encoding="utf-8") == content


def test_a_sweep_of_a_newer_app_and_none_at_all_are_told(store):
    path = store.begin(SWEEP).path
    values = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(values | {"version": 99}), encoding="utf-8")
    with pytest.raises(SweepError, match="newer"):
        store.read(path)
    with pytest.raises(SweepError, match="no file"):
        store.find("7")


def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(SweepError, match="could not be kept"):
        SweepStore(RunStore(tmp_path / "file" / "runs")).begin(SWEEP)


@pytest.mark.parametrize(
    ("names", "text"),
    [
        (["batch_size"], "batch 16"),
        (["learning_rate", "seed"], "learning rate 0.1, seed 5"),
        (["hidden"], "12"),
        (["optimizer", "initializer"], "sgd, weights he"),
    ],
)
def test_a_run_is_named_by_what_differs(names, text):
    assert run_name(small_run(), names) == text


def test_the_seeds_of_one_setting_have_one_color_and_settings_have_different_ones(tmp_path):
    runs = RunStore(tmp_path)
    runs.reserve()
    sweep = Sweep("", small_run(), (("batch_size", (8, 16, 32)),), repeat=2)
    record = SweepStore(runs).begin(sweep)
    assert [runs.label(path).color for path in record.runs] == [1, 1, 2, 2, 3, 3]

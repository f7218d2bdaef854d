"""Sweeps are kept, offered again after a kill, and never by two at once."""

import dataclasses
import errno
import json
import os
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnist_studio.runs.checkpoint import read_checkpoint, write_checkpoint
from mnist_studio.runs.header import read_header
from mnist_studio.runs.journal import JournalWriter, journal_path
from mnist_studio.runs.label import RunLabel
from mnist_studio.runs.lock import hold_run
from mnist_studio.runs.recorder import RunRecorder
from mnist_studio.runs.requests import Request, write_request
from mnist_studio.runs.restore import take_checkpoint
from mnist_studio.runs.store import RunStore
from mnist_studio.sweeps.run_names import run_name
from mnist_studio.sweeps.store import SweepError, SweepStore
from mnist_studio.sweeps.sweep import Sweep
from mnist_studio.training.status import RunStatus
from mnist_studio.training.trainer import Trainer

from ..training.builders import small_run, train
from .test_runner import posix

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
    assert [label.color for label in labels] == [10, 10, 33, 33]  # seeds are drawn as one
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
    state = take_checkpoint(train(small_run(), blobs))
    write_checkpoint(completed, state)
    object.__setattr__(state, "status", RunStatus.RUNNING)
    write_checkpoint(killed, state)
    object.__setattr__(state, "status", RunStatus.FAILED)
    write_checkpoint(failed, state)
    assert [path for path, _ in record.to_train()] == [killed, queued]
    record = store.cancel(record, queued)
    assert [path for path, _ in record.to_train()] == [killed]
    assert store.find("1") == record


def test_a_deleted_run_is_not_trained_again_unless_it_is_brought_back(store, runs, blobs):
    record = store.begin(SWEEP)
    state = take_checkpoint(Trainer(small_run(), blobs))
    write_checkpoint(record.runs[0], dataclasses.replace(state, status=RunStatus.INTERRUPTED))
    place = runs.delete(record.runs[0])
    assert [path for path, _ in record.to_train()] == list(record.runs[1:])
    runs.restore(place)
    assert record.planned == record.to_train()


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


def test_a_sweep_is_gone_on_with_as_others_left_it(store, runs):
    record, other = store.begin(SWEEP), SweepStore(runs)
    store.release(record)
    changed = other.cancel(other.hold(record), record.runs[0])
    assert store.hold(record) is None
    other.release(changed)
    assert store.hold(record) == changed != record
    store.release(changed)
    record.path.unlink()
    for _ in range(2):  # and nobody holds what is not there
        with pytest.raises(SweepError, match="There is no file"):
            store.hold(record)


def test_the_lock_ends_with_the_process_that_has_it(store, runs):
    code = (
        "import os, sys\n"
        "from pathlib import Path\n"
        "from mnist_studio.runs.store import RunStore\n"
        "from mnist_studio.sweeps.store import SweepStore\n"
        "store = SweepStore(RunStore(Path(sys.argv[1])))\n"
        "assert store.hold(store.find('1'))\n"
        "os._exit(1)"
    )
    record = store.begin(SWEEP)
    store.release(record)
    assert subprocess.run([sys.executable, "-c", code, runs.folder], check=False).returncode
    assert store.unfinished() == [record]


def test_finishing_gives_back_the_numbers_of_runs_that_never_began_and_clears_what_a_kill_left(
    store, runs, blobs
):
    record = store.begin(SWEEP)
    trainer = Trainer(small_run(), blobs)
    write_checkpoint(record.runs[0], take_checkpoint(trainer))
    for run in record.runs:  # as a kill leaves them
        write_request(run, "a token", Request.TRAIN)
        JournalWriter(journal_path(run), trainer.history)
    store.finish(record)
    left = {path.name for path in runs.folder.iterdir() if path.is_file()}
    assert left == {"run-0001.npz", "run-0001.json"}
    assert read_checkpoint(record.runs[0])


def test_what_is_finished_once_more_takes_nobody_the_numbers_that_it_gave_back(store, runs):
    record = store.finish(store.begin(SWEEP))
    assert record.to_train() == []
    path = runs.reserve(RunLabel(name="mine"))
    assert path in record.runs
    store.finish(store.hold(record))
    assert runs.label(path).name == "mine"


def test_a_look_whether_a_sweep_is_free_keeps_nobody_from_it(store, runs, monkeypatch):
    record, other = store.begin(SWEEP), SweepStore(runs)
    monkeypatch.setattr("time.sleep", lambda seconds: store.release(record))
    assert other.hold(record) == record


@pytest.mark.parametrize(
    "change",
    [
        {"format": "something else"},
        {"runs": ["run-0001.npz"]},
        {"runs": ["../run-0001.npz"] * 4},
        {"sweep": None},
        {"sweep": {}},
        {"sweep": SWEEP.to_json() | {"budget": ["epochs", float("inf")]}},
        {"sweep": SWEEP.to_json() | {"budget": ["images", float("nan")]}},
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


def test_a_sweep_that_cannot_be_kept_any_more_says_why_and_stays_as_it_was(store):
    record = store.begin(SWEEP)
    record.path.unlink()
    record.path.mkdir()  # as nothing else can be written where a folder is
    for change in (lambda: store.cancel(record, record.runs[0]), lambda: store.finish(record)):
        with pytest.raises(SweepError, match=r"could not be written: .+ Free some space"):
            change()
    assert not record.finished
    assert not record.cancelled
    store.release(record)


@posix
def test_a_lock_that_cannot_be_made_is_one_sentence(store):
    record = store.begin(SWEEP)
    store.release(record)
    lock = record.path.with_suffix(".lock")
    lock.unlink(missing_ok=True)
    lock.mkdir()
    with pytest.raises(SweepError, match="could not be written"):
        store.hold(record)
    assert store.unfinished() == []  # as nobody can go on with it


@posix
@pytest.mark.parametrize("error", [errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP])
def test_a_drive_without_locks_has_sweeps_all_the_same(store, runs, blobs, monkeypatch, error):
    def refuse(file, operation):
        raise OSError(error, os.strerror(error))

    monkeypatch.setattr("fcntl.flock", refuse)
    record, other = store.begin(SWEEP), SweepStore(runs)
    path, config = record.runs[0], SWEEP.configs()[0]
    with hold_run(path, "a sweep"):
        recorder = RunRecorder(Trainer(config, blobs), path)
        assert other.unfinished() == []  # though no lock tells that it is trained
        recorder.finish()
    store.release(record)
    assert other.unfinished() == [record]
    assert read_header(path).status is RunStatus.INTERRUPTED


def test_a_damaged_run_is_left_to_fail_with_its_reason(store):
    record = store.begin(SWEEP)
    record.runs[1].write_bytes(b"damaged")
    assert record.to_train() == record.planned


def test_a_number_that_somebody_is_about_to_use_is_passed_over(store, runs):
    first = store.begin(SWEEP)
    first.path.unlink()  # only its lock is there
    assert SweepStore(runs).begin(SWEEP).name == "sweep-0002"
    foreign = first.path.with_name("sweep-0009.json")
    foreign.write_text("{}", encoding="utf-8")
    assert store.begin(SWEEP).name == "sweep-0010"


def test_a_sweep_without_a_title_is_called_by_its_name(store):
    assert store.begin(SWEEP).title == "Batches"
    assert store.begin(dataclasses.replace(SWEEP, title="")).title == "sweep-0002"


@given(
    st.lists(st.sampled_from([8, 16, 32, 64]), min_size=1, unique=True),
    st.lists(st.sampled_from(["64", "64 tanh", "64-32", "none"]), min_size=1, unique=True),
    st.integers(1, 3),
)
def test_no_two_runs_of_a_sweep_have_the_same_name(sizes, hidden, repeat):
    sweep = Sweep(
        "", small_run(), (("batch_size", tuple(sizes)), ("hidden", tuple(hidden))), repeat
    )
    names = [run_name(config, [*sweep.names, "seed"]) for config in sweep.configs()]
    assert len(set(names)) == sweep.count


@pytest.mark.parametrize(
    ("names", "text"),
    [
        (["batch_size"], "batch 16"),
        (["learning_rate", "seed"], "rate 0.1, seed 5"),
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
    assert [runs.label(path).color for path in record.runs] == [10, 10, 22, 22, 33, 33]

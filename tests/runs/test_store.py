"""The folder of runs: numbers, labels, damaged files."""

import errno
import json
import os
from concurrent.futures import ThreadPoolExecutor

import pytest

from mnist_studio.runs.checkpoint import CheckpointError, write_checkpoint
from mnist_studio.runs.label import RunLabel
from mnist_studio.runs.restore import take_checkpoint
from mnist_studio.runs.store import RunStore

from ..training.builders import small_run, train

posix = pytest.mark.skipif(os.name == "nt", reason="no pipes and links for everybody")
DEEP = b'{"name": ' + b"[" * 100_000


def test_runs_are_numbered_in_order_and_colored_by_number(store, add):
    for _ in range(11):
        add()
    records, damaged = store.records()
    assert [record.number for record in records] == list(range(1, 12))
    assert [record.label.color for record in records] == [*range(10), 0]
    assert records[0].title == "run 1"
    assert records[10].title == "run 11"
    assert not damaged


def test_two_who_reserve_at_once_get_different_numbers(store):
    with ThreadPoolExecutor(8) as pool:
        paths = list(pool.map(lambda _: store.reserve(), range(40)))
    assert len(set(paths)) == 40


def test_a_reserved_number_is_no_run_until_it_is_written_and_can_be_given_back(store):
    path = store.reserve()
    assert store.records() == ([], [])
    store.release(path)
    assert list(store.folder.iterdir()) == []


def test_labels_are_kept(store, add):
    path = add(name="a")
    label = RunLabel("二", "note\nof two lines", 7, pinned=True, shown=False, sweep="sweep-1")
    store.write_label(path, label)
    assert store.label(path) == label
    assert store.record(path).title == "二"


@pytest.mark.parametrize("content", [b"", b"[]", b"{\xff", b'{"color": "red"}', b"null", DEEP])
def test_a_damaged_label_costs_the_run_nothing_but_its_name(store, add, content):
    path = add(name="a")
    path.with_suffix(".json").write_bytes(content)
    assert store.record(path).title == "run 1"


def test_a_damaged_run_is_reported_and_left_alone(store, add):
    good, bad = add(), add()
    bad.write_bytes(bad.read_bytes()[:1000])
    records, damaged = store.records()
    assert [record.path for record in records] == [good]
    assert damaged[0].path == bad
    assert "damaged" in damaged[0].message
    assert bad.exists()


def test_a_file_of_another_name_is_a_run_too(store, add, checkpoint):
    add()
    write_checkpoint(store.folder / "2026-01-02_my run.npz", checkpoint)
    titles = {record.title: record.number for record in store.records()[0]}
    assert titles == {"2026-01-02_my run": None, "run 1": 1}


@posix
def test_a_label_that_cannot_be_read_now_is_not_written_over(store, add, monkeypatch):
    path = add(name="mine")

    def fail(path):
        raise OSError(errno.EMFILE, "Too many open files")

    with monkeypatch.context() as broken:
        broken.setattr("mnist_studio.runs.store.read_json", fail)
        with pytest.raises(CheckpointError, match="Too many"):
            store.change_label(path, pinned=True)
    assert store.label(path).name == "mine"


@posix
def test_pipes_in_the_folder_are_neither_waited_for_nor_in_the_way(store, add):
    good, other = add(), add(name="a")
    os.mkfifo(store.folder / "pipe.npz")
    other.with_suffix(".json").unlink()
    os.mkfifo(other.with_suffix(".json"))
    records, damaged = store.records()
    assert [record.path for record in records] == [good, other]
    assert [each.path.name for each in damaged] == ["pipe.npz"]


def test_the_header_tells_results_without_curves(store, checkpoint, blobs):
    trainer = train(small_run(epochs=3), blobs)
    path = store.reserve()
    write_checkpoint(path, take_checkpoint(trainer))
    header = store.record(path).header
    assert header.epochs == 3
    assert header.last == trainer.history.epochs[-1]
    assert header.best.validation_accuracy == max(
        each.validation_accuracy for each in trainer.history.epochs
    )
    assert header.test == trainer.history.test
    assert header.config == trainer.config
    assert header.versions["numpy"]
    assert header.started == trainer.started


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="needs a folder without rights")
def test_a_folder_that_cannot_be_written_says_so(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(CheckpointError, match="could not be written"):
        RunStore(tmp_path / "runs").reserve()


def test_a_file_in_the_place_of_the_folder_says_so(tmp_path):
    (tmp_path / "runs").write_text("")
    with pytest.raises(CheckpointError, match="could not be written"):
        RunStore(tmp_path / "runs").reserve()


def test_the_label_file_can_be_read_by_people(store):
    path = store.reserve(RunLabel("batch 20"))
    assert json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))["name"] == "batch 20"

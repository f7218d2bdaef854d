"""The folder of runs: numbers, labels, damaged files, deletion."""

import errno
import json
import os
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest

from mnist_studio.runs.checkpoint import CheckpointError, write_checkpoint
from mnist_studio.runs.restore import take_checkpoint
from mnist_studio.runs.store import RunLabel, RunStore

from ..training.builders import small_run, train

posix = pytest.mark.skipif(os.name == "nt", reason="no pipes and links for everybody")
DEEP = b'{"name": ' + b"[" * 100_000


@pytest.fixture
def store(tmp_path):
    return RunStore(tmp_path / "runs 试验")


@pytest.fixture
def checkpoint(blobs):
    return take_checkpoint(train(small_run(epochs=1), blobs))


def add(store, checkpoint, **label):
    path = store.reserve(RunLabel(**label))
    write_checkpoint(path, checkpoint)
    return path


def test_runs_are_numbered_in_order_and_colored_by_number(store, checkpoint):
    for _ in range(11):
        add(store, checkpoint)
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


def test_labels_are_kept(store, checkpoint):
    path = add(store, checkpoint, name="a")
    label = RunLabel("二", "note\nof two lines", 7, pinned=True, shown=False, sweep="sweep-1")
    store.write_label(path, label)
    assert store.label(path) == label
    assert store.record(path).title == "二"


@pytest.mark.parametrize("content", [b"", b"[]", b"{\xff", b'{"color": "red"}', b"null", DEEP])
def test_a_damaged_label_costs_the_run_nothing_but_its_name(store, checkpoint, content):
    path = add(store, checkpoint, name="a")
    path.with_suffix(".json").write_bytes(content)
    assert store.record(path).title == "run 1"


def test_a_damaged_run_is_reported_and_left_alone(store, checkpoint):
    good, bad = add(store, checkpoint), add(store, checkpoint)
    bad.write_bytes(bad.read_bytes()[:1000])
    records, damaged = store.records()
    assert [record.path for record in records] == [good]
    assert damaged[0].path == bad
    assert "damaged" in damaged[0].message
    assert bad.exists()


def test_a_file_of_another_name_is_a_run_too(store, checkpoint):
    add(store, checkpoint)
    write_checkpoint(store.folder / "2026-01-02_my run.npz", checkpoint)
    titles = {record.title: record.number for record in store.records()[0]}
    assert titles == {"2026-01-02_my run": None, "run 1": 1}


def test_a_deleted_run_can_be_restored_with_its_label_and_its_number_is_not_given_again(
    store, checkpoint
):
    path = add(store, checkpoint, name="a")
    place = store.delete(path)
    assert store.records() == ([], [])
    assert store.reserve().stem == "run-0002"
    assert store.restore(place) == path
    assert store.record(path).title == "a"


def purge_for_good(store):
    """Use the app for so long that nothing deleted is kept."""
    for day in range(40):
        store.purge(date(2030, 1, 1) + timedelta(day))


def test_deleted_runs_are_kept_for_a_month_in_which_the_app_is_used(store, checkpoint):
    place, begin = store.delete(add(store, checkpoint)), date(2030, 1, 1)
    for day in range(31):
        store.purge(begin + timedelta(day))
        store.purge(begin + timedelta(day))  # several starts are one day
        assert place.exists()
    store.purge(begin + timedelta(31))
    assert not place.exists()
    assert not place.with_suffix(".json").exists()


def test_a_clock_that_jumps_deletes_nothing_for_good(store, checkpoint):
    place = store.delete(add(store, checkpoint))
    for day in (date(2030, 1, 1), date(2050, 1, 1), date(2020, 1, 1), date(2050, 1, 2)):
        store.purge(day)
    assert place.exists()


def test_a_run_that_another_program_deleted_is_not_there_any_more(store, checkpoint):
    path = add(store, checkpoint)
    place = RunStore(store.folder).delete(path)
    for attempt in (
        lambda: store.delete(path),
        lambda: store.change_label(path, name="mine"),
        lambda: store.restore(path),
    ):
        with pytest.raises(CheckpointError, match="not there any more"):
            attempt()
    assert [each.name for each in store.folder.iterdir()] == ["deleted"]
    assert place.exists()


@posix
def test_a_label_that_cannot_be_read_now_is_not_written_over(store, checkpoint, monkeypatch):
    path = add(store, checkpoint, name="mine")

    def fail(path):
        raise OSError(errno.EMFILE, "Too many open files")

    with monkeypatch.context() as broken:
        broken.setattr("mnist_studio.runs.store.read_json", fail)
        with pytest.raises(CheckpointError, match="Too many"):
            store.change_label(path, pinned=True)
    assert store.label(path).name == "mine"


@posix
def test_a_folder_of_deleted_runs_that_leads_elsewhere_is_left_alone(store, checkpoint, tmp_path):
    elsewhere, path = tmp_path / "elsewhere", add(store, checkpoint)
    elsewhere.mkdir()
    (elsewhere / "run-0007.npz").write_text("mine")
    (store.folder / "deleted").symlink_to(elsewhere)
    purge_for_good(store)
    with pytest.raises(CheckpointError, match="leads elsewhere"):
        store.delete(path)
    assert path.exists()
    assert [each.read_text() for each in elsewhere.iterdir()] == ["mine"]


def test_what_somebody_put_among_the_deleted_runs_stays(store, checkpoint):
    place = store.delete(add(store, checkpoint))
    (place.parent / "thesis.txt").write_text("mine")
    (place.parent / "folder.npz").mkdir()
    purge_for_good(store)
    assert sorted(each.name for each in place.parent.iterdir()) == ["folder.npz", "thesis.txt"]


def test_the_older_generation_goes_with_its_run_and_comes_back_with_it(store, checkpoint):
    path = add(store, checkpoint)
    write_checkpoint(path, checkpoint, durable=False)
    assert len(list(store.folder.glob(".*.older"))) == 1
    place = store.delete(path)
    assert list(store.folder.glob(".*.older")) == []
    store.restore(place)
    path.write_bytes(b"")  # as a power cut leaves it
    assert store.record(path).header.step == checkpoint.step
    place = store.delete(path)
    purge_for_good(store)
    assert list(place.parent.iterdir()) == []


@posix
def test_pipes_in_the_folder_are_neither_waited_for_nor_in_the_way(store, checkpoint):
    good, other = add(store, checkpoint), add(store, checkpoint, name="a")
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

"""Deleted runs: they come back, or are gone after a month."""

import os
from datetime import date, timedelta

import pytest

from mnist_studio.runs.checkpoint import CheckpointError, write_checkpoint
from mnist_studio.runs.store import RunStore


def test_a_deleted_run_can_be_restored_with_its_label_and_its_number_is_not_given_again(store, add):
    path = add(name="a")
    place = store.delete(path)
    assert store.records() == ([], [])
    assert store.reserve().stem == "run-0002"
    assert store.restore(place) == path
    assert store.record(path).title == "a"


def purge_for_good(store):
    """Use the app for so long that nothing deleted is kept."""
    for day in range(40):
        store.purge(date(2030, 1, 1) + timedelta(day))


def test_deleted_runs_are_kept_for_a_month_in_which_the_app_is_used(store, add):
    place, begin = store.delete(add()), date(2030, 1, 1)
    for day in range(31):
        store.purge(begin + timedelta(day))
        store.purge(begin + timedelta(day))  # several starts are one day
        assert place.exists()
    store.purge(begin + timedelta(31))
    assert not place.exists()
    assert not place.with_suffix(".json").exists()


def test_a_clock_that_jumps_deletes_nothing_for_good(store, add):
    place = store.delete(add())
    for day in (date(2030, 1, 1), date(2050, 1, 1), date(2020, 1, 1), date(2050, 1, 2)):
        store.purge(day)
    assert place.exists()


@pytest.mark.parametrize(
    "count",
    [
        '{"days": 1e999, "last": "", "since": {}}',
        '{"days": 50, "last": "", "since": {"run-0001.npz": -50}}',
        '{"days": 50, "last": "", "since": {"run-0001.npz": 1.5}}',
        "[]",
        "",
    ],
)
def test_a_damaged_count_of_the_days_deletes_nothing_for_good(store, add, count):
    place = store.delete(add())
    (place.parent / ".days.json").write_text(count)
    store.purge(date(2030, 1, 1))
    assert place.exists()


def test_a_run_that_another_program_deleted_is_not_there_any_more(store, add):
    path = add()
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


@pytest.mark.skipif(os.name == "nt", reason="no links for everybody")
def test_a_folder_of_deleted_runs_that_leads_elsewhere_is_left_alone(store, add, tmp_path):
    elsewhere, path = tmp_path / "elsewhere", add()
    elsewhere.mkdir()
    (elsewhere / "run-0007.npz").write_text("mine")
    (store.folder / "deleted").symlink_to(elsewhere)
    purge_for_good(store)
    with pytest.raises(CheckpointError, match="leads elsewhere"):
        store.delete(path)
    assert path.exists()
    assert [each.read_text() for each in elsewhere.iterdir()] == ["mine"]


def test_what_somebody_put_among_the_deleted_runs_stays(store, add):
    place = store.delete(add())
    (place.parent / "thesis.txt").write_text("mine")
    (place.parent / "folder.npz").mkdir()
    purge_for_good(store)
    assert sorted(each.name for each in place.parent.iterdir()) == ["folder.npz", "thesis.txt"]


def test_the_older_generation_goes_with_its_run_and_comes_back_with_it(store, add, checkpoint):
    path = add()
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

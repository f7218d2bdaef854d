"""The library of runs: what is in the folder, what trains, what waits, and what was deleted."""

import contextlib
import dataclasses
import math
import os
import time

import pytest

from mnist_studio.runs import recorder
from mnist_studio.runs.checkpoint import CheckpointError, write_checkpoint
from mnist_studio.runs.header import read_header
from mnist_studio.runs.journal import journal_path
from mnist_studio.runs.label import RunLabel
from mnist_studio.runs.lock import hold_run
from mnist_studio.runs.recorder import RunRecorder
from mnist_studio.runs.restore import take_checkpoint
from mnist_studio.runs.store import RunStore
from mnist_studio.session.library import RunLibrary
from mnist_studio.training.control import TrainingControl
from mnist_studio.training.events import StillPaused
from mnist_studio.training.history import History
from mnist_studio.training.status import RunStatus
from mnist_studio.training.trainer import Trainer

from ..training.builders import small_run, train


@pytest.fixture
def store(tmp_path):
    return RunStore(tmp_path / "runs")


@pytest.fixture
def add(store, blobs):
    def add_one(label=None, **training):
        path = store.reserve(label)
        write_checkpoint(path, take_checkpoint(train(small_run(epochs=1, **training), blobs)))
        return path

    return add_one


@pytest.fixture
def library(qapp, store, monkeypatch):
    for interval in ("FOLDER_INTERVAL", "FOREIGN_INTERVAL"):
        monkeypatch.setattr(f"mnist_studio.session.library.{interval}", 0)
    library = RunLibrary(store.folder)
    yield library
    library.shut_down()


def listed(qtbot, library):
    with qtbot.waitSignal(library.rows_changed):
        library.refresh()
    return library.rows


def test_runs_of_the_folder_are_listed_by_number_with_their_results(qtbot, library, add):
    paths = [add(), add(batch_size=8)]
    rows = listed(qtbot, library)
    assert [row.path for row in rows] == paths
    assert [row.number for row in rows] == [1, 2]
    assert rows[1].config.training.batch_size == 8
    assert 0 < rows[0].validation_accuracy <= 1
    assert 0 < rows[0].test_accuracy <= 1
    assert rows[0].epochs == 1
    assert rows[0].status is RunStatus.COMPLETED
    assert library.row(paths[1]) == rows[1]


def test_curves_are_read_when_they_are_asked_for(qtbot, library, add):
    path = add()
    listed(qtbot, library)
    with qtbot.waitSignal(library.history_loaded) as loaded:
        assert library.history(path) is None
    assert loaded.args == [path]
    assert library.history(path).epoch_count == 1


def test_a_run_that_appears_in_the_folder_is_listed_by_itself(qtbot, library, add):
    add()
    assert len(listed(qtbot, library)) == 1
    second = add()
    qtbot.waitUntil(lambda: library.row(second) is not None)


def test_the_first_run_of_a_folder_that_was_not_there_is_listed_by_itself(qtbot, library, add):
    assert listed(qtbot, library) == []
    first = add()
    qtbot.waitUntil(lambda: library.row(first) is not None)


def test_the_runs_of_a_folder_that_takes_the_place_of_another_are_listed(
    qtbot, library, add, store, tmp_path
):
    add()
    assert len(listed(qtbot, library)) == 1
    store.folder.rename(tmp_path / "yesterday")
    qtbot.waitUntil(lambda: not library.rows)
    paths = [add(), add()]
    qtbot.waitUntil(lambda: [row.path for row in library.rows] == paths)


def test_a_run_that_appears_while_the_folder_is_read_for_the_first_time_is_listed(
    qtbot, library, add, monkeypatch
):
    paths = [add()]
    read = RunStore.paths

    def read_too_early(store):
        found = read(store)
        if len(paths) == 1:
            paths.append(add())
        return found

    monkeypatch.setattr(RunStore, "paths", read_too_early)
    library.refresh()
    qtbot.waitUntil(lambda: [row.path for row in library.rows] == paths)


def test_a_run_that_goes_on_elsewhere_is_read_again_curves_and_all(qtbot, library, add, blobs):
    path = add()
    listed(qtbot, library)
    with qtbot.waitSignal(library.history_loaded):
        library.history(path)
    write_checkpoint(path, take_checkpoint(train(small_run(epochs=2), blobs)))
    listed(qtbot, library)
    qtbot.waitUntil(lambda: library.row(path).epochs == 2)
    with qtbot.waitSignal(library.history_loaded):
        assert library.history(path) is None
    assert library.history(path).epoch_count == 2


def test_labels_change_at_once_and_are_written(qtbot, library, add, store):
    path = add()
    listed(qtbot, library)
    library.set_label(path, name="first", color=4, pinned=True, shown=False, note="two\nlines")
    row = library.row(path)
    assert (row.title, row.color, row.label.pinned) == ("first", "run_5", True)
    library.shut_down()
    assert store.label(path) == RunLabel("first", "two\nlines", 4, pinned=True, shown=False)


def test_what_another_window_says_about_the_same_run_stays(qtbot, library, add, store):
    path = add()
    listed(qtbot, library)
    store.write_label(path, RunLabel("the other's name"))
    library.set_label(path, pinned=True)  # it has not heard of the name yet
    library.shut_down()
    assert store.label(path) == RunLabel("the other's name", pinned=True)


def test_a_listing_that_is_older_than_a_label_does_not_undo_it(qtbot, library, add):
    path = add()
    listed(qtbot, library)
    library.refresh()
    library.set_label(path, name="new")
    library.refresh()
    qtbot.waitUntil(lambda: not library.busy)
    assert library.row(path).title == "new"


def test_deleting_can_be_undone_step_by_step(qtbot, library, add):
    paths = [add(), add(), add()]
    listed(qtbot, library)
    library.delete(paths[:2])
    library.refresh()
    library.delete(paths[2:])
    qtbot.waitUntil(lambda: not library.busy)
    assert library.rows == []
    library.undo_delete()
    qtbot.waitUntil(lambda: [row.path for row in library.rows] == paths[2:])
    library.undo_delete()
    qtbot.waitUntil(lambda: [row.path for row in library.rows] == paths)
    with qtbot.assertNotEmitted(library.rows_changed):
        library.undo_delete()


def test_a_deletion_is_undone_while_the_files_are_still_being_moved(qtbot, library, add):
    paths = [add(), add()]
    listed(qtbot, library)
    library.delete(paths[:1])
    library.delete(paths[1:])
    library.undo_delete(paths[:1])
    qtbot.waitUntil(lambda: [row.path for row in library.rows] == paths[:1])
    assert not paths[1].exists()


def test_a_damaged_run_is_told_once_and_left_alone(qtbot, library, add):
    good, bad = add(), add()
    bad.write_bytes(b"PK nothing")
    with qtbot.waitSignal(library.failed) as failed:
        library.refresh()
    assert "damaged" in failed.args[0]
    qtbot.waitUntil(lambda: [row.path for row in library.rows] == [good])
    assert [each.path for each in library.damaged] == [bad]
    with qtbot.assertNotEmitted(library.failed):
        listed(qtbot, library)
    assert bad.exists()


def test_a_run_that_another_program_deletes_while_the_folder_is_read_is_not_missed(
    qtbot, library, add, store, monkeypatch
):
    paths, record = [add(), add()], RunStore.record

    def record_later(self, path):
        if paths[1].exists():
            store.delete(paths[1])
        return record(self, path)

    monkeypatch.setattr(RunStore, "record", record_later)
    with qtbot.assertNotEmitted(library.failed):
        assert [row.path for row in listed(qtbot, library)] == paths[:1]
    assert library.damaged == []


def test_a_file_whose_name_is_no_text_hides_no_other_run(qtbot, library, add, store):
    paths = [add()]
    strange = store.folder / os.fsdecode(b"from a stick \xff.npz")
    try:
        strange.write_bytes(paths[0].read_bytes())
    except OSError:  # of macOS and Windows
        pytest.skip("this file system has only names that are text")
    with qtbot.waitSignal(library.failed) as failed:
        assert [row.path for row in listed(qtbot, library)] == paths
    assert "rename" in failed.args[0]
    assert [each.path for each in library.damaged] == [strange]


def test_a_run_in_training_has_its_own_curves_status_and_progress(qtbot, library, store, blobs):
    trainer = Trainer(small_run(epochs=2), blobs)
    path = store.reserve(RunLabel(name="live"))
    write_checkpoint(path, take_checkpoint(trainer))
    library.live.attach(path, trainer.config, trainer.history, RunStatus.RUNNING)
    qtbot.waitUntil(lambda: library.row(path) is not None)
    for _ in trainer.run():
        pass
    library.live.update(path, RunStatus.PAUSED, 0.5)
    row = library.row(path)
    assert (row.title, row.status, row.progress) == ("live", RunStatus.PAUSED, 0.5)
    assert row.epochs == 2
    assert library.history(path) is trainer.history
    library.delete([path])
    assert library.row(path) is not None
    write_checkpoint(path, take_checkpoint(trainer))
    library.live.detach(path)
    qtbot.waitUntil(
        lambda: (
            library.row(path).status is RunStatus.COMPLETED and library.row(path).progress is None
        )
    )
    assert library.history(path) is trainer.history


def test_queued_runs_are_listed_until_they_begin_or_are_taken_out(qtbot, library, store):
    first, second = store.reserve(RunLabel(name="a")), store.reserve(RunLabel(name="b"))
    config = small_run()
    library.live.add_queued(first, config)
    library.live.add_queued(second, config)
    qtbot.waitUntil(lambda: len(library.rows) == 2)
    assert [row.title for row in library.rows] == ["a", "b"]
    assert library.rows[0].status is RunStatus.QUEUED
    library.live.remove_queued(second)
    assert [row.path for row in library.rows] == [first]
    library.live.attach(first, config, History(100, 10), RunStatus.RUNNING)
    assert [row.status for row in library.rows] == [RunStatus.RUNNING]


@pytest.mark.parametrize("status", [RunStatus.QUEUED, RunStatus.RUNNING, RunStatus.PAUSED])
def test_a_run_whose_process_has_ended_is_interrupted(qtbot, library, store, blobs, status):
    state = take_checkpoint(Trainer(small_run(), blobs))
    write_checkpoint(store.reserve(), dataclasses.replace(state, status=status))
    assert listed(qtbot, library)[0].status is RunStatus.INTERRUPTED


@pytest.fixture
def elsewhere(store, library, blobs, monkeypatch):
    """A run of another program, which is trained as far as a test says."""
    monkeypatch.setattr(recorder, "FLUSH_INTERVAL", 0.0)
    monkeypatch.setattr(recorder, "SHARE", math.inf)
    run = Elsewhere(store.reserve(), blobs)
    yield run
    run.die()


class Elsewhere:
    def __init__(self, path, dataset):
        self.path = path
        self.lock = contextlib.ExitStack()
        self.lock.enter_context(hold_run(path, "a terminal"))
        self.control = TrainingControl()
        self.trainer = Trainer(small_run(epochs=10), dataset, self.control)
        self.recorder = RunRecorder(self.trainer, path)
        self.events = self.trainer.run()

    def train_to(self, step):
        while self.trainer.step < step:
            self.recorder.follow(next(self.events))

    def pause(self):
        self.control.pause()
        while self.trainer.status is not RunStatus.PAUSED:
            self.recorder.follow(next(self.events))

    def die(self):
        """Let go of the run, as the end of a process does."""
        self.lock.close()
        self.events.close()


def wait_for_status(qtbot, library, path, status):
    qtbot.waitUntil(lambda: library.row(path).status is status)


def wait_for_step(qtbot, library, run):
    qtbot.waitUntil(lambda: library.row(run.path).header.step == run.trainer.step)


def test_a_run_of_another_program_grows_while_it_is_watched(qtbot, library, elsewhere):
    path = elsewhere.path
    assert listed(qtbot, library)[0].status is RunStatus.RUNNING
    elsewhere.train_to(7)
    assert read_header(path).step == 0  # the curve is ahead of the file
    wait_for_step(qtbot, library, elsewhere)
    with qtbot.waitSignal(library.history_loaded):
        assert library.history(path) is None
    history = library.history(path)
    with qtbot.assertNotEmitted(library.history_loaded):
        for step in (8, 40, 100):
            elsewhere.train_to(step)
            wait_for_step(qtbot, library, elsewhere)
            assert library.history(path) is history
            assert history.counts == elsewhere.trainer.history.counts
            assert library.row(path).epochs == elsewhere.trainer.history.epoch_count
    for event in elsewhere.events:
        elsewhere.recorder.follow(event)
    elsewhere.recorder.finish()
    wait_for_status(qtbot, library, path, RunStatus.COMPLETED)
    assert library.row(path).test_accuracy is not None
    with qtbot.waitSignal(library.history_loaded):
        assert library.history(path) is None
    assert library.history(path).counts == elsewhere.trainer.history.counts


def test_a_run_of_another_program_that_rests_is_as_far_as_its_journal(qtbot, library, elsewhere):
    elsewhere.train_to(7)
    listed(qtbot, library)
    wait_for_step(qtbot, library, elsewhere)


def test_a_run_of_another_program_that_ignores_settings_says_so_while_it_is_watched(
    qtbot, library, elsewhere
):
    elsewhere.trainer.ignored = ("nesterov",)
    listed(qtbot, library)
    elsewhere.train_to(20)
    wait_for_step(qtbot, library, elsewhere)
    assert library.row(elsewhere.path).header.ignored == ("nesterov",)


def test_a_run_of_another_program_is_not_deleted_while_it_is_trained(qtbot, library, elsewhere):
    listed(qtbot, library)
    with qtbot.waitSignal(library.failed) as failed:
        library.delete([elsewhere.path])
    assert "cannot be deleted" in failed.args[0]
    assert library.row(elsewhere.path) is not None
    elsewhere.die()
    wait_for_status(qtbot, library, elsewhere.path, RunStatus.INTERRUPTED)
    with qtbot.waitSignal(library.deleted):
        library.delete([elsewhere.path])
    qtbot.waitUntil(lambda: not elsewhere.path.exists())


def test_a_run_of_another_program_that_is_killed_is_as_far_as_its_file(qtbot, library, elsewhere):
    path = elsewhere.path
    listed(qtbot, library)
    elsewhere.train_to(20)
    wait_for_step(qtbot, library, elsewhere)
    elsewhere.die()
    wait_for_status(qtbot, library, path, RunStatus.INTERRUPTED)
    saved = read_header(path).step
    assert saved < 20
    assert library.row(path).header.step == saved
    with qtbot.waitSignal(library.history_loaded):
        assert library.history(path) is None
    assert library.history(path).step == saved


def test_a_run_of_another_program_that_is_paused_is_not_dead(qtbot, library, elsewhere):
    listed(qtbot, library)
    elsewhere.train_to(7)
    elsewhere.pause()
    wait_for_status(qtbot, library, elsewhere.path, RunStatus.PAUSED)
    for file in (elsewhere.path, journal_path(elsewhere.path)):
        os.utime(file, (0, 0))  # however long it says nothing
    elsewhere.recorder.follow(StillPaused())
    listed(qtbot, library)
    assert library.row(elsewhere.path).status is RunStatus.PAUSED


def test_a_run_that_goes_on_in_another_program_is_watched_from_its_beginning(
    qtbot, library, elsewhere, blobs
):
    path = elsewhere.path
    listed(qtbot, library)
    elsewhere.train_to(20)
    wait_for_step(qtbot, library, elsewhere)
    with qtbot.waitSignal(library.history_loaded):
        library.history(path)
    elsewhere.die()
    another = Elsewhere(path, blobs)
    another.train_to(5)
    wait_for_step(qtbot, library, another)
    qtbot.waitUntil(lambda: library.history(path) and library.history(path).step == 5)
    another.die()


def test_a_folder_that_cannot_be_used_says_so(qtbot, library, store):
    store.folder.parent.mkdir(exist_ok=True)
    store.folder.write_text("")
    with qtbot.waitSignal(library.failed) as failed:
        library.refresh()
    assert str(store.folder) in failed.args[0]
    qtbot.waitUntil(lambda: not library.busy)
    assert library.rows == []


def test_curves_that_are_looked_at_are_not_loaded_again_however_many_they_are(
    qtbot, library, add, monkeypatch
):
    monkeypatch.setattr("mnist_studio.session.history_cache._BATCHES_KEPT", 1)
    paths = [add() for _ in range(4)]
    listed(qtbot, library)
    loaded = []

    @library.history_loaded.connect
    def look_at_all(path):
        loaded.append(path)
        for each in paths:
            library.history(each)

    library.history(paths[0])
    qtbot.waitUntil(lambda: len(loaded) >= 4)
    assert all(library.history(path) is not None for path in paths)
    assert sorted(loaded) == paths


def test_curves_that_nobody_looks_at_go_when_there_are_too_many(qtbot, library, add, monkeypatch):
    paths = [add() for _ in range(3)]
    steps = listed(qtbot, library)[0].header.step
    monkeypatch.setattr("mnist_studio.session.history_cache._BATCHES_KEPT", 2 * steps)
    now = time.monotonic()
    monkeypatch.setattr("mnist_studio.session.history_cache.time.monotonic", lambda: now)
    for path in paths:
        with qtbot.waitSignal(library.history_loaded):
            library.history(path)
        now += 90
    assert library.history(paths[2]) is not None
    assert library.history(paths[1]) is not None
    assert library.history(paths[0]) is None


def test_curves_that_cannot_be_read_are_told_once_and_read_when_they_are_written_again(
    qtbot, library, add, blobs, monkeypatch
):
    path = add()
    listed(qtbot, library)
    sound = path.read_bytes()
    path.write_bytes(sound[: len(sound) // 2])
    with qtbot.waitSignal(library.failed) as failed:
        library.history(path)
    assert path.name in failed.args[0]
    with qtbot.assertNotEmitted(library.failed):
        assert library.history(path) is None
        qtbot.waitUntil(lambda: not library.busy)
    write_checkpoint(path, take_checkpoint(train(small_run(epochs=2), blobs)))
    listed(qtbot, library)
    with qtbot.waitSignal(library.history_loaded):
        library.history(path)
    assert library.history(path).epoch_count == 2


def test_a_run_that_waits_in_a_queue_is_not_deleted(qtbot, library, add):
    path = add()
    (row,) = listed(qtbot, library)
    library.live.add_queued(path, row.config)
    with qtbot.waitSignal(library.failed) as failed:
        library.delete([path])
    assert "cannot be deleted" in failed.args[0]
    assert path.exists()
    library.live.remove_queued(path)
    with qtbot.waitSignal(library.deleted):
        library.delete([path])


def test_a_run_that_is_being_deleted_does_not_come_back_for_a_moment(qtbot, library, add):
    paths = [add(), add()]
    listed(qtbot, library)
    seen = set()
    library.rows_changed.connect(lambda: seen.update(row.path for row in library.rows))
    library.delete(paths[:1])
    library.refresh()
    library.delete(paths[1:])
    library.refresh()
    qtbot.waitUntil(lambda: not library.busy)
    assert paths[1] not in seen
    assert library.rows == []


def test_a_folder_that_cannot_be_read_for_a_moment_takes_no_run_away(
    qtbot, library, add, monkeypatch
):
    path = add()
    assert [row.path for row in listed(qtbot, library)] == [path]

    def refuse(store):
        raise CheckpointError("The folder of runs could not be read.")

    with monkeypatch.context() as broken, qtbot.waitSignal(library.failed):
        broken.setattr(RunStore, "paths", refuse)
        library.refresh()
    qtbot.waitUntil(lambda: not library.busy)
    assert [row.path for row in library.rows] == [path]
    second = add()
    qtbot.waitUntil(lambda: library.row(second) is not None)

"""The library of runs: what is in the folder, what trains, what waits, and what was deleted."""

import time

import pytest

from mnist_studio.session.library import RunLibrary
from mnist_studio.training.checkpoint import CheckpointError, write_checkpoint
from mnist_studio.training.history import History
from mnist_studio.training.run_store import RunLabel, RunStore
from mnist_studio.training.status import RunStatus
from mnist_studio.training.trainer import Trainer

from ..training.builders import small_run, train

PATIENCE = 10_000


@pytest.fixture
def store(tmp_path):
    return RunStore(tmp_path / "runs")


@pytest.fixture
def add(store, blobs):
    def add_one(label=None, **training):
        path = store.reserve(label)
        write_checkpoint(path, train(small_run(epochs=1, **training), blobs).checkpoint())
        return path

    return add_one


@pytest.fixture
def library(qapp, store):
    library = RunLibrary(store.folder)
    yield library
    library.shut_down()


def listed(qtbot, library):
    with qtbot.waitSignal(library.rows_changed, timeout=PATIENCE):
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
    with qtbot.waitSignal(library.history_loaded, timeout=PATIENCE) as loaded:
        assert library.history(path) is None
    assert loaded.args == [path]
    assert library.history(path).epoch_count == 1


def test_a_run_that_appears_in_the_folder_is_listed_by_itself(qtbot, library, add, monkeypatch):
    library._folder_timer.setInterval(0)
    add()
    assert len(listed(qtbot, library)) == 1
    second = add()
    qtbot.waitUntil(lambda: library.row(second) is not None, timeout=PATIENCE)


def test_a_run_that_goes_on_elsewhere_is_read_again_curves_and_all(qtbot, library, add, blobs):
    path = add()
    listed(qtbot, library)
    with qtbot.waitSignal(library.history_loaded, timeout=PATIENCE):
        library.history(path)
    write_checkpoint(path, train(small_run(epochs=2), blobs).checkpoint())
    listed(qtbot, library)
    qtbot.waitUntil(lambda: library.row(path).epochs == 2, timeout=PATIENCE)
    with qtbot.waitSignal(library.history_loaded, timeout=PATIENCE):
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


def test_a_listing_that_is_older_than_a_label_does_not_undo_it(qtbot, library, add):
    path = add()
    listed(qtbot, library)
    library.refresh()
    library.set_label(path, name="new")
    library.refresh()
    qtbot.waitUntil(lambda: not library._listing, timeout=PATIENCE)
    assert library.row(path).title == "new"


def test_deleting_can_be_undone_step_by_step(qtbot, library, add):
    paths = [add(), add(), add()]
    listed(qtbot, library)
    library.delete(paths[:2])
    library.refresh()
    library.delete(paths[2:])
    qtbot.waitUntil(lambda: len(library._deleted) == 2, timeout=PATIENCE)
    assert library.rows == []
    library.undo_delete()
    qtbot.waitUntil(lambda: [row.path for row in library.rows] == paths[2:], timeout=PATIENCE)
    library.undo_delete()
    qtbot.waitUntil(lambda: [row.path for row in library.rows] == paths, timeout=PATIENCE)
    assert not library.can_undo


def test_a_damaged_run_is_told_once_and_left_alone(qtbot, library, add):
    good, bad = add(), add()
    bad.write_bytes(b"PK nothing")
    with qtbot.waitSignal(library.failed, timeout=PATIENCE) as failed:
        library.refresh()
    assert "damaged" in failed.args[0]
    qtbot.waitUntil(lambda: [row.path for row in library.rows] == [good], timeout=PATIENCE)
    assert [each.path for each in library.damaged] == [bad]
    with qtbot.assertNotEmitted(library.failed):
        listed(qtbot, library)
    assert bad.exists()


def test_a_run_in_training_has_its_own_curves_status_and_progress(qtbot, library, store, blobs):
    trainer = Trainer(small_run(epochs=2), blobs)
    path = store.reserve(RunLabel(name="live"))
    write_checkpoint(path, trainer.checkpoint())
    library.attach_live(path, trainer.config, trainer.history, RunStatus.RUNNING)
    qtbot.waitUntil(lambda: library.row(path) is not None, timeout=PATIENCE)
    for _ in trainer.run():
        pass
    library.update_live(path, RunStatus.PAUSED, 0.5)
    row = library.row(path)
    assert (row.title, row.status, row.progress) == ("live", RunStatus.PAUSED, 0.5)
    assert row.epochs == 2
    assert library.history(path) is trainer.history
    library.delete([path])
    assert library.row(path) is not None
    write_checkpoint(path, trainer.checkpoint())
    library.detach_live(path)
    qtbot.waitUntil(
        lambda: (
            library.row(path).status is RunStatus.COMPLETED and library.row(path).progress is None
        ),
        timeout=PATIENCE,
    )
    assert library.history(path) is trainer.history


def test_queued_runs_are_listed_until_they_begin_or_are_taken_out(qtbot, library, store):
    first, second = store.reserve(RunLabel(name="a")), store.reserve(RunLabel(name="b"))
    config = small_run()
    library.add_queued(first, config)
    library.add_queued(second, config)
    qtbot.waitUntil(lambda: len(library.rows) == 2, timeout=PATIENCE)
    assert [row.title for row in library.rows] == ["a", "b"]
    assert library.rows[0].status is RunStatus.QUEUED
    library.remove_queued(second)
    assert [row.path for row in library.rows] == [first]
    library.attach_live(first, config, History(100, 10), RunStatus.RUNNING)
    assert [row.status for row in library.rows] == [RunStatus.RUNNING]


def test_a_run_that_nobody_trains_any_more_is_stopped(qtbot, library, store, blobs, monkeypatch):
    trainer = Trainer(small_run(), blobs)
    next(run := trainer.run())
    path = store.reserve()
    write_checkpoint(path, trainer.checkpoint())
    run.close()
    assert listed(qtbot, library)[0].status is RunStatus.RUNNING  # another process, as it seems
    later = time.time() + 120
    monkeypatch.setattr("mnist_studio.session.library.time.time", lambda: later)
    with qtbot.waitSignal(library.rows_changed, timeout=PATIENCE):
        library._on_foreign_timeout()
    assert library.rows[0].status is RunStatus.STOPPED


def test_a_folder_that_cannot_be_used_says_so(qtbot, library, store):
    store.folder.parent.mkdir(exist_ok=True)
    store.folder.write_text("")
    library.refresh()
    qtbot.waitUntil(lambda: not library._listing, timeout=PATIENCE)
    assert library.rows == []


def test_curves_that_are_looked_at_are_not_loaded_again_however_many_they_are(
    qtbot, library, add, monkeypatch
):
    monkeypatch.setattr("mnist_studio.session.library._BATCHES_KEPT", 1)
    paths = [add() for _ in range(4)]
    listed(qtbot, library)
    loaded = []

    @library.history_loaded.connect
    def look_at_all(path):
        loaded.append(path)
        for each in paths:
            library.history(each)

    library.history(paths[0])
    qtbot.waitUntil(lambda: len(loaded) >= 4, timeout=PATIENCE)
    assert all(library.history(path) is not None for path in paths)
    assert sorted(loaded) == paths


def test_curves_that_nobody_looks_at_go_when_there_are_too_many(qtbot, library, add, monkeypatch):
    paths = [add() for _ in range(3)]
    steps = listed(qtbot, library)[0].header.step
    monkeypatch.setattr("mnist_studio.session.library._BATCHES_KEPT", 2 * steps)
    now = time.monotonic()
    monkeypatch.setattr("mnist_studio.session.library.time.monotonic", lambda: now)
    for path in paths:
        with qtbot.waitSignal(library.history_loaded, timeout=PATIENCE):
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
    with qtbot.waitSignal(library.failed, timeout=PATIENCE) as failed:
        library.history(path)
    assert path.name in failed.args[0]
    with qtbot.assertNotEmitted(library.failed):
        assert library.history(path) is None
        qtbot.waitUntil(lambda: not library._loading, timeout=PATIENCE)
    write_checkpoint(path, train(small_run(epochs=2), blobs).checkpoint())
    listed(qtbot, library)
    with qtbot.waitSignal(library.history_loaded, timeout=PATIENCE):
        library.history(path)
    assert library.history(path).epoch_count == 2


def test_a_run_that_is_being_deleted_does_not_come_back_for_a_moment(qtbot, library, add):
    paths = [add(), add()]
    listed(qtbot, library)
    seen = set()
    library.rows_changed.connect(lambda: seen.update(row.path for row in library.rows))
    library.delete(paths[:1])
    library.refresh()
    library.delete(paths[1:])
    library.refresh()
    qtbot.waitUntil(lambda: len(library._deleted) == 2 and not library._listing, timeout=PATIENCE)
    assert paths[1] not in seen
    assert library.rows == []


def test_after_a_folder_that_could_not_be_read_the_next_look_succeeds(
    qtbot, library, add, monkeypatch
):
    path = add()

    def refuse(store):
        raise CheckpointError("The folder of runs could not be read.")

    with monkeypatch.context() as broken, qtbot.waitSignal(library.failed, timeout=PATIENCE):
        broken.setattr(RunStore, "paths", refuse)
        library.refresh()
    qtbot.waitUntil(lambda: not library._listing, timeout=PATIENCE)
    library.refresh()
    qtbot.waitUntil(lambda: [row.path for row in library.rows] == [path], timeout=PATIENCE)

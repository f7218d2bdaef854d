"""The window's queue of sweeps: live curves, a queue that obeys, and sweeps that are not lost."""

import dataclasses
import functools
import multiprocessing
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from PySide6.QtCore import QObject, QThread

from mnist_studio.data.errors import DataError
from mnist_studio.data.loading import load
from mnist_studio.runs import recorder
from mnist_studio.runs.checkpoint import CheckpointError
from mnist_studio.runs.checkpoint_history import read_history
from mnist_studio.runs.header import read_header
from mnist_studio.runs.label import RunLabel, label_path
from mnist_studio.runs.requests import request_path
from mnist_studio.runs.store import RunStore
from mnist_studio.session.library import RunLibrary
from mnist_studio.session.sweeps import SweepQueue
from mnist_studio.sweeps import run_job
from mnist_studio.sweeps.sweep import Budget, Sweep
from mnist_studio.sweeps.workers import Workers, usable_cores
from mnist_studio.training.config import DataConfig
from mnist_studio.training.status import Failure, FailureKind, RunStatus

from ..training.builders import small_run, without_seconds

LONG = Budget("epochs", 1000)


class Library:
    """What a queue tells the library, and which histories it lists."""

    def __init__(self):
        self.queued, self.live, self.ended, self.progress = [], {}, {}, {}

    def add_queued(self, path, config):
        self.queued.append(path)

    def remove_queued(self, path):
        self.queued.remove(path)

    def attach(self, path, config, history, status):
        assert path not in self.live
        self.live[path] = history

    def update(self, path, status, progress):
        assert path in self.live
        self.progress.setdefault(path, []).append((status, progress))

    def detach(self, path):
        self.ended[path] = self.live.pop(path)


class Heard(QObject):
    def __init__(self, queue):
        super().__init__()
        self.runs, self.sweeps, self.offers, self.failures = [], [], [], []
        self.threads = set()
        queue.run_ended.connect(self.runs.append)
        queue.sweep_ended.connect(lambda *ended: self.sweeps.append(ended))
        queue.sweep_offered.connect(self.offers.append)
        queue.failed.connect(self.failures.append)
        queue.queue_changed.connect(lambda: self.threads.add(QThread.currentThread()))


def in_threads(count):
    return Workers(count, functools.partial(ThreadPoolExecutor, 1))


@pytest.fixture
def open_queue(qapp, tmp_path, blobs, monkeypatch):
    """Open queues on one folder, as the window does at each of its starts."""
    monkeypatch.setattr(run_job, "_dataset", lambda name, folder: blobs)
    queues = []

    def open_one(make_workers=in_threads, jobs=2):
        library = Library()
        queue = SweepQueue(library, tmp_path / "runs", make_workers=make_workers)
        queue.jobs = jobs
        queues.append(queue)
        return queue, library, Heard(queue)

    yield open_one
    for queue in queues:
        queue.shut_down()


def sweep_of(*values, budget=None, repeat=1, title="", name="batch_size", **training):
    return Sweep(title, small_run(**training), ((name, values),), repeat, budget)


def started(qtbot, queue, library, sweep, live=1):
    queue.start(sweep)
    qtbot.waitUntil(lambda: len(library.live) >= live)


def test_all_runs_of_a_sweep_are_trained_and_their_curves_are_live(qtbot, open_queue):
    queue, library, heard = open_queue()
    with qtbot.waitSignal(queue.sweep_ended):
        queue.start(sweep_of(8, 16, 32, title="Batches"))
    ((sweep, runs, records),) = heard.sweeps
    assert sweep.title == "Batches"
    assert [record.title for record in records] == ["batch 8", "batch 16", "batch 32"]
    assert sorted(heard.runs) == runs
    assert not library.queued
    assert not library.live
    for run in runs:
        assert read_header(run).status is RunStatus.COMPLETED
        live, saved = library.ended[run], read_history(run)
        assert live.losses.tobytes() == saved.losses.tobytes()
        assert live.epochs == saved.epochs
    assert not heard.failures


def test_everything_is_told_in_the_windows_thread(qtbot, open_queue):
    queue, _, heard = open_queue()
    with qtbot.waitSignal(queue.sweep_ended):
        queue.start(sweep_of(16))
    assert heard.threads == {QThread.currentThread()}


def test_the_queue_says_how_far_it_is_and_is_empty_in_the_end(qtbot, open_queue):
    queue, library, _ = open_queue(jobs=1)
    seen = []
    queue.queue_changed.connect(
        lambda: seen.append((queue.title, queue.done, queue.total, queue.share, queue.at_once))
    )
    with qtbot.waitSignal(queue.sweep_ended):
        queue.start(sweep_of(8, 16, title="Batches"))
    qtbot.waitUntil(lambda: not queue.entries)
    assert seen[0] == ("Batches", 0, 2, 0.0, 1)
    shares = [share for title, *_, share, _ in seen if title]
    assert shares == sorted(shares)
    assert ("Batches", 1, 2) in [each[:3] for each in seen]
    assert (queue.title, queue.total, queue.active) == ("", 0, False)
    assert [progress for _, progress in library.progress.popitem()[1]][-1] == 1.0


def test_the_time_left_is_known_once_something_was_trained(qtbot, open_queue):
    queue, library, _ = open_queue()
    started(qtbot, queue, library, sweep_of(8, 16, budget=LONG))
    assert queue.seconds_left > 0


def test_a_run_that_diverges_does_not_stop_the_others(qtbot, open_queue):
    queue, _, heard = open_queue()
    sweep = sweep_of(0.1, 10.0, name="learning_rate", hidden=(64, 64), epochs=20)
    with qtbot.waitSignal(queue.sweep_ended):
        queue.start(sweep)
    ((_, runs, _),) = heard.sweeps
    headers = [read_header(run) for run in runs]
    assert [each.status for each in headers] == [RunStatus.COMPLETED, RunStatus.FAILED]
    assert headers[1].failure.kind is FailureKind.DIVERGED


def test_why_a_run_could_not_even_begin_is_told(qtbot, open_queue, monkeypatch):
    def fail(name, folder):
        raise MemoryError

    queue, _, heard = open_queue()
    monkeypatch.setattr(run_job, "_dataset", fail)
    with qtbot.waitSignal(queue.run_failed) as told:
        queue.start(sweep_of(8))
    assert told.args == [Failure(FailureKind.OUT_OF_MEMORY)]
    assert not heard.failures


def test_a_data_set_that_is_not_there_is_told_as_for_train_and_nothing_begins(
    qtbot, open_queue, tmp_path, monkeypatch
):
    monkeypatch.delenv("MNIST_STUDIO_DATA", raising=False)
    queue, library, heard = open_queue()
    sweep = dataclasses.replace(
        sweep_of(8), base=dataclasses.replace(small_run(), data=DataConfig("mnist"))
    )
    with qtbot.waitSignal(queue.failed):
        queue.start(sweep)
    with pytest.raises(DataError) as error:
        load("mnist")
    assert heard.failures == [str(error.value)]
    assert not queue.active
    assert not library.queued
    assert not list((tmp_path / "runs").glob("run-*"))


def test_a_sweep_on_images_from_another_folder_waits_until_it_is_asked_for_again(
    qtbot, open_queue, tmp_path
):
    queue, library, heard = open_queue(jobs=1)
    started(qtbot, queue, library, sweep_of(8, budget=LONG))
    with qtbot.waitSignal(queue.failed):
        queue.start(sweep_of(16), tmp_path)
    assert "another folder" in heard.failures[0]
    assert queue.total == 1
    assert not queue.waiting


def test_runs_can_be_taken_out_of_the_queue_and_their_numbers_are_free_when_the_sweep_has_ended(
    qtbot, open_queue, tmp_path
):
    queue, library, heard = open_queue(jobs=1)
    started(qtbot, queue, library, sweep_of(8, 16, 32, budget=LONG))
    last = queue.entries[2].path
    queue.cancel(last)
    qtbot.waitUntil(lambda: queue.total == 2)
    assert last not in library.queued
    store = RunStore(tmp_path / "runs")
    other = store.reserve(RunLabel(name="mine"))
    assert other != last
    with qtbot.waitSignal(queue.sweep_ended):
        queue.cancel_all()
    ((_, runs, _),) = heard.sweeps
    (run,) = runs
    assert read_header(run).status is RunStatus.STOPPED
    assert read_header(run).step > 0
    assert not label_path(last).exists()
    assert store.label(other).name == "mine"


def test_a_running_run_can_be_stopped_alone(qtbot, open_queue):
    queue, library, heard = open_queue(jobs=1)
    started(qtbot, queue, library, sweep_of(8, 16, budget=LONG))
    first = queue.entries[0].path
    with qtbot.waitSignal(queue.run_ended):
        queue.cancel(first)
    assert heard.runs == [first]
    assert read_header(first).status is RunStatus.STOPPED
    qtbot.waitUntil(lambda: queue.entries[1].path in library.live)


def test_a_paused_queue_waits_and_goes_on(qtbot, open_queue):
    queue, library, _ = open_queue()
    started(qtbot, queue, library, sweep_of(8, 16, budget=LONG), live=2)
    queue.pause()
    qtbot.waitUntil(lambda: queue.paused)
    assert {entry.status for entry in queue.entries} == {RunStatus.PAUSED}
    path = queue.entries[0].path
    assert library.progress[path][-1][0] is RunStatus.PAUSED
    queue.resume()
    step = library.live[path].step
    qtbot.waitUntil(lambda: library.live[path].step > step + 100)
    assert not queue.paused


def test_queued_runs_can_be_moved(qtbot, open_queue):
    queue, library, _ = open_queue(jobs=1)
    started(qtbot, queue, library, sweep_of(8, 16, 32, 64, budget=LONG))
    a, b, c, d = (entry.path for entry in queue.entries)
    queue.move(d, -1)
    qtbot.waitUntil(lambda: [e.path for e in queue.entries] == [a, b, d, c])
    queue.move(b, 10)
    qtbot.waitUntil(lambda: [e.path for e in queue.entries] == [a, d, c, b])


def test_a_second_sweep_waits_for_its_turn(qtbot, open_queue):
    queue, library, heard = open_queue(jobs=1)
    started(qtbot, queue, library, sweep_of(8, budget=LONG, title="first"))
    queue.start(sweep_of(16, 32, title="second"))
    qtbot.waitUntil(lambda: queue.waiting == ("second",))
    assert (queue.title, queue.total) == ("first", 1)
    queue.cancel(queue.entries[0].path)
    qtbot.waitUntil(lambda: len(heard.sweeps) == 2)
    assert [sweep.title for sweep, *_ in heard.sweeps] == ["first", "second"]


def test_an_interrupted_sweep_is_offered_and_goes_on_to_the_same_numbers(qtbot, open_queue):
    queue, _, heard = open_queue(jobs=1)
    sweep = sweep_of(24, 1, 2, epochs=40)  # the second takes long
    queue.start(sweep)
    qtbot.waitUntil(lambda: bool(heard.runs))
    queue.shut_down()
    again, _, heard = open_queue(jobs=2)
    with qtbot.waitSignal(again.sweep_offered):
        again.look_for_interrupted()
    (offer,) = heard.offers
    assert offer.record.sweep == sweep
    assert 1 <= offer.done < offer.total == 3
    with qtbot.waitSignal(again.sweep_ended):
        again.resume_offered()
    assert heard.offers == [offer, None]
    other, _, whole = open_queue(jobs=1)
    with qtbot.waitSignal(other.sweep_ended):
        other.start(sweep)
    ((_, interrupted, _),), ((_, uninterrupted, _),) = heard.sweeps, whole.sweeps
    assert len(interrupted) == len(uninterrupted) == 3
    for one, two in zip(interrupted, uninterrupted, strict=True):
        mine, theirs = (read_history(run).to_arrays() for run in (one, two))
        assert without_seconds(mine) == without_seconds(theirs)


def test_a_dismissed_sweep_is_not_offered_again(qtbot, open_queue, tmp_path):
    queue, library, _ = open_queue(jobs=1)
    started(qtbot, queue, library, sweep_of(8, 16, budget=LONG))
    queue.shut_down()
    again, _, heard = open_queue()
    with qtbot.waitSignal(again.sweep_offered):
        again.look_for_interrupted()
    again.dismiss_offered()
    assert again.offer is None
    again.look_for_interrupted()
    # The thread does one thing after another: when this sweep has ended, it has looked.
    with qtbot.waitSignal(again.sweep_ended):
        again.start(sweep_of(16))
    assert [offer is None for offer in heard.offers] == [False, True]
    assert not list((tmp_path / "runs").glob("*.request"))


def test_a_sweep_that_was_dismissed_in_another_window_cannot_be_gone_on_with(
    qtbot, open_queue, tmp_path
):
    queue, library, _ = open_queue(jobs=1)
    started(qtbot, queue, library, sweep_of(8, 16, budget=LONG, title="Batches"))
    queue.shut_down()
    (first, _, heard), (second, _, _) = open_queue(), open_queue()
    for each in (first, second):
        with qtbot.waitSignal(each.sweep_offered):
            each.look_for_interrupted()
    never_begun = second.offer.record.runs[1]
    second.dismiss_offered()
    qtbot.waitUntil(lambda: not label_path(never_begun).exists())
    store = RunStore(tmp_path / "runs")
    assert store.reserve(RunLabel(name="mine")) == never_begun
    with qtbot.waitSignal(first.failed):
        first.resume_offered()
    assert heard.failures == ["Nothing is left to train in Batches."]
    assert not first.active
    assert store.label(never_begun).name == "mine"


def test_after_one_interrupted_sweep_the_next_is_offered(qtbot, open_queue):
    queue, library, _ = open_queue(jobs=1)
    started(qtbot, queue, library, sweep_of(8, budget=LONG, title="first"))
    queue.start(sweep_of(16, budget=LONG, title="second"))
    qtbot.waitUntil(lambda: bool(queue.waiting))
    queue.shut_down()
    again, _, _ = open_queue(jobs=1)
    with qtbot.waitSignal(again.sweep_offered):
        again.look_for_interrupted()
    assert again.offer.record.title == "first"
    again.resume_offered()
    qtbot.waitUntil(lambda: again.offer is not None)
    assert again.offer.record.title == "second"
    again.dismiss_offered()
    qtbot.waitUntil(lambda: again.title == "first")


def test_a_sweep_that_somebody_works_at_is_not_offered(qtbot, open_queue):
    queue, library, _ = open_queue(jobs=1)
    started(qtbot, queue, library, sweep_of(8, budget=LONG))
    other, _, heard = open_queue()
    other.look_for_interrupted()
    with qtbot.waitSignal(other.sweep_ended):
        other.start(sweep_of(16))
    assert not heard.offers


def test_a_queue_that_was_never_used_has_no_thread(open_queue):
    before = threading.active_count()
    queue, _, _ = open_queue()
    assert threading.active_count() == before
    queue.shut_down()
    queue.start(sweep_of(8))
    assert not queue.active


def test_as_many_runs_as_there_are_cores_are_trained_at_once_by_default(qtbot, open_queue):
    queue, library, _ = open_queue(jobs=0)
    started(qtbot, queue, library, sweep_of(8, budget=LONG))
    assert queue.at_once == usable_cores()


def test_a_sweep_whose_runs_cannot_be_saved_is_told_and_offered_again(
    qtbot, open_queue, monkeypatch
):
    def refuse(path, state, *, durable):
        raise CheckpointError("The disk is full.")

    queue, _, heard = open_queue()
    with monkeypatch.context() as full:
        full.setattr(recorder, "write_checkpoint", refuse)
        with qtbot.waitSignal(queue.sweep_offered):
            queue.start(sweep_of(8, 16))
    assert not heard.sweeps
    assert heard.failures
    assert queue.offer.done == 0
    assert queue.offer.total == 2

    with qtbot.waitSignal(queue.sweep_ended):
        queue.resume_offered()
    ((_, runs, records),) = heard.sweeps
    assert [record.header.status for record in records] == [RunStatus.COMPLETED] * len(runs)


@pytest.mark.parametrize("moment", ["at once", "later", "with damaged requests"])
def test_processes_end_when_the_window_is_closed(qtbot, qapp, tmp_path, moment):
    before = set(multiprocessing.active_children())
    library = Library()
    queue = SweepQueue(library, tmp_path)
    queue.jobs = 1
    queue.start(sweep_of(16, 32, hidden=(32,), budget=LONG))
    if moment == "at once":
        qtbot.waitUntil(lambda: queue.active)
    else:
        qtbot.waitUntil(lambda: bool(library.live))
    if moment == "with damaged requests":
        for run in library.live:
            request_path(run).write_bytes(b"[")
    queue.shut_down()
    qtbot.waitUntil(lambda: not set(multiprocessing.active_children()) - before)
    again = SweepQueue(library, tmp_path)
    with qtbot.waitSignal(again.sweep_offered):
        again.look_for_interrupted()
    assert again.offer.total == 2
    again.shut_down()


@pytest.fixture
def library(qapp, tmp_path):
    library = RunLibrary(tmp_path)
    yield library
    library.shut_down()


@pytest.fixture
def listed_queue(library, tmp_path, blobs, monkeypatch):
    """A queue whose runs the library lists."""
    monkeypatch.setattr(run_job, "_dataset", lambda name, folder: blobs)
    queue = SweepQueue(library.live, tmp_path, make_workers=in_threads)
    queue.jobs = 1
    yield queue
    queue.shut_down()


def test_the_library_lists_the_runs_of_a_sweep_from_queued_to_completed(
    qtbot, library, listed_queue
):
    queue = listed_queue
    seen = set()
    library.rows_changed.connect(lambda: seen.update(row.status for row in library.rows))
    queue.start(sweep_of(1, 2, hidden=(256,), budget=LONG))  # longer than anybody waits
    qtbot.waitUntil(lambda: RunStatus.RUNNING in seen)

    def listed():  # both are listed anew when either changes, so that one may come after the other
        assert [row.status for row in library.rows] == [RunStatus.RUNNING, RunStatus.QUEUED]

    qtbot.waitUntil(listed)
    assert [row.title for row in library.rows] == ["batch 1", "batch 2"]
    running = queue.entries[0].path
    history = library.history(running)
    step = history.step
    qtbot.waitUntil(lambda: history.step > step)
    queue.cancel_all()
    qtbot.waitUntil(lambda: [row.status for row in library.rows] == [RunStatus.STOPPED])
    assert library.row(running).header.step > 0

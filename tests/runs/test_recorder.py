"""What is in a run's files at any moment, and what keeping them costs."""

import itertools
import os
from types import SimpleNamespace

import pytest

from mnist_studio.runs import recorder as recorder_module
from mnist_studio.runs.checkpoint import CheckpointError, read_checkpoint, write_checkpoint
from mnist_studio.runs.checkpoint_history import read_history
from mnist_studio.runs.journal import JournalReader, journal_path
from mnist_studio.runs.lock import hold_run
from mnist_studio.runs.recorder import RunRecorder
from mnist_studio.runs.restore import restore, take_checkpoint
from mnist_studio.training.control import TrainingControl
from mnist_studio.training.events import BatchEnded, EpochEnded, StillPaused
from mnist_studio.training.status import RunStatus
from mnist_studio.training.trainer import Trainer

from ..training.builders import small_run


@pytest.fixture
def path(tmp_path):
    return tmp_path / "run-0001.npz"


class Disk:
    """Time that passes only when a test says so, and a disk that takes as long as it says."""

    def __init__(self, monkeypatch):
        self.now = 1000.0
        self.costs = iter(())
        self.usual_cost = 0.001
        self.saved = []
        self.error = ""
        clock = SimpleNamespace(monotonic=lambda: self.now)
        monkeypatch.setattr(recorder_module, "time", clock)
        monkeypatch.setattr(recorder_module, "write_checkpoint", self._write)

    def _write(self, path, checkpoint, *, durable):
        begun = self.now
        self.now += next(self.costs, self.usual_cost)
        if self.error:
            raise CheckpointError(self.error)
        self.saved.append((begun, self.now, checkpoint))

    @property
    def begun(self):
        """When each state was taken."""
        return [begun for begun, _, _ in self.saved]

    @property
    def share(self):
        """How much of the time since the run began went into saving, its beginning aside."""
        taken = sum(end - begun for begun, end, _ in self.saved[1:])
        return taken / (self.now - self.saved[0][1])


@pytest.fixture
def disk(monkeypatch):
    return Disk(monkeypatch)


def record(trainer, path, disk, seconds, batch_seconds=0.05):
    """Train for so long in batches of so long; return the time of each epoch's end."""
    recorder, ends = RunRecorder(trainer, path), []
    begun = disk.now
    for event in trainer.run():
        if isinstance(event, BatchEnded):
            disk.now += batch_seconds
        if isinstance(event, EpochEnded):
            ends.append(disk.now)
        recorder.follow(event)
        if disk.now - begun > seconds:
            break
    return ends


def gaps(times):
    return [later - before for before, later in itertools.pairwise(times)]


# --- how often -----------------------------------------------------------------------------


def test_a_kill_in_a_long_epoch_costs_two_seconds(path, disk, blobs):
    trainer = Trainer(small_run(batch_size=1), blobs)
    ends = record(trainer, path, disk, seconds=11, batch_seconds=0.05)
    assert not ends
    assert gaps(disk.begun) == pytest.approx([2.0] * 5, abs=0.06)
    assert [state.status for _, _, state in disk.saved] == [RunStatus.RUNNING] * 6


def test_an_epoch_is_saved_when_it_ends(path, disk, blobs):
    trainer = Trainer(small_run(epochs=4), blobs)
    ends = record(trainer, path, disk, seconds=60, batch_seconds=0.1)
    assert len(ends) == 4
    assert set(ends) <= set(disk.begun)
    assert max(gaps(disk.begun)) < 2.11


@pytest.mark.parametrize("batch_size", [1, 240])
def test_a_large_network_is_saved_as_seldom_as_its_share_of_the_time_allows(
    path, disk, blobs, batch_size
):
    disk.usual_cost = 0.5
    trainer = Trainer(small_run(batch_size=batch_size, epochs=1000), blobs)
    record(trainer, path, disk, seconds=400, batch_seconds=0.4)
    first, *others = gaps(disk.begun)
    assert first < 3.0  # nothing is known of its cost yet
    assert others == pytest.approx([33.8] * 11, abs=0.5)
    assert 0.01 < disk.share < 0.02


def test_short_epochs_of_a_small_network_take_no_more_than_its_share(path, disk, blobs):
    disk.usual_cost = 0.005
    trainer = Trainer(small_run(batch_size=240, epochs=500), blobs)
    ends = record(trainer, path, disk, seconds=10, batch_seconds=0.03)
    assert disk.share < 0.02
    latest = [max(begun for begun in disk.begun if begun <= end) for end in ends[20:]]
    assert max(end - saved for end, saved in zip(ends[20:], latest, strict=True)) < 0.4


@pytest.mark.parametrize("before", [0, 2, 3])
def test_one_slow_write_is_not_taken_for_a_large_network(path, disk, blobs, before):
    disk.costs = iter([0.001] * before + [3.0])
    record(Trainer(small_run(batch_size=1), blobs), path, disk, seconds=11)
    assert max(gaps([end for _, end, _ in disk.saved])) < 5.2
    assert disk.now - disk.saved[-1][1] < 2.1


# --- what is there -------------------------------------------------------------------------


def test_a_run_is_in_its_files_from_its_beginning(path, blobs):
    with hold_run(path, "a test"):
        RunRecorder(Trainer(small_run(), blobs), path)
        assert read_checkpoint(path).status is RunStatus.RUNNING
    assert read_checkpoint(path).status is RunStatus.INTERRUPTED
    journal = JournalReader(journal_path(path))
    assert journal.read()
    assert journal.history.step == 0


def test_the_journal_is_never_behind_the_file(path, blobs, monkeypatch):
    monkeypatch.setattr(recorder_module, "SAVE_INTERVAL", 0.0)
    monkeypatch.setattr(recorder_module, "SHARE", 1.0)
    trainer = Trainer(small_run(), blobs)
    recorder, journal, steps = RunRecorder(trainer, path), JournalReader(journal_path(path)), set()
    for event in trainer.run():
        recorder.follow(event)
        journal.read()
        saved = read_history(path)
        assert journal.history.step >= saved.step
        assert journal.history.epoch_count >= saved.epoch_count
        steps.add(saved.step)
    assert len(steps) > 3


def test_a_run_that_goes_on_has_its_whole_curve_in_its_journal(path, blobs):
    first = Trainer(small_run(), blobs)
    events = first.run()
    while first.step < 20:
        next(events)
    write_checkpoint(path, take_checkpoint(first))
    events.close()
    RunRecorder(restore(read_checkpoint(path), blobs), path)
    journal = JournalReader(journal_path(path))
    assert journal.read()
    assert journal.history.losses.tolist() == first.history.losses.tolist()


def test_a_paused_run_is_saved_at_once_and_shows_that_it_is_there(path, blobs):
    control = TrainingControl()
    trainer = Trainer(small_run(), blobs, control)
    recorder, events = RunRecorder(trainer, path), trainer.run()
    for event in events:
        recorder.follow(event)
        if trainer.status is RunStatus.PAUSED:
            break
        if trainer.step == 7:
            control.pause()
    with hold_run(path, "a test"):
        saved, journal = read_checkpoint(path), JournalReader(journal_path(path))
    assert journal.read()
    assert (saved.status, saved.step, journal.history.step) == (RunStatus.PAUSED, 7, 7)
    os.utime(journal_path(path), (0, 0))
    recorder._flushes.due = 0.0
    recorder.follow(StillPaused())
    assert journal_path(path).stat().st_mtime > 0
    events.close()


def test_a_paused_run_is_not_saved_again_and_again(path, disk, blobs):
    control = TrainingControl()
    control.pause()
    trainer = Trainer(small_run(), blobs, control)
    recorder, events = RunRecorder(trainer, path), trainer.run()
    disk.error = "The disk is full."
    recorder.follow(next(events))
    assert trainer.status is RunStatus.PAUSED
    disk.error = ""
    saved = []
    for _ in range(10):
        disk.now += 10.0
        recorder.follow(StillPaused())
        saved.append(len(disk.saved))
    assert saved == [2] * 10  # at its beginning, and as soon as there was room
    events.close()


@pytest.mark.parametrize("keep", [False, True])
def test_the_journal_goes_when_the_file_has_everything(path, blobs, keep):
    trainer = Trainer(small_run(), blobs)
    recorder = RunRecorder(trainer, path)
    for event in trainer.run():
        recorder.follow(event)
    state = recorder.finish(keep_journal=keep)
    assert recorder.saved
    assert state.status is read_checkpoint(path).status is RunStatus.COMPLETED
    assert journal_path(path).exists() == keep
    if keep:
        journal = JournalReader(journal_path(path))
        assert journal.read()
        assert journal.history.counts == trainer.history.counts


@pytest.mark.parametrize("interrupted", [False, True])
def test_a_run_that_is_interrupted_is_not_stopped_for_good(path, blobs, interrupted):
    control = TrainingControl()
    trainer = Trainer(small_run(), blobs, control)
    recorder, events = RunRecorder(trainer, path), trainer.run()
    next(events)
    control.request_stop(interrupted=interrupted)
    for event in events:
        recorder.follow(event)
    state = recorder.finish()
    expected = RunStatus.INTERRUPTED if interrupted else RunStatus.STOPPED
    assert state.status is read_checkpoint(path).status is expected


def test_a_run_without_a_place_has_a_last_state_all_the_same(tmp_path, blobs):
    trainer = Trainer(small_run(), blobs)
    recorder = RunRecorder(trainer, None)
    for event in trainer.run():
        recorder.follow(event)
    assert recorder.finish().step == trainer.step
    assert not recorder.saved
    assert list(tmp_path.iterdir()) == []


def test_files_that_were_let_go_stay_as_they_are(path, blobs):
    trainer = Trainer(small_run(), blobs)
    recorder = RunRecorder(trainer, path)
    contents = [path.read_bytes(), journal_path(path).read_bytes()]
    recorder.let_go()
    for event in trainer.run():
        recorder.follow(event)
    assert recorder.finish().step == trainer.step
    assert not recorder.saved
    assert [path.read_bytes(), journal_path(path).read_bytes()] == contents


def test_a_run_of_another_name_has_no_journal_in_its_place(tmp_path, blobs):
    path = tmp_path / "run.journal"
    trainer = Trainer(small_run(), blobs)
    recorder = RunRecorder(trainer, path)
    for event in trainer.run():
        recorder.follow(event)
    recorder.finish()
    assert read_checkpoint(path).step == trainer.step
    assert list(tmp_path.iterdir()) == [path]


# --- what fails ----------------------------------------------------------------------------


def test_a_journal_that_cannot_be_removed_costs_the_run_nothing(path, blobs, monkeypatch):
    def refuse(self, missing_ok=False):
        raise PermissionError("somebody watches the run")

    trainer = Trainer(small_run(), blobs)
    recorder = RunRecorder(trainer, path)
    for event in trainer.run():
        recorder.follow(event)
    monkeypatch.setattr("pathlib.Path.unlink", refuse)
    assert recorder.finish().status is RunStatus.COMPLETED
    assert read_checkpoint(path).status is RunStatus.COMPLETED


def test_a_failure_is_told_once_for_each_reason_and_the_run_goes_on(path, disk, blobs):
    full, gone = "The disk is full.", "The disk is gone."
    errors = {10: gone, 20: "", 30: gone}  # from these steps on
    told, disk.error = [], full
    trainer = Trainer(small_run(epochs=40, batch_size=240), blobs)
    recorder = RunRecorder(trainer, path, told.append)
    for event in trainer.run():
        if isinstance(event, BatchEnded):
            disk.now += 1.0
            disk.error = errors.get(event.step, disk.error)
        recorder.follow(event)
    assert told == [full, gone, gone]
    assert trainer.status is RunStatus.COMPLETED
    assert {state.step for _, _, state in disk.saved} <= set(range(20, 30))
    recorder.finish()
    assert not recorder.saved
    assert journal_path(path).exists()  # which has more than the file

"""A run in a process of its own: obedient, safe, and the same numbers."""

import errno
import os
import pickle
import threading
from contextlib import closing, contextmanager

import pytest

from mnist_studio.data.errors import DataError
from mnist_studio.runs import recorder
from mnist_studio.runs.checkpoint import CheckpointError, read_checkpoint, write_checkpoint
from mnist_studio.runs.checkpoint_history import read_history
from mnist_studio.runs.journal import JournalReader, journal_path
from mnist_studio.runs.lock import hold_run
from mnist_studio.runs.requests import Request, remove_request, write_request
from mnist_studio.runs.restore import take_checkpoint
from mnist_studio.sweeps import run_job
from mnist_studio.sweeps.run_job import RunJob, train_run
from mnist_studio.training.status import Failure, FailureKind, RunStatus
from mnist_studio.training.trainer import Trainer

from ..polling import PATIENCE, wait_until
from ..training.builders import (
    assert_begins_the_same,
    assert_same_arrays,
    small_blobs,
    small_run,
    train,
    without_seconds,
)

LONG = {"epochs": 1000, "batch_size": 4}


@pytest.fixture(autouse=True)
def _blobs_everywhere(blobs, monkeypatch):
    monkeypatch.setattr(run_job, "_dataset", lambda name, folder: blobs)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "run-0001.npz"


def job(path, token="mine", **training) -> RunJob:
    return RunJob(small_run(optimizer="adam", dropout=0.2, **training), path, token)


@contextmanager
def at_work(job):
    """Train in another thread; yields a list that holds the result afterwards."""
    results = []
    write_request(job.path, job.token, Request.TRAIN)
    thread = threading.Thread(target=lambda: results.append(train_run(job)))
    thread.start()
    try:
        yield results
    finally:
        if thread.is_alive():
            thread.join(PATIENCE)
            assert not thread.is_alive()


def status_of(path):
    return read_checkpoint(path).status if path.exists() else None


def assert_same_numbers(path, config, dataset):
    """Assert that a run file holds what an undisturbed training in this process gives."""
    saved, whole = read_checkpoint(path), take_checkpoint(train(config, dataset))
    assert saved.status is RunStatus.COMPLETED
    assert_same_arrays(saved.weights, whole.weights)
    assert_same_arrays(saved.best_weights, whole.best_weights)
    assert without_seconds(saved.history) == without_seconds(whole.history)


def test_a_job_trains_as_the_trainer_does(path, blobs):
    write_request(path, "mine", Request.TRAIN)
    result = train_run(job(path))
    assert (result.status, result.failure, result.checkpoint) == (RunStatus.COMPLETED, None, None)
    assert_same_numbers(path, job(path).config, blobs)


def test_the_journal_has_the_whole_run_at_its_end(path):
    write_request(path, "mine", Request.TRAIN)
    train_run(job(path))
    journal, saved = JournalReader(journal_path(path)), read_history(path)
    assert journal.read()
    assert journal.history.counts == saved.counts
    assert journal.history.losses.tolist() == saved.losses.tolist()


def test_an_interrupted_run_goes_on_bit_for_bit(path, blobs):
    part = Trainer(job(path).config, blobs)
    with closing(part.run()) as events:
        for _ in events:
            if part.step == 20:
                write_checkpoint(path, take_checkpoint(part))
                break
    assert read_checkpoint(path).status is RunStatus.INTERRUPTED
    write_request(path, "mine", Request.TRAIN)
    assert train_run(job(path)).status is RunStatus.COMPLETED
    assert_same_numbers(path, job(path).config, blobs)


def test_an_ended_run_is_left_as_it_is(path):
    write_request(path, "mine", Request.TRAIN)
    train_run(job(path))
    content = path.read_bytes()
    assert train_run(job(path)).status is RunStatus.COMPLETED
    assert path.read_bytes() == content


def test_a_diverging_run_is_a_result_and_in_its_file(path):
    write_request(path, "mine", Request.TRAIN)
    result = train_run(RunJob(small_run(optimizer="momentum", learning_rate=10.0), path, "mine"))
    assert result.status is RunStatus.FAILED
    assert result.failure.kind is FailureKind.DIVERGED
    saved = read_checkpoint(path)
    assert (saved.status, saved.failure) == (RunStatus.FAILED, result.failure)


@pytest.mark.parametrize(
    ("request_made", "status"),
    [(Request.STOP, RunStatus.STOPPED), (Request.INTERRUPT, RunStatus.INTERRUPTED)],
)
def test_a_run_ends_when_it_is_asked_to_and_can_go_on(path, blobs, request_made, status):
    with at_work(job(path, **LONG)) as results:
        wait_until(lambda: status_of(path) is RunStatus.RUNNING)
        write_request(path, "mine", request_made)
    assert results[0].status is status
    saved = read_checkpoint(path)
    assert saved.status is status
    assert_begins_the_same(path, job(path, **LONG).config, blobs)


def test_a_paused_run_is_saved_waits_and_goes_on_to_the_same_numbers(path, blobs):
    slow = job(path, **LONG)
    with at_work(slow):
        write_request(path, "mine", Request.PAUSE)
        wait_until(lambda: status_of(path) is RunStatus.PAUSED)
        step = read_checkpoint(path).step
        journal = JournalReader(journal_path(path))
        assert journal.read()
        assert journal.history.step == step
        assert read_checkpoint(path).step == step
        write_request(path, "mine", Request.TRAIN)
        wait_until(lambda: journal.read() and journal.history.step > step)
        write_request(path, "mine", Request.STOP)
    assert read_checkpoint(path).step > step
    assert_begins_the_same(path, slow.config, blobs)


def test_a_paused_run_can_be_stopped(path):
    with at_work(job(path, **LONG)) as results:
        write_request(path, "mine", Request.PAUSE)
        wait_until(lambda: status_of(path) is RunStatus.PAUSED)
        write_request(path, "mine", Request.STOP)
    assert results[0].status is RunStatus.STOPPED


def test_a_job_of_another_machine_writes_nothing_and_returns_its_state(path, blobs):
    result = train_run(job(path))
    assert list(path.parent.iterdir()) == []
    assert result.status is RunStatus.COMPLETED
    whole = train(job(path).config, blobs)
    assert_same_arrays(result.checkpoint.weights, whole.network.weights())
    assert pickle.loads(pickle.dumps(result)).checkpoint.step == whole.step


@pytest.mark.parametrize("replaced", [True, False])
def test_a_replaced_job_ends_and_leaves_the_files_alone(path, monkeypatch, replaced):
    monkeypatch.setattr(recorder, "SHARE", 1e-9)  # so that it is saved once, and then at its end
    with at_work(job(path, **LONG)) as results:
        wait_until(lambda: path.exists() and read_checkpoint(path).step)
        if replaced:
            write_request(path, "another", Request.TRAIN)
        else:
            remove_request(path)
        content = path.read_bytes()
    assert path.read_bytes() == content
    assert results[0].status is RunStatus.INTERRUPTED


def test_a_job_whose_owner_is_gone_saves_and_ends(path, monkeypatch):
    orphaned = threading.Event()
    monkeypatch.setattr(run_job, "orphaned", orphaned)
    journal = JournalReader(journal_path(path))
    with at_work(job(path, **LONG)) as results:
        wait_until(lambda: journal.read() and journal.history.step)
        orphaned.set()
    assert results[0].status is RunStatus.INTERRUPTED
    assert read_checkpoint(path).step > 0


def refuse_to_save(monkeypatch, times_before):
    """Let so many states be saved, and no others."""

    def write(path, state, *, durable):
        saved.append(path)
        if len(saved) > times_before:
            raise CheckpointError("The disk is full.")
        write_checkpoint(path, state, durable=durable)

    saved = []
    monkeypatch.setattr(recorder, "write_checkpoint", write)


def test_what_cannot_be_saved_at_its_end_is_returned(path, monkeypatch):
    refuse_to_save(monkeypatch, 1)
    write_request(path, "mine", Request.TRAIN)
    result = train_run(job(path))
    assert result.status is RunStatus.COMPLETED
    assert result.checkpoint.step > 0


def test_a_run_whose_beginning_cannot_be_saved_is_not_trained_in_vain(path, monkeypatch):
    refuse_to_save(monkeypatch, 0)
    write_request(path, "mine", Request.TRAIN)
    result = train_run(job(path))
    assert result.status is RunStatus.INTERRUPTED
    assert result.failure == Failure(FailureKind.OTHER, "The disk is full.")
    assert result.checkpoint is None


def test_a_run_that_another_program_trains_is_left_to_it(path, monkeypatch):
    monkeypatch.setattr(run_job, "PATIENCE", 0.05)
    write_request(path, "mine", Request.TRAIN)
    with hold_run(path, "a terminal"):
        result = train_run(job(path))
    assert result.status is RunStatus.INTERRUPTED
    assert "is being trained by a terminal" in result.failure.message
    assert not path.exists()


def test_a_run_whose_file_cannot_be_read_now_can_go_on_another_time(path, monkeypatch):
    write_checkpoint(path, take_checkpoint(Trainer(small_run(), small_blobs())))
    write_request(path, "mine", Request.TRAIN)

    def fail(path):
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    with monkeypatch.context() as broken:
        broken.setattr("mnist_studio.runs.checkpoint.open_archive", fail)
        result = train_run(job(path))
    assert result.status is RunStatus.INTERRUPTED
    assert os.strerror(errno.EIO) in result.failure.message
    assert train_run(job(path)).status is RunStatus.COMPLETED


def test_a_journal_that_cannot_be_written_does_not_end_the_run(path, blobs):
    journal_path(path).mkdir()
    write_request(path, "mine", Request.TRAIN)
    assert train_run(job(path)).status is RunStatus.COMPLETED
    assert_same_numbers(path, job(path).config, blobs)


def test_a_run_whose_images_are_not_there_can_go_on_when_they_are_back(path, monkeypatch):
    def fail(name, folder):
        raise DataError("The images are not there.")

    write_request(path, "mine", Request.TRAIN)
    with monkeypatch.context() as gone:
        gone.setattr(run_job, "_dataset", fail)
        result = train_run(job(path))
    assert result.status is RunStatus.INTERRUPTED
    assert result.failure.message == "The images are not there."
    assert train_run(job(path)).status is RunStatus.COMPLETED


def test_a_damaged_file_fails_with_a_sentence(path):
    path.write_bytes(b"damaged")
    write_request(path, "mine", Request.TRAIN)
    result = train_run(job(path))
    assert result.status is RunStatus.FAILED
    assert result.failure.kind is FailureKind.OTHER
    assert "damaged" in result.failure.message
    assert path.read_bytes() == b"damaged"


def test_a_long_run_is_saved_now_and_then(path, monkeypatch):
    monkeypatch.setattr(recorder, "SAVE_INTERVAL", 0.01)
    with at_work(job(path, **LONG)):
        wait_until(lambda: path.exists() and read_checkpoint(path).step > 50)
        write_request(path, "mine", Request.INTERRUPT)

"""Commands in, facts out, with the real threads."""

import contextlib
import dataclasses
import threading
from types import SimpleNamespace

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QThread

from mnist_studio.data.errors import DataError
from mnist_studio.data.pixels import unit_range
from mnist_studio.nn.network import Network
from mnist_studio.runs import recorder
from mnist_studio.runs.checkpoint import Checkpoint, read_checkpoint
from mnist_studio.runs.journal import JournalReader, journal_path
from mnist_studio.runs.label import RunLabel
from mnist_studio.runs.lock import hold_run
from mnist_studio.runs.opened import open_run
from mnist_studio.runs.restore import restore, take_checkpoint
from mnist_studio.runs.store import RunStore
from mnist_studio.session.run_files import Purpose
from mnist_studio.session.session import Session
from mnist_studio.session.worker import TrainingWorker
from mnist_studio.sweeps import workers
from mnist_studio.training.config import DataConfig
from mnist_studio.training.failures import failure_of
from mnist_studio.training.status import FailureKind, RunStatus
from mnist_studio.training.trainer import Trainer

from ..polling import PATIENCE
from ..training.builders import (
    assert_same_arrays,
    assert_same_run,
    small_run,
    train,
    without_seconds,
)

LONG = {"epochs": 1000}


def run_to_the_end(session, qtbot, config):
    with qtbot.waitSignal(session.run_ended):
        session.start(config)


def start_and_wait(session, qtbot, config, signal="batches_ended"):
    with qtbot.waitSignal(getattr(session, signal)):
        session.start(config)


def stop_and_wait(session, qtbot):
    with qtbot.waitSignal(session.run_ended):
        session.stop()


def wait_for_status(session, qtbot, status):
    qtbot.waitUntil(lambda: session.status is status)


def run_files(tmp_path):
    return sorted((tmp_path / "runs").glob("*.npz"))


def assert_goes_on_exactly(path, dataset):
    """Assert that a run file leads to the numbers of a run that nobody disturbed."""
    saved = read_checkpoint(path)
    epochs = saved.step // 15 + 2
    resumed = restore(saved, dataset, epochs=epochs)
    list(resumed.run())
    assert_same_run(resumed, train(saved.config.with_epochs(epochs), dataset))


# --- what arrives --------------------------------------------------------------------------


@pytest.mark.parametrize("batch_size", [1, 16, 10_000])
def test_every_batch_arrives_in_order_and_none_is_dropped(
    session, record, qtbot, blobs, batch_size
):
    config = small_run(batch_size=batch_size, learning_rate=0.01, epochs=4)
    run_to_the_end(session, qtbot, config)
    expected = train(config, blobs)
    arrived = record.of("batches_ended")
    firsts = np.cumsum([1] + [each.batches.shape[1] for each in arrived])
    assert [each.first_step for each in arrived] == firsts[:-1].tolist()
    losses = np.concatenate([each.batches[0] for each in arrived])
    np.testing.assert_array_equal(losses, expected.history.losses)
    mine = without_seconds(session.run.history.to_arrays())
    assert mine == without_seconds(expected.history.to_arrays())
    assert session.run.history.test.accuracy == expected.history.test.accuracy


@pytest.mark.parametrize("cores", [1, 2])
def test_with_a_core_to_spare_the_same_is_trained(
    session, qtbot, monkeypatch, tmp_path, blobs, cores
):
    monkeypatch.setattr(workers, "usable_cores", lambda: cores)
    config = small_run(batch_size=32, shift=1.0, elastic=0.5)
    run_to_the_end(session, qtbot, config)
    (path,) = run_files(tmp_path)
    assert_same_arrays(read_checkpoint(path).weights, train(config, blobs).network.weights())


def test_events_are_told_in_the_order_of_a_run(session, record, qtbot):
    run_to_the_end(session, qtbot, small_run(epochs=2))
    told = record.names("dataset_loading", "dataset_changed", "run_started", "run_ended")
    assert told == ["dataset_loading", "dataset_changed", "run_started", "run_ended"]
    facts = record.names("epoch_ended", "test_evaluated", "run_ended")
    assert facts == ["epoch_ended", "epoch_ended", "test_evaluated", "run_ended"]
    queued, running, completed = RunStatus.QUEUED, RunStatus.RUNNING, RunStatus.COMPLETED
    assert record.of("status_changed") == [queued, running, completed]
    assert record.told[-1] == ("run_ended", (completed, None))


def test_a_batch_is_in_the_history_before_it_is_told(session, qtbot):
    behind = []
    session.batches_ended.connect(
        lambda each: behind.append(
            session.run.history.step - each.first_step - each.batches.shape[1] + 1
        )
    )
    run_to_the_end(session, qtbot, small_run())
    assert set(behind) == {0}


def test_everything_is_told_in_the_windows_thread(session, record, qtbot):
    run_to_the_end(session, qtbot, small_run())
    assert record.threads == {QThread.currentThread()}


def test_batches_belong_to_the_receiver(session, record, qtbot):
    run_to_the_end(session, qtbot, small_run())
    before = session.run.history.losses.copy()
    for each in record.of("batches_ended"):
        each.batches[...] = -1
    np.testing.assert_array_equal(session.run.history.losses, before)


def test_a_second_run_starts_a_new_history_and_a_new_file(session, record, qtbot, tmp_path, blobs):
    for seed in (1, 2):
        run_to_the_end(session, qtbot, small_run(seed=seed, epochs=1))
        expected = train(small_run(seed=seed, epochs=1), blobs).history.losses
        np.testing.assert_array_equal(session.run.history.losses, expected)
    assert len(run_files(tmp_path)) == 2
    assert len(record.of("run_started")) == len(record.of("run_ended")) == 2
    assert record.names("dataset_changed") == ["dataset_changed"]


def test_a_run_that_is_active_is_not_started_again(session, record, qtbot):
    start_and_wait(session, qtbot, small_run(**LONG))
    session.start(small_run())
    session.continue_run()
    stop_and_wait(session, qtbot)
    assert len(record.of("run_started")) == 1


# --- exactly one end -----------------------------------------------------------------------


def ends(session, record):
    """Return all ends told, those too that are still on their way."""
    session.shut_down()
    QCoreApplication.sendPostedEvents()
    return record.of("run_ended")


def test_a_completed_run_ends_once(session, record, qtbot):
    run_to_the_end(session, qtbot, small_run(epochs=1))
    session.stop()
    assert ends(session, record) == [(RunStatus.COMPLETED, None)]


def test_a_stopped_run_ends_once(session, record, qtbot):
    start_and_wait(session, qtbot, small_run(**LONG))
    session.stop()
    session.stop()
    wait_for_status(session, qtbot, RunStatus.STOPPED)
    assert ends(session, record) == [(RunStatus.STOPPED, None)]
    assert session.run.history.test is None


def test_a_run_stopped_before_its_first_batch_ends_once(session, record, qtbot, blobs):
    session.data.dataset = blobs
    with qtbot.waitSignal(session.run_ended):
        session.start(small_run(**LONG))
        session.stop()
    assert ends(session, record) == [(RunStatus.STOPPED, None)]


def test_a_run_stopped_while_its_data_load_ends_once(session, record, qtbot):
    with qtbot.waitSignal(session.data.changed):
        session.start(small_run(**LONG))
        session.stop()
    assert ends(session, record) == [(RunStatus.STOPPED, None)]
    assert record.of("run_started") == []


def test_a_run_whose_data_still_load_when_the_window_closes_ends_once(session, record):
    session.start(small_run(**LONG))
    assert session.status is RunStatus.QUEUED
    assert ends(session, record) == [(RunStatus.STOPPED, None)]
    assert not session.active


def test_a_run_whose_data_are_called_off_is_stopped_and_has_not_failed(session, record, qtbot):
    with qtbot.waitSignal(session.run_ended):
        session.start(small_run(**LONG))
        session.data.load("fashion-mnist")
    assert ends(session, record) == [(RunStatus.STOPPED, None)]


def test_a_diverging_run_ends_once_with_its_reason(session, record, qtbot):
    config = small_run(hidden=(32, 32), learning_rate=10.0, optimizer="momentum")
    run_to_the_end(session, qtbot, config)
    ((status, failure),) = ends(session, record)
    assert status is RunStatus.FAILED
    assert failure.kind is FailureKind.DIVERGED
    assert not session.can_continue(1000)
    assert np.isfinite(session.predict(np.zeros((28, 28), np.uint8))).all()


@pytest.mark.parametrize(
    ("error", "sentence"),
    [(DataError("The data are gone."), "The data are gone."), (RuntimeError("odd"), "odd")],
)
def test_a_run_without_its_data_ends_once(session, record, qtbot, shelf, error, sentence):
    shelf.errors["mnist-10k"] = error
    run_to_the_end(session, qtbot, small_run())
    ((status, failure),) = ends(session, record)
    assert status is RunStatus.FAILED
    assert sentence in failure.message
    assert record.of("dataset_failed") == [("mnist-10k", failure.message)]
    assert not session.active


@pytest.mark.parametrize("error", [MemoryError(), ZeroDivisionError("odd")])
@pytest.mark.parametrize(
    ("owner", "function"),
    [(Network, "train_batch"), (Network, "logits"), (Trainer, "__init__")],
)
def test_a_run_broken_off_by_an_error_ends_once(
    session, record, qtbot, monkeypatch, owner, function, error
):
    def fail(*args, **kwargs):
        raise error

    monkeypatch.setattr(owner, function, fail)
    run_to_the_end(session, qtbot, small_run())
    assert ends(session, record) == [(RunStatus.FAILED, failure_of(error))]


@pytest.mark.parametrize("function", ["weights", "copy"])
def test_a_run_whose_report_fails_ends_once(session, record, qtbot, monkeypatch, function):
    def fail(self):
        raise MemoryError

    run_to_the_end(session, qtbot, small_run(epochs=1))  # the network itself can be built
    monkeypatch.setattr(Network, function, fail)
    run_to_the_end(session, qtbot, small_run())
    assert [status for status, _ in ends(session, record)] == [
        RunStatus.COMPLETED,
        RunStatus.FAILED,
    ]


def test_a_session_goes_on_after_a_failure(session, record, qtbot, monkeypatch):
    with monkeypatch.context() as broken:
        broken.setattr(Network, "train_batch", None)
        run_to_the_end(session, qtbot, small_run())
    run_to_the_end(session, qtbot, small_run(epochs=1))
    assert [status for status, _ in ends(session, record)] == [
        RunStatus.FAILED,
        RunStatus.COMPLETED,
    ]


# --- steering ------------------------------------------------------------------------------


def test_pause_and_resume_change_no_number(session, record, qtbot, blobs):
    start_and_wait(session, qtbot, small_run(**LONG))
    session.pause()
    wait_for_status(session, qtbot, RunStatus.PAUSED)
    paused_at = session.run.history.step
    with qtbot.waitSignal(session.batches_ended):
        session.resume()
    stop_and_wait(session, qtbot)
    losses = session.run.history.losses
    assert len(losses) > paused_at
    undisturbed = train(small_run(epochs=len(losses) // 15 + 1), blobs).history.losses
    np.testing.assert_array_equal(losses, undisturbed[: len(losses)])
    paused, running = RunStatus.PAUSED, RunStatus.RUNNING
    assert record.of("status_changed")[-3:] == [paused, running, RunStatus.STOPPED]


def test_step_trains_single_batches(session, qtbot):
    session.start(small_run(), first="batch")
    for step in (1, 2, 3):
        wait_for_status(session, qtbot, RunStatus.PAUSED)
        assert session.run.history.step == step
        with qtbot.waitSignals([session.status_changed] * 2):
            session.step()


def test_run_epoch_trains_single_epochs(session, qtbot):
    session.start(small_run(), first="epoch")
    for epoch in (1, 2):
        wait_for_status(session, qtbot, RunStatus.PAUSED)
        assert session.run.history.step == 15 * epoch
        assert len(session.run.history.epochs) == epoch
        with qtbot.waitSignals([session.status_changed] * 2):
            session.run_epoch()
    stop_and_wait(session, qtbot)


def test_a_paused_run_can_be_stopped(session, record, qtbot):
    session.start(small_run(), first="batch")
    wait_for_status(session, qtbot, RunStatus.PAUSED)
    stop_and_wait(session, qtbot)
    assert session.run.history.step == 1


def test_a_live_change_is_told_and_kept(session, record, qtbot):
    session.start(small_run(epochs=1), first="batch")
    wait_for_status(session, qtbot, RunStatus.PAUSED)
    session.set_live("learning_rate", 0.02)
    with qtbot.waitSignal(session.run_ended):
        session.resume()
    (change,) = record.of("hyperparameter_changed")
    assert change == (1, "learning_rate", 0.02)
    assert session.run.history.changes == [change]
    assert set(session.run.history.learning_rates[1:]) == {np.float32(0.02)}


@pytest.mark.parametrize(("name", "value"), [("dropout", 2.0), ("learning_rate", 0.0)])
def test_a_live_change_out_of_bounds_is_a_sentence_and_never_reaches_the_run(
    session, record, qtbot, name, value
):
    session.start(small_run(), first="batch")
    wait_for_status(session, qtbot, RunStatus.PAUSED)
    session.set_live(name, value)
    assert record.of("failed")[0].startswith(f"{name} is {value:g}, but must be between")
    stop_and_wait(session, qtbot)
    assert record.of("hyperparameter_changed") == []
    assert session.status is RunStatus.STOPPED


def test_commands_without_a_run_do_nothing(session, record, tmp_path):
    for command in (session.pause, session.resume, session.step, session.run_epoch, session.stop):
        command()
    session.continue_run()
    session.set_live("l2", 0.1)
    session.save_as(tmp_path / "nothing.npz")
    assert session.predict(np.zeros((28, 28), np.uint8)) is None
    assert ends(session, record) == []
    assert not (tmp_path / "nothing.npz").exists()


# --- the network for the pad ---------------------------------------------------------------


def test_predictions_work_while_the_network_learns(session, record, qtbot, blobs):
    image = blobs.test_images[0].reshape(28, 28)
    start_and_wait(session, qtbot, small_run(**LONG))
    answers = []
    for _ in range(3):
        with qtbot.waitSignal(session.network_changed):
            pass
        answers.append(session.predict(image))
    assert session.status is RunStatus.RUNNING
    stop_and_wait(session, qtbot)
    for probabilities in answers:
        assert len(probabilities) == 10
        assert sum(probabilities) == pytest.approx(1, abs=1e-5)
    assert answers[0] != answers[-1]


def test_predicting_changes_no_number(session, qtbot, blobs):
    config = small_run(dropout=0.5, epochs=10)
    image = blobs.test_images[0].reshape(28, 28)
    session.batches_ended.connect(lambda batches: session.predict(image))
    run_to_the_end(session, qtbot, config)
    np.testing.assert_array_equal(session.run.history.losses, train(config, blobs).history.losses)


def test_at_the_end_the_best_epochs_network_answers(session, qtbot, blobs):
    config = small_run(epochs=8, learning_rate=3.0, hidden=(4,))
    run_to_the_end(session, qtbot, config)
    expected = train(config, blobs)
    assert not expected.history.epochs[-1].best  # or the test shows nothing
    best = expected.network.copy()
    best.load_weights(expected.best_weights)
    pixels = blobs.test_images[:1] * np.float32(1 / 255)
    answer = session.predict(blobs.test_images[0].reshape(28, 28))
    assert answer == best.predict_probabilities(pixels)[0].tolist()


def test_the_network_that_views_get_is_a_snapshot_that_nobody_changes(session, qtbot, blobs):
    start_and_wait(session, qtbot, small_run(**LONG))
    first = session.run.network
    weights = first.weights()
    with qtbot.waitSignals([session.network_changed] * 2):
        pass
    assert session.run.network is not first
    assert_same_arrays(first.weights(), weights)
    with pytest.raises(ValueError, match="read-only"):
        first.load_weights(session.run.network.weights())
    stop_and_wait(session, qtbot)


# --- saving --------------------------------------------------------------------------------


@pytest.mark.parametrize("averaging", [0.0, 0.3])
def test_every_copy_of_the_weights_says_how_many_batches_made_it(session, qtbot, blobs, averaging):
    copies = []
    session.network_changed.connect(lambda: copies.append(session.run.newest))
    config = small_run(epochs=4, averaging=averaging)
    run_to_the_end(session, qtbot, config)
    trainer = Trainer(config, blobs)
    weights = {0: trainer.average.network.weights()}
    for _ in trainer.run():
        weights[trainer.step] = trainer.average.network.weights()
    assert len({each.step for each in copies}) > 2
    for each in copies:
        assert_same_arrays(each.network.weights(), weights[each.step])
    assert copies[-1].step == trainer.history.kept_step


def test_an_earlier_network_answers_until_the_newest_is_asked_again(session, record, qtbot, blobs):
    image = blobs.test_images[0].reshape(28, 28)
    start_and_wait(session, qtbot, small_run(**LONG))
    first = session.run.newest
    early = first.network.predict_probabilities(unit_range(image.reshape(1, -1)))[0].tolist()
    qtbot.waitUntil(lambda: session.run.newest.step > first.step)
    session.recall(first)
    told = len(record.of("network_changed"))
    assert session.predict(image) == early
    qtbot.waitUntil(lambda: len(record.of("network_changed")) > told)
    assert session.predict(image) == early  # though the training goes on
    session.recall(None)
    assert session.predict(image) != early
    session.recall(first)
    stop_and_wait(session, qtbot)
    assert session.predict(image) == early
    start_and_wait(session, qtbot, small_run(**LONG))
    assert session.run.recalled is None  # another run has no such past


def test_a_run_that_fails_in_its_first_epoch_answers_as_before_its_first_batch(session, qtbot):
    config = small_run(learning_rate=10.0, hidden=(12, 12), optimizer="momentum", batch_size=4)
    begun = []
    session.run_started.connect(lambda run: begun.append(run.newest))
    start_and_wait(session, qtbot, config, "run_started")
    first = begun[0]  # a newer one may be there by now
    qtbot.waitUntil(lambda: not session.active)
    assert session.status is RunStatus.FAILED
    assert session.run.history.step > 0
    assert session.run.history.epoch_count == 0
    assert session.run.newest.step == 0
    assert_same_arrays(session.run.network.weights(), first.network.weights())
    with qtbot.waitSignal(session.opener.opened):
        session.opener.open(session.run.path)
    assert session.run.newest.step == 0


def test_an_opened_run_says_which_epochs_weights_it_has(session, qtbot, stopped_file):
    with qtbot.waitSignal(session.opener.opened):
        session.opener.open(stopped_file)
    assert session.run.newest.step == session.run.history.kept_step


def test_the_run_is_saved_by_itself_when_it_ends(session, qtbot, tmp_path, blobs):
    run_to_the_end(session, qtbot, small_run())
    (path,) = run_files(tmp_path)
    saved = read_checkpoint(path)
    assert saved.status is RunStatus.COMPLETED
    expected = take_checkpoint(train(small_run(), blobs))
    assert without_seconds(saved.history) == without_seconds(expected.history)


def test_the_run_is_saved_at_every_epoch_and_goes_on_from_there_exactly(
    session, qtbot, tmp_path, blobs
):
    """As after a power cut: what counts is the file that is there while the run goes on."""
    config = small_run(epochs=6, optimizer="adam", dropout=0.2)
    session.start(config, first="epoch")
    wait_for_status(session, qtbot, RunStatus.PAUSED)
    (path,) = run_files(tmp_path)
    content = path.read_bytes()
    stop_and_wait(session, qtbot)
    (tmp_path / "survivor.npz").write_bytes(content)
    assert_goes_on_exactly(tmp_path / "survivor.npz", blobs)


def test_saving_works_while_running(session, record, qtbot, tmp_path, blobs):
    path = tmp_path / "mine.npz"
    start_and_wait(session, qtbot, small_run(**LONG))
    with qtbot.waitSignal(session.saved):
        session.save_as(path)
    stop_and_wait(session, qtbot)
    assert record.of("saved") == [path]
    assert_goes_on_exactly(path, blobs)


def test_saving_works_while_paused(session, qtbot, tmp_path):
    path = tmp_path / "mine.npz"
    session.start(small_run(), first="batch")
    wait_for_status(session, qtbot, RunStatus.PAUSED)
    with qtbot.waitSignal(session.saved):
        session.save_as(path)
    assert read_checkpoint(path).step == 1
    assert session.status is RunStatus.PAUSED
    stop_and_wait(session, qtbot)


def test_saving_works_when_the_run_has_ended(session, record, qtbot, tmp_path):
    path = tmp_path / "mine.npz"
    run_to_the_end(session, qtbot, small_run())
    with qtbot.waitSignal(session.saved):
        session.save_as(path)
    assert record.of("saved") == [path]
    assert read_checkpoint(path).step == 45


def test_saving_asked_for_in_the_moment_the_run_ends_is_done(session, qtbot, tmp_path):
    path = tmp_path / "mine.npz"
    session.test_evaluated.connect(lambda event: session.save_as(path))
    with qtbot.waitSignals([session.run_ended, session.saved]):
        session.start(small_run())
    assert read_checkpoint(path).step == 45


def test_a_save_that_fails_is_told_and_the_run_goes_on(session, record, qtbot, tmp_path):
    (tmp_path / "runs").write_text("a file where the folder should be")
    run_to_the_end(session, qtbot, small_run(epochs=1))
    assert record.of("run_ended") == [(RunStatus.COMPLETED, None)]
    (message,) = record.of("failed")
    assert "could not be written" in message
    with qtbot.waitSignal(session.failed):
        session.save_as(tmp_path / "runs" / "mine.npz")


@pytest.mark.parametrize("running", [True, False])
def test_no_run_is_written_over_that_another_program_trains(
    running, session, record, qtbot, tmp_path
):
    path = tmp_path / "mine.npz"
    if running:
        start_and_wait(session, qtbot, small_run(**LONG))
    else:
        run_to_the_end(session, qtbot, small_run())
    with hold_run(path, "a terminal"), qtbot.waitSignal(session.failed):
        session.save_as(path)
    assert "mine is being trained by a terminal" in record.of("failed")[-1]
    assert not path.exists()


def test_a_run_is_saved_to_its_own_file_by_another_way_to_it(session, record, qtbot):
    start_and_wait(session, qtbot, small_run(**LONG))
    folder = session.run.path.parent
    path = folder / ".." / folder.name / session.run.path.name
    with qtbot.waitSignal(session.saved) as saved:
        session.save_as(path)
    assert saved.args == [path]
    assert record.of("failed") == []
    stop_and_wait(session, qtbot)


def test_every_run_gets_a_number_and_its_file_is_there_from_the_first_batch(
    session, qtbot, tmp_path
):
    for number in (1, 2):
        with qtbot.waitSignal(session.epoch_ended):
            session.start(small_run(epochs=100))
        assert session.run.path == tmp_path / "runs" / f"run-{number:04d}.npz"
        assert read_checkpoint(session.run.path).status.active
        with qtbot.waitSignal(session.run_ended):
            session.stop()


def test_a_long_epoch_is_saved_on_its_way(session, qtbot, tmp_path, monkeypatch):
    monkeypatch.setattr(recorder, "SAVE_INTERVAL", 0.0)
    saved = []
    write = recorder.write_checkpoint

    def note_and_write(path, state, *, durable):
        saved.append(state)
        write(path, state, durable=durable)

    monkeypatch.setattr(recorder, "write_checkpoint", note_and_write)
    start_and_wait(session, qtbot, small_run(batch_size=1, learning_rate=0.001, epochs=1000))
    qtbot.waitUntil(
        lambda: any(each.step % 240 and each.status is RunStatus.RUNNING for each in saved)
    )
    stop_and_wait(session, qtbot)


def test_a_run_can_be_watched_by_others_until_it_ends(session, qtbot, blobs):
    start_and_wait(session, qtbot, small_run(batch_size=1, learning_rate=0.001, epochs=1000))
    path = journal_path(session.run.path)
    journal = JournalReader(path)
    qtbot.waitUntil(lambda: journal.read() and journal.history.step > 240)
    stop_and_wait(session, qtbot)
    watched = journal.history.losses
    np.testing.assert_array_equal(watched, session.run.history.losses[: len(watched)])
    assert not path.exists()


def test_a_fork_is_a_new_run_that_begins_where_the_other_left(session, qtbot, tmp_path):
    run_to_the_end(session, qtbot, small_run(epochs=2))
    parent, step = session.run.path, session.run.history.step
    with qtbot.waitSignal(session.run_ended):
        config = small_run(epochs=1, learning_rate=0.01)
        session.opener.fork(parent, config, best=False, parent="run 1")
    assert session.run.path == tmp_path / "runs" / "run-0002.npz"
    assert session.run.history.origin.batches == step
    assert session.run.history.epoch_count == 1
    assert read_checkpoint(session.run.path).position.parent == "run 1"
    assert read_checkpoint(parent).step == step


def test_a_fork_to_other_layers_fails_with_its_reason(session, record, qtbot):
    run_to_the_end(session, qtbot, small_run(epochs=1))
    with qtbot.waitSignal(session.run_ended):
        session.opener.fork(session.run.path, small_run(hidden=(5,)), best=True, parent="run 1")
    status, failure = record.of("run_ended")[-1]
    assert status is RunStatus.FAILED
    assert "other layers" in failure.message


def test_the_last_run_that_is_offered_is_not_one_of_a_sweep(session, record, qtbot, tmp_path):
    store = RunStore(tmp_path / "runs")
    run_to_the_end(session, qtbot, small_run(epochs=1))
    store.write_label(session.run.path, RunLabel(sweep="sweep-1"))
    run_to_the_end(session, qtbot, small_run(epochs=1))
    mine = session.run.path
    run_to_the_end(session, qtbot, small_run(epochs=1))
    store.write_label(session.run.path, RunLabel(sweep="sweep-1"))
    with qtbot.waitSignal(session.files.offered) as offered:
        session.files.offer_last()
    assert offered.args[0] == mine


def test_the_last_run_is_offered_though_another_program_deletes_one_just_then(
    session, qtbot, monkeypatch
):
    run_to_the_end(session, qtbot, small_run(epochs=1))
    paths, mine = RunStore.paths, session.run.path
    monkeypatch.setattr(RunStore, "paths", lambda self: [*paths(self), mine.with_stem("gone")])
    with qtbot.waitSignal(session.files.offered) as offered:
        session.files.offer_last()
    assert offered.args[0] == mine


def test_after_a_refused_fork_the_run_in_view_is_whole(session, record, qtbot):
    run_to_the_end(session, qtbot, small_run(epochs=1))
    before = session.run
    with qtbot.waitSignal(session.run_ended):
        session.opener.fork(before.path, small_run(hidden=(5,)), best=True, parent="run 1")
    assert session.run is before
    assert session.status is RunStatus.COMPLETED
    with qtbot.waitSignal(session.run_ended):
        session.continue_run(2)
    assert session.run.history.epoch_count == 2
    assert session.run.path == before.path


def test_a_file_whose_fork_could_not_be_read_is_merely_shown_later(
    session, record, qtbot, tmp_path
):
    run_to_the_end(session, qtbot, small_run(epochs=1))
    path, content = session.run.path, session.run.path.read_bytes()
    path.write_bytes(b"damaged for a while")
    with qtbot.waitSignal(session.failed):
        session.opener.fork(path, small_run(epochs=1), best=True, parent="run 1")
    path.write_bytes(content)
    open_and_wait(session, qtbot, path)
    assert not session.active
    assert len(run_files(tmp_path)) == 1


def test_a_run_that_was_not_opened_to_go_on_is_merely_shown_later(
    session, record, qtbot, stopped_file
):
    start_and_wait(session, qtbot, small_run(**LONG))
    session.opener.open_and_continue(stopped_file)
    assert record.of("failed") == ["Stop the training before you open stopped.npz."]
    stop_and_wait(session, qtbot)
    open_and_wait(session, qtbot, stopped_file)
    assert session.status is RunStatus.INTERRUPTED
    assert record.of("opened")[-1].purpose is Purpose.SHOW


def test_a_run_is_opened_and_goes_on_by_one_command(session, qtbot, stopped_file):
    with qtbot.waitSignal(session.run_ended):
        session.opener.open_and_continue(stopped_file)
    assert session.status is RunStatus.COMPLETED
    assert session.run.history.step == 45


@pytest.mark.parametrize("limit", [{"max_images": 100}, {"max_seconds": 1e-6}])
def test_a_run_that_a_limit_ended_is_not_offered_to_go_on(session, record, qtbot, limit):
    run_to_the_end(session, qtbot, small_run(**limit))
    assert session.run.history.step < 45
    assert session.run.share_done == 1
    assert not session.can_continue()
    assert not session.can_continue(1000)
    session.continue_run(1000)
    assert not session.active


@pytest.mark.parametrize("first", [RunStatus.QUEUED, RunStatus.RUNNING])
def test_a_run_may_be_stopped_by_who_is_told_its_first_status(session, record, qtbot, blobs, first):
    if first is RunStatus.RUNNING:
        session.data.dataset = blobs
    session.status_changed.connect(lambda status: session.stop() if status is first else None)
    with qtbot.waitSignal(session.run_ended):
        session.start(small_run(**LONG))
    assert record.of("status_changed")[0] is first
    assert ends(session, record) == [(RunStatus.STOPPED, None)]
    assert not session.active


# --- opening and going on ------------------------------------------------------------------


@pytest.fixture
def stopped_file(tmp_path, blobs):
    """A run of three epochs, stopped in the second by a killed process."""
    from mnist_studio.runs.checkpoint import write_checkpoint

    trainer = Trainer(small_run(optimizer="adam", dropout=0.2), blobs)
    run = trainer.run()
    while trainer.step < 20:
        next(run)
    path = tmp_path / "elsewhere" / "stopped.npz"
    write_checkpoint(path, take_checkpoint(trainer))
    run.close()
    return path


def open_and_wait(session, qtbot, path):
    with qtbot.waitSignal(session.network_changed):
        session.opener.open(path)


def test_an_opened_run_is_in_view_and_answers(session, record, qtbot, stopped_file, blobs):
    open_and_wait(session, qtbot, stopped_file)
    opened = open_run(stopped_file)
    assert session.run.history.step == 20
    assert session.run.config == opened.checkpoint.config
    assert session.status is RunStatus.INTERRUPTED
    assert session.can_continue(1000)
    pixels = blobs.test_images[:1] * np.float32(1 / 255)
    answer = session.predict(blobs.test_images[0].reshape(28, 28))
    assert answer == opened.network.predict_probabilities(pixels)[0].tolist()


def test_an_opened_run_goes_on_exactly_and_leaves_its_file_alone(
    session, record, qtbot, stopped_file, blobs, tmp_path
):
    content = stopped_file.read_bytes()
    open_and_wait(session, qtbot, stopped_file)
    with qtbot.waitSignal(session.run_ended):
        session.continue_run()
    expected = train(small_run(optimizer="adam", dropout=0.2), blobs)
    mine = without_seconds(session.run.history.to_arrays())
    assert mine == without_seconds(expected.history.to_arrays())
    assert stopped_file.read_bytes() == content
    (path,) = run_files(tmp_path)
    assert read_checkpoint(path).step == 45


def test_a_run_of_the_runs_folder_goes_on_in_its_file(session, record, qtbot, tmp_path, blobs):
    session.start(small_run(), first="batch")
    wait_for_status(session, qtbot, RunStatus.PAUSED)
    stop_and_wait(session, qtbot)
    (path,) = run_files(tmp_path)
    open_and_wait(session, qtbot, path)
    with qtbot.waitSignal(session.run_ended):
        session.continue_run()
    assert run_files(tmp_path) == [path]
    assert read_checkpoint(path).status is RunStatus.COMPLETED


@pytest.fixture
def elsewhere(tmp_path, blobs):
    """A run of one batch in the folder of runs, recorded and held as another program does it."""
    path = RunStore(tmp_path / "runs").reserve()
    trainer = Trainer(small_run(), blobs)
    events = trainer.run()
    next(events)
    with contextlib.ExitStack() as lock:
        lock.enter_context(hold_run(path, "a terminal"))
        run = SimpleNamespace(path=path, trainer=trainer, events=events, lock=lock)
        run.recorder = recorder.RunRecorder(trainer, path)
        yield run
    events.close()


def test_a_run_that_another_program_trains_is_left_to_it(session, record, qtbot, elsewhere):
    open_and_wait(session, qtbot, elsewhere.path)
    kept = session.run
    with qtbot.waitSignal(session.run_ended):
        session.continue_run()
    ((status, failure),) = record.of("run_ended")
    assert status is RunStatus.FAILED
    assert "is being trained by a terminal (process " in failure.message
    assert "fork it" in failure.message
    assert session.run is kept
    assert read_checkpoint(elsewhere.path).step == 1


def test_a_run_whose_process_was_killed_goes_on_in_its_file_at_once(
    session, qtbot, tmp_path, elsewhere
):
    elsewhere.lock.close()
    open_and_wait(session, qtbot, elsewhere.path)
    assert session.status is RunStatus.INTERRUPTED
    with qtbot.waitSignal(session.run_ended):
        session.continue_run()
    assert run_files(tmp_path) == [elsewhere.path]
    assert read_checkpoint(elsewhere.path).step == 45


def test_what_another_program_has_trained_meanwhile_is_not_trained_again(
    session, record, qtbot, elsewhere
):
    open_and_wait(session, qtbot, elsewhere.path)
    for _ in elsewhere.events:
        pass
    elsewhere.recorder.finish()
    elsewhere.lock.close()
    with qtbot.waitSignal(session.run_ended):
        session.continue_run()
    assert session.status is RunStatus.COMPLETED
    assert session.run.history.counts == elsewhere.trainer.history.counts


def test_a_run_that_was_deleted_meanwhile_goes_on_as_another_one(session, qtbot, tmp_path):
    session.start(small_run(), first="batch")
    wait_for_status(session, qtbot, RunStatus.PAUSED)
    stop_and_wait(session, qtbot)
    RunStore(tmp_path / "runs").delete(session.run.path)
    with qtbot.waitSignal(session.run_ended):
        session.continue_run()
    assert [path.name for path in run_files(tmp_path)] == ["run-0002.npz"]


def test_a_completed_run_goes_on_to_more_epochs(session, qtbot, blobs):
    run_to_the_end(session, qtbot, small_run(epochs=3))
    with qtbot.waitSignal(session.run_ended):
        session.continue_run(5)
    expected = train(small_run(epochs=5), blobs)
    mine = without_seconds(session.run.history.to_arrays())
    assert mine == without_seconds(expected.history.to_arrays())


def test_a_damaged_file_is_told_and_nothing_changes(session, record, qtbot, tmp_path):
    run_to_the_end(session, qtbot, small_run(epochs=1))
    history = session.run.history
    path = tmp_path / "damaged.npz"
    path.write_bytes(b"PK\x03\x04 nothing else")
    with qtbot.waitSignal(session.failed):
        session.opener.open(path)
    assert record.of("failed")[-1].startswith("damaged.npz is damaged")
    assert session.run.history is history


def test_an_open_that_fails_in_an_unforeseen_way_is_answered(
    session, record, qtbot, stopped_file, monkeypatch
):
    def fail(path):
        raise MemoryError

    monkeypatch.setattr("mnist_studio.runs.opened.open_run", fail)
    with qtbot.waitSignal(session.failed):
        session.opener.open(stopped_file)
    assert record.of("failed") == ["stopped.npz could not be opened (MemoryError)."]


def test_a_run_that_cannot_go_on_says_so(session, record, qtbot, tmp_path, blobs, stopped_file):
    opened = open_run(stopped_file)
    broken = Checkpoint(**{**vars(opened.checkpoint), "optimizer_state": {}})
    session.show_run(stopped_file, type(opened)(broken, opened.history, opened.network))
    with qtbot.waitSignal(session.run_ended):
        session.continue_run()
    ((status, failure),) = ends(session, record)
    assert status is RunStatus.FAILED
    assert failure.message.startswith("The run cannot go on")


def test_no_other_run_is_opened_during_a_training(session, record, qtbot, stopped_file):
    start_and_wait(session, qtbot, small_run(**LONG))
    config = session.run.config
    with qtbot.waitSignal(session.failed):
        session.opener.open(stopped_file)
    assert session.run.config is config
    assert record.of("failed") == ["Stop the training before you open stopped.npz."]
    assert record.of("opened") == []
    stop_and_wait(session, qtbot)


def test_the_newest_readable_run_is_offered(session, record, qtbot, tmp_path, stopped_file):
    import os

    runs = tmp_path / "runs"
    runs.mkdir()
    for age, (name, content) in enumerate(
        [("damaged", b"not a run"), ("new", None), ("old", None)], start=1
    ):
        path = runs / f"{name}.npz"
        path.write_bytes(stopped_file.read_bytes() if content is None else content)
        os.utime(path, (1e9 - age, 1e9 - age))
    with qtbot.waitSignal(session.files.offered):
        session.files.offer_last()
    ((path, title, opened),) = record.of("run_offered")
    assert (path, title) == (runs / "new.npz", "new")
    assert opened.checkpoint.step == 20
    assert (runs / "damaged.npz").read_bytes() == b"not a run"


# --- the end -------------------------------------------------------------------------------


def test_closing_during_a_training_loses_nothing(session, qtbot, tmp_path, blobs):
    start_and_wait(session, qtbot, small_run(optimizer="momentum", dropout=0.2, **LONG))
    session.shut_down()
    (path,) = run_files(tmp_path)
    saved = read_checkpoint(path)
    assert saved.status is RunStatus.INTERRUPTED
    assert saved.step > 0
    assert_goes_on_exactly(path, blobs)


def test_closing_while_paused_loses_nothing(session, qtbot, tmp_path):
    session.start(small_run(), first="batch")
    wait_for_status(session, qtbot, RunStatus.PAUSED)
    session.shut_down()
    (path,) = run_files(tmp_path)
    assert read_checkpoint(path).step == 1


def test_closing_waits_for_what_was_asked_to_be_saved(session, qtbot, tmp_path):
    run_to_the_end(session, qtbot, small_run(epochs=1))
    paths = [tmp_path / f"{name}.npz" for name in "abc"]
    for path in paths:
        session.save_as(path)
    session.shut_down()
    assert [read_checkpoint(path).step for path in paths] == [15, 15, 15]


def test_closing_waits_for_a_save_that_was_asked_for_as_the_run_ended(
    session, qtbot, tmp_path, monkeypatch
):
    ended, report = threading.Event(), TrainingWorker.run

    def run(*arguments):
        report(*arguments)
        ended.set()

    monkeypatch.setattr(TrainingWorker, "run", run)
    start_and_wait(session, qtbot, small_run(epochs=1), "run_started")
    assert ended.wait(PATIENCE)
    assert session.status is RunStatus.RUNNING  # as far as the window knows
    session.save_as(tmp_path / "mine.npz")
    session.shut_down()
    assert read_checkpoint(tmp_path / "mine.npz").step == 15


def test_a_session_can_be_closed_at_once_and_twice(qapp, tmp_path):
    session = Session(tmp_path)
    session.shut_down()
    session.shut_down()
    session.start(small_run())
    assert not session.active


def test_the_worker_never_runs_in_the_windows_thread(session, qtbot, monkeypatch):
    threads = []
    monkeypatch.setattr(
        "mnist_studio.session.worker._Reporter.report",
        lambda self, event: threads.append(QThread.currentThread()),
    )
    run_to_the_end(session, qtbot, small_run(epochs=1))
    assert QThread.currentThread() not in threads
    assert threads


# --- data sets -----------------------------------------------------------------------------


def test_of_two_data_sets_the_one_chosen_last_is_used(session, record, qtbot):
    session.data.load("mnist-10k")
    qtbot.waitUntil(lambda: session.data.dataset is not None)
    session.data.load("mnist")
    with qtbot.waitSignal(session.data.failed):
        session.data.load("mnist-10k")  # goes back while the other one is on its way
    assert session.data.dataset.name == "mnist-10k"
    assert record.of("dataset_failed") == [("mnist", "")]


def test_a_run_goes_on_once_its_missing_data_are_there(session, qtbot, shelf, tmp_path):
    shelf.errors["fashion-mnist"] = DataError("It is not here.")
    run_to_the_end(session, qtbot, small_run(epochs=1))
    kept = session.run.config
    other = dataclasses.replace(kept, data=DataConfig("fashion-mnist"))
    run_to_the_end(session, qtbot, other)
    assert session.run.config is kept
    assert session.status is RunStatus.COMPLETED
    assert session.can_continue(1000)
    with qtbot.waitSignal(session.run_ended):
        session.continue_run(2)
    assert session.status is RunStatus.COMPLETED
    assert session.run.history.epoch_count == 2
    assert len(run_files(tmp_path)) == 1

"""Commands in, facts out, with the real threads."""

import dataclasses

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QThread

from mnist_studio.data.errors import DataError
from mnist_studio.nn.network import Network
from mnist_studio.session.session import Session
from mnist_studio.training.checkpoint import Checkpoint, read_checkpoint
from mnist_studio.training.config import ConfigError, DataConfig
from mnist_studio.training.opened import open_run
from mnist_studio.training.run_store import RunLabel, RunStore
from mnist_studio.training.status import RunStatus
from mnist_studio.training.trainer import Trainer

from ..training.builders import assert_same_run, small_run, train, without_seconds

LONG = {"epochs": 1000}
PATIENCE = 30_000  # milliseconds; an upper bound for broken code, never waited for otherwise


def run_to_the_end(session, qtbot, config):
    with qtbot.waitSignal(session.run_ended, timeout=PATIENCE):
        session.start(config)


def start_and_wait(session, qtbot, config, signal="batches_ended"):
    with qtbot.waitSignal(getattr(session, signal), timeout=PATIENCE):
        session.start(config)


def stop_and_wait(session, qtbot):
    with qtbot.waitSignal(session.run_ended, timeout=PATIENCE):
        session.stop()


def wait_for_status(session, qtbot, status):
    qtbot.waitUntil(lambda: session.status is status, timeout=PATIENCE)


def run_files(tmp_path):
    return sorted((tmp_path / "runs").glob("*.npz"))


def assert_goes_on_exactly(path, dataset):
    """Assert that a run file leads to the numbers of a run that nobody disturbed."""
    saved = read_checkpoint(path)
    epochs = saved.step // 15 + 2
    resumed = Trainer.restore(saved, dataset, epochs=epochs)
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
    firsts = np.cumsum([1] + [each.values.shape[1] for each in arrived])
    assert [each.first_step for each in arrived] == firsts[:-1].tolist()
    losses = np.concatenate([each.values[0] for each in arrived])
    np.testing.assert_array_equal(losses, expected.history.losses)
    mine = without_seconds(session.history.to_arrays())
    assert mine == without_seconds(expected.history.to_arrays())
    assert session.test_accuracy == expected.history.test.accuracy


def test_events_are_told_in_the_order_of_a_run(session, record, qtbot):
    run_to_the_end(session, qtbot, small_run(epochs=2))
    told = record.names("dataset_loading", "dataset_changed", "run_started", "run_ended")
    assert told == ["dataset_loading", "dataset_changed", "run_started", "run_ended"]
    facts = record.names("epoch_ended", "test_evaluated", "run_ended")
    assert facts == ["epoch_ended", "epoch_ended", "test_evaluated", "run_ended"]
    queued, running, completed = RunStatus.QUEUED, RunStatus.RUNNING, RunStatus.COMPLETED
    assert record.of("status_changed") == [queued, running, completed]
    assert record.told[-1] == ("run_ended", (completed, ""))


def test_a_batch_is_in_the_history_before_it_is_told(session, qtbot):
    behind = []
    session.batches_ended.connect(
        lambda each: behind.append(
            session.history.step - each.first_step - each.values.shape[1] + 1
        )
    )
    run_to_the_end(session, qtbot, small_run())
    assert set(behind) == {0}


def test_everything_is_told_in_the_windows_thread(session, record, qtbot):
    run_to_the_end(session, qtbot, small_run())
    assert record.threads == {QThread.currentThread()}


def test_batches_belong_to_the_receiver(session, record, qtbot):
    run_to_the_end(session, qtbot, small_run())
    before = session.history.losses.copy()
    for each in record.of("batches_ended"):
        each.values[...] = -1
    np.testing.assert_array_equal(session.history.losses, before)


def test_a_second_run_starts_a_new_history_and_a_new_file(session, record, qtbot, tmp_path, blobs):
    for seed in (1, 2):
        run_to_the_end(session, qtbot, small_run(seed=seed, epochs=1))
        expected = train(small_run(seed=seed, epochs=1), blobs).history.losses
        np.testing.assert_array_equal(session.history.losses, expected)
    assert len(run_files(tmp_path)) == 2
    assert len(record.of("run_started")) == len(record.of("run_ended")) == 2
    assert record.names("dataset_changed") == ["dataset_changed"]


def test_a_run_that_is_active_is_not_started_again(session, record, qtbot):
    start_and_wait(session, qtbot, small_run(**LONG))
    session.start(small_run())
    session.resume_run()
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
    assert ends(session, record) == [(RunStatus.COMPLETED, "")]


def test_a_stopped_run_ends_once(session, record, qtbot):
    start_and_wait(session, qtbot, small_run(**LONG))
    session.stop()
    session.stop()
    wait_for_status(session, qtbot, RunStatus.STOPPED)
    assert ends(session, record) == [(RunStatus.STOPPED, "")]
    assert session.test_accuracy is None


def test_a_run_stopped_before_its_first_batch_ends_once(session, record, qtbot, blobs):
    session.dataset = blobs
    with qtbot.waitSignal(session.run_ended, timeout=PATIENCE):
        session.start(small_run(**LONG))
        session.stop()
    assert ends(session, record) == [(RunStatus.STOPPED, "")]


def test_a_run_stopped_while_its_data_load_ends_once(session, record, qtbot):
    with qtbot.waitSignal(session.dataset_changed, timeout=PATIENCE):
        session.start(small_run(**LONG))
        session.stop()
    assert ends(session, record) == [(RunStatus.STOPPED, "")]
    assert record.of("run_started") == []


def test_a_diverging_run_ends_once_with_a_sentence(session, record, qtbot):
    config = small_run(hidden=(32, 32), learning_rate=10.0, optimizer="momentum")
    run_to_the_end(session, qtbot, config)
    ((status, message),) = ends(session, record)
    assert status is RunStatus.FAILED
    assert "Try a learning rate ten times smaller." in message
    assert not session.resumable
    assert np.isfinite(session.predict(np.zeros((28, 28), np.uint8))).all()


@pytest.mark.parametrize(
    ("error", "sentence"),
    [(DataError("The data are gone."), "The data are gone."), (RuntimeError("odd"), "odd")],
)
def test_a_run_without_its_data_ends_once(session, record, qtbot, monkeypatch, error, sentence):
    def fail(name, folder=None):
        raise error

    monkeypatch.setattr("mnist_studio.data.loading.load", fail)
    run_to_the_end(session, qtbot, small_run())
    ((status, message),) = ends(session, record)
    assert status is RunStatus.FAILED
    assert sentence in message
    assert record.of("dataset_failed") == [message]
    assert not session.active


@pytest.mark.parametrize(
    ("error", "sentence"),
    [(MemoryError(), "not enough memory"), (ZeroDivisionError("odd"), "ZeroDivisionError: odd")],
)
@pytest.mark.parametrize(
    ("owner", "function"),
    [(Network, "train_batch"), (Network, "evaluate_batch"), (Trainer, "__init__")],
)
def test_a_run_broken_off_by_an_error_ends_once(
    session, record, qtbot, monkeypatch, owner, function, error, sentence
):
    def fail(*args, **kwargs):
        raise error

    monkeypatch.setattr(owner, function, fail)
    run_to_the_end(session, qtbot, small_run())
    ((status, message),) = ends(session, record)
    assert status is RunStatus.FAILED
    assert sentence in message
    assert session.last_error is error


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
    paused_at = session.history.step
    with qtbot.waitSignal(session.batches_ended, timeout=PATIENCE):
        session.resume()
    stop_and_wait(session, qtbot)
    losses = session.history.losses
    assert len(losses) > paused_at
    undisturbed = train(small_run(epochs=len(losses) // 15 + 1), blobs).history.losses
    np.testing.assert_array_equal(losses, undisturbed[: len(losses)])
    paused, running = RunStatus.PAUSED, RunStatus.RUNNING
    assert record.of("status_changed")[-3:] == [paused, running, RunStatus.STOPPED]


def test_step_trains_single_batches(session, qtbot):
    session.start(small_run(), first="batch")
    for step in (1, 2, 3):
        wait_for_status(session, qtbot, RunStatus.PAUSED)
        assert session.history.step == step
        with qtbot.waitSignals([session.status_changed] * 2, timeout=PATIENCE):
            session.step()


def test_run_epoch_trains_single_epochs(session, qtbot):
    session.start(small_run(), first="epoch")
    for epoch in (1, 2):
        wait_for_status(session, qtbot, RunStatus.PAUSED)
        assert session.history.step == 15 * epoch
        assert len(session.history.epochs) == epoch
        with qtbot.waitSignals([session.status_changed] * 2, timeout=PATIENCE):
            session.run_epoch()
    stop_and_wait(session, qtbot)


def test_a_paused_run_can_be_stopped(session, record, qtbot):
    session.start(small_run(), first="batch")
    wait_for_status(session, qtbot, RunStatus.PAUSED)
    stop_and_wait(session, qtbot)
    assert session.history.step == 1


def test_a_live_change_is_told_and_kept(session, record, qtbot):
    session.start(small_run(epochs=1), first="batch")
    wait_for_status(session, qtbot, RunStatus.PAUSED)
    session.set_live("learning_rate", 0.02)
    with qtbot.waitSignal(session.run_ended, timeout=PATIENCE):
        session.resume()
    (change,) = record.of("hyperparameter_changed")
    assert change == (1, "learning_rate", 0.02)
    assert session.history.changes == [change]
    assert set(session.history.learning_rates[1:]) == {np.float32(0.02)}


def test_a_live_change_out_of_bounds_never_reaches_the_run(session, qtbot):
    session.start(small_run(), first="batch")
    wait_for_status(session, qtbot, RunStatus.PAUSED)
    with pytest.raises(ConfigError, match="dropout"):
        session.set_live("dropout", 2.0)
    stop_and_wait(session, qtbot)
    assert session.status is RunStatus.STOPPED


def test_commands_without_a_run_do_nothing(session, record, tmp_path):
    for command in (session.pause, session.resume, session.step, session.run_epoch, session.stop):
        command()
    session.resume_run()
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
        with qtbot.waitSignal(session.network_changed, timeout=PATIENCE):
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
    np.testing.assert_array_equal(session.history.losses, train(config, blobs).history.losses)


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


# --- saving --------------------------------------------------------------------------------


def test_the_run_is_saved_by_itself_when_it_ends(session, qtbot, tmp_path, blobs):
    run_to_the_end(session, qtbot, small_run())
    (path,) = run_files(tmp_path)
    saved = read_checkpoint(path)
    assert saved.status is RunStatus.COMPLETED
    expected = train(small_run(), blobs).checkpoint()
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
    with qtbot.waitSignal(session.saved, timeout=PATIENCE):
        session.save_as(path)
    stop_and_wait(session, qtbot)
    assert record.of("saved") == [path]
    assert_goes_on_exactly(path, blobs)


def test_saving_works_while_paused(session, qtbot, tmp_path):
    path = tmp_path / "mine.npz"
    session.start(small_run(), first="batch")
    wait_for_status(session, qtbot, RunStatus.PAUSED)
    with qtbot.waitSignal(session.saved, timeout=PATIENCE):
        session.save_as(path)
    assert read_checkpoint(path).step == 1
    assert session.status is RunStatus.PAUSED
    stop_and_wait(session, qtbot)


def test_saving_works_when_the_run_has_ended(session, record, qtbot, tmp_path):
    path = tmp_path / "mine.npz"
    run_to_the_end(session, qtbot, small_run())
    with qtbot.waitSignal(session.saved, timeout=PATIENCE):
        session.save_as(path)
    assert record.of("saved") == [path]
    assert read_checkpoint(path).step == 45


def test_saving_asked_for_in_the_moment_the_run_ends_is_done(session, qtbot, tmp_path):
    path = tmp_path / "mine.npz"
    session.test_evaluated.connect(lambda event: session.save_as(path))
    with qtbot.waitSignals([session.run_ended, session.saved], timeout=PATIENCE):
        session.start(small_run())
    assert read_checkpoint(path).step == 45


def test_a_save_that_fails_is_told_and_the_run_goes_on(session, record, qtbot, tmp_path):
    (tmp_path / "runs").write_text("a file where the folder should be")
    run_to_the_end(session, qtbot, small_run(epochs=1))
    assert record.of("run_ended") == [(RunStatus.COMPLETED, "")]
    (message,) = record.of("failed")
    assert "could not be written" in message
    with qtbot.waitSignal(session.failed, timeout=PATIENCE):
        session.save_as(tmp_path / "runs" / "mine.npz")


def test_every_run_gets_a_number_and_its_file_is_there_from_the_first_batch(
    session, qtbot, tmp_path
):
    for number in (1, 2):
        with qtbot.waitSignal(session.epoch_ended, timeout=PATIENCE):
            session.start(small_run(epochs=100))
        assert session.run_path == tmp_path / "runs" / f"run-{number:04d}.npz"
        assert read_checkpoint(session.run_path).status.active
        with qtbot.waitSignal(session.run_ended, timeout=PATIENCE):
            session.stop()


def test_a_long_epoch_is_saved_on_its_way(session, qtbot, tmp_path, monkeypatch):
    monkeypatch.setattr("mnist_studio.session.worker.SAVE_INTERVAL", 0.0)
    monkeypatch.setattr("mnist_studio.session.worker.BATCHES_INTERVAL", 0.0)
    session.start(small_run(epochs=1), first="batch")
    qtbot.waitUntil(lambda: session.status is RunStatus.PAUSED, timeout=PATIENCE)
    path = tmp_path / "runs" / "run-0001.npz"
    assert read_checkpoint(path).step == 1
    session.stop()


def test_a_fork_is_a_new_run_that_begins_where_the_other_left(session, qtbot, tmp_path):
    run_to_the_end(session, qtbot, small_run(epochs=2))
    parent, step = session.run_path, session.history.step
    with qtbot.waitSignal(session.run_ended, timeout=PATIENCE):
        config = small_run(epochs=1, learning_rate=0.01)
        session.fork(parent, config, best=False, parent="run 1")
    assert session.run_path == tmp_path / "runs" / "run-0002.npz"
    assert session.history.origin.batches == step
    assert session.history.epoch_count == 1
    assert read_checkpoint(session.run_path).position["parent"] == "run 1"
    assert read_checkpoint(parent).step == step


def test_a_fork_to_other_layers_fails_with_its_reason(session, record, qtbot):
    run_to_the_end(session, qtbot, small_run(epochs=1))
    with qtbot.waitSignal(session.run_ended, timeout=PATIENCE):
        session.fork(session.run_path, small_run(hidden=(5,)), best=True, parent="run 1")
    status, message = record.of("run_ended")[-1]
    assert status is RunStatus.FAILED
    assert "other layers" in message


def test_the_last_run_that_is_offered_is_not_one_of_a_sweep(session, record, qtbot, tmp_path):
    store = RunStore(tmp_path / "runs")
    run_to_the_end(session, qtbot, small_run(epochs=1))
    store.write_label(session.run_path, RunLabel(sweep="sweep-1"))
    run_to_the_end(session, qtbot, small_run(epochs=1))
    mine = session.run_path
    run_to_the_end(session, qtbot, small_run(epochs=1))
    store.write_label(session.run_path, RunLabel(sweep="sweep-1"))
    with qtbot.waitSignal(session.run_offered, timeout=PATIENCE) as offered:
        session.offer_last_run()
    assert offered.args[0] == mine


# --- opening and going on ------------------------------------------------------------------


@pytest.fixture
def stopped_file(tmp_path, blobs):
    """A run of three epochs, stopped in the second by a killed process."""
    from mnist_studio.training.checkpoint import write_checkpoint

    trainer = Trainer(small_run(optimizer="adam", dropout=0.2), blobs)
    run = trainer.run()
    while trainer.step < 20:
        next(run)
    path = tmp_path / "elsewhere" / "stopped.npz"
    write_checkpoint(path, trainer.checkpoint())
    run.close()
    return path


def open_and_wait(session, qtbot, path):
    with qtbot.waitSignal(session.network_changed, timeout=PATIENCE):
        session.open(path)


def test_an_opened_run_is_in_view_and_answers(session, record, qtbot, stopped_file, blobs):
    open_and_wait(session, qtbot, stopped_file)
    opened = open_run(stopped_file)
    assert session.history.step == 20
    assert session.run_config == opened.checkpoint.config
    assert session.status is RunStatus.STOPPED
    assert session.resumable
    pixels = blobs.test_images[:1] * np.float32(1 / 255)
    answer = session.predict(blobs.test_images[0].reshape(28, 28))
    assert answer == opened.network.predict_probabilities(pixels)[0].tolist()


def test_an_opened_run_goes_on_exactly_and_leaves_its_file_alone(
    session, record, qtbot, stopped_file, blobs, tmp_path
):
    content = stopped_file.read_bytes()
    open_and_wait(session, qtbot, stopped_file)
    with qtbot.waitSignal(session.run_ended, timeout=PATIENCE):
        session.resume_run()
    expected = train(small_run(optimizer="adam", dropout=0.2), blobs)
    mine = without_seconds(session.history.to_arrays())
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
    with qtbot.waitSignal(session.run_ended, timeout=PATIENCE):
        session.resume_run()
    assert run_files(tmp_path) == [path]
    assert read_checkpoint(path).status is RunStatus.COMPLETED


def test_a_completed_run_goes_on_to_more_epochs(session, qtbot, blobs):
    run_to_the_end(session, qtbot, small_run(epochs=3))
    with qtbot.waitSignal(session.run_ended, timeout=PATIENCE):
        session.resume_run(epochs=5)
    expected = train(small_run(epochs=5), blobs)
    mine = without_seconds(session.history.to_arrays())
    assert mine == without_seconds(expected.history.to_arrays())


def test_a_damaged_file_is_told_and_nothing_changes(session, record, qtbot, tmp_path):
    run_to_the_end(session, qtbot, small_run(epochs=1))
    history = session.history
    path = tmp_path / "damaged.npz"
    path.write_bytes(b"PK\x03\x04 nothing else")
    with qtbot.waitSignal(session.failed, timeout=PATIENCE):
        session.open(path)
    assert record.of("failed")[-1].startswith("damaged.npz is damaged")
    assert session.history is history


def test_a_run_that_cannot_go_on_says_so(session, record, qtbot, tmp_path, blobs, stopped_file):
    opened = open_run(stopped_file)
    broken = Checkpoint(**{**vars(opened.checkpoint), "optimizer_state": {}})
    session.show_run(stopped_file, type(opened)(broken, opened.history, opened.network))
    with qtbot.waitSignal(session.run_ended, timeout=PATIENCE):
        session.resume_run()
    ((status, message),) = ends(session, record)
    assert status is RunStatus.FAILED
    assert message.startswith("The run cannot go on")


def test_no_other_run_is_opened_during_a_training(session, record, qtbot, stopped_file):
    start_and_wait(session, qtbot, small_run(**LONG))
    config = session.run_config
    with qtbot.waitSignal(session.failed, timeout=PATIENCE):
        session.open(stopped_file)
    assert session.run_config is config
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
    with qtbot.waitSignal(session.run_offered, timeout=PATIENCE):
        session.offer_last_run()
    ((path, opened),) = record.of("run_offered")
    assert path == runs / "new.npz"
    assert opened.checkpoint.step == 20
    assert (runs / "damaged.npz").read_bytes() == b"not a run"


# --- the end -------------------------------------------------------------------------------


def test_closing_during_a_training_loses_nothing(session, qtbot, tmp_path, blobs):
    start_and_wait(session, qtbot, small_run(optimizer="momentum", dropout=0.2, **LONG))
    session.shut_down()
    (path,) = run_files(tmp_path)
    saved = read_checkpoint(path)
    assert saved.status is RunStatus.STOPPED
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


def by_name(blobs, missing=()):
    """Return a loader of data sets that are all the same but for the name."""

    def load(name, folder=None):
        if name in missing:
            raise DataError(f"{name} is not here.")
        return dataclasses.replace(blobs, name=name)

    return load


def test_of_two_data_sets_the_one_chosen_last_is_used(session, record, qtbot, monkeypatch, blobs):
    monkeypatch.setattr("mnist_studio.data.loading.load", by_name(blobs))
    session.load_dataset("mnist-10k")
    qtbot.waitUntil(lambda: session.dataset is not None, timeout=PATIENCE)
    session.load_dataset("mnist")
    with qtbot.waitSignal(session.dataset_failed, timeout=PATIENCE):
        session.load_dataset("mnist-10k")  # goes back while the other one is on its way
    assert session.dataset.name == "mnist-10k"
    assert record.of("dataset_failed") == [""]


def test_a_run_goes_on_once_its_missing_data_are_there(
    session, qtbot, monkeypatch, tmp_path, blobs
):
    monkeypatch.setattr("mnist_studio.data.loading.load", by_name(blobs, missing=["fashion-mnist"]))
    run_to_the_end(session, qtbot, small_run(epochs=1))
    kept = session.run_config
    other = dataclasses.replace(kept, data=DataConfig("fashion-mnist"))
    run_to_the_end(session, qtbot, other)
    assert session.status is RunStatus.FAILED
    assert session.run_config is kept
    assert session.resumable
    with qtbot.waitSignal(session.run_ended, timeout=PATIENCE):
        session.resume_run(epochs=2)
    assert session.status is RunStatus.COMPLETED
    assert session.history.epoch_count == 2
    assert len(run_files(tmp_path)) == 1

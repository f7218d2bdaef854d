"""The terminal trains, is interrupted, goes on."""

import json
import signal
import sys
from pathlib import Path

import numpy as np
import pytest

from mnist_studio import paths
from mnist_studio.__main__ import main
from mnist_studio.cancel import ENDING_SIGNALS
from mnist_studio.cli import train as train_command
from mnist_studio.data.loading import load
from mnist_studio.nn.network import Network
from mnist_studio.runs.checkpoint import read_checkpoint
from mnist_studio.runs.journal import JournalReader, journal_path
from mnist_studio.runs.restore import restore, take_checkpoint
from mnist_studio.runs.store import RunStore
from mnist_studio.sweeps import workers
from mnist_studio.training import batches
from mnist_studio.training.ahead import work_ahead
from mnist_studio.training.status import RunStatus

from ..polling import PATIENCE, wait_until
from ..training.builders import (
    assert_begins_the_same,
    assert_same_arrays,
    strange_copy,
    train,
    without_seconds,
)
from .helpers import QUICK, assert_one_sentence, finish, lines, start


def test_train_prints_a_line_per_epoch_and_says_where_the_run_is(capsys, tmp_path):
    path = tmp_path / "new folder" / "run.npz"
    assert main(["train", *QUICK, "--save", str(path)]) == 0
    output, errors = capsys.readouterr()
    first, second, test, saved = output.splitlines()
    assert first.startswith("epoch   1   loss ")
    assert second.startswith("epoch   2   loss ")
    assert test.startswith("test accuracy ")
    assert saved == f"The run is saved in {path}"
    assert errors == ""
    assert read_checkpoint(path).status is RunStatus.COMPLETED


def test_train_json_is_one_object_per_epoch_and_one_at_the_end(capsys, tmp_path):
    path = tmp_path / "run.npz"
    assert main(["train", *QUICK, "--json", "--save", str(path)]) == 0
    first, second, end = lines(capsys)
    assert [first["event"], first["epoch"], second["epoch"]] == ["epoch_ended", 1, 2]
    assert end["event"] == "run_ended"
    assert end["status"] == "completed"
    assert 0 < end["test_accuracy"] <= 1
    assert end["seconds"] > 0
    assert end["path"] == str(path)


def test_without_a_name_the_run_is_saved_in_the_users_folder(capsys):
    assert main(["train", *QUICK, "--json"]) == 0
    path = Path(lines(capsys)[-1]["path"])
    assert path.parent == paths.runs_folder()
    assert Path.home() in path.parents
    assert read_checkpoint(path).step == 72


def test_the_terminal_trains_as_the_engine_does(capsys, tmp_path):
    path = tmp_path / "run.npz"
    assert main(["train", *QUICK, "--seed", "3", "--dropout", "0.2", "--save", str(path)]) == 0
    saved = read_checkpoint(path)
    trainer = train(saved.config, load("mnist-10k"))
    assert_same_arrays(saved.weights, trainer.network.weights())
    assert without_seconds(saved.history) == without_seconds(take_checkpoint(trainer).history)


@pytest.mark.parametrize(("cores", "thread"), [(1, False), (2, True)])
def test_batches_are_made_ahead_where_a_core_is_to_spare(monkeypatch, tmp_path, cores, thread):
    calls = []
    monkeypatch.setattr(workers, "usable_cores", lambda: cores)
    monkeypatch.setattr(batches, "work_ahead", lambda *a: calls.append(a) or work_ahead(*a))
    words = [*QUICK, "--batch-size", "200", "--shift", "1", "--save", str(tmp_path / "run.npz")]
    assert main(["train", *words]) == 0
    assert bool(calls) is thread


def test_a_resumed_run_goes_on_exactly(capsys, tmp_path):
    part, whole = tmp_path / "part.npz", tmp_path / "whole.npz"
    assert main(["train", *QUICK, "--epochs", "1", "--save", str(part)]) == 0
    assert main(["train", "--resume", str(part), "--epochs", "2"]) == 0
    assert main(["train", *QUICK, "--save", str(whole)]) == 0
    one, other = read_checkpoint(part), read_checkpoint(whole)
    assert one.config == other.config
    assert_same_arrays(one.weights, other.weights)
    assert without_seconds(one.history) == without_seconds(other.history)


def test_a_run_resumed_to_another_file_leaves_its_own_alone(run_file, blobs, monkeypatch, tmp_path):
    monkeypatch.setattr("mnist_studio.data.loading.load", lambda name, folder: blobs)
    content = run_file.read_bytes()
    words = ["--resume", str(run_file), "--epochs", "2", "--save", str(tmp_path / "further.npz")]
    assert main(["train", *words]) == 0
    assert run_file.read_bytes() == content
    assert read_checkpoint(tmp_path / "further.npz").step == 30


def test_a_run_that_goes_on_without_some_settings_says_so(
    run_file, blobs, monkeypatch, tmp_path, capsys
):
    monkeypatch.setattr("mnist_studio.data.loading.load", lambda name, folder: blobs)
    path = strange_copy(run_file, tmp_path, mixup=0.2)
    assert main(["train", "--resume", str(path), "--epochs", "2"]) == 0
    errors = capsys.readouterr().err
    assert_one_sentence(errors)
    assert "other numbers: mixup" in errors


def test_a_run_of_other_images_is_not_resumed(run_file, capsys):
    assert main(["train", "--resume", str(run_file)]) == 1
    errors = capsys.readouterr().err
    assert_one_sentence(errors.replace(". Train anew.", "."))
    assert "trained on other images" in errors


@pytest.mark.parametrize(
    "option", ["--learning-rate=0.1", "--preset=fast-98", "--hidden=8", "--dataset=mnist"]
)
def test_a_setting_that_a_resumed_run_would_ignore_is_refused(run_file, capsys, option):
    assert main(["train", "--resume", str(run_file), option]) == 2
    assert option.split("=")[0] in capsys.readouterr().err


def test_a_diverging_run_fails_with_a_sentence_and_is_saved(capsys, tmp_path):
    path = tmp_path / "run.npz"
    words = ["--optimizer", "momentum", "--learning-rate", "10", "--hidden", "64", "64", "--json"]
    assert main(["train", *words, "--epochs", "1", "--save", str(path)]) == 1
    end = lines(capsys)[-1]
    assert end["status"] == "failed"
    assert "learning rate ten times smaller" in end["error"]
    assert end["test_accuracy"] is None
    assert read_checkpoint(path).status is RunStatus.FAILED


def test_a_run_that_diverged_does_not_go_on_with_its_explosion(capsys, tmp_path):
    path = tmp_path / "run.npz"
    words = ["--optimizer", "momentum", "--learning-rate", "10", "--hidden", "64", "64"]
    assert main(["train", *words, "--epochs", "1", "--save", str(path)]) == 1
    content, _ = path.read_bytes(), capsys.readouterr()
    assert main(["train", "--resume", str(path)]) == 1
    assert capsys.readouterr().err.startswith("mnist-studio: run.npz cannot go on. The loss ")
    assert path.read_bytes() == content


def test_a_resumed_run_refuses_a_folder_that_no_image_would_be_read_from(run_file, capsys):
    assert main(["train", "--resume", str(run_file), "--folder", "mine"]) == 2
    errors = capsys.readouterr().err
    assert_one_sentence(errors)
    assert "is not read from mine" in errors


def test_a_run_is_not_resumed_to_fewer_epochs_than_it_has(
    run_file, blobs, monkeypatch, tmp_path, capsys
):
    monkeypatch.setattr("mnist_studio.data.loading.load", lambda name, folder: blobs)
    path = tmp_path / "run.npz"
    words = ["--resume", str(run_file), "--epochs", "3", "--save", str(path)]
    assert main(["train", *words]) == 0
    content, _ = path.read_bytes(), capsys.readouterr()
    assert main(["train", "--resume", str(path), "--epochs", "2"]) == 2
    assert_one_sentence(capsys.readouterr().err)
    assert path.read_bytes() == content


@pytest.mark.parametrize("error", [MemoryError(), ZeroDivisionError("odd")])
def test_an_unforeseen_error_fails_with_a_sentence(capsys, tmp_path, monkeypatch, error):
    def fail(*args, **kwargs):
        raise error

    monkeypatch.setattr(Network, "train_batch", fail)
    assert main(["train", *QUICK, "--save", str(tmp_path / "run.npz")]) == 1
    assert_one_sentence(capsys.readouterr().err)


@pytest.mark.parametrize("room_elsewhere", [True, False])
def test_a_run_that_cannot_be_saved_fails_but_is_kept_elsewhere(
    room_elsewhere, capsys, tmp_path, monkeypatch
):
    (tmp_path / "file").write_text("")
    elsewhere = tmp_path if room_elsewhere else tmp_path / "file"
    monkeypatch.setattr("tempfile.tempdir", str(elsewhere))
    words = [*QUICK, "--json", "--save", str(tmp_path / "file" / "run.npz")]
    assert main(["train", *words]) == 1
    output, errors = capsys.readouterr()
    assert "could not be saved" in errors
    end = json.loads(output.splitlines()[-1])
    assert end["status"] == "completed"
    if room_elsewhere:
        assert end["path"] in errors
        assert read_checkpoint(Path(end["path"])).status is RunStatus.COMPLETED
    else:
        assert end["path"] is None


@pytest.mark.parametrize("option", ["--save", "--resume"])
@pytest.mark.parametrize("name", ["", ".", "/", "folder"])
def test_a_folder_is_no_file_of_a_run(capsys, tmp_path, monkeypatch, option, name):
    (tmp_path / "folder").mkdir()
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as end:
        main(["train", *QUICK, option, name])
    assert end.value.code == 2
    assert f"{name!r} is not the name of a file" in capsys.readouterr().err


def test_a_file_of_another_kind_is_not_written_over(capsys, tmp_path):
    picture, arrays = tmp_path / "digit.png", tmp_path / "data.npz"
    picture.write_bytes(b"\x89PNG and more")
    np.savez(arrays, mine=np.arange(3))
    for path in (picture, arrays):
        content = path.read_bytes()
        assert main(["train", *QUICK, "--save", str(path)]) == 1
        assert_one_sentence(capsys.readouterr().err)
        assert path.read_bytes() == content


def test_an_older_run_and_an_empty_file_are_written_over(run_file, tmp_path):
    older, empty = tmp_path / "older.npz", tmp_path / "empty.npz"
    older.write_bytes(run_file.read_bytes())
    empty.touch()
    for path in (older, empty):
        assert main(["train", *QUICK, "--save", str(path)]) == 0
        assert read_checkpoint(path).config.training.batch_size == 200


def test_without_a_validation_part_nothing_is_said_of_one(capsys, tmp_path):
    words = [*QUICK, "--validation-fraction", "0", "--save", str(tmp_path / "run.npz")]
    assert main(["train", *words]) == 0
    first, *_ = capsys.readouterr().out.splitlines()
    assert first.split()[:3] == ["epoch", "1", "loss"]
    assert "validation" not in first


def test_json_has_null_where_there_is_no_number(capsys, tmp_path):
    words = [*QUICK, "--validation-fraction", "0", "--save", str(tmp_path / "run.npz"), "--json"]
    assert main(["train", *words]) == 0
    output = capsys.readouterr().out
    assert "NaN" not in output
    assert json.loads(output.splitlines()[0])["validation_accuracy"] is None


# --- interrupted -------------------------------------------------------------------------


posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
# Long enough to be met in the middle, in epochs short enough not to be waited for.
LONG = ["train", "--hidden", "16", "--optimizer", "adam", "--dropout", "0.1", "--json"]


def saved_step(path):
    return read_checkpoint(path).step if path.exists() else 0


def kill(process):
    process.send_signal(signal.SIGKILL)
    assert finish(process)[0] == -signal.SIGKILL


def read_epochs(process, count):
    for _ in range(count):
        assert json.loads(process.stdout.readline())["event"] == "epoch_ended"


def assert_goes_on_exactly(path):
    """Assert that a file leads to the numbers of a run that nobody disturbed."""
    saved, dataset = read_checkpoint(path), load("mnist-10k")
    epochs = saved.step // 360 + 2
    resumed = restore(saved, dataset, epochs=epochs)
    list(resumed.run())
    whole = train(saved.config.with_epochs(epochs), dataset)
    assert_same_arrays(resumed.network.weights(), whole.network.weights())
    assert_same_arrays(resumed.best_weights, whole.best_weights)
    mine, theirs = take_checkpoint(resumed).history, take_checkpoint(whole).history
    assert without_seconds(mine) == without_seconds(theirs)


@posix
def test_a_killed_training_goes_on_from_its_file_exactly(tmp_path):
    path = tmp_path / "run.npz"
    process = start(*LONG, "--epochs", "1000", "--save", path)
    wait_until(lambda: saved_step(path) >= 360)
    kill(process)
    assert read_checkpoint(path).status is RunStatus.INTERRUPTED
    assert_goes_on_exactly(path)


@pytest.mark.parametrize("count", ["0", "-1", "65", "99999999999999999999"])
def test_a_wrong_number_of_threads_reserves_no_run(capsys, count):
    assert main(["train", *QUICK, "--blas-threads", count]) == 2
    assert_one_sentence(capsys.readouterr().err)
    assert not list(paths.runs_folder().glob("*"))


@posix
def test_a_training_killed_in_its_first_epoch_is_in_its_file(tmp_path):
    path = tmp_path / "run.npz"
    # Wide enough that no machine ends the epoch before the file is first written.
    process = start("train", "--hidden", "4096", "--batch-size", "1", "--save", path)
    wait_until(lambda: saved_step(path))
    kill(process)
    saved = read_checkpoint(path)
    assert 0 < saved.step < 7200
    assert saved.status is RunStatus.INTERRUPTED
    assert_begins_the_same(path, saved.config, load("mnist-10k"))


@posix
def test_a_run_without_a_name_is_listed_and_can_be_watched_while_it_is_trained(tmp_path):
    process = start(*LONG, "--epochs", "1000")
    store = RunStore(paths.runs_folder())
    journal = JournalReader(journal_path(store.folder / "run-0001.npz"))
    wait_until(lambda: journal.read() and journal.history.step)
    ((record,), damaged) = store.records()
    assert (record.number, record.header.status, damaged) == (1, RunStatus.RUNNING, [])
    process.send_signal(signal.SIGINT)
    assert finish(process)[0] == 0
    assert store.record(record.path).header.status is RunStatus.STOPPED
    assert not journal_path(record.path).exists()


@posix
def test_ctrl_c_stops_saves_and_says_where(tmp_path):
    path = tmp_path / "run.npz"
    process = start(*LONG, "--epochs", "1000", "--save", path)
    read_epochs(process, 1)
    process.send_signal(signal.SIGINT)
    code, output, errors = finish(process)
    assert (code, errors) == (0, "")
    end = json.loads(output.splitlines()[-1])
    assert (end["event"], end["status"], end["path"]) == ("run_ended", "stopped", str(path))
    assert read_checkpoint(path).status is RunStatus.STOPPED
    assert_goes_on_exactly(path)


@pytest.mark.parametrize("ending", ENDING_SIGNALS)
def test_a_stopped_run_says_how_far_it_came(ending, capsys, tmp_path, monkeypatch):
    record = train_command._TextReporter.batch_ended

    def interrupt(self, loss):
        record(self, loss)
        signal.raise_signal(ending)

    monkeypatch.setattr(train_command._TextReporter, "batch_ended", interrupt)
    before = signal.getsignal(ending)
    assert main(["train", *QUICK, "--save", str(tmp_path / "run.npz")]) == 0
    stopped, saved = capsys.readouterr().out.splitlines()
    assert stopped == "Stopped after 1 of 72 batches."
    assert saved == f"The run is saved in {tmp_path / 'run.npz'}"
    assert signal.getsignal(ending) is before


@posix
def test_a_run_that_is_to_outlive_its_terminal_does(tmp_path, monkeypatch):
    record = train_command._TextReporter.batch_ended

    def close_terminal(self, loss):
        record(self, loss)
        signal.raise_signal(signal.SIGHUP)

    monkeypatch.setattr(train_command._TextReporter, "batch_ended", close_terminal)
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)  # as nohup does
    try:
        assert main(["train", *QUICK, "--save", str(tmp_path / "run.npz")]) == 0
    finally:
        signal.signal(signal.SIGHUP, before)
    assert read_checkpoint(tmp_path / "run.npz").status is RunStatus.COMPLETED


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such pipes")
def test_a_reader_who_leaves_early_gets_no_traceback(tmp_path):
    process = start(*LONG, "--epochs", "1000", "--save", tmp_path / "run.npz")
    read_epochs(process, 1)
    process.stdout.close()
    assert process.wait(PATIENCE) == 1
    assert process.stderr.read() == ""
    process.stderr.close()


# --- with the whole data set -------------------------------------------------------------


def test_fast_98_reaches_98_percent_on_the_full_test_set(full_mnist, tmp_path, capsys):
    words = ["--dataset", "mnist", "--preset", "fast-98", "--json"]
    assert main(["train", *words, "--save", str(tmp_path / "run.npz")]) == 0
    end = lines(capsys)[-1]
    assert end["test_accuracy"] >= 0.978
    assert main(["evaluate", str(tmp_path / "run.npz"), "--json"]) == 0
    assert lines(capsys)[0]["test_accuracy"] == end["test_accuracy"]


def test_lab_note_is_past_97_percent_after_four_epochs(full_mnist, tmp_path, capsys):
    words = ["--dataset", "mnist", "--preset", "lab-note", "--epochs", "4", "--json"]
    assert main(["train", *words, "--save", str(tmp_path / "run.npz")]) == 0
    assert lines(capsys)[-1]["test_accuracy"] >= 0.97


def test_a_run_that_learned_nothing_says_so_and_what_to_try(capsys, tmp_path):
    guessing = ["--preset", "lab-note", "--epochs", "1", "--learning-rate", "10"]
    assert main(["train", *guessing, "--save", str(tmp_path / "run.npz")]) == 0
    said = next(each for each in capsys.readouterr().out.splitlines() if "nothing" in each)
    assert said.startswith("The network learned nothing: ")
    assert said.endswith(" Try: learning rate 1.")

"""The terminal trains, is interrupted, goes on."""

import json
import signal
import sys
from pathlib import Path

import pytest

from mnist_studio import paths
from mnist_studio.__main__ import main
from mnist_studio.cli import train as train_command
from mnist_studio.nn.network import Network
from mnist_studio.training.checkpoint import read_checkpoint
from mnist_studio.training.status import RunStatus
from mnist_studio.training.trainer import Trainer

from ..training.builders import assert_same_arrays, train, without_seconds
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
    from mnist_studio.data.loading import load

    trainer = train(saved.config, load("mnist-10k"))
    assert_same_arrays(saved.weights, trainer.network.weights())
    assert without_seconds(saved.history) == without_seconds(trainer.checkpoint().history)


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


@pytest.mark.parametrize("error", [MemoryError(), ZeroDivisionError("odd")])
def test_an_unforeseen_error_fails_with_a_sentence(capsys, tmp_path, monkeypatch, error):
    def fail(*args, **kwargs):
        raise error

    monkeypatch.setattr(Network, "train_batch", fail)
    assert main(["train", *QUICK, "--save", str(tmp_path / "run.npz")]) == 1
    assert_one_sentence(capsys.readouterr().err)


def test_a_run_that_cannot_be_saved_fails_but_is_trained(capsys, tmp_path):
    (tmp_path / "file").write_text("")
    words = [*QUICK, "--json", "--save", str(tmp_path / "file" / "run.npz")]
    assert main(["train", *words]) == 1
    output, errors = capsys.readouterr()
    assert "could not be saved" in errors
    end = json.loads(output.splitlines()[-1])
    assert (end["status"], end["path"]) == ("completed", None)


def test_json_has_null_where_there_is_no_number(capsys, tmp_path):
    words = [*QUICK, "--validation-fraction", "0", "--save", str(tmp_path / "run.npz"), "--json"]
    assert main(["train", *words]) == 0
    output = capsys.readouterr().out
    assert "NaN" not in output
    assert json.loads(output.splitlines()[0])["validation_accuracy"] is None


# --- interrupted -------------------------------------------------------------------------


# Long enough to be met in the middle, in epochs short enough not to be waited for.
LONG = ["train", "--hidden", "16", "--optimizer", "adam", "--dropout", "0.1", "--json"]


def read_epochs(process, count):
    for _ in range(count):
        assert json.loads(process.stdout.readline())["event"] == "epoch_ended"


def assert_goes_on_exactly(path):
    """Assert that a file leads to the numbers of a run that nobody disturbed."""
    from mnist_studio.data.loading import load

    saved, dataset = read_checkpoint(path), load("mnist-10k")
    resumed = Trainer.restore(saved, dataset, epochs=5)
    list(resumed.run())
    whole = train(saved.config.with_epochs(5), dataset)
    assert_same_arrays(resumed.network.weights(), whole.network.weights())
    assert_same_arrays(resumed.best_weights, whole.best_weights)
    mine, theirs = resumed.checkpoint().history, whole.checkpoint().history
    assert without_seconds(mine) == without_seconds(theirs)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
def test_a_killed_training_goes_on_from_its_file_exactly(tmp_path):
    path = tmp_path / "run.npz"
    process = start(*LONG, "--epochs", "1000", "--save", path)
    read_epochs(process, 2)
    process.send_signal(signal.SIGKILL)
    assert finish(process)[0] == -signal.SIGKILL
    saved = read_checkpoint(path)
    assert saved.status is RunStatus.RUNNING
    assert saved.step >= 2 * 360
    assert_goes_on_exactly(path)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
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


def test_a_stopped_run_says_how_far_it_came(capsys, tmp_path, monkeypatch):
    record = train_command._TextReporter.batch_ended

    def interrupt(self, loss):
        record(self, loss)
        signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(train_command._TextReporter, "batch_ended", interrupt)
    before = signal.getsignal(signal.SIGINT)
    assert main(["train", *QUICK, "--save", str(tmp_path / "run.npz")]) == 0
    stopped, saved = capsys.readouterr().out.splitlines()
    assert stopped == "Stopped after 1 of 72 batches."
    assert saved == f"The run is saved in {tmp_path / 'run.npz'}"
    assert signal.getsignal(signal.SIGINT) is before


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such pipes")
def test_a_reader_who_leaves_early_gets_no_traceback(tmp_path):
    process = start(*LONG, "--epochs", "1000", "--save", tmp_path / "run.npz")
    read_epochs(process, 1)
    process.stdout.close()
    assert process.wait(120) == 1
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

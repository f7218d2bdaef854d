"""The terminal: every command, every exit code."""

import io
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import mnist_studio
from mnist_studio import cli, paths
from mnist_studio.__main__ import main
from mnist_studio.nn.network import Network
from mnist_studio.options import run_config
from mnist_studio.training.checkpoint import read_checkpoint, write_checkpoint
from mnist_studio.training.config import (
    DataConfig,
    HiddenLayer,
    ModelConfig,
    RunConfig,
    TrainingConfig,
    hyperparameters,
)
from mnist_studio.training.presets import PRESETS
from mnist_studio.training.status import RunStatus
from mnist_studio.training.trainer import Trainer

from .training.builders import assert_same_arrays, small_run, train, without_seconds

QUICK = ["--hidden", "8", "--batch-size", "200", "--epochs", "2"]
CLASSES = (DataConfig, ModelConfig, TrainingConfig)


def lines(capsys) -> list[dict]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def start(*words, **environment) -> subprocess.Popen:
    """Start the program as a user would."""
    root = str(Path(mnist_studio.__file__).parent.parent)
    return subprocess.Popen(
        [sys.executable, "-m", "mnist_studio", *map(str, words)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        env=os.environ | {"PYTHONPATH": root} | environment,
    )


def finish(process) -> tuple[int, str, str]:
    output, errors = process.communicate(timeout=120)
    return process.returncode, output, errors


def assert_one_sentence(errors: str) -> None:
    assert errors.startswith("mnist-studio: ")
    assert errors.endswith(".\n")
    assert errors.count("\n") == 1


@pytest.fixture(scope="module")
def run_file(blobs, tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("run") / "run.npz"
    write_checkpoint(path, train(small_run(epochs=1), blobs).checkpoint())
    return path


def trained_on(run_file, dataset, tmp_path) -> Path:
    """Return a copy of a run file that says it was trained on another data set."""
    checkpoint = read_checkpoint(run_file)
    object.__setattr__(checkpoint.config, "data", DataConfig(dataset))
    write_checkpoint(tmp_path / "copy.npz", checkpoint)
    return tmp_path / "copy.npz"


# --- train ---------------------------------------------------------------------------------


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


# --- interrupted ---------------------------------------------------------------------------

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
    record = cli._TextReporter.batch_ended

    def interrupt(self, loss):
        record(self, loss)
        signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(cli._TextReporter, "batch_ended", interrupt)
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


# --- options -------------------------------------------------------------------------------


def parsed(*words):
    return run_config(cli._parser().parse_args(["train", *words]))


@pytest.mark.parametrize(
    ("config_class", "name", "declaration"),
    [(each, *item) for each in CLASSES for item in hyperparameters(each).items()],
)
def test_every_hyperparameter_is_an_option_made_from_its_declaration(
    config_class, name, declaration
):
    part = {DataConfig: "data", ModelConfig: "model", TrainingConfig: "training"}[config_class]
    values = declaration.choices or (declaration.minimum, declaration.maximum)
    for value in values:
        config = parsed(f"--{name.replace('_', '-')}", str(value))
        assert getattr(getattr(config, part), name) == value


def test_without_options_the_defaults_are_trained():
    assert parsed() == RunConfig()


@pytest.mark.parametrize("name", PRESETS)
def test_options_are_put_on_top_of_a_preset(name):
    config = parsed("--preset", name, "--dataset", "mnist", "--seed", "9")
    assert config.data.dataset == "mnist"
    assert config.model == PRESETS[name].model
    assert config.training.seed == 9
    assert config.training.learning_rate == PRESETS[name].training.learning_rate


@pytest.mark.parametrize(
    ("words", "layers"),
    [
        (["--hidden", "30", "20"], [(30, "relu"), (20, "relu")]),
        (["--hidden", "30", "20", "--activation", "tanh"], [(30, "tanh"), (20, "tanh")]),
        (["--hidden", "3", "2", "--activation", "tanh", "relu"], [(3, "tanh"), (2, "relu")]),
        (["--activation", "sigmoid"], [(256, "sigmoid")]),
        (["--hidden"], []),
    ],
)
def test_layers_are_widths_with_one_or_several_activations(words, layers):
    assert parsed(*words).model.hidden == tuple(HiddenLayer(*layer) for layer in layers)


@pytest.mark.parametrize(
    "words",
    [
        ["train", "--learning-rate", "nan"],
        ["train", "--learning-rate", "100"],
        ["train", "--batch-size", "0"],
        ["train", "--hidden", "0"],
        ["train", "--hidden", "8192", "8192"],
        ["train", "--hidden", "8", "8", "--activation", "relu", "relu", "relu"],
        ["data", "--download"],
    ],
)
def test_a_value_out_of_bounds_is_wrong_usage(words, capsys):
    assert main(words) == 2
    assert_one_sentence(capsys.readouterr().err)


@pytest.mark.parametrize(
    "words",
    [
        ["train", "--epochs", "many"],
        ["train", "--optimizer", "lbfgs"],
        ["train", "--nonsense"],
        ["train", "--dataset", "imagenet"],
        ["evaluate"],
        ["predict", "run.npz"],
        ["data", "imagenet"],
    ],
)
def test_wrong_usage_shows_the_usage(words, capsys):
    with pytest.raises(SystemExit) as caught:
        main(words)
    assert caught.value.code == 2
    assert "usage: mnist-studio" in capsys.readouterr().err


@pytest.mark.parametrize("command", cli.COMMANDS)
def test_every_command_explains_itself(command, capsys):
    with pytest.raises(SystemExit) as caught:
        main([command, "--help"])
    assert caught.value.code == 0
    output = capsys.readouterr().out
    assert cli.COMMANDS[command][1] in output
    assert "--json" in output


def test_the_version_is_told(capsys):
    with pytest.raises(SystemExit) as caught:
        main(["--version"])
    assert caught.value.code == 0
    assert capsys.readouterr().out == f"mnist-studio {mnist_studio.__version__}\n"


# --- evaluate ------------------------------------------------------------------------------


def test_evaluate_measures_on_the_test_part(run_file, blobs, monkeypatch, capsys):
    monkeypatch.setattr("mnist_studio.data.loading.load", lambda name, folder: blobs)
    assert main(["evaluate", str(run_file), "--json"]) == 0
    (result,) = lines(capsys)
    test = train(small_run(epochs=1), blobs).history.test
    assert result == {
        "event": "evaluated",
        "dataset": "mnist-10k",
        "images": 100,
        "test_accuracy": test.accuracy,
        "test_loss": test.loss,
    }
    assert main(["evaluate", str(run_file)]) == 0
    output, errors = capsys.readouterr()
    assert output.startswith(f"mnist-10k: test accuracy {test.accuracy:.2%}, loss ")
    assert errors == ""


def test_evaluating_on_images_trained_on_is_warned_of(run_file, tmp_path, capsys):
    path = trained_on(run_file, "mnist", tmp_path)
    assert main(["evaluate", str(path), "--dataset", "mnist-10k", "--json"]) == 0
    output, errors = capsys.readouterr()
    assert_one_sentence(errors)
    assert "trained on" in errors
    assert json.loads(output)["images"] == 2000


# --- predict -------------------------------------------------------------------------------


def test_predict_tells_the_class_and_all_probabilities(run_file, tmp_path, capsys):
    picture = tmp_path / "a digit.png"
    pixels = np.full((60, 60), 255, np.uint8)
    pixels[10:50, 28:34] = 0
    Image.fromarray(pixels).save(picture)
    assert main(["predict", str(run_file), str(picture), "--json"]) == 0
    (result,) = lines(capsys)
    assert result["event"] == "predicted"
    assert sum(result["probabilities"]) == pytest.approx(1, abs=1e-5)
    assert result["probability"] == max(result["probabilities"])
    assert result["class_name"] == str(result["prediction"])
    assert main(["predict", str(run_file), str(picture)]) == 0
    assert capsys.readouterr().out.split()[0] == result["class_name"]


def test_classes_have_the_names_of_the_runs_data_set(run_file, tmp_path, capsys):
    picture = tmp_path / "shirt.png"
    pixels = np.zeros((28, 28), np.uint8)
    pixels[5:20, 5:20] = 200
    Image.fromarray(pixels).save(picture)
    path = trained_on(run_file, "fashion-mnist", tmp_path)
    assert main(["predict", str(path), str(picture), "--json"]) == 0
    (result,) = lines(capsys)
    assert result["class_name"] == cli.DATASETS["fashion-mnist"].class_names[result["prediction"]]


def png_with_an_unknown_chunk() -> bytes:
    file = io.BytesIO()
    Image.new("L", (40, 40), 99).save(file, "PNG")
    return file.getvalue().replace(b"IDAT", b"hA\x90\xf6")


@pytest.mark.parametrize(
    "content", [b"no image", b"", b"\x89PNG\r\n\x1a\n broken", png_with_an_unknown_chunk()]
)
def test_what_is_no_image_is_told(run_file, tmp_path, capsys, content):
    picture = tmp_path / "picture.png"
    picture.write_bytes(content)
    assert main(["predict", str(run_file), str(picture)]) == 1
    assert_one_sentence(capsys.readouterr().err)


def test_an_empty_picture_has_no_answer(run_file, tmp_path, capsys):
    picture = tmp_path / "empty.png"
    Image.new("L", (40, 40), 255).save(picture)
    assert main(["predict", str(run_file), str(picture)]) == 1
    assert "nothing is drawn" in capsys.readouterr().err


# --- data ----------------------------------------------------------------------------------


def test_data_lists_what_there_is_and_how_to_get_the_rest(capsys, monkeypatch):
    monkeypatch.delenv(paths.DATA_VARIABLE, raising=False)
    assert main(["data"]) == 0
    embedded, full, fashion = capsys.readouterr().out.splitlines()
    assert "comes with the app" in embedded
    assert "mnist-studio data mnist --download" in full
    assert "mnist-studio data fashion-mnist --download" in fashion
    assert main(["data", "mnist", "--json"]) == 0
    (row,) = lines(capsys)
    assert (row["name"], row["train_size"], row["path"]) == ("mnist", 60_000, None)


def test_download_shows_where_the_data_went(capsys, monkeypatch):
    asked = []
    monkeypatch.setattr(
        "mnist_studio.data.download.download",
        lambda name, progress, cancelled: (asked.append(name), progress(5, 10)),
    )
    assert main(["data", "mnist", "--download", "--json"]) == 0
    assert asked == ["mnist"]
    assert lines(capsys)[0]["name"] == "mnist"


def test_a_download_is_cancelled_by_ctrl_c(capsys, monkeypatch):
    from mnist_studio.data.errors import DownloadCancelled

    def download(name, progress, cancelled):
        signal.raise_signal(signal.SIGINT)
        if cancelled():
            raise DownloadCancelled

    monkeypatch.setattr("mnist_studio.data.download.download", download)
    assert main(["data", "mnist", "--download"]) == 1
    assert capsys.readouterr().err == "mnist-studio: cancelled.\n"


# --- files that are not there --------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [
        ["train", "--resume", "missing.npz"],
        ["evaluate", "missing.npz"],
        ["predict", "missing.npz", "digit.png"],
        ["train", "--dataset", "mnist"],
        ["train", "--dataset", "mnist", "--folder", "missing"],
    ],
)
def test_a_missing_file_is_one_sentence(words, capsys, monkeypatch, tmp_path):
    monkeypatch.delenv(paths.DATA_VARIABLE, raising=False)
    monkeypatch.chdir(tmp_path)
    assert main(words) == 1
    assert_one_sentence(capsys.readouterr().err)


def test_a_missing_picture_is_one_sentence(run_file, capsys):
    assert main(["predict", str(run_file), "missing.png"]) == 1
    errors = capsys.readouterr().err
    assert_one_sentence(errors)
    assert "missing.png" in errors


def test_a_damaged_run_is_one_sentence(tmp_path, capsys):
    path = tmp_path / "damaged.npz"
    path.write_bytes(b"damaged")
    for words in (["train", "--resume", path], ["evaluate", path], ["predict", path, "x.png"]):
        assert main([*map(str, words)]) == 1
        assert_one_sentence(capsys.readouterr().err)


# --- the window where there is none --------------------------------------------------------


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux can lack a screen")
def test_without_a_screen_the_window_says_so_and_what_works():
    nothing = {"DISPLAY": "", "WAYLAND_DISPLAY": "", "QT_QPA_PLATFORM": ""}
    code, output, errors = finish(start(**nothing))
    assert (code, output) == (1, "")
    assert errors.startswith("There is no screen")
    assert "mnist-studio train" in errors
    assert errors.count("\n") == 1


# --- bench ---------------------------------------------------------------------------------


def test_bench_measures_the_chosen_settings(capsys, monkeypatch):
    from mnist_studio.training import benchmark

    asked = []

    def run_benchmark(config, dataset):
        asked.append((config.training.batch_size, dataset.name))
        return benchmark.BenchmarkResult(1000.0, 1.25, 1, {1: 1000.0})

    monkeypatch.setattr(benchmark, "run_benchmark", run_benchmark)
    assert main(["bench", "--batch-size", "7", "--json"]) == 0
    assert asked == [(7, "mnist-10k")]
    (result,) = lines(capsys)
    assert result["event"] == "benchmarked"
    assert result["images_per_second"] == 1000.0


# --- with the whole data set ---------------------------------------------------------------


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

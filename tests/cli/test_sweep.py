"""The terminal trains sweeps, is interrupted or killed, and goes on."""

import json
import shutil
import signal
import sys
from pathlib import Path

import pytest

from mnist_studio import paths
from mnist_studio.__main__ import main
from mnist_studio.cli.main import build_parser
from mnist_studio.cli.sweep import _sweep
from mnist_studio.data.loading import load
from mnist_studio.runs.checkpoint import read_checkpoint
from mnist_studio.runs.restore import take_checkpoint
from mnist_studio.runs.store import RunStore
from mnist_studio.sweeps.store import SweepStore
from mnist_studio.sweeps.sweep import SWEEP_PRESETS
from mnist_studio.sweeps.workers import local_processes
from mnist_studio.training.status import RunStatus

from ..polling import wait_until
from ..training.builders import assert_same_arrays, train, without_seconds
from .helpers import assert_one_sentence, finish, lines, start

QUICK = ["sweep", "--hidden", "8", "--epochs", "1", "--jobs", "1"]
# Two long runs, and one that waits until they end.
LONG = ["sweep", "--hidden", "8", "--optimizer", "adam", "--vary", "batch_size=20,21,2000"]
posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")


def of(printed, event):
    return [line for line in printed if line["event"] == event]


def assert_same_numbers(path, config):
    saved, whole = read_checkpoint(path), take_checkpoint(train(config, load("mnist-10k")))
    assert saved.status is RunStatus.COMPLETED
    assert saved.config == config
    assert_same_arrays(saved.weights, whole.weights)
    assert without_seconds(saved.history) == without_seconds(whole.history)


def parsed(*words):
    return _sweep(build_parser("sweep").parse_args(words))


# --- what is printed -----------------------------------------------------------------------


def test_a_sweep_prints_runs_table_and_sentence(capsys):
    words = ["--vary", "batch_size=200,500", "--repeat", "2", "--optimizer", "adam"]
    assert main([*QUICK, *words]) == 0
    output, errors = capsys.readouterr()
    runs, table, sentence = output.rstrip("\n").split("\n\n")
    names = [line.split("   ")[0].strip() for line in runs.splitlines()]
    assert names == [f"batch {size}, seed {seed}" for size in (200, 500) for seed in (0, 1)]
    head, *rows = table.splitlines()
    assert head.split() == ["validation", "test", "seconds"]
    assert [row.split("   ")[0] for row in rows] == ["batch 200", "batch 500"]
    assert all("±" in row for row in rows)
    assert sentence.endswith(".")
    assert errors == ""


def test_json_tells_everything_and_the_runs_are_in_the_users_folder(capsys):
    assert main([*QUICK, "--vary", "learning-rate=0.05,0.1", "--batch-size", "500", "--json"]) == 0
    printed = lines(capsys)
    assert [line["event"] for line in printed] == [
        "sweep_started",
        *["run_started", "epoch_ended", "run_ended"] * 2,
        "sweep_ended",
    ]
    assert [line["name"] for line in of(printed, "run_ended")] == [
        "rate 0.05",
        "rate 0.1",
    ]
    records, damaged = RunStore(paths.runs_folder()).records()
    assert not damaged
    assert [str(record.path) for record in records] == [
        line["path"] for line in of(printed, "run_ended")
    ]
    assert [record.title for record in records] == ["rate 0.05", "rate 0.1"]
    assert {record.label.sweep for record in records} == {"sweep-0001"}
    end = printed[-1]
    accuracies = [line["test_accuracy"] for line in of(printed, "run_ended")]
    assert [row["figures"]["test_accuracy"]["mean"] for row in end["table"]] == accuracies
    assert [row["learning_rate"] for row in end["table"]] == [0.05, 0.1]
    assert end["status"] == "completed"
    assert "0.05" in end["finding"]


def test_a_sweep_and_a_single_training_have_the_same_numbers(capsys, tmp_path):
    words = ["--hidden", "8", "--epochs", "1", "--dropout", "0.2", "--seed", "4"]
    assert main(["sweep", *words, "--vary", "batch_size=300", "--repeat", "2", "--json"]) == 0
    ended = {line["run"]: line["path"] for line in of(lines(capsys), "run_ended")}
    single = tmp_path / "run.npz"
    words[-1] = "5"
    assert main(["train", *words, "--batch-size", "300", "--save", str(single)]) == 0
    one, other = read_checkpoint(Path(ended[2])), read_checkpoint(single)
    assert one.config == other.config
    assert_same_arrays(one.weights, other.weights)
    assert without_seconds(one.history) == without_seconds(other.history)


@pytest.mark.parametrize(
    ("rates", "sentence"),
    [("10,0.01", "1 of 2 runs failed."), ("10,9", "All 2 runs failed.")],
)
def test_a_sweep_has_succeeded_if_every_run_has(capsys, rates, sentence):
    words = ["--vary", f"learning_rate={rates}", "--optimizer", "momentum", "--hidden", "64", "64"]
    assert main([*QUICK, *words]) == 1
    output, errors = capsys.readouterr()
    assert errors == f"mnist-studio: {sentence}\n"
    failed, trained, *_ = output.splitlines()
    assert failed.startswith("rate 10")
    assert "   failed: The loss exploded" in failed
    assert trained.startswith("rate 0.01   validation" if rates == "10,0.01" else "rate 9 ")


# --- options -------------------------------------------------------------------------------


def test_options_describe_the_sweep():
    sweep = parsed("--vary", "hidden=32,32-16", "--vary", "l2=0,0.1", "--repeat", "3", "--seed=7")
    assert sweep.vary == (("hidden", ("32", "32-16")), ("l2", (0.0, 0.1)))
    assert (sweep.repeat, sweep.base.training.seed) == (3, 7)


@pytest.mark.parametrize("note", ["batch-size", "learning-rate"])
def test_lab_notes_are_those_of_the_window_with_options_on_top(note):
    assert parsed("--lab-note", note) == SWEEP_PRESETS[f"lab-note-{note}"]("mnist-10k")
    changed = parsed("--lab-note", note, "--dataset", "mnist", "--max-images", "1000")
    assert changed.base.data.dataset == "mnist"
    assert changed.base.training.max_images == 1000
    assert changed.vary == SWEEP_PRESETS[f"lab-note-{note}"]("mnist").vary


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["--vary", "batch_size"],
        ["--vary", "batch_size="],
        ["--vary", "batch_size=0"],
        ["--vary", "batch=10"],
        ["--vary", "seed=1,2"],
        ["--vary", "l2=1", "--vary", "l2=2"],
        ["--vary", "l2=1", "--vary", "dropout=0", "--vary", "shift=1"],
        ["--vary", "l2=1", "--repeat", "0"],
        ["--vary", "l2=1", "--jobs", "0"],
        ["--vary", "l2=1", "--jobs", "2", "--scheduler", "tcp://127.0.0.1:9"],
        ["--vary", "l2=1", "--lab-note", "batch-size"],
        ["--lab-note", "batch-size", "--preset", "fast-98"],
        ["--resume", "sweep-0001", "--l2", "1"],
        ["--resume", "sweep-0001", "--repeat", "2"],
    ],
)
def test_what_cannot_be_varied_is_wrong_usage(words, capsys):
    assert main(["sweep", *words]) == 2
    assert_one_sentence(capsys.readouterr().err)
    assert not paths.runs_folder().exists()


@pytest.mark.parametrize(
    "words",
    [
        ["--resume", "sweep-0001"],
        ["--resume", "7"],
        ["--vary", "l2=0,1", "--dataset", "mnist", "--folder", "missing"],
        ["--vary", "dataset=mnist-10k,mnist", "--folder", "missing"],
    ],
)
def test_what_is_not_there_is_one_sentence(words, capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert main(["sweep", *words]) == 1
    assert_one_sentence(capsys.readouterr().err)
    assert not paths.runs_folder().exists()


def test_a_cluster_is_asked_where_one_is_named(capsys, monkeypatch):
    asked = []

    def dask_cluster(address, datasets, folder):
        asked.append((address, datasets, folder))
        return local_processes(1)

    monkeypatch.setattr("mnist_studio.sweeps.workers.dask_cluster", dask_cluster)
    words = ["--hidden", "8", "--epochs", "1", "--vary", "batch_size=500", "--json"]
    assert main(["sweep", *words, "--scheduler", "tcp://10.0.0.1:8786"]) == 0
    assert asked == [("tcp://10.0.0.1:8786", {"mnist-10k"}, None)]
    assert of(lines(capsys), "run_ended")[0]["status"] == "completed"


# --- no room -------------------------------------------------------------------------------


@posix
@pytest.mark.parametrize(("most_bytes", "begun"), [(20_000, False), (70_000, True)])
def test_runs_that_cannot_be_saved_are_interrupted_and_go_on_when_there_is_room(
    capsys, most_bytes, begun
):
    words = ["--vary", "learning_rate=0.01,0.02", "--batch-size", "4"]
    code, output, errors = finish(start(*QUICK, *words, most_bytes=most_bytes))
    assert code == 1
    assert_one_sentence(errors)
    assert "2 of 2 runs are to go on" in errors
    assert "File too large" in errors
    assert "mnist-studio sweep --resume sweep-0001" in errors
    assert output.count("interrupted: The run could not be saved") == 2
    store = SweepStore(RunStore(paths.runs_folder()))
    (record,) = store.unfinished()
    for path in record.runs:
        assert path.exists() == begun
        assert not begun or read_checkpoint(path).status is RunStatus.INTERRUPTED
    assert main(["sweep", "--resume", record.name]) == 0
    for path, config in record.planned:
        assert_same_numbers(path, config)


@posix
def test_a_sweep_that_cannot_be_written_down_leaves_nothing():
    code, _, errors = finish(start(*QUICK, "--vary", "learning_rate=0.01,0.02", most_bytes=300))
    assert code == 1
    assert_one_sentence(errors)
    assert [path.name for path in paths.runs_folder().rglob("*") if path.is_file()] == []


# --- interrupted ---------------------------------------------------------------------------


def end_in_the_midst(end):
    """Start a sweep, and end it while two of its runs train; return what it printed then.

    On a busy machine a run may have ended before; then all is done again with longer ones.
    """
    for epochs in (12, 48, 192, 768):
        process = start(*LONG, "--epochs", epochs, "--jobs", "2", "--json")
        runs = set()
        while len(runs) < 2:
            line = json.loads(process.stdout.readline())
            if line["event"] == "epoch_ended":
                runs.add(line["run"])
        end(process)
        printed = finish(process)
        if all(read_checkpoint(path).status is not RunStatus.COMPLETED for path in trained_runs()):
            return printed
        shutil.rmtree(paths.runs_folder())
    raise AssertionError("no run was interrupted")


def trained_runs():
    return sorted(paths.runs_folder().glob("run-*.npz"))


def assert_goes_on_exactly(capsys):
    """Resume the only sweep there is and assert that nobody can tell it was interrupted."""
    store = SweepStore(RunStore(paths.runs_folder()))
    (record,) = store.unfinished()
    trained = trained_runs()
    assert trained == list(record.runs)[:2]
    assert all(read_checkpoint(path).status is RunStatus.INTERRUPTED for path in trained)
    assert all(read_checkpoint(path).step > 0 for path in trained)
    assert main(["sweep", "--resume", record.name, "--json"]) == 0
    printed = lines(capsys)
    assert sorted(line["run"] for line in of(printed, "run_ended")) == [1, 2, 3]
    for path, config in record.planned:
        assert_same_numbers(path, config)
    assert store.unfinished() == []
    assert main(["sweep", "--resume", record.name]) == 1
    assert "Nothing is left" in capsys.readouterr().err


@posix
def test_ctrl_c_stops_saves_and_the_sweep_goes_on_exactly(capsys):
    code, output, errors = end_in_the_midst(lambda process: process.send_signal(signal.SIGINT))
    assert (code, errors) == (0, "")
    assert json.loads(output.splitlines()[-1])["status"] == "interrupted"
    assert_goes_on_exactly(capsys)


def children_of(process) -> list[int]:
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text()
    return [
        int(pid)
        for pid in children.split()
        if "spawn_main" in Path(f"/proc/{pid}/cmdline").read_text()
    ]


def lives(pid) -> bool:
    """Whether a process does anything; one that ended may wait for somebody to notice."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="only Linux lists processes so")
def test_a_killed_sweep_leaves_no_process_and_goes_on_exactly(capsys):
    def kill(process):
        children = children_of(process)
        assert len(children) == 2
        process.kill()
        wait_until(lambda: not any(map(lives, children)))

    end_in_the_midst(kill)
    assert_goes_on_exactly(capsys)


def test_a_sweep_whose_images_are_gone_is_not_resumed_and_can_go_on_when_they_are_back(capsys):
    base = parsed("--vary", "batch_size=10,20", "--hidden", "8", "--dataset", "fashion-mnist")
    store = SweepStore(RunStore(paths.runs_folder()))
    record = store.begin(base)
    store.release(record)
    assert main(["sweep", "--resume", record.name]) == 1
    errors = capsys.readouterr().err
    assert_one_sentence(errors)
    assert "Fashion-MNIST was not found" in errors
    assert store.unfinished() == [record]


def test_nobody_else_has_a_sweep_while_it_is_finished(capsys, monkeypatch):
    finish_sweep, others = SweepStore.finish, []

    def finish_later(self, record):
        others.append(SweepStore(RunStore(paths.runs_folder())).hold(record))
        return finish_sweep(self, record)

    monkeypatch.setattr(SweepStore, "finish", finish_later)
    assert main([*QUICK, "--vary", "batch_size=500", "--json"]) == 0
    assert others == [None]


def test_a_sweep_that_another_process_trains_is_not_resumed(capsys):
    assert main([*QUICK, "--vary", "batch_size=500", "--json"]) == 0
    store = SweepStore(RunStore(paths.runs_folder()))
    record = store.begin(store.find("1").sweep)
    assert main(["sweep", "--resume", record.name]) == 1
    assert "Another process" in capsys.readouterr().err
    store.release(record)

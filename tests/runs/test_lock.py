"""One writer for each run, whatever becomes of its process."""

import dataclasses
import subprocess
import sys

import pytest

from mnist_studio.runs.checkpoint import CheckpointError, read_checkpoint, write_checkpoint
from mnist_studio.runs.label import RunLabel
from mnist_studio.runs.lock import RunHeldError, hold_run, is_held
from mnist_studio.runs.restore import take_checkpoint
from mnist_studio.runs.store import RunStore
from mnist_studio.training.status import RunStatus
from mnist_studio.training.trainer import Trainer

from ..training.builders import small_run

posix = pytest.mark.skipif(sys.platform == "win32", reason="another kind of lock")
HOLDING = (
    "import sys\n"
    "from pathlib import Path\n"
    "from mnist_studio.runs.lock import hold_run\n"
    "with hold_run(Path(sys.argv[1]), 'a terminal'):\n"
    "    print('held', flush=True)\n"
    "    sys.stdin.read()\n"
)


@pytest.fixture
def store(tmp_path):
    return RunStore(tmp_path / "runs")


@pytest.fixture
def path(store, blobs):
    """A run that says it is being trained."""
    path = store.reserve(RunLabel(name="mine"))
    state = take_checkpoint(Trainer(small_run(), blobs))
    write_checkpoint(path, dataclasses.replace(state, status=RunStatus.RUNNING))
    return path


@pytest.fixture
def holder(path):
    """Another process that holds the run."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDING, path],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    )
    with process:
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_a_run_is_held_until_it_is_let_go(path):
    with hold_run(path, "the window"):
        assert is_held(path)
        assert read_checkpoint(path).status is RunStatus.RUNNING
    assert not is_held(path)
    assert read_checkpoint(path).status is RunStatus.INTERRUPTED
    assert sorted(each.suffix for each in path.parent.iterdir()) == [".json", ".npz"]


def test_the_second_is_told_who_holds_a_run_and_what_it_can_do(path, holder):
    with pytest.raises(RunHeldError) as told, hold_run(path, "the window", 0.05):
        pass
    assert f"run-0001 is being trained by a terminal (process {holder.pid})" in str(told.value)
    assert "watch it in Experiments" in str(told.value)
    assert "fork it" in str(told.value)


def test_a_lock_ends_with_a_process_that_is_killed(path, holder):
    assert is_held(path)
    holder.kill()
    holder.wait()
    assert not is_held(path)
    assert read_checkpoint(path).status is RunStatus.INTERRUPTED
    with hold_run(path, "the window", 0.0):
        assert is_held(path)


def test_a_look_does_not_keep_anybody_from_a_run(path):
    with hold_run(path, "the window"):
        pass
    assert not is_held(path)
    with hold_run(path, "the window", 0.0):
        pass


@posix
def test_two_that_look_at_the_same_time_do_not_take_each_other_for_a_holder(
    path, holder, monkeypatch
):
    import fcntl

    flock, found = fcntl.flock, []

    def look_meanwhile(file, operation):
        flock(file, operation)
        monkeypatch.setattr(fcntl, "flock", flock)
        found.append(is_held(path))

    holder.kill()
    holder.wait()  # its lock's file is still there
    monkeypatch.setattr(fcntl, "flock", look_meanwhile)
    assert not is_held(path)
    assert found == [False]


def test_a_name_too_long_for_a_lock_hides_no_other_run(store, path):
    damaged = store.folder / f"{'n' * 250}.npz"
    damaged.write_bytes(b"no run")
    assert not is_held(damaged)
    records, (found,) = store.records()
    assert [record.path for record in records] == [path]
    assert found.path == damaged


def test_a_run_that_another_process_trains_is_not_deleted(store, path, holder):
    with pytest.raises(CheckpointError, match="is being trained by a terminal"):
        store.delete(path)
    assert path.exists()
    assert store.label(path).name == "mine"
    holder.kill()
    holder.wait()
    place = store.delete(path)
    assert not list(store.folder.glob(".*"))
    assert store.record(store.restore(place)).title == "mine"


def test_a_run_that_has_begun_keeps_its_number(store):
    path = store.reserve()
    with hold_run(path, "a sweep"):
        store.release(path)
    assert path.with_suffix(".json").exists()
    store.release(path)
    assert not path.with_suffix(".json").exists()


def test_where_no_lock_can_be_made_the_run_is_trained_without(tmp_path, caplog):
    (tmp_path / "file").touch()
    with hold_run(tmp_path / "file" / "run.npz", "a terminal", 0.0):
        pass
    assert "without a lock" in caplog.text

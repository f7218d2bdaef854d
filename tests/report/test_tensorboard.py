"""Curves in TensorBoard's own format."""

import dataclasses
import shutil
import sys

import numpy as np
import pytest

from mnist_studio.cancel import WorkCancelled
from mnist_studio.report.tensorboard import TensorBoardMissing, write_tensorboard
from mnist_studio.runs.checkpoint_history import read_history


def read(folder):
    """Return step, value and time of every scalar by its tag, in the order written."""
    proto = pytest.importorskip("tensorboardX.proto.event_pb2")
    (path,) = folder.iterdir()
    data, found, position = path.read_bytes(), {}, 0
    while position < len(data):
        # Length, its checksum, an event, its checksum.
        length = int.from_bytes(data[position : position + 8], "little")
        event = proto.Event.FromString(data[position + 12 : position + 12 + length])
        position += 16 + length
        for value in event.summary.value:
            if value.WhichOneof("value") == "simple_value":
                row = (event.step, value.simple_value, event.wall_time)
                found.setdefault(value.tag, []).append(row)
    return found


def test_every_point_is_there_with_the_time_at_which_it_was_trained(saved_runs, tmp_path):
    pytest.importorskip("tensorboardX")
    write_tensorboard(tmp_path, saved_runs[:2])
    assert sorted(each.name for each in tmp_path.iterdir()) == ["run-0001", "run-0002"]
    run = saved_runs[1]
    history, found = read_history(run.path), read(tmp_path / "run-0002")
    steps, losses, times = zip(*found["loss/train"], strict=True)
    assert steps == tuple(range(1, history.step + 1))
    np.testing.assert_array_equal(np.array(losses, np.float32), history.losses)
    np.testing.assert_allclose(np.array(times) - run.header.started, history.seconds, atol=1e-5)
    np.testing.assert_array_equal(
        np.array([value for _, value, _ in found["learning_rate"]], np.float32),
        history.learning_rates,
    )
    accuracies = [(step, value) for step, value, _ in found["accuracy/validation"]]
    assert accuracies == [
        (epoch.step, np.float32(epoch.validation_accuracy)) for epoch in history.epochs
    ]
    assert len(found["loss/validation"]) == len(found["accuracy/train"]) == 2


def test_another_export_replaces_the_first(saved_runs, tmp_path):
    pytest.importorskip("tensorboardX")
    for _ in range(2):
        write_tensorboard(tmp_path, saved_runs[:1])
    assert len(list((tmp_path / "run-0001").iterdir())) == 1


def copy_of(run, path):
    """Return a run with its file in another place."""
    path.parent.mkdir(exist_ok=True)
    shutil.copy(run.path, path)
    return dataclasses.replace(run, path=path)


def test_no_run_is_written_beside_the_folder_whatever_its_name(saved_runs, tmp_path):
    pytest.importorskip("tensorboardX")
    (tmp_path / "events.out.tfevents.1.mine").write_text("mine")
    names = ("...npz", ".npz.npz", "a.npz")
    runs = [copy_of(saved_runs[0], tmp_path / "runs" / name) for name in names]
    runs.append(copy_of(saved_runs[0], tmp_path / "others" / "a.npz"))
    write_tensorboard(tmp_path / "logs", runs)
    assert sorted(each.name for each in tmp_path.iterdir()) == [
        "events.out.tfevents.1.mine",
        "logs",
        "others",
        "runs",
    ]
    assert sorted(each.name for each in (tmp_path / "logs").iterdir()) == [
        "a",
        "a (2)",
        "npz",
        "run",
    ]


def test_nothing_is_deleted_and_no_link_is_followed(saved_runs, tmp_path):
    pytest.importorskip("tensorboardX")
    logs, elsewhere = tmp_path / "logs", tmp_path / "elsewhere"
    for folder in (logs, elsewhere, logs / "run-0002"):
        folder.mkdir()
    for folder in (elsewhere, logs / "run-0002"):
        (folder / "events.out.tfevents.1.mine").write_text("mine")
    (logs / "run-0001").symlink_to(elsewhere)
    with pytest.raises(OSError, match="leads elsewhere"):
        write_tensorboard(logs, saved_runs[:1])
    write_tensorboard(logs, saved_runs[1:2])
    for folder in (elsewhere, logs / "run-0002"):
        assert (folder / "events.out.tfevents.1.mine").read_text() == "mine"
    assert len(list(elsewhere.iterdir())) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="no limit on the size of files")
def test_on_a_full_disk_it_ends_at_once_and_leaves_the_earlier_export(saved_runs, tmp_path):
    pytest.importorskip("tensorboardX")
    resource = pytest.importorskip("resource")
    write_tensorboard(tmp_path, saved_runs[:1])
    (path,) = (tmp_path / "run-0001").iterdir()
    before, limits = path.read_bytes(), resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, limits[1]))
    try:
        with pytest.raises(OSError, match="too large"):
            write_tensorboard(tmp_path, saved_runs[:1])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert [each.read_bytes() for each in (tmp_path / "run-0001").iterdir()] == [before]


def test_it_can_be_cancelled(saved_runs, tmp_path):
    pytest.importorskip("tensorboardX")
    told = []
    with pytest.raises(WorkCancelled):
        write_tensorboard(
            tmp_path,
            saved_runs,
            progress=lambda done, total: told.append((done, total)),
            cancelled=lambda: bool(told),
        )
    assert told == [(1, 4)]


def test_without_the_library_the_sentence_says_how_to_get_it(saved_runs, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "tensorboardX", None)
    with pytest.raises(TensorBoardMissing, match=r"pip install 'mnist-studio\[tensorboard\]'"):
        write_tensorboard(tmp_path / "logs", saved_runs)
    assert not (tmp_path / "logs").exists()

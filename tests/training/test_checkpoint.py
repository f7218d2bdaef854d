"""Run files: complete or not there, and never believed."""

import dataclasses
import io
import json
import stat
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mnist_studio.training import checkpoint as checkpoint_module
from mnist_studio.training.checkpoint import (
    VERSION,
    CheckpointError,
    read_checkpoint,
    write_checkpoint,
)
from mnist_studio.training.opened import open_run
from mnist_studio.training.status import RunStatus
from mnist_studio.training.trainer import Trainer

from .builders import assert_same_arrays, assert_same_run, small_run, train

anywhere = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module")
def trained(blobs):
    """A run stopped after one and a half epochs."""
    trainer = Trainer(small_run(optimizer="adam", dropout=0.2), blobs)
    for event in trainer.run():
        if getattr(event, "step", 0) == 22:
            trainer.control.request_stop()
    return trainer


@pytest.fixture(scope="module")
def content(trained, tmp_path_factory) -> bytes:
    """That run's file."""
    path = tmp_path_factory.mktemp("run") / "run.npz"
    write_checkpoint(path, trained.checkpoint())
    return Content(path.read_bytes())


class Content(bytes):
    """A file's bytes, not shown whole when a test fails."""

    def __repr__(self):
        return f"<a run file of {len(self)} bytes>"


def arrays_of(content):
    with np.load(io.BytesIO(content)) as file:
        return dict(file)


def header_of(content):
    return json.loads(arrays_of(content)["header"].tobytes())


def packed(arrays, **changes) -> bytes:
    file = io.BytesIO()
    np.savez(file, allow_pickle=True, **{**arrays, **changes})
    return file.getvalue()


def with_header(content, **changes) -> bytes:
    header = json.dumps(header_of(content) | changes).encode()
    return packed(arrays_of(content), header=np.frombuffer(header, np.uint8))


def assert_refused(content, folder, blobs) -> str:
    """Assert that nothing but a CheckpointError comes of a file; return its sentence."""
    path = folder / "strange.npz"
    path.write_bytes(content)
    with pytest.raises(CheckpointError) as caught:
        Trainer.restore(open_run(path).checkpoint, blobs)
    message = str(caught.value)
    assert message.endswith(".")
    assert "\n" not in message
    return message


# --- there and back ------------------------------------------------------------------------


def test_a_run_goes_on_from_its_file_exactly(blobs, tmp_path):
    config = small_run(optimizer="adam", dropout=0.3, shift=1.0, rotation=5.0)
    first = Trainer(config, blobs)
    for event in first.run():
        if getattr(event, "step", 0) == 20:
            first.control.change("learning_rate", 0.05)
            first.control.request_stop()
    path = tmp_path / "Ordner mit Löchern" / "zweiter Versuch 二.npz"
    write_checkpoint(path, first.checkpoint())
    from_file = Trainer.restore(read_checkpoint(path), blobs)
    from_memory = Trainer.restore(first.checkpoint(), blobs)
    for trainer in (from_file, from_memory):
        list(trainer.run())
    assert_same_run(from_file, from_memory)
    assert from_file.history.changes


def test_reading_gives_what_was_written(trained, content, tmp_path):
    path = tmp_path / "run.npz"
    path.write_bytes(content)
    written, read = trained.checkpoint(), read_checkpoint(path)
    assert read.config == written.config
    assert read.status is RunStatus.STOPPED
    assert read.step == 22
    assert read.position == written.position
    assert_same_arrays(read.weights, written.weights)
    assert_same_arrays(read.best_weights, written.best_weights)
    for mine, theirs in [
        (read.optimizer_state, written.optimizer_state),
        (read.history, written.history),
    ]:
        assert mine.keys() == theirs.keys()
        for name, array in mine.items():
            np.testing.assert_array_equal(array, theirs[name])
            assert array.dtype == theirs[name].dtype


def test_the_opened_network_has_the_best_epochs_weights(blobs, tmp_path):
    trainer = train(small_run(), blobs)
    path = tmp_path / "run.npz"
    write_checkpoint(path, trainer.checkpoint())
    opened = open_run(path)
    assert_same_arrays(opened.network.weights(), trainer.best_weights)
    assert opened.history.epochs == trainer.history.epochs
    assert opened.finished


def test_before_the_first_epochs_end_the_opened_network_has_the_latest_weights(blobs, tmp_path):
    trainer = Trainer(small_run(), blobs)
    run = trainer.run()
    for _ in range(5):
        next(run)
    path = tmp_path / "run.npz"
    write_checkpoint(path, trainer.checkpoint())
    run.close()
    opened = open_run(path)
    assert_same_arrays(opened.network.weights(), trainer.network.weights())
    assert opened.checkpoint.status is RunStatus.RUNNING
    assert not opened.finished


def test_no_pickle_is_in_the_file(content):
    assert all(array.dtype != object for array in arrays_of(content).values())


# --- writing -------------------------------------------------------------------------------


class FullDisk(io.BytesIO):
    """A file that takes some bytes and no more."""

    def write(self, data):
        if self.tell() + len(data) > 5000:
            raise OSError(28, "No space left on device")
        return super().write(data)


@pytest.mark.parametrize("there_before", [True, False])
def test_a_full_disk_leaves_the_old_file_and_nothing_else(
    trained, tmp_path, monkeypatch, there_before
):
    path = tmp_path / "run.npz"
    if there_before:
        path.write_bytes(b"old")
    save = np.savez

    def save_to_full_disk(file, **arrays):
        full = FullDisk()
        try:
            save(full, **arrays)
        finally:
            file.write(full.getvalue())

    monkeypatch.setattr(checkpoint_module.np, "savez", save_to_full_disk)
    with pytest.raises(
        CheckpointError, match=r"could not be saved.*No space left.*Free some space"
    ):
        write_checkpoint(path, trained.checkpoint())
    assert [each.name for each in tmp_path.iterdir()] == ["run.npz"] * there_before
    assert not there_before or path.read_bytes() == b"old"


@pytest.mark.parametrize("error", [OSError(13, "Permission denied"), KeyboardInterrupt()])
def test_a_failed_move_leaves_the_old_file_and_nothing_else(trained, tmp_path, monkeypatch, error):
    path = tmp_path / "run.npz"
    path.write_bytes(b"old")

    def fail(self, target):
        raise error

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises((CheckpointError, KeyboardInterrupt)):
        write_checkpoint(path, trained.checkpoint())
    assert [each.name for each in tmp_path.iterdir()] == ["run.npz"]
    assert path.read_bytes() == b"old"


def test_a_path_that_cannot_be_written_is_named(trained, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(CheckpointError, match="file"):
        write_checkpoint(tmp_path / "file" / "run.npz", trained.checkpoint())
    with pytest.raises(CheckpointError, match=tmp_path.name):
        write_checkpoint(tmp_path, trained.checkpoint())


def test_the_file_can_be_read_by_whom_an_ordinary_file_can(trained, tmp_path):
    ordinary, path = tmp_path / "ordinary", tmp_path / "run.npz"
    ordinary.write_text("")
    write_checkpoint(path, trained.checkpoint())
    assert stat.S_IMODE(path.stat().st_mode) == stat.S_IMODE(ordinary.stat().st_mode)


# --- reading what strangers wrote ----------------------------------------------------------


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(CheckpointError, match=r"There is no file .*gone\.npz"):
        read_checkpoint(tmp_path / "gone.npz")


def test_a_folder_is_not_a_run(tmp_path):
    with pytest.raises(CheckpointError):
        read_checkpoint(tmp_path)


@anywhere
@given(noise=st.binary(max_size=2000))
def test_random_bytes_are_refused(noise, tmp_path, blobs):
    assert_refused(noise, tmp_path, blobs)


@anywhere
@given(share=st.floats(0, 0.999))
def test_a_file_cut_short_is_refused(content, share, tmp_path, blobs):
    assert_refused(content[: int(share * len(content))], tmp_path, blobs)


@anywhere
@given(place=st.integers(0), byte=st.integers(0, 255))
def test_a_file_with_a_changed_byte_is_refused_or_means_the_same(
    content, place, byte, tmp_path, blobs
):
    changed = bytearray(content)
    changed[place % len(content)] = byte
    path = tmp_path / "run.npz"
    path.write_bytes(changed)
    try:
        opened = open_run(path)
    except CheckpointError:
        return
    Trainer.restore(opened.checkpoint, blobs)
    assert opened.checkpoint.step == 22


NAMES = [
    "weights/0",
    "best_weights/3",
    "optimizer/steps",
    "optimizer/squares_1",
    "history/batches",
    "history/samples",
    "history/epochs",
    "history/change_steps",
    "history/change_names",
    "history/change_values",
    "history/test",
]
strange_arrays = st.sampled_from(
    [
        np.zeros(0),
        np.zeros((3, 0), np.float32),
        np.zeros(()),
        np.zeros((2, 3, 4)),
        np.zeros((3, 22), np.complex64),
        np.zeros((1, 22), np.float32),
        np.full((9, 2), np.nan),
        np.full((3, 22), "text"),
        np.array(["sgd"]),
        np.array([b"bytes"]),
        np.zeros(3, "datetime64[s]"),
        np.zeros(2, [("a", "i4"), ("b", "O")]),
        np.array([{"an": "object"}], object),
        np.zeros((784, 12), np.float64),
        np.zeros((784, 12), ">f4"),
        np.zeros(7),
    ]
)


@anywhere
@given(name=st.sampled_from([*NAMES, "header"]), array=strange_arrays)
def test_arrays_of_another_kind_are_refused(content, name, array, tmp_path, blobs):
    arrays = arrays_of(content)
    if array.shape == arrays[name].shape and array.dtype.kind in "if":
        return  # other numbers of the same kind: a run, if not one that was ever trained
    if (name, array.shape) == ("history/test", (0,)):
        return  # nothing measured yet
    message = assert_refused(packed(arrays, **{name: array}), tmp_path, blobs)
    assert "damaged" in message or "cannot go on" in message


@pytest.mark.parametrize("name", [*NAMES, "header"])
def test_a_missing_array_is_refused(content, name, tmp_path, blobs):
    arrays = arrays_of(content)
    del arrays[name]
    assert_refused(packed(arrays), tmp_path, blobs)


def test_pickled_objects_are_not_loaded(content, tmp_path, blobs):
    class Bomb:
        def __reduce__(self):
            return (pytest.fail, ("the pickle was loaded",))

    bomb = np.array([Bomb()], object)
    for name in ("header", "weights/0", "anything"):
        assert_refused(packed(arrays_of(content), **{name: bomb}), tmp_path, blobs)


@pytest.mark.parametrize("shape", ["(1099511627776,)", "(-5,)", "(3, 4", "(10**9, 10**9)"])
def test_a_huge_declared_shape_is_refused(content, shape, tmp_path, blobs):
    text = f"{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}, }}"
    header = text.encode().ljust(117) + b"\n"
    member = b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header + b"few"
    file = io.BytesIO(content)
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr("weights/9.npy", member)
    assert_refused(file.getvalue(), tmp_path, blobs)


def test_a_file_that_unpacks_to_more_than_any_run_is_refused(content, tmp_path, monkeypatch, blobs):
    monkeypatch.setattr(checkpoint_module, "_MAXIMUM_BYTES", 10_000)
    assert "too large" in assert_refused(content, tmp_path, blobs)


def test_a_file_of_another_program_is_refused(content, tmp_path, blobs):
    assert "damaged or not a run" in assert_refused(packed({"a": np.ones(3)}), tmp_path, blobs)
    assert_refused(with_header(content, format="another program"), tmp_path, blobs)


def test_a_newer_files_sentence_says_to_update(content, tmp_path, blobs):
    assert "update the app" in assert_refused(
        with_header(content, version=VERSION + 1), tmp_path, blobs
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"version": None},
        {"version": "1"},
        {"status": "finished"},
        {"status": []},
        {"config": {}},
        {"config": []},
        {"position": None},
        {"position": {}},
        {"position": []},
    ],
)
def test_a_header_that_makes_no_sense_is_refused(content, changes, tmp_path, blobs):
    assert_refused(with_header(content, **changes), tmp_path, blobs)


@pytest.mark.parametrize(
    "changes",
    [
        {"step": 7},
        {"step": "many"},
        {"step": None},
        {"train_size": 0},
        {"train_size": -240},
        {"train_size": 10**30},
        {"train_size": 100},
        {"seconds": "long"},
        {"best_score": [1]},
        {"best_score": "good"},
        {"epoch_correct": None},
        {"dropout_rng": None},
        {"dropout_rng": {}},
        {"augmentation_rng": {"bit_generator": "MT19937"}},
        {"augmentation_rng": {"bit_generator": "PCG64", "state": {"state": -1, "inc": 2**200}}},
    ],
)
def test_a_position_that_makes_no_sense_is_refused(content, changes, tmp_path, blobs):
    position = header_of(content)["position"] | changes
    assert_refused(with_header(content, position=position), tmp_path, blobs)


@anywhere
@given(
    header=st.recursive(
        st.none() | st.integers() | st.floats() | st.text(),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(
                st.sampled_from(["format", "version", "config", "status", "position", "step"]),
                inner,
            )
        ),
    )
)
def test_any_json_as_header_is_refused(content, header, tmp_path, blobs):
    header = np.frombuffer(json.dumps(header).encode(), np.uint8)
    assert_refused(packed(arrays_of(content), header=header), tmp_path, blobs)


@pytest.mark.parametrize(("name", "value"), [("seed", 3.0), ("momenta", 0.5), ("l2", -1.0)])
def test_changes_that_cannot_have_been_made_are_refused(content, name, value, tmp_path, blobs):
    changes = {
        "history/change_steps": np.array([3]),
        "history/change_names": np.array([name]),
        "history/change_values": np.array([value]),
    }
    assert_refused(packed(arrays_of(content), **changes), tmp_path, blobs)


def test_a_checkpoint_is_frozen(trained):
    with pytest.raises(dataclasses.FrozenInstanceError):
        trained.checkpoint().status = RunStatus.COMPLETED

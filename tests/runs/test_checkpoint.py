"""Run files: complete or not there, and never believed."""

import dataclasses
import errno
import io
import json
import os
import stat
import tracemalloc
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from mnist_studio import archive as archive_module
from mnist_studio.runs import checkpoint as checkpoint_module
from mnist_studio.runs.checkpoint import (
    VERSION,
    CheckpointError,
    read_checkpoint,
    write_checkpoint,
)
from mnist_studio.runs.checkpoint_history import read_history
from mnist_studio.runs.header import read_header
from mnist_studio.runs.opened import open_run
from mnist_studio.runs.restore import restore, take_checkpoint
from mnist_studio.runs.schema import check_confusions
from mnist_studio.training.evaluation import evaluate
from mnist_studio.training.events import HyperparameterChanged
from mnist_studio.training.status import Failure, FailureKind, RunStatus
from mnist_studio.training.trainer import Trainer

from ..training.builders import assert_same_arrays, assert_same_run, small_run, train

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
    write_checkpoint(path, take_checkpoint(trained))
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
    np.savez(file, **{**arrays, **changes})
    return file.getvalue()


def with_header(content, **changes) -> bytes:
    header = json.dumps(header_of(content) | changes).encode()
    return packed(arrays_of(content), header=np.frombuffer(header, np.uint8))


def names_in(folder):
    return sorted(each.name for each in folder.iterdir())


def assert_header_refused(content, folder, **changes):
    """Assert that the header alone is refused already, by whoever lists runs."""
    path = folder / "strange.npz"
    path.write_bytes(with_header(content, **changes))
    with pytest.raises(CheckpointError):
        read_header(path)


def assert_refused(content, folder, blobs) -> str:
    """Assert that nothing but a CheckpointError comes of a file; return its sentence."""
    path = folder / "strange.npz"
    path.write_bytes(content)
    with pytest.raises(CheckpointError) as caught:
        restore(open_run(path).checkpoint, blobs)
    message = str(caught.value)
    assert message.endswith(".")
    assert "\n" not in message
    return message


# --- there and back ------------------------------------------------------------------------


def test_a_run_goes_on_from_its_file_exactly(blobs, tmp_path):
    config = small_run(
        optimizer="adam", learning_rate=0.02, dropout=0.3, shift=1.0, averaging=0.2, skip_easy=0.8
    )
    first = Trainer(config, blobs)
    for event in first.run():
        if getattr(event, "step", 0) == 20:
            first.control.change("learning_rate", 0.05)
            first.control.request_stop()
    path = tmp_path / "Ordner mit Löchern" / "zweiter Versuch 二.npz"
    write_checkpoint(path, take_checkpoint(first))
    from_file = restore(read_checkpoint(path), blobs)
    from_memory = restore(take_checkpoint(first), blobs)
    for trainer in (from_file, from_memory):
        list(trainer.run())
    assert_same_run(from_file, from_memory)
    assert from_file.history.changes
    assert first.batches.easy.at_epoch_start.any()


@pytest.mark.parametrize(
    "changes",
    [
        {"now": None},
        {"now": np.zeros(7, bool)},
        {"at_epoch_start": np.zeros(7, bool), "now": np.zeros(7, bool)},
        {"now": np.zeros((2, 150), bool)},
        {"now": np.zeros(300, np.float32)},
        {"then": np.zeros(300, bool)},
    ],
)
def test_a_run_does_not_go_on_with_a_memory_of_other_images(blobs, tmp_path, changes):
    path = tmp_path / "run.npz"
    write_checkpoint(path, take_checkpoint(train(small_run(epochs=1, skip_easy=0.8), blobs)))
    arrays = arrays_of(path.read_bytes())
    arrays |= {f"easy_images/{name}": array for name, array in changes.items()}
    strange = packed({name: array for name, array in arrays.items() if array is not None})
    assert_refused(strange, tmp_path, blobs)


def test_reading_gives_what_was_written(trained, content, tmp_path):
    path = tmp_path / "run.npz"
    path.write_bytes(content)
    written, read = take_checkpoint(trained), read_checkpoint(path)
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
    write_checkpoint(path, take_checkpoint(trainer))
    opened = open_run(path)
    assert_same_arrays(opened.network.weights(), trainer.best_weights)
    assert opened.history.epochs == trainer.history.epochs


def test_before_the_first_epochs_end_the_opened_network_has_the_latest_weights(blobs, tmp_path):
    trainer = Trainer(small_run(), blobs)
    run = trainer.run()
    for _ in range(5):
        next(run)
    path = tmp_path / "run.npz"
    write_checkpoint(path, take_checkpoint(trainer))
    run.close()
    opened = open_run(path)
    assert_same_arrays(opened.network.weights(), trainer.network.weights())
    assert opened.checkpoint.status is RunStatus.INTERRUPTED  # nobody trains it now


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
        write_checkpoint(path, take_checkpoint(trained))
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
        write_checkpoint(path, take_checkpoint(trained))
    assert [each.name for each in tmp_path.iterdir()] == ["run.npz"]
    assert path.read_bytes() == b"old"


def test_a_path_that_cannot_be_written_is_named(trained, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(CheckpointError, match="file"):
        write_checkpoint(tmp_path / "file" / "run.npz", take_checkpoint(trained))
    with pytest.raises(CheckpointError, match=tmp_path.name):
        write_checkpoint(tmp_path, take_checkpoint(trained))


def test_the_file_can_be_read_by_whom_an_ordinary_file_can(trained, tmp_path):
    ordinary, path = tmp_path / "ordinary", tmp_path / "run.npz"
    ordinary.write_text("")
    write_checkpoint(path, take_checkpoint(trained))
    assert stat.S_IMODE(path.stat().st_mode) == stat.S_IMODE(ordinary.stat().st_mode)


# --- reading what other versions wrote -------------------------------------------------------


def config_of(content, part, **changes):
    config = header_of(content)["config"]
    return config | {part: config[part] | changes}


def test_the_sentence_on_a_failure_in_an_older_file_is_understood(content, tmp_path):
    path = tmp_path / "run.npz"
    sentence = (
        "The loss is no longer a number at batch 7: steps with a learning rate of 10 are too large "
        "here. Try a learning rate ten times smaller."
    )
    path.write_bytes(with_header(content, failure=sentence, status="failed"))
    failure = Failure(FailureKind.DIVERGED, step=7, loss=None, learning_rate=10.0)
    assert read_header(path).failure == read_checkpoint(path).failure == failure
    write_checkpoint(path, read_checkpoint(path))
    assert header_of(path.read_bytes())["failure"]["kind"] == "diverged"
    assert read_header(path).failure == failure


@pytest.mark.parametrize("settings", [{"mixup": 0.2}, {"schedule": "plateau"}, {"l2": -1.0}])
def test_a_setting_that_is_not_known_is_ignored_and_named(content, settings, tmp_path, blobs):
    path = tmp_path / "run.npz"
    path.write_bytes(with_header(content, config=config_of(content, "training", **settings)))
    opened = open_run(path)
    assert opened.checkpoint.ignored == read_header(path).ignored == (*settings,)
    assert opened.checkpoint.config == small_run(optimizer="adam", dropout=0.2)
    result = evaluate(opened.network, blobs.test_images, blobs.test_labels)
    assert result.accuracy > 0.5
    goes_on = restore(opened.checkpoint, blobs)
    list(goes_on.run())
    assert goes_on.status is RunStatus.COMPLETED
    write_checkpoint(path, take_checkpoint(goes_on))
    assert read_header(path).ignored == (*settings,)  # it is not what it would have become


def test_with_an_optimizer_that_is_not_known_a_run_opens_but_cannot_go_on(content, tmp_path, blobs):
    path = tmp_path / "run.npz"
    path.write_bytes(with_header(content, config=config_of(content, "training", optimizer="lion")))
    opened = open_run(path)
    assert opened.checkpoint.ignored == ("optimizer",)
    with pytest.raises(CheckpointError, match="cannot go on"):
        restore(opened.checkpoint, blobs)


def test_live_changes_of_a_setting_that_is_not_known_are_left_out(content, tmp_path, blobs):
    changes = {
        "history/change_steps": np.array([3, 7]),
        "history/change_names": np.array(["mixup", "l2"]),
        "history/change_values": np.array([0.5, 0.25]),
    }
    config = config_of(content, "training", mixup=0.2)
    path = tmp_path / "run.npz"
    path.write_bytes(packed(arrays_of(with_header(content, config=config)), **changes))
    left = [HyperparameterChanged(7, "l2", 0.25)]
    assert open_run(path).history.changes == read_history(path).changes == left
    assert restore(read_checkpoint(path), blobs).history.changes == left


def test_a_network_that_cannot_be_built_is_told_from_damage(content, tmp_path, blobs):
    config = config_of(content, "model", hidden=[{"width": 12, "activation": "gelu"}])
    message = assert_refused(with_header(content, config=config), tmp_path, blobs)
    assert "network" in message
    assert "damaged" not in message


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
    restore(opened.checkpoint, blobs)
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
@example(name="history/test", array=np.zeros((2, 3, 4)))
@example(name="optimizer/squares_1", array=np.zeros(12, np.complex64))  # it has no imaginary part
def test_arrays_of_another_kind_are_refused(content, name, array, tmp_path, blobs):
    arrays = arrays_of(content)
    if array.shape == arrays[name].shape and array.dtype.kind in "if":
        return  # other numbers of the same kind: a run, if not one that was ever trained
    if (name, array.shape) in (("history/test", (0,)), ("history/samples", (3, 0))):
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
    for name in ("header", "weights/0", "history/test"):
        assert_refused(packed(arrays_of(content), **{name: bomb}), tmp_path, blobs)
    (tmp_path / "run.npz").write_bytes(packed(arrays_of(content), anything=bomb))
    assert open_run(tmp_path / "run.npz").checkpoint.step == 22  # it is not even looked at


@pytest.mark.parametrize("shape", ["(1099511627776,)", "(-5,)", "(3, 4", "(10**9, 10**9)"])
def test_a_huge_declared_shape_is_refused(content, shape, tmp_path, blobs):
    text = f"{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}, }}"
    header = text.encode().ljust(117) + b"\n"
    member = b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header + b"few"
    file = io.BytesIO(content)
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr("weights/9.npy", member)
    assert_refused(file.getvalue(), tmp_path, blobs)


@pytest.mark.parametrize("where", ["header", "weights/0", "history/batches", "anything"])
def test_a_file_that_unpacks_to_more_than_it_has_is_refused(content, where, tmp_path, blobs):
    bomb = arrays_of(content) | {where: np.zeros(60_000_000, np.uint8)}
    file = io.BytesIO()
    np.savez_compressed(file, **bomb)
    del bomb
    tracemalloc.start()
    try:
        assert_refused(file.getvalue(), tmp_path, blobs)
        assert tracemalloc.get_traced_memory()[1] < 10_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("name", ["weights/0", "history/batches", "optimizer/squares_1"])
def test_what_no_run_of_its_configuration_needs_is_not_read(content, name, tmp_path, blobs):
    arrays = arrays_of(content)
    larger = np.zeros((3, 10_000_000) if name == "history/batches" else 10_000_000, np.float32)
    file = packed(arrays, **{name: larger})
    tracemalloc.start()
    try:
        assert_refused(file, tmp_path, blobs)
        assert tracemalloc.get_traced_memory()[1] < 10_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    ("name", "column", "value"),
    [
        ("epochs", 0, 2.0),
        ("epochs", 1, 23.0),
        ("epochs", 1, 0.5),
        ("epochs", 3, 1.5),
        ("epochs", 7, np.nan),
        ("epochs", 7, np.inf),
        ("epochs", 8, 0.5),
        ("batches", 1, np.nan),
        ("batches", 2, -1.0),
        ("accuracies", 0, 23.0),
        ("accuracies", 1, -0.1),
        ("samples", 0, 23.0),
        ("samples", 1, -0.1),
    ],
)
def test_a_history_that_cannot_have_been_is_refused(content, name, column, value, tmp_path, blobs):
    arrays = arrays_of(content)
    arrays[f"history/{name}"][column, 0] = value
    assert "damaged" in assert_refused(packed(arrays), tmp_path, blobs)
    if name == "epochs":
        with pytest.raises(CheckpointError):
            read_header(tmp_path / "strange.npz")


@pytest.mark.parametrize(
    "counts",
    [
        np.ones((81, 1), np.uint32),  # of nine classes
        np.ones((100, 2), np.uint32),  # of two epochs, where one ended
        np.zeros((100, 1), np.uint32),
        np.ones((100, 1), np.int64),
        np.ones(100, np.uint32),
    ],
)
def test_matrices_that_cannot_have_been_are_refused(content, counts, tmp_path, blobs):
    file = packed(arrays_of(content), **{"history/confusions": counts})
    assert "damaged" in assert_refused(file, tmp_path, blobs)


@pytest.mark.parametrize(
    "ratios",
    [
        np.ones((7, 19)),  # of seven layers
        np.ones((2, 20)),  # of more looks than there are
        np.ones((2, 19), np.float32),
        np.ones(19),
    ],
)
def test_updates_that_cannot_have_been_are_refused(content, ratios, tmp_path, blobs):
    assert arrays_of(content)["history/update_ratios"].shape == (2, 19)
    file = packed(arrays_of(content), **{"history/update_ratios": ratios})
    assert "damaged" in assert_refused(file, tmp_path, blobs)


def test_matrices_of_different_numbers_of_images_are_refused():
    counts = np.ones((100, 2), np.uint32)
    check_confusions(counts, 2)
    counts[7, 1] += 1
    with pytest.raises(ValueError, match="not of the same images"):
        check_confusions(counts, 2)


def test_a_header_nested_without_end_is_refused(content, tmp_path, blobs):
    header = np.frombuffer(b"[" * 100_000, np.uint8)
    assert_refused(packed(arrays_of(content), header=header), tmp_path, blobs)


def test_when_the_memory_is_full_a_sentence_says_so(content, tmp_path, monkeypatch):
    def full(*arguments):
        raise MemoryError

    (tmp_path / "run.npz").write_bytes(content)
    monkeypatch.setattr(archive_module.np, "empty", full)
    with pytest.raises(CheckpointError, match="more memory than is free"):
        read_checkpoint(tmp_path / "run.npz")


# --- the older generation -------------------------------------------------------------------


def saved_at(path, trained, step, *, durable):
    """Save the run with another number of seconds to tell it by."""
    state = take_checkpoint(trained)
    position = dataclasses.replace(state.position, seconds=float(step))
    write_checkpoint(path, dataclasses.replace(state, position=position), durable=durable)


def test_what_was_asked_to_be_saved_stays_until_something_newer_is_on_the_disk(trained, tmp_path):
    path = tmp_path / "run.npz"
    saved_at(path, trained, 1, durable=True)
    assert names_in(tmp_path) == ["run.npz"]
    saved_at(path, trained, 2, durable=False)
    saved_at(path, trained, 3, durable=False)
    assert read_header(path).seconds == 3
    for torn in (b"", path.read_bytes()[:1000]):
        path.write_bytes(torn)  # as a power cut leaves it
        assert read_header(path).seconds == read_checkpoint(path).position.seconds == 1
        assert open_run(path).history.step == read_history(path).step == 22
    path.unlink()
    assert read_header(path).seconds == 1
    saved_at(path, trained, 4, durable=False)
    path.write_bytes(b"")
    assert read_header(path).seconds == 1
    saved_at(path, trained, 5, durable=True)
    assert read_header(path).seconds == 5
    assert names_in(tmp_path) == ["run.npz"]


def test_behind_a_link_the_older_generation_is_of_the_file_that_it_leads_to(trained, tmp_path):
    place, path = tmp_path / "place", tmp_path / "run.npz"
    place.mkdir()
    path.symlink_to(place / "other.npz")
    saved_at(path, trained, 1, durable=True)
    saved_at(path, trained, 2, durable=False)
    (place / "other.npz").write_bytes(b"")
    assert read_header(path).seconds == 1
    saved_at(path, trained, 3, durable=True)
    assert read_header(path).seconds == 3
    assert (names_in(tmp_path), names_in(place)) == (["place", "run.npz"], ["other.npz"])


def test_where_files_have_one_name_only_the_older_generation_is_a_copy(
    trained, tmp_path, monkeypatch
):
    def refuse(*arguments):
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    test_what_was_asked_to_be_saved_stays_until_something_newer_is_on_the_disk(trained, tmp_path)


def test_a_run_of_a_newer_app_is_not_taken_for_damaged(content, trained, tmp_path):
    path = tmp_path / "run.npz"
    for durable in (True, False):
        saved_at(path, trained, 1, durable=durable)
    path.write_bytes(with_header(content, version=VERSION + 1))
    with pytest.raises(CheckpointError, match="update the app"):
        read_header(path)


def test_too_many_arrays_are_not_even_listed(content, tmp_path, blobs):
    file = io.BytesIO(content)
    with zipfile.ZipFile(file, "a") as archive:
        for number in range(2000):
            archive.writestr(f"{number}.npy", b"")
    assert_refused(file.getvalue(), tmp_path, blobs)


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
        {"ignored": None},
        {"failure": 5},
        {"failure": {"kind": "diverged"}},
        {"failure": "\ud800"},
        {"version": 2.0},
        {"versions": []},
        {"versions": {"numpy": 2}},
        {"ignored": [["l2"]]},
        {"ignored": 5},
    ],
)
def test_a_header_that_makes_no_sense_is_refused(content, changes, tmp_path, blobs):
    assert_refused(with_header(content, **changes), tmp_path, blobs)
    assert_header_refused(content, tmp_path, **changes)


@pytest.mark.parametrize("changes", [{"step": 7}, {"train_size": 100}])
def test_a_position_that_does_not_fit_is_refused(content, changes, tmp_path, blobs):
    position = header_of(content)["position"] | changes
    assert_refused(with_header(content, position=position), tmp_path, blobs)


@pytest.mark.parametrize(
    "changes",
    [
        {"step": "many"},
        {"step": None},
        {"train_size": 0},
        {"train_size": -240},
        {"train_size": 10**30},
        {"train_size": True},
        {"step": 22.0},
        {"seconds": -1.0},
        {"seconds": float("inf")},
        {"started": 1e300},
        {"started": float("nan")},
        {"origin": [[1], 0, 0, 0]},
        {"origin": ["a", "b", "c", "d"]},
        {"origin": [0, 0, float("nan"), 0]},
        {"origin": [-1, 0, 0, 0]},
        {"origin": [0, 0, 0]},
        {"parent": 7},
        {"parent": "\ud800"},
        {"best_score": [2.0, 0.0]},
        {"sample_images": -1},
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
    assert_header_refused(content, tmp_path, position=position)


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
        take_checkpoint(trained).status = RunStatus.COMPLETED

"""Curves on their way between processes: in order, complete, and robust against a torn end."""

import struct

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from mnist_studio.runs.journal import JournalReader, JournalWriter, journal_path, remove_journal
from mnist_studio.training.history import History, Origin
from mnist_studio.training.trainer import Trainer

from ..training.builders import small_run, without_seconds


def read_all(reader):
    while reader.read():
        pass
    return reader.history


@given(every=st.integers(1, 40), cut=st.integers(0, 400))
@settings(max_examples=25, deadline=None)
def test_a_reader_gets_the_whole_history_however_the_writer_is_interrupted(
    tmp_path_factory, blobs, every, cut
):
    folder = tmp_path_factory.mktemp("journal")
    path, torn = journal_path(folder / "run.npz"), folder / "torn.journal"
    trainer = Trainer(small_run(), blobs)
    writer, reader = JournalWriter(path, trainer.history), JournalReader(torn)
    for position, _ in enumerate(trainer.run()):
        if position % every == 0:
            writer.flush()
            content = path.read_bytes()
            torn.write_bytes(content[: len(content) - cut])
            read_all(reader)
    writer.flush()
    torn.write_bytes(path.read_bytes())
    history = read_all(reader)
    assert history.counts == trainer.history.counts
    mine, theirs = history.to_arrays(), trainer.history.to_arrays()
    mine["test"] = theirs["test"]
    assert without_seconds(mine) == without_seconds(theirs)


def test_a_journal_written_anew_is_read_anew(tmp_path, blobs):
    path = tmp_path / "run.journal"
    trainer = Trainer(small_run(), blobs)
    for _ in trainer.run():
        pass
    writer, reader = JournalWriter(path, trainer.history), JournalReader(path)
    writer.flush()
    assert read_all(reader).step == trainer.step
    JournalWriter(path, trainer.history).flush()
    before = reader.history
    assert reader.read()
    assert reader.history is not before
    assert reader.history.step == trainer.step
    assert not reader.read()
    remove_journal(tmp_path / "run.npz")
    assert not reader.read()


def test_a_fork_keeps_its_origin_on_the_way(tmp_path):
    path, origin = tmp_path / "run.journal", Origin(7, 140, 0.5, 1.25)
    JournalWriter(path, History(280, 20, origin))
    history = read_all(JournalReader(path))
    assert (history.origin, history.train_size, history.batch_size) == (origin, 280, 20)


def test_there_is_nothing_to_read_before_the_writer_begins_or_in_a_strange_file(tmp_path):
    assert not JournalReader(tmp_path / "run.journal").read()
    (tmp_path / "run.journal").write_bytes(b"not an array")
    assert not JournalReader(tmp_path / "run.journal").read()


# --- what strangers wrote -------------------------------------------------------------------


@pytest.fixture(scope="module")
def journal(blobs, tmp_path_factory) -> bytes:
    path = tmp_path_factory.mktemp("journal") / "run.journal"
    trainer = Trainer(small_run(), blobs)
    writer = JournalWriter(path, trainer.history)
    for _ in trainer.run():
        pass
    writer.flush()
    return path.read_bytes()


@given(place=st.integers(0), byte=st.integers(0, 255))
@example(place=0, byte=ord("P"))  # the first letter of a ZIP file
@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_journal_with_a_changed_byte_is_read_up_to_there(journal, tmp_path, place, byte):
    changed = bytearray(journal)
    changed[place % len(changed)] = byte
    path = tmp_path / "run.journal"
    path.write_bytes(changed)
    reader = JournalReader(path)
    read_all(reader)
    assert reader.history is None or reader.history.step in (0, 45)


@pytest.mark.parametrize(
    "head",
    ["(" * 5000, "{'descr': " + "[" * 900, "{'shape': (10**12,)}", "'"],
    ids=["brackets", "lists", "huge", "torn"],
)
def test_the_head_of_an_array_that_is_none_ends_the_reading(tmp_path, head):
    path = tmp_path / "run.journal"
    path.write_bytes(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(head)) + head.encode())
    reader = JournalReader(path)
    assert not reader.read()
    assert reader.history is None


@pytest.mark.parametrize(
    "head", [[0, 20], [280, 0], [np.nan, 20], [280, 20, -1], [280, 20, 0, 0, np.inf], [1e300, 20]]
)
def test_a_head_that_makes_no_sense_ends_the_reading(tmp_path, head):
    path = tmp_path / "run.journal"
    with path.open("wb") as file:
        np.save(file, np.array([*head, *[0.0] * (7 - len(head))]))
    reader = JournalReader(path)
    assert not reader.read()
    assert reader.history is None


def test_a_file_of_somebody_else_in_the_journals_place_is_left_alone(tmp_path):
    path = tmp_path / "run.journal"
    path.write_text("my diary")
    with pytest.raises(OSError, match="not made by this program"):
        JournalWriter(path, History(280, 20))
    remove_journal(tmp_path / "run.npz")
    assert path.read_text() == "my diary"

"""Curves on their way between processes: in order, complete, and robust against a torn end."""

from hypothesis import given, settings
from hypothesis import strategies as st

from mnist_studio.training.history import History, Origin
from mnist_studio.training.journal import JournalReader, JournalWriter, journal_path
from mnist_studio.training.trainer import Trainer

from .builders import small_run, without_seconds


def read_all(reader, history=None):
    while chunk := reader.read():
        if chunk.restarted:
            history = chunk.new_history()
        chunk.append_to(history)
    return history


@given(every=st.integers(1, 40), cut=st.integers(0, 400))
@settings(max_examples=25, deadline=None)
def test_a_reader_gets_the_whole_history_however_the_writer_is_interrupted(
    tmp_path_factory, blobs, every, cut
):
    folder = tmp_path_factory.mktemp("journal")
    path, torn = journal_path(folder / "run.npz"), folder / "torn.journal"
    trainer = Trainer(small_run(), blobs)
    writer, reader, history = JournalWriter(path, trainer.history), JournalReader(torn), None
    for position, _ in enumerate(trainer.run()):
        if position % every == 0:
            writer.flush()
            content = path.read_bytes()
            torn.write_bytes(content[: len(content) - cut])
            history = read_all(reader, history)
    writer.flush()
    torn.write_bytes(path.read_bytes())
    history = read_all(reader, history)
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
    chunk = reader.read()
    assert chunk.restarted
    assert reader.read() is None
    writer.remove()
    assert reader.read() is None


def test_a_fork_keeps_its_origin_on_the_way(tmp_path):
    path, origin = tmp_path / "run.journal", Origin(7, 140, 0.5, 1.25)
    JournalWriter(path, History(280, 20, origin))
    history = JournalReader(path).read().new_history()
    assert (history.origin, history.train_size, history.batch_size) == (origin, 280, 20)


def test_there_is_nothing_to_read_before_the_writer_begins_or_in_a_strange_file(tmp_path):
    assert JournalReader(tmp_path / "run.journal").read() is None
    (tmp_path / "run.journal").write_bytes(b"not an array")
    assert JournalReader(tmp_path / "run.journal").read() is None

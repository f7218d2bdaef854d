"""A folder of runs as it was written once, never to be written again: every later version opens it.

If one of these tests fails, runs that people have would be lost: it is the program that is wrong,
or it needs to read the old format beside the new one.
"""

import shutil
from pathlib import Path

import numpy as np
import pytest

from mnist_studio.runs.checkpoint import HISTORY, read_checkpoint
from mnist_studio.runs.label import RunLabel
from mnist_studio.runs.restore import restore
from mnist_studio.runs.store import RunStore
from mnist_studio.sweeps.store import SweepStore
from mnist_studio.training.status import RunStatus

FROZEN = Path(__file__).parent / "samples" / "version-2-folder"


@pytest.fixture
def runs(tmp_path):
    return RunStore(Path(shutil.copytree(FROZEN, tmp_path / "runs")))


@pytest.fixture
def path(runs):
    return runs.folder / "run-0001.npz"


def test_its_run_is_listed_with_its_label_settings_and_results(runs, path):
    (record,), damaged = runs.records()
    assert damaged == []
    assert record.path == path
    assert record.label == RunLabel("batch 16", color=10, sweep="sweep-0001")
    header, training = record.header, record.header.config.training
    assert (header.status, header.step, header.epochs) == (RunStatus.STOPPED, 32, 2)
    assert header.ignored == ()
    assert [each.width for each in header.config.model.hidden] == [1, 2]
    assert (training.optimizer, training.schedule, training.batch_size) == ("adam", "cosine", 16)
    assert (training.l2, training.dropout, training.averaging, training.written) == (
        (0.1, 0.1, 0.5, 0.25)
    )


def test_its_run_is_read_to_the_last_bit(path):
    checkpoint = read_checkpoint(path)
    read = {
        **{f"weights/{i}": each for i, each in enumerate(checkpoint.weights)},
        **{f"best_weights/{i}": each for i, each in enumerate(checkpoint.best_weights)},
        **{f"average/{i}": each for i, each in enumerate(checkpoint.average)},
        **{f"optimizer/{name}": each for name, each in checkpoint.optimizer_state.items()},
        **{HISTORY + name: each for name, each in checkpoint.history.items()},
    }
    with np.load(path) as file:
        written = {name: file[name] for name in file.files if name != "header"}
    assert len(written) == 40
    assert all(read[name].dtype == array.dtype for name, array in written.items())
    for name, array in written.items():
        np.testing.assert_array_equal(read[name], array, err_msg=name)


def test_its_run_goes_on_to_the_end(path, blobs):
    before = read_checkpoint(path).history
    trainer = restore(read_checkpoint(path), blobs)
    for _ in trainer.run():
        pass
    history = trainer.history
    assert trainer.status is RunStatus.COMPLETED
    assert (history.step, history.epoch_count) == (45, 3)
    np.testing.assert_array_equal(history.losses[:32], before["batches"][0])
    assert [change.value for change in history.changes] == [0.02, 0.02]
    assert np.isfinite(history.losses).all()


def test_its_sweep_is_offered_to_be_gone_on_with(runs):
    (record,) = SweepStore(runs).unfinished()
    assert (record.title, record.name) == ("Batches", "sweep-0001")
    assert [path.name for path, _ in record.to_train()] == ["run-0001.npz", "run-0002.npz"]
    assert [config.training.batch_size for _, config in record.to_train()] == [16, 32]

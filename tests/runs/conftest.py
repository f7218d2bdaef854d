"""A folder of runs, and what is put into it."""

import pytest

from mnist_studio.runs.checkpoint import write_checkpoint
from mnist_studio.runs.label import RunLabel
from mnist_studio.runs.restore import take_checkpoint
from mnist_studio.runs.store import RunStore

from ..training.builders import small_run, train


@pytest.fixture
def store(tmp_path):
    return RunStore(tmp_path / "runs 试验")


@pytest.fixture(scope="session")
def checkpoint(blobs):
    return take_checkpoint(train(small_run(epochs=1), blobs))


@pytest.fixture
def add(store, checkpoint):
    """Write a run into the folder, with what the user says about it."""

    def add(**label):
        path = store.reserve(RunLabel(**label))
        write_checkpoint(path, checkpoint)
        return path

    return add

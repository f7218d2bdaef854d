"""Saved runs of a small data set."""

import dataclasses

import pytest

from mnist_studio.runs.label import RunLabel
from mnist_studio.runs.store import RunStore

from ..training.builders import save_run, small_run


@pytest.fixture(scope="package")
def store(tmp_path_factory) -> RunStore:
    return RunStore(tmp_path_factory.mktemp("runs"))


@pytest.fixture(scope="package")
def saved_runs(store, blobs):
    """Two batch sizes with two seeds each."""
    return [
        store.record(save_run(store, small_run(batch_size=size, seed=seed, epochs=2), blobs))
        for size in (16, 60)
        for seed in (0, 1)
    ]


@pytest.fixture
def hostile_run(saved_runs):
    """A run whose name and note try to be markup."""
    label = RunLabel("<script>alert('1')</script> & \"x\"", "a note </td> 数字 \x07", 3)
    return dataclasses.replace(saved_runs[0], label=label)

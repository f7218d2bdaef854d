"""A saved run to work on."""

from pathlib import Path

import pytest

from mnist_studio.runs.checkpoint import write_checkpoint
from mnist_studio.runs.restore import take_checkpoint

from ..training.builders import small_run, train


@pytest.fixture(scope="package")
def run_file(blobs, tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("run") / "run.npz"
    write_checkpoint(path, take_checkpoint(train(small_run(epochs=1), blobs)))
    return path

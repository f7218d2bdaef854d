"""Saved runs asked for their test images."""

import numpy as np
import pytest

from mnist_studio.cancel import WorkCancelled
from mnist_studio.data.errors import DataError
from mnist_studio.data.loading import load
from mnist_studio.insight.measure import measure
from mnist_studio.runs.checkpoint import CheckpointError, write_checkpoint
from mnist_studio.runs.restore import take_checkpoint
from mnist_studio.runs.store import RunStore

from ..training.builders import save_run, small_run, train


def test_a_run_is_measured_with_its_kept_weights_on_the_test_part(tmp_path, blobs):
    trainer = train(small_run(epochs=1), blobs)
    path = tmp_path / "run-0001.npz"
    write_checkpoint(path, take_checkpoint(trainer))
    asked, told = [], []
    dataset, answers = measure(
        path, lambda name: asked.append(name) or blobs, lambda *step: told.append(step)
    )
    assert dataset is blobs
    assert asked == ["mnist-10k"]
    assert told == [(100, 100)]
    trainer.network.load_weights(trainer.best_weights)
    expected = trainer.network.logits(blobs.test_images / np.float32(255))
    np.testing.assert_allclose(answers.logits, expected, rtol=1e-4, atol=1e-5)
    np.testing.assert_array_equal(answers.labels, blobs.test_labels)


def test_measuring_is_left_when_it_is_called_off(tmp_path, blobs):
    path = save_run(RunStore(tmp_path), small_run(epochs=1), blobs)
    told = []
    with pytest.raises(WorkCancelled):
        measure(path, load, lambda *step: told.append(step), lambda: bool(told))
    assert told == [(500, 2000)]


def test_a_run_or_a_data_set_that_is_gone_is_told(tmp_path, blobs):
    with pytest.raises(CheckpointError):
        measure(tmp_path / "run-0001.npz", load)

    def gone(name):
        raise DataError("gone")

    path = save_run(RunStore(tmp_path), small_run(epochs=1), blobs)
    with pytest.raises(DataError):
        measure(path, gone)

"""Runs of earlier formats open, and go on as if nothing had been between."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from mnist_studio.data.loading import load
from mnist_studio.runs.checkpoint import read_checkpoint, write_checkpoint
from mnist_studio.runs.header import read_header
from mnist_studio.runs.opened import open_run
from mnist_studio.runs.restore import restore, take_checkpoint
from mnist_studio.training.history import Origin
from mnist_studio.training.status import RunStatus
from mnist_studio.training.trainer import Trainer

from ..training.builders import assert_same_run

SAMPLES = sorted((Path(__file__).parent / "samples").glob("*.npz"))


@pytest.fixture(scope="module")
def digits():
    return load("mnist-10k")


@pytest.fixture(scope="module", params=SAMPLES, ids=lambda path: path.stem)
def sample(request):
    return read_checkpoint(request.param)


@pytest.fixture(scope="module")
def uninterrupted(sample, digits):
    """The sample's run, trained here and now to its end, and its state where the sample has it."""
    trainer, state = Trainer(sample.config, digits), None
    for _ in trainer.run():
        if state is None and trainer.step == sample.step:
            state = take_checkpoint(trainer)
    return trainer, state


def gone_on(checkpoint, dataset, step=None):
    """Return a trainer that went on from a checkpoint to a step, or to the end."""
    trainer = restore(checkpoint, dataset)
    for _ in trainer.run():
        if trainer.step == step:
            trainer.control.request_stop()
    return trainer


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_an_old_run_opens(path):
    opened, header = open_run(path), read_header(path)
    position = opened.checkpoint.position
    assert opened.checkpoint.status is header.status is RunStatus.STOPPED
    assert opened.history.step == position.step == header.step == 331
    assert opened.history.epoch_count == header.epochs == 1
    assert (position.sample_images, position.train_size) == (24, header.train_size)
    assert position.origin == header.origin == Origin()
    assert position.parent == header.parent == ""
    assert (position.started > 0) is (header.started > 0) is ("1" not in path.stem)
    assert header.ignored == opened.checkpoint.ignored == ()


def test_an_old_run_has_the_numbers_of_one_trained_now(sample, uninterrupted):
    """But for rounding: other processors add up in another order."""
    _, now = uninterrupted
    np.testing.assert_allclose(sample.history["batches"][:2], now.history["batches"][:2], atol=0.01)
    for mine, theirs in zip(sample.weights, now.weights, strict=True):
        np.testing.assert_allclose(mine, theirs, atol=0.01)
    assert sample.optimizer_state.keys() == now.optimizer_state.keys()
    assert sample.position.dropout_rng == now.position.dropout_rng
    assert sample.position.augmentation_rng == now.position.augmentation_rng


def test_an_old_run_goes_on_exactly_as_an_uninterrupted_one(sample, uninterrupted, digits):
    whole, now = uninterrupted
    position = dataclasses.replace(
        sample.position,
        best_score=now.position.best_score,
        epoch_correct=now.position.epoch_correct,
        sample_correct=now.position.sample_correct,
    )
    # The sample with what its own processor would round otherwise taken from this one.
    here = dataclasses.replace(
        sample,
        position=position,
        weights=now.weights,
        best_weights=now.best_weights,
        optimizer_state=now.optimizer_state,
        history=now.history,
    )
    assert_same_run(gone_on(here, digits), whole)
    assert whole.status is RunStatus.COMPLETED


def test_an_old_run_has_no_confusion_matrices_but_of_the_epochs_from_here_on(sample, digits):
    assert sample.history["confusions"].shape == (0, 0)
    trainer = gone_on(sample, digits)
    assert trainer.history.epoch_count == 2
    assert trainer.history.confusions.shape == (10, 10, 1)


def test_an_old_run_has_no_update_ratios_but_of_the_samples_from_here_on(sample, digits):
    before = sample.history["samples"].shape[1]
    np.testing.assert_array_equal(sample.history["accuracies"], sample.history["samples"][:2])
    assert sample.history["update_ratios"].shape == (0, 0)
    history = gone_on(sample, digits).history
    assert history.update_ratios.shape[1] == len(history.layer_steps) - before > 0
    assert len(history.sample_steps) > len(history.layer_steps)
    assert len(history.update_ratios) == len(history.gradient_norms)


def test_an_old_run_that_is_stopped_and_saved_again_goes_on_exactly(sample, digits, tmp_path):
    path = tmp_path / "run.npz"
    write_checkpoint(path, take_checkpoint(gone_on(sample, digits, step=400)))
    assert_same_run(gone_on(read_checkpoint(path), digits), gone_on(sample, digits))

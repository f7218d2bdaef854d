"""Forks: a new run that begins where another one was."""

import numpy as np
import pytest

from mnist_studio.data.split import split
from mnist_studio.insight.units import switched_off
from mnist_studio.runs.changed import changed_run
from mnist_studio.runs.checkpoint import CheckpointError, read_checkpoint, write_checkpoint
from mnist_studio.runs.checkpoint_history import history_of, origin_at, read_history
from mnist_studio.runs.header import read_header
from mnist_studio.runs.restore import fork, restore, take_checkpoint
from mnist_studio.training.history import Origin
from mnist_studio.training.status import RunStatus

from ..training.builders import assert_same_arrays, small_run, train, with_training


def run_to_end(trainer):
    for _ in trainer.run():
        pass
    return trainer


def test_a_fork_begins_with_the_last_weights_where_the_run_left(blobs):
    parent = train(small_run(epochs=2), blobs)
    config = with_training(parent.config, learning_rate=0.01, epochs=1, batch_size=8)
    child = fork(take_checkpoint(parent), config, blobs, parent="run 1")
    assert_same_arrays(child.network.weights(), parent.network.weights())
    seconds = float(parent.history.seconds[-1])
    assert child.history.origin == Origin(parent.step, 2 * parent.history.train_size, 2.0, seconds)
    run_to_end(child)
    assert child.step == child.history.batches_per_epoch
    assert child.parent == "run 1"


def test_a_fork_with_the_same_optimizer_keeps_its_averages(blobs):
    parent = train(small_run(epochs=1, optimizer="adam", learning_rate=0.01), blobs)
    same = fork(take_checkpoint(parent), parent.config, blobs)
    state = take_checkpoint(parent).optimizer_state
    assert state
    for name, array in take_checkpoint(same).optimizer_state.items():
        assert array.tolist() == state[name].tolist()
    other = fork(take_checkpoint(parent), small_run(optimizer="sgd"), blobs)
    assert take_checkpoint(other).optimizer_state.keys() != state.keys()


def test_a_fork_from_the_best_epoch_begins_there(blobs):
    parent = train(small_run(epochs=6, learning_rate=1.0), blobs)
    best = max(
        (epoch for epoch in parent.history.epochs if epoch.best), key=lambda epoch: epoch.step
    )
    child = fork(take_checkpoint(parent), parent.config, blobs, best=True)
    assert_same_arrays(child.network.weights(), parent.best_weights)
    assert child.history.origin.batches == best.step
    assert child.history.origin.epochs == best.epoch


def test_a_fork_of_a_fork_adds_up_and_survives_its_file(blobs, tmp_path):
    first = train(small_run(epochs=1), blobs)
    second = run_to_end(fork(take_checkpoint(first), first.config, blobs))
    third = run_to_end(fork(take_checkpoint(second), first.config, blobs, parent="run 2"))
    per_epoch = first.history.batches_per_epoch
    assert third.history.origin[:3] == (2 * per_epoch, 2 * first.history.train_size, 2.0)
    path = tmp_path / "a.npz"
    write_checkpoint(path, take_checkpoint(third))
    header = read_header(path)
    assert (header.origin, header.parent) == (third.history.origin, "run 2")
    assert read_history(path).origin == third.history.origin
    again = restore(read_checkpoint(path), blobs, epochs=2)
    assert again.history.origin == third.history.origin
    run_to_end(again)
    assert history_of(take_checkpoint(again)).step == 2 * per_epoch


def test_a_fork_to_other_layers_is_refused_with_a_sentence(blobs):
    parent = train(small_run(epochs=1), blobs)
    with pytest.raises(CheckpointError, match="other layers"):
        fork(take_checkpoint(parent), small_run(hidden=(5,)), blobs)


def test_a_changed_network_is_a_run_that_says_how_it_does_and_where_it_is_from(blobs, tmp_path):
    parent = train(small_run(epochs=2), blobs)
    network = switched_off(parent.network, 0, 1)
    origin = origin_at(parent.history, parent.step)
    kept = changed_run(network.weights(), parent.config, blobs, origin, "run 1: unit 2 off")
    path = tmp_path / "a.npz"
    write_checkpoint(path, kept)
    header = read_header(path)
    parts = split(blobs.train_labels, parent.config.data.validation_fraction, 0)
    images = blobs.train_images[parts.validation_indices] / np.float32(255)
    right = network.logits(images).argmax(axis=1) == blobs.train_labels[parts.validation_indices]
    assert header.best.validation_accuracy == pytest.approx(right.mean())
    assert (header.parent, header.origin) == ("run 1: unit 2 off", origin)
    assert (header.step, header.status) == (0, RunStatus.COMPLETED)
    assert_same_arrays(read_checkpoint(path).kept_weights, network.weights())


def test_a_changed_network_can_be_trained_further(blobs):
    parent = train(small_run(epochs=1), blobs)
    origin = origin_at(parent.history, parent.step)
    kept = changed_run(parent.network.weights(), parent.config, blobs, origin, "run 1")
    child = restore(kept, blobs)
    assert_same_arrays(child.network.weights(), parent.network.weights())
    run_to_end(child)
    assert child.history.epochs[0].step == 0
    assert child.step == child.history.batches_per_epoch
    best = max(child.history.epochs, key=lambda epoch: epoch.validation_accuracy)
    assert best.best


def test_exploded_weights_can_be_kept_too(blobs, tmp_path):
    parent = train(small_run(epochs=1), blobs)
    weights = [np.full_like(array, np.inf) for array in parent.network.weights()]
    kept = changed_run(weights, parent.config, blobs, Origin(), "run 1")
    write_checkpoint(tmp_path / "a.npz", kept)
    assert restore(read_checkpoint(tmp_path / "a.npz"), blobs).step == 0

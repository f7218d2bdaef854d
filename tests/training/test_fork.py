"""Forks: a new run that begins where another one was."""

import pytest

from mnist_studio.training.checkpoint import CheckpointError, read_checkpoint, write_checkpoint
from mnist_studio.training.checkpoint_history import history_of, read_history
from mnist_studio.training.history import Origin
from mnist_studio.training.run_header import read_header
from mnist_studio.training.trainer import Trainer

from .builders import assert_same_arrays, small_run, train, with_training


def run_to_end(trainer):
    for _ in trainer.run():
        pass
    return trainer


def test_a_fork_begins_with_the_last_weights_where_the_run_left(blobs):
    parent = train(small_run(epochs=2), blobs)
    config = with_training(parent.config, learning_rate=0.01, epochs=1, batch_size=8)
    fork = Trainer.fork(parent.checkpoint(), config, blobs, parent="run 1")
    assert_same_arrays(fork.network.weights(), parent.network.weights())
    seconds = float(parent.history.seconds[-1])
    assert fork.history.origin == Origin(parent.step, 2 * parent.history.train_size, 2.0, seconds)
    run_to_end(fork)
    assert fork.step == fork.history.batches_per_epoch
    assert fork.parent == "run 1"


def test_a_fork_with_the_same_optimizer_keeps_its_averages(blobs):
    parent = train(small_run(epochs=1, optimizer="adam", learning_rate=0.01), blobs)
    same = Trainer.fork(parent.checkpoint(), parent.config, blobs)
    state = parent.checkpoint().optimizer_state
    assert state
    for name, array in same.checkpoint().optimizer_state.items():
        assert array.tolist() == state[name].tolist()
    other = Trainer.fork(parent.checkpoint(), small_run(optimizer="sgd"), blobs)
    assert other.checkpoint().optimizer_state.keys() != state.keys()


def test_a_fork_from_the_best_epoch_begins_there(blobs):
    parent = train(small_run(epochs=6, learning_rate=1.0), blobs)
    best = max(
        (epoch for epoch in parent.history.epochs if epoch.best), key=lambda epoch: epoch.step
    )
    fork = Trainer.fork(parent.checkpoint(), parent.config, blobs, best=True)
    assert_same_arrays(fork.network.weights(), parent.best_weights)
    assert fork.history.origin.batches == best.step
    assert fork.history.origin.epochs == best.epoch


def test_a_fork_of_a_fork_adds_up_and_survives_its_file(blobs, tmp_path):
    first = train(small_run(epochs=1), blobs)
    second = run_to_end(Trainer.fork(first.checkpoint(), first.config, blobs))
    third = run_to_end(Trainer.fork(second.checkpoint(), first.config, blobs, parent="run 2"))
    per_epoch = first.history.batches_per_epoch
    assert third.history.origin[:3] == (2 * per_epoch, 2 * first.history.train_size, 2.0)
    path = tmp_path / "a.npz"
    write_checkpoint(path, third.checkpoint())
    header = read_header(path)
    assert (header.origin, header.parent) == (third.history.origin, "run 2")
    assert read_history(path).origin == third.history.origin
    again = Trainer.restore(read_checkpoint(path), blobs, epochs=2)
    assert again.history.origin == third.history.origin
    run_to_end(again)
    assert history_of(again.checkpoint()).step == 2 * per_epoch


def test_a_fork_to_other_layers_is_refused_with_a_sentence(blobs):
    parent = train(small_run(epochs=1), blobs)
    with pytest.raises(CheckpointError, match="other layers"):
        Trainer.fork(parent.checkpoint(), small_run(hidden=(5,)), blobs)

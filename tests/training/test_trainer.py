"""The training loop: same numbers always, obedient within a batch, honest about failures."""

import dataclasses
import functools
import itertools
from collections import deque
from contextlib import closing

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mnist_studio.data.augment import Augmenter
from mnist_studio.data.dataset import Dataset
from mnist_studio.data.pixels import unit_range
from mnist_studio.runs.checkpoint import CheckpointError
from mnist_studio.runs.restore import restore, take_checkpoint
from mnist_studio.training.control import TrainingControl
from mnist_studio.training.evaluation import evaluate
from mnist_studio.training.events import (
    BatchEnded,
    CheckpointRequested,
    EpochEnded,
    EvaluationAdvanced,
    FinalEvaluation,
    HyperparameterChanged,
    ProgressSampled,
    StatusChanged,
    StillPaused,
)
from mnist_studio.training.failures import TrainingDiverged
from mnist_studio.training.status import Failure, FailureKind, RunStatus
from mnist_studio.training.trainer import Trainer

from .builders import (
    assert_same_arrays,
    assert_same_run,
    small_run,
    train,
    with_training,
    without_seconds,
)

EVERYTHING = {
    "dropout": 0.3,
    "shift": 1.0,
    "rotation": 10.0,
    "scale": 0.1,
    "aspect": 0.1,
    "shear": 0.1,
    "elastic": 0.5,
    "averaging": 0.3,
    "written": 0.5,
    "non_digits": 0.3,
    "skip_easy": 0.7,
}


def of_type(events, kind):
    return [event for event in events if isinstance(event, kind)]


def stop_after(trainer, batches):
    """Iterate and request a stop at the given batch; return the events."""
    events = []
    for event in trainer.run():
        events.append(event)
        if isinstance(event, BatchEnded) and event.step == batches:
            trainer.control.request_stop()
    return events


# --- what a run is -------------------------------------------------------------------------


def test_a_run_yields_every_batch_every_epoch_and_one_final_evaluation(blobs):
    trainer = Trainer(small_run(epochs=2), blobs)
    events = list(trainer.run())
    assert [event.step for event in of_type(events, BatchEnded)] == list(range(1, 31))
    assert [(e.epoch, e.step) for e in of_type(events, EpochEnded)] == [(1, 15), (2, 30)]
    assert of_type(events, FinalEvaluation) == [trainer.history.test]
    assert isinstance(events[-1], FinalEvaluation)
    assert trainer.status is RunStatus.COMPLETED


def test_what_the_validation_images_were_taken_for_is_recorded_with_every_epoch(blobs):
    trainer = Trainer(small_run(epochs=2), blobs)
    indices = trainer.batches.validation_indices
    images, labels = blobs.train_images[indices] / np.float32(255), blobs.train_labels[indices]
    expected = []
    for event in trainer.run():
        if isinstance(event, EpochEnded):
            counts = np.zeros((10, 10), int)
            np.add.at(counts, (labels, trainer.network.logits(images).argmax(axis=1)), 1)
            expected.append(counts)
            assert trainer.history.confusions.shape == (10, 10, event.epoch)
    np.testing.assert_array_equal(trainer.history.confusions, np.stack(expected, axis=2))
    accuracies = trainer.history.confusions.trace() / len(labels)
    assert accuracies.tolist() == trainer.history.epoch_column("validation_accuracy").tolist()


@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "nesterov", "adam", "adamw"])
def test_how_far_an_update_moved_the_weights_is_recorded_at_every_look(blobs, optimizer):
    trainer = Trainer(small_run(optimizer=optimizer, l2=0.1, epochs=2), blobs)
    layers = trainer.network.linear_layers
    before, expected = [each.weight.value.copy() for each in layers], []
    for event in trainer.run():
        if isinstance(event, BatchEnded):
            after = [each.weight.value.copy() for each in layers]
            pairs = zip(before, after, strict=True)
            expected.append([np.sqrt(((b - a) ** 2).sum() / (a**2).sum()) for a, b in pairs])
            before = after
    history = trainer.history
    assert len(expected) == len(history.sample_steps) == 30
    assert history.layer_steps.tolist() == [*range(1, 16), *range(16, 31, 2)]
    looked_at = np.transpose(expected)[:, history.layer_steps.astype(int) - 1]
    np.testing.assert_allclose(history.update_ratios, looked_at, rtol=1e-4)


def test_the_updates_of_a_layer_of_zeros_have_no_ratio(blobs):
    trainer = Trainer(small_run(hidden=(), epochs=1), blobs)
    trainer.network.linear_layers[0].weight.value[...] = 0
    next(event for event in trainer.run() if isinstance(event, ProgressSampled))
    assert not np.isfinite(trainer.history.update_ratios[0, 0])


def test_the_history_holds_what_the_events_say(blobs):
    trainer = Trainer(small_run(epochs=2), blobs)
    events = list(trainer.run())
    batches = of_type(events, BatchEnded)
    history = trainer.history
    np.testing.assert_array_equal(history.losses, np.float32([b.loss for b in batches]))
    np.testing.assert_array_equal(history.seconds, np.float32([b.seconds for b in batches]))
    assert history.epochs == of_type(events, EpochEnded)
    samples = of_type(events, ProgressSampled)
    np.testing.assert_array_equal(history.sample_steps, [s.step for s in samples])
    np.testing.assert_array_equal(history.sample_accuracies, [s.accuracy for s in samples])
    looks = [s for s in samples if s.gradient_norms]
    np.testing.assert_array_equal(history.layer_steps, [s.step for s in looks])
    np.testing.assert_array_equal(
        history.gradient_norms, np.array([s.gradient_norms for s in looks]).T
    )
    np.testing.assert_array_equal(
        history.update_ratios, np.array([s.update_ratios for s in looks]).T
    )


def test_the_same_seed_gives_the_same_run(blobs):
    config = small_run(**EVERYTHING)
    assert_same_run(train(config, blobs), train(config, blobs))


def test_another_seed_gives_another_run(blobs):
    losses = [train(small_run(seed=seed), blobs).history.losses for seed in (1, 2)]
    assert not np.array_equal(*losses)


def test_training_learns(blobs):
    trainer = train(small_run(epochs=6, learning_rate=0.2), blobs)
    assert trainer.history.test.accuracy > 0.95


def test_the_epochs_loss_is_the_mean_over_its_images(blobs):
    trainer = train(small_run(epochs=1, batch_size=100), blobs)
    losses = trainer.history.losses.astype(float)
    assert len(losses) == 3
    expected = (100 * losses[0] + 100 * losses[1] + 40 * losses[2]) / 240
    assert trainer.history.epochs[0].train_loss == pytest.approx(expected)


def test_the_epochs_accuracy_counts_every_image_once(blobs):
    trainer = Trainer(small_run(epochs=1, batch_size=1000, validation_fraction=0.0), blobs)
    before = trainer.network.copy()
    list(trainer.run())
    accuracy = evaluate(before, blobs.train_images, blobs.train_labels).accuracy
    assert trainer.history.epochs[0].train_accuracy == accuracy


@pytest.mark.parametrize("batch_size", [1, 7, 240, 10_000])
def test_every_training_image_is_seen_once_an_epoch(blobs, batch_size):
    seen = []
    numbers = {image.tobytes(): n for n, image in enumerate(unit_range(blobs.train_images))}
    trainer = Trainer(small_run(epochs=1, batch_size=batch_size), blobs)
    walk = trainer.batches.walk

    def watched(epoch, done):
        with closing(walk(epoch, done)) as batches:
            for images, labels in batches:
                seen.extend(numbers[image.tobytes()] for image in images)
                yield images, labels

    trainer.batches.walk = watched
    list(trainer.run())
    assert sorted(seen) == sorted(set(seen))
    assert len(seen) == 240
    assert not set(seen) & set(trainer.batches.validation_indices.tolist())


def test_the_learning_rate_follows_the_schedule(blobs):
    trainer = train(small_run(schedule="linear", warmup=0.2, learning_rate=0.1), blobs)
    rates = trainer.history.learning_rates
    assert np.argmax(rates) == 8
    assert rates.max() == pytest.approx(0.1)
    assert (np.diff(rates[9:]) < 0).all()
    assert rates.min() > 0


def test_the_penalty_is_reported_apart_from_the_loss(blobs):
    config = small_run(epochs=1, l2=2.0)
    trainer = train(config, blobs)
    epoch = trainer.history.epochs[0]
    assert epoch.penalty == pytest.approx(trainer.network.penalty(2.0, 16))
    first_loss = trainer.history.losses[0]
    assert first_loss == train(small_run(epochs=1), blobs).history.losses[0]


def test_without_a_validation_part_the_last_epoch_is_kept(blobs):
    trainer = train(small_run(validation_fraction=0.0), blobs)
    assert np.isnan(trainer.history.epochs[-1].validation_accuracy)
    assert [epoch.best for epoch in trainer.history.epochs] == [True] * 3
    assert_same_arrays(trainer.best_weights, trainer.network.weights())


def test_the_best_epochs_weights_are_kept(blobs):
    trainer = Trainer(small_run(epochs=8, learning_rate=2.0, hidden=(4,)), blobs)
    kept, best = None, (-1.0, 0.0)
    for event in trainer.run():
        if isinstance(event, EpochEnded):
            score = (event.validation_accuracy, -event.validation_loss)
            assert event.best == (score > best)
            if score > best:
                kept, best = trainer.network.weights(), score
    assert not all(epoch.best for epoch in trainer.history.epochs)  # or the test shows nothing
    assert_same_arrays(trainer.best_weights, kept)
    check = trainer.network.copy()
    check.load_weights(kept)
    accuracy = evaluate(check, blobs.test_images, blobs.test_labels).accuracy
    assert trainer.history.test.accuracy == accuracy


def test_the_average_of_the_weights_is_what_is_validated_kept_and_tested(blobs):
    trainer = Trainer(small_run(batch_size=4, averaging=0.3, learning_rate=0.3), blobs)
    kept, best = None, (-1.0, 0.0)
    labels = blobs.train_labels[trainer.batches.validation_indices]
    images = blobs.train_images[trainer.batches.validation_indices]
    for event in trainer.run():
        if isinstance(event, EpochEnded):
            averaged = evaluate(trainer.average.network, images, labels)
            newest = evaluate(trainer.network, images, labels)
            assert event.validation_loss == averaged.loss != newest.loss
            if averaged.score > best:
                kept, best = trainer.average.network.weights(), averaged.score
    assert_same_arrays(trainer.best_weights, kept)
    trainer.network.load_weights(kept)
    accuracy = evaluate(trainer.network, blobs.test_images, blobs.test_labels).accuracy
    assert trainer.history.test.accuracy == accuracy


def test_averaging_changes_nothing_of_the_training_itself(blobs):
    plain, averaged = (train(small_run(averaging=share), blobs) for share in (0.0, 0.3))
    assert_same_arrays(plain.network.weights(), averaged.network.weights())
    np.testing.assert_array_equal(plain.history.losses, averaged.history.losses)
    assert plain.average.network is plain.network


def test_an_average_before_the_first_epochs_end_is_what_is_kept(blobs):
    trainer = Trainer(small_run(batch_size=4, averaging=0.3), blobs)
    stop_after(trainer, 50)
    checkpoint = take_checkpoint(trainer)
    assert_same_arrays(checkpoint.kept_weights, trainer.average.network.weights())
    assert not np.array_equal(checkpoint.kept_weights[0], checkpoint.weights[0])


# --- the test part -------------------------------------------------------------------------


class Poisoned:
    """Stands for arrays that nobody may touch."""

    def __getattribute__(self, name):
        raise AssertionError(f"the test images were used: {name}")


def with_poisoned_test_part(dataset) -> Dataset:
    copy = dataclasses.replace(dataset)
    for name in ("test_images", "test_labels"):
        object.__setattr__(copy, name, Poisoned())
    return copy


def test_test_images_are_not_touched_before_the_last_epoch_ended(blobs):
    trainer = Trainer(small_run(), with_poisoned_test_part(blobs))
    events = []
    with pytest.raises((AssertionError, TypeError)):
        events.extend(trainer.run())
    trainer = Trainer(small_run(), with_poisoned_test_part(blobs))
    run = trainer.run()
    seen = list(
        itertools.takewhile(lambda e: not (isinstance(e, EpochEnded) and e.epoch == 3), run)
    )
    assert len(of_type(seen, BatchEnded)) == 45
    with pytest.raises((AssertionError, TypeError)):
        next(run)


def test_the_test_part_changes_nothing_but_the_final_figures(blobs):
    other = dataclasses.replace(blobs, test_images=255 - blobs.test_images)
    one, another = train(small_run(), blobs), train(small_run(), other)
    assert one.history.test != another.history.test
    one.history.test = another.history.test = None
    assert_same_run(one, another)


# --- going on exactly ----------------------------------------------------------------------


@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "nesterov", "adam", "adamw"])
def test_three_and_two_epochs_are_five(blobs, optimizer):
    config = small_run(optimizer=optimizer, epochs=5, learning_rate=0.01, **EVERYTHING)
    first = train(with_training(config, epochs=3), blobs)
    second = restore(take_checkpoint(first), blobs, epochs=5)
    list(second.run())
    assert_same_run(second, train(config, blobs))
    assert second.config == config


@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "adam"])
@pytest.mark.parametrize("batches", [1, 14, 15, 16, 38])
def test_a_run_stopped_anywhere_goes_on_exactly(blobs, optimizer, batches):
    config = small_run(optimizer=optimizer, schedule="cosine", warmup=0.1, l2=0.1, **EVERYTHING)
    first = Trainer(config, blobs)
    stop_after(first, batches)
    assert first.status is RunStatus.STOPPED
    assert first.step == batches
    second = restore(take_checkpoint(first), blobs)
    list(second.run())
    assert_same_run(second, train(config, blobs))


@pytest.fixture(scope="module")
def undisturbed(blobs):
    """Train a configuration to its end; the same one only once."""
    return functools.cache(lambda config: train(config, blobs))


@settings(max_examples=25)
@given(at=st.integers(0, 200), seed=st.integers(0, 1))
def test_a_checkpoint_between_any_two_events_goes_on_exactly(blobs, undisturbed, at, seed):
    """As for a program that is killed, or whose iteration is left by an exception."""
    config = small_run(batch_size=50, seed=seed, optimizer="momentum", **EVERYTHING)
    first = Trainer(config, blobs)
    run = first.run()
    for _ in itertools.islice(run, at):
        pass
    checkpoint = take_checkpoint(first)
    run.close()
    second = restore(checkpoint, blobs)
    list(second.run())
    assert_same_run(second, undisturbed(config))


@settings(max_examples=25)
@given(at=st.integers(0, 120), seed=st.integers(0, 1))
def test_batches_made_ahead_change_no_number_wherever_the_run_is_left(blobs, undisturbed, at, seed):
    config = small_run(batch_size=32, seed=seed, optimizer="momentum", **EVERYTHING)
    first = Trainer(config, blobs)
    first.batches.ahead = True
    with closing(first.run()) as run:
        for _ in itertools.islice(run, at):
            pass
        checkpoint = take_checkpoint(first)
    assert_same_arrays(checkpoint.weights, take_checkpoint(first).weights)
    assert take_checkpoint(first).position == dataclasses.replace(
        checkpoint.position, seconds=first.seconds
    )
    second = restore(checkpoint, blobs)
    second.batches.ahead = True
    list(second.run())
    assert_same_run(second, undisturbed(config))


def test_an_error_while_batches_are_made_ahead_fails_the_run(blobs, monkeypatch):
    def fail(*_, **__):
        raise MemoryError

    trainer = Trainer(small_run(batch_size=32, shift=1.0), blobs)
    trainer.batches.ahead = True
    run = trainer.run()
    next(run)
    monkeypatch.setattr(Augmenter, "apply", fail)
    with pytest.raises(MemoryError):
        list(run)
    assert trainer.status is RunStatus.FAILED
    assert trainer.step < 8


def test_a_run_restored_in_small_pieces_is_the_same(blobs):
    config = small_run(optimizer="adam", **EVERYTHING)
    trainer = Trainer(config, blobs)
    while trainer.status is not RunStatus.COMPLETED:
        stop_after(trainer, trainer.step + 4)
        trainer = restore(take_checkpoint(trainer), blobs)
        if trainer.step == trainer.total_steps:
            list(trainer.run())
    assert_same_run(trainer, train(config, blobs))


def test_a_stop_during_validation_leaves_the_epoch_to_be_ended(blobs):
    trainer = Trainer(small_run(), blobs)
    for event in trainer.run():
        if isinstance(event, EvaluationAdvanced):
            trainer.control.request_stop()
    assert trainer.step == 15
    assert trainer.history.epochs == []
    second = restore(take_checkpoint(trainer), blobs)
    list(second.run())
    assert_same_run(second, train(small_run(), blobs))


def test_a_completed_run_trained_further_is_measured_again(blobs):
    first = train(small_run(epochs=1), blobs)
    second = restore(take_checkpoint(first), blobs, epochs=2)
    assert second.history.test is None
    events = list(second.run())
    assert len(of_type(events, FinalEvaluation)) == 1


def test_a_completed_run_stays_as_it_is(blobs):
    first = train(small_run(epochs=1), blobs)
    second = restore(take_checkpoint(first), blobs)
    assert list(second.run()) == []
    assert second.status is RunStatus.COMPLETED
    assert second.history.test == first.history.test


def test_the_clock_goes_on_where_it_stood(blobs):
    first = Trainer(small_run(), blobs)
    stop_after(first, 20)
    second = restore(take_checkpoint(first), blobs)
    assert second.seconds == pytest.approx(first.seconds)
    list(second.run())
    assert (np.diff(second.history.seconds) >= 0).all()


def test_a_checkpoint_is_not_changed_by_going_on(blobs):
    trainer = Trainer(small_run(optimizer="adam"), blobs)
    run = trainer.run()
    for _ in itertools.islice(run, 30):
        pass
    checkpoint = take_checkpoint(trainer)
    before = [array.copy() for array in checkpoint.weights + checkpoint.best_weights]
    history = without_seconds(checkpoint.history)
    list(run)
    assert_same_arrays(checkpoint.weights + checkpoint.best_weights, before)
    assert without_seconds(checkpoint.history) == history


def test_a_checkpoint_of_other_images_is_refused(blobs):
    checkpoint = take_checkpoint(train(small_run(epochs=1), blobs))
    smaller = dataclasses.replace(
        blobs, train_images=blobs.train_images[:200], train_labels=blobs.train_labels[:200]
    )
    with pytest.raises(CheckpointError, match="images"):
        restore(checkpoint, smaller)


# --- requests ------------------------------------------------------------------------------


@pytest.mark.parametrize("batches", [1, 2, 15, 40])
def test_stop_acts_within_one_batch(blobs, batches):
    trainer = Trainer(small_run(), blobs)
    stop_after(trainer, batches)
    assert trainer.step == batches
    assert trainer.status is RunStatus.STOPPED
    assert trainer.history.test is None


def test_a_stop_requested_before_the_start_trains_nothing(blobs):
    control = TrainingControl()
    control.request_stop()
    trainer = train(small_run(), blobs, control)
    assert trainer.step == 0
    assert trainer.status is RunStatus.STOPPED


class Scripted(TrainingControl):
    """Does the next of its actions each time the trainer waits, instead of blocking."""

    def __init__(self, *actions):
        super().__init__()
        self.actions = list(actions)
        self.waits = 0

    def wait(self, seconds):
        self.waits += 1
        self.actions.pop(0)(self)
        return super().wait(0)


def test_pause_acts_within_one_batch_and_resume_goes_on(blobs):
    control = Scripted(TrainingControl.resume)
    trainer = Trainer(small_run(), blobs, control)
    steps_and_states = []
    for event in trainer.run():
        if isinstance(event, BatchEnded) and event.step == 7:
            control.pause()
        if isinstance(event, StatusChanged):
            steps_and_states.append((trainer.step, event.status, trainer.status))
    running, paused = RunStatus.RUNNING, RunStatus.PAUSED
    assert steps_and_states == [(7, paused, paused), (7, running, running)]
    assert_same_run(trainer, train(small_run(), blobs))


def test_a_paused_run_says_now_and_then_that_it_is_there(blobs):
    control = Scripted(lambda _: None, lambda _: None, TrainingControl.request_stop)
    control.pause()
    trainer = Trainer(small_run(), blobs, control)
    events = trainer.run()
    assert next(events) == StatusChanged(RunStatus.PAUSED)
    assert list(events) == [StillPaused(), StillPaused()]
    assert (trainer.step, trainer.status) == (0, RunStatus.STOPPED)


def test_a_pause_does_not_count_as_training_time(blobs, monkeypatch):
    now = itertools.count()
    monkeypatch.setattr("time.perf_counter", lambda: float(next(now)))

    def wait_long(control):
        for _ in range(1_000_000):
            next(now)
        control.resume()

    control = Scripted(wait_long)
    control.pause()
    trainer = train(small_run(epochs=1), blobs, control)
    assert control.waits == 1
    assert trainer.seconds < 1000


def test_step_trains_one_batch_and_pauses_again(blobs):
    control = Scripted(*[TrainingControl.step] * 4, TrainingControl.request_stop)
    control.pause()
    trainer = Trainer(small_run(), blobs, control)
    events = list(trainer.run())
    kinds = [
        event.step if isinstance(event, BatchEnded) else event.status.value
        for event in events
        if isinstance(event, BatchEnded | StatusChanged)
    ]
    one_step = ["paused", "running"]
    assert kinds == [*one_step, 1, *one_step, 2, *one_step, 3, *one_step, 4, "paused"]
    assert trainer.status is RunStatus.STOPPED


def test_run_epoch_pauses_after_the_epoch(blobs):
    control = Scripted(TrainingControl.run_epoch, TrainingControl.request_stop)
    trainer = Trainer(small_run(), blobs, control)
    paused_at = []
    for event in trainer.run():
        if isinstance(event, BatchEnded) and event.step == 4:
            control.run_epoch()
        if event == StatusChanged(RunStatus.PAUSED):
            paused_at.append((trainer.step, len(trainer.history.epochs)))
    assert paused_at == [(15, 1), (30, 2)]


def test_stop_ends_a_pause(blobs):
    control = Scripted(TrainingControl.request_stop)
    control.pause()
    trainer = train(small_run(), blobs, control)
    assert trainer.step == 0
    assert trainer.status is RunStatus.STOPPED


def test_pause_acts_during_the_validation(blobs):
    control = Scripted(TrainingControl.resume)
    trainer = Trainer(small_run(epochs=1), blobs, control)
    for event in trainer.run():
        if isinstance(event, EvaluationAdvanced) and not trainer.history.epochs:
            control.pause()
    assert control.waits == 1
    assert_same_run(trainer, train(small_run(epochs=1), blobs))


def test_a_checkpoint_can_be_asked_for_while_running_and_while_paused(blobs, tmp_path):
    running, paused = tmp_path / "running.npz", tmp_path / "paused.npz"
    control = Scripted(
        lambda control: control.request_checkpoint(paused),
        TrainingControl.resume,
    )
    trainer = Trainer(small_run(), blobs, control)
    asked = []
    for event in trainer.run():
        if isinstance(event, BatchEnded) and event.step == 3:
            control.request_checkpoint(running)
        if isinstance(event, BatchEnded) and event.step == 9:
            control.pause()
        if isinstance(event, CheckpointRequested):
            asked.append((event.path, trainer.step, trainer.status))
    assert asked == [(running, 3, RunStatus.RUNNING), (paused, 9, RunStatus.PAUSED)]


# --- live changes --------------------------------------------------------------------------


def change_at(trainer, step, **changes):
    events = []
    for event in trainer.run():
        events.append(event)
        if isinstance(event, BatchEnded) and event.step == step:
            for name, value in changes.items():
                trainer.control.change(name, value)
    return events


def test_a_change_acts_from_the_next_batch_and_the_history_says_where(blobs):
    trainer = Trainer(small_run(learning_rate=0.1), blobs)
    events = change_at(trainer, 20, learning_rate=0.05)
    rates = trainer.history.learning_rates
    np.testing.assert_array_equal(rates, np.float32([0.1] * 20 + [0.05] * 25))
    change = HyperparameterChanged(20, "learning_rate", 0.05)
    assert trainer.history.changes == [change]
    assert events[events.index(change) + 1].step == 21


@pytest.mark.parametrize(
    "change", [{"l2": 1.0}, {"momentum": 0.1}, {"dropout": 0.5}, {"learning_rate": 0.01}]
)
def test_every_live_hyperparameter_changes_the_training(blobs, change):
    config = small_run(optimizer="momentum", dropout=0.1)
    unchanged = train(config, blobs)
    trainer = Trainer(config, blobs)
    change_at(trainer, 20, **change)
    np.testing.assert_array_equal(trainer.history.losses[:20], unchanged.history.losses[:20])
    assert not np.array_equal(trainer.history.losses, unchanged.history.losses)


def test_a_change_to_the_same_value_changes_no_number(blobs):
    trainer = Trainer(small_run(), blobs)
    change_at(trainer, 20, learning_rate=0.1, momentum=0.9, l2=0.0, dropout=0.0)
    np.testing.assert_array_equal(trainer.history.losses, train(small_run(), blobs).history.losses)
    assert len(trainer.history.changes) == 4


def test_changes_survive_going_on(blobs):
    config = small_run(optimizer="momentum", **EVERYTHING)
    changes = {"learning_rate": 0.02, "dropout": 0.1, "l2": 0.5, "momentum": 0.5}
    whole = Trainer(config, blobs)
    change_at(whole, 10, **changes)
    first = Trainer(config, blobs)
    for event in first.run():
        if isinstance(event, BatchEnded) and event.step == 10:
            for name, value in changes.items():
                first.control.change(name, value)
        if isinstance(event, BatchEnded) and event.step == 22:
            first.control.request_stop()
    second = restore(take_checkpoint(first), blobs)
    assert second.settings == with_training(config, **changes).training
    list(second.run())
    assert_same_run(second, whole)


def test_a_change_while_paused_waits_for_the_next_batch(blobs):
    control = Scripted(lambda c: (c.change("learning_rate", 0.01), c.resume()))
    control.pause()
    trainer = train(small_run(), blobs, control)
    assert trainer.history.changes == [HyperparameterChanged(0, "learning_rate", 0.01)]
    assert set(trainer.history.learning_rates.tolist()) == {float(np.float32(0.01))}


# --- failures ------------------------------------------------------------------------------


def diverge(trainer, look=bool):
    with pytest.raises(TrainingDiverged) as caught:
        deque(map(look, trainer.run()), maxlen=0)
    assert trainer.status is RunStatus.FAILED
    return caught.value


class LossOf:
    """A network's batch step that reports a made-up loss from a given step on."""

    def __init__(self, network, at, loss):
        self.train_batch, self.network = network.train_batch, network
        self.at, self.loss, self.step = at, loss, 0

    def __call__(self, *args, **kwargs):
        self.step += 1
        loss, correct = self.train_batch(*args, **kwargs)
        if self.step < self.at:
            return loss, correct
        for parameter in self.network.parameters:
            parameter.value[...] = np.nan
        return self.loss, 0


@pytest.mark.parametrize("loss", [float("nan"), float("inf"), 1e30, 5000.0])
@pytest.mark.parametrize("batch", [1, 2, 15, 16, 33])
def test_a_loss_that_explodes_ends_the_run_with_the_last_good_weights(
    blobs, monkeypatch, loss, batch
):
    trainer = Trainer(small_run(), blobs)
    monkeypatch.setattr(trainer.network, "train_batch", LossOf(trainer.network, batch, loss))
    good = [trainer.network.weights()]
    error = diverge(
        trainer,
        lambda event: isinstance(event, EpochEnded) and good.append(trainer.network.weights()),
    )
    assert error.step == batch
    assert trainer.step == batch - 1
    assert any(
        all(np.array_equal(a, b) for a, b in zip(trainer.network.weights(), weights, strict=True))
        for weights in good
    )
    assert np.isfinite(np.concatenate([w.ravel() for w in trainer.best_weights])).all()


def test_a_diverged_run_knows_its_batch_and_its_learning_rate(blobs, monkeypatch):
    trainer = Trainer(small_run(learning_rate=0.25), blobs)
    nan = float("nan")
    monkeypatch.setattr(trainer.network, "train_batch", LossOf(trainer.network, 4, nan))
    diverge(trainer)
    failure = Failure(FailureKind.DIVERGED, step=4, loss=None, learning_rate=0.25)
    assert trainer.failure == take_checkpoint(trainer).failure == failure


def test_a_real_explosion_is_caught_without_a_warning(blobs):
    trainer = Trainer(small_run(hidden=(32, 32), learning_rate=10.0, optimizer="momentum"), blobs)
    error = diverge(trainer)
    assert error.step < 100
    assert np.isfinite(np.concatenate([w.ravel() for w in trainer.network.weights()])).all()


@pytest.mark.parametrize("validation_fraction", [0.0, 0.2])
def test_weights_spoilt_by_an_epochs_last_batch_are_not_kept(
    blobs, monkeypatch, validation_fraction
):
    """The loss is computed before the update, so it does not show what the last update did."""
    config = small_run(batch_size=1000, validation_fraction=validation_fraction)
    trainer = Trainer(config, blobs)
    train_batch = trainer.network.train_batch

    def spoil(*args, **kwargs):
        result = train_batch(*args, **kwargs)
        if trainer.step == 1:
            for parameter in trainer.network.parameters:
                parameter.value[...] = np.nan
        return result

    monkeypatch.setattr(trainer.network, "train_batch", spoil)
    diverge(trainer)
    assert len(trainer.history.epochs) == 1
    for weights in (trainer.network.weights(), trainer.best_weights):
        assert np.isfinite(np.concatenate([w.ravel() for w in weights])).all()


def test_a_failed_run_can_go_on_with_a_smaller_learning_rate(blobs):
    trainer = Trainer(small_run(hidden=(32, 32), learning_rate=10.0, optimizer="momentum"), blobs)
    diverge(trainer)
    control = TrainingControl()
    control.change("learning_rate", 0.01)
    second = restore(take_checkpoint(trainer), blobs, control)
    list(second.run())
    assert second.status is RunStatus.COMPLETED
    assert np.isfinite(second.history.losses).all()


def test_an_error_in_the_training_makes_the_run_failed(blobs, monkeypatch):
    trainer = Trainer(small_run(), blobs)

    def fail(*args, **kwargs):
        raise MemoryError

    monkeypatch.setattr(trainer.network, "train_batch", fail)
    with pytest.raises(MemoryError):
        list(trainer.run())
    assert trainer.status is RunStatus.FAILED


def test_leaving_the_iteration_interrupts_the_run(blobs):
    trainer = Trainer(small_run(), blobs)
    run = trainer.run()
    next(run)
    run.close()
    assert trainer.status is RunStatus.INTERRUPTED

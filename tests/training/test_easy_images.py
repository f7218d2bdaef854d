"""Easy images come seldom, hard ones in every pass, and an epoch stays as long as it is."""

from contextlib import closing

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mnist_studio.data.pixels import unit_range
from mnist_studio.runs.restore import restore, take_checkpoint
from mnist_studio.training.batches import BatchSource
from mnist_studio.training.easy_images import EasyImages
from mnist_studio.training.events import EpochEnded
from mnist_studio.training.trainer import Trainer

from .builders import assert_same_run, small_blobs, small_run, train, train_until

# Learns so fast that there are easy images after an epoch.
FAST = {"optimizer": "adam", "learning_rate": 0.01}

shares = st.floats(0.01, 0.95)
INDICES = np.arange(100, 300)


def generator(seed=0):
    return np.random.default_rng(seed)


def images_with(easy, skipped):
    """Return what remembers 300 images, of which those in `easy` were easy as the epoch began."""
    images = EasyImages(300, skipped)
    images.answered(easy, np.ones(len(easy)))
    images.end_epoch()
    return images


@given(st.integers(0, 99))
def test_without_skipping_every_image_comes_once_in_the_order_of_ever(seed):
    order = images_with(INDICES[:150], 0.0).order(INDICES, generator(seed))
    np.testing.assert_array_equal(order, generator(seed).permutation(INDICES))


@given(shares, st.sets(st.sampled_from(INDICES.tolist())), st.integers(0, 99))
def test_an_epoch_stays_as_long_and_has_every_hard_image(skipped, easy, seed):
    easy = np.array(sorted(easy), int)
    order = images_with(easy, skipped).order(INDICES, generator(seed))
    assert len(order) == len(INDICES)
    assert set(order) <= set(INDICES)
    assert set(order) >= set(INDICES) - set(easy)


def test_easy_images_are_left_out_of_each_pass_with_their_share():
    easy = INDICES[:180]
    images = images_with(easy, 0.75)
    orders = [images.order(INDICES, generator(seed)) for seed in range(200)]
    counts = np.bincount(np.concatenate(orders), minlength=300)
    # 20 hard ones and a quarter of 180 are a pass of 65 images, so an epoch of 200 is about three.
    assert counts[easy].mean() / 200 == pytest.approx(0.75 * 200 / 195, rel=0.05)
    assert counts[INDICES[180:]].mean() / 200 == pytest.approx(3 * 200 / 195, rel=0.05)


def test_what_is_answered_counts_from_the_next_epoch_on():
    images = EasyImages(4, 0.5)
    images.answered(np.array([1, 2, 3]), np.array([0.951, 0.949, 1.0]))
    assert not images.at_epoch_start.any()
    images.end_epoch()
    images.answered(np.array([3]), np.array([0.2]))
    assert images.at_epoch_start.tolist() == [False, True, False, True]
    assert images.now.tolist() == [False, True, False, False]


def test_the_memory_of_other_images_is_refused():
    images = EasyImages(4, 0.5)
    with pytest.raises(ValueError, match="5 images instead of 4"):
        images.load_state(EasyImages(5, 0.5).state())
    with pytest.raises(LookupError):
        images.load_state({})
    EasyImages(4, 0.0).load_state({})  # which remembers nothing


def test_a_copy_of_the_memory_does_not_change_with_it():
    images = EasyImages(4, 0.5)
    copy = images.state()
    images.answered(np.array([2]), np.array([1.0]))
    assert not copy["now"].any()
    assert images.shared_state()["now"][2]


# --- in a training ---------------------------------------------------------------------------


@pytest.mark.parametrize("rows", [16, 60, 240])
def test_a_trainer_remembers_what_the_network_was_sure_of(blobs, rows):
    trainer = Trainer(small_run(skip_easy=0.8, batch_size=rows, epochs=12, **FAST), blobs)
    easy = trainer.batches.easy
    for event in trainer.run():
        if isinstance(event, EpochEnded):
            np.testing.assert_array_equal(easy.at_epoch_start, easy.now)
    seen = np.flatnonzero(easy.now)
    assert seen.size
    assert not np.isin(trainer.batches.validation_indices, seen).any()
    probabilities = trainer.network.predict_probabilities(blobs.train_images[seen] / 255)
    assert (probabilities.argmax(axis=1) == blobs.train_labels[seen]).mean() > 0.95


def test_hard_images_come_more_often_once_others_are_easy(blobs):
    trainer = train(small_run(skip_easy=0.9, epochs=1, **FAST), blobs)
    easy = trainer.batches.easy.at_epoch_start
    order = trainer.batches.order(1)
    counts = np.bincount(order, minlength=len(easy))
    trained = np.sort(trainer.batches.order(0))
    hard = trained[~easy[trained]]
    assert 0 < len(hard) < len(trained)
    assert counts[hard].min() >= 1
    assert counts[hard].mean() > 3 * counts[trained[easy[trained]]].mean()


@pytest.mark.parametrize("ahead", [False, True])
def test_what_is_answered_to_a_written_digit_says_nothing_of_the_image_in_its_place(blobs, ahead):
    config = small_run(skip_easy=0.5, written=0.4, batch_size=48)
    batches = BatchSource(blobs, config, generator())
    batches.ahead = ahead
    order = batches.order(0)
    shown = np.zeros(len(blobs.train_images), bool)
    with closing(batches.walk(0)) as walk:
        for start, (pixels, labels) in zip(range(0, len(order), 48), walk, strict=True):
            indices = order[start : start + 48]
            shown[indices] = (pixels == unit_range(blobs.train_images[indices])).all(axis=1)
            batches.answered(np.ones(len(labels), np.float32))
    assert 0.5 < shown[order].mean() < 0.7
    np.testing.assert_array_equal(batches.easy.at_epoch_start, shown)


def test_batches_made_ahead_are_remembered_alike(blobs, monkeypatch):
    config = small_run(skip_easy=0.8, batch_size=40, shift=1.0, epochs=4, **FAST)
    plain = train(config, blobs)
    ahead = Trainer(config, blobs)
    ahead.batches.ahead = True
    made_ahead, made = BatchSource._made_ahead, []
    monkeypatch.setattr(
        BatchSource, "_made_ahead", lambda *args: made.append(1) or made_ahead(*args)
    )
    for _ in ahead.run():
        pass
    assert made == [1] * 4
    assert plain.batches.easy.now.any()
    np.testing.assert_array_equal(plain.batches.easy.now, ahead.batches.easy.now)
    assert_same_run(plain, ahead)


@settings(max_examples=20)
@given(st.integers(1, 59))
def test_a_run_goes_on_from_anywhere_with_the_same_images(step):
    blobs, config = small_blobs(), small_run(skip_easy=0.8, epochs=4, **FAST)
    stopped = restore(take_checkpoint(train_until(step, config, blobs)), blobs)
    for _ in stopped.run():
        pass
    whole = train(config, blobs)
    assert whole.batches.easy.now.any()
    np.testing.assert_array_equal(stopped.batches.easy.now, whole.batches.easy.now)
    assert_same_run(stopped, whole)

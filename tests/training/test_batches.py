"""Batches: every image once an epoch, in an order that the seed and the epoch alone decide."""

import dataclasses
from contextlib import closing

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnist_studio.data.dataset import Dataset
from mnist_studio.training import batches
from mnist_studio.training.ahead import work_ahead
from mnist_studio.training.batches import BatchSource

from .builders import small_run

IMAGES = np.random.default_rng(3).integers(0, 256, (90, 784), np.uint8)
LABELS = np.arange(90, dtype=np.uint8) % 9  # of ten classes, one has no image
DATASET = Dataset("mnist-10k", IMAGES, LABELS, IMAGES[:9], LABELS[:9], tuple("0123456789"))
EVERYTHING = {
    "shift": 3.0,
    "rotation": 20.0,
    "scale": 0.2,
    "aspect": 0.2,
    "shear": 0.3,
    "elastic": 1.0,
}

seeds = st.integers(0, 2**31 - 1)
fractions = st.floats(0, 0.5)
epochs = st.integers(0, 1000)


def source(dataset=DATASET, rng_seed=0, **settings):
    return BatchSource(dataset, small_run(**settings), np.random.default_rng(rng_seed))


@given(seeds, fractions, epochs)
def test_an_epoch_has_every_image_of_the_training_part_exactly_once(seed, fraction, epoch):
    batches = source(seed=seed, validation_fraction=fraction)
    order = batches.order(epoch)
    assert order.shape == (batches.size,)
    together = np.concatenate([order, batches.validation_indices])
    assert sorted(together.tolist()) == list(range(90))


@given(fractions, seeds)
def test_every_class_gives_its_share_to_the_validation_whatever_the_runs_seed(fraction, seed):
    batches = source(seed=seed, validation_fraction=fraction)
    given_away = np.bincount(LABELS[batches.validation_indices], minlength=9)
    assert np.abs(given_away - 10 * fraction).max() < 1
    other = source(seed=seed // 2 + 1, validation_fraction=fraction)
    np.testing.assert_array_equal(batches.validation_indices, other.validation_indices)


@given(seeds, epochs, st.integers(1, 200), st.integers(0, 3))
def test_the_order_depends_on_nothing_but_the_seed_and_the_epoch(seed, epoch, size, used):
    plain, other = source(seed=seed), source(rng_seed=1, seed=seed, batch_size=size, **EVERYTHING)
    for earlier in range(used):
        other.take(other.order(earlier)[:size], earlier)
    np.testing.assert_array_equal(plain.order(epoch), other.order(epoch))


@given(seeds, epochs)
def test_another_epoch_and_another_seed_have_another_order(seed, epoch):
    order = source(seed=seed).order(epoch).tolist()
    assert order != source(seed=seed).order(epoch + 1).tolist()
    assert order != source(seed=seed ^ 1).order(epoch).tolist()


@given(st.integers(1, 200), seeds)
def test_batches_hold_the_images_they_were_asked_for_between_zero_and_one(batch_size, seed):
    batches = source(batch_size=batch_size, seed=seed)
    order = batches.order(0)
    for start in range(0, len(order), batch_size):
        chosen = order[start : start + batch_size]
        pixels, labels = batches.take(chosen, 0)
        assert pixels.dtype == np.float32
        np.testing.assert_allclose(pixels, IMAGES[chosen] / 255, rtol=1e-6)
        np.testing.assert_array_equal(labels, LABELS[chosen])


def test_a_batch_is_overwritten_by_the_next_and_a_smaller_one_keeps_no_rest_of_it():
    batches = source(batch_size=20)
    first, _ = batches.take(np.arange(20), 0)
    rest, labels = batches.take(np.arange(20, 25), 0)
    assert len(rest) == len(labels) == 5
    np.testing.assert_array_equal(first[:5], rest)


def test_augmentation_changes_what_is_trained_but_not_the_data_set():
    before = IMAGES.copy()
    batches = source(written=0.5, **EVERYTHING)
    pixels, labels = batches.take(np.arange(16), 0)
    assert 0 <= pixels.min() < pixels.max() <= 1
    assert not np.allclose(pixels, IMAGES[:16] / 255)
    np.testing.assert_array_equal(labels, LABELS[:16])
    np.testing.assert_array_equal(IMAGES, before)


def test_the_same_generator_augments_in_the_same_way_and_another_differently():
    def pixels(rng_seed):
        return source(rng_seed=rng_seed, **EVERYTHING).take(np.arange(16), 0)[0].tobytes()

    assert pixels(4) == pixels(4) != pixels(5)


@pytest.mark.parametrize(
    ("names", "changed"), [(DATASET.class_names, True), (tuple("abcdefghij"), False)]
)
def test_only_among_digits_is_written(blobs, names, changed):
    written = source(dataclasses.replace(blobs, class_names=names), written=1.0)
    indices = np.arange(16)
    pixels, labels = written.take(indices, 0)
    assert np.allclose(pixels, blobs.train_images[indices] / 255) is not changed
    np.testing.assert_array_equal(labels, blobs.train_labels[indices])
    more = source(dataclasses.replace(blobs, class_names=names), non_digits=0.5)
    pixels, labels = more.take(indices, 0)
    assert len(labels) == 16
    assert len(pixels) == (24 if changed else 16)
    np.testing.assert_allclose(pixels[:16], blobs.train_images[indices] / 255, rtol=1e-6)


def test_non_digits_follow_those_that_were_asked_for():
    batches = source(non_digits=0.5, batch_size=20)
    for count in (20, 5, 20):
        pixels, labels = batches.take(np.arange(count), 0)
        np.testing.assert_allclose(pixels[:count], IMAGES[:count] / 255, rtol=1e-6)
        np.testing.assert_array_equal(labels, LABELS[:count])
        assert len(pixels) - count in (count // 2, count // 2 + count % 2)
        assert pixels[count:].max(axis=1).min() > 0.9


@pytest.mark.parametrize(
    ("ahead", "settings", "thread"),
    [
        (True, {"shift": 1.0, "batch_size": 32}, True),
        (True, {"written": 1.0, "batch_size": 32}, True),
        (True, {"non_digits": 0.3, "batch_size": 32}, True),
        (False, {"shift": 1.0, "batch_size": 32}, False),
        (True, {"batch_size": 32}, False),
        (True, {"shift": 1.0, "batch_size": 4}, False),
    ],
)
def test_a_thread_makes_batches_where_it_is_wished_and_worth_it(
    monkeypatch, ahead, settings, thread
):
    calls = []
    monkeypatch.setattr(batches, "work_ahead", lambda *a: calls.append(a) or work_ahead(*a))
    walked, taken = source(**settings), source(**settings)
    walked.ahead = ahead
    order, size = taken.order(3), settings["batch_size"]
    for start, (pixels, labels) in zip(
        range(size, len(order), size), walked.walk(3, 1), strict=True
    ):
        expected = taken.take(order[start : start + size], 3)
        np.testing.assert_array_equal(pixels, expected[0])
        np.testing.assert_array_equal(labels, expected[1])
        assert walked.random_state == taken.random_state
    assert bool(calls) is thread


def test_batches_that_were_made_but_not_taken_are_made_again():
    walked, taken = (source(rotation=9.0, batch_size=32) for _ in range(2))
    walked.ahead = True
    with closing(walked.walk(0)) as some:
        first = next(some)[0].copy()
    assert walked.random_state != source().random_state
    second = walked.take(np.arange(20), 0)[0]
    np.testing.assert_array_equal(first, taken.take(taken.order(0)[:32], 0)[0])
    np.testing.assert_array_equal(second, taken.take(np.arange(20), 0)[0])

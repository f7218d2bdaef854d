from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from mnist_studio.data.preprocess import render_strokes
from mnist_studio.data.styles import StyleMixer

Image = NDArray[np.uint8]


def drawn(*strokes: list[tuple[float, float]]) -> Image:
    image = render_strokes([np.array(stroke, float) for stroke in strokes])
    assert image is not None
    return image.reshape(784)


ZERO = [(50 + 40 * np.cos(turn), 60 * np.sin(turn)) for turn in np.linspace(0, 2 * np.pi, 40)]
ONE = [(50.0, 0.0), (45.0, 100.0)]
SEVEN = [(0.0, 0.0), (60.0, 0.0), (30.0, 100.0)]


def batch(count: int = 30) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Return zeros, ones, sevens and threes in turn."""
    three = [(0.0, 0.0), (50.0, 0.0), (20.0, 45.0), (55.0, 75.0), (0.0, 100.0)]
    images = np.stack([drawn(ZERO), drawn(ONE), drawn(SEVEN), drawn(three)] * count)
    return images, np.array([0, 1, 7, 3] * count, np.uint8)


def mixed(fraction: float, seed: int = 0) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    images, labels = batch()
    StyleMixer(fraction, np.random.default_rng(seed)).apply(images, labels)
    return images, labels


def test_a_share_of_zero_changes_nothing_and_draws_no_random_number() -> None:
    rng = np.random.default_rng(0)
    images, labels = batch()
    StyleMixer(0, rng).apply(images, labels)
    np.testing.assert_array_equal(images, batch()[0])
    assert rng.bit_generator.state == np.random.default_rng(0).bit_generator.state


def test_only_zeros_ones_and_sevens_change() -> None:
    images, labels = mixed(1)
    changed = (images != batch()[0]).any(1)
    np.testing.assert_array_equal(changed, labels != 3)


def test_the_share_of_changed_images_is_as_asked() -> None:
    images, labels = mixed(0.3)
    changed = (images != batch()[0]).any(1)[labels != 3]
    assert changed.mean() == pytest.approx(0.3, abs=0.12)


def test_the_same_seed_gives_the_same_lines_and_another_seed_others() -> None:
    np.testing.assert_array_equal(mixed(0.5)[0], mixed(0.5)[0])
    assert not np.array_equal(mixed(0.5)[0], mixed(0.5, seed=1)[0])


def test_a_zero_is_crossed_in_the_middle() -> None:
    images, labels = mixed(1)
    middles = images[labels == 0].reshape(-1, 28, 28)[:, 12:17, 12:17]
    assert batch()[0][0].reshape(28, 28)[12:17, 12:17].max() == 0
    assert (middles.max((1, 2)) > 120).all()


@pytest.mark.parametrize("digit", [0, 1, 7])
def test_ink_is_added_within_reason_and_stays_centered(digit: int) -> None:
    images, labels = mixed(1)
    before = batch()[0][labels == digit].reshape(-1, 28, 28).sum((1, 2), dtype=float)
    after = images[labels == digit].reshape(-1, 28, 28)
    ratio = after.sum((1, 2), dtype=float) / before
    assert (ratio > 1.0).all()
    assert (ratio < 2.8).all()
    places = np.arange(28)
    mass = after.sum((1, 2), dtype=float)
    assert np.abs(after.sum(1) @ places / mass - 14).max() < 0.6
    assert np.abs(after.sum(2) @ places / mass - 14).max() < 0.6


def test_images_without_ink_and_empty_batches_are_no_trouble() -> None:
    mixer = StyleMixer(1, np.random.default_rng(0))
    mixer.apply(np.zeros((3, 784), np.uint8), np.array([0, 1, 7]))
    mixer.apply(np.zeros((0, 784), np.uint8), np.zeros(0, int))


@pytest.mark.parametrize("fraction", [-0.1, 1.1, float("nan")])
def test_a_share_outside_zero_to_one_is_refused(fraction: float) -> None:
    with pytest.raises(ValueError, match="from 0 to 1"):
        StyleMixer(fraction, np.random.default_rng(0))

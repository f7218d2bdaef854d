import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from mnist_studio.data.split import split

LABELS = hnp.arrays(np.uint8, st.integers(0, 400), elements=st.integers(0, 9))
FRACTIONS = st.floats(0, 1, exclude_max=True)
SEEDS = st.integers(0, 2**32)


@given(LABELS, FRACTIONS, SEEDS)
def test_both_parts_together_are_all_images_once(labels, fraction, seed):
    parts = split(labels, fraction, seed)
    together = np.concatenate([parts.train_indices, parts.validation_indices])
    assert np.array_equal(np.sort(together), np.arange(len(labels)))


@given(LABELS, FRACTIONS, SEEDS)
def test_indices_are_sorted_int32_and_read_only(labels, fraction, seed):
    parts = split(labels, fraction, seed)
    for indices in (parts.train_indices, parts.validation_indices):
        assert indices.dtype == np.int32
        assert np.all(np.diff(indices) > 0)
        assert not indices.flags.writeable


@given(LABELS, FRACTIONS, SEEDS)
def test_every_class_gives_its_share_rounded_up_or_down(labels, fraction, seed):
    parts = split(labels, fraction, seed)
    sizes = np.bincount(labels, minlength=10)
    given_away = np.bincount(labels[parts.validation_indices], minlength=10)
    assert np.all(np.abs(given_away - sizes * fraction) < 1)
    assert len(parts.validation_indices) == round(len(labels) * fraction)


@given(LABELS, FRACTIONS, SEEDS)
def test_the_same_seed_gives_the_same_split(labels, fraction, seed):
    first, second = split(labels, fraction, seed), split(labels, fraction, seed)
    assert np.array_equal(first.validation_indices, second.validation_indices)


def test_another_seed_gives_another_split():
    labels = np.arange(1_000, dtype=np.uint8) % 10
    first, second = split(labels, 0.1, 0), split(labels, 0.1, 1)
    assert not np.array_equal(first.validation_indices, second.validation_indices)


def test_a_fraction_of_zero_leaves_validation_empty():
    parts = split(np.zeros(7, dtype=np.uint8), 0.0, 0)
    assert len(parts.validation_indices) == 0
    assert len(parts.train_indices) == 7


@pytest.mark.parametrize("fraction", [-0.1, 1.0, float("nan")])
def test_a_fraction_outside_of_its_range_is_refused(fraction):
    with pytest.raises(ValueError, match="validation fraction"):
        split(np.zeros(7, dtype=np.uint8), fraction, 0)

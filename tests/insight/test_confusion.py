"""Which classes are mixed up, how much, and on which scale."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from mnist_studio.insight.confusion import (
    Confusion,
    Scale,
    confusion_of,
    counted_epoch,
    over_epochs,
    scale_of,
)
from mnist_studio.training.answers import ask, gather
from mnist_studio.training.config import ModelConfig
from mnist_studio.training.evaluation import evaluate
from mnist_studio.training.events import EpochEnded
from mnist_studio.training.history import History
from mnist_studio.training.networks import build_network

from .builders import DIGITS, answers, matrix

COUNTS = hnp.arrays(np.int64, (4, 4), elements=st.integers(0, 20))


def test_a_matrix_counted_by_hand():
    known = answers([3, 3, 5, 7, 3], (3, 0.9), (5, 0.6), (3, 0.8), (7, 0.5), (5, 0.7))
    found = confusion_of(known, DIGITS)
    expected = np.zeros((10, 10), int)
    expected[3, 3] = expected[5, 3] = expected[7, 7] = 1
    expected[3, 5] = 2
    np.testing.assert_array_equal(found.counts, expected)
    assert found.counts.dtype == np.int64
    assert found.names == DIGITS
    assert (found.total, found.wrong, found.worst()) == (5, 3, (3, 5))
    np.testing.assert_allclose(found.shares[3, [3, 5]], [1 / 3, 2 / 3])


def test_it_counts_every_image_and_agrees_with_the_evaluation(blobs):
    network = build_network(ModelConfig())
    known = gather(ask(network, blobs.test_images, blobs.test_labels))
    found = confusion_of(known, blobs.class_names)
    probabilities = network.predict_probabilities(blobs.test_images / np.float32(255))
    expected = np.zeros((10, 10), int)
    np.add.at(expected, (blobs.test_labels, probabilities.argmax(axis=1)), 1)
    np.testing.assert_array_equal(found.counts, expected)
    accuracy = evaluate(network, blobs.test_images, blobs.test_labels).accuracy
    assert (found.total - found.wrong) / found.total == accuracy


def test_without_images_all_counts_are_zero():
    found = confusion_of(answers([]), DIGITS)
    assert found.counts.shape == (10, 10)
    assert not found.counts.any()
    assert not found.shares.any()
    assert (found.total, found.wrong, found.worst()) == (0, 0, None)


@given(COUNTS)
def test_figures_of_any_matrix_are_what_loops_give(counts):
    found = Confusion(counts, tuple("abcd"))
    cells = [(true, predicted) for true in range(4) for predicted in range(4)]
    assert found.total == sum(int(counts[cell]) for cell in cells)
    assert found.wrong == sum(int(counts[cell]) for cell in cells if cell[0] != cell[1])
    for true, predicted in cells:
        size = sum(int(count) for count in counts[true])
        assert found.shares[true, predicted] == (counts[true, predicted] / size if size else 0)
    scale = scale_of([found])
    full = [true for true in range(4) if counts[true].any()]
    assert scale.weakest == min([found.shares[k, k] for k in full], default=1.0)
    assert scale.worst == max(found.shares[cell] for cell in cells if cell[0] != cell[1])


def test_the_scale_covers_all_matrices():
    one, other = matrix(from4to9=20, from3to5=1), matrix(from7to2=10)
    assert scale_of([one, other]) == Scale(weakest=0.8, worst=0.2)
    assert scale_of([other]) == Scale(weakest=0.9, worst=0.1)
    assert scale_of([matrix()]) == Scale(weakest=1.0, worst=0.0)


def test_a_class_without_images_has_no_say_in_the_scale():
    empty = matrix(from4to9=20)
    empty.counts[6] = 0
    assert empty.shares[6, 6] == 0.0
    assert scale_of([empty]) == Scale(weakest=0.8, worst=0.2)


@pytest.mark.parametrize(
    ("mistakes", "worst"),
    [
        ({"from4to9": 12, "from3to5": 8}, (4, 9)),
        ({"from4to9": 5, "from2to7": 5}, (2, 7)),
        ({"from4to9": 5, "from4to1": 5}, (4, 1)),
        ({}, None),
    ],
)
def test_of_equally_frequent_mistakes_the_first_is_named(mistakes, worst):
    assert matrix(**mistakes).worst() == worst


def test_precision_recall_and_f1_counted_by_hand():
    known = answers([3, 3, 5, 7, 3], (3, 0.9), (5, 0.6), (3, 0.8), (7, 0.5), (5, 0.7))
    found = confusion_of(known, DIGITS)
    nan = np.nan
    np.testing.assert_allclose(found.recall, [nan, nan, nan, 1 / 3, nan, 0, nan, 1, nan, nan])
    np.testing.assert_allclose(found.precision, [nan, nan, nan, 1 / 2, nan, 0, nan, 1, nan, nan])
    np.testing.assert_allclose(found.f1, [nan, nan, nan, 2 / 5, nan, 0, nan, 1, nan, nan])
    np.testing.assert_allclose(found.answered_shares[[3, 5], 3], [1 / 2, 1 / 2])


@given(COUNTS)
def test_f1_is_the_harmonic_mean_of_the_other_two(counts):
    found = Confusion(counts, DIGITS[:4])
    precision, recall = found.precision, found.recall
    both = (precision > 0) & (recall > 0)
    mean = 2 / (1 / precision[both] + 1 / recall[both])
    np.testing.assert_allclose(found.f1[both], mean)
    assert (found.answered_shares.sum(axis=0) <= 1 + 1e-9).all()


@given(hnp.arrays(np.uint32, (3, 3, 5), elements=st.integers(0, 2**32 - 1)))
def test_a_cell_is_followed_over_the_epochs_and_of_a_row_a_column_or_all_the_mistakes(confusions):
    for epoch in range(5):
        counts = confusions[:, :, epoch].astype(object)  # Python's numbers have no end
        wrong = counts - np.diag(counts.diagonal())
        assert over_epochs(confusions)[epoch] == wrong.sum()
        for k in range(3):
            assert over_epochs(confusions, k)[epoch] == wrong[k].sum()
            assert over_epochs(confusions, None, k)[epoch] == wrong[:, k].sum()
            assert over_epochs(confusions, k, 1)[epoch] == counts[k, 1]


def test_where_no_epoch_was_counted_there_is_nothing_to_follow():
    nothing = np.empty((0, 0, 0), np.uint32)
    assert over_epochs(nothing, 4, 9).tolist() == over_epochs(nothing).tolist() == []


def test_the_recorded_matrix_of_certain_weights_is_found_by_their_step():
    history = History(20, 10)
    for epoch in (1, 2, 3):
        history.record(EpochEnded(epoch, 2 * epoch, 1.0, 0.5, 1.0, 0.5, 0.0, 1.0, True))
        if epoch > 1:  # the first was trained by a version that did not count
            history.record_confusion(np.eye(3, dtype=np.int64))
    assert [counted_epoch(history, step) for step in (2, 4, 5, 6)] == [None, 0, None, 1]
    assert counted_epoch(History(20, 10), 0) is None

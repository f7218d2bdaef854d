"""Accuracies on distorted images, counted one by one."""

import numpy as np
import pytest

from mnist_studio.cancel import WorkCancelled
from mnist_studio.data.distortion import STRENGTHS, Distorter, Distortion, unchanged
from mnist_studio.insight.robustness import (
    accuracy_at,
    look_at,
    robustness,
    some_of_each_class,
)

from ..training.builders import small_run, train


@pytest.fixture(scope="module")
def network(blobs):
    return train(small_run(epochs=4), blobs).network.freeze()


def counted(network, images, labels, indices, kind, strength):
    """Return the accuracy of a network that is asked about one image at a time."""
    right = 0
    for index in indices:
        pixels = Distorter(kind, strength)(images[index : index + 1], np.array([index]))
        right += int(network.logits(pixels).argmax() == labels[index])
    return right / len(indices)


@pytest.mark.parametrize("kind", Distortion)
def test_the_accuracy_is_the_share_of_distorted_images_that_are_recognized(network, blobs, kind):
    images, labels = blobs.test_images, blobs.test_labels
    for strength in (STRENGTHS[kind][0], STRENGTHS[kind][-1]):
        found = accuracy_at(network, images, labels, None, Distorter(kind, strength))
        assert found == counted(network, images, labels, range(100), kind, strength)


def test_some_of_the_images_can_be_asked_about(network, blobs):
    chosen = np.array([3, 4, 50, 299])
    found = accuracy_at(
        network,
        blobs.train_images,
        blobs.train_labels,
        chosen,
        Distorter(Distortion.NOISE, 0.6),
    )
    expected = counted(
        network, blobs.train_images, blobs.train_labels, chosen, Distortion.NOISE, 0.6
    )
    assert found == expected


def test_all_distortions_are_tried_at_all_their_strengths(network, blobs):
    told = []
    found = robustness(
        network, blobs.test_images, blobs.test_labels, progress=lambda *done: told.append(done)
    )
    assert set(found) == set(Distortion)
    plain = np.mean(
        network.logits(blobs.test_images / np.float32(255)).argmax(1) == blobs.test_labels
    )
    for kind, accuracies in found.items():
        assert len(accuracies) == len(STRENGTHS[kind])
        assert accuracies[STRENGTHS[kind].index(unchanged(kind))] == pytest.approx(plain)
    total = sum(map(len, STRENGTHS.values()))
    assert told == [(done, total) for done in range(1, total + 1)]
    assert found[Distortion.MISSING][-1] < plain


def test_it_can_be_called_off(network, blobs):
    with pytest.raises(WorkCancelled):
        robustness(network, blobs.test_images, blobs.test_labels, cancelled=lambda: True)


def test_the_images_looked_at_are_those_that_were_counted(network, blobs):
    rows = np.array([7, 2, 31])
    distorter = Distorter(Distortion.SHIFT, 5.0)
    found = look_at(network, blobs.test_images, blobs.test_labels, rows, distorter)
    assert found.answers.indices.tolist() == [7, 2, 31]
    for pixels, index, predicted in zip(found.pixels, rows, found.answers.predicted, strict=True):
        one = distorter(blobs.test_images[index : index + 1], np.array([index]))
        np.testing.assert_allclose(pixels, one[0], atol=1e-5)
        assert network.logits(one).argmax() == predicted


def test_the_first_of_each_class_comes_before_the_second_of_any():
    labels = np.array([2, 2, 0, 1, 0, 2, 1], np.uint8)
    everything = np.arange(7)
    assert some_of_each_class(labels, everything, 5).tolist() == [2, 3, 0, 4, 6]
    assert some_of_each_class(labels, np.array([1, 4, 5]), 9).tolist() == [4, 1, 5]
    assert some_of_each_class(labels, everything[:0], 5).tolist() == []


def test_spoilt_weights_are_no_error(network, blobs):
    copy = train(small_run(epochs=1), blobs).network
    copy.load_weights([np.full_like(each, np.nan) for each in copy.weights()])
    found = accuracy_at(
        copy.freeze(), blobs.test_images, blobs.test_labels, None, Distorter(Distortion.NOISE, 0.1)
    )
    assert 0 <= found <= 1


def test_without_images_there_is_no_accuracy(network, blobs):
    none = np.empty(0, np.intp)
    distorter = Distorter(Distortion.ROTATION, 15.0)
    found = accuracy_at(network, blobs.train_images, blobs.train_labels, none, distorter)
    assert np.isnan(found)

"""Loss and accuracy on many images."""

import numpy as np
import pytest

from mnist_studio.training import answers
from mnist_studio.training.answers import ask
from mnist_studio.training.config import ModelConfig
from mnist_studio.training.evaluation import Evaluation, evaluate
from mnist_studio.training.networks import build_network


@pytest.fixture
def network():
    return build_network(ModelConfig())


def test_loss_and_accuracy_are_what_the_probabilities_give(network, blobs):
    found = evaluate(network, blobs.test_images, blobs.test_labels)
    probabilities = network.predict_probabilities(blobs.test_images / np.float32(255))
    picked = probabilities[np.arange(100), blobs.test_labels]
    assert found.loss == pytest.approx(-np.log(picked).mean(), rel=1e-5)
    assert found.accuracy == np.mean(probabilities.argmax(axis=1) == blobs.test_labels)
    assert found.images == 100
    counts = np.zeros((10, 10), int)
    np.add.at(counts, (blobs.test_labels, probabilities.argmax(axis=1)), 1)
    np.testing.assert_array_equal(found.counts, counts)


def test_chunks_change_nothing(network, blobs, monkeypatch):
    whole = evaluate(network, blobs.test_images, blobs.test_labels)
    monkeypatch.setattr(answers, "CHUNK", 7)
    parts = evaluate(network, blobs.test_images, blobs.test_labels)
    assert parts.accuracy == whole.accuracy
    np.testing.assert_array_equal(parts.counts, whole.counts)
    assert parts.loss == pytest.approx(whole.loss)


def test_answers_are_added_up_image_by_image(network, blobs):
    added = Evaluation()
    for indices in (np.arange(3), np.arange(3, 100)):
        for part in ask(network, blobs.test_images, blobs.test_labels, indices):
            added.add(part)
    whole = evaluate(network, blobs.test_images, blobs.test_labels)
    assert (added.images, added.correct) == (whole.images, whole.correct)
    assert added.loss == pytest.approx(whole.loss)


def test_without_images_there_are_no_figures(network, blobs):
    found = evaluate(network, blobs.test_images[:0], blobs.test_labels[:0])
    assert np.isnan([found.loss, found.accuracy]).all()


@pytest.mark.parametrize("scale", [1e38, np.nan])
def test_spoilt_weights_give_nan_and_no_warning(network, blobs, scale):
    for parameter in network.parameters:
        parameter.value[...] = scale
    assert not np.isfinite(evaluate(network, blobs.test_images, blobs.test_labels).loss)

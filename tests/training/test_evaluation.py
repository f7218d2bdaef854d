"""Loss and accuracy on many images."""

import numpy as np
import pytest

from mnist_studio.training import evaluation
from mnist_studio.training.config import ModelConfig
from mnist_studio.training.evaluation import evaluate, evaluate_at_once
from mnist_studio.training.trainer import build_network


@pytest.fixture
def network():
    return build_network(ModelConfig())


def test_chunks_change_nothing(network, blobs, monkeypatch):
    whole = evaluate_at_once(network, blobs.test_images, blobs.test_labels)
    monkeypatch.setattr(evaluation, "CHUNK", 7)
    parts = evaluate_at_once(network, blobs.test_images, blobs.test_labels)
    assert parts.accuracy == whole.accuracy
    assert parts.loss == pytest.approx(whole.loss)


def test_there_is_an_event_after_every_chunk(network, blobs, monkeypatch):
    monkeypatch.setattr(evaluation, "CHUNK", 40)
    events = list(evaluate(network, blobs.test_images, blobs.test_labels))
    assert events == [(40, 100), (80, 100), (100, 100)]


def test_only_the_chosen_images_count(network, blobs):
    indices = np.array([3, 50, 7])
    steps = evaluate(network, blobs.test_images, blobs.test_labels, indices)
    assert list(steps) == [(3, 3)]
    chosen = evaluate_at_once(network, blobs.test_images[indices], blobs.test_labels[indices])
    probabilities = network.predict_probabilities(blobs.test_images[indices] / np.float32(255))
    expected = -np.log(probabilities[np.arange(3), blobs.test_labels[indices]]).mean()
    assert chosen.loss == pytest.approx(expected, rel=1e-5)


def test_without_images_there_are_no_figures(network, blobs):
    assert np.isnan(evaluate_at_once(network, blobs.test_images[:0], blobs.test_labels[:0])).all()


def test_spoilt_weights_give_nan_and_no_warning(network, blobs):
    for scale in (1e38, np.nan):
        for parameter in network.parameters:
            parameter.value[...] = scale
        result = evaluate_at_once(network, blobs.test_images, blobs.test_labels)
        assert not np.isfinite(result.loss)

"""One walk over images: its chunks, and what follows from the logits, against direct sums."""

import numpy as np
import pytest

from mnist_studio.cancel import WorkCancelled
from mnist_studio.training import answers
from mnist_studio.training.answers import ask, gather
from mnist_studio.training.config import HiddenLayer, ModelConfig
from mnist_studio.training.networks import build_network


@pytest.fixture
def network():
    hidden = (HiddenLayer(20, "tanh"), HiddenLayer(12, "sigmoid"), HiddenLayer(8, "relu"))
    return build_network(ModelConfig(hidden), dropout=0.5)


def layer_by_layer(network, images):
    """Return the outputs of all layers in double precision, written out for `network` above."""
    x, outputs = images / 255, []
    functions = [np.tanh, lambda z: 1 / (1 + np.exp(-z)), lambda z: np.maximum(z, 0), lambda z: z]
    for layer, function in zip(network.linear_layers, functions, strict=True):
        x = function(x @ layer.weight.value.astype(np.float64) + layer.bias.value)
        outputs.append(x)
    return outputs


def test_what_it_answers_is_what_the_formulas_give(network, blobs):
    found = gather(ask(network, blobs.test_images, blobs.test_labels))
    logits = layer_by_layer(network, blobs.test_images)[-1]
    probabilities = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    picked = probabilities[np.arange(100), blobs.test_labels]
    np.testing.assert_allclose(found.logits, logits, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(found.probabilities, probabilities, rtol=1e-4)
    np.testing.assert_allclose(found.losses, -np.log(picked), rtol=1e-4)
    np.testing.assert_array_equal(found.predicted, probabilities.argmax(axis=1))
    np.testing.assert_array_equal(found.indices, np.arange(100))
    np.testing.assert_array_equal(found.labels, blobs.test_labels)
    assert found.hidden == ()


def test_hidden_values_are_kept_on_request(network, blobs):
    found = gather(ask(network, blobs.test_images, blobs.test_labels, hidden=True))
    expected = layer_by_layer(network, blobs.test_images)
    assert [each.shape for each in found.hidden] == [(100, 20), (100, 12), (100, 8)]
    for ours, theirs in zip((*found.hidden, found.logits), expected, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-5)
    plain = gather(ask(network, blobs.test_images, blobs.test_labels))
    np.testing.assert_array_equal(found.logits, plain.logits)


@pytest.mark.parametrize("hidden", [False, True])
def test_chunks_change_nothing(network, blobs, monkeypatch, hidden):
    whole = gather(ask(network, blobs.test_images, blobs.test_labels, hidden=hidden))
    monkeypatch.setattr(answers, "CHUNK", 7)
    parts = list(ask(network, blobs.test_images, blobs.test_labels, hidden=hidden))
    assert [len(part.labels) for part in parts] == 14 * [7] + [2]
    again = gather(parts)
    np.testing.assert_array_equal(again.indices, whole.indices)
    np.testing.assert_array_equal(again.labels, whole.labels)
    for one, other in zip(
        (again.logits, *again.hidden), (whole.logits, *whole.hidden), strict=True
    ):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-6)


def test_only_the_chosen_images_are_shown_in_their_order(network, blobs):
    indices = np.array([3, 50, 7])
    found = gather(ask(network, blobs.test_images, blobs.test_labels, indices))
    whole = gather(ask(network, blobs.test_images, blobs.test_labels))
    np.testing.assert_array_equal(found.indices, indices)
    np.testing.assert_array_equal(found.labels, blobs.test_labels[indices])
    np.testing.assert_allclose(found.logits, whole.logits[indices], rtol=1e-4, atol=1e-6)


def test_progress_is_told_and_the_walk_can_be_called_off(network, blobs, monkeypatch):
    monkeypatch.setattr(answers, "CHUNK", 40)
    told = []
    walk = ask(
        network,
        blobs.test_images,
        blobs.test_labels,
        progress=lambda *step: told.append(step),
        cancelled=lambda: len(told) == 2,
    )
    with pytest.raises(WorkCancelled):
        gather(walk)
    assert told == [(40, 100), (80, 100)]


def test_without_images_there_are_answers_to_none(network, blobs):
    found = gather(ask(network, blobs.test_images[:0], blobs.test_labels[:0], hidden=True))
    assert found.logits.shape == found.probabilities.shape == (0, 10)
    assert found.predicted.shape == found.losses.shape == found.indices.shape == (0,)
    assert [each.shape for each in found.hidden] == [(0, 20), (0, 12), (0, 8)]


@pytest.mark.parametrize("scale", [1e38, np.nan])
def test_spoilt_weights_give_no_warning(network, blobs, scale):
    for parameter in network.parameters:
        parameter.value[...] = scale
    found = gather(ask(network, blobs.test_images, blobs.test_labels, hidden=True))
    assert np.isnan(found.probabilities).all()
    assert not np.isfinite(found.losses).any()
    assert not found.predicted.any()


def test_nothing_is_computed_that_nobody_asked_for(network, blobs, monkeypatch):
    for name in ("softmax", "cross_entropy"):
        monkeypatch.delattr(answers, name)
    monkeypatch.delattr(type(network), "activations")
    assert len(gather(ask(network, blobs.test_images, blobs.test_labels)).predicted) == 100


def test_a_training_step_in_work_is_not_disturbed(network, blobs):
    def gradients(disturb):
        copy = network.copy()
        pixels = blobs.train_images[:30] / np.float32(255)
        copy.loss.forward(copy.forward(pixels, training=True), blobs.train_labels[:30])
        if disturb:
            gather(ask(copy, blobs.test_images, blobs.test_labels, hidden=True))
        copy.backward(copy.loss.backward())
        return [parameter.gradient for parameter in copy.parameters]

    for disturbed, plain in zip(gradients(True), gradients(False), strict=True):
        np.testing.assert_array_equal(disturbed, plain)

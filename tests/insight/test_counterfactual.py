"""The smallest change of an image that a network answers otherwise."""

import numpy as np
import pytest

from mnist_studio.cancel import WorkCancelled
from mnist_studio.insight.counterfactual import counterfactual
from mnist_studio.nn.layers import Linear
from mnist_studio.nn.network import Network
from mnist_studio.training.config import HiddenLayer, ModelConfig
from mnist_studio.training.networks import build_network

RNG = np.random.default_rng(3)


def network_of(activation="relu", widths=(24, 16), scale=1.0):
    network = build_network(ModelConfig(tuple(HiddenLayer(w, activation) for w in widths)))
    for layer in network.linear_layers:
        layer.weight.value[...] *= scale
        layer.bias.value[...] = RNG.normal(0, 0.1, layer.bias.value.shape)
    return network


def images(count=6):
    """Blobs of ink on paper: many pixels are at an end of their range."""
    rows = np.clip(RNG.normal(0.0, 0.6, (count, 784)), 0, 1)
    return rows.astype(np.float32)


def answer_of(network, image):
    return int(logits_of(network, image).argmax())


def second_of(network, image):
    return int(logits_of(network, image).argsort()[-2])


def logits_of(network, image):
    """Compute the logits from the formula, in float64."""
    x = image.astype(float)
    functions = {
        "ReLU": lambda x: np.maximum(x, 0),
        "LeakyReLU": lambda x: np.maximum(x, 0.01 * x),
        "Sigmoid": lambda x: 1 / (1 + np.exp(-x)),
        "Tanh": np.tanh,
    }
    layers = network.linear_layers
    for index, layer in enumerate(layers):
        x = x @ layer.weight.value.astype(float) + layer.bias.value
        if index + 1 < len(layers):
            x = functions[type(network.layers[1]).__name__](x)
    return x


@pytest.mark.parametrize("activation", ["relu", "leaky_relu", "sigmoid", "tanh"])
def test_what_is_found_is_an_image_that_is_answered_as_the_class(activation):
    network, found_some = network_of(activation), 0
    for image in images(2):
        for target in range(10):
            found = counterfactual(network, image, target)
            assert found.target == target
            assert found.changed.min() >= 0.0
            assert found.changed.max() <= 1.0
            if found.found:
                assert answer_of(network, found.changed) == target
                found_some += 1
            else:
                np.testing.assert_array_equal(found.changed, image)
            assert found.length == pytest.approx(np.sqrt(((found.changed - image) ** 2).sum()))
            assert found.largest == pytest.approx(np.abs(found.changed - image).max())
    assert found_some >= 6


def test_what_is_answered_so_already_needs_no_change():
    network, image = network_of(), images(1)[0]
    found = counterfactual(network, image, answer_of(network, image))
    assert found.found
    assert found.length == 0.0


def linear_network():
    return Network([Linear(RNG.normal(0, 0.1, (784, 2)).astype(np.float32))])


def test_of_a_linear_network_it_is_the_way_to_the_line_between_two_classes():
    network = linear_network()
    weight = network.linear_layers[0].weight.value.astype(float)
    image = np.full(784, 0.5, np.float32)  # so far from both ends that none is reached
    logits = image @ weight
    target = int(logits.argmin())
    normal = weight[:, target] - weight[:, 1 - target]
    margin = logits[1 - target] - logits[target]
    expected = margin / np.linalg.norm(normal)
    found = counterfactual(network, image, target)
    # By 1 % beyond the line, so that no rounding leads back.
    assert expected <= found.length <= 1.02 * expected
    cosine = found.change @ normal / np.linalg.norm(found.change) / np.linalg.norm(normal)
    assert cosine == pytest.approx(1.0, abs=1e-3)


def test_at_the_ends_of_their_range_pixels_stay_and_the_others_change_more():
    network = linear_network()
    weight = network.linear_layers[0].weight.value.astype(float)
    image = (images(1)[0] > 0.4).astype(np.float32)  # paper and ink, nothing between
    logits = image @ weight
    target = int(logits.argmin())
    normal = weight[:, target] - weight[:, 1 - target]
    margin = logits[1 - target] - logits[target]

    # The nearest point is clip(image + factor * normal): look for the factor by bisection.
    low, high = 0.0, 100.0
    for _ in range(200):
        middle = (low + high) / 2
        moved = np.clip(image + middle * normal, 0, 1) - image
        low, high = (low, middle) if moved @ normal >= margin else (middle, high)
    expected = np.linalg.norm(np.clip(image + high * normal, 0, 1) - image)
    found = counterfactual(network, image, target)
    assert expected * 0.9999 <= found.length <= 1.02 * expected


def test_no_nearer_image_lies_on_the_straight_way_to_it():
    network = network_of()
    for image in images(3):
        target = second_of(network, image)
        found = counterfactual(network, image, target)
        shorter = [image + share * found.change for share in (0.2, 0.5, 0.8, 0.97)]
        assert found.found
        assert all(answer_of(network, each) != target for each in shorter)


def test_many_random_changes_of_its_size_do_not_do_it():
    network, image = network_of(), images(1)[0]
    target = second_of(network, image)
    found = counterfactual(network, image, target)
    directions = RNG.normal(size=(500, 784))
    directions *= found.length / np.linalg.norm(directions, axis=1, keepdims=True)
    moved = np.clip(image + directions, 0, 1).astype(np.float32)
    assert np.mean([answer_of(network, each) == target for each in moved]) < 0.02


def test_it_is_the_same_every_time_and_leaves_the_network_alone():
    network, image = network_of(), images(1)[0]
    before = network.weights()
    target = second_of(network, image)
    one, other = (counterfactual(network.freeze(), image, target) for _ in range(2))
    np.testing.assert_array_equal(one.changed, other.changed)
    for old, new in zip(before, network.weights(), strict=True):
        np.testing.assert_array_equal(old, new)


def test_the_way_leads_in_equal_steps_from_one_image_to_the_other():
    network, image = network_of(), images(1)[0]
    found = counterfactual(network, image, second_of(network, image))
    way = found.on_the_way([0.0, 0.25, 1.0])
    np.testing.assert_array_equal(way[0], image)
    np.testing.assert_allclose(way[1], image + 0.25 * found.change, atol=1e-6)
    np.testing.assert_array_equal(way[2], found.changed)


def test_a_class_that_never_answers_is_not_found():
    network, image = network_of(), images(1)[0]
    network.linear_layers[-1].weight.value[:, 4] = 0.0
    network.linear_layers[-1].bias.value[4] = -1e6
    assert not counterfactual(network, image, 4).found


@pytest.mark.parametrize("spoilt", [np.nan, np.inf, 1e30])
def test_exploded_weights_find_nothing_and_say_so(spoilt):
    network, image = network_of(), images(1)[0]
    network.linear_layers[0].weight.value[...] *= spoilt
    found = counterfactual(network, image, 3)
    if found.found:
        assert network.logits(found.changed[np.newaxis]).argmax() == 3
    assert np.isfinite(found.changed).all()


def test_it_can_be_called_off():
    network, image = network_of(), images(1)[0]
    with pytest.raises(WorkCancelled):
        counterfactual(network, image, second_of(network, image), lambda: True)

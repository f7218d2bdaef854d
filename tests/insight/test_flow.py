"""The strongest connections and the activations, against a plain computation."""

import numpy as np
import pytest

from mnist_studio.insight.flow import flow_through, sum_of
from mnist_studio.nn.network import Network


@pytest.fixture
def network():
    rng = np.random.default_rng(3)
    hidden = [(30, "relu"), (20, "tanh")]
    return Network.build(784, hidden, 10, "he", 0.3, rng, np.random.default_rng(4))


@pytest.fixture
def image():
    """Fewer pixels of ink than are looked at for connections."""
    pixels = np.zeros((28, 28), np.uint8)
    pixels[5:12, 10:18] = np.arange(56).reshape(7, 8) + 200
    return pixels


def test_activations_are_what_the_layers_give_from_pixels_to_probabilities(network, image):
    first, second, third = network.linear_layers
    x = image.ravel() / np.float32(255)
    a = np.maximum(x @ first.weight.value + first.bias.value, 0)
    b = np.tanh(a @ second.weight.value + second.bias.value)
    e = np.exp(b @ third.weight.value + third.bias.value)
    found = flow_through(network, image, 40).activations
    for mine, theirs in zip(found, (x, a, b, e / e.sum()), strict=True):
        assert mine == pytest.approx(theirs, abs=1e-5)


def test_connections_are_the_largest_products_of_activation_and_weight(network, image):
    flow = flow_through(network, image, 40)
    for layer, inputs, found in zip(
        network.linear_layers, flow.activations, flow.connections, strict=False
    ):
        products = inputs[:, None] * layer.weight.value
        in_order = np.sort(products, axis=None)
        mine = products[found.sources, found.targets]
        assert np.sort(mine) == pytest.approx(np.concatenate([in_order[:40], in_order[-40:]]))
        assert found.strengths == pytest.approx(mine / np.abs(in_order).max())
        assert np.all(np.diff(np.abs(mine)) >= 0)


def test_without_an_image_the_connections_are_weights(network):
    flow = flow_through(network, None, 40)
    assert flow.answer is None
    assert not any(each.any() for each in flow.activations)
    last, weights = flow.connections[-1], network.linear_layers[-1].weight.value
    assert last.strengths * np.abs(weights).max() == pytest.approx(
        weights[last.sources, last.targets]
    )


def test_the_answer_is_the_likeliest_class(network, image):
    flow = flow_through(network, image, 4)
    assert flow.answer == network.logits(image.reshape(1, -1) / 255).argmax()


def test_a_small_layer_gives_as_many_connections_as_it_has(image):
    rng = np.random.default_rng(3)
    network = Network.build(784, [(1, "relu")], 10, "he", 0.0, rng, rng)
    assert len(flow_through(network, None, 40).connections[1].sources) == 10


def test_exploded_weights_count_as_nothing(network, image):
    network.linear_layers[1].weight.value[:] = np.nan
    flow = flow_through(network, image, 40)
    assert len(flow.connections[1].sources) == 0
    assert all(np.isfinite(each).all() for each in flow.activations)
    assert flow.answer is None


def test_a_sum_of_exploded_terms_is_no_number(network, image):
    flow = flow_through(network, image, 40)
    weights = network.linear_layers[1].weight.value
    weights[:] = np.where(np.arange(len(weights)) % 2, np.inf, -np.inf)[:, np.newaxis]
    assert np.isnan(sum_of(network, flow, 2, 0).total)


@pytest.mark.parametrize("layer", [1, 2, 3])
def test_a_units_terms_and_bias_add_up_to_what_its_activation_is_made_of(network, image, layer):
    flow = flow_through(network, image, 40)
    linear = network.linear_layers[layer - 1]
    found = sum_of(network, flow, layer, 7)
    before = flow.activations[layer - 1] @ linear.weight.value + linear.bias.value
    assert found.total == pytest.approx(before[7], abs=1e-5)
    assert found.terms == pytest.approx(flow.activations[layer - 1] * linear.weight.value[:, 7])
    sizes = np.abs(found.terms)
    assert sizes[found.strongest(5)].tolist() == np.sort(sizes)[::-1][:5].tolist()


def test_terms_of_nothing_are_none_of_the_strongest(network):
    flow = flow_through(network, np.zeros((28, 28), np.uint8), 40)
    assert len(sum_of(network, flow, 1, 0).strongest(5)) == 0

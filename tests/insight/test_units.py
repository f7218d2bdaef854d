"""What hidden units look for, answer to, and speak for."""

import numpy as np
import pytest

from mnist_studio.data.pixels import unit_range
from mnist_studio.insight import units
from mnist_studio.insight.units import (
    UnitOrder,
    figures_of,
    filters,
    order_units,
    rest_of,
    speaks_for,
    switched_off,
    with_bias,
)
from mnist_studio.training.config import HiddenLayer, ModelConfig
from mnist_studio.training.networks import build_network

IMAGES = np.random.default_rng(11).integers(0, 256, (40, 784), dtype=np.uint8)
ACTIVATIONS = ("relu", "leaky_relu", "sigmoid", "tanh")


def network_of(activation="relu", widths=(12, 9, 7)):
    network = build_network(ModelConfig(tuple(HiddenLayer(w, activation) for w in widths)))
    rng = np.random.default_rng(2)
    for layer in network.linear_layers:
        layer.bias.value[...] = rng.normal(0, 0.2, layer.bias.value.shape)
    return network


def jacobian(network, layer, image):
    """Differences of the activations of a layer with respect to each pixel, in float64."""
    step = 1e-4
    weights = [(p.weight.value.astype(float), p.bias.value) for p in network.linear_layers]
    functions = {
        "ReLU": lambda x: np.maximum(x, 0),
        "LeakyReLU": lambda x: np.maximum(x, 0.01 * x),
        "Sigmoid": lambda x: 1 / (1 + np.exp(-x)),
        "Tanh": np.tanh,
    }
    function = functions[type(network.layers[1]).__name__]

    def activations(x):
        for weight, bias in weights[: layer + 1]:
            x = function(x @ weight + bias)
        return x

    moved = np.eye(784) * step
    return ((activations(image + moved) - activations(image - moved)) / (2 * step)).T


def test_the_filters_of_the_first_layer_are_its_weights():
    network = network_of()
    np.testing.assert_array_equal(filters(network, 0, IMAGES), network.parameters[0].value.T)


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("layer", [1, 2])
def test_those_of_a_deeper_layer_are_the_mean_gradient(activation, layer, monkeypatch):
    monkeypatch.setattr(units, "_AT_ONCE", 4)
    network = network_of(activation)
    images = IMAGES[:6]
    expected = np.mean([jacobian(network, layer, row) for row in unit_range(images)], axis=0)
    np.testing.assert_allclose(filters(network, layer, images), expected, atol=2e-4)


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("layer", [0, 1, 2])
def test_a_unit_speaks_for_what_its_activation_raises(activation, layer):
    network, unit, step = network_of(activation), 3, 1e-2
    logits = []
    for sign in (1, -1):
        hidden = network.activations(unit_range(IMAGES))[layer]
        hidden[:, unit] += sign * step
        # Go on from the changed layer by hand.
        index = network.layers.index(network.linear_layers[layer + 1])
        for each in network.layers[index:]:
            hidden = each.forward(hidden, training=False)
        logits.append(hidden)
    expected = ((logits[0] - logits[1]) / (2 * step)).mean(axis=0)
    np.testing.assert_allclose(speaks_for(network, layer, unit, IMAGES), expected, atol=2e-2)


def test_figures_counted_by_hand():
    activations = np.array([0.0, 2.0, 0.0, 1.0, 4.0], np.float32)
    found = figures_of(activations, np.array([3, 3, 5, 5, 5], np.uint8), 10)
    assert found.means[[3, 5]].tolist() == pytest.approx([1.0, 5 / 3])
    assert found.used[[3, 5]].tolist() == pytest.approx([1 / 2, 2 / 3])
    assert np.isnan(found.means[0])
    assert found.histograms.sum(axis=1).tolist() == [0, 0, 0, 2, 0, 3, 0, 0, 0, 0]
    assert found.histograms[5, -1] == found.histograms[3, 0] == 1
    assert found.shares[3, 0] == 1 / 2
    assert found.shares[5, -1] == 1 / 3
    assert found.shares[0].sum() == 0
    assert (found.edges[0], found.edges[-1]) == (0.0, 4.0)
    assert found.exciting(2).tolist() == [4, 1]
    assert found.silencing(3).tolist() == [0, 2, 3]


def test_a_dead_unit_and_no_images_have_figures_too():
    dead = figures_of(np.zeros(3, np.float32), np.array([1, 2, 3], np.uint8), 10)
    assert dead.used[1] == dead.on == 0
    assert dead.histograms.sum() == 3
    assert not len(dead.exciting(2))
    assert not len(dead.silencing(2))
    none = figures_of(np.zeros(0, np.float32), np.zeros(0, np.uint8), 10)
    assert np.isnan(none.on)
    assert none.histograms.sum() == 0
    assert none.exciting(5).tolist() == []


def test_units_are_sorted_by_norm_and_use():
    network = network_of()
    hidden = network.activations(unit_range(IMAGES))[1]
    norms = np.linalg.norm(network.linear_layers[1].weight.value, axis=0)
    found, groups = order_units(network, 1, hidden, UnitOrder.NORM)
    assert (np.diff(norms[found]) <= 0).all()
    assert not groups.any()
    used = (hidden > 0).mean(axis=0)
    found, _ = order_units(network, 1, hidden, UnitOrder.USE)
    assert (np.diff(used[found]) <= 0).all()
    found, _ = order_units(network, 1, hidden, UnitOrder.NUMBER)
    assert found.tolist() == list(range(9))


def test_a_sigmoid_unit_is_on_above_the_middle_and_not_always():
    network = network_of("sigmoid")
    hidden = network.activations(unit_range(IMAGES))[0]
    weight, bias = (each.value for each in network.linear_layers[0].parameters)
    on = unit_range(IMAGES) @ weight + bias > 0
    assert 0 < on.mean() < 1
    assert rest_of(network, 0) == 0.5
    found = figures_of(hidden[:, 3], np.zeros(len(hidden), np.uint8), 10, rest_of(network, 0))
    assert found.on == found.used[0] == pytest.approx(on[:, 3].mean())
    order, _ = order_units(network, 0, hidden, UnitOrder.USE)
    assert (np.diff(on.mean(axis=0)[order]) <= 0).all()
    assert all(rest_of(network_of(each), 0) == 0 for each in ("relu", "leaky_relu", "tanh"))


def test_units_that_answer_to_the_same_images_stand_together():
    rng = np.random.default_rng(0)
    patterns = rng.random((300, 4)).astype(np.float32)
    kind = rng.integers(0, 4, 64)
    activations = patterns[:, kind] * rng.uniform(0.5, 2, 64).astype(np.float32)
    network = network_of(widths=(64,))
    found, groups = order_units(network, 0, activations, UnitOrder.GROUP)
    assert sorted(found.tolist()) == list(range(64))
    assert groups[0] == 0
    assert set(np.diff(groups).tolist()) == {0, 1}
    sizes = np.bincount(groups)
    assert (np.diff(sizes) <= 0).all()
    assert all(len(set(kind[found[groups == k]])) == 1 for k in range(len(sizes)))
    changes = np.count_nonzero(np.diff(kind[found]))
    assert changes < 12  # 64 units in random order change 47 times
    again, _ = order_units(network, 0, activations, UnitOrder.GROUP)
    np.testing.assert_array_equal(found, again)


def test_a_unit_that_is_switched_off_is_not_heard():
    network = network_of().freeze()
    off = switched_off(network, 1, 4)
    hidden = network.activations(unit_range(IMAGES))
    kept = hidden[1].copy()
    kept[:, 4] = 0
    third = network.linear_layers[2]
    expected = np.maximum(kept @ third.weight.value + third.bias.value, 0)
    np.testing.assert_allclose(off.activations(unit_range(IMAGES))[2], expected, atol=1e-5)


def test_another_bias_moves_what_the_unit_gives():
    network = network_of("tanh").freeze()
    bias = float(network.linear_layers[0].bias.value[2])
    moved = with_bias(network, 0, 2, bias + 0.5)
    before, after = (
        np.arctanh(each.activations(unit_range(IMAGES[:1]))[0][0].astype(float))
        for each in (network, moved)
    )
    assert after[2] - before[2] == pytest.approx(0.5, abs=1e-2)
    np.testing.assert_allclose(np.delete(after - before, 2), 0, atol=1e-6)

"""What is in the layers of a network, against the formulas in NumPy."""

import math

import numpy as np
import pytest

from mnist_studio.insight.layers import (
    BINS,
    figures_of,
    histogram,
    probe,
    saturated_share,
    silent_share,
)
from mnist_studio.training.config import HiddenLayer, ModelConfig
from mnist_studio.training.networks import build_network

KINDS = ["relu", "leaky_relu", "sigmoid", "tanh"]
FUNCTIONS = {
    "relu": lambda z: np.maximum(z, 0),
    "leaky_relu": lambda z: np.where(z > 0, z, 0.01 * z),
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
    "tanh": np.tanh,
}
SLOPES = {
    "relu": lambda z: (z > 0).astype(float),
    "leaky_relu": lambda z: np.where(z > 0, 1.0, 0.01),
    "sigmoid": lambda z: np.exp(-z) / (1 + np.exp(-z)) ** 2,
    "tanh": lambda z: 1 - np.tanh(z) ** 2,
}


def network_of(*widths, kind="relu", initializer="he", dropout=0.0):
    hidden = tuple(HiddenLayer(width, kind) for width in widths)
    return build_network(ModelConfig(hidden, initializer), dropout).freeze()


@pytest.fixture(scope="module")
def images():
    return np.random.default_rng(1).integers(0, 256, (60, 784)).astype(np.uint8)


@pytest.fixture(scope="module")
def labels():
    return np.random.default_rng(2).integers(0, 10, 60).astype(np.uint8)


def by_hand(network, kind, images, labels):
    """Return activations, and the loss's gradients with respect to weights and biases."""
    weights = [each.weight.value.astype(float) for each in network.linear_layers]
    biases = [each.bias.value.astype(float) for each in network.linear_layers]
    inputs, sums = [images / 255.0], []
    for index, (weight, bias) in enumerate(zip(weights, biases, strict=True)):
        sums.append(inputs[-1] @ weight + bias)
        last = index == len(weights) - 1
        inputs.append(sums[-1] if last else FUNCTIONS[kind](sums[-1]))
    exponentials = np.exp(inputs[-1])
    delta = exponentials / exponentials.sum(axis=1, keepdims=True)
    delta[np.arange(len(labels)), labels] -= 1
    delta /= len(labels)
    gradients = []
    for index in reversed(range(len(weights))):
        gradients.append((inputs[index].T @ delta, delta.sum(axis=0)))
        if index:
            delta = delta @ weights[index].T * SLOPES[kind](sums[index - 1])
    return inputs[1:], gradients[::-1]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("widths", [(), (20,), (12, 11, 10, 9, 8, 7)])
def test_a_probe_holds_what_one_forward_and_one_backward_pass_give(images, labels, kind, widths):
    network = network_of(*widths, kind=kind, dropout=0.5)
    found = probe(network, images, labels)
    activations, gradients = by_hand(network, kind, images, labels)
    for index, layer in enumerate(found.layers):
        np.testing.assert_array_equal(layer.weights, network.linear_layers[index].weight.value)
        np.testing.assert_array_equal(layer.biases, network.linear_layers[index].bias.value)
        np.testing.assert_allclose(layer.activations, activations[index], atol=1e-5)
        np.testing.assert_allclose(layer.gradients, gradients[index][0], atol=1e-6)
    norms = [np.sqrt((weight**2).sum() + (bias**2).sum()) for weight, bias in gradients]
    np.testing.assert_allclose(found.gradient_norms, norms, rtol=1e-4)
    hidden = activations[:-1]
    silent = [(each == 0).all(axis=0).mean() if kind == "relu" else math.nan for each in hidden]
    np.testing.assert_allclose(found.silent, silent)


def test_a_probe_leaves_the_network_as_it_is(images, labels):
    network = network_of(20)
    probe(network, images, labels)
    assert not any(each.gradient.any() for each in network.parameters)


def test_units_that_answer_zero_to_every_image_are_silent():
    activations = np.float32([[0, 1, 0, 0], [0, 0, 0, 2], [0, 0, 0, 3]])
    assert silent_share(activations) == 0.5


@pytest.mark.parametrize(("kind", "slope"), [("sigmoid", 0.25), ("tanh", 1.0)])
def test_saturated_is_what_has_less_than_a_twentieth_of_the_steepest_slope(
    images, labels, kind, slope
):
    network = network_of(30, kind=kind).copy()
    network.linear_layers[0].weight.value[...] *= 4
    z = images / np.float32(255) @ network.linear_layers[0].weight.value
    expected = (SLOPES[kind](z) < slope / 20).mean()
    assert 0.1 < expected < 0.9
    assert probe(network, images, labels).saturated == pytest.approx((expected,), abs=2e-3)


def test_tanh_is_saturated_near_both_limits():
    assert saturated_share(np.float32([[0.97, -0.98], [0.98, 0.0]])) == 0.5


def test_a_histogram_counts_what_is_now_and_what_was_in_the_same_bins():
    random = np.random.default_rng(3)
    now, start = (random.normal(0, s, (50, 40)).astype(np.float32) for s in (1, 0.5))
    found = histogram(now, start)
    bounds = [
        (max(x.min(), x.mean() - 4 * x.std()), min(x.max(), x.mean() + 4 * x.std()))
        for x in (now, start)
    ]
    low, high = min(bounds)[0], max(high for _, high in bounds)
    np.testing.assert_allclose(found.edges, np.linspace(low, high, BINS + 1), rtol=1e-6)
    np.testing.assert_array_equal(found.now, np.histogram(now, BINS, (low, high))[0])
    np.testing.assert_array_equal(found.start, np.histogram(start, BINS, (low, high))[0])
    assert found.size == pytest.approx(np.sqrt((now.astype(float) ** 2).mean()))


def test_what_is_no_number_is_left_out_of_a_histogram():
    found = histogram(np.float32([1, 2, np.nan, np.inf, -np.inf]), np.float32([1, 2]))
    assert (found.now.sum(), found.start.sum()) == (2, 2)
    assert found.size == pytest.approx(math.sqrt(2.5))
    nothing = histogram(np.full(3, np.nan, np.float32))
    assert (nothing.now.sum(), nothing.start) == (0, None)
    assert math.isnan(nothing.size)


@pytest.mark.parametrize("value", [0.0, 1.0, -1e-9, 1e6])
def test_numbers_that_are_all_the_same_are_in_one_bin(value):
    found = histogram(np.full(5, value, np.float32))
    assert found.now.tolist() == [*[0] * (BINS // 2), 5, *[0] * (BINS // 2)]


def test_numbers_that_hardly_differ_are_counted():
    found = histogram(np.array([1, np.nextafter(np.float32(1), 2)], np.float32))
    assert (found.now[0], found.now[-1]) == (1, 1)


def test_a_far_number_does_not_squeeze_the_others_into_one_bin():
    numbers = np.random.default_rng(4).normal(0, 1, 10_000).astype(np.float32)
    numbers[0] = 1000
    assert np.count_nonzero(histogram(numbers).now) > 3


def test_figures_of_a_network_that_is_no_number_any_more(images, labels):
    network = network_of(20).copy()
    network.linear_layers[0].weight.value[...] = np.nan
    start = probe(network_of(20), images, labels)
    first, last = figures_of(probe(network, images, labels), start)
    assert math.isnan(first.weights.size)
    assert not math.isfinite(last.gradient_norm)
    assert first.weights.start.sum() > 0


def test_the_last_layer_has_no_units_that_could_be_silent_or_saturated(images, labels):
    now = probe(network_of(20, kind="tanh"), images, labels)
    first, last = figures_of(now, None)
    assert first.saturated == now.saturated[0]
    assert math.isnan(first.silent)
    assert math.isnan(last.silent)
    assert math.isnan(last.saturated)
    assert last.weights.start is None
    assert last.gradient_norm == now.gradient_norms[1]

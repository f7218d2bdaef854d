"""What each pixel adds to a logit."""

import numpy as np
import pytest

from mnist_studio.data.pixels import unit_range
from mnist_studio.insight.contributions import contributions_of
from mnist_studio.training.config import HiddenLayer, ModelConfig
from mnist_studio.training.networks import build_network


def network_of(*activations, width=24):
    network = build_network(ModelConfig(tuple(HiddenLayer(width, each) for each in activations)))
    rng = np.random.default_rng(3)
    for layer in network.linear_layers:  # biases of a new network are zero
        layer.bias.value[...] = rng.normal(0, 0.3, layer.bias.value.shape)
    return network


@pytest.fixture(scope="module")
def images():
    rng = np.random.default_rng(5)
    return unit_range(rng.integers(0, 256, (1000, 784), dtype=np.uint8))


def effective_map(network, image):
    """Multiply the weights of the units that are on through, layer by layer, in float64."""
    matrix, offset = np.eye(len(image)), np.zeros(len(image))
    for k, layer in enumerate(network.linear_layers):
        weight = layer.weight.value.astype(float)
        matrix, offset = matrix @ weight, offset @ weight + layer.bias.value
        if k < len(network.linear_layers) - 1:
            on = image @ matrix + offset > 0
            matrix, offset = matrix * on, offset * on
    return matrix, offset


@pytest.mark.parametrize("activations", [(), ("relu",), ("relu",) * 3, ("leaky_relu",) * 2])
def test_contributions_of_straight_pieces_add_up_to_the_logit(activations, images):
    network = network_of(*activations)
    logits = network.logits(images)
    for image, row in zip(images, logits, strict=True):
        answer = int(row.argmax())
        found = contributions_of(network, image, answer)
        assert found.exact
        assert found.logit == pytest.approx(float(row[answer]), abs=1e-4)
        assert abs(found.remainder) < 1e-4


def test_they_are_the_pixels_times_the_weights_of_the_units_that_are_on(images):
    network = network_of("relu", "relu")
    matrix, offset = effective_map(network, images[0])
    found = contributions_of(network, images[0], 3)
    np.testing.assert_allclose(found.pixels, images[0] * matrix[:, 3], atol=1e-5)
    assert found.biases == pytest.approx(offset[3], abs=1e-5)


def test_the_difference_of_two_classes_is_taken_apart(images):
    network = network_of("relu")
    found = contributions_of(network, images[1], 4, other=9)
    four, nine = (contributions_of(network, images[1], k) for k in (4, 9))
    np.testing.assert_allclose(found.pixels, four.pixels - nine.pixels, atol=1e-5)
    assert found.logit == pytest.approx(four.logit - nine.logit, abs=1e-5)
    assert abs(found.remainder) < 1e-4


@pytest.mark.parametrize("activation", ["sigmoid", "tanh"])
def test_of_curved_activations_they_are_gradient_times_input_and_leave_a_remainder(
    activation, images
):
    network, image, step = network_of(activation), images[2], 1e-2
    found = contributions_of(network, image, 0)
    assert not found.exact
    assert abs(found.remainder) > 1e-3
    pixel = int(np.argmax(image))
    moved = np.stack([image, image])
    moved[0, pixel] += step
    moved[1, pixel] -= step
    above, below = network.logits(moved)[:, 0]
    slope = (above - below) / (2 * step)
    assert found.pixels[pixel] == pytest.approx(image[pixel] * slope, abs=1e-3)


def test_the_network_that_is_asked_stays_as_it_is(images):
    network = network_of("relu").freeze()
    before = network.weights()
    contributions_of(network, images[0], 0)
    for one, other in zip(before, network.weights(), strict=True):
        np.testing.assert_array_equal(one, other)
    assert not any(parameter.gradient.any() for parameter in network.parameters)


def test_dropout_does_not_change_what_is_explained(images):
    network = build_network(ModelConfig((HiddenLayer(30),)), dropout=0.5)
    found = contributions_of(network, images[0], 2)
    assert found.logit == pytest.approx(float(network.logits(images[:1])[0, 2]), abs=1e-5)


def test_exploded_weights_give_no_warning(images):
    network = network_of("relu")
    for parameter in network.parameters:
        parameter.value[...] = 1e38
    network.linear_layers[0].weight.value[::2] *= -0.5
    found = contributions_of(network, images[0], 0)
    assert not np.isfinite(found.logit)
    assert np.isnan(found.remainder)

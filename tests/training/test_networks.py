"""From a configuration to a network: its shape and its two sources of chance."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnist_studio.training.config import ACTIVATIONS, INITIALIZERS, HiddenLayer, ModelConfig
from mnist_studio.training.networks import build_network, first_network
from mnist_studio.training.trainer import Trainer

from .builders import assert_same_arrays, small_run

layers = st.lists(
    st.builds(HiddenLayer, st.integers(1, 20), st.sampled_from(ACTIVATIONS)), max_size=4
).map(tuple)
models = st.builds(ModelConfig, layers, st.sampled_from(INITIALIZERS))


@given(models)
def test_it_has_the_sizes_and_as_many_parameters_as_its_configuration_says(model):
    network = build_network(model)
    shapes = [layer.weight.value.shape for layer in network.linear_layers]
    assert shapes == list(zip(model.sizes[:-1], model.sizes[1:], strict=True))
    assert sum(each.value.size for each in network.parameters) == model.parameter_count
    assert {each.value.dtype for each in network.parameters} == {np.dtype(np.float32)}


@given(models, st.integers(0, 100), st.floats(0, 0.9), st.integers(0, 100))
def test_the_weights_depend_on_their_own_seed_alone(model, seed, dropout, dropout_seed):
    plain, other = build_network(model, seeds=(seed, 1)), None
    other = build_network(model, dropout, (seed, dropout_seed))
    assert_same_arrays(plain.weights(), other.weights())
    another = build_network(model, dropout, (seed + 1, dropout_seed))
    first = [network.linear_layers[0].weight.value for network in (plain, another)]
    assert not np.array_equal(*first)


@pytest.mark.parametrize("hidden", [(), (12,), (6, 6, 6, 6, 6, 6)])
def test_the_network_that_a_run_begins_with_is_made_again_from_its_settings(blobs, hidden):
    config = small_run(hidden=hidden, seed=7, dropout=0.25)
    assert_same_arrays(first_network(config).weights(), Trainer(config, blobs).network.weights())


@pytest.mark.parametrize("dropout", [0.0, 0.5])
def test_dropout_acts_in_training_only_and_by_its_own_seed(dropout):
    images = np.random.default_rng(0).random((4, 784), np.float32)
    model = ModelConfig((HiddenLayer(64),))
    one, same, other = (build_network(model, dropout, (0, seed)) for seed in (1, 1, 2))
    training = [net.forward(images, training=True).tolist() for net in (one, same, other)]
    assert training[0] == training[1]
    assert (training[0] == training[2]) is (dropout == 0)
    assert one.logits(images).tolist() == other.logits(images).tolist()

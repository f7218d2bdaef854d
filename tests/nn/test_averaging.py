"""The average of the weights over the last part of a training."""

import numpy as np
import pytest

from mnist_studio.nn.averaging import INTERVAL, WeightAverage
from mnist_studio.nn.network import Network


def small_network():
    rng = np.random.default_rng(0)
    return Network.build(5, [(4, "relu")], 3, "he", 0.0, rng, rng)


def shake(network, rng):
    for parameter in network.parameters:
        parameter.value += rng.normal(size=parameter.value.shape).astype(np.float32)


@pytest.mark.parametrize("share", [0.02, 0.1, 0.5])
def test_the_average_is_the_sum_of_all_weights_with_the_factors_of_the_formula(share):
    """Written out: with a_t = 1 / (share t), the average is Σ a_t Π_{s > t} (1 - a_s) w_t."""
    network, rng = small_network(), np.random.default_rng(1)
    average = WeightAverage(network, share)
    steps, weights = [], []
    for step in range(1, 40 * INTERVAL + 1):
        shake(network, rng)
        average.update(step)
        if step % INTERVAL == 0:
            steps.append(step)
            weights.append(network.weights())
    taken = np.minimum(1.0, INTERVAL / (share * np.array(steps)))
    factors = [taken[i] * np.prod(1 - taken[i + 1 :]) for i in range(len(steps))]
    assert sum(factors) == pytest.approx(1)
    for i, array in enumerate(average.arrays):
        expected = sum(f * w[i].astype(float) for f, w in zip(factors, weights, strict=True))
        np.testing.assert_allclose(array, expected, rtol=1e-4, atol=1e-4)


def test_it_reaches_back_over_its_share_of_the_training_however_long_that_was():
    for steps in (2_000, 20_000):
        network = small_network()
        average = WeightAverage(network, 0.25)
        network.load_weights([np.zeros_like(array) for array in network.weights()])
        for step in range(1, steps + 1):
            if step == steps // 2:
                network.load_weights([array + 1 for array in network.weights()])
            average.update(step)
        # Half of the training, twice its share, ago: 1 - (1/2)^(1/0.25) of the weight is newer.
        np.testing.assert_allclose(average.arrays[0], 1 - 0.5**4, atol=0.01)


def test_in_the_beginning_the_average_is_the_newest_weights():
    network, rng = small_network(), np.random.default_rng(1)
    average = WeightAverage(network, 0.1)
    for step in range(1, INTERVAL + 1):
        shake(network, rng)
        average.update(step)
        for mine, newest in zip(average.arrays, network.weights(), strict=True):
            np.testing.assert_allclose(mine, newest, rtol=1e-5, atol=1e-5)


def test_without_a_share_there_is_no_average_but_the_network_itself():
    network = small_network()
    average = WeightAverage(network, 0.0)
    average.update(1)
    average.reset()
    average.load([])
    assert average.network is network
    assert average.arrays == []


def test_it_goes_on_from_saved_arrays_begins_again_and_refuses_those_of_another_network():
    network, rng = small_network(), np.random.default_rng(1)
    one, other = WeightAverage(network, 0.1), WeightAverage(network, 0.1)
    for step in range(1, 30 * INTERVAL):
        shake(network, rng)
        one.update(step)
    other.load([array.copy() for array in one.arrays])
    shake(network, rng)
    for average in (one, other):
        average.update(30 * INTERVAL)
    for mine, theirs in zip(one.arrays, other.arrays, strict=True):
        np.testing.assert_array_equal(mine, theirs)
    one.reset()
    for mine, newest in zip(one.arrays, network.weights(), strict=True):
        np.testing.assert_array_equal(mine, newest)
    with pytest.raises(ValueError, match="other layers"):
        one.load(one.arrays[:-1])

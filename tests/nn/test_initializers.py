import math

import numpy as np
import pytest

from mnist_studio.nn.initializers import INITIALIZERS


@pytest.mark.parametrize(
    ("name", "standard_deviation"),
    [("he", math.sqrt(2 / 784)), ("glorot", math.sqrt(2 / 1040)), ("normal", 0.01)],
)
def test_the_weights_have_the_published_spread(name, standard_deviation):
    weight = INITIALIZERS[name](784, 256, np.random.default_rng(0))
    assert weight.shape == (784, 256)
    assert weight.dtype == np.float32
    assert weight.std() == pytest.approx(standard_deviation, rel=0.01)
    assert weight.mean() == pytest.approx(0.0, abs=standard_deviation / 100)


@pytest.mark.parametrize("name", INITIALIZERS)
def test_the_same_seed_gives_the_same_weights(name):
    first, second = (INITIALIZERS[name](5, 4, np.random.default_rng(7)) for _ in range(2))
    np.testing.assert_array_equal(first, second)

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnist_studio.nn.layers import Dropout, LeakyReLU, Linear, ReLU, Sigmoid, Tanh

from .finite_differences import numerical_gradient

ACTIVATIONS = [ReLU, LeakyReLU, Sigmoid, Tanh]
GENERATOR = np.random.default_rng(0)
FORMULAS = {
    ReLU: lambda x: np.where(x > 0, x, 0),
    LeakyReLU: lambda x: np.where(x > 0, x, 0.01 * x),
    Sigmoid: lambda x: 1 / (1 + np.exp(-x)),
    Tanh: np.tanh,
}


def away_from_zero(rng, shape):
    """Random numbers at which ReLU has a derivative that finite differences can see."""
    return rng.uniform(0.1, 2.0, shape) * rng.choice([-1.0, 1.0], shape)


def assert_input_gradient_is_right(layer, x, rng):
    weights = rng.standard_normal(layer.forward(x, training=True).shape)

    def loss():
        return float((layer.forward(x, training=True) * weights).sum())

    expected = numerical_gradient(loss, x)
    layer.forward(x, training=True)
    gradient = layer.backward(weights.copy(), need_input_gradient=True)
    np.testing.assert_allclose(gradient, expected, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("activation", ACTIVATIONS)
@given(seed=st.integers(0, 2**32 - 1), n=st.integers(1, 4), width=st.integers(1, 5))
def test_the_gradient_of_an_activation_matches_finite_differences(activation, seed, n, width):
    rng = np.random.default_rng(seed)
    assert_input_gradient_is_right(activation(), away_from_zero(rng, (n, width)), rng)


@given(
    seed=st.integers(0, 2**32 - 1),
    n=st.integers(1, 4),
    inputs=st.integers(1, 5),
    outputs=st.integers(1, 4),
)
def test_the_gradients_of_a_linear_layer_match_finite_differences(seed, n, inputs, outputs):
    rng = np.random.default_rng(seed)
    layer = Linear(rng.standard_normal((inputs, outputs)), rng.standard_normal(outputs))
    x = rng.standard_normal((n, inputs))
    assert_input_gradient_is_right(layer, x, rng)

    weights = rng.standard_normal((n, outputs))

    def loss():
        return float((layer.forward(x, training=True) * weights).sum())

    for parameter in layer.parameters:
        expected = numerical_gradient(loss, parameter.value)
        layer.forward(x, training=True)
        layer.backward(weights.copy(), need_input_gradient=False)
        np.testing.assert_allclose(parameter.gradient, expected, rtol=1e-6, atol=1e-8)


def test_the_gradient_of_dropout_matches_finite_differences():
    rng = np.random.default_rng(3)
    layer = Dropout(0.4, np.random.default_rng(5))
    x = rng.standard_normal((3, 8))
    weights = rng.standard_normal(x.shape)

    def loss():
        layer.rng = np.random.default_rng(5)
        return float((layer.forward(x, training=True) * weights).sum())

    expected = numerical_gradient(loss, x)
    loss()
    np.testing.assert_allclose(layer.backward(weights.copy()), expected, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("training", [True, False])
def test_an_activation_computes_its_formula(activation, training):
    x = np.linspace(-4, 4, 33, dtype=np.float32).reshape(3, 11)
    np.testing.assert_allclose(
        activation().forward(x, training), FORMULAS[activation](x), rtol=1e-6, atol=1e-7
    )


def test_the_sigmoid_of_huge_numbers_does_not_overflow():
    x = np.array([[-1e30, -200.0, 200.0, 1e30]], np.float32)
    np.testing.assert_array_equal(Sigmoid().forward(x, training=False), [[0, 0, 1, 1]])


def test_a_linear_layer_worked_by_hand():
    layer = Linear(np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([10.0, 20.0]))
    x = np.array([[1.0, -1.0], [0.0, 2.0]])
    np.testing.assert_array_equal(layer.forward(x, training=True), [[8, 18], [16, 28]])

    input_gradient = layer.backward(np.array([[1.0, 0.0], [2.0, 1.0]]))
    np.testing.assert_array_equal(layer.weight.gradient, [[1, 0], [3, 2]])
    np.testing.assert_array_equal(layer.bias.gradient, [3, 1])
    np.testing.assert_array_equal(input_gradient, [[1, 3], [4, 10]])


def test_a_linear_layer_skips_the_input_gradient_when_nobody_needs_it():
    layer = Linear(np.ones((2, 3)))
    layer.forward(np.ones((4, 2)), training=True)
    assert layer.backward(np.ones((4, 3)), need_input_gradient=False) is None
    np.testing.assert_array_equal(layer.weight.gradient, np.full((2, 3), 4.0))


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_predicting_between_forward_and_backward_does_not_disturb_the_training(activation):
    rng = np.random.default_rng(0)
    layers = [Linear(rng.standard_normal((4, 3))), activation()]
    x, other, grad = (rng.standard_normal(s) for s in ((5, 4), (5, 4), (5, 3)))

    def gradient(disturb):
        h = x
        for layer in layers:
            h = layer.forward(h, training=True)
        if disturb:
            o = other
            for layer in layers:
                o = layer.forward(o, training=False)
        return layers[0].backward(layers[1].backward(grad.copy())).copy()

    np.testing.assert_array_equal(gradient(disturb=True), gradient(disturb=False))


@pytest.mark.parametrize(
    "layer", [*(a() for a in ACTIVATIONS), Linear(np.ones((4, 4))), Dropout(0.5, GENERATOR)]
)
def test_a_gradient_of_another_batch_than_the_last_is_refused(layer):
    layer.forward(np.ones((3, 4)), training=True)
    with pytest.raises(ValueError, match="shape"):
        layer.backward(np.ones((2, 4)))


@pytest.mark.parametrize("layer", [*(a() for a in ACTIVATIONS), Linear(np.ones((4, 4)))])
def test_a_gradient_before_the_first_batch_is_refused(layer):
    with pytest.raises(ValueError, match="shape"):
        layer.backward(np.ones((2, 4)))


@pytest.mark.parametrize("layer", [*(a() for a in ACTIVATIONS), Linear(np.ones((4, 4)))])
def test_training_reuses_its_memory_and_leaves_its_input_alone(layer):
    x = np.linspace(-1, 1, 12).reshape(3, 4)
    before = x.copy()
    first = layer.forward(x, training=True)
    assert layer.forward(x, training=True) is first
    assert not np.shares_memory(layer.forward(x, training=False), first)
    np.testing.assert_array_equal(x, before)


def test_dropout_keeps_the_expected_value():
    layer = Dropout(0.3, np.random.default_rng(0))
    out = layer.forward(np.ones((1000, 100), np.float32), training=True)
    assert np.mean(out == 0) == pytest.approx(0.3, abs=0.01)
    assert out.mean() == pytest.approx(1.0, abs=0.01)
    assert out.dtype == np.float32


def test_dropout_does_nothing_when_predicting():
    layer = Dropout(0.5, np.random.default_rng(0))
    x = np.ones((2, 3))
    assert layer.forward(x, training=False) is x


def test_dropout_of_zero_draws_no_random_numbers():
    rng = np.random.default_rng(0)
    layer = Dropout(0.0, rng)
    layer.forward(np.ones((2, 3)), training=True)
    assert rng.bit_generator.state == np.random.default_rng(0).bit_generator.state


def test_dropout_can_be_changed_between_batches():
    layer = Dropout(0.9, np.random.default_rng(0))
    x = np.ones((20, 50))
    assert (layer.forward(x, training=True) == 0).any()
    layer.rate = 0.0
    np.testing.assert_array_equal(layer.forward(x, training=True), x)
    np.testing.assert_array_equal(layer.backward(np.ones_like(x)), x)


@pytest.mark.parametrize("rate", [-0.1, 1.0, float("nan")])
def test_an_impossible_dropout_rate_is_refused(rate):
    with pytest.raises(ValueError, match="at least 0 and below 1"):
        Dropout(rate, np.random.default_rng(0))


@pytest.mark.parametrize(
    "layer",
    [
        Linear(np.ones((3, 2))),
        ReLU(),
        LeakyReLU(0.3),
        Sigmoid(),
        Tanh(),
        Dropout(0.5, np.random.default_rng(1)),
    ],
    ids=lambda layer: type(layer).__name__,
)
def test_a_copy_computes_the_same_and_shares_nothing(layer):
    x = np.random.default_rng(2).normal(size=(4, 3))
    copied = layer.copy()
    first, second = layer.forward(x, True), copied.forward(x, True)
    assert np.array_equal(first, second)
    assert not np.shares_memory(first, second)
    for mine, other in zip(layer.parameters, copied.parameters, strict=True):
        assert not np.shares_memory(mine.value, other.value)
        assert not np.shares_memory(mine.gradient, other.gradient)
        assert mine.decays == other.decays

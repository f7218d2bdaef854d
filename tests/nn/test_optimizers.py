import numpy as np
import pytest

from mnist_studio.nn.layers import Parameter
from mnist_studio.nn.optimizers import OPTIMIZERS

NAMES = sorted(OPTIMIZERS)
DECAY = 0.3


def textbook_update(name, w, gradients, rate, momentum, decays):
    """Apply the published formulas, in float64, to one parameter; return it after every step."""
    v = m = s = np.zeros_like(w)
    decay = DECAY if decays else 0.0
    course = []
    for t, g in enumerate(gradients, start=1):
        if name == "adamw":
            w = w - rate * decay * w
        else:
            g = g + decay * w
        if name == "sgd":
            w = w - rate * g
        elif name in ("momentum", "nesterov"):
            v = momentum * v + rate * g
            w = w - (v if name == "momentum" else momentum * v + rate * g)
        else:
            m, s = 0.9 * m + 0.1 * g, 0.999 * s + 0.001 * g**2
            m_hat, s_hat = m / (1 - 0.9**t), s / (1 - 0.999**t)
            w = w - rate * m_hat / (np.sqrt(s_hat) + 1e-8)
        course.append(w)
    return course


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("decays", [True, False])
def test_the_update_is_the_textbook_formula(name, decays):
    rng = np.random.default_rng(1)
    start, gradients = rng.standard_normal((4, 3)), rng.standard_normal((6, 4, 3))
    parameter = Parameter(start.copy(), decays)
    optimizer = OPTIMIZERS[name]([parameter])
    expected = textbook_update(name, start, gradients, 0.1, 0.8, decays)
    for gradient, w in zip(gradients, expected, strict=True):
        parameter.gradient[...] = gradient * optimizer.gradient_scale(0.1)
        optimizer.step(0.1, DECAY, 0.8)
        np.testing.assert_allclose(parameter.value, w, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("name", NAMES)
def test_a_step_leaves_the_gradient_as_it_was(name):
    parameter = Parameter(np.ones((2, 2)), decays=True)
    parameter.gradient[...] = 0.25
    OPTIMIZERS[name]([parameter]).step(0.1, DECAY, 0.9)
    np.testing.assert_array_equal(parameter.gradient, np.full((2, 2), 0.25))


@pytest.mark.parametrize("name", NAMES)
def test_numbers_of_double_precision_do_not_change_the_type(name):
    parameter = Parameter(np.ones((2, 2), np.float32), decays=True)
    parameter.gradient[...] = 1
    optimizer = OPTIMIZERS[name]([parameter])
    optimizer.step(np.float64(0.1), np.float64(0.2), np.float64(0.9))
    arrays = [parameter.value, *optimizer.state().values()]
    assert {array.dtype for array in arrays if array.ndim} == {np.dtype(np.float32)}


@pytest.mark.parametrize("name", NAMES)
def test_a_saved_state_continues_exactly(name):
    rng = np.random.default_rng(2)
    gradients = rng.standard_normal((6, 3, 2)).astype(np.float32)

    def train(optimizer, parameter, some_gradients):
        for gradient in some_gradients:
            parameter.gradient[...] = gradient
            optimizer.step(0.05, DECAY, 0.9)

    whole = Parameter(np.ones((3, 2), np.float32), decays=True)
    optimizer = OPTIMIZERS[name]([whole])
    train(optimizer, whole, gradients[:3])
    saved, weights = optimizer.state(), whole.value.copy()
    train(optimizer, whole, gradients[3:])

    resumed = Parameter(weights, decays=True)
    again = OPTIMIZERS[name]([resumed])
    again.load_state(saved)
    train(again, resumed, gradients[3:])
    np.testing.assert_array_equal(resumed.value, whole.value)


def test_a_state_is_a_copy():
    parameter = Parameter(np.ones(2), decays=False)
    parameter.gradient[...] = 1
    optimizer = OPTIMIZERS["momentum"]([parameter])
    state = optimizer.state()
    optimizer.step(0.1, 0.0, 0.9)
    np.testing.assert_array_equal(state["velocity_0"], [0, 0])


@pytest.mark.parametrize("shape", [(3, 2), (2,)])
def test_the_state_of_another_optimizer_or_network_is_refused(shape):
    saved = OPTIMIZERS["adam"]([Parameter(np.ones((2, 2)), decays=True)]).state()
    other = OPTIMIZERS["adam" if shape == (3, 2) else "sgd"]([Parameter(np.ones(shape), True)])
    with pytest.raises(ValueError, match="another optimizer or network"):
        other.load_state(saved)


def test_the_momentum_may_change_from_step_to_step():
    parameter = Parameter(np.zeros(1), decays=False)
    optimizer = OPTIMIZERS["momentum"]([parameter])
    parameter.gradient[...] = 1.0
    for momentum in (0.9, 0.5, 0.0):
        optimizer.step(0.1, 0.0, momentum)
    assert parameter.value[0] == pytest.approx(-(1 + 1.5 + 1))


@pytest.mark.parametrize("name", sorted(set(NAMES) - {"sgd"}))
def test_what_is_kept_of_a_weight_without_gradient_fades_to_zero(name):
    """As a denormal number it would slow every later step down."""
    parameter = Parameter(np.ones(3, np.float32), decays=False)
    optimizer = OPTIMIZERS[name]([parameter])
    parameter.gradient[...] = 1e-3, 1e-3, 0.0
    optimizer.step(0.1, 0.0, 0.9)
    parameter.gradient[1:] = 0.0
    for _ in range(1200):
        optimizer.step(0.1, 0.0, 0.9)
    fading = optimizer.slots[0]
    kept = optimizer.state()[f"{fading}_0"]
    assert kept[0] > 1e-3
    np.testing.assert_array_equal(kept[1:], 0.0)

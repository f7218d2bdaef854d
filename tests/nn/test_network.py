import threading

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mnist_studio.nn.layers import Linear, ReLU
from mnist_studio.nn.network import ACTIVATIONS, Network
from mnist_studio.nn.optimizers import OPTIMIZERS

from .finite_differences import numerical_gradient
from .lab_note import LabNoteNetwork


def build(hidden=((16, "relu"),), inputs=12, classes=5, dropout=0.0, seed=0, initializer="he"):
    rng, dropout_rng = np.random.default_rng(seed), np.random.default_rng(seed + 1)
    return Network.build(inputs, hidden, classes, initializer, dropout, rng, dropout_rng)


def samples(n, inputs=12, classes=5, seed=9):
    """Random images whose class is where they are brightest: something to learn."""
    images = np.random.default_rng(seed).random((n, inputs), dtype=np.float32)
    return images, images[:, :classes].argmax(axis=1).astype(np.uint8)


def losses(network, optimizer_name="sgd", batches=20, batch_size=8, **options):
    images, labels = samples(batches * batch_size)
    optimizer = OPTIMIZERS[optimizer_name](network.parameters)
    return [
        network.train_batch(
            images[i : i + batch_size], labels[i : i + batch_size], optimizer, 0.1, **options
        )[0]
        for i in range(0, len(images), batch_size)
    ]


def test_one_step_worked_by_hand():
    """Two inputs, two hidden units, two classes; the second hidden unit is switched off.

    h = relu([1*1 + 2*0, 1*0 - 2*1]) = [1, 0] and z = [ln 3, 0] give softmax [3/4, 1/4]. With label
    1 the loss is ln 4 and its gradient with respect to z is [3/4, -3/4]. So dL/dW2 has the rows
    [3/4, -3/4] and [0, 0]; dL/dh = W2 [3/4, -3/4] = [3/4 ln 3, .] and only the first unit passes
    it on: dL/dW1 = [[3/4 ln 3, 0], [3/2 ln 3, 0]]. The learning rate is 0.4.
    """
    ln3 = np.log(3.0)
    first = Linear(np.array([[1.0, 0.0], [0.0, -1.0]]))
    second = Linear(np.array([[ln3, 0.0], [5.0, 7.0]]))
    network = Network([first, ReLU(), second])
    optimizer = OPTIMIZERS["sgd"](network.parameters)

    result = network.train_batch(np.array([[1.0, 2.0]]), np.array([1]), optimizer, 0.4)

    assert result == (pytest.approx(np.log(4.0)), 0)
    np.testing.assert_allclose(second.weight.value, [[ln3 - 0.3, 0.3], [5, 7]])
    np.testing.assert_allclose(second.bias.value, [-0.3, 0.3])
    np.testing.assert_allclose(first.weight.value, [[1 - 0.3 * ln3, 0], [-0.6 * ln3, -1]])
    np.testing.assert_allclose(first.bias.value, [-0.3 * ln3, 0])


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_the_gradients_of_a_whole_network_match_finite_differences(activation):
    rng = np.random.default_rng(4)
    layers = []
    for inputs, outputs in ((6, 5), (5, 4)):
        layers += [Linear(rng.standard_normal((inputs, outputs))), ACTIVATIONS[activation]()]
    network = Network([*layers, Linear(rng.standard_normal((4, 3)), rng.standard_normal(3))])
    images, labels = rng.standard_normal((7, 6)), rng.integers(0, 3, 7)

    def loss():
        return network.loss.forward(network.forward(images, training=True), labels)[0]

    expected = [numerical_gradient(loss, p.value) for p in network.parameters]
    loss()
    network.backward(network.loss.backward())
    for parameter, gradient in zip(network.parameters, expected, strict=True):
        np.testing.assert_allclose(parameter.gradient, gradient, rtol=1e-5, atol=1e-8)


@pytest.mark.parametrize("l2", [0.0, 0.05])
@pytest.mark.parametrize("hidden", [(64,), (32, 16)])
def test_a_hundred_batches_give_the_losses_of_the_lab_note_in_double_precision(hidden, l2):
    batch_size, rate = 20, 0.1
    network = build([(width, "relu") for width in hidden], inputs=100, classes=10)
    reference = LabNoteNetwork(
        [layer.weight.value for layer in network.linear_layers],
        [layer.bias.value for layer in network.linear_layers],
    )
    optimizer = OPTIMIZERS["sgd"](network.parameters)
    images, labels = samples(100 * batch_size, inputs=100, classes=10)
    ours, expected = [], []
    for i in range(0, len(images), batch_size):
        batch = images[i : i + batch_size], labels[i : i + batch_size]
        ours.append(network.train_batch(*batch, optimizer, rate, weight_decay=l2 / batch_size)[0])
        expected.append(reference.train_batch(*batch, rate, l2))
    np.testing.assert_allclose(ours, expected, rtol=1e-4)
    assert np.mean(ours[-10:]) < np.mean(ours[:10])


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_the_same_seed_gives_the_same_losses(optimizer):
    first, second = (
        losses(build(((16, "relu"), (8, "tanh")), dropout=0.3), optimizer, momentum=0.9)
        for _ in range(2)
    )
    assert first == second


def test_another_seed_gives_other_losses():
    assert losses(build(seed=0)) != losses(build(seed=1))


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_everything_stays_in_single_precision(optimizer, activation):
    network = build(((16, activation),), dropout=0.2)
    chosen = OPTIMIZERS[optimizer](network.parameters)
    images, labels = samples(10)
    rate, decay, momentum = np.float64(0.01), np.float64(0.1), np.float64(0.9)
    network.train_batch(images, labels, chosen, rate, decay, momentum)
    x = images
    for layer in network.layers:
        x = layer.forward(x, training=True)
        assert x.dtype == np.float32
    for parameter in network.parameters:
        assert parameter.value.dtype == parameter.gradient.dtype == np.float32
    assert network.predict_probabilities(images.astype(np.float64)).dtype == np.float32


@settings(deadline=None)
@given(sizes=st.lists(st.integers(1, 9), min_size=1, max_size=6))
def test_batches_of_changing_size_give_the_same_as_fresh_networks(sizes):
    network = build(((6, "relu"), (5, "sigmoid")))
    optimizer = OPTIMIZERS["sgd"](network.parameters)
    for n in sizes:
        fresh = build(((6, "relu"), (5, "sigmoid")))
        fresh.load_weights(network.weights())
        batch = samples(n, seed=n)
        expected = fresh.train_batch(*batch, OPTIMIZERS["sgd"](fresh.parameters), 0.1)
        assert network.train_batch(*batch, optimizer, 0.1) == expected
        for ours, theirs in zip(network.weights(), fresh.weights(), strict=True):
            np.testing.assert_array_equal(ours, theirs)


@settings(deadline=None)
@given(n=st.sampled_from([0, 1, 499, 500, 501, 1203]))
def test_predictions_of_any_number_of_rows_are_probabilities(n):
    network = build()
    images, _ = samples(n)
    probabilities = network.predict_probabilities(images)
    assert probabilities.shape == (n, 5)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1.0, rtol=1e-5)
    exponentials = np.exp(network.logits(images))
    expected = exponentials / exponentials.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(probabilities, expected, rtol=1e-5)


def test_predictions_ignore_dropout():
    network = build(dropout=0.5)
    images, _ = samples(3)
    plain = network.predict_probabilities(images)
    network.dropout = 0.0
    np.testing.assert_array_equal(network.predict_probabilities(images), plain)


FUNCTIONS = {
    "relu": lambda z: np.where(z > 0, z, 0),
    "leaky_relu": lambda z: np.where(z > 0, z, 0.01 * z),
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
    "tanh": lambda z: (np.exp(2 * z) - 1) / (np.exp(2 * z) + 1),
}


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_activations_of_six_layers_are_those_of_the_formulas(activation):
    widths = (16, 11, 9, 8, 7)
    network = build([(width, activation) for width in widths], dropout=0.5)
    for parameter in network.parameters[1::2]:  # biases that count
        parameter.value[...] = np.linspace(-0.5, 0.5, parameter.value.size)
    images, _ = samples(40)
    found = network.activations(images)
    assert [each.shape for each in found] == [(40, width) for width in (*widths, 5)]
    x = images.astype(np.float64)
    for k, layer in enumerate(network.linear_layers):
        x = x @ layer.weight.value + layer.bias.value
        if k < len(widths):
            x = FUNCTIONS[activation](x)
        np.testing.assert_allclose(found[k], x, rtol=1e-4, atol=1e-5)
        assert found[k].dtype == np.float32
    np.testing.assert_array_equal(found[-1], network.logits(images))


def test_layers_without_an_activation_function_have_activations_too():
    rng = np.random.default_rng(3)
    weights = [rng.standard_normal(shape) for shape in ((6, 5), (5, 4))]
    x = rng.standard_normal((7, 6))
    hidden, logits = Network(map(Linear, weights)).activations(x)
    np.testing.assert_allclose(hidden, x @ weights[0])
    np.testing.assert_allclose(logits, x @ weights[0] @ weights[1])
    (logits,) = Network([Linear(weights[0])]).activations(x)
    np.testing.assert_allclose(logits, x @ weights[0])


@pytest.mark.parametrize("ask", [Network.logits, Network.activations])
def test_asking_between_forward_and_backward_does_not_disturb_the_training(ask):
    def gradients(disturb):
        network = build(((16, "relu"), (8, "tanh")), dropout=0.5)
        images, labels = samples(8)
        network.loss.forward(network.forward(images, training=True), labels)
        if disturb:
            ask(network, samples(8, seed=77)[0])
        network.backward(network.loss.backward())
        return [p.gradient for p in network.parameters]

    for disturbed, plain in zip(gradients(True), gradients(False), strict=True):
        np.testing.assert_array_equal(disturbed, plain)


def test_a_copy_predicts_in_another_thread_while_the_original_trains():
    network = build(((32, "relu"),))
    images, _ = samples(50)
    copied = network.copy()
    expected = network.predict_probabilities(images)
    results = []

    def predict():
        results.extend(copied.predict_probabilities(images) for _ in range(50))

    thread = threading.Thread(target=predict)
    thread.start()
    undisturbed = losses(network, batches=100)
    thread.join()
    assert undisturbed == losses(build(((32, "relu"),)), batches=100)
    assert len(results) == 50
    for result in results:
        np.testing.assert_array_equal(result, expected)


def test_a_copy_shares_no_memory_and_no_random_numbers():
    network = build(dropout=0.5)
    losses(network, batches=2)
    copied = network.copy()
    for ours, theirs in zip(network.parameters, copied.parameters, strict=True):
        assert not np.shares_memory(ours.value, theirs.value)
        np.testing.assert_array_equal(ours.value, theirs.value)
    assert losses(network) == losses(copied)


def test_weights_are_copies_that_can_be_loaded_again():
    network = build()
    before = network.weights()
    first = losses(network)
    network.load_weights(before)
    assert losses(network) == first


def test_weights_of_another_network_are_refused():
    network = build()
    before = network.weights()
    with pytest.raises(ValueError, match="other layers"):
        network.load_weights(build(((15, "relu"),)).weights())
    with pytest.raises(ValueError, match="other layers"):
        network.load_weights(before[:-1])
    for ours, expected in zip(network.weights(), before, strict=True):
        np.testing.assert_array_equal(ours, expected)


@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
def test_gradient_norms_do_not_depend_on_the_learning_rate(optimizer):
    def norms(rate):
        network = build()
        chosen = OPTIMIZERS[optimizer](network.parameters)
        network.train_batch(*samples(8), chosen, rate)
        return network.gradient_norms(chosen.gradient_scale(rate))

    assert norms(0.1).shape == (2,)
    np.testing.assert_allclose(norms(0.1), norms(0.001), rtol=1e-5)


def test_a_gradient_norm_covers_weights_and_biases():
    network = Network([Linear(np.zeros((1, 2)))])
    layer = network.linear_layers[0]
    layer.weight.gradient[...] = [[2.0, 4.0]]
    layer.bias.gradient[...] = [4.0, 8.0]
    assert network.gradient_norms(2.0).tolist() == [5.0]
    assert np.isnan(network.gradient_norms(0.0)).all()


def test_the_gradient_of_the_penalty_is_what_weight_decay_subtracts():
    rng = np.random.default_rng(6)
    network = Network([Linear(rng.standard_normal((3, 2)), rng.standard_normal(2))])
    layer, l2, batch_size = network.linear_layers[0], 0.7, 4
    gradient = numerical_gradient(lambda: network.penalty(l2, batch_size), layer.weight.value)
    np.testing.assert_allclose(gradient, l2 / batch_size * layer.weight.value, rtol=1e-6)

    weight, bias = network.weights()
    OPTIMIZERS["sgd"](network.parameters).step(0.1, weight_decay=l2 / batch_size)
    np.testing.assert_allclose(layer.weight.value, weight - 0.1 * gradient, rtol=1e-6)
    np.testing.assert_array_equal(layer.bias.value, bias)


def test_dropout_is_set_for_all_layers_at_once():
    network = build(((4, "relu"), (4, "relu")), dropout=0.25)
    assert network.dropout == 0.25
    network.dropout = 0.5
    assert [layer.rate for layer in network.layers if hasattr(layer, "rate")] == [0.5, 0.5]


def test_a_network_without_hidden_layers_is_softmax_regression():
    network = build(hidden=())
    assert [p.value.shape for p in network.parameters] == [(12, 5), (5,)]
    course = losses(network, batches=60)
    assert np.mean(course[-10:]) < np.mean(course[:10])


def test_a_loss_that_is_not_a_number_raises_nothing():
    network = build()
    network.linear_layers[0].weight.value[...] = np.nan
    loss, correct = network.train_batch(*samples(4), OPTIMIZERS["sgd"](network.parameters), 0.1)
    assert np.isnan(loss)
    assert correct == 0

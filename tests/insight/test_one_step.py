"""One update taken apart, against the formulas and against what the trainer really did."""

import dataclasses

import numpy as np
import pytest

from mnist_studio.insight.one_step import numeric_gradient, take_apart
from mnist_studio.insight.weight_update import update_of
from mnist_studio.nn.optimizers import OPTIMIZERS
from mnist_studio.training.config import DataConfig, HiddenLayer, ModelConfig, RunConfig
from mnist_studio.training.config import TrainingConfig as Training
from mnist_studio.training.control import TrainingControl
from mnist_studio.training.easy_images import EasyImages
from mnist_studio.training.events import BatchEnded, EpochEnded
from mnist_studio.training.step_state import StepState
from mnist_studio.training.trainer import Trainer

from ..training.builders import assert_same_arrays, small_blobs, small_run

AUGMENTED = {
    "rotation": 10.0,
    "shift": 1.0,
    "elastic": 2.0,
    "written": 0.5,
    "non_digits": 0.3,
    "skip_easy": 0.8,
}
SCHEDULED = {"schedule": "cosine", "warmup": 0.1, "l2": 0.05, "dropout": 0.3}


@pytest.fixture(scope="module")
def blobs():
    return small_blobs()


def state_of(trainer):
    network, easy = trainer.network.copy().freeze(), trainer.batches.easy.state()
    return StepState.of(trainer.position, network, trainer.optimizer.state(), easy)


def steps_of(config, blobs, control=None):
    """Yield every update of a run taken apart, with the trainer and the event after it."""
    trainer = Trainer(config, blobs, control)
    before = state_of(trainer)
    for event in trainer.run():
        if isinstance(event, BatchEnded):
            yield take_apart(before, config, trainer.history.changes, blobs), trainer, event
            before = state_of(trainer)


def one_step(config, blobs, number=4):
    for step, _, _ in steps_of(config, blobs):
        if step.number == number:
            return step
    raise AssertionError("the run is shorter")


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("changes", [{}, {"l2": 0.05}, AUGMENTED, AUGMENTED | SCHEDULED])
def test_the_new_weights_are_the_trainers_to_the_bit(optimizer, changes, blobs):
    config = small_run(hidden=(12, 9), optimizer=optimizer, learning_rate=0.02, **changes)
    for step, trainer, event in steps_of(config, blobs):
        assert step.number == event.step
        assert step.rate == pytest.approx(event.learning_rate)
        assert_same_arrays(step.parameters(), trainer.network.weights())
        assert step.losses.mean() == pytest.approx(event.loss, rel=1e-5, abs=1e-6)


def test_where_easy_images_are_skipped_the_batch_is_the_trainers(blobs):
    config = small_run(optimizer="adam", learning_rate=0.02, skip_easy=0.8)
    for step, trainer, _ in steps_of(config, blobs):
        assert_same_arrays(step.parameters(), trainer.network.weights())
    assert trainer.batches.easy.at_epoch_start.sum() > 50


def test_the_last_batch_of_an_epoch_may_be_smaller(blobs):
    config = small_run(batch_size=100)
    sizes = [len(step.batch.labels) for step, _, _ in steps_of(config, blobs)]
    assert sizes[:3] == [100, 100, 40]


def test_without_augmentation_the_images_are_those_of_the_data_set(blobs):
    step = one_step(small_run(), blobs)
    assert not step.augmented
    images = blobs.train_images[step.batch.indices]
    np.testing.assert_array_equal(step.images_as_stored, images)
    np.testing.assert_allclose(step.batch.images, images / 255.0, atol=1e-7)
    np.testing.assert_array_equal(step.batch.labels, blobs.train_labels[step.batch.indices])
    assert one_step(small_run(**AUGMENTED), blobs).augmented


def test_a_live_change_counts_from_the_update_that_it_was_made_for(blobs):
    control = TrainingControl()
    config = small_run()
    for step, trainer, event in steps_of(config, blobs, control):
        if event.step == 3:
            control.change("learning_rate", 0.5)
        assert step.rate == (0.5 if event.step > 3 else config.training.learning_rate)
        assert_same_arrays(step.parameters(), trainer.network.weights())


def test_every_number_is_that_of_the_formula(blobs):
    config = small_run(hidden=(12, 9), l2=0.05, dropout=0.4)
    step = one_step(config, blobs)
    n, labels = len(step.batch.labels), step.batch.labels
    x, passed = step.batch.images.astype(float), []
    for layer in step.layers:
        np.testing.assert_allclose(layer.inputs, x, atol=1e-5)
        z = x @ layer.weight + layer.bias
        np.testing.assert_allclose(layer.sums, z, atol=1e-5)
        passed.append((x, z))
        if layer.activation is not None:
            np.testing.assert_allclose(layer.activations, np.maximum(0, z), atol=1e-5)
            assert set(np.unique(layer.mask).round(3)) == {0.0, np.float32(1.667)}
            x = np.maximum(0, z) * layer.mask
    p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(step.layers[-1].activations, p, atol=1e-5)
    np.testing.assert_allclose(step.losses, -np.log(p[np.arange(n), labels]), atol=1e-5)
    dz = (p - np.eye(10)[labels]) / n
    dx = np.empty(0)
    for layer, (inputs, z) in zip(reversed(step.layers), reversed(passed), strict=True):
        if layer.activation is not None:
            np.testing.assert_allclose(layer.outputs_gradient, dx, atol=1e-6)
            dz = dx * (z > 0) * layer.mask
        dx = dz @ layer.weight.T
        np.testing.assert_allclose(layer.sums_gradient, dz, atol=1e-6)
        np.testing.assert_allclose(layer.weight_gradient, inputs.T @ dz, atol=1e-6)
        np.testing.assert_allclose(layer.bias_gradient, dz.sum(axis=0), atol=1e-6)
        np.testing.assert_allclose(layer.inputs_gradient, dx, atol=1e-6)
        decay = 0.05 / config.training.batch_size
        new = layer.weight - step.rate * (inputs.T @ dz + decay * layer.weight)
        np.testing.assert_allclose(layer.new_weight, new, atol=1e-6)
        np.testing.assert_allclose(
            layer.new_bias, layer.bias - step.rate * dz.sum(axis=0), atol=1e-6
        )
    squares = sum((layer.weight.astype(float) ** 2).sum() for layer in step.layers)
    assert step.penalty == pytest.approx(decay / 2 * squares, rel=1e-5)


def test_the_numeric_gradient_knows_one_that_hardly_reaches_the_first_layer(blobs):
    config = small_run(hidden=(16,) * 6)
    small = dataclasses.replace(config.model, initializer="normal")
    config = dataclasses.replace(config, model=small)
    step = one_step(config, blobs)
    first = step.layers[0]
    row, unit = np.unravel_index(np.abs(first.weight_gradient).argmax(), first.weight.shape)
    analytic = first.weight_gradient[row, unit]
    assert 0 < abs(analytic) < 1e-9
    numeric = numeric_gradient(step, 0, int(row), int(unit))
    assert numeric == pytest.approx(analytic, rel=1e-4)


@pytest.mark.parametrize("activation", ["relu", "leaky_relu", "sigmoid", "tanh"])
def test_the_numeric_gradient_agrees_with_the_analytic_one(activation, blobs):
    hidden = (HiddenLayer(12, activation), HiddenLayer(9, activation))
    config = RunConfig(
        DataConfig(validation_fraction=0.2),
        ModelConfig(hidden),
        Training(batch_size=16, epochs=1, dropout=0.2, non_digits=0.2, seed=5),
    )
    step = one_step(config, blobs)
    rng = np.random.default_rng(1)
    for number, layer in enumerate(step.layers):
        rows, units = layer.weight.shape
        for row, unit in zip(rng.integers(0, rows, 5), rng.integers(0, units, 5), strict=True):
            numeric = numeric_gradient(step, number, row, unit)
            assert numeric == pytest.approx(layer.weight_gradient[row, unit], abs=1e-7)
        numeric = numeric_gradient(step, number, rows, unit)
        assert numeric == pytest.approx(layer.bias_gradient[unit], abs=1e-7)


def test_a_network_without_hidden_layers_has_one_step_as_well(blobs):
    step = one_step(small_run(hidden=()), blobs)
    (layer,) = step.layers
    assert layer.activation is None
    assert layer.outputs_gradient is None
    assert numeric_gradient(step, 0, 100, 3) == pytest.approx(
        layer.weight_gradient[100, 3], abs=1e-7
    )


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_the_terms_of_an_update_make_the_trainers_new_weight(optimizer, blobs):
    step = one_step(small_run(optimizer=optimizer, l2=0.5, learning_rate=0.02), blobs)
    layer = step.layers[0]
    for row, unit in ((400, 3), (123, 7), (784, 5)):
        update = update_of(step, 0, row, unit)
        if row < 784:
            before, after = layer.weight[row, unit], layer.new_weight[row, unit]
            assert update.decay == pytest.approx(0.5 / 16 * before)
        else:
            before, after = layer.bias[unit], layer.new_bias[unit]
            assert update.decay == 0.0
        assert update.weight == before
        assert update.new_weight == pytest.approx(after, abs=2e-7)
        assert update.change == pytest.approx(float(after) - float(before), abs=2e-7)


def test_without_the_optimizers_state_its_averages_begin_at_zero(blobs):
    config = small_run(optimizer="adam")
    state = dataclasses.replace(state_of(Trainer(config, blobs)), optimizer={})
    step = take_apart(state, config, [], blobs)
    assert not step.optimizer_known
    assert update_of(step, 0, 400, 3).mean == 0.0
    plain = take_apart(state, small_run(), [], blobs)
    assert plain.optimizer_known  # it has none


@pytest.mark.parametrize("known", [{}, EasyImages(7, 0.9).state()])
def test_where_it_is_not_known_which_images_were_easy_none_are(blobs, known):
    trainer = Trainer(small_run(optimizer="adam", learning_rate=0.02, skip_easy=0.9), blobs)
    for event in trainer.run():
        if isinstance(event, EpochEnded):
            break
    state = state_of(trainer)
    assert state.easy_images["at_epoch_start"].any()
    unknown = dataclasses.replace(state, easy_images=known)
    step = take_apart(unknown, trainer.config, [], blobs)
    plain = take_apart(unknown, small_run(optimizer="adam", learning_rate=0.02), [], blobs)
    np.testing.assert_array_equal(step.batch.indices, plain.batch.indices)


def test_weights_that_have_exploded_give_numbers_that_are_none(blobs):
    config = small_run(optimizer="adam")
    trainer = Trainer(config, blobs)
    trainer.network.parameters[0].value[...] = np.nan
    step = take_apart(state_of(trainer), config, [], blobs)
    assert np.isnan(step.losses).all()
    assert np.isnan(numeric_gradient(step, 0, 400, 3))
    assert np.isnan(update_of(step, 0, 400, 3).new_weight)

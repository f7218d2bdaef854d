"""What a number is made of, said in signs that people read."""

import re

import numpy as np
import pytest

from mnist_studio.insight.one_step import take_apart
from mnist_studio.insight.weight_update import update_of
from mnist_studio.nn.optimizers import OPTIMIZERS
from mnist_studio.training.config import DataConfig, HiddenLayer, ModelConfig, RunConfig
from mnist_studio.training.config import TrainingConfig as Training
from mnist_studio.training.step_state import StepState
from mnist_studio.training.trainer import Trainer
from mnist_studio.ui.inside.formula import number, sum_of_products
from mnist_studio.ui.inside.step_explanations import explain, update_lines
from mnist_studio.ui.inside.step_texts import Place, Quantity, formula

from ...training.builders import small_blobs, small_run


def first_step(spoilt=False, **training):
    config, blobs = small_run(hidden=(12, 9), **training), small_blobs()
    trainer = Trainer(config, blobs)
    if spoilt:
        trainer.network.parameters[0].value[...] = np.nan
    state = StepState.of(trainer.position, trainer.network, trainer.optimizer.state(), {})
    return take_apart(state, config, [], blobs)


def value_of(text):
    """Return the number that a line ends with."""
    plain = re.sub(r"·10<sup>(.*?)</sup>", r"e\1", text).replace("−", "-")
    return float(plain.rsplit("= ", 1)[1])


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (-0.018341, "−0.01834"),
        (0.0, "0"),
        (1.0, "1.000"),
        (1234.56, "1235"),
        (2.5e-7, "2.500·10<sup>−7</sup>"),
        (-1e12, "−1.000·10<sup>12</sup>"),
        (float("nan"), "NaN"),
        (float("inf"), "∞"),
        (float("-inf"), "−∞"),
    ],
)
def test_numbers_have_four_digits(value, text):
    assert number(value) == text


def test_of_a_sum_the_largest_terms_are_written_out():
    ones, others = np.array([1.0, 0.0, -2.0, 0.5, 3.0]), np.array([2.0, 9.0, 3.0, 0.1, -4.0])
    text, total = sum_of_products(ones, others, lambda count, rest: f"{rest} ({count} more)")
    assert total == pytest.approx(2 - 6 + 0.05 - 12)
    parts = text.replace("\u202f", "").split(" + ")
    assert parts == ["3.000·(−4.000)", "(−2.000)·3.000", "1.000·2.000", "0.05000 (1 more)"]


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_the_update_ends_in_the_new_weight(optimizer):
    step = first_step(optimizer=optimizer, l2=0.3)
    for place in ((0, 400, 3), (1, 2, 5), (2, 9, 7)):
        lines = update_lines(step, update_of(step, *place))
        layer = step.layers[place[0]]
        is_bias = place[1] == len(layer.weight)
        new = layer.new_bias[place[2]] if is_bias else layer.new_weight[place[1:]]
        assert value_of(lines[-1]) == pytest.approx(new, rel=1e-3, abs=1e-6)


@pytest.mark.parametrize("quantity", Quantity)
@pytest.mark.parametrize("spoilt", [False, True])
@pytest.mark.parametrize("training", [{}, {"optimizer": "adam", "dropout": 0.3}])
def test_every_number_has_a_formula_and_is_explained_even_if_it_is_none(quantity, spoilt, training):
    step = first_step(spoilt, **training)
    for number_of_layer, layer in enumerate(step.layers):
        assert formula(quantity, layer)
        rows, units = layer.weight.shape
        for row in (0, rows - 1):
            text = explain(step, quantity, Place(3, number_of_layer, row, units - 1))
            assert text.startswith("<b>")
            assert text.count("<sub>") == text.count("</sub>")


@pytest.mark.parametrize(
    ("activation", "said"),
    [("relu", "max(0, "), ("leaky_relu", "0.01"), ("sigmoid", "1 / (1 + e"), ("tanh", "tanh")],
)
def test_each_activation_function_is_written_out(activation, said):

    model = ModelConfig((HiddenLayer(6, activation),))
    config = RunConfig(DataConfig(validation_fraction=0.2), model, Training(batch_size=16))
    trainer = Trainer(config, small_blobs())
    state = StepState.of(trainer.position, trainer.network, trainer.optimizer.state(), {})
    step = take_apart(state, config, [], small_blobs())
    assert said in formula(Quantity.OUTPUT, step.layers[0])
    z, a = step.layers[0].sums[2, 4], step.layers[0].activations[2, 4]
    text = explain(step, Quantity.OUTPUT, Place(2, 0, 0, 4))
    assert number(abs(float(z))) in text
    assert value_of(text.split("<br>")[1]) == pytest.approx(a, rel=1e-3)

"""One update of a training, taken apart: every number that the formulas are about.

The formulas, for a batch of n images with the rows x of the matrix X:

- linear layer: Z = X W + b; backward dL/dW = Xᵀ dL/dZ, dL/db = Σ dL/dZ, dL/dX = dL/dZ Wᵀ
- activation: A = f(Z), dL/dZ = dL/dA · f'(Z); with dropout both times the mask
- softmax with cross-entropy: p = exp(z) / Σ exp(z), L = -mean log p(label), dL/dZ = (P - Y) / n
- images that belong to no class, which follow the n: dL/dZ = (P - 1/classes) / n
- L2: λ / (2 B) Σ w² beside the loss, λ / B · W beside the gradient, B the batch size as set
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from ..data.dataset import Dataset
from ..nn.arrays import FloatArray
from ..nn.layers import Dropout, Layer, Linear
from ..nn.losses import cross_entropy, softmax
from ..nn.network import Network
from ..nn.optimizers import OPTIMIZERS, Optimizer
from ..training.config import RunConfig, TrainingConfig
from ..training.events import HyperparameterChanged
from ..training.learning_rate import scheduled_rate
from ..training.run_length import RunLength
from ..training.step_state import StepBatch, StepState, next_batch, settings_at

# Of a weight, for the central difference: in double precision its errors by rounding and by
# curvature are both far below the digits that are shown.
_DIFFERENCE = 1e-6


@dataclass(frozen=True, eq=False)
class LayerStep:
    """A linear layer and what follows it, in one update.

    Arrays have a row for each of the m images of the batch, the n with a label first; gradients
    are of what training minimizes without the L2 penalty.

    Attributes
    ----------
    activation : Layer, optional
        The function after it; None after the last layer.
    inputs : ndarray of float32, shape (m, inputs)
    sums : ndarray of float32, shape (m, units)
        Z, before the activation function.
    activations : ndarray of float32, shape (m, units)
        A, before dropout; of the last layer the probabilities.
    mask : ndarray of float32, shape (m, units), optional
        What dropout multiplies by: 0, or 1 / (1 - rate).
    weight, new_weight, weight_gradient : ndarray of float32, shape (inputs, units)
        Before and after the update, and dL/dW.
    bias, new_bias, bias_gradient : ndarray of float32, shape (units,)
    inputs_gradient : ndarray of float32, shape (m, inputs)
        dL/dX.
    outputs_gradient : ndarray of float32, shape (m, units), optional
        dL/dX of the next layer; None of the last one.
    sums_gradient : ndarray of float32, shape (m, units)
        dL/dZ.
    """

    activation: Layer | None
    inputs: FloatArray
    sums: FloatArray
    activations: FloatArray
    mask: FloatArray | None
    weight: FloatArray
    bias: FloatArray
    new_weight: FloatArray
    new_bias: FloatArray
    weight_gradient: FloatArray
    bias_gradient: FloatArray
    inputs_gradient: FloatArray
    outputs_gradient: FloatArray | None
    sums_gradient: FloatArray


@dataclass(frozen=True, eq=False)
class OneStep:
    """An update, taken apart.

    Attributes
    ----------
    state : StepState
        Before it.
    settings : TrainingConfig
        The hyperparameters in use.
    rate : float
        The learning rate of this update.
    batch : StepBatch
        Its images.
    images_as_stored : ndarray of uint8, shape (n, 784)
        The same images before augmentation.
    layers : tuple of LayerStep
    losses : ndarray of float32, shape (n,)
        Of each image; the loss of the batch is their mean.
    penalty : float
        What L2 adds to it.
    optimizer_step : int
        Updates of the optimizer with this one, t in Adam's formula.
    optimizer_known : bool
        Whether the optimizer's averages are those of the run; if not, they begin at zero here.
    """

    state: StepState
    settings: TrainingConfig
    rate: float
    batch: StepBatch
    images_as_stored: npt.NDArray[np.uint8]
    layers: tuple[LayerStep, ...]
    losses: FloatArray
    penalty: float
    optimizer_step: int
    optimizer_known: bool

    @property
    def number(self) -> int:
        """Which update of the run it is, from 1."""
        return self.state.step + 1

    @property
    def weight_decay(self) -> float:
        """λ / B, what a weight is multiplied by in the gradient of the L2 penalty."""
        return self.settings.l2 / self.settings.batch_size

    @property
    def labeled_images(self) -> npt.NDArray[np.float32]:
        """The images of the batch that belong to a class, shape (n, 784)."""
        return self.batch.images[: len(self.batch.labels)]

    @cached_property
    def augmented(self) -> bool:
        """Whether the images were changed before the network saw them."""
        return not np.array_equal(
            np.rint(self.labeled_images * 255).astype(np.uint8), self.images_as_stored
        )

    def parameters(self) -> list[FloatArray]:
        """Return weights and biases after the update, layer by layer."""
        return [each for layer in self.layers for each in (layer.new_weight, layer.new_bias)]


@np.errstate(all="ignore")
def take_apart(
    state: StepState,
    config: RunConfig,
    changes: Iterable[HyperparameterChanged],
    dataset: Dataset,
) -> OneStep:
    """Make the update that follows a state, on a copy, and keep every number of it.

    With as many BLAS threads as the training has, the new weights are the trainer's to the bit.

    Parameters
    ----------
    state : StepState
        Where the run was.
    config : RunConfig
        Its settings.
    changes : iterable of HyperparameterChanged
        The live changes of the run.
    dataset : Dataset
        What it is trained on.
    """
    settings = settings_at(config, changes, state.step)
    batch = next_batch(state, config, dataset)
    network, optimizer, known = _copy(state, settings)
    length = RunLength.planned(config.training, batch.train_size)
    per_epoch = -(-batch.train_size // config.training.batch_size)
    rate = scheduled_rate(settings, state.step, length.total_steps, per_epoch)
    decay = settings.l2 / settings.batch_size
    penalty = network.penalty(settings.l2, settings.batch_size)
    network.train_batch(batch.images, batch.labels, optimizer, rate, decay, settings.momentum)
    after = network.weights()
    # Once more for the numbers in between: the trainer folds the learning rate into its gradients.
    network, _, _ = _copy(state, settings)
    layers = _layers_of(network, batch, after)
    return OneStep(
        state,
        settings,
        rate,
        batch,
        dataset.train_images[batch.indices],
        layers,
        cross_entropy(layers[-1].sums[: len(batch.labels)], batch.labels),
        penalty,
        optimizer.steps,
        known,
    )


def _copy(state: StepState, settings: TrainingConfig) -> tuple[Network, Optimizer, bool]:
    """Return network and optimizer of a state, and whether the optimizer's averages are known."""
    network = state.network.copy()
    network.dropout = settings.dropout
    rng = np.random.default_rng()
    rng.bit_generator.state = state.dropout_rng
    for layer in network.layers:
        if isinstance(layer, Dropout):
            layer.rng = rng  # all of them draw from one source
    optimizer = OPTIMIZERS[settings.optimizer](network.parameters)
    if state.optimizer:
        optimizer.load_state(state.optimizer)
    else:
        optimizer.steps = state.step
    return network, optimizer, bool(state.optimizer) or not optimizer.slots


def _layers_of(
    network: Network, batch: StepBatch, after: list[FloatArray]
) -> tuple[LayerStep, ...]:
    """Go forward and backward through all layers, and copy what goes through."""
    outputs, masks = _forward(network, batch)
    network.loss.forward(outputs[-1], batch.labels)
    gradients = _backward(network)
    starts = [k for k, layer in enumerate(network.layers) if isinstance(layer, Linear)]
    ends = [*(k - 1 for k in starts[1:]), len(network.layers) - 1]
    steps: list[LayerStep] = []
    for i, (k, end, linear) in enumerate(zip(starts, ends, network.linear_layers, strict=True)):
        hidden = end > k
        steps.append(
            LayerStep(
                activation=network.layers[k + 1] if hidden else None,
                inputs=outputs[k - 1] if k else batch.images,
                sums=outputs[k],
                activations=outputs[k + 1] if hidden else softmax(outputs[k]),
                mask=masks.get(end),
                weight=linear.weight.value,
                bias=linear.bias.value,
                new_weight=after[2 * i],
                new_bias=after[2 * i + 1],
                weight_gradient=linear.weight.gradient,
                bias_gradient=linear.bias.gradient,
                inputs_gradient=gradients[k],
                outputs_gradient=gradients[end + 1] if hidden else None,
                sums_gradient=gradients[k + 1],
            )
        )
    return tuple(steps)


def _forward(network: Network, batch: StepBatch) -> tuple[list[FloatArray], dict[int, FloatArray]]:
    """Return the output of every layer, and the mask of every one that drops units."""
    outputs: list[FloatArray] = []
    masks: dict[int, FloatArray] = {}
    x: FloatArray = batch.images
    for k, layer in enumerate(network.layers):
        if isinstance(layer, Dropout) and layer.rate:
            masks[k] = layer.forward(np.ones_like(x), training=True).copy()
            x = x * masks[k]
        else:
            x = layer.forward(x, training=True).copy()
        outputs.append(x)
    return outputs, masks


def _backward(network: Network) -> list[FloatArray]:
    """Return the gradient with respect to the images, then to the output of every layer."""
    gradient: FloatArray | None = network.loss.backward()
    gradients: list[FloatArray] = []
    for layer in reversed(network.layers):
        assert gradient is not None
        gradients.append(gradient.copy())
        gradient = layer.backward(gradient)
    assert gradient is not None
    return [gradient, *reversed(gradients)]


@np.errstate(all="ignore")
def numeric_gradient(step: OneStep, layer: int, row: int, unit: int) -> float:
    """Return the derivative of the objective by a weight, by a central difference in float64.

    What the higher weight adds is followed through the layers on its own: the difference of two
    losses of 2.3 would know nothing of a gradient of 1e-10, as weights that are too small have.

    Parameters
    ----------
    step : OneStep
        The masks of its dropout are kept.
    layer : int
        Which linear layer, from 0.
    row : int
        Which input the weight is for; as many as there are inputs for the unit's bias.
    unit : int
        Which unit it leads to.

    Returns
    -------
    float
        (L(w + h) - L(w - h)) / 2h with h = 1e-6.
    """
    x: FloatArray = step.batch.images.astype(np.float64)
    for each in step.layers[:layer]:
        x = _pass_on(each, x @ each.weight.astype(np.float64) + each.bias)
    own = step.layers[layer]
    sums = x @ own.weight.astype(np.float64) + own.bias
    direction = x[:, row] if row < x.shape[1] else np.ones(len(x))
    sums[:, unit] -= _DIFFERENCE * direction
    added = np.zeros_like(sums)
    added[:, unit] = 2.0 * _DIFFERENCE * direction
    for each, following in itertools.pairwise(step.layers[layer:]):
        passed = _pass_on(each, sums)
        added = _pass_on(each, sums + added) - passed
        weight = following.weight.astype(np.float64)
        sums, added = passed @ weight + following.bias, added @ weight
    # log Σ exp(z + δ) - log Σ exp(z) is log Σ p exp(δ).
    spread = np.log1p((softmax(sums) * np.expm1(added)).sum(axis=1))
    labels = step.batch.labels
    n = len(labels)
    total = spread.sum() - added[np.arange(n), labels].sum() - added[n:].mean(axis=1).sum()
    return float(total) / n / (2.0 * _DIFFERENCE)


def _pass_on(layer: LayerStep, sums: FloatArray) -> FloatArray:
    """Return what a layer gives to the next one: f(Z), masked; of the last one the logits."""
    if layer.activation is None:
        return sums
    passed = layer.activation.forward(sums, training=False)
    return passed if layer.mask is None else passed * layer.mask

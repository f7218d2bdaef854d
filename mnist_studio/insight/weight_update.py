"""How one weight is changed by an update, term by term, as the optimizer's formula has it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from ..nn.optimizers import Adam
from .one_step import OneStep


@dataclass(frozen=True)
class WeightUpdate:
    """The terms of the update of a weight or a bias, in double precision.

    Attributes
    ----------
    weight : float
        Before.
    gradient : float
        Of the mean loss, without the L2 penalty.
    decay : float
        λ / B · w, what L2 adds to it; 0 of a bias.
    new_weight : float
        After; see :mod:`..nn.optimizers` for formulas and sources.
    velocity, new_velocity : float
        Of the momentum methods.
    mean, new_mean, square, new_square : float
        m and v of Adam, the moving averages of gradient and squared gradient.
    mean_corrected, square_corrected : float
        The new ones, divided by 1 - βᵗ.
    """

    weight: float
    gradient: float
    decay: float
    new_weight: float
    velocity: float = 0.0
    new_velocity: float = 0.0
    mean: float = 0.0
    new_mean: float = 0.0
    square: float = 0.0
    new_square: float = 0.0
    mean_corrected: float = 0.0
    square_corrected: float = 0.0

    @property
    def change(self) -> float:
        """What the update adds to the weight."""
        return self.new_weight - self.weight


@np.errstate(all="ignore")
def update_of(step: OneStep, layer: int, row: int, unit: int) -> WeightUpdate:
    """Return how an update changes one weight.

    Parameters
    ----------
    step : OneStep
    layer : int
        Which linear layer, from 0.
    row : int
        Which input the weight is for; as many as there are inputs for the unit's bias.
    unit : int
        Which unit it leads to.
    """
    own, optimizer = step.layers[layer], step.settings.optimizer
    is_bias = row == len(own.weight)
    place = unit if is_bias else (row, unit)
    weight = float((own.bias if is_bias else own.weight)[place])
    gradient = float((own.bias_gradient if is_bias else own.weight_gradient)[place])
    decay = 0.0 if is_bias else step.weight_decay * weight
    index = 2 * layer + is_bias

    def slot(name: str) -> float:
        array = step.state.optimizer.get(f"{name}_{index}")
        return 0.0 if array is None else float(array[place])

    if optimizer in ("adam", "adamw"):
        return _adam(step, weight, gradient, decay, slot("gradients"), slot("squares"))
    regularized = gradient + decay
    if optimizer == "sgd":
        return WeightUpdate(weight, gradient, decay, weight - step.rate * regularized)
    velocity, momentum = slot("velocity"), step.settings.momentum
    new_velocity = momentum * velocity + step.rate * regularized
    ahead = momentum * new_velocity + step.rate * regularized
    change = new_velocity if optimizer == "momentum" else ahead
    return WeightUpdate(
        weight,
        gradient,
        decay,
        weight - change,
        velocity=velocity,
        new_velocity=new_velocity,
    )


def _adam(
    step: OneStep, weight: float, gradient: float, decay: float, summed: float, squared: float
) -> WeightUpdate:
    """Return the update by Adam or AdamW, given the discounted sums that the optimizer keeps."""
    beta1, beta2 = Adam.beta1, Adam.beta2
    decoupled = step.settings.optimizer == "adamw"
    used = gradient if decoupled else gradient + decay
    mean, square = (1 - beta1) * summed, (1 - beta2) * squared
    new_mean = beta1 * mean + (1 - beta1) * used
    new_square = beta2 * square + (1 - beta2) * used * used
    mean_corrected = new_mean / (1 - beta1**step.optimizer_step)
    square_corrected = new_square / (1 - beta2**step.optimizer_step)
    root = math.sqrt(square_corrected) if square_corrected >= 0 else math.nan
    shrunk = weight - step.rate * decay if decoupled else weight
    return WeightUpdate(
        weight,
        gradient,
        decay,
        shrunk - step.rate * mean_corrected / (root + Adam.epsilon),
        mean=mean,
        new_mean=new_mean,
        square=square,
        new_square=new_square,
        mean_corrected=mean_corrected,
        square_corrected=square_corrected,
    )

"""Optimizers: how gradients change the parameters.

Two conventions keep an update to few passes over the weights, which is what it costs:

- The learning rate is folded into the gradient where it is still small. An optimizer asks for
  the gradient of ``gradient_scale(learning_rate) * loss``; the loss scales its n x classes
  gradient, and the chain rule carries the factor everywhere. Plain SGD then only subtracts.
- L2 regularization is applied here, as weight decay, and to weights only. The penalty
  lambda / (2 batch_size) Σ w² has the gradient lambda / batch_size * w, so the `weight_decay` to
  pass is lambda / batch_size.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt

from .arrays import FloatArray, Scratch
from .layers import Parameter

# Updates between two looks for what has faded out of the arrays that are kept; each costs a few
# passes over them, and 0.9 ** 800 is as far as a number can fade.
_FADING = 256


class Optimizer(ABC):
    """Changes parameters in place, one step at a time.

    Parameters
    ----------
    parameters
        What to change. Their gradients are only read.
    """

    slots: tuple[str, ...] = ()
    """Names of the arrays kept for each parameter from step to step."""

    def __init__(self, parameters: Sequence[Parameter]) -> None:
        self.parameters = tuple(parameters)
        self.steps = 0
        self._slots = {
            name: [np.zeros_like(parameter.value) for parameter in self.parameters]
            for name in self.slots
        }
        self._scratch = [Scratch() for _ in self.parameters]

    def gradient_scale(self, learning_rate: float) -> float:
        """Return the factor by which the loss is to be multiplied before ``backward``."""
        return 1.0

    def step(self, learning_rate: float, weight_decay: float = 0.0, momentum: float = 0.0) -> None:
        """Update every parameter from its gradient.

        Parameters
        ----------
        learning_rate
            The same that ``gradient_scale`` was given for these gradients.
        weight_decay
            Factor of w in the gradient of the L2 penalty: lambda / batch_size.
        momentum
            Share of the last update that is kept, from 0 to 1; used by the momentum methods. May
            change from step to step.
        """
        self.steps += 1
        self._update(float(learning_rate), float(weight_decay), float(momentum))
        if self.steps % _FADING == 0:
            self._forget_what_faded()

    @abstractmethod
    def _update(self, learning_rate: float, weight_decay: float, momentum: float) -> None:
        """Do the work of ``step``."""

    def _forget_what_faded(self) -> None:
        """Set to zero what is below the smallest normal number.

        The velocity of a weight whose pixel is black in nearly every image, or whose unit is dead,
        halves every few steps, but never to zero: rounded up, the smallest number stays what it is.
        With such numbers processors work more slowly, some of them many times; no weight of
        usual size feels them.
        """
        for slot in self._slots.values():
            for array in slot:
                array *= np.abs(array) >= np.finfo(array.dtype).tiny

    def _regularized_gradient(self, i: int, decay: float) -> FloatArray:
        """Return gradient + decay * w of parameter `i`, in scratch memory where they differ."""
        parameter = self.parameters[i]
        if decay == 0.0 or not parameter.decays:
            return parameter.gradient
        regularized = self._scratch[i].like(parameter.value)
        np.multiply(parameter.value, decay, out=regularized)
        regularized += parameter.gradient
        return regularized

    def state(self) -> dict[str, npt.NDArray[Any]]:
        """Return copies of everything needed to continue exactly, by name."""
        return {name: array.copy() for name, array in self.shared_state().items()}

    def shared_state(self) -> dict[str, npt.NDArray[Any]]:
        """Return what :meth:`state` does, but the arrays themselves: the next step changes them."""
        arrays: dict[str, npt.NDArray[Any]] = {"steps": np.array(self.steps, np.int64)}
        for name, slot in self._slots.items():
            arrays |= {f"{name}_{i}": array for i, array in enumerate(slot)}
        return arrays

    def load_state(self, state: Mapping[str, npt.NDArray[Any]]) -> None:
        """Continue from what ``state`` returned.

        Raises
        ------
        ValueError
            If the state belongs to another optimizer or another network; nothing is changed then.
        """
        own = self.state()
        if {k: v.shape for k, v in own.items()} != {k: np.shape(v) for k, v in state.items()}:
            raise ValueError(
                "The saved optimizer state is of another optimizer or network; "
                "choose the ones it was saved with."
            )
        self.steps = int(state["steps"])
        for name, slot in self._slots.items():
            for i, array in enumerate(slot):
                array[...] = state[f"{name}_{i}"]


def _shrink_weights(parameters: Sequence[Parameter], factor: float) -> None:
    """Multiply everything that decays by a factor; by 1 costs nothing."""
    if factor != 1.0:
        for parameter in parameters:
            if parameter.decays:
                parameter.value *= factor


class SGD(Optimizer):
    """Stochastic gradient descent: w -= learning_rate * (g + weight_decay * w)."""

    def gradient_scale(self, learning_rate: float) -> float:
        """Return the learning rate: gradients arrive as the update itself."""
        return learning_rate

    def _update(self, learning_rate: float, weight_decay: float, momentum: float) -> None:
        _shrink_weights(self.parameters, 1.0 - learning_rate * weight_decay)
        for parameter in self.parameters:
            parameter.value -= parameter.gradient


class Momentum(Optimizer):
    """SGD with momentum (Polyak's heavy ball), the learning rate inside the velocity.

    v = momentum * v + learning_rate * (g + weight_decay * w), then w -= v (Sutskever and others:
    On the importance of initialization and momentum in deep learning, 2013, equations 1 and 2).
    """

    slots = ("velocity",)

    def gradient_scale(self, learning_rate: float) -> float:
        """Return the learning rate: gradients arrive ready to be added to the velocity."""
        return learning_rate

    def _update(self, learning_rate: float, weight_decay: float, momentum: float) -> None:
        for i, parameter in enumerate(self.parameters):
            gradient = self._regularized_gradient(i, learning_rate * weight_decay)
            velocity = self._slots["velocity"][i]
            velocity *= momentum
            velocity += gradient
            parameter.value -= velocity


class Nesterov(Momentum):
    """Momentum that looks ahead: after v is updated as there, w -= momentum * v + the new part.

    The gradient is taken at the point that the kept part of the velocity has already led to
    (Bengio, Boulanger-Lewandowski, Pascanu: Advances in optimizing recurrent networks, 2013,
    equation 7).
    """

    def _update(self, learning_rate: float, weight_decay: float, momentum: float) -> None:
        for i, parameter in enumerate(self.parameters):
            gradient = self._regularized_gradient(i, learning_rate * weight_decay)
            velocity = self._slots["velocity"][i]
            velocity *= momentum
            velocity += gradient
            parameter.value -= gradient
            scratch = self._scratch[i].like(velocity)
            parameter.value -= np.multiply(velocity, momentum, out=scratch)


class Adam(Optimizer):
    """Adaptive moments (Kingma, Ba: Adam, 2015, algorithm 1), L2 added to the gradient.

    The averages m and v are kept as plain discounted sums, M = β1 M + g and V = β2 V + g². The
    factors 1 - β1 and 1 - β2 and both bias corrections are then two numbers a step instead of
    two more passes over the weights:

    m̂ / (√v̂ + ε) = r M / (√V + ε / c) with c = √((1 - β2) / (1 - β2ᵗ)) and
    r = (1 - β1) / (1 - β1ᵗ) / c.
    """

    slots = ("gradients", "squares")
    beta1 = 0.9
    beta2 = 0.999
    epsilon = 1e-8

    def _update(self, learning_rate: float, weight_decay: float, momentum: float) -> None:
        c = math.sqrt((1.0 - self.beta2) / (1.0 - self.beta2**self.steps))
        rate = learning_rate * (1.0 - self.beta1) / (1.0 - self.beta1**self.steps) / c
        epsilon = self.epsilon / c
        for i, parameter in enumerate(self.parameters):
            gradient = self._regularized_gradient(i, weight_decay)
            gradients, squares = self._slots["gradients"][i], self._slots["squares"][i]
            update = self._scratch[i].like(gradient)

            gradients *= self.beta1
            gradients += gradient
            squares *= self.beta2
            squares += np.multiply(gradient, gradient, out=update)

            np.sqrt(squares, out=update)
            update += epsilon
            np.divide(gradients, update, out=update)
            update *= rate
            parameter.value -= update


class AdamW(Adam):
    """Adam with decoupled weight decay: w shrinks by learning_rate * weight_decay in every step.

    Loshchilov, Hutter: Decoupled weight decay regularization (2019), algorithm 2.
    """

    def _update(self, learning_rate: float, weight_decay: float, momentum: float) -> None:
        _shrink_weights(self.parameters, 1.0 - learning_rate * weight_decay)
        super()._update(learning_rate, 0.0, momentum)


OPTIMIZERS: Mapping[str, type[Optimizer]] = MappingProxyType(
    {"sgd": SGD, "momentum": Momentum, "nesterov": Nesterov, "adam": Adam, "adamw": AdamW}
)

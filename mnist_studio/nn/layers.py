"""The layers of a fully connected network, each with its forward and its backward pass.

Every layer follows one pattern. ``forward`` turns a batch x of shape (n, inputs) into one of shape
(n, outputs). ``backward`` is given the gradient of the loss with respect to that output, stores
the gradients of its own parameters and returns the gradient with respect to x (the chain rule).

While training, results live in scratch arrays that the next batch overwrites. With
``training=False`` a layer allocates what it returns and leaves its own state alone, so predictions
may run beside a training step.
"""

from __future__ import annotations

import copy
from abc import ABC, abstractmethod

import numpy as np

from .arrays import FloatArray, Scratch


class Parameter:
    """An array that is learned, and the gradient of the loss with respect to it.

    Parameters
    ----------
    value
        The starting values; changed in place by the optimizer.
    decays
        Whether L2 regularization applies: yes for weights, no for biases.
    """

    def __init__(self, value: FloatArray, decays: bool) -> None:
        self.value = value
        # Unlike zeros_like, this costs nothing until it is written: predictions never do.
        self.gradient = np.zeros(value.shape, value.dtype)
        self.decays = decays


class Layer(ABC):
    """One step of the network's computation."""

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """What the optimizer may change; empty for most layers."""
        return ()

    def copy(self) -> Layer:
        """Return a layer that computes the same, with parameters and memory of its own."""
        return type(self)()

    @abstractmethod
    def forward(self, x: FloatArray, training: bool) -> FloatArray:
        """Compute the layer's output.

        Parameters
        ----------
        x
            Shape (n, inputs). Must stay unchanged until ``backward`` when training.
        training
            Whether ``backward`` will follow; also what turns dropout on.

        Returns
        -------
        FloatArray
            Shape (n, outputs), of the type of `x`. When training, valid until the next batch.
        """

    @abstractmethod
    def backward(self, grad: FloatArray, need_input_gradient: bool = True) -> FloatArray | None:
        """Propagate the gradient of the loss from the output of the last ``forward`` to its input.

        Parameters
        ----------
        grad
            Gradient with respect to the output, shape (n, outputs). May be overwritten.
        need_input_gradient
            False saves work in the first layer, where nobody asks how to change the pixels.

        Returns
        -------
        FloatArray or None
            Gradient with respect to the input, shape (n, inputs); None where it was not needed
            and would have cost something.
        """


class Linear(Layer):
    """Fully connected layer: y = x W + b.

    Parameters
    ----------
    weight
        W, shape (inputs, outputs).
    bias
        b, shape (outputs,); zeros if None.
    """

    def __init__(self, weight: FloatArray, bias: FloatArray | None = None) -> None:
        if bias is None:
            bias = np.zeros(weight.shape[1], weight.dtype)
        self.weight = Parameter(weight, decays=True)
        self.bias = Parameter(bias, decays=False)
        self._input: FloatArray = np.empty(0, weight.dtype)
        self._output = Scratch()
        self._input_gradient = Scratch()

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """Weight and bias."""
        return self.weight, self.bias

    def copy(self) -> Linear:
        """Return a layer with copies of weight and bias."""
        return Linear(self.weight.value.copy(), self.bias.value.copy())

    def forward(self, x: FloatArray, training: bool) -> FloatArray:
        """Compute x W + b."""
        out: FloatArray | None = None
        if training:
            self._input = x
            out = self._output.get((len(x), self.bias.value.size), x.dtype)
        y: FloatArray = np.dot(x, self.weight.value, out=out)
        y += self.bias.value
        return y

    def backward(self, grad: FloatArray, need_input_gradient: bool = True) -> FloatArray | None:
        """Store dL/dW = xᵀ grad and dL/db = Σ grad, return dL/dx = grad Wᵀ."""
        np.dot(self._input.T, grad, out=self.weight.gradient)
        np.add.reduce(grad, axis=0, out=self.bias.gradient)
        if not need_input_gradient:
            return None
        input_gradient = self._input_gradient.like(self._input)
        return np.dot(grad, self.weight.value.T, out=input_gradient)


class ReLU(Layer):
    """Rectified linear unit: y = max(x, 0)."""

    def __init__(self) -> None:
        self._mask: FloatArray = np.empty(0)
        self._mask_memory = Scratch()
        self._output = Scratch()

    def forward(self, x: FloatArray, training: bool) -> FloatArray:
        """Compute max(x, 0), when training as x times its mask, which ``backward`` needs too."""
        if not training:
            return np.maximum(x, 0)
        # Zeros and ones of x's own type: NumPy multiplies these twice as fast as booleans.
        self._mask = np.greater(x, 0, out=self._mask_memory.like(x))
        return np.multiply(x, self._mask, out=self._output.like(x))

    def backward(self, grad: FloatArray, need_input_gradient: bool = True) -> FloatArray:
        """Let the gradient pass where the input was positive."""
        grad *= self._mask
        return grad

    def derivative_at(self, y: FloatArray) -> FloatArray:
        """Return the derivative where the output is y, which is 1 or 0."""
        return np.greater(y, 0).astype(y.dtype)


class SmoothActivation(Layer):
    """A function of every element, with its derivative expressed by its output y = f(x)."""

    def __init__(self) -> None:
        self._output: FloatArray = np.empty(0)
        self._output_memory = Scratch()
        self._slope = Scratch()

    def forward(self, x: FloatArray, training: bool) -> FloatArray:
        """Apply the function to every element."""
        if not training:
            out = np.empty_like(x)
        else:
            out = self._output = self._output_memory.like(x)
        self._function(x, out)
        return out

    def backward(self, grad: FloatArray, need_input_gradient: bool = True) -> FloatArray:
        """Multiply the gradient by the derivative."""
        slope = self._slope.like(self._output)
        self._derivative(self._output, slope)
        grad *= slope
        return grad

    def derivative_at(self, y: FloatArray) -> FloatArray:
        """Return the derivative where the output is y."""
        slope = np.empty_like(y)
        self._derivative(y, slope)
        return slope

    @abstractmethod
    def _function(self, x: FloatArray, out: FloatArray) -> None:
        """Write f(x) into `out`."""

    @abstractmethod
    def _derivative(self, y: FloatArray, out: FloatArray) -> None:
        """Write f'(x), computed from y = f(x), into `out`."""


class LeakyReLU(SmoothActivation):
    """Like ReLU, with a slight slope left of zero: y = max(x, slope * x).

    Parameters
    ----------
    slope
        Between 0 and 1; a unit with a negative input still learns.
    """

    def __init__(self, slope: float = 0.01) -> None:
        super().__init__()
        self.slope = slope

    def copy(self) -> LeakyReLU:
        """Return a layer with the same slope."""
        return LeakyReLU(self.slope)

    def _function(self, x: FloatArray, out: FloatArray) -> None:
        np.multiply(x, self.slope, out=out)
        np.maximum(x, out, out=out)

    def _derivative(self, y: FloatArray, out: FloatArray) -> None:
        np.greater(y, 0, out=out)
        out *= 1.0 - self.slope
        out += self.slope


class Sigmoid(SmoothActivation):
    """Logistic function: y = 1 / (1 + exp(-x)), y' = y (1 - y)."""

    def _function(self, x: FloatArray, out: FloatArray) -> None:
        # The same function as (1 + tanh(x / 2)) / 2, which cannot overflow.
        np.multiply(x, 0.5, out=out)
        np.tanh(out, out=out)
        out += 1.0
        out *= 0.5

    def _derivative(self, y: FloatArray, out: FloatArray) -> None:
        np.subtract(1.0, y, out=out)
        out *= y


class Tanh(SmoothActivation):
    """Hyperbolic tangent: y = tanh(x), y' = 1 - y²."""

    def _function(self, x: FloatArray, out: FloatArray) -> None:
        np.tanh(x, out=out)

    def _derivative(self, y: FloatArray, out: FloatArray) -> None:
        np.multiply(y, y, out=out)
        np.subtract(1.0, out, out=out)


class Dropout(Layer):
    """Zero a random part of the units while training and scale up the rest.

    The scaling keeps the expected value, so that nothing is to be done when predicting (inverted
    dropout; Srivastava and others: Dropout, 2014, section 10).

    Parameters
    ----------
    rate
        Probability with which a unit is dropped, at least 0 and below 1, in steps of 1 / 65,536.
        At 0 no random numbers are drawn.
    rng
        Source of the random masks.
    """

    _LEVELS = 1 << 16

    def __init__(self, rate: float, rng: np.random.Generator) -> None:
        self.rate = rate
        self.rng = rng
        self._mask: FloatArray | None = None
        self._mask_memory = Scratch()
        self._output = Scratch()

    @property
    def rate(self) -> float:
        """Probability with which a unit is dropped; may be changed between batches."""
        return self._rate

    @rate.setter
    def rate(self, rate: float) -> None:
        if not 0.0 <= rate < 1.0:
            raise ValueError(f"The dropout rate is {rate}; it must be at least 0 and below 1.")
        self._rate = rate

    def copy(self) -> Dropout:
        """Return a layer that draws the same masks from now on, from a source of its own."""
        return Dropout(self.rate, copy.deepcopy(self.rng))

    def forward(self, x: FloatArray, training: bool) -> FloatArray:
        """Multiply by a fresh random mask when training, do nothing when not."""
        if not training:
            return x
        if self.rate == 0.0:
            self._mask = None
            return x
        # Two random bytes a unit: four times as fast as a random float a unit.
        noise = np.frombuffer(self.rng.bytes(2 * x.size), np.uint16).reshape(x.shape)
        dropped = min(round(self.rate * self._LEVELS), self._LEVELS - 1)
        self._mask = np.greater_equal(noise, dropped, out=self._mask_memory.like(x))
        self._mask *= self._LEVELS / (self._LEVELS - dropped)
        return np.multiply(x, self._mask, out=self._output.like(x))

    def backward(self, grad: FloatArray, need_input_gradient: bool = True) -> FloatArray:
        """Multiply by the same mask."""
        if self._mask is not None:
            grad *= self._mask
        return grad

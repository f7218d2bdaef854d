"""Starting values for the weights of a linear layer; biases always start at zero."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np

from .arrays import FloatArray

Initializer = Callable[[int, int, np.random.Generator], FloatArray]
"""Makes float32 weights of shape (inputs, outputs) from those two numbers and a generator."""


def _gaussian(
    inputs: int, outputs: int, rng: np.random.Generator, standard_deviation: float
) -> FloatArray:
    weight = rng.standard_normal((inputs, outputs), dtype=np.float32)
    weight *= standard_deviation
    return weight


def he(inputs: int, outputs: int, rng: np.random.Generator) -> FloatArray:
    """Draw from N(0, 2 / inputs), which keeps the scale of signals through ReLU layers.

    He, Zhang, Ren, Sun: Delving Deep into Rectifiers (2015), equation 10.
    """
    return _gaussian(inputs, outputs, rng, math.sqrt(2.0 / inputs))


def glorot(inputs: int, outputs: int, rng: np.random.Generator) -> FloatArray:
    """Draw from N(0, 2 / (inputs + outputs)), made for sigmoid and tanh layers.

    Glorot, Bengio: Understanding the difficulty of training deep feedforward neural networks
    (2010), equation 12.
    """
    return _gaussian(inputs, outputs, rng, math.sqrt(2.0 / (inputs + outputs)))


def normal(inputs: int, outputs: int, rng: np.random.Generator) -> FloatArray:
    """Draw from N(0, 0.01²): enough for one hidden layer, too small for deep networks."""
    return _gaussian(inputs, outputs, rng, 0.01)


INITIALIZERS: Mapping[str, Initializer] = MappingProxyType(
    {"he": he, "glorot": glorot, "normal": normal}
)

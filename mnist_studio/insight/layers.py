"""The numbers in every layer of a network: weights, biases, activations and gradients.

Layers are counted as the network's linear layers are, from 0; the last one gives the logits.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ..data.pixels import unit_range
from ..nn.arrays import FloatArray
from ..nn.layers import ReLU, Sigmoid, Tanh
from ..nn.network import Network

# Images that a network is looked at with: more change nothing that can be seen.
IMAGES = 500
BINS = 41  # an odd number, so that what is even around zero has a bin in its middle
_REACH = 4.0  # standard deviations that a histogram reaches at most
# An activation is saturated where its slope is below a twentieth of the steepest. That of tanh is
# 1 - y², and sigmoid is the same function, squeezed: y = (1 + tanh(x / 2)) / 2.
_FLAT = math.sqrt(1 - 1 / 20)


class Numbers(NamedTuple):
    """What is in a layer.

    Attributes
    ----------
    weights : ndarray of float32, shape (inputs, outputs)
    biases : ndarray of float32, shape (outputs,)
    activations : ndarray of float32, shape (images, outputs)
        After the activation function; of the last layer the logits.
    gradients : ndarray of float32, shape (inputs, outputs)
        Of the mean loss over the images, without penalty, with respect to the weights.
    """

    weights: FloatArray
    biases: FloatArray
    activations: FloatArray
    gradients: FloatArray


class Histogram(NamedTuple):
    """How numbers are spread, now and at the start.

    What lies beyond the bins or is not finite is left out.

    Attributes
    ----------
    edges : ndarray of float64, shape (BINS + 1,)
    now : ndarray of int64, shape (BINS,)
    start : ndarray of int64, shape (BINS,), optional
        None if nobody knows the start.
    size : float
        Root mean square of the finite numbers now; NaN without any.
    """

    edges: npt.NDArray[np.float64]
    now: npt.NDArray[np.int64]
    start: npt.NDArray[np.int64] | None
    size: float


class Probe(NamedTuple):
    """A network looked at with a few images, by a forward and a backward pass.

    Attributes
    ----------
    layers : tuple of Numbers
    gradient_norms : ndarray of float64, shape (layers,)
        Over weights and biases together, as a run records them.
    silent : tuple of float
        Share of each hidden layer's units that answer zero to every image; NaN where the
        activation function has no zero to rest at.
    saturated : tuple of float
        Share of each hidden layer's activations where sigmoid or tanh are flat, so that hardly any
        gradient passes; NaN for other functions.
    """

    layers: tuple[Numbers, ...]
    gradient_norms: npt.NDArray[np.float64]
    silent: tuple[float, ...]
    saturated: tuple[float, ...]


@dataclass(frozen=True, eq=False)
class LayerFigures:
    """One layer.

    Attributes
    ----------
    weights, biases, activations, gradients : Histogram
        See :class:`Numbers`.
    gradient_norm : float
    silent, saturated : float
        See :class:`Probe`; NaN for the last layer.
    """

    weights: Histogram
    biases: Histogram
    activations: Histogram
    gradients: Histogram
    gradient_norm: float
    silent: float = math.nan
    saturated: float = math.nan

    @property
    def histograms(self) -> tuple[Histogram, Histogram, Histogram, Histogram]:
        """Of weights, biases, activations and gradients."""
        return self.weights, self.biases, self.activations, self.gradients


def probe(network: Network, images: npt.NDArray[np.uint8], labels: npt.NDArray[np.uint8]) -> Probe:
    """Look at a network; it is not changed.

    Parameters
    ----------
    network : Network
        May be frozen, and in use elsewhere.
    images : ndarray of uint8, shape (n, inputs)
    labels : ndarray of uint8, shape (n,)
    """
    mine = network.copy()  # a backward pass writes into the layers
    mine.dropout = 0.0
    pixels = unit_range(images)
    with np.errstate(all="ignore"):
        activations = mine.activations(pixels)
        mine.loss.forward(mine.forward(pixels, training=True), labels)
        mine.backward(mine.loss.backward())
        norms = mine.gradient_norms()
    layers = tuple(
        Numbers(layer.weight.value, layer.bias.value, activation, layer.weight.gradient)
        for layer, activation in zip(mine.linear_layers, activations, strict=True)
    )
    # The layer after a linear one is its activation function.
    functions = [mine.layers[mine.layers.index(layer) + 1] for layer in mine.linear_layers[:-1]]
    pairs = list(zip(functions, activations[:-1], strict=True))
    silent = tuple(
        silent_share(y) if isinstance(function, ReLU) else math.nan for function, y in pairs
    )
    saturated = tuple(
        saturated_share(y if isinstance(function, Tanh) else 2 * y - 1)
        if isinstance(function, Tanh | Sigmoid)
        else math.nan
        for function, y in pairs
    )
    return Probe(layers, norms, silent, saturated)


def silent_share(activations: FloatArray) -> float:
    """Return the share of the units, columns of (images, units), that are zero for every image."""
    return float((activations == 0).all(axis=0).mean())


def saturated_share(activations: FloatArray) -> float:
    """Return the share of tanh's outputs, any shape, at which it has less than 1/20 of its slope.

    Whether units sit at their limits is how Glorot and Bengio (Understanding the difficulty of
    training deep feedforward neural networks, 2010, section 3) tell that a network does not learn.
    """
    return float((np.abs(activations) > _FLAT).mean())


def figures_of(now: Probe, start: Probe | None) -> tuple[LayerFigures, ...]:
    """Return what is shown of each layer of a network, against the one that it began as."""
    figures = []
    shares = zip((*now.silent, math.nan), (*now.saturated, math.nan), strict=True)
    for index, (silent, saturated) in enumerate(shares):
        here, before = now.layers[index], start and start.layers[index]
        figures.append(
            LayerFigures(
                weights=histogram(here.weights, before and before.weights),
                biases=histogram(here.biases, before and before.biases),
                activations=histogram(here.activations, before and before.activations),
                gradients=histogram(here.gradients, before and before.gradients),
                gradient_norm=float(now.gradient_norms[index]),
                silent=silent,
                saturated=saturated,
            )
        )
    return tuple(figures)


def histogram(now: FloatArray, start: FloatArray | None = None) -> Histogram:
    """Return how numbers are spread, in bins that both fit into.

    The bins reach over all of them, but no further than four standard deviations from the mean of
    either, so that a few far ones, which are left out, do not squeeze the rest into one bin.
    """
    arrays = [_finite(each) for each in (now, start) if each is not None]
    bounds = [_bounds(each) for each in arrays if each.size] or [(0.0, 0.0)]
    low, high = min(low for low, _ in bounds), max(high for _, high in bounds)
    if not high > low:
        around = 0.5 * abs(low) or 0.5
        low, high = low - around, high + around
    counts = [_counts(each, low, high) for each in arrays]
    finite = arrays[0]
    size = math.sqrt(float(np.square(finite, dtype=np.float64).mean())) if finite.size else math.nan
    edges = np.linspace(low, high, BINS + 1)
    return Histogram(edges, counts[0], counts[1] if start is not None else None, size)


def _finite(array: FloatArray) -> FloatArray:
    flat = array.reshape(-1)
    finite = np.isfinite(flat)
    return flat if finite.all() else flat[finite]


def _bounds(values: FloatArray) -> tuple[float, float]:
    mean = float(values.mean(dtype=np.float64))
    reach = _REACH * float(values.std(dtype=np.float64))
    return max(float(values.min()), mean - reach), min(float(values.max()), mean + reach)


def _counts(values: FloatArray, low: float, high: float) -> npt.NDArray[np.int64]:
    # In double precision, or NumPy refuses a range that single precision cannot divide into bins.
    bounds = np.float64(low), np.float64(high)
    return np.asarray(np.histogram(values, BINS, bounds)[0], np.int64)

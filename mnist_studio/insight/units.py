"""What the units of a hidden layer look for, answer to, and speak for.

Layers are counted from 0, the first hidden one, to one less than their number.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ..data.pixels import unit_range
from ..nn.arrays import FloatArray
from ..nn.layers import ReLU, Sigmoid, SmoothActivation
from ..nn.network import Network

# Images over which the gradients of deeper units are averaged: more changes nothing to be seen.
AVERAGED = 100
BINS = 24
_AT_ONCE = 10  # images whose gradients are held in memory together


def filters(network: Network, layer: int, images: npt.NDArray[np.uint8]) -> FloatArray:
    """Return what excites each unit of a layer, pixel by pixel, shape (units, inputs).

    Of the first layer these are its weights. Of a deeper one it is the gradient of the unit's
    activation with respect to the pixels (Simonyan and others: Deep inside convolutional
    networks, 2013), averaged over the first `AVERAGED` images, of shape (n, inputs): no fixed
    pattern, but what the unit looks for in images like these.
    """
    linear = network.linear_layers
    if layer == 0:
        return np.ascontiguousarray(linear[0].weight.value.T)
    slopes = _slopes(network, images[:AVERAGED])
    total = np.zeros((linear[layer].bias.value.size, linear[0].weight.value.shape[0]), np.float32)
    count = len(slopes[0])
    for start in range(0, count, _AT_ONCE):
        here = slice(start, start + _AT_ONCE)
        # From the units back to the pixels; shape (images, units, inputs of the layer).
        gradient = slopes[layer][here, :, np.newaxis] * linear[layer].weight.value.T
        for below in range(layer - 1, -1, -1):
            gradient *= slopes[below][here, np.newaxis, :]
            if below:
                gradient = gradient @ linear[below].weight.value.T
        # All of these images end at the same first weights: one product for their sum.
        total += gradient.sum(axis=0) @ linear[0].weight.value.T
    return total / max(1, count)


def speaks_for(
    network: Network, layer: int, unit: int, images: npt.NDArray[np.uint8]
) -> FloatArray:
    """Return by how much each logit rises with a unit's activation, shape (classes,).

    Of the last hidden layer these are its outgoing weights; of others the derivative, averaged
    over the first `AVERAGED` images.
    """
    linear = network.linear_layers
    rows = linear[layer + 1].weight.value[unit : unit + 1]
    if layer + 2 < len(linear):
        slopes = _slopes(network, images[:AVERAGED])
        for above in range(layer + 1, len(linear) - 1):
            rows = (rows * slopes[above]) @ linear[above + 1].weight.value
    mean: FloatArray = rows.mean(axis=0)
    return mean


@dataclass(frozen=True, eq=False)
class UnitFigures:
    """How a unit answers to images.

    Attributes
    ----------
    activations : ndarray of float32, shape (n,)
        Of each image.
    means : ndarray of float64, shape (classes,)
        Mean activation by class; NaN of a class without images.
    on : float
        Share of all images for which the unit is on; NaN without images.
    used : ndarray of float64, shape (classes,)
        Share of each class for which it is; NaN of a class without images.
    edges : ndarray of float64, shape (BINS + 1,)
        Of the bins of the histograms.
    histograms : ndarray of int64, shape (classes, BINS)
        Images by class and activation.
    """

    activations: FloatArray
    means: npt.NDArray[np.float64]
    on: float
    used: npt.NDArray[np.float64]
    edges: npt.NDArray[np.float64]
    histograms: npt.NDArray[np.int64]

    @property
    def shares(self) -> npt.NDArray[np.float64]:
        """Histograms as shares of each class, shape (classes, BINS); zeros without images."""
        sizes = np.maximum(self.histograms.sum(axis=1, keepdims=True), 1)
        shares: npt.NDArray[np.float64] = self.histograms / sizes
        return shares

    def exciting(self, count: int) -> npt.NDArray[np.intp]:
        """Return which images excite it most, the strongest first; none if all do alike."""
        return self._first(-self.activations, count)

    def silencing(self, count: int) -> npt.NDArray[np.intp]:
        """Return which images excite it least, the weakest first; none if all do alike."""
        return self._first(self.activations, count)

    def _first(self, order: FloatArray, count: int) -> npt.NDArray[np.intp]:
        """Return where the lowest are; nowhere if there is none, as in a unit that is never on."""
        return np.argsort(order, kind="stable")[: 0 if (order == order[:1]).all() else count]


def rest_of(network: Network, layer: int) -> float:
    """Return what a hidden layer's units give to a sum of zero; above it, they are on."""
    return 0.5 if isinstance(_functions(network)[layer], Sigmoid) else 0.0


def figures_of(
    activations: FloatArray, labels: npt.NDArray[np.uint8], classes: int, rest: float = 0.0
) -> UnitFigures:
    """Return the figures of a unit.

    Parameters
    ----------
    activations : ndarray of float32, shape (n,)
        As :class:`~mnist_studio.training.answers.Answers` has them for a hidden layer.
    labels : ndarray of uint8, shape (n,)
        True classes.
    classes : int
        How many there are.
    rest : float
        See :func:`rest_of`.
    """
    sizes = np.bincount(labels, minlength=classes)
    finite = np.where(np.isfinite(activations), activations, 0.0)
    low, high = (float(finite.min()), float(finite.max())) if len(finite) else (0.0, 0.0)
    edges = np.linspace(low, high if high > low else low + 1.0, BINS + 1)
    with np.errstate(invalid="ignore"):
        means = np.bincount(labels, finite, minlength=classes) / sizes
        used = np.bincount(labels, finite > rest, minlength=classes) / sizes
    on = float((finite > rest).mean()) if len(finite) else math.nan
    histograms = [np.histogram(finite[labels == k], edges)[0] for k in range(classes)]
    return UnitFigures(activations, means, on, used, edges, np.array(histograms, np.int64))


class UnitOrder(StrEnum):
    """In which order units are shown."""

    NUMBER = "number"
    NORM = "norm"  # of the incoming weights, the largest first
    USE = "use"  # share of the images for which they are on, the largest first
    GROUP = "group"  # units that answer to the same images stand together


class OrderedUnits(NamedTuple):
    """Units of a layer.

    Attributes
    ----------
    units : ndarray of int, shape (n,)
        In order.
    groups : ndarray of int, shape (n,)
        The group that each of these is in, counted from 0 and in order; all 0 if there are none.
    """

    units: npt.NDArray[np.intp]
    groups: npt.NDArray[np.intp]


def order_units(
    network: Network, layer: int, activations: FloatArray, order: UnitOrder
) -> OrderedUnits:
    """Return the units of a layer in order.

    Parameters
    ----------
    activations : ndarray of float32, shape (n, units)
        Of the layer, over the images that its use is judged by.
    """
    weight = network.linear_layers[layer].weight.value
    if order is UnitOrder.GROUP:
        return _grouped(activations)
    if order is UnitOrder.NORM:
        units = np.argsort(-np.linalg.norm(weight, axis=0), kind="stable")
    elif order is UnitOrder.USE:
        on = activations > rest_of(network, layer)
        units = np.argsort(-on.mean(axis=0), kind="stable")
    else:
        units = np.arange(weight.shape[1])
    return OrderedUnits(units, np.zeros(len(units), np.intp))


def _grouped(activations: FloatArray) -> OrderedUnits:
    """Sort units by k-means of what they answer to (Lloyd: Least squares quantization, 1982)."""
    rows = activations.T - activations.mean(axis=0)[:, np.newaxis]
    rows = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)
    count = max(1, round(np.sqrt(len(rows) / 2)))
    # Spread over the units as they are, not drawn: the same network gives the same groups.
    centers = rows[np.linspace(0, len(rows) - 1, count).astype(int)]
    group = np.zeros(len(rows), np.intp)
    for _ in range(30):
        nearest = np.argmax(rows @ centers.T - 0.5 * (centers**2).sum(axis=1), axis=1)
        if np.array_equal(nearest, group):
            break
        group = nearest
        for k in np.unique(group):
            centers[k] = rows[group == k].mean(axis=0)
    size = np.bincount(group, minlength=count)[group]
    closeness = np.einsum("ij,ij->i", rows, centers[group])
    units = np.lexsort((-closeness, group, -size))
    changes = np.diff(group[units], prepend=group[units[:1]]) != 0
    return OrderedUnits(units, np.cumsum(changes))


def switched_off(network: Network, layer: int, unit: int) -> Network:
    """Return a copy in which nothing hears a unit any more."""
    changed = network.copy()
    changed.linear_layers[layer + 1].weight.value[unit] = 0.0
    return changed


def with_bias(network: Network, layer: int, unit: int, bias: float) -> Network:
    """Return a copy in which a unit has another bias."""
    changed = network.copy()
    changed.linear_layers[layer].bias.value[unit] = bias
    return changed


def _slopes(network: Network, images: npt.NDArray[np.uint8]) -> list[FloatArray]:
    """Return the derivative of every hidden unit's activation function, each (n, units)."""
    with np.errstate(all="ignore"):
        hidden = network.activations(unit_range(images))[:-1]
    return [each.derivative_at(y) for each, y in zip(_functions(network), hidden, strict=True)]


def _functions(network: Network) -> list[ReLU | SmoothActivation]:
    """Return the activation function of every hidden layer."""
    return [each for each in network.layers if isinstance(each, ReLU | SmoothActivation)]

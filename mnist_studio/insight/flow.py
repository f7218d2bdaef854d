"""What flows through a network for one image: activations and the strongest connections."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..data.pixels import unit_range
from ..nn.arrays import FloatArray
from ..nn.losses import softmax
from ..nn.network import Network

# Connections are looked for among those of so many inputs, so that wide layers take no longer.
_BUSIEST = 64


@dataclass(frozen=True, eq=False)
class Connections:
    """The strongest connections between two layers, of either sign, the weakest of them first.

    Attributes
    ----------
    sources, targets : ndarray of int, shape (n,)
        Which units they join.
    strengths : ndarray of float32, shape (n,)
        Weight times the source's activation, or the weight alone without an image; -1 to 1, as
        shares of the strongest.
    """

    sources: npt.NDArray[np.intp]
    targets: npt.NDArray[np.intp]
    strengths: FloatArray


@dataclass(frozen=True, eq=False)
class Flow:
    """A network at work.

    Attributes
    ----------
    image : ndarray of uint8, shape (28, 28), or None
        What it is shown.
    activations : tuple of ndarray of float32, each of shape (units,)
        The pixels, 0 to 1, what every hidden layer gave, and the probabilities; zeros without an
        image.
    connections : tuple of Connections
        Between each layer and the next.
    """

    image: npt.NDArray[np.uint8] | None
    activations: tuple[FloatArray, ...]
    connections: tuple[Connections, ...]

    @property
    def answer(self) -> int | None:
        """The likeliest class; None without an image, or of a network with spoilt weights."""
        probabilities = self.activations[-1]
        return int(probabilities.argmax()) if probabilities.any() else None


@np.errstate(all="ignore")
def flow_through(network: Network, image: npt.NDArray[np.uint8] | None, most: int) -> Flow:
    """Return what an image makes of a network.

    Parameters
    ----------
    network : Network
        What is not finite in it counts as zero.
    image : ndarray of uint8, shape (28, 28), or None
        None shows the strongest weights of a sample of the units.
    most : int
        Connections of either sign between two layers.
    """
    layers = network.linear_layers
    if image is None:
        sizes = [len(layer.weight.value) for layer in layers]
        activations = [np.zeros(n, np.float32) for n in (*sizes, layers[-1].bias.value.size)]
    else:
        pixels = unit_range(image.reshape(1, -1))
        *hidden, logits = network.activations(pixels)
        outputs = (pixels, *hidden, softmax(logits))
        activations = [np.nan_to_num(each[0], posinf=0.0, neginf=0.0) for each in outputs]
    connections = tuple(
        _strongest(layer.weight.value, None if image is None else inputs, most)
        for layer, inputs in zip(layers, activations[:-1], strict=True)
    )
    return Flow(image, tuple(activations), connections)


@dataclass(frozen=True, eq=False)
class UnitSum:
    """What a unit gives before its activation function, taken apart.

    Attributes
    ----------
    inputs, weights : ndarray of float32, each of shape (n,)
        What the units before it gave, and how much it heeds each.
    bias : float
        Of the unit.
    """

    inputs: FloatArray
    weights: FloatArray
    bias: float

    @property
    def terms(self) -> FloatArray:
        """Each input times its weight, shape (n,)."""
        with np.errstate(all="ignore"):
            return self.inputs * self.weights

    @property
    def total(self) -> float:
        """The sum of all terms and the bias; not finite if the weights have exploded."""
        with np.errstate(all="ignore"):
            return float(self.terms.sum(dtype=np.float64)) + self.bias

    def strongest(self, count: int) -> npt.NDArray[np.intp]:
        """Return which terms are the farthest from zero, the strongest first; those at zero not."""
        size = np.abs(np.nan_to_num(self.terms, posinf=0.0, neginf=0.0))
        order = np.argsort(-size, kind="stable")[:count]
        return order[size[order] > 0]


def sum_of(network: Network, flow: Flow, layer: int, unit: int) -> UnitSum:
    """Return what a unit is given in a flow.

    Parameters
    ----------
    network : Network
        That the flow goes through.
    flow : Flow
        With an image.
    layer : int
        1 is the first hidden layer, the last one the output.
    unit : int
        Of that layer, from 0.
    """
    linear = network.linear_layers[layer - 1]
    weights = linear.weight.value[:, unit]
    return UnitSum(flow.activations[layer - 1], weights, float(linear.bias.value[unit]))


def _strongest(weights: FloatArray, inputs: FloatArray | None, most: int) -> Connections:
    count = min(_BUSIEST, len(weights))
    if inputs is None:
        busiest = np.linspace(0, len(weights) - 1, count).astype(np.intp)
        found = weights[busiest]
    else:
        busiest = np.abs(inputs).argpartition(-count)[-count:]
        found = weights[busiest] * inputs[busiest, None]
    flat = np.nan_to_num(found, posinf=0.0, neginf=0.0).reshape(-1)
    most = min(most, flat.size)
    lowest, highest = flat.argpartition(most - 1)[:most], flat.argpartition(-most)[-most:]
    chosen = np.concatenate([lowest[flat[lowest] < 0], highest[flat[highest] > 0]])
    chosen = chosen[np.abs(flat[chosen]).argsort(kind="stable")]
    rows, targets = np.divmod(chosen, weights.shape[1])
    strongest = np.abs(flat[chosen[-1:]]).max(initial=1e-30)
    return Connections(busiest[rows], targets, flat[chosen] / strongest)

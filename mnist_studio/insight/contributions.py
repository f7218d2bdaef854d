"""Why a network answers so: what each pixel of an image adds to a logit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..nn.arrays import FloatArray
from ..nn.layers import LeakyReLU, SmoothActivation
from ..nn.network import Network


@dataclass(frozen=True, eq=False)
class Contributions:
    """A logit, or the difference of two, taken apart.

    Attributes
    ----------
    pixels : ndarray of float32, shape (inputs,)
        Each pixel times its effective weight, the derivative of the logit by that pixel.
    biases : float
        What the biases of all layers add, each times the derivative of the logit by it.
    logit : float
        What the network gave.
    exact : bool
        Whether the network is made of straight pieces, so that pixels and biases are all there is.
    """

    pixels: FloatArray
    biases: float
    logit: float
    exact: bool

    @property
    def remainder(self) -> float:
        """What pixels and biases leave unexplained: rounding if exact, else curvature."""
        with np.errstate(all="ignore"):  # weights may have exploded
            return self.logit - float(self.pixels.sum(dtype=np.float64)) - self.biases


def contributions_of(
    network: Network, image: FloatArray, answer: int, other: int | None = None
) -> Contributions:
    """Take apart the logit of a class, or by how much it is above that of another one.

    With ReLU, leaky ReLU or no hidden layer at all the network is piecewise linear: around this
    image the logit is an affine function, and the terms add up to it exactly (Srinivas and
    Fleuret: Full-Gradient Representation for Neural Network Visualization, 2019, proposition 1).
    With other activations they are a first-order approximation, gradient times input.

    Parameters
    ----------
    network : Network
        Stays as it is.
    image : ndarray of float32, shape (inputs,)
        As the network sees it, 0 to 1.
    answer : int
        The class.
    other : int, optional
        The class that it is compared with.

    Returns
    -------
    Contributions
        Not finite if the weights have exploded.
    """
    network = network.copy()  # a backward pass leaves its gradients in the layers
    network.dropout = 0.0
    with np.errstate(all="ignore"):
        logits = network.forward(np.asarray(image, np.float32)[np.newaxis], training=True)
        direction = np.zeros_like(logits)
        direction[0, answer] = 1.0
        if other is not None:
            direction[0, other] -= 1.0
        logit = float(np.vdot(direction, logits)) if np.isfinite(logits).all() else np.nan
        weights = network.backward(direction, need_input_gradient=True)
        assert weights is not None
        biases = sum(
            float(np.vdot(layer.bias.value, layer.bias.gradient)) for layer in network.linear_layers
        )
        pixels = (weights[0] * image).astype(np.float32, copy=False)
    return Contributions(pixels, biases, logit, is_piecewise_linear(network))


def is_piecewise_linear(network: Network) -> bool:
    """Return whether all activations of a network are made of straight pieces."""
    curved = (
        layer
        for layer in network.layers
        if isinstance(layer, SmoothActivation) and not isinstance(layer, LeakyReLU)
    )
    return next(curved, None) is None

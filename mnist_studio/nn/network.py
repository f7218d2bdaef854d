"""A fully connected network: layers in a row, ending in a loss.

`Network.train_batch` is one step of training, from images to changed weights.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from .arrays import FloatArray, IntArray, squares
from .initializers import INITIALIZERS
from .layers import Dropout, Layer, LeakyReLU, Linear, ReLU, Sigmoid, Tanh
from .losses import SoftmaxCrossEntropy, softmax
from .optimizers import Optimizer

ACTIVATIONS: Mapping[str, type[Layer]] = MappingProxyType(
    {"relu": ReLU, "leaky_relu": LeakyReLU, "sigmoid": Sigmoid, "tanh": Tanh}
)

# Predictions go through the network in pieces of this many rows, so that activations stay in the
# processor's cache and memory does not grow with the number of images.
_ROWS_AT_ONCE = 500


class Network:
    """Layers applied one after the other, and the loss that they are trained on.

    Training must happen in one thread at a time. Predicting and evaluating use memory of their
    own and may run in any thread; the weights they see are those of that moment, so use a `copy`
    where a consistent set matters while another thread trains.

    Parameters
    ----------
    layers
        The last one gives the logits.
    """

    def __init__(self, layers: Iterable[Layer]) -> None:
        self.layers = tuple(layers)
        self.loss = SoftmaxCrossEntropy()
        self.parameters = tuple(p for layer in self.layers for p in layer.parameters)
        self.linear_layers = tuple(layer for layer in self.layers if isinstance(layer, Linear))

    @classmethod
    def build(
        cls,
        input_size: int,
        hidden: Sequence[tuple[int, str]],
        classes: int,
        initializer: str,
        dropout: float,
        rng: np.random.Generator,
        dropout_rng: np.random.Generator,
    ) -> Network:
        """Make a network of linear layers, each hidden one followed by activation and dropout.

        Parameters
        ----------
        input_size
            Numbers per sample, 784 for MNIST.
        hidden
            Width and activation (a name in `ACTIVATIONS`) of every hidden layer.
        classes
            Number of logits.
        initializer
            A name in `INITIALIZERS`.
        dropout
            Rate of every dropout layer; 0 for none. Can be changed later.
        rng, dropout_rng
            Sources of the first weights and of the dropout masks.
        """
        initialize = INITIALIZERS[initializer]
        layers: list[Layer] = []
        width = input_size
        for next_width, activation in hidden:
            layers.append(Linear(initialize(width, next_width, rng)))
            layers.append(ACTIVATIONS[activation]())
            layers.append(Dropout(dropout, dropout_rng))
            width = next_width
        layers.append(Linear(initialize(width, classes, rng)))
        return cls(layers)

    def train_batch(
        self,
        images: FloatArray,
        labels: IntArray,
        optimizer: Optimizer,
        learning_rate: float,
        weight_decay: float = 0.0,
        momentum: float = 0.0,
    ) -> tuple[float, int]:
        """Do one step of training: forward, loss, backward, update.

        Parameters
        ----------
        images
            Shape (n, inputs).
        labels
            Shape (n,), whole numbers from 0 to classes - 1; of the first n of more images, the
            others of which belong to no class.
        optimizer
            Made for this network's parameters.
        learning_rate, weight_decay, momentum
            As `Optimizer.step` takes them.

        Returns
        -------
        tuple[float, int]
            The mean loss before the update, without the L2 penalty, and the number of samples
            that were classified correctly.
        """
        logits = self.forward(images, training=True)
        loss, correct = self.loss.forward(logits, labels)
        self.backward(self.loss.backward(optimizer.gradient_scale(learning_rate)))
        optimizer.step(learning_rate, weight_decay, momentum)
        return loss, correct

    def forward(self, x: FloatArray, training: bool) -> FloatArray:
        """Compute the logits, shape (n, classes), of a batch of shape (n, inputs)."""
        for layer in self.layers:
            x = layer.forward(x, training)
        return x

    def backward(
        self, grad: FloatArray | None, need_input_gradient: bool = False
    ) -> FloatArray | None:
        """Store every parameter's gradient, given the gradient with respect to the logits.

        Parameters
        ----------
        grad
            Shape (n, classes). May be overwritten.
        need_input_gradient
            Whether somebody asks how to change the pixels; training does not.

        Returns
        -------
        FloatArray or None
            Gradient with respect to the images, shape (n, inputs), if it was needed.
        """
        for layer in reversed(self.layers):
            assert grad is not None
            first = layer is self.layers[0]
            grad = layer.backward(grad, need_input_gradient=need_input_gradient or not first)
        return grad

    @np.errstate(all="ignore")
    def predict_probabilities(self, x: npt.ArrayLike) -> FloatArray:
        """Compute the probability of every class for every row of x.

        Parameters
        ----------
        x
            Shape (n, inputs).

        Returns
        -------
        FloatArray
            Shape (n, classes); rows sum to 1. Not a number if the weights have exploded.
        """
        return softmax(self.logits(x))

    def logits(self, x: npt.ArrayLike) -> FloatArray:
        """Compute the logits, shape (n, classes), of x, shape (n, inputs), without dropout."""
        rows = np.asarray(x, self.parameters[0].value.dtype)
        starts = range(0, len(rows), _ROWS_AT_ONCE) or range(1)
        chunks = [self.forward(rows[i : i + _ROWS_AT_ONCE], training=False) for i in starts]
        return np.concatenate(chunks)

    def activations(self, x: npt.ArrayLike) -> list[FloatArray]:
        """Compute what every layer of units gives for a batch, without dropout.

        Parameters
        ----------
        x
            Shape (n, inputs).

        Returns
        -------
        list[FloatArray]
            The outputs of the hidden layers after their activation functions, each of shape
            (n, units), and the logits, shape (n, classes).
        """
        outputs = [np.asarray(x, self.parameters[0].value.dtype)]
        for layer in self.layers:
            if isinstance(layer, Linear):
                outputs.append(outputs[-1])
            outputs[-1] = layer.forward(outputs[-1], training=False)
        return outputs[1:]

    def gradient_norms(self, scale: float = 1.0) -> npt.NDArray[np.float64]:
        """Compute the Euclidean norm of the last gradient of every linear layer.

        Parameters
        ----------
        scale
            What the loss was multiplied by: ``optimizer.gradient_scale(learning_rate)``.

        Returns
        -------
        ndarray of float64
            One norm per linear layer, over its weights and biases together and without the L2
            penalty; NaN if the scale is zero.
        """
        norms = np.full(len(self.linear_layers), np.nan)
        if scale != 0.0:
            for i, layer in enumerate(self.linear_layers):
                norms[i] = math.sqrt(sum(squares(p.gradient) for p in layer.parameters)) / scale
        return norms

    def penalty(self, l2: float, batch_size: int) -> float:
        """Return the L2 penalty, l2 / (2 batch_size) Σ w², over weights and not biases.

        Its gradient l2 / batch_size * w is what the lab note adds; training therefore passes
        ``weight_decay = l2 / batch_size``.
        """
        total = sum(squares(p.value) for p in self.parameters if p.decays)
        return l2 / (2.0 * batch_size) * total

    @property
    def dropout(self) -> float:
        """Rate of the dropout layers, 0 without any; may be set between two batches."""
        return next((x.rate for x in self.layers if isinstance(x, Dropout)), 0.0)

    @dropout.setter
    def dropout(self, rate: float) -> None:
        for layer in self.layers:
            if isinstance(layer, Dropout):
                layer.rate = rate

    def weights(self) -> list[FloatArray]:
        """Return copies of all weights and biases, layer by layer."""
        return [parameter.value.copy() for parameter in self.parameters]

    def load_weights(self, weights: Sequence[FloatArray]) -> None:
        """Copy in what ``weights`` returned.

        Raises
        ------
        ValueError
            If the arrays do not fit this network; nothing is changed then.
        """
        if [p.value.shape for p in self.parameters] != [np.shape(array) for array in weights]:
            raise ValueError(
                "The weights are of a network with other layers; build the same layers first."
            )
        for parameter, array in zip(self.parameters, weights, strict=True):
            parameter.value[...] = array

    def copy(self) -> Network:
        """Return a network of its own with the same weights, to be used in another thread."""
        return Network(layer.copy() for layer in self.layers)

    def freeze(self) -> Network:
        """Make the weights read-only, for good, so that threads may share them; return itself."""
        for parameter in self.parameters:
            parameter.value.setflags(write=False)
        return self

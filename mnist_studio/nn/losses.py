"""The loss of a classifier: how far its answers are from the labels."""

from __future__ import annotations

import numpy as np

from .arrays import FloatArray, IntArray, Scratch


def softmax(logits: FloatArray) -> FloatArray:
    """Turn logits of shape (n, classes) into probabilities that sum to 1 in every row."""
    exponentials: FloatArray = np.exp(logits - logits.max(axis=1, keepdims=True))
    exponentials /= exponentials.sum(axis=1, keepdims=True)
    return exponentials


def cross_entropy(logits: FloatArray, labels: IntArray) -> FloatArray:
    """Compute every sample's loss, shape (n,), whose mean is that of `SoftmaxCrossEntropy`."""
    largest = logits.max(axis=1)
    log_sums = np.log(np.exp(logits - largest[:, np.newaxis]).sum(axis=1)) + largest
    label_logits = np.take_along_axis(logits, labels[:, np.newaxis].astype(np.intp), axis=1)
    losses: FloatArray = log_sums - label_logits[:, 0]
    return losses


class SoftmaxCrossEntropy:
    """Softmax followed by cross-entropy, computed from the logits z in one piece.

    For one sample with label k the loss is -log softmax(z)_k = log Σ exp(z_j - m) - (z_k - m) with
    m = max z (log-sum-exp), which neither overflows nor takes the logarithm of zero. The gradient
    with respect to z is softmax(z) - onehot(k) (Bishop: Pattern Recognition and Machine Learning,
    equations 4.108 and 4.109). The loss of a batch is the mean over its samples.

    Samples without a label belong to no class: they are to be answered by equal probabilities,
    so that their gradient is softmax(z) - 1 / classes (Hendrycks, Mazeika and Dietterich, 2019,
    "Deep anomaly detection with outlier exposure"). They count in neither loss nor accuracy.

    Labels are whole numbers from 0 to classes - 1. They are not checked for every batch.
    A logit that is not a number makes the loss not a number; no exception is raised.
    """

    def __init__(self) -> None:
        self._shifted = Scratch()
        self._gradient = Scratch()
        self._columns = np.empty(0, np.intp)
        self._label_positions: IntArray = np.empty(0, np.intp)
        self._exponentials: FloatArray = np.empty(0)
        self._sums: FloatArray = np.empty(0)

    def forward(self, logits: FloatArray, labels: IntArray) -> tuple[float, int]:
        """Compute the mean loss of a batch and how many of its samples are right.

        Parameters
        ----------
        logits
            Shape (samples, classes).
        labels
            Shape (n,); or of the first n of more samples, the others of which belong to no class.

        Returns
        -------
        tuple[float, int]
            The mean loss of the n, and the number of them whose label has the largest logit (a
            tie counts as right).
        """
        n = len(labels)
        if len(self._columns) != n:
            self._columns = np.arange(n)
        # Where each sample's label is in an array of shape (classes, rows), counted flat.
        self._label_positions = labels * np.intp(len(logits)) + self._columns

        # One column a sample: NumPy reduces the first axis many times faster than a short last one.
        shifted = self._shifted.like(logits.T)
        shifted[...] = logits.T
        shifted -= shifted.max(axis=0)
        label_logits = shifted.take(self._label_positions)
        self._exponentials = np.exp(shifted, out=shifted)
        self._sums = self._exponentials.sum(axis=0)

        loss = (np.log(self._sums[:n]).sum() - label_logits.sum()) / n
        # The largest logit of a sample became exactly zero.
        correct = n - np.count_nonzero(label_logits)
        return float(loss), int(correct)

    def label_probabilities(self) -> FloatArray:
        """Return the probabilities of the labels in the last ``forward``, shape (n,)."""
        chosen = self._exponentials.take(self._label_positions)
        probabilities: FloatArray = chosen / self._sums[: len(chosen)]
        return probabilities

    def backward(self, scale: float = 1.0) -> FloatArray:
        """Compute the gradient of `scale` times the mean loss of the last ``forward``.

        Scaling here touches n x classes numbers instead of every gradient of the network.

        Returns
        -------
        FloatArray
            scale / n * (softmax(logits) - onehot(labels)), of samples without a label
            scale / n * (softmax(logits) - 1 / classes), in the shape of the logits; valid until
            the next call.
        """
        n = len(self._columns)
        scale = float(scale) / n
        gradient = self._gradient.like(self._exponentials)
        np.multiply(self._exponentials, scale / self._sums, out=gradient)
        gradient.reshape(-1)[self._label_positions] -= scale
        if n < len(self._sums):
            gradient[:, n:] -= scale / len(gradient)
        return gradient.T

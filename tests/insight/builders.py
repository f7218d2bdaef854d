"""Answers and confusion matrices that are known, for tests."""

import numpy as np

from mnist_studio.data.registry import DATASETS
from mnist_studio.insight.confusion import Confusion
from mnist_studio.training.answers import Answers

DIGITS = DATASETS["mnist"].class_names
FASHION = DATASETS["fashion-mnist"].class_names


def answers(labels, *chosen):
    """Return the answers of a network that is sure of a (class, probability) for each image."""
    probabilities = np.empty((len(chosen), 10), np.float32)
    for row, (predicted, probability) in zip(probabilities, chosen, strict=True):
        row[:] = (1 - probability) / 9
        row[predicted] = probability
    return Answers(np.arange(len(chosen)), np.array(labels, np.uint8), np.log(probabilities))


def matrix(size=100, names=DIGITS, **mistakes):
    """Return a matrix with `size` images of each class and mistakes such as ``from4to9=12``."""
    counts = size * np.eye(10, dtype=int)
    for key, count in mistakes.items():
        true, predicted = int(key[4]), int(key[-1])
        counts[true, predicted] += count
        counts[true, true] -= count
    return Confusion(counts, names)

"""Gradients by definition: how much a function changes when one of its inputs does."""

import numpy as np


def numerical_gradient(function, array, step=1e-5):
    """Return d function() / d array by central differences; `array` is restored."""
    gradient = np.empty_like(array)
    for index in np.ndindex(array.shape):
        middle = array[index]
        array[index] = middle + step
        above = function()
        array[index] = middle - step
        below = function()
        array[index] = middle
        gradient[index] = (above - below) / (2 * step)
    return gradient

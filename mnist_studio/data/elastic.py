"""Smooth random fields, by which the pixels of an image are displaced: elastic distortion.

Simard, Steinkraus, Platt: Best practices for convolutional neural networks applied to visual
document analysis (2003), section 2: noise that is blurred by a Gaussian moves every pixel a little,
and its neighbors almost the same way, as the muscles of a hand do. To blur noise for every image
anew would cost more than the training, so a bank of fields is made once. An image takes two of
them at random, one along each axis, which makes a million pairs.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import numpy as np

from .registry import SIDE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float32]

# Standard deviation of the Gaussian, in pixels.
SMOOTHNESS = 4.0
FIELDS = 1024
# Noise so far outside of the image still reaches it.
_MARGIN = round(3 * SMOOTHNESS)


@functools.cache
def displacement_fields() -> FloatArray:
    """Return the bank, which is the same always: whoever takes of it at random brings the chance.

    Returns
    -------
    ndarray of float32, shape (FIELDS, 784), read-only
        Displacements of every pixel along one axis. At each pixel their mean over the bank is 0
        and their root mean square 1; the second half is the first with its sign changed.
    """
    rng = np.random.default_rng(0)
    noise = rng.standard_normal((FIELDS // 2, SIDE + 2 * _MARGIN, SIDE + 2 * _MARGIN), np.float32)
    distance = np.arange(SIDE)[:, np.newaxis] + _MARGIN - np.arange(SIDE + 2 * _MARGIN)
    blur = np.exp(-0.5 * (distance / SMOOTHNESS) ** 2).astype(np.float32)
    fields = (blur @ noise @ blur.T).reshape(-1, SIDE * SIDE)
    fields /= np.sqrt(np.mean(fields**2, axis=0))
    bank: FloatArray = np.concatenate([fields, -fields])
    bank.setflags(write=False)
    return bank

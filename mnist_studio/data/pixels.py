"""Grey levels as a network takes them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

MOST_PIXELS = 40_000_000
"""Of a picture that is opened; unpacked, they take 160 MB. Photographs are read smaller."""
MOST_BYTES = 100_000_000
"""Of its file."""


def unit_range(
    images: npt.NDArray[np.uint8] | npt.NDArray[np.float32],
    out: npt.NDArray[np.float32] | None = None,
) -> npt.NDArray[np.float32]:
    """Return grey levels as numbers in [0, 1].

    Parameters
    ----------
    images : ndarray of uint8 or float32
        Levels from 0 to 255, or numbers in [0, 1] if float32. Never written to.
    out : ndarray of float32, of the same shape, optional
        Where to put the result; a new array by default.

    Returns
    -------
    ndarray of float32
        ``out``, or the new array.
    """
    if out is None:
        out = np.empty(images.shape, np.float32)
    if images.dtype == np.uint8 and not out.flags.c_contiguous:
        return np.multiply(images, np.float32(1 / 255), out=out)
    np.copyto(out, images)
    # Two passes over memory in one piece are faster than NumPy's conversion in small buffers.
    if images.dtype == np.uint8:
        out *= np.float32(1 / 255)
    return out

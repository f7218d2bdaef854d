"""Random changes of a batch of images, affine and elastic: the cheapest way to more training data.

A network that has seen every digit a little turned, slanted, stretched, moved and shaken recognizes
the writing of strangers far better. The whole batch is resampled at once by bilinear interpolation,
with no Python per image, at a fraction of the cost of the training step it precedes.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from .elastic import displacement_fields
from .pixels import unit_range
from .registry import PIXELS, SIDE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float32]
    ImageArray = NDArray[np.uint8] | FloatArray

# MNIST puts a digit's center of mass at pixel (14, 14), so this is the point that stays in place.
CENTER = 14.0
# A border of one empty pixel: coordinates clamped to it read zero, so nothing needs a mask.
_PADDED = SIDE + 2


class Augmenter:
    """Gives every image of a batch its own random affine and elastic change.

    Each affine change is drawn evenly between its negative and positive limit, for every image
    anew. A limit of zero switches that change off.

    Parameters
    ----------
    shift : float
        Largest shift along each axis, in pixels.
    rotation : float
        Largest rotation either way, in degrees.
    scale : float
        Largest change of size, as a fraction: 0.1 gives 0.9 to 1.1 times the size.
    aspect : float
        Largest change of width over height, as a fraction: 0.2 makes a digit up to 1.2 times as
        wide, or as narrow, for its height. The area is kept.
    shear : float
        Largest slant either way, as a fraction of the height: 0.2 moves the top of a digit
        by a fifth of its height against its foot.
    elastic : float
        Root mean square of the smooth random displacement of an image's pixels along each axis,
        in pixels.
    rng : numpy.random.Generator
        Source of all randomness. Its state alone decides the next batch.

    Raises
    ------
    ValueError
        If a limit is negative or not finite, or ``scale`` is 1 or more.
    """

    def __init__(
        self,
        *,
        shift: float = 0.0,
        rotation: float = 0.0,
        scale: float = 0.0,
        aspect: float = 0.0,
        shear: float = 0.0,
        elastic: float = 0.0,
        rng: np.random.Generator,
    ) -> None:
        limits = {
            "shift": shift,
            "rotation": rotation,
            "scale": scale,
            "aspect": aspect,
            "shear": shear,
            "elastic": elastic,
        }
        for name, limit in limits.items():
            if not (math.isfinite(limit) and limit >= 0):
                raise ValueError(f"{name} is {limit}: choose zero or a positive number.")
        if scale >= 1:
            raise ValueError(f"scale is {scale}: choose a fraction below 1.")
        self.shift = shift
        self.rotation = rotation
        self.scale = scale
        self.aspect = aspect
        self.shear = shear
        self._fields = displacement_fields() * np.float32(elastic) if elastic else None
        self.rng = rng
        self._resampler = Resampler()

    @property
    def enabled(self) -> bool:
        """Whether any change is switched on."""
        affine = any((self.shift, self.rotation, self.scale, self.aspect, self.shear))
        return affine or self._fields is not None

    def apply(self, images: ImageArray, out: FloatArray | None = None) -> FloatArray:
        """Return the batch, each image changed at random, as numbers in [0, 1].

        Parameters
        ----------
        images : ndarray of uint8 or float32, shape (n, 784)
            Grey levels 0 to 255, or 0 to 1 if float32. Never written to.
        out : ndarray of float32, shape (n, 784), optional
            Where to put the result; a new array by default. It must not overlap ``images``.

        Returns
        -------
        ndarray of float32, shape (n, 784)
            ``out``, or the new array. With every change switched off only the grey levels are
            converted, and no random number is drawn.
        """
        if out is None:
            out = np.empty(images.shape, np.float32)
        if self.enabled:
            rows = self._source_rows(len(images))
            self._resampler.resample(images, rows, self._displacements(len(images)), out)
        else:
            unit_range(images, out)
        return out

    def _source_rows(self, count: int) -> FloatArray:
        """Draw one affine change per image.

        With q a pixel of the result and p the point it shows, both (x, y) from ``CENTER``, the
        image moves as q = M p + t with M = rotation x shear x stretch, so p = M^-1 (q - t).

        Returns
        -------
        ndarray of float32, shape (2, count, 3)
            For x and for y, each image's row (a, b, c) of p = a q_x + b q_y + c.
        """
        turn, slant, size, ratio, dx, dy = self.rng.uniform(-1.0, 1.0, (6, count))
        angle = turn * math.radians(self.rotation)
        slant *= self.shear
        size = 1.0 + size * self.scale
        # Half of the change widens and half lowers, evenly on the scale of ratios.
        widen = np.exp(ratio * (0.5 * math.log1p(self.aspect)))
        cos, sin = np.cos(angle), np.sin(angle)
        rows = np.empty((2, count, 3))
        # M^-1 = stretch^-1 x shear^-1 x rotation^-1
        rows[1, :, 0] = -sin
        rows[1, :, 1] = cos
        rows[0, :, 0] = cos + slant * sin
        rows[0, :, 1] = sin - slant * cos
        rows[0, :, :2] /= (size * widen)[:, np.newaxis]
        rows[1, :, :2] /= (size / widen)[:, np.newaxis]
        rows[:, :, 2] = -self.shift * (rows[:, :, 0] * dx + rows[:, :, 1] * dy)
        return rows.astype(np.float32)

    def _displacements(self, count: int) -> tuple[FloatArray, NDArray[np.intp]] | None:
        """Draw one elastic change per image; none if that is switched off.

        Returns
        -------
        ndarray of float32, shape (fields, 784)
            Displacements in pixels, to be added to the points that are shown.
        ndarray of int, shape (2, count)
            For x and for y, each image's field.
        """
        if self._fields is None:
            return None
        return self._fields, self.rng.integers(0, len(self._fields), (2, count), np.intp)


class Resampler:
    """Reads batches of images at changed positions, in buffers that are kept."""

    def __init__(self) -> None:
        offset = np.arange(SIDE, dtype=np.float32) - np.float32(CENTER)
        self._grid = np.ones((3, PIXELS), np.float32)
        self._grid[0] = np.tile(offset, SIDE)
        self._grid[1] = np.repeat(offset, SIDE)
        self._allocate(0)

    def _allocate(self, count: int) -> None:
        """Make buffers for a batch; a smaller one uses their first part."""
        self._capacity = count
        area = _PADDED * _PADDED
        # The last image's last row has a neighbor below: one more row, never written, stays zero.
        self._padded = np.zeros(count * area + _PADDED + 1, np.float32)
        self._starts = (np.arange(count) * area)[:, np.newaxis]
        self._index = np.empty((count, PIXELS), np.intp)
        self._work = np.empty((4, count, PIXELS), np.float32)

    def resample(
        self,
        images: ImageArray,
        rows: FloatArray,
        displacements: tuple[FloatArray, NDArray[np.intp]] | None,
        out: FloatArray,
    ) -> None:
        """Write to ``out`` each image read where its ``rows`` and its fields lead.

        Parameters
        ----------
        images : ndarray of uint8 or float32, shape (n, 784)
        rows : ndarray of float32, shape (2, n, 3)
            For x and for y, each image's (a, b, c): a pixel q of the result, (x, y) from `CENTER`,
            shows the image at a q_x + b q_y + c from there, which is empty beyond the border.
        displacements : tuple of ndarray, optional
            Fields in pixels, shape (fields, 784), and which are added, shape (2, n).
        out : ndarray of float32, shape (n, 784)
            Must not overlap ``images``.
        """
        count = len(images)
        if count > self._capacity:
            self._allocate(count)
        area = _PADDED * _PADDED
        padded = self._padded[: count * area].reshape(count, _PADDED, _PADDED)
        unit_range(images.reshape(count, SIDE, SIDE), padded[:, 1:-1, 1:-1])
        index = self._index[:count]
        x, y, corner, right = self._work[:, :count]

        for axis, position in enumerate((x, y)):
            np.matmul(rows[axis], self._grid, out=position)
            if displacements is not None:
                fields, chosen = displacements
                position += np.take(fields, chosen[axis], axis=0, out=corner, mode="clip")
            position += np.float32(CENTER + 1)
            np.clip(position, 0, _PADDED - 1, out=position)
        # Whole parts make the flat index of the corner above left, fractions the weights.
        np.floor(y, out=corner)
        y -= corner
        corner *= np.float32(_PADDED)
        np.floor(x, out=right)
        x -= right
        corner += right
        np.copyto(index, corner, casting="unsafe")
        index += self._starts[:count]

        self._blend(0, index, x, right, out)
        self._blend(_PADDED, index, x, right, corner)
        corner -= out
        corner *= y
        out += corner

    def _blend(
        self,
        skip: int,
        index: NDArray[np.intp],
        weight: FloatArray,
        right: FloatArray,
        out: FloatArray,
    ) -> None:
        """Interpolate along x between the pixels ``skip`` further on and their right neighbors."""
        # Reading the same index in a later part of the array saves computing three more indices;
        # mode "clip" lets take() write straight into its target. No index is out of range.
        np.take(self._padded[skip:], index, out=out, mode="clip")
        np.take(self._padded[skip + 1 :], index, out=right, mode="clip")
        right -= out
        right *= weight
        out += right

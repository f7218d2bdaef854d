"""Images made harder by a known amount, to see how much of it a network endures.

What is random about a change (the noise of each pixel, the direction of a shift, the order in
which pixels go missing) belongs to the image and stays the same from strength to strength and
from network to network: a stronger change is the same one, only more of it, and two networks are
asked about the same pictures.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt

from .augment import Resampler
from .pixels import unit_range
from .registry import PIXELS, SIDE

FloatArray = npt.NDArray[np.float32]

_SEED = 20
# Random numbers are made for so many images; number 1,024 shares those of number 0.
_FIELDS = 1024


class Distortion(StrEnum):
    """What is done to an image; the unit of its strength is said with each."""

    NOISE = "noise"  # standard deviation of Gaussian noise, full ink being 1
    ROTATION = "rotation"  # degrees clockwise
    SHIFT = "shift"  # pixels, in a direction of the image's own
    SCALE = "scale"  # factor
    THICKNESS = "thickness"  # pixels that either edge of a stroke moves outwards
    MISSING = "missing"  # share of the pixels, 0 to 1, that are made empty


STRENGTHS: Mapping[Distortion, tuple[float, ...]] = MappingProxyType(
    {
        Distortion.NOISE: (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0),
        Distortion.ROTATION: (-60.0, -45.0, -30.0, -15.0, 0.0, 15.0, 30.0, 45.0, 60.0),
        Distortion.SHIFT: (0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0),
        Distortion.SCALE: (0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.3, 1.4, 1.5),
        Distortion.THICKNESS: (-1.0, -0.75, -0.5, -0.25, 0.0, 0.5, 1.0, 1.5, 2.0),
        Distortion.MISSING: (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9),
    }
)
"""The strengths that a network is tried at, rising; that of the unchanged image is among them."""


def unchanged(kind: Distortion) -> float:
    """Return the strength at which an image stays as it is."""
    return 1.0 if kind is Distortion.SCALE else 0.0


class Distorter:
    """Changes batches of images by a certain amount.

    Parameters
    ----------
    kind : Distortion
        What is done.
    strength : float
        How much of it, in the unit of the kind.

    Raises
    ------
    ValueError
        If the strength is not finite, or a scale is not positive.
    """

    def __init__(self, kind: Distortion, strength: float) -> None:
        if not math.isfinite(strength) or (kind is Distortion.SCALE and strength <= 0):
            raise ValueError(f"A {kind.value} of {strength} cannot be made: choose another one.")
        self.kind = kind
        self.strength = strength
        self._resampler = Resampler()

    def __call__(
        self,
        images: npt.NDArray[np.uint8],
        indices: npt.NDArray[np.integer[Any]],
        out: FloatArray | None = None,
    ) -> FloatArray:
        """Return the images, changed.

        Parameters
        ----------
        images : ndarray of uint8, shape (n, 784)
            Never written to.
        indices : ndarray of int, shape (n,)
            Their numbers in the data set, which decide what is random about their change.
        out : ndarray of float32, shape (n, 784), optional
            Where to put the result; a new array by default.

        Returns
        -------
        ndarray of float32, shape (n, 784)
            ``out``, or the new array: grey levels from 0 to 1.
        """
        if out is None:
            out = np.empty(images.shape, np.float32)
        fields = indices % _FIELDS
        if self.kind in (Distortion.ROTATION, Distortion.SHIFT, Distortion.SCALE):
            self._resampler.resample(images, self._source_rows(fields), None, out)
            return out
        unit_range(images, out)
        if self.kind is Distortion.NOISE:
            out += np.float32(self.strength) * _noise()[fields]
            np.clip(out, 0.0, 1.0, out=out)
        elif self.kind is Distortion.MISSING:
            out *= _ranks()[fields] >= self.strength
        else:
            out[:] = _thickened(out, self.strength)
        return out

    def _source_rows(self, fields: npt.NDArray[np.integer[Any]]) -> FloatArray:
        """Return where each image is read, as :meth:`Resampler.resample` takes it."""
        rows = np.zeros((2, len(fields), 3), np.float32)
        rows[0, :, 0] = rows[1, :, 1] = 1.0
        if self.kind is Distortion.ROTATION:
            angle = math.radians(self.strength)
            rows[0, :, :2] = math.cos(angle), math.sin(angle)
            rows[1, :, :2] = -math.sin(angle), math.cos(angle)
        elif self.kind is Distortion.SCALE:
            rows[:, :, :2] /= self.strength
        else:
            directions = _directions()[fields]
            rows[0, :, 2] = -self.strength * np.cos(directions)
            rows[1, :, 2] = -self.strength * np.sin(directions)
        return rows


def _thickened(images: FloatArray, radius: float) -> FloatArray:
    """Move the edges of all strokes outwards, or inwards if the radius is negative.

    Grey-level dilation and erosion by a disc (Serra: Image Analysis and Mathematical Morphology,
    1982, chapter 12): each pixel becomes the largest, or smallest, of those within the radius. On
    a grid of pixels the disc of radius 1 is the pixel with its four neighbors, and that of radius 2
    is the former applied twice; between whole radii the two results are mixed.
    """
    pick = np.maximum if radius > 0 else np.minimum
    whole, rest = divmod(abs(radius), 1.0)
    result = images.reshape(-1, SIDE, SIDE)
    for _ in range(int(whole)):
        result = _of_neighbors(result, pick)
    if rest:
        result = result + np.float32(rest) * (_of_neighbors(result, pick) - result)
    return result.reshape(-1, PIXELS)


def _of_neighbors(images: FloatArray, pick: np.ufunc) -> FloatArray:
    """Return the largest or smallest of each pixel and its neighbors above, below and beside."""
    result = images.copy()
    for here, there in (
        (np.s_[:, 1:], np.s_[:, :-1]),
        (np.s_[:, :-1], np.s_[:, 1:]),
        (np.s_[:, :, 1:], np.s_[:, :, :-1]),
        (np.s_[:, :, :-1], np.s_[:, :, 1:]),
    ):
        pick(result[here], images[there], out=result[here])
    return result


@functools.cache
def _noise() -> FloatArray:
    """Return standard normal numbers, shape (fields, 784)."""
    return np.random.default_rng((_SEED, 0)).standard_normal((_FIELDS, PIXELS), np.float32)


@functools.cache
def _ranks() -> FloatArray:
    """Return what share has to go before each pixel does, 0 to 1, shape (fields, 784)."""
    return np.random.default_rng((_SEED, 1)).random((_FIELDS, PIXELS), np.float32)


@functools.cache
def _directions() -> FloatArray:
    """Return angles in radians, even on the circle, shape (fields,)."""
    turns = np.random.default_rng((_SEED, 2)).random(_FIELDS, np.float32)
    return np.float32(2.0 * math.pi) * turns

"""Many images in a plane: the two principal components of what a layer makes of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..nn.arrays import FloatArray

# Directions that are followed together: more than two, so that the two settle fast.
_TOGETHER = 10
_MOST_ROUNDS = 30
_SETTLED = 1e-3  # by how much of their length the axes may still move
_FLAT = 1e-7  # share of the variance below which a direction is rounding


@dataclass(frozen=True, eq=False)
class Projection:
    """Where images are in the plane in which they differ most.

    Attributes
    ----------
    points : ndarray of float32, shape (n, 2)
        Of each image, in the units of the layer.
    center : ndarray of float32, shape (units,)
        What becomes the origin: the mean of all images.
    axes : ndarray of float32, shape (units, 2)
        The directions of the plane, of length 1; zero where there is none.
    explained : float
        Share of the variance that the plane shows, 0 to 1; NaN if there is none to show.
    rank : int
        How many directions there are: 2, 1 if all images are in a line, 0 if all are in one place
        or what the layer gives is no number.
    """

    points: FloatArray
    center: FloatArray
    axes: FloatArray
    explained: float
    rank: int

    def place(self, rows: FloatArray) -> FloatArray:
        """Return where other images are, shape (m, 2), given what the layer makes of them."""
        with np.errstate(all="ignore"):  # weights may have exploded
            placed: FloatArray = (rows - self.center) @ self.axes
        return placed


def project(rows: FloatArray, like: FloatArray | None = None) -> Projection:
    """Return images in the plane of their two first principal components.

    The components are the right singular vectors of the centered rows with the largest singular
    values (Jolliffe: Principal Component Analysis, 2002, section 3.5), found by subspace iteration
    until they settle (Halko, Martinsson and Tropp: Finding structure with randomness, 2011,
    algorithm 4.4), from the same start every time. That takes a hundredth of the time of a full
    decomposition of a wide layer.

    Parameters
    ----------
    rows : ndarray of float32, shape (n, units)
        What a layer makes of n images.
    like : ndarray of float32, shape (n, 2), optional
        Where the same images were before. Signs and order of the components mean nothing and
        change from one moment to the next, so the plane is turned or mirrored to have the points
        as near to these as it can: the orthogonal Procrustes problem (Schönemann: A generalized
        solution of the orthogonal Procrustes problem, 1966). The variance that it shows stays.
        Without it the largest entry of each axis is positive.
    """
    with np.errstate(all="ignore"):
        center = rows.mean(axis=0, dtype=np.float64).astype(np.float32)
        centered = rows - center
        variance = float(np.einsum("ij,ij->", centered, centered, dtype=np.float64))
    units = rows.shape[1]
    if not np.isfinite(variance) or variance <= 0.0:
        nowhere = np.zeros((len(rows), 2), np.float32)
        return Projection(nowhere, center, np.zeros((units, 2), np.float32), np.nan, 0)
    centered /= np.float32(np.sqrt(variance))
    found, shares = _principal_axes(centered)
    rank = int(np.count_nonzero(shares > _FLAT))
    axes: FloatArray = np.zeros((units, 2), np.float32)
    axes[:, :rank] = found[:, :rank]
    points = centered @ axes
    if like is not None:
        turn = _nearest_turn(points, like, rank)
        axes, points = axes @ turn, points @ turn
    points *= np.float32(np.sqrt(variance))
    return Projection(points, center, axes, float(shares[:rank].sum()), rank)


def enclosed(points: FloatArray, outline: FloatArray) -> npt.NDArray[np.bool_]:
    """Return which points, shape (n, 2), a closed outline of shape (m, 2) goes around.

    A ray from the point crosses the outline an odd number of times (Shimrat: Algorithm 112,
    position of point relative to polygon, 1962).
    """
    inside = np.zeros(len(points), bool)
    x, y = points[:, 0], points[:, 1]
    for (x0, y0), (x1, y1) in zip(outline, np.roll(outline, -1, axis=0), strict=True):
        if y0 != y1:
            inside ^= ((y0 > y) != (y1 > y)) & (x < x0 + (y - y0) * (x1 - x0) / (y1 - y0))
    return inside


def _principal_axes(rows: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the two first axes of centered rows of total variance 1, and what each explains."""
    units = rows.shape[1]
    start = np.random.default_rng(0).standard_normal((units, min(units, _TOGETHER)), np.float32)
    axes: FloatArray = np.zeros((units, min(units, 2)), np.float32)
    basis: FloatArray = np.linalg.qr(start)[0]
    for _ in range(_MOST_ROUNDS):
        seen = rows @ basis
        shares, turn = np.linalg.eigh(seen.T @ seen)  # the largest are the last
        before, axes = axes, basis @ turn[:, : -axes.shape[1] - 1 : -1]
        if np.linalg.norm(axes - before @ (before.T @ axes)) < _SETTLED:
            break
        basis = np.linalg.qr(rows.T @ seen)[0]
    signs = np.sign(np.take_along_axis(axes, np.abs(axes).argmax(axis=0)[np.newaxis], axis=0))
    return axes * signs, shares[::-1][: axes.shape[1]]


def _nearest_turn(points: FloatArray, like: FloatArray, rank: int) -> FloatArray:
    """Return the rotation or reflection, shape (2, 2), that brings points nearest to others."""
    product = points.T @ (like - like.mean(axis=0))
    if not np.isfinite(product).all():
        return np.eye(2, dtype=np.float32)
    if rank < 2:  # a line stays level
        return np.diag(np.array([-1.0 if product[0, 0] < 0 else 1.0, 1.0], np.float32))
    left, _, right = np.linalg.svd(product)
    turn: FloatArray = left @ right
    return turn

"""The smallest change of an image that a network answers otherwise."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..cancel import Cancelled, check, never
from ..nn.arrays import FloatArray
from ..nn.layers import ReLU, SmoothActivation
from ..nn.network import Network

_MOST_STEPS = 60  # towards the class, and again towards the image
_PATIENCE = 20  # steps without a shorter change after which it is taken for the shortest
_SHORTER = 0.999  # of the length so far
_SIZE = 0.2  # by how much pixels change at first where that alone does not lead across
_PULL = 0.1  # how much of a step leads from the image rather than from where it is
_BACK = 0.9  # how much of the way is left after each time that the border was crossed
_OVERSHOOT = 1.05  # how far a step goes, as the border is seldom as straight as it seems
_PLACES = np.linspace(0.0, 1.0, 17, dtype=np.float32)[1:, np.newaxis]
_ROUGHLY, _EXACTLY = 2, 4  # rounds that each look at so many places
_MARGINS = np.linspace(1.01, 1.5, 50, dtype=np.float32)


@dataclass(frozen=True, eq=False)
class Counterfactual:
    """An image and the nearest one found that is answered as another class.

    Attributes
    ----------
    image, changed : ndarray of float32, shape (inputs,)
        Before and after, 0 to 1; the same if nothing was found, or nothing had to be changed.
    target : int
        The class wanted.
    found : bool
        Whether `changed` is answered as that class.
    """

    image: FloatArray
    changed: FloatArray
    target: int
    found: bool

    @property
    def change(self) -> FloatArray:
        """What is added to each pixel, shape (inputs,), -1 to 1, where 1 is full ink on paper."""
        return self.changed - self.image

    def on_the_way(self, shares: npt.ArrayLike) -> FloatArray:
        """Return the images at n shares of the straight way, 0 to 1, shape (n, inputs)."""
        way = np.asarray(shares, np.float32)[:, np.newaxis]
        mixed: FloatArray = (1 - way) * self.image + way * self.changed
        return mixed

    @property
    def length(self) -> float:
        """Euclidean norm of the change."""
        return float(np.linalg.norm(self.change))

    @property
    def largest(self) -> float:
        """By how much the pixel changes that changes most, 0 to 1."""
        return float(np.abs(self.change).max())


def counterfactual(
    network: Network,
    image: FloatArray,
    target: int,
    cancelled: Cancelled = never,
) -> Counterfactual:
    """Look for the image nearest to one, by the Euclidean norm, that is answered as a class.

    Steps along the gradient of the margin, the logit of the class less the largest other one,
    lead across the border (Moosavi-Dezfooli and others: DeepFool, 2016), or steps of its sign
    (Kurakin and others: Adversarial machine learning at scale, 2017). From there the border is
    followed to where it is nearest: each step goes to the nearest point of it, taken for straight
    and inside of the range of pixels, and is drawn towards the image (Croce and Hein: Minimally
    distorted adversarial examples with a fast adaptive boundary attack, 2020, whose constants
    these are); bisection finds where the straight way there crosses it. The search is the same
    every time. What it finds is an upper bound: a nearer image may exist.

    Parameters
    ----------
    network : Network
        Stays as it is.
    image : ndarray of float32, shape (inputs,)
        Where to begin; 0 to 1.
    target : int
        The class wanted.
    cancelled : callable
        See :mod:`~mnist_studio.cancel`.

    Raises
    ------
    WorkCancelled
        If `cancelled` returned True.
    """
    with np.errstate(all="ignore"):
        border = _Border(network, target)
        if border.crossed(image[np.newaxis])[0]:
            return Counterfactual(image, image, target, True)
        across = _cross(border, image, cancelled)
        if across is not None:
            nearest = _approach(border, image, across, cancelled)
            changed = _made_sure(border, image, nearest)
            if changed is not None:
                return Counterfactual(image, changed, target, True)
    return Counterfactual(image, image, target, False)


class _Border:
    """Where the answers of a network become a class."""

    def __init__(self, network: Network, target: int) -> None:
        self._network = network
        self._target = target
        kinds = ReLU | SmoothActivation
        self._activations = [each for each in network.layers if isinstance(each, kinds)]

    def crossed(self, rows: FloatArray) -> npt.NDArray[np.bool_]:
        """Return which images, shape (n, inputs), are answered as the class."""
        logits = self._network.logits(rows)
        crossed: npt.NDArray[np.bool_] = logits[:, self._target] > self._rivals(logits).max(axis=1)
        return crossed

    def slope(self, row: FloatArray) -> tuple[float, FloatArray]:
        """Return the margin of an image and its gradient, shape (inputs,)."""
        # Without the gradients of the weights, which a backward pass would compute, too.
        *hidden, logits = self._network.activations(row[np.newaxis])
        rivals = self._rivals(logits)[0]
        rival = int(rivals.argmax())
        *below, last = (layer.weight.value for layer in self._network.linear_layers)
        gradient: FloatArray = last[:, self._target] - last[:, rival]
        for weight, function, output in zip(
            reversed(below), reversed(self._activations), reversed(hidden), strict=True
        ):
            gradient = weight @ (gradient * function.derivative_at(output)[0])
        return float(logits[0, self._target] - rivals[rival]), gradient

    def _rivals(self, logits: FloatArray) -> FloatArray:
        rivals = logits.copy()
        rivals[:, self._target] = -np.inf
        return rivals


def _cross(border: _Border, start: FloatArray, cancelled: Cancelled) -> FloatArray | None:
    """Return an image that is answered as the class; None if the gradient leads to none."""
    for step in (_towards_border, _all_pixels):
        row = start
        for number in range(_MOST_STEPS):
            check(cancelled)
            margin, gradient = border.slope(row)
            if margin > 0:
                return row
            if not np.isfinite(margin) or not np.isfinite(gradient).all() or not gradient.any():
                return None
            row = step(row, margin, gradient, number)
    return None


def _towards_border(
    row: FloatArray, margin: float, gradient: FloatArray, _number: int
) -> FloatArray:
    """Go to where the border would be if it were straight."""
    return _nearest_beyond(row, gradient, float(gradient @ row) - _OVERSHOOT * margin)


def _all_pixels(row: FloatArray, _margin: float, gradient: FloatArray, number: int) -> FloatArray:
    """Change all pixels alike, each time less: further, where several classes are in the way."""
    size = np.float32(_SIZE * (1 - number / _MOST_STEPS))
    moved: FloatArray = np.clip(row + size * np.sign(gradient), 0.0, 1.0)
    return moved


def _approach(
    border: _Border, start: FloatArray, across: FloatArray, cancelled: Cancelled
) -> FloatArray:
    """Return the nearest image to the start that is found on the other side of the border."""
    best = row = _bisected(border, start, across, _EXACTLY)
    idle = 0
    for _ in range(_MOST_STEPS):
        check(cancelled)
        margin, gradient = border.slope(row)
        if not np.isfinite(gradient).all() or not gradient.any():
            break
        level = float(gradient @ row) - margin
        here = _nearest_on(row, gradient, level) - row
        there = _nearest_on(start, gradient, level) - start
        sizes = float(np.linalg.norm(here)), float(np.linalg.norm(there))
        pull = min(_PULL, sizes[0] / max(sum(sizes), 1e-12))
        row = (1 - pull) * (row + _OVERSHOOT * here) + pull * (start + _OVERSHOOT * there)
        row = np.clip(row, 0.0, 1.0)
        idle += 1
        if border.crossed(row[np.newaxis])[0]:
            found = _bisected(border, start, row, _ROUGHLY)
            if np.linalg.norm(found - start) < _SHORTER * np.linalg.norm(best - start):
                best, idle = found, 0
            row = start + _BACK * (row - start)
        if idle == _PATIENCE:
            break
    return _bisected(border, start, best, _EXACTLY)


def _bisected(border: _Border, start: FloatArray, across: FloatArray, rounds: int) -> FloatArray:
    """Return the first image on the straight way to one across the border that is across, too."""
    low = start
    for _ in range(rounds):
        tried = low + _PLACES * (across - low)
        tried[-1] = across
        there = np.flatnonzero(border.crossed(tried))
        if not len(there):
            break  # so near to the border that rounding decides
        first = int(there[0])
        low, across = (tried[first - 1] if first else low), tried[first]
    return across


def _nearest_on(row: FloatArray, normal: FloatArray, level: float) -> FloatArray:
    """Return the point nearest to a row in the cube [0, 1]ⁿ where normal · x = level."""
    if float(normal @ row) <= level:
        return _nearest_beyond(row, normal, level)
    return _nearest_beyond(row, -normal, -level)


def _nearest_beyond(row: FloatArray, normal: FloatArray, level: float) -> FloatArray:
    """Return the point nearest to a row in the cube [0, 1]ⁿ where normal · x ≥ level.

    It is clip(row + λ normal) for the smallest λ ≥ 0 that is far enough (the Lagrange multiplier),
    or the furthest corner of the cube if none is. Along λ, normal · x rises by Σ normalᵢ² over the
    pixels that have not met an end of their range, so the ends are gone through in their order.
    """
    moving = np.flatnonzero(normal)
    start, slope = row[moving].astype(np.float64), normal[moving].astype(np.float64)
    ends = ((slope > 0) - start) / slope
    order = np.argsort(ends, kind="stable")
    ends, squares = ends[order], slope[order] ** 2
    stopped = np.cumsum(squares * ends)  # what the pixels give that are at their ends
    rates = np.append(squares.sum() - np.cumsum(squares)[:-1], 0.0)  # of the others, per λ
    missing = level - float(normal.astype(np.float64) @ row)
    first = int(np.searchsorted(stopped + rates * ends, missing))
    if first == len(ends):
        factor = float(ends[-1])
    elif first == 0:
        factor = missing / float(squares.sum())
    else:
        factor = (missing - float(stopped[first - 1])) / float(rates[first - 1])
    beyond = row.copy()
    beyond[moving] = np.clip(start + max(factor, 0.0) * slope, 0.0, 1.0)
    return beyond


def _made_sure(border: _Border, start: FloatArray, nearest: FloatArray) -> FloatArray | None:
    """Return an image so far beyond the border that no rounding leads back; None without one."""
    for factor in _MARGINS:
        row: FloatArray = np.clip(start + factor * (nearest - start), 0.0, 1.0)
        if border.crossed(row[np.newaxis])[0]:
            return row
    return None

"""What is computed in the views' thread to explain an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ...cancel import Cancelled
from .pad import PEN
from .preparation_view import Prepared

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from ...insight.contributions import Contributions
    from ...nn.network import Network
    from .ink import Point


class ClassAnswer(NamedTuple):
    """Why a class was given its logit.

    Attributes
    ----------
    answer : int
        The class.
    other : int
        The one that it is, or could be, compared with.
    found : Contributions
        To the logit, or to by how much it is above the other one's.
    """

    answer: int
    other: int
    found: Contributions


def explain(
    network: Network,
    pixels: npt.NDArray[np.uint8],
    answer: int | None,
    other: int | None,
    compared: bool,
    _cancelled: Cancelled,
) -> ClassAnswer:
    """Take apart the logit of a class, or, if `compared`, by how much it is above another one's.

    Without an answer it is the likeliest class, without another one the likeliest but for that.
    """
    from ...data.pixels import unit_range
    from ...insight.contributions import contributions_of

    image = unit_range(pixels.reshape(1, -1))
    ranking = network.logits(image)[0].argsort()[::-1].tolist()
    if answer is None:
        answer = next(k for k in ranking if k != other)
    if other is None or other == answer:
        other = next(k for k in ranking if k != answer)
    found = contributions_of(network, image[0], answer, other if compared else None)
    return ClassAnswer(answer, other, found)


def prepare(
    network: Network,
    strokes: list[list[Point]],
    pen_width: float,
    steps: tuple[bool, bool, bool, bool],
    _cancelled: Cancelled,
) -> tuple[Prepared, Prepared]:
    """Return a drawing merely shrunk, and prepared by these steps; see there."""
    from ...data.strokes import MERELY_SHRUNK, Preparation, render_strokes

    drawn = PEN * pen_width
    shrunk, prepared = (
        render_strokes(strokes, pen_width, each, drawn)
        for each in (MERELY_SHRUNK, Preparation(*steps))
    )
    assert shrunk is not None
    assert prepared is not None
    return _asked(network, shrunk), _asked(network, prepared)


def shrink(
    network: Network,
    gray: npt.NDArray[np.uint8],
    prepared: npt.NDArray[np.uint8],
    _cancelled: Cancelled,
) -> tuple[Prepared, Prepared]:
    """Return a picture merely shrunk, and as it was prepared."""
    from ...data.preprocess import shrink_image

    shrunk = prepared if gray is prepared else shrink_image(gray)
    if shrunk is None:  # a single shade once it is so small
        shrunk = prepared * 0
    return _asked(network, shrunk), _asked(network, prepared)


def _asked(network: Network, pixels: npt.NDArray[np.uint8]) -> Prepared:
    from ...data.pixels import unit_range

    probabilities = network.predict_probabilities(unit_range(pixels.reshape(1, -1)))[0]
    answer = int(probabilities.argmax())
    return Prepared(pixels, answer, float(probabilities[answer]))

"""What is computed in the views' thread of how little makes an image another class."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ...cancel import Cancelled

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from ...insight.counterfactual import Counterfactual
    from ...nn.arrays import FloatArray
    from ...nn.network import Network

STEPS = 50
"""Places on the way, after the first."""


@dataclass(frozen=True, eq=False)
class OtherDigit:
    """What turns an image into another class, and the answers on the way there.

    Attributes
    ----------
    origin : int
        What the image itself is answered as.
    found : Counterfactual
        The change, if there is one.
    probabilities : ndarray of float32, shape (STEPS + 1, classes)
        At equal steps from the image to the changed one; NaN if the weights have exploded.
    """

    origin: int
    found: Counterfactual
    probabilities: FloatArray


def make_other(
    network: Network,
    pixels: npt.NDArray[np.uint8],
    target: int | None,
    cancelled: Cancelled,
) -> OtherDigit:
    """Look for the smallest change that makes an image a class, the second likeliest by default.

    Raises
    ------
    WorkCancelled
        If nobody waits any more.
    """
    import numpy as np

    from ...data.pixels import unit_range
    from ...insight.counterfactual import counterfactual
    from ...nn.losses import softmax

    image = unit_range(pixels.reshape(-1))
    with np.errstate(all="ignore"):
        second, first = network.logits(image[np.newaxis])[0].argsort(kind="stable")[-2:].tolist()
        found = counterfactual(network, image, second if target is None else target, cancelled)
        way = found.on_the_way(np.linspace(0.0, 1.0, STEPS + 1))
        return OtherDigit(first, found, softmax(network.logits(way)))

"""What is computed of a unit in the views' thread."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from ...cancel import Cancelled
from ...data.registry import SIDE
from ..diverging import levels_of
from ..image_strip import NamedImage

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from ...data.dataset import Dataset
    from ...insight.units import UnitFigures
    from ...nn.arrays import FloatArray
    from ...nn.network import Network
    from ...training.config import DataConfig

_IMAGES = 12


class Edit(NamedTuple):
    """What is tried with a unit.

    Attributes
    ----------
    off : bool
        Whether nothing hears it any more.
    bias : float, optional
        Another bias.
    """

    off: bool = False
    bias: float | None = None

    def apply(self, network: Network, layer: int, unit: int) -> Network:
        """Return a frozen copy of the network with this change."""
        from ...insight.units import switched_off, with_bias

        if self.bias is not None:
            network = with_bias(network, layer, unit, self.bias)
        if self.off:
            network = switched_off(network, layer, unit)
        return network.freeze()


@dataclass(frozen=True, eq=False)
class UnitAnswer:
    """A unit of a network.

    Attributes
    ----------
    layer, unit : int
        Which, from 0.
    levels : ndarray of uint8, shape (28, 28)
        What it looks for, ready to be painted.
    bias : float
        Its bias in the network as it was trained.
    figures : UnitFigures
        Over the validation images, or the test images if there are none.
    speaks : ndarray of float32, shape (classes,)
        By how much each logit rises with its activation.
    exciting, silencing : list of NamedImage
        What excites it most, and what least.
    accuracy, changed_accuracy : float
        On the same images, as it was trained and with what is tried; equal without.
    """

    layer: int
    unit: int
    levels: npt.NDArray[np.uint8]
    bias: float
    figures: UnitFigures
    speaks: FloatArray
    exciting: list[NamedImage]
    silencing: list[NamedImage]
    accuracy: float
    changed_accuracy: float


def look_at_unit(
    network: Network,
    edit: Edit,
    layer: int,
    unit: int,
    dataset: Dataset,
    config: DataConfig,
    cancelled: Cancelled,
) -> UnitAnswer:
    """Return all that is shown of a unit; raises WorkCancelled if nobody waits any more."""
    import numpy as np

    from ...insight.units import figures_of, filters, speaks_for
    from ...training.answers import ask, gather
    from ...training.parts import unseen_images

    _, (images, labels, indices) = unseen_images(dataset, config)
    changed = edit.apply(network, layer, unit) if edit != Edit() else network
    answers = gather(ask(network, images, labels, indices, hidden=True, cancelled=cancelled))
    after = answers
    if changed is not network:
        after = gather(ask(changed, images, labels, indices, hidden=True, cancelled=cancelled))
    with np.errstate(all="ignore"):
        looked_for = filters(network, layer, images)[unit : unit + 1]
        speaks = speaks_for(network, layer, unit, images)
    figures = figures_of(after.hidden[layer][:, unit], after.labels, len(dataset.class_names))

    def pictures(rows: npt.NDArray[np.intp]) -> list[NamedImage]:
        return [
            NamedImage(
                images[answers.indices[row]].reshape(SIDE, SIDE),
                dataset.class_names[answers.labels[row]],
                True,
                f"{dataset.class_names[answers.labels[row]]} · {figures.activations[row]:.2f}",
            )
            for row in rows.tolist()
        ]

    return UnitAnswer(
        layer,
        unit,
        levels_of(looked_for, own=True)[0],
        float(network.linear_layers[layer].bias.value[unit]),
        figures,
        speaks,
        pictures(figures.exciting(_IMAGES)),
        pictures(figures.silencing(_IMAGES)),
        float((answers.predicted == answers.labels).mean()),
        float((after.predicted == after.labels).mean()),
    )

"""What is computed of a unit in the views' thread."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QCoreApplication

from ...cancel import Cancelled
from ...data.registry import SIDE
from ...number_text import grouped
from ...training.parts import Part
from ..diverging import levels_of
from ..image_strip import NamedImage
from .layers_work import fixed_images

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
    edit : Edit
        What is tried with it.
    levels : ndarray of uint8, shape (28, 28)
        What it looks for, ready to be painted.
    bias : float
        Its bias in the network as it was trained.
    part : Part
        The images that it answered to: the test images if there are none for validation.
    figures : UnitFigures
        Over these.
    speaks : ndarray of float32, shape (classes,)
        By how much each logit rises with its activation.
    exciting, silencing : list of NamedImage
        What excites it most, and what least.
    accuracy, changed_accuracy : float
        On the same images, as it was trained and with what is tried; equal without.
    """

    layer: int
    unit: int
    edit: Edit
    levels: npt.NDArray[np.uint8]
    bias: float
    part: Part
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

    from ...insight.units import figures_of, filters, rest_of, speaks_for
    from ...training.answers import ask, gather
    from ...training.parts import unseen_images

    part, (images, labels, indices) = unseen_images(dataset, config)
    changed = edit.apply(network, layer, unit) if edit != Edit() else network
    answers = gather(ask(network, images, labels, indices, hidden=True, cancelled=cancelled))
    after = answers
    if changed is not network:
        after = gather(ask(changed, images, labels, indices, hidden=True, cancelled=cancelled))
    seen, _ = fixed_images(dataset, config)  # those that the layer is drawn by
    with np.errstate(all="ignore"):
        looked_for = filters(network, layer, seen)[unit : unit + 1]
        speaks = speaks_for(network, layer, unit, seen)
    classes, rest = len(dataset.class_names), rest_of(network, layer)
    figures = figures_of(after.hidden[layer][:, unit], after.labels, classes, rest)
    tip = QCoreApplication.translate("UnitCard", "{0} · activation {1}")

    def pictures(rows: npt.NDArray[np.intp]) -> list[NamedImage]:
        return [
            NamedImage(
                images[answers.indices[row]].reshape(SIDE, SIDE),
                dataset.class_names[answers.labels[row]],
                True,
                tip.format(
                    dataset.class_names[answers.labels[row]], grouped(figures.activations[row], 2)
                ),
            )
            for row in rows.tolist()
        ]

    return UnitAnswer(
        layer,
        unit,
        edit,
        levels_of(looked_for, own=True)[0],
        float(network.linear_layers[layer].bias.value[unit]),
        part,
        figures,
        speaks,
        pictures(figures.exciting(_IMAGES)),
        pictures(figures.silencing(_IMAGES)),
        float((answers.predicted == answers.labels).mean()),
        float((after.predicted == after.labels).mean()),
    )

"""What is computed of all layers in the views' thread."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ...cancel import Cancelled, check

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from ...data.dataset import Dataset
    from ...insight.health import Finding, Progress
    from ...insight.layers import LayerFigures, Probe
    from ...nn.network import Network
    from ...training.config import DataConfig, RunConfig


class Start:
    """The network that a run began with; it is looked at once, in the views' thread.

    Parameters
    ----------
    config : RunConfig
        Makes the network again, if it is not given.
    network : Network, optional
        Itself.
    known : bool
        Whether anybody knows it: of a fork, only who saw it begin.
    """

    def __init__(self, config: RunConfig, network: Network | None, *, known: bool = True) -> None:
        self._config = config
        self._network = network
        self._known = known
        self._seen: tuple[Dataset, Probe] | None = None

    def probe(self, dataset: Dataset) -> Probe | None:
        """Return how it looks with images of a data set; None if nobody knows it."""
        from ...insight.layers import probe
        from ...training.networks import first_network

        if not self._known:
            return None
        if self._seen is None or self._seen[0] is not dataset:
            network = self._network or first_network(self._config)
            self._seen = dataset, probe(network, *fixed_images(dataset, self._config.data))
        return self._seen[1]


@dataclass(frozen=True, eq=False)
class LayersAnswer:
    """All layers of a network.

    Attributes
    ----------
    layers : tuple of LayerFigures
        One for each linear layer.
    progress : Progress
        How far the run was.
    findings : tuple of Finding
        What is unhealthy, the cause of the rest first.
    """

    layers: tuple[LayerFigures, ...]
    progress: Progress
    findings: tuple[Finding, ...]

    @property
    def ratios(self) -> list[float]:
        """How far an update moves each layer's weights; NaN of what is not recorded."""
        return self.progress.ratios.tolist() or [math.nan] * len(self.layers)


def look_at_layers(
    network: Network,
    start: Start,
    config: RunConfig,
    progress: Progress,
    dataset: Dataset,
    cancelled: Cancelled,
) -> LayersAnswer:
    """Return what is shown of a network's layers; raises WorkCancelled if nobody waits any more.

    Parameters
    ----------
    network, start : Network and Start
        As it is, and as it began.
    config : RunConfig
        The settings in use.
    progress : Progress
        How far the run is.
    dataset : Dataset
        Its images are taken.
    """
    from ...insight.health import findings_of
    from ...insight.layers import figures_of, probe

    now = probe(network, *fixed_images(dataset, config.data))
    check(cancelled)
    before = start.probe(dataset)
    check(cancelled)
    figures = figures_of(now, before)
    return LayersAnswer(figures, progress, findings_of(config, now, before, progress))


def fixed_images(
    dataset: Dataset, config: DataConfig
) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8]]:
    """Return the first validation images and labels; test images if there are none."""
    from ...insight.layers import IMAGES
    from ...training.parts import unseen_images

    _, (images, labels, indices) = unseen_images(dataset, config, IMAGES)
    return images[indices], labels[indices]

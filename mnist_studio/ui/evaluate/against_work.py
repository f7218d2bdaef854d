"""What is computed of several runs in the views' thread."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...cancel import Cancelled, check
from ...errors import StudioError
from ...training.parts import AnsweredPart, Part, answer_part

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from ...data.dataset import Dataset
    from ...insight.paired import Pairing
    from ...insight.seeds import SeedTally
    from ...nn.network import Network
    from ...training.config import DataConfig

    Predicted = npt.NDArray[np.integer[Any]]

logger = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class Comparison:
    """The run in view and another one on the test images.

    Attributes
    ----------
    path : Path
        The other run.
    pairing : Pairing
        How often who is right.
    part : AnsweredPart
        What the run in view says.
    only_this, only_other : ndarray of int
        Rows of that which only the one or only the other recognizes.
    """

    path: Path
    pairing: Pairing
    part: AnsweredPart
    only_this: npt.NDArray[np.intp]
    only_other: npt.NDArray[np.intp]


def compare(
    network: Network, path: Path, dataset: Dataset, config: DataConfig, cancelled: Cancelled
) -> Comparison:
    """Return how a network and that of a run's file do on the same images."""
    import numpy as np

    from ...insight.paired import pair
    from ...runs.opened import open_run

    part = answer_part(network, dataset, Part.TEST, config, cancelled)
    check(cancelled)
    rival = answer_part(open_run(path).network, dataset, Part.TEST, config, cancelled)
    mine, other = (each.answers.predicted == each.answers.labels for each in (part, rival))
    return Comparison(
        path,
        pair(part.answers, rival.answers),
        part,
        np.flatnonzero(mine & ~other),
        np.flatnonzero(other & ~mine),
    )


@dataclass(frozen=True, eq=False)
class AskedRun:
    """What a run with another seed takes the test images for.

    Attributes
    ----------
    path : Path
        Its file.
    step : int
        Updates that it had made when it was listed.
    predicted : ndarray of uint8, shape (n,), optional
        A class for each image; None if the file cannot be read.
    """

    path: Path
    step: int
    predicted: Predicted | None


def ask_run(
    path: Path, step: int, dataset: Dataset, config: DataConfig, cancelled: Cancelled
) -> AskedRun:
    """Return what the network of a run's file takes the test images for."""
    import numpy as np

    from ...runs.opened import open_run

    try:
        network = open_run(path).network
    except StudioError:
        logger.info("%s is left out of the seeds", path, exc_info=True)
        return AskedRun(path, step, None)
    part = answer_part(network, dataset, Part.TEST, config, cancelled)
    return AskedRun(path, step, part.answers.predicted.astype(np.uint8))


@dataclass(frozen=True, eq=False)
class CountedSeeds:
    """The run in view and its like with other seeds on the test images.

    Attributes
    ----------
    part : AnsweredPart
        What the run in view says.
    tally : SeedTally
        In how many of all of them each of these images is wrong.
    """

    part: AnsweredPart
    tally: SeedTally


def count_seeds(
    network: Network,
    others: Sequence[Predicted],
    dataset: Dataset,
    config: DataConfig,
    cancelled: Cancelled,
) -> CountedSeeds:
    """Return in how many runs each test image is wrong, that of `network` among them."""
    from ...insight.seeds import tally

    part = answer_part(network, dataset, Part.TEST, config, cancelled)
    return CountedSeeds(part, tally(part.answers.labels, (part.answers.predicted, *others)))

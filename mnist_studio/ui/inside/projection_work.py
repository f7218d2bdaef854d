"""What is computed of a projection in the views' thread."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ...cancel import Cancelled
from ...training.parts import AnsweredPart, unseen_images

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from ...data.dataset import Dataset
    from ...insight.projection import Projection
    from ...nn.arrays import FloatArray
    from ...nn.network import Network
    from ...training.config import DataConfig

PIXELS, LOGITS = 0, -1
"""What is projected beside hidden layers, which are counted from 1."""
MOST = 3000
"""Images that are shown, at most."""
_ROW = 1 / 14  # of the length of a line: what is between two classes beside it


@dataclass(frozen=True, eq=False)
class ProjectionAnswer:
    """Where the images of a part are.

    Attributes
    ----------
    layer : int
        Of which layer, `PIXELS` or `LOGITS`.
    part : AnsweredPart
        The images, and what the network says of them.
    projection : Projection
        The plane.
    """

    layer: int
    part: AnsweredPart
    projection: Projection

    @property
    def finite(self) -> bool:
        """Whether the network still answers in numbers."""
        import numpy as np

        return bool(np.isfinite(self.part.answers.logits).all())

    def is_of(self, images: npt.NDArray[np.uint8], indices: npt.NDArray[np.integer[Any]]) -> bool:
        """Return whether these are the images."""
        import numpy as np

        part = self.part
        return part.images is images and np.array_equal(part.answers.indices, indices)

    def places(self) -> FloatArray:
        """Return where the images are shown, shape (n, 2)."""
        return self._spread(self.projection.points, self.part.answers.labels)

    def place(self, images: FloatArray) -> FloatArray:
        """Return where other images, of shape (m, inputs), belong, shape (m, 2)."""
        import numpy as np

        with np.errstate(all="ignore"):
            outputs = self.part.network.activations(images)
            rows = images if self.layer == PIXELS else _of_layer(outputs, self.layer)
            return self._spread(self.projection.place(rows), outputs[-1].argmax(axis=1))

    def _spread(self, points: FloatArray, classes: npt.NDArray[np.integer[Any]]) -> FloatArray:
        """Give every class a row of its own if all there is to see is a line."""
        import numpy as np

        if self.projection.rank != 1:
            return points
        middle = (len(self.part.dataset.class_names) - 1) / 2
        step = _ROW * float(np.ptp(self.projection.points[:, 0]))
        return np.column_stack((points[:, 0], step * (middle - classes))).astype(np.float32)


def project_part(
    network: Network,
    layer: int,
    dataset: Dataset,
    config: DataConfig,
    before: ProjectionAnswer | None,
    cancelled: Cancelled,
) -> ProjectionAnswer:
    """Return where the first validation images are, or test images if there are none.

    Parameters
    ----------
    layer : int
        As in `ProjectionAnswer`.
    config : DataConfig
        How the run split the data set.
    before : ProjectionAnswer, optional
        What was shown before: the same images come to lie as near to there as they can.

    Raises
    ------
    WorkCancelled
        If nobody waits any more.
    """
    import numpy as np

    from ...data.pixels import unit_range
    from ...insight.projection import project
    from ...training.answers import Answers, ask

    part, (images, labels, indices) = unseen_images(dataset, config, MOST)
    if before is not None and not before.is_of(images, indices):
        before = None
    known = before is not None and before.layer == layer == PIXELS  # they stay what they are
    rows, logits = [], []
    for each in ask(network, images, labels, indices, hidden=layer > 0, cancelled=cancelled):
        logits.append(each.logits)
        if layer != PIXELS:
            rows.append(_of_layer([*each.hidden, each.logits], layer))
        elif not known:
            rows.append(unit_range(images[each.indices]))
    answers = Answers(indices, labels[indices], np.concatenate(logits))
    if before is not None and known:
        projection = before.projection
    else:
        like = None if before is None else before.projection.points
        projection = project(np.concatenate(rows), like)
    answered = AnsweredPart(part, dataset, images, network, answers)
    return ProjectionAnswer(layer, answered, projection)


def _of_layer(outputs: list[FloatArray], layer: int) -> FloatArray:
    """Return the output of a hidden layer, or the logits."""
    return outputs[-1] if layer == LOGITS else outputs[layer - 1]

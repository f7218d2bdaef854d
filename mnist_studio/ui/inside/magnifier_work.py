"""What the magnifier asks of the views' thread: an update taken apart, one weight checked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ...cancel import Cancelled
from .step_texts import Place

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ...data.dataset import Dataset
    from ...insight.one_step import OneStep
    from ...nn.arrays import FloatArray
    from ...session.run_in_view import RunInView


@dataclass(frozen=True, eq=False)
class Magnified:
    """An update under the magnifier.

    Attributes
    ----------
    step : OneStep
    made : bool
        Whether it is the last one that was made; else it is the one that comes next.
    exact : bool
        Whether it made the trainer's own weights, to the bit; only of one that was made.
    place : Place
        Where one looks.
    numeric : float
        The gradient of the weight there by a central difference.
    """

    step: OneStep
    made: bool
    exact: bool
    place: Place
    numeric: float


def magnify(
    run: RunInView,
    dataset: Dataset,
    wanted: Place,
    chosen: bool,
    known: Magnified | None,
    _cancelled: Cancelled,
) -> Magnified | None:
    """Take the last update of a run apart if it is known what it began with, else the next one.

    Parameters
    ----------
    run : RunInView
    dataset : Dataset
    wanted : Place
        Where to look: of a negative row or unit the one with the largest gradient.
    chosen : bool
        Whether somebody wants to look just there; if not, it is left where there is no gradient.
    known : Magnified, optional
        What was answered before, of which the update is used again if it is the same.
    """
    from ...insight.one_step import numeric_gradient, take_apart
    from ...insight.weight_update import update_of

    state = run.previous or run.state
    if state is None:
        return None
    if known is not None and known.step.state is state:
        step = known.step
    else:
        step = take_apart(state, run.config, tuple(run.history.changes), dataset)
    exact = run.previous is not None and _same(step.parameters(), run)
    place = _place(step, wanted)
    if not chosen and not update_of(step, place.layer, place.row, place.unit).gradient:
        place = _place(step, replace(place, row=-1, unit=-1))
    numeric = numeric_gradient(step, place.layer, place.row, place.unit)
    return Magnified(step, run.previous is not None, exact, place, numeric)


def _same(parameters: Sequence[FloatArray], run: RunInView) -> bool:
    import numpy as np

    trained = run.state
    return trained is not None and all(
        np.array_equal(one, other, equal_nan=True)
        for one, other in zip(parameters, trained.network.weights(), strict=True)
    )


def _place(step: OneStep, wanted: Place) -> Place:
    """Return where to look, within this update."""
    import numpy as np

    image = min(wanted.image, len(step.batch.labels) - 1)
    number = min(wanted.layer, len(step.layers) - 1)
    layer = step.layers[number]
    rows, units = layer.weight.shape
    unit, row = wanted.unit, wanted.row
    if not 0 <= unit < units:
        unit = int(np.abs(np.nan_to_num(layer.sums_gradient[image])).argmax())
    if not 0 <= row <= rows:
        row = int(np.abs(np.nan_to_num(layer.weight_gradient[:, unit])).argmax())
    return Place(image, number, row, unit)


def numbers_of(
    magnified: Magnified,
) -> Iterator[tuple[str, int, int, int | None, int | None, float]]:
    """Yield the numbers of a layer for one image and of the weights of one unit.

    Each comes with its name, layer, image, input and unit, which are counted from 1; the last two
    are None where they mean nothing.
    """
    place = magnified.place
    layer, image, unit = magnified.step.layers[place.layer], place.image, place.unit
    where = (place.layer + 1, image + 1)
    of_inputs = {"x": layer.inputs[image], "dL/dx": layer.inputs_gradient[image]}
    of_units = {
        "z": layer.sums[image],
        "p" if layer.activation is None else "a": layer.activations[image],
        "dL/dz": layer.sums_gradient[image],
        "b": layer.bias,
        "dL/db": layer.bias_gradient,
        "new b": layer.new_bias,
    }
    if layer.mask is not None:
        of_units["m"] = layer.mask[image]
    if layer.outputs_gradient is not None:
        of_units["dL/da"] = layer.outputs_gradient[image]
    of_weights = {
        "w": layer.weight[:, unit],
        "dL/dw": layer.weight_gradient[:, unit],
        "new w": layer.new_weight[:, unit],
    }
    for name, values in of_inputs.items():
        for row, value in enumerate(values.tolist(), 1):
            yield name, *where, row, None, value
    for name, values in of_units.items():
        for column, value in enumerate(values.tolist(), 1):
            yield name, *where, None, column, value
    for name, values in of_weights.items():
        for row, value in enumerate(values.tolist(), 1):
            yield name, *where, row, unit + 1, value

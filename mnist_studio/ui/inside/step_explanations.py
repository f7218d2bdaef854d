"""Where a number of an update comes from: the formula, its numbers, and what they make."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from ...data.registry import SIDE
from ...nn.optimizers import Adam
from ...number_text import MINUS, grouped
from .formula import TIMES, derivative, factor, number, setting, sum_of_products, variable
from .step_texts import Place, Quantity, activation_formula

if TYPE_CHECKING:
    from ...insight.one_step import LayerStep, OneStep
    from ...insight.weight_update import WeightUpdate


def explain(step: OneStep, quantity: Quantity, place: Place) -> str:
    """Return rich text: what the number at a place is, and the product or sum it came from.

    Parameters
    ----------
    step : OneStep
    quantity : Quantity
        Which of the numbers there.
    place : Place
    """
    writer: Callable[[OneStep, Place], str] = _WRITERS[quantity]
    return writer(step, place)


def _lines(title: str, *lines: str) -> str:
    return "<br>".join((f"<b>{title}</b>", *(line for line in lines if line)))


def _more(count: int, rest: str) -> str:
    text = QCoreApplication.translate("OneStep", "{0} ({1} more)")
    return text.format(rest, grouped(count))


def _input(step: OneStep, place: Place) -> str:
    layer, row = step.layers[place.layer], place.row
    value = number(float(layer.inputs[place.image, row]))
    title = f"{variable('x', row)} = {value}"
    if place.layer == 0:
        y, x = divmod(row, SIDE)
        text = QCoreApplication.translate(
            "OneStep", "The pixel in row {0}, column {1}: 0 is paper, 1 is ink."
        )
        return _lines(title, text.format(y + 1, x + 1))
    text = QCoreApplication.translate("OneStep", "What unit {0} of layer {1} passes on.")
    return _lines(title, text.format(row + 1, place.layer))


def _weight(step: OneStep, place: Place) -> str:
    layer = step.layers[place.layer]
    is_bias = place.row == len(layer.weight)
    if is_bias:
        name = variable("b", place.unit)
        before, after = layer.bias[place.unit], layer.new_bias[place.unit]
        text = QCoreApplication.translate("OneStep", "Bias of unit {0}.").format(place.unit + 1)
    else:
        name = variable("w", place.row, place.unit)
        where = (place.row, place.unit)
        before, after = layer.weight[where], layer.new_weight[where]
        text = QCoreApplication.translate("OneStep", "From input {0} to unit {1}.")
        text = text.format(place.row + 1, place.unit + 1)
    after_text = QCoreApplication.translate("OneStep", "After the update: {0}")
    return _lines(
        f"{name} = {number(float(before))}", text, after_text.format(number(float(after)))
    )


def _sum(step: OneStep, place: Place) -> str:
    layer, unit = step.layers[place.layer], place.unit
    terms, _ = sum_of_products(layer.inputs[place.image], layer.weight[:, unit], _more)
    return _lines(
        f"{variable('z', unit)} = {number(float(layer.sums[place.image, unit]))}",
        f"Σ<sub>i</sub> {variable('x', 'i')}{TIMES}{variable('w', 'i', unit)} + "
        f"{variable('b', unit)}",
        f"= {terms} + {factor(float(layer.bias[unit]))}",
    )


def _output(step: OneStep, place: Place) -> str:
    layer, unit = step.layers[place.layer], place.unit
    z = float(layer.sums[place.image, unit])
    value = float(layer.activations[place.image, unit])
    if layer.activation is None:
        return _probability(step, place, z, value)
    passed, drop = value, ""
    if layer.mask is not None:
        mask = float(layer.mask[place.image, unit])
        passed = value * mask
        text = (
            QCoreApplication.translate("OneStep", "Dropout keeps it, times {0} for those dropped.")
            if mask
            else QCoreApplication.translate("OneStep", "Dropout leaves it out in this update.")
        )
        drop = text.format(number(mask))
    filled = activation_formula(layer.activation).replace(variable("z"), factor(z))
    return _lines(f"{variable('a', unit)} = {number(passed)}", f"{filled} = {number(value)}", drop)


def _probability(step: OneStep, place: Place, z: float, value: float) -> str:
    """Write softmax with the largest logit taken off, as it is computed."""
    import numpy as np

    logits = step.layers[place.layer].sums[place.image].astype(np.float64)
    largest = float(logits.max())
    with np.errstate(all="ignore"):
        total = float(np.exp(logits - largest).sum())
    p, k = variable("p", place.unit), variable("z", place.unit)
    name = variable("m")
    lines = [
        f"e<sup>{k} {MINUS} {name}</sup> / Σ e<sup>{variable('z')} {MINUS} {name}</sup>, "
        f"{name} = max {variable('z')} = {number(largest)}",
        f"= e<sup>{number(z - largest)}</sup> / {number(total)}",
    ]
    if place.unit == step.batch.labels[place.image]:
        loss = number(float(step.losses[place.image]))
        lines.append(f"<i>L</i> = {MINUS}log {p} = {MINUS}log {number(value)} = {loss}")
    return _lines(f"{p} = {number(value)}", *lines)


def _input_gradient(step: OneStep, place: Place) -> str:
    layer, row = step.layers[place.layer], place.row
    terms, _ = sum_of_products(layer.sums_gradient[place.image], layer.weight[row], _more)
    note = ""
    if place.layer == 0:
        note = QCoreApplication.translate(
            "OneStep", "Training leaves it out: nobody changes the pixels."
        )
    return _lines(
        f"{derivative('x', row)} = {number(float(layer.inputs_gradient[place.image, row]))}",
        f"Σ<sub>j</sub> {derivative('z', 'j')}{TIMES}{variable('w', row, 'j')}",
        f"= {terms}",
        note,
    )


def _weight_gradient(step: OneStep, place: Place) -> str:
    import numpy as np

    layer, row, unit = step.layers[place.layer], place.row, place.unit
    gradients = layer.sums_gradient[:, unit]
    is_bias = row == len(layer.weight)
    inputs = np.ones_like(gradients) if is_bias else layer.inputs[:, row]
    terms, _ = sum_of_products(inputs, gradients, _more)
    own, dz = float(gradients[place.image]), derivative("z", unit)
    if is_bias:
        name, whole = derivative("b", unit), float(layer.bias_gradient[unit])
        product, share = f"Σ {dz}", number(own)
    else:
        name, whole = derivative("w", row, unit), float(layer.weight_gradient[row, unit])
        x = float(inputs[place.image])
        product = f"Σ {variable('x', row)}{TIMES}{dz}"
        share = f"{factor(x)}{TIMES}{factor(own)} = {number(x * own)}"
    count = len(gradients)
    over = QCoreApplication.translate("OneStep", "over {0} images") if count > 1 else ""
    shares = QCoreApplication.translate("OneStep", "this image: {0}")
    return _lines(
        f"{name} = {number(whole)}",
        f"{product} {over.format(grouped(count))}",
        f"= {terms}",
        shares.format(share),
    )


def _sum_gradient(step: OneStep, place: Place) -> str:
    layer, unit = step.layers[place.layer], place.unit
    value = number(float(layer.sums_gradient[place.image, unit]))
    title = f"{derivative('z', unit)} = {value}"
    if layer.activation is None:
        p = float(layer.activations[place.image, unit])
        y = int(unit == step.batch.labels[place.image])
        n = len(step.batch.labels)
        note = QCoreApplication.translate(
            "OneStep", "The loss is the mean of {0} images: each has this share of it."
        )
        return _lines(
            title,
            f"({variable('p', unit)} {MINUS} {variable('y', unit)}) / <i>n</i>",
            f"= ({number(p)} {MINUS} {y}) / {n}",
            note.format(grouped(n)),
        )
    assert layer.outputs_gradient is not None
    above = float(layer.outputs_gradient[place.image, unit])
    slope = _slope(layer, place)
    factors = [factor(above), number(slope)]
    names = [derivative("a", unit), f"<i>f</i>′({variable('z', unit)})"]
    note, kept = "", True
    if layer.mask is not None:
        kept = bool(layer.mask[place.image, unit])
        factors.append(number(float(layer.mask[place.image, unit])))
        names.append(variable("m", unit))
    if not kept:
        note = QCoreApplication.translate("OneStep", "Dropout leaves it out in this update.")
    elif slope == 0.0:
        note = QCoreApplication.translate(
            "OneStep", "It was not on for this image, so that nothing goes back through it."
        )
    return _lines(title, TIMES.join(names), f"= {TIMES.join(factors)}", note)


def _slope(layer: LayerStep, place: Place) -> float:
    from ...nn.layers import ReLU, SmoothActivation

    assert isinstance(layer.activation, ReLU | SmoothActivation)
    outputs = layer.activations[place.image : place.image + 1, place.unit : place.unit + 1]
    return float(layer.activation.derivative_at(outputs)[0, 0])


def _output_gradient(step: OneStep, place: Place) -> str:
    layer, unit = step.layers[place.layer], place.unit
    if layer.activation is None:
        right = unit == step.batch.labels[place.image]
        text = (
            QCoreApplication.translate("OneStep", "The label says this class.")
            if right
            else QCoreApplication.translate("OneStep", "The label says another class.")
        )
        return _lines(f"{variable('y', unit)} = {int(right)}", text)
    after = step.layers[place.layer + 1]
    terms, _ = sum_of_products(after.sums_gradient[place.image], after.weight[unit], _more)
    assert layer.outputs_gradient is not None
    return _lines(
        f"{derivative('a', unit)} = {number(float(layer.outputs_gradient[place.image, unit]))}",
        QCoreApplication.translate("OneStep", "From all units of the next layer:"),
        f"Σ<sub>k</sub> {derivative('z', 'k')}{TIMES}{variable('w', unit, 'k')} = {terms}",
    )


def _change(step: OneStep, place: Place) -> str:
    from ...insight.weight_update import update_of

    update = update_of(step, place.layer, place.row, place.unit)
    is_bias = place.row == len(step.layers[place.layer].weight)
    name = variable("b", place.unit) if is_bias else variable("w", place.row, place.unit)
    lines = update_lines(step, update)
    averages = _averages(step, update)
    if averages:  # in the place of what comes before and after them
        lines = [*averages, *lines[1:2], *lines[3:]]
    return _lines(f"Δ{name} = {number(update.change)}", *lines)


def _averages(step: OneStep, update: WeightUpdate) -> list[str]:
    """Return how Adam's averages of one weight come about; nothing of other optimizers."""
    if step.settings.optimizer not in ("adam", "adamw"):
        return []
    used = update.gradient + (update.decay if step.settings.optimizer == "adam" else 0.0)
    averages = (
        ("m", Adam.beta1, update.mean, factor(used), update.new_mean),
        ("v", Adam.beta2, update.square, f"{factor(used)}²", update.new_square),
    )
    return [
        f"{variable(name)} = {beta:g}{TIMES}{factor(old)} + {1 - beta:g}{TIMES}{new} = "
        f"{number(made)}"
        for name, beta, old, new, made in averages
    ]


def update_lines(step: OneStep, update: WeightUpdate) -> list[str]:
    """Return the optimizer's formulas, each with the numbers of one weight."""
    rate, w, optimizer = setting(step.rate), variable("w"), step.settings.optimizer
    before, after = number(update.weight), number(update.new_weight)
    eta, decay = "<i>η</i>", f"<i>λ</i>/<i>B</i>{TIMES}{w}"
    summed = update.gradient + update.decay
    sum_numbers = f"{number(update.gradient)} + {factor(update.decay)}"
    if optimizer == "sgd":
        return [
            f"{w} ← {w} {MINUS} {eta}{TIMES}({derivative('w')} + {decay})",
            f"= {before} {MINUS} {rate}{TIMES}({sum_numbers}) = {after}",
        ]
    whole = f"{variable('g')} = {derivative('w')} + {decay} = {sum_numbers} = {number(summed)}"
    if optimizer in ("momentum", "nesterov"):
        kept, v, old = "<i>μ</i>", variable("v"), factor(update.velocity)
        momentum, new = setting(step.settings.momentum), factor(update.new_velocity)
        part, part_numbers = f"{eta}{TIMES}{variable('g')}", f"{rate}{TIMES}{factor(summed)}"
        moved, moved_numbers = v, new
        if optimizer == "nesterov":
            moved = f"{kept}{TIMES}{v} {MINUS} {part}"
            moved_numbers = f"{momentum}{TIMES}{new} {MINUS} {part_numbers}"
        return [
            whole,
            f"{v} ← {kept}{TIMES}{v} + {part} = {momentum}{TIMES}{old} + {part_numbers} = "
            f"{number(update.new_velocity)}",
            f"{w} ← {w} {MINUS} {moved} = {before} {MINUS} {moved_numbers} = {after}",
        ]
    shrink = shrink_numbers = ""
    if optimizer == "adamw":
        whole = f"{variable('g')} = {derivative('w')} = {number(update.gradient)}"
        shrink = f" {MINUS} {eta}{TIMES}{decay}"
        shrink_numbers = f" {MINUS} {rate}{TIMES}{factor(update.decay)}"
    root = math.sqrt(update.square_corrected) if update.square_corrected >= 0 else math.nan
    return [
        whole,
        f"m̂ = {number(update.mean_corrected)}, v̂ = {number(update.square_corrected)}",
        f"{w} ← {w}{shrink} {MINUS} {eta}{TIMES}m̂ / (√v̂ + <i>ε</i>)",
        f"= {before}{shrink_numbers} {MINUS} {rate}{TIMES}{factor(update.mean_corrected)} / "
        f"{number(root + Adam.epsilon)} = {after}",
    ]


_WRITERS: Mapping[Quantity, Callable[[OneStep, Place], str]] = {
    Quantity.INPUT: _input,
    Quantity.WEIGHT: _weight,
    Quantity.SUM: _sum,
    Quantity.OUTPUT: _output,
    Quantity.INPUT_GRADIENT: _input_gradient,
    Quantity.WEIGHT_GRADIENT: _weight_gradient,
    Quantity.SUM_GRADIENT: _sum_gradient,
    Quantity.OUTPUT_GRADIENT: _output_gradient,
    Quantity.CHANGE: _change,
}

"""The formulas of an update and the numbers in them, put into words and signs."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from ...number_text import MINUS
from .formula import TIMES, derivative, variable

if TYPE_CHECKING:
    from ...insight.one_step import LayerStep
    from ...nn.layers import Layer


class Quantity(StrEnum):
    """What a number of the step is."""

    INPUT = "x"
    WEIGHT = "w"
    SUM = "z"
    OUTPUT = "a"
    INPUT_GRADIENT = "dx"
    WEIGHT_GRADIENT = "dw"
    SUM_GRADIENT = "dz"
    OUTPUT_GRADIENT = "da"
    CHANGE = "update"


@dataclass(frozen=True)
class Place:
    """Where in a step one looks; all are counted from 0.

    Attributes
    ----------
    image : int
        Which of the batch.
    layer : int
        Which linear layer.
    row : int
        Which input; as many as there are inputs for the bias.
    unit : int
    """

    image: int
    layer: int
    row: int
    unit: int


def activation_formula(activation: Layer | None) -> str:
    """Return the function after a linear layer, of z; of the last one softmax."""
    z = variable("z")
    name = type(activation).__name__ if activation is not None else ""
    return {
        "ReLU": f"max(0, {z})",
        "LeakyReLU": f"max({z}, 0.01{TIMES}{z})",
        "Sigmoid": f"1 / (1 + e<sup>{MINUS}{z}</sup>)",
        "Tanh": f"tanh {z}",
    }.get(name, f"e<sup>{z}</sup> / Σ e<sup>{z}</sup>")


def _slope_formula(layer: LayerStep, z: str, a: str) -> str:
    name = type(layer.activation).__name__
    return {
        "ReLU": f"[{z} &gt; 0]",
        "LeakyReLU": f"<i>f</i>′({z})",
        "Sigmoid": f"{a}(1 {MINUS} {a})",
        "Tanh": f"(1 {MINUS} {a}²)",
    }[name]


def formula(quantity: Quantity, layer: LayerStep) -> str:
    """Return the formula of all numbers of a kind, as the lab note writes it."""
    last = layer.activation is None
    x, w, z, b = (variable(name) for name in ("X", "W", "Z", "b"))
    dw, dz, dx = derivative("W"), derivative("Z"), derivative("X")
    transposed = "<sup>T</sup>"
    mask = "" if layer.mask is None else f"{TIMES}{variable('m')}"
    match quantity:
        case Quantity.INPUT:
            return x
        case Quantity.WEIGHT:
            return f"{w}, {b}"
        case Quantity.SUM:
            return f"{z} = {x} {w} + {b}"
        case Quantity.OUTPUT:
            return (
                f"{variable('p' if last else 'a')} = {activation_formula(layer.activation)}{mask}"
            )
        case Quantity.INPUT_GRADIENT:
            return f"{dx} = {dz} {w}{transposed}"
        case Quantity.WEIGHT_GRADIENT:
            return f"{dw} = {x}{transposed} {dz}"
        case Quantity.SUM_GRADIENT:
            if last:
                return f"{dz} = ({variable('p')} {MINUS} {variable('y')}) / <i>n</i>"
            slope = _slope_formula(layer, variable("z"), variable("a"))
            return f"{dz} = {derivative('a')}{TIMES}{slope}{mask}"
        case Quantity.OUTPUT_GRADIENT:
            return variable("y") if last else derivative("a")
        case Quantity.CHANGE:
            return f"Δ{w}"

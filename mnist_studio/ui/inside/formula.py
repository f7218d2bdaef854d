"""Formulas and numbers as rich text."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

from ...number_text import MINUS, with_minus

if TYPE_CHECKING:
    from ...nn.arrays import FloatArray

TIMES = "\u202f·\u202f"
_DIGITS = 4
_TERMS = 3  # that are written out


def number(value: float) -> str:
    """Return a number in four digits, e.g. ``0.01834`` or ``1.2·10⁻⁷``."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "∞" if value > 0 else MINUS + "∞"
    if value != 0 and not 1e-4 <= abs(value) < 1e5:
        digits, power = f"{value:.{_DIGITS - 1}e}".split("e")
        return with_minus(f"{digits}·10<sup>{int(power)}") + "</sup>"
    if value == 0:
        return "0"
    places = _DIGITS - 1 - math.floor(math.log10(abs(value)))
    return with_minus(f"{value:.{max(0, places)}f}")


def setting(value: float) -> str:
    """Return a number that somebody has set, without zeros that were not: ``0.1``."""
    return f"{value:.4g}" if 1e-4 <= value < 1e4 else number(value)


def factor(value: float) -> str:
    """Return a number as a factor or a summand after a sign: a negative one in brackets."""
    return number(value) if not value < 0 else f"({number(value)})"


def variable(name: str, *places: int | str) -> str:
    """Return the name of a number, with what it is numbered by: from 1, as people count."""
    letter = f"<i>{name}</i>"
    numbers = ",".join(str(each) if isinstance(each, str) else str(each + 1) for each in places)
    return f"{letter}<sub>{numbers}</sub>" if numbers else letter


def derivative(name: str, *places: int | str) -> str:
    """Return the name of the gradient of the loss by a number."""
    return f"∂<i>L</i>/∂{variable(name, *places)}"


def sum_of_products(
    ones: FloatArray, others: FloatArray, more: Callable[[int, str], str]
) -> tuple[str, float]:
    """Write a sum of products with its largest terms.

    Parameters
    ----------
    ones, others : ndarray of float, shape (n,)
        The factors of each term.
    more : callable
        Says, of a count and the text of a number, that so many terms more make that.

    Returns
    -------
    tuple[str, float]
        The sum as text, and what it is.
    """
    import numpy as np

    with np.errstate(all="ignore"):
        products = ones.astype(np.float64) * others
        sizes = np.abs(np.nan_to_num(products, posinf=np.inf, neginf=np.inf))
        order = np.argsort(-sizes, kind="stable")
        nonzero = int(np.count_nonzero(products))
        shown = order[: min(_TERMS, max(1, nonzero))]
        rest = float(products[order[len(shown) :]].sum())
        total = float(products.sum())
    parts = [f"{factor(float(ones[i]))}{TIMES}{factor(float(others[i]))}" for i in shown]
    if nonzero > len(shown):
        parts.append(more(nonzero - len(shown), factor(rest)))
    return " + ".join(parts), total

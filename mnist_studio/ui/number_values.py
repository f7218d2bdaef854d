"""How numbers are written, read and stepped through in an editor."""

from __future__ import annotations

import math
import re

from ..number_text import MINUS
from ..training.hyperparameter import Hyperparameter

_WHOLE = re.compile(r"[+-]?\d+")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?")
_BEGINNING = re.compile(r"[+-]?\d*\.?\d*(e[+-]?\d*)?")
_SPACES = str.maketrans("", "", " \u2009\u00a0\u202f_")
SMALLEST_SHARE = 1e-5  # where a logarithmic scale from zero begins, as a share of its end


def format_number(value: float) -> str:
    """Return the shortest text that reads back as the same number, e.g. ``1e-6`` or ``20``."""
    if isinstance(value, int):
        return str(value)
    text = repr(value).removesuffix(".0")
    return re.sub(r"e([+-])0+", r"e\1", text).replace("e+", "e")


def parse_number(text: str, kind: type) -> float | None:
    """Return the number that `text` is, or None.

    Spaces group digits, a comma may be the point, and the sign may be one that is copied.
    """
    clean = _plain(text)
    if kind is int:
        # Python refuses to read thousands of digits, and no field needs them.
        return int(clean) if _WHOLE.fullmatch(clean) and len(clean) < 20 else None
    return float(clean) if _NUMBER.fullmatch(clean) else None


def may_become_usable(declaration: Hyperparameter, text: str) -> bool:
    """Return whether more typing can turn `text` into a number that the declaration allows."""
    clean = _plain(text)
    if not _BEGINNING.fullmatch(clean) or (declaration.kind is int and "." in clean):
        return False
    low, _ = bounds(declaration)
    number = parse_number(text, declaration.kind)
    return number is None or (number < low and not clean.startswith("-")) or "e" in clean


def next_value(declaration: Hyperparameter, value: float, *, up: bool) -> float:
    """Return the usual value next to `value`, within the bounds.

    Logarithmic whole numbers are doubled or halved, other logarithmic numbers follow
    1, 2, 5, 10; the rest goes in about twenty even steps from bound to bound, or by one.
    """
    low, high = bounds(declaration)
    if declaration.logarithmic and declaration.kind is int:
        following: float = int(value) * 2 if up else int(value) // 2
    elif declaration.logarithmic:
        following = _next_in_decade(value, low or high * SMALLEST_SHARE, up=up)
    elif declaration.kind is int:
        following = int(value) + (1 if up else -1)
    else:
        step = _even_step(low, high)
        position = round(value / step, 6)
        whole = math.floor(position) + 1 if up else math.ceil(position) - 1
        following = _clean(whole * step)
    bounded = min(max(following, low), high)
    return int(bounded) if declaration.kind is int else float(bounded)


def _next_in_decade(value: float, smallest: float, *, up: bool) -> float:
    """Return the neighbor among 1, 2 and 5 times powers of ten; zero comes below `smallest`."""
    if value <= smallest and not up:
        return 0.0
    if value < smallest:
        return smallest
    decade = math.floor(math.log10(value))
    candidates = [_clean(m * 10.0**d) for d in (decade - 1, decade, decade + 1) for m in (1, 2, 5)]
    margin = 1e-9 * value
    if up:
        return min(each for each in candidates if each > value + margin)
    return max(each for each in candidates if each < value - margin)


def _even_step(low: float, high: float) -> float:
    """Return about a twentieth of the range as 1, 2 or 5 times a power of ten."""
    rough = (high - low) / 20
    decade = 10.0 ** math.floor(math.log10(rough))
    return _clean(min((1, 2, 5, 10), key=lambda m: abs(math.log(m * decade / rough))) * decade)


def _clean(value: float) -> float:
    """Return the number without the dust of binary arithmetic, 0.3 for 0.30000000000000004."""
    return float(f"{value:.10g}")


def bounds(declaration: Hyperparameter) -> tuple[float, float]:
    """Return the inclusive bounds of a numeric declaration."""
    assert declaration.minimum is not None
    assert declaration.maximum is not None
    return declaration.minimum, declaration.maximum


def _plain(text: str) -> str:
    return text.translate(_SPACES).replace(",", ".").replace(MINUS, "-").lower()

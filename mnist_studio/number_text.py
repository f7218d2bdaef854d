"""Numbers as people read them: grouped digits, durations, percentages."""

from __future__ import annotations

import math

NONE = "–"
MINUS = "\u2212"
_THIN_SPACE = "\u202f"  # at which no line is broken


def with_minus(text: str) -> str:
    """Return the text of a figure with the sign that people read, ``−2`` or ``3e−5``.

    A setting's value keeps the hyphen, as it is typed.
    """
    return text.replace("e-0", "e-").replace("-", MINUS)


def grouped(value: float, places: int = 0) -> str:
    """Return a number with its digits in groups of three, e.g. ``41 200``; zero has no sign."""
    if not math.isfinite(value):
        return NONE
    return with_minus(f"{value:z,.{places}f}".replace(",", _THIN_SPACE))


def signed(value: float, places: int) -> str:
    """Return a number with its sign, e.g. ``+0.25``."""
    return with_minus(f"{value:+z.{places}f}") if math.isfinite(value) else NONE


def percentage(share: float, places: int = 2) -> str:
    """Return a share of 1 as e.g. ``97.62 %``, or a dash if it is NaN."""
    return f"{100 * share:.{places}f} %" if math.isfinite(share) else NONE


def certainty(probability: float, places: int = 0) -> str:
    """Return a probability in percent, never as certain: ``> 99 %`` where it is nearly."""
    text = percentage(probability, places)
    if text == percentage(1.0, places):
        return f"> {percentage(1 - 10 ** -(places + 2), places)}"
    return text


def percent_deviation(share: float, deviation: float) -> str:
    """Return e.g. ``97.90 ± 0.12 %``, without what is not a number."""
    if math.isnan(share) or math.isnan(deviation):
        return percentage(share)
    return f"{100 * share:.2f} ± {100 * deviation:.2f} %"


def number(value: float, digits: int = 3) -> str:
    """Return a number in so many digits, never in powers of ten below a million.

    Zero has no sign.
    """
    if math.isnan(value):
        return NONE
    if value and math.isfinite(value) and abs(value) < 1e6:
        text = f"{value:.{max(0, digits - 1 - math.floor(math.log10(abs(value))))}f}"
    else:
        text = f"{value:z.{digits}g}"
    return with_minus(text)


def number_deviation(value: float, deviation: float) -> str:
    """Return e.g. ``0.0213 ± 0.0012``, with as many decimals in both."""
    text = number(value)
    if math.isnan(value) or math.isnan(deviation):
        return text
    decimals = len(text.partition(".")[2])
    return f"{text} ± {deviation:.{decimals}f}"


def loss_text(value: float) -> str:
    """Return a loss in about four digits, so that its width stays."""
    if not math.isfinite(value):
        return NONE
    return f"{value:.4f}" if value < 10 else f"{value:.4g}"


def duration(seconds: float) -> str:
    """Return a time as ``0:21`` or ``1:02:03``."""
    if not math.isfinite(seconds):
        return NONE
    minutes, rest = divmod(max(0, math.ceil(seconds - 1e-6)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"

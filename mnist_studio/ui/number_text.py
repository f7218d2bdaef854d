"""Numbers as people read them: grouped digits, durations, percentages."""

from __future__ import annotations

import math

NONE = "–"
_THIN_SPACE = "\u2009"


def grouped(value: float, places: int = 0) -> str:
    """Return a number with its digits in groups of three, e.g. ``41 200``."""
    return f"{value:,.{places}f}".replace(",", _THIN_SPACE)


def percentage(share: float, places: int = 2) -> str:
    """Return a share of 1 as e.g. ``97.62 %``, or a dash if it is NaN."""
    return f"{100 * share:.{places}f} %" if math.isfinite(share) else NONE


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

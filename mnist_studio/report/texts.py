"""What reports call things, and how they write numbers."""

from __future__ import annotations

import math
from collections.abc import Callable

from ..training.status import RunStatus

Translate = Callable[[str, str], str]
"""Given a context and an English text, returns it in the reader's language."""


def untranslated(context: str, text: str) -> str:
    """Return the English text."""
    return text


def label(name: str, translate: Translate = untranslated) -> str:
    """Return what people call a setting, as a heading."""
    labels = {
        "dataset": translate("report", "Data set"),
        "hidden": translate("report", "Hidden layers"),
        "initializer": translate("report", "Initialization"),
        "optimizer": translate("report", "Optimizer"),
        "learning_rate": translate("report", "Learning rate"),
        "momentum": translate("report", "Momentum"),
        "batch_size": translate("report", "Batch size"),
        "epochs": translate("report", "Epochs"),
        "l2": translate("report", "L2 (λ)"),
        "schedule": translate("report", "Schedule"),
        "warmup": translate("report", "Warm-up"),
        "step_epochs": translate("report", "Step every (epochs)"),
        "step_factor": translate("report", "Step factor"),
        "dropout": translate("report", "Dropout"),
        "shift": translate("report", "Shift (px)"),
        "rotation": translate("report", "Rotation (°)"),
        "scale": translate("report", "Scale (±)"),
        "aspect": translate("report", "Aspect (±)"),
        "shear": translate("report", "Shear (±)"),
        "styles": translate("report", "Styles (share)"),
        "max_images": translate("report", "End after (images)"),
        "max_seconds": translate("report", "End after (s)"),
        "seed": translate("report", "Seed"),
        "validation_fraction": translate("report", "Validation share"),
        "split_seed": translate("report", "Split seed"),
    }
    return labels.get(name, name.replace("_", " "))


def status_text(status: RunStatus, translate: Translate = untranslated) -> str:
    """Return a status as people read it."""
    return {
        RunStatus.QUEUED: translate("report", "queued"),
        RunStatus.RUNNING: translate("report", "unfinished"),
        RunStatus.PAUSED: translate("report", "unfinished"),
        RunStatus.COMPLETED: translate("report", "completed"),
        RunStatus.STOPPED: translate("report", "stopped"),
        RunStatus.FAILED: translate("report", "failed"),
    }[status]


def percent(share: float, digits: int = 2) -> str:
    """Return a share of one as e.g. ``97.90 %``; a dash for NaN."""
    return "–" if math.isnan(share) else f"{100 * share:.{digits}f} %"


def percent_deviation(share: float, deviation: float, digits: int = 2) -> str:
    """Return e.g. ``97.90 ± 0.12 %``, without what is not a number."""
    if math.isnan(share) or math.isnan(deviation):
        return percent(share, digits)
    return f"{100 * share:.{digits}f} ± {100 * deviation:.{digits}f} %"


def number(value: float, digits: int = 3) -> str:
    """Return a number in so many digits, never in powers of ten below a million."""
    if math.isnan(value):
        return "–"
    if value and math.isfinite(value) and abs(value) < 1e6:
        return f"{value:.{max(0, digits - 1 - math.floor(math.log10(abs(value))))}f}"
    return f"{value:.{digits}g}"


def number_deviation(value: float, deviation: float, digits: int = 3) -> str:
    """Return e.g. ``0.0213 ± 0.0012``, with as many decimals in both."""
    text = number(value, digits)
    if math.isnan(value) or math.isnan(deviation):
        return text
    decimals = len(text.partition(".")[2])
    return f"{text} ± {deviation:.{decimals}f}"


def count(value: float) -> str:
    """Return a whole number with thin spaces between its thousands."""
    return "–" if math.isnan(value) else f"{value:,.0f}".replace(",", "\u202f")

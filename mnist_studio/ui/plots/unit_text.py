"""The x axis in words: its units, and places on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from ...number_text import grouped
from .x_units import XScale, XUnit

if TYPE_CHECKING:
    from ...training.history import History


def unit_text(unit: XUnit) -> str:
    """Return e.g. ``epochs``."""
    translate = QCoreApplication.translate
    return {
        XUnit.BATCHES: translate("XUnit", "batches"),
        XUnit.IMAGES: translate("XUnit", "images"),
        XUnit.EPOCHS: translate("XUnit", "epochs"),
        XUnit.SECONDS: translate("XUnit", "seconds"),
    }[unit]


def place_text(scale: XScale, x: float) -> str:
    """Return a place of no run in particular, e.g. ``epoch 1.25``."""
    translate = QCoreApplication.translate
    position = scale.position(x)
    match scale.unit:
        case XUnit.BATCHES:
            return translate("XUnit", "batch {0}").format(grouped(position))
        case XUnit.IMAGES:
            return translate("XUnit", "{0} images").format(grouped(position))
        case XUnit.EPOCHS:
            return translate("XUnit", "epoch {0}").format(f"{position:.2f}")
        case XUnit.SECONDS:
            return translate("XUnit", "{0} s").format(f"{position:.1f}")


def step_text(history: History, step: int) -> str:
    """Return a step of a run, e.g. ``epoch 2, batch 25``."""
    epoch = (step - 1) // history.batches_per_epoch + 1
    batch = step - (epoch - 1) * history.batches_per_epoch
    return QCoreApplication.translate("XUnit", "epoch {0}, batch {1}").format(epoch, grouped(batch))

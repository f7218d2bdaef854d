"""What the units of the x axis are called."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from .x_units import XUnit


def unit_text(unit: XUnit) -> str:
    """Return e.g. ``epochs``."""
    translate = QCoreApplication.translate
    return {
        XUnit.BATCHES: translate("XUnit", "batches"),
        XUnit.IMAGES: translate("XUnit", "images"),
        XUnit.EPOCHS: translate("XUnit", "epochs"),
        XUnit.SECONDS: translate("XUnit", "seconds"),
    }[unit]

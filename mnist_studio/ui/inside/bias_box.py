"""The field for the bias of a unit."""

from __future__ import annotations

from PySide6.QtCore import QLocale, QSize
from PySide6.QtGui import QValidator
from PySide6.QtWidgets import QDoubleSpinBox, QWidget

from ...number_text import MINUS, with_minus
from ..widgets import SPACING

_LARGEST = 1000.0
_USUAL = -0.1  # what there is room for at least


class BiasBox(QDoubleSpinBox):
    """Writes a number as it is written elsewhere, and reads it however it is typed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("unitBias")
        self.setAccessibleName(self.tr("Bias of the unit"))
        self.setToolTip(self.tr("Try another bias: a higher one lets the unit be on sooner."))
        self.setLocale(QLocale.c())
        self.setRange(-_LARGEST, _LARGEST)
        self.setDecimals(3)
        self.setSingleStep(0.1)
        self.setKeyboardTracking(False)
        self.lineEdit().setTextMargins(SPACING, 0, 0, 0)  # as other fields have

    def show_name(self, shown: bool) -> None:
        """Write what it is before the number, or not."""
        self.setPrefix(self.tr("bias ") if shown else "")

    def textFromValue(self, value: float) -> str:
        """Return a number as people read it."""
        return with_minus(f"{value:z.{self.decimals()}f}")  # zero has no sign

    def valueFromText(self, text: str) -> float:
        """Return the number that is typed."""
        return super().valueFromText(_plain(text))

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        """Allow either sign, and a comma for the point."""
        state, *_ = super().validate(_plain(text), position)
        return state, text, position

    def minimumSizeHint(self) -> QSize:
        """Need no more than a usual number does, rather than abridge the words beside it."""
        width = self.fontMetrics().horizontalAdvance
        most = width(self.prefix() + self.textFromValue(-_LARGEST))
        spared = most - width(self.textFromValue(_USUAL))
        return super().minimumSizeHint() - QSize(spared, 0)


def _plain(text: str) -> str:
    return text.replace(MINUS, "-").replace(",", ".")

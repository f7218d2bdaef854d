"""One kind of number of an update: its formula, its shape and the numbers as cells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QVBoxLayout, QWidget

from ..widgets import ElidedLabel
from .cells_view import CellsView
from .fitted_text import FittedText
from .step_texts import Quantity

if TYPE_CHECKING:
    from ...nn.arrays import FloatArray


class StepTile(QWidget):
    """A formula over the cells of its result.

    Parameters
    ----------
    quantity : Quantity
        What the numbers are.
    name : str
        That in words.

    Attributes
    ----------
    cells : CellsView
    """

    def __init__(self, quantity: Quantity, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.quantity = quantity
        self._name = name
        self.cells = CellsView(name)
        self.cells.setObjectName(f"{quantity.name.lower()}Cells")
        self.formula = FittedText()
        self.formula.setAccessibleName(name)
        self.shape = ElidedLabel()
        self.shape.setProperty("role", "dim")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self.formula)
        column.addWidget(self.shape)
        column.addWidget(self.cells, 1)

    def show_numbers(
        self,
        formula: str,
        shape: str,
        values: FloatArray | None,
        *,
        ink: bool = False,
        with_bias: bool = False,
    ) -> None:
        """Show numbers, or none, under their formula; see `CellsView`."""
        self.formula.set_text(formula)
        self.formula.setToolTip(f"{self._name}: {formula}")
        self.shape.setText(shape)
        self.shape.setToolTip(shape)
        self.shape.setVisible(bool(shape))
        self.cells.show_values(values, ink=ink, with_bias=with_bias)

"""All numbers of a layer in an update: forward above, backward below, as the formulas go."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QGridLayout, QWidget

from ...number_text import MINUS, grouped
from .. import theme
from ..widgets import SPACING, title_label
from .class_table import ClassFigures, ClassTable
from .fitted_text import FittedText
from .formula import number, variable
from .step_texts import Place, Quantity, formula
from .step_tile import StepTile

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...insight.one_step import OneStep
    from ...nn.arrays import FloatArray

_FORWARD = (Quantity.INPUT, Quantity.WEIGHT, Quantity.SUM, Quantity.OUTPUT)
_BACKWARD = (
    Quantity.INPUT_GRADIENT,
    Quantity.WEIGHT_GRADIENT,
    Quantity.SUM_GRADIENT,
    Quantity.OUTPUT_GRADIENT,
)
_LOSS_LINES = 4
_NARROW = 520  # pixels at scale 1 below which the loss stands below the layer
_BY_ROW = (
    Quantity.INPUT,
    Quantity.WEIGHT,
    Quantity.INPUT_GRADIENT,
    Quantity.WEIGHT_GRADIENT,
    Quantity.CHANGE,
)


class StepTiles(QWidget):
    """Tiles for what goes through one layer, and the loss at their end.

    Attributes
    ----------
    change : StepTile
        The update of the unit's weights; its owner finds a place for it.
    table : ClassTable

    Signals
    -------
    pointed(object, object)
        The Quantity under the pointer and its Place; None and None without one.
    row_chosen(int), unit_chosen(int)
        The user wants to look at this weight of the unit, at this unit.
    """

    pointed = Signal(object, object)
    row_chosen = Signal(int)
    unit_chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._place = Place(0, 0, -1, -1)
        self._last = 0  # the layer that gives the logits
        names = {
            Quantity.INPUT: self.tr("What goes into the layer"),
            Quantity.WEIGHT: self.tr("Weights of the unit"),
            Quantity.SUM: self.tr("Sums of the units"),
            Quantity.OUTPUT: self.tr("What the layer passes on"),
            Quantity.INPUT_GRADIENT: self.tr("Gradients of the inputs"),
            Quantity.WEIGHT_GRADIENT: self.tr("Gradients of the unit's weights"),
            Quantity.SUM_GRADIENT: self.tr("Gradients of the sums"),
            Quantity.OUTPUT_GRADIENT: self.tr("Gradients of what is passed on"),
            Quantity.CHANGE: self.tr("Updates of the unit's weights"),
        }
        self.tiles = {each: StepTile(each, name) for each, name in names.items()}
        self.change = self.tiles[Quantity.CHANGE]
        self.table = ClassTable()
        self._build()
        for quantity, tile in self.tiles.items():
            tile.cells.pointed.connect(partial(self._on_pointed, quantity))
            tile.cells.chosen.connect(partial(self._on_chosen, quantity))
        self.table.pointed.connect(self._on_class_pointed)

    def _build(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(SPACING * 3 // 2)
        grid.setVerticalSpacing(SPACING // 2)
        grid.addWidget(title_label(self.tr("Forward")), 0, 0, 1, 4)
        grid.addWidget(title_label(self.tr("Backward")), 2, 0, 1, 4)
        for column, (above, below) in enumerate(zip(_FORWARD, _BACKWARD, strict=True)):
            grid.addWidget(self.tiles[above], 1, column)
            grid.addWidget(self.tiles[below], 3, column)
            grid.setColumnStretch(column, 10)
        self.loss = FittedText(_LOSS_LINES)
        self.loss.setObjectName("stepLoss")
        self.loss.setAccessibleName(self.tr("Loss of the image and of the batch"))
        self._loss_title = title_label(self.tr("Loss"))
        self._loss = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self._loss.addWidget(self.table, 100)
        self._loss.addWidget(self.loss, 0)
        self._loss.addStretch(1)
        for row in (1, 3):
            grid.setRowStretch(row, 1)
        self._grid = grid
        self._narrow = False
        self._place_loss()

    def _place_loss(self) -> None:
        """Put the loss at the right, where the layer leads to, or below where that is narrow."""
        grid, narrow = self._grid, self._narrow
        grid.removeWidget(self._loss_title)
        grid.removeItem(self._loss)
        self._loss.setParent(None)
        directions = QBoxLayout.Direction
        self._loss.setDirection(directions.LeftToRight if narrow else directions.TopToBottom)
        self._loss.setSpacing(2 * SPACING if narrow else SPACING)
        self._loss.setStretch(1, 80 if narrow else 0)
        if narrow:
            grid.addWidget(self._loss_title, 4, 0, 1, 4)
            grid.addLayout(self._loss, 5, 0, 1, 4)
        else:
            grid.addWidget(self._loss_title, 0, 4)
            grid.addLayout(self._loss, 1, 4, 3, 1)
        grid.setColumnStretch(4, 0 if narrow else 14)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Find the place for the loss."""
        super().resizeEvent(event)
        narrow = self.width() < theme.scaled(_NARROW)
        if narrow != self._narrow:
            self._narrow = narrow
            self._place_loss()

    # --- what is shown ---------------------------------------------------------------------

    def show_cells(self, step: OneStep, place: Place) -> None:
        """Show the numbers of a layer at a place of an update."""
        self._place, self._last = place, len(step.layers) - 1
        for quantity, tile in self.tiles.items():
            tile.show_numbers(
                self._formula(quantity, step, place),
                self._shape(quantity, step, place),
                _values(quantity, step, place),
                ink=quantity is Quantity.INPUT and place.layer == 0,
                with_bias=quantity in (Quantity.WEIGHT, Quantity.WEIGHT_GRADIENT, Quantity.CHANGE),
            )
            tile.cells.choose(place.row if quantity in _BY_ROW else place.unit)

    def show_loss(self, step: OneStep, image: int, names: Sequence[str]) -> None:
        """Show the numbers of the classes for an image, and the loss."""
        last = step.layers[-1]
        self.table.show_figures(
            ClassFigures(
                names,
                last.sums[image].tolist(),
                last.activations[image].tolist(),
                last.sums_gradient[image].tolist(),
                int(step.batch.labels[image]),
            )
        )
        self.loss.set_text(self._loss_text(step, image))

    def _formula(self, quantity: Quantity, step: OneStep, place: Place) -> str:
        text = formula(quantity, step.layers[place.layer])
        if quantity is Quantity.INPUT and place.layer == 0 and step.augmented:
            return self.tr("{0}, augmented").format(text)
        return text

    def _shape(self, quantity: Quantity, step: OneStep, place: Place) -> str:
        layer = step.layers[place.layer]
        n, (rows, units) = len(step.batch.images), layer.weight.shape
        match quantity:
            case Quantity.INPUT | Quantity.INPUT_GRADIENT:
                return f"{n}×{rows}"
            case Quantity.WEIGHT:
                return self.tr("{0}×{1}, unit {2}").format(rows, units, place.unit + 1)
            case Quantity.SUM:
                return f"{n}×{rows}\u2009·\u2009{rows}×{units}"
            case Quantity.WEIGHT_GRADIENT:
                return "∂L/∂b = Σ ∂L/∂Z"  # its shape is that of the weights above
            case Quantity.CHANGE:
                return ""
        return f"{n}×{units}"

    def _loss_text(self, step: OneStep, image: int) -> str:
        last, label = step.layers[-1], int(step.batch.labels[image])
        p, loss = float(last.activations[image, label]), float(step.losses[image])
        lines = [
            f"<i>L</i> = {MINUS}log {variable('p', 'y')} = {MINUS}log {number(p)} = {number(loss)}",
        ]
        count = len(step.losses)
        if count > 1:
            text = self.tr("mean of the {0} images: {1}")
            lines.append(text.format(grouped(count), number(float(step.losses.mean()))))
        if step.settings.l2:
            penalty = f"<i>λ</i>/2<i>B</i> Σ {variable('w')}² = {number(step.penalty)}"
            lines.append(self.tr("L2 adds {0}").format(penalty))
        return "<br>".join(lines)

    # --- what is pointed at and chosen -----------------------------------------------------

    def _at(self, quantity: Quantity, cell: int) -> Place:
        own = self._place
        if quantity in _BY_ROW:
            return Place(own.image, own.layer, cell, own.unit)
        return Place(own.image, own.layer, own.row, cell)

    def _on_pointed(self, quantity: Quantity, cell: int) -> None:
        if cell < 0:
            self.pointed.emit(None, None)
        else:
            self.pointed.emit(quantity, self._at(quantity, cell))

    def _on_chosen(self, quantity: Quantity, cell: int) -> None:
        if quantity in _BY_ROW:
            self.row_chosen.emit(cell)
        else:
            self.unit_chosen.emit(cell)
        self.pointed.emit(quantity, self._at(quantity, cell))

    @Slot(object, int)
    def _on_class_pointed(self, quantity: Quantity | None, unit: int) -> None:
        if quantity is None:
            self.pointed.emit(None, None)
        else:
            self.pointed.emit(quantity, Place(self._place.image, self._last, 0, unit))


def _values(quantity: Quantity, step: OneStep, place: Place) -> FloatArray:
    """Return the numbers that a tile shows at a place."""
    import numpy as np

    layer, image, unit = step.layers[place.layer], place.image, place.unit
    match quantity:
        case Quantity.INPUT:
            return layer.inputs[image]
        case Quantity.WEIGHT:
            return np.append(layer.weight[:, unit], layer.bias[unit])
        case Quantity.SUM:
            return layer.sums[image]
        case Quantity.OUTPUT:
            passed = layer.activations[image]
            return passed if layer.mask is None else passed * layer.mask[image]
        case Quantity.INPUT_GRADIENT:
            return layer.inputs_gradient[image]
        case Quantity.WEIGHT_GRADIENT:
            return np.append(layer.weight_gradient[:, unit], layer.bias_gradient[unit])
        case Quantity.SUM_GRADIENT:
            return layer.sums_gradient[image]
        case Quantity.OUTPUT_GRADIENT:
            if layer.outputs_gradient is None:
                return np.eye(len(layer.bias), dtype=np.float32)[step.batch.labels[image]]
            return layer.outputs_gradient[image]
        case Quantity.CHANGE:
            with np.errstate(all="ignore"):
                weights = layer.new_weight[:, unit] - layer.weight[:, unit]
                return np.append(weights, layer.new_bias[unit] - layer.bias[unit])

"""The network's hidden layers, editable and drawn."""

from __future__ import annotations

import dataclasses
from itertools import pairwise

from PySide6.QtCore import QPointF, Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from ...number_text import grouped
from ...training.config import HiddenLayer, ModelConfig
from ...training.hyperparameter import ConfigError, hyperparameters
from ...training.memory import check_memory
from .. import theme
from ..editors import NumberEditor
from ..network_drawing import NetworkDrawing
from ..widgets import SPACING, dim_label, error_label, show_error, title_label
from .form import Form
from .layer_row import LayerRow

BYTES_PER_PARAMETER = 4  # float32
_MANY = 10_000_000  # parameters, from where on they are told in millions
_DRAWING_HEIGHTS = (110, 380)


class ArchitecturePanel(QWidget):
    """Editor of a :class:`ModelConfig` with a drawing, the number of parameters and the memory.

    Attributes
    ----------
    drawing : NetworkDrawing
        The layers, as high as :meth:`set_drawing_height` allows.

    Signals
    -------
    changed()
        The user changed the network.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("architecturePanel")
        self._model = ModelConfig()
        self._optimizer = "sgd"
        self._locked = ""
        self._rows: list[LayerRow] = []
        self._build()
        self.set_model(self._model)

    # --- model -----------------------------------------------------------------------------

    def model(self) -> ModelConfig:
        """Return the last usable network."""
        return self._model

    def set_model(self, model: ModelConfig) -> None:
        """Show another network without telling that it changed."""
        self._form.set_values(dataclasses.asdict(model))
        while len(self._rows) > len(model.hidden):
            self._drop_row(self._rows[-1])
        for row, layer in zip(self._rows, model.hidden, strict=False):
            row.set_layer(layer)
        for layer in model.hidden[len(self._rows) :]:
            self._insert_row(layer)
        self._order_tabs()
        self._number_rows()
        self._model = model
        self._show_model()
        self._show_error()

    def set_optimizer(self, optimizer: str) -> None:
        """Count the memory of this optimizer's state."""
        self._optimizer = optimizer
        self._show_model()

    @property
    def message(self) -> str:
        """What is wrong with the network shown, in a sentence, or an empty string."""
        return self._message.text()

    @property
    def valid(self) -> bool:
        """Whether the network shown can be built."""
        return not self.message

    def first_invalid(self) -> NumberEditor | None:
        """Return the first editor whose text cannot be used, its message shown, or None.

        Of a network that is too large it is the widest layer's.
        """
        invalid = [row.width_editor for row in self._rows if row.width_editor.check()]
        if invalid:
            return invalid[0]
        if self.valid:
            return None
        return max((row.width_editor for row in self._rows), key=lambda editor: int(editor.value()))

    def edit_layer(self, layer: int) -> QWidget | None:
        """Put the cursor into a layer's width; 0 is the input, 1 the first hidden layer.

        Returns
        -------
        QWidget or None
            The editor; None if the layer is not hidden or cannot be changed now.
        """
        if not 1 <= layer <= len(self._rows) or self._locked:
            return None
        editor = self._rows[layer - 1].width_editor
        editor.setFocus(Qt.FocusReason.OtherFocusReason)
        editor.selectAll()
        return editor

    def set_drawing_height(self, height: int) -> None:
        """Draw the network as high as this, within what it needs and what helps."""
        least, most = (theme.scaled(each) for each in _DRAWING_HEIGHTS)
        self.drawing.setFixedHeight(min(max(height, least), most))

    def set_running(self, running: bool) -> None:
        """Refuse changes while a training runs."""
        self._locked = (
            self.tr("The network cannot be changed while it is trained; stop the training first.")
            if running
            else ""
        )
        for row in self._rows:
            row.set_locked(self._locked)
        self._form.set_running(running)
        self._add.setEnabled(not running)
        self._add.setToolTip(self._locked or self._add_tip)

    # --- building --------------------------------------------------------------------------

    def _build(self) -> None:
        self._count = dim_label()
        self._count.setObjectName("parameterCount")
        theme.NumberFont(self._count)
        header = QHBoxLayout()
        header.addWidget(title_label(self.tr("Network")), 1)
        header.addWidget(self._count)
        self.drawing = NetworkDrawing()
        self.set_drawing_height(0)
        self._layers = QVBoxLayout()
        self._layers.setSpacing(6)
        self._message = error_label()
        self._message.setObjectName("architectureMessage")
        body = QVBoxLayout(self)
        body.setContentsMargins(0, 0, 0, 0)
        body.setSpacing(SPACING)
        body.addLayout(header)
        body.addWidget(self.drawing)
        body.addLayout(self._layers)
        body.addWidget(self._message)
        body.addLayout(self._make_last_line())

    def _make_last_line(self) -> QHBoxLayout:
        self._add_tip = self.tr("Add a hidden layer below the others, half as wide as the last.")
        self._add = QToolButton()
        self._add.setObjectName("addLayerButton")
        self._add.setText(self.tr("+ Layer"))
        self._add.setAccessibleName(self.tr("Add layer"))
        self._add.setProperty("flat", True)
        self._add.setProperty("compact", True)
        self._add.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._add.setToolTip(self._add_tip)
        self._add.clicked.connect(self._on_add_clicked)
        self._memory = dim_label()
        self._memory.setObjectName("memoryLabel")
        theme.NumberFont(self._memory)
        declarations = hyperparameters(ModelConfig)
        self._form = Form(declarations, dataclasses.asdict(self._model), self)
        self._form.changed.connect(self._on_changed)
        line = QHBoxLayout()
        line.setSpacing(2)
        line.addWidget(self._add)
        line.addWidget(self._memory, 1)
        line.addWidget(self._form.editor("initializer"), 1)
        return line

    # --- rows ------------------------------------------------------------------------------

    def _insert_row(self, layer: HiddenLayer) -> LayerRow:
        row = LayerRow(layer)
        row.set_locked(self._locked)
        row.changed.connect(self._on_changed)
        row.message_changed.connect(self._show_error)
        row.removed.connect(self._on_removed)
        row.handle.moved.connect(self._on_moved)
        row.handle.dragged.connect(self._on_dragged)
        self._rows.append(row)
        self._layers.addWidget(row)
        # The layout would show it a moment later, too late for the focus.
        row.show()
        return row

    def _drop_row(self, row: LayerRow) -> None:
        self._rows.remove(row)
        self._layers.removeWidget(row)
        # Hidden at once: until it is deleted it would be drawn over its successors.
        row.hide()
        row.setParent(None)
        row.deleteLater()

    def _number_rows(self) -> None:
        for number, row in enumerate(self._rows, start=1):
            row.set_number(number)

    def _move_row(self, row: LayerRow, to: int) -> None:
        if self._rows.index(row) == to or not 0 <= to < len(self._rows):
            return
        self._rows.remove(row)
        self._rows.insert(to, row)
        self._layers.removeWidget(row)
        self._layers.insertWidget(to, row)
        self._layers.activate()
        self._order_tabs()
        self._number_rows()
        self._on_changed()

    def _order_tabs(self) -> None:
        rows = [
            widget
            for row in self._rows
            for widget in (row.handle, row.width_editor, row.activation_editor, row.remove_button)
        ]
        # The button comes last in the end; it also comes first, since it alone stands in its
        # place in the window's order, where new rows are to be put.
        for first, second in pairwise([self._add, *rows, self._add] if rows else []):
            QWidget.setTabOrder(first, second)

    # --- slots -----------------------------------------------------------------------------

    @Slot()
    def _on_add_clicked(self) -> None:
        last = self._rows[-1].layer() if self._rows else HiddenLayer(512)
        row = self._insert_row(HiddenLayer(max(16, last.width // 2), last.activation))
        self._order_tabs()
        self._number_rows()
        self._on_changed()
        row.width_editor.setFocus(Qt.FocusReason.TabFocusReason)

    @Slot()
    def _on_removed(self) -> None:
        row = self.sender()
        assert isinstance(row, LayerRow)
        index = self._rows.index(row)
        had_focus = row.remove_button.hasFocus()
        self._drop_row(row)
        self._number_rows()
        if had_focus:
            below = self._rows[min(index, len(self._rows) - 1)] if self._rows else None
            (below.remove_button if below else self._add).setFocus()
        self._on_changed()

    @Slot(int)
    def _on_moved(self, by: int) -> None:
        row = self._row_of_handle()
        self._move_row(row, self._rows.index(row) + by)

    @Slot(float)
    def _on_dragged(self, height: float) -> None:
        row = self._row_of_handle()
        y = self.mapFromGlobal(QPointF(0, height)).y()
        others = [other for other in self._rows if other is not row]
        self._move_row(row, sum(other.geometry().center().y() < y for other in others))

    def _row_of_handle(self) -> LayerRow:
        handle = self.sender()
        return next(row for row in self._rows if row.handle is handle)

    @Slot()
    def _on_changed(self) -> None:
        try:
            self._model = self._model_shown()
        except ConfigError:
            self._show_error()
            return
        self._show_model()
        self._show_error()
        self.changed.emit()

    # --- showing ---------------------------------------------------------------------------

    def _model_shown(self) -> ModelConfig:
        model = ModelConfig(tuple(row.layer() for row in self._rows), **self._form.values())
        check_memory(model)
        return model

    @Slot()
    def _show_error(self) -> None:
        """Say what is wrong with a width, or else with the network as a whole."""
        message = next((m for row in self._rows if (m := row.width_editor.message)), "")
        if not message:
            try:
                self._model_shown()
            except ConfigError as error:
                message = str(error)
        show_error(self._message, message)

    def _show_model(self) -> None:
        from ...nn.optimizers import OPTIMIZERS  # with NumPy, so not before the first paint

        count = self._model.parameter_count
        # The weights, their gradient, and what the optimizer keeps.
        arrays = 2 + len(OPTIMIZERS[self._optimizer].slots)
        self.drawing.set_sizes(self._model.sizes)
        self._count.setText(
            self.tr("{0} parameters").format(grouped(count))
            if count < _MANY
            else self.tr("{0:.1f} M parameters").format(count / 1e6)
        )
        self._count.setToolTip(
            self.tr("Weights and biases of all layers: {0}.").format(grouped(count))
        )
        self._memory.setText(memory_text(count * BYTES_PER_PARAMETER * arrays))
        self._memory.setToolTip(
            self.tr(
                "Memory for the weights ({0}), their gradient and the optimizer's state."
            ).format(memory_text(count * BYTES_PER_PARAMETER))
        )


def memory_text(size: float) -> str:
    """Return a number of bytes as e.g. ``795 KB`` or ``1.6 MB``."""
    if size < 1e6:
        return f"{size / 1e3:.0f} KB"
    return f"{size / 1e6:.1f} MB" if size < 1e8 else f"{size / 1e6:.0f} MB"

"""One hidden layer's line: a handle to move it by, its width, its activation, a remove button."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from ...training.config import HiddenLayer
from ...training.hyperparameter import hyperparameters
from .. import theme
from ..editors import ChoiceEditor, NumberEditor
from ..labels import tooltip


class DragHandle(QWidget):
    """Six dots to drag a row by; the arrow keys move it as well.

    Signals
    -------
    dragged(float)
        The pointer's height on the screen while dragging, in pixels.
    moved(int)
        -1 to move the row up by one, 1 to move it down.
    """

    dragged = Signal(float)
    moved = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._held = False
        self.setFixedSize(QSize(14, 26))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        self.setToolTip(self.tr("Drag to move this layer, or use the arrow keys."))
        theme.notifier().changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the dots, in the accent color while focused."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        active = self.hasFocus() or (self.isEnabled() and self.underMouse())
        painter.setBrush(theme.color("accent" if active else "dim"))
        painter.setOpacity(1.0 if self.isEnabled() else 0.4)
        for x in (4.0, 9.0):
            for y in (-5.0, 0.0, 5.0):
                painter.drawEllipse(QPointF(x, self.height() / 2 + y), 1.1, 1.1)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin to drag the row."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        self._held = True
        self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag the row."""
        if self._held:
            self.dragged.emit(event.globalPosition().y())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End the drag."""
        self._held = False
        self.setCursor(Qt.CursorShape.OpenHandCursor)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move the row by the arrow keys."""
        if event.key() == Qt.Key.Key_Up:
            self.moved.emit(-1)
        elif event.key() == Qt.Key.Key_Down:
            self.moved.emit(1)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the focus."""
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Show that the focus is gone."""
        self.update()


class LayerRow(QWidget):
    """Editors of one hidden layer.

    Signals
    -------
    changed()
        The width or the activation is another.
    removed()
        The layer is to go.
    message_changed(str)
        What is wrong with the width, or empty.
    """

    changed = Signal()
    removed = Signal()
    message_changed = Signal(str)

    def __init__(self, layer: HiddenLayer, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.handle = DragHandle()
        declared = hyperparameters(HiddenLayer)
        self.width_editor = NumberEditor("width", declared["width"], layer.width)
        self.activation_editor = ChoiceEditor(
            "activation", declared["activation"], layer.activation
        )
        self.remove_button = QToolButton()
        self.remove_button.setText("×")
        self.remove_button.setProperty("flat", True)
        self.remove_button.setProperty("compact", True)
        self.remove_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.remove_button.setToolTip(self.tr("Remove this layer; Ctrl+Z brings it back."))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(self.handle)
        row.addWidget(self.width_editor, 2)
        row.addWidget(self.activation_editor, 3)
        row.addWidget(self.remove_button)
        self.width_editor.value_changed.connect(self.changed)
        self.width_editor.message_changed.connect(self.message_changed)
        self.activation_editor.value_changed.connect(self.changed)
        self.remove_button.clicked.connect(self.removed)

    def layer(self) -> HiddenLayer:
        """Return the layer with its last usable width."""
        return HiddenLayer(self.width_editor.value(), self.activation_editor.value())

    def set_layer(self, layer: HiddenLayer) -> None:
        """Show another layer without telling that it changed."""
        self.width_editor.setValue(layer.width)
        self.activation_editor.setValue(layer.activation)

    def set_number(self, number: int) -> None:
        """Name the editors after the layer's place in the stack, counted from 1."""
        self.width_editor.setObjectName(f"layer{number}Width")
        self.activation_editor.setObjectName(f"layer{number}Activation")
        self.remove_button.setObjectName(f"layer{number}Remove")
        self.handle.setObjectName(f"layer{number}Handle")
        self.width_editor.setAccessibleName(self.tr("Width of layer {0}").format(number))
        self.activation_editor.setAccessibleName(self.tr("Activation of layer {0}").format(number))
        self.remove_button.setAccessibleName(self.tr("Remove layer {0}").format(number))
        self.handle.setAccessibleName(self.tr("Move layer {0}").format(number))

    def set_locked(self, reason: str) -> None:
        """Refuse changes and say why, or allow them if `reason` is empty."""
        for editor in (self.width_editor, self.activation_editor):
            name = "width" if editor is self.width_editor else "activation"
            editor.setEnabled(not reason)
            editor.setToolTip(f"{tooltip(name)}\n{reason}" if reason else tooltip(name))
        self.handle.setEnabled(not reason)
        self.remove_button.setEnabled(not reason)

"""The buttons and the pen slider under the sketch pad."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSlider, QToolButton, QVBoxLayout, QWidget

from ..widgets import SPACING, dim_label

PEN_STEPS = 20
"""Steps of the pen slider for the width 1.0."""


class SketchControls(QWidget):
    """Commands for the pad; a click leaves the keyboard's focus where it is.

    Signals
    -------
    pen_width_changed(float)
        The slider was moved; 1.0 is like MNIST's pen.
    """

    pen_width_changed = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.undo = self._button(self.tr("Undo"), self.tr("Take back the last stroke (Ctrl+Z)."))
        self.clear = self._button(self.tr("Clear"), self.tr("Take a fresh sheet (Delete)."))
        self.random = self._button(
            self.tr("Random"),
            self.tr("Show a random test image, which the network never trains on."),
        )
        self.image = self._button(
            self.tr("Image ▾"), self.tr("Classify an image from a file or the clipboard.")
        )
        menu = QMenu(self.image)
        self.open_image = menu.addAction(self.tr("&Open image…"))
        self.paste = menu.addAction(self.tr("&Paste image") + "\tCtrl+V")
        self.image.setMenu(menu)
        self.image.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.pen = self._make_pen()
        self._lay_out()

    def show_pen(self, shown: bool) -> None:
        """Show the slider, or leave it out where there is little room."""
        self._pen_name.setVisible(shown)
        self.pen.setVisible(shown)

    def _button(self, text: str, tip: str) -> QToolButton:
        button = QToolButton()
        button.setText(text)
        button.setToolTip(tip)
        button.setAccessibleName(text)
        button.setProperty("flat", True)
        button.setProperty("compact", True)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button

    def _make_pen(self) -> QSlider:
        pen = QSlider(Qt.Orientation.Horizontal)
        pen.setObjectName("penWidth")
        pen.setAccessibleName(self.tr("Pen width"))
        pen.setToolTip(
            self.tr("How thick the strokes are, for you and for the network. Usual is the middle.")
        )
        pen.setRange(PEN_STEPS // 2, PEN_STEPS * 3 // 2)
        pen.setValue(PEN_STEPS)
        pen.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        pen.valueChanged.connect(self._on_pen_moved)
        return pen

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(0)
        for button in (self.undo, self.clear, self.random, self.image):
            buttons.addWidget(button, 1)
        pen = QHBoxLayout()
        pen.setSpacing(SPACING)
        self._pen_name = dim_label(self.tr("Pen"))
        pen.addWidget(self._pen_name)
        pen.addWidget(self.pen, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACING)
        column.addLayout(buttons)
        column.addLayout(pen)

    def _on_pen_moved(self, steps: int) -> None:
        self.pen_width_changed.emit(steps / PEN_STEPS)

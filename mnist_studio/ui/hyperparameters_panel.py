"""The hyperparameters of a training, editable; some of them while it runs."""

from __future__ import annotations

import dataclasses

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from ..training.config import TrainingConfig, hyperparameters
from .editors import NumberEditor
from .fold_button import FoldButton
from .form import EDITOR_WIDTH, ROW_SPACING, Form
from .widgets import Card

AUGMENTATION = ("shift", "rotation", "scale", "aspect", "shear", "styles")
# What belongs together stands together; fields that are not named here follow by themselves.
FIRST = (
    "optimizer",
    "momentum",
    "learning_rate",
    "schedule",
    "step_epochs",
    "step_factor",
    "warmup",
    "batch_size",
    "epochs",
    "max_images",
    "max_seconds",
    "l2",
    "dropout",
)
LAST = ("seed",)


class HyperparametersPanel(Card):
    """The form of a :class:`TrainingConfig`; augmentation is folded into one line.

    Signals
    -------
    changed()
        The user changed a value.
    live_changed(str, object)
        The user changed a value that the running training is to use from its next batch.
    """

    changed = Signal()
    live_changed = Signal(str, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Training"), parent)
        self.setObjectName("hyperparametersPanel")
        declarations = hyperparameters(TrainingConfig)
        self._form = Form(declarations, dataclasses.asdict(TrainingConfig()), self)
        self._form.changed.connect(self._on_changed)
        self._form.live_changed.connect(self.live_changed)
        named = {*FIRST, *LAST, *AUGMENTATION}
        self.body.setSpacing(0)
        # The last row brings its own space below.
        self.body.setContentsMargins(14, 10, 14, 12 - ROW_SPACING)
        self.body.addSpacing(8)
        self.body.addLayout(
            self._form.make_rows([*FIRST, *(name for name in declarations if name not in named)])
        )
        self._build_augmentation()
        self.body.addLayout(self._form.make_rows(LAST))
        self._show_summary()

    # --- values ----------------------------------------------------------------------------

    def training(self) -> TrainingConfig:
        """Return the hyperparameters, each with its last usable value."""
        return TrainingConfig(**self._form.values())

    def set_training(self, training: TrainingConfig) -> None:
        """Show other hyperparameters without telling that they changed."""
        self._form.set_values(dataclasses.asdict(training))
        self._show_summary()

    def show_change(self, name: str, value: float) -> None:
        """Show a value that the training took over, unless the user is editing it further."""
        editor = self._form.editor(name)
        if not editor.hasFocus() and editor.value() != value:
            self._form.set_values({name: value})

    @property
    def valid(self) -> bool:
        """Whether every field holds a usable text."""
        return self._form.valid

    def first_invalid(self) -> NumberEditor | None:
        """Return the first editor whose text cannot be used, unfolded and in sight, or None."""
        editor = self._form.first_invalid()
        if editor is not None and editor.objectName() in AUGMENTATION:
            self._fold.setChecked(True)
        return editor

    def set_running(self, running: bool) -> None:
        """Enable only what can be changed live while a training runs."""
        self._form.set_running(running)

    # --- inside ----------------------------------------------------------------------------

    def _build_augmentation(self) -> None:
        folded = QWidget()
        inside = QVBoxLayout(folded)
        inside.setContentsMargins(12, 0, 0, 0)
        inside.addLayout(self._form.make_rows(AUGMENTATION))
        self._fold = FoldButton(folded)
        self._fold.setObjectName("augmentationButton")
        self._fold.setFixedWidth(EDITOR_WIDTH)
        self._fold.setToolTip(
            self.tr(
                "Changes every training image a little at random, so that the network learns more "
                "ways to write a digit. Off is usual on the plain test set; on is best for drawing."
            )
        )
        caption = QLabel(self.tr("Augmentation"))
        caption.setBuddy(self._fold)
        self._fold.setAccessibleName(caption.text())
        line = QHBoxLayout()
        line.setContentsMargins(0, 0, 0, ROW_SPACING)
        line.addWidget(caption, 1)
        line.addWidget(self._fold)
        self.body.addLayout(line)
        self.body.addWidget(folded)

    @Slot()
    def _on_changed(self) -> None:
        self._show_summary()
        self.changed.emit()

    def _show_summary(self) -> None:
        values = self._form.values()
        on = any(values[name] for name in AUGMENTATION)
        self._fold.setText(self.tr("on") if on else self.tr("off"))

"""The hyperparameters of a training, in groups that fold; some can be edited while it runs."""

from __future__ import annotations

import dataclasses

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ...training.config import TrainingConfig
from ...training.hyperparameter import by_group, hyperparameters
from .. import theme
from ..describe import describe_group
from ..editors import NumberEditor
from ..labels import group_label, short_label, value_text, zero_label
from ..widgets import SPACING, dim_label
from .augmentation_preview import AugmentationPreview
from .fold_line import FoldLine
from .form import ROW_SPACING, Form


class HyperparametersPanel(QWidget):
    """The form of a :class:`TrainingConfig`, a line that unfolds for each group.

    Attributes
    ----------
    lines : dict of str to FoldLine
        By the name of the group.
    live_note : QLabel
        Says while a training runs what can be changed; its owner gives it a place.
    preview : AugmentationPreview
        What augmentation does, within its group.

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
        super().__init__(parent)
        self.setObjectName("hyperparametersPanel")
        self._declarations = hyperparameters(TrainingConfig)
        self._groups = by_group(self._declarations)
        self._form = Form(self._declarations, dataclasses.asdict(TrainingConfig()), self)
        self._form.changed.connect(self._on_changed)
        self._form.live_changed.connect(self.live_changed)
        self.preview = AugmentationPreview()
        self.live_note = dim_label()
        self.live_note.setObjectName("liveNote")
        self.live_note.setWordWrap(True)
        self.live_note.setContentsMargins(2, 6, 0, 6)
        self.live_note.setTextInteractionFlags(Qt.TextInteractionFlag.LinksAccessibleByMouse)
        self.live_note.linkActivated.connect(self._on_live_value_clicked)
        self.live_note.hide()
        # Rich text keeps the color that links had when it was written.
        theme.notifier().changed.connect(self._show_live_note)
        self.lines: dict[str, FoldLine] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for group in self._groups:
            content = self._make_content(group)
            self.lines[group] = FoldLine(group_label(group), content)
            self.lines[group].setObjectName(f"{group}Line")
            column.addWidget(self.lines[group])
            column.addWidget(content)
        self._show_summaries()

    # --- values ----------------------------------------------------------------------------

    def training(self) -> TrainingConfig:
        """Return the hyperparameters, each with its last usable value."""
        return TrainingConfig(**self._form.values())

    def set_training(self, training: TrainingConfig) -> None:
        """Show other hyperparameters without telling that they changed."""
        self._form.set_values(dataclasses.asdict(training))
        self._show_summaries()

    def show_change(self, name: str, value: float) -> None:
        """Show a value that the training took over, unless the user is editing it further."""
        editor = self._form.editor(name)
        if not editor.hasFocus() and editor.value() != value:
            self._form.set_values({name: value})
            self._show_summaries()

    @property
    def valid(self) -> bool:
        """Whether every field holds a usable text."""
        return self._form.valid

    def first_invalid(self) -> NumberEditor | None:
        """Return the first editor whose text cannot be used, unfolded and in sight, or None."""
        editor = self._form.first_invalid()
        if editor is not None:
            self.unfold(editor.objectName())
        return editor

    def unfold(self, name: str) -> QWidget:
        """Open the group of a field; return its editor."""
        self.lines[self._declarations[name].group].setChecked(True)
        return self._form.editor(name)

    def set_running(self, running: bool) -> None:
        """Enable only what can be changed live while a training runs."""
        self._form.set_running(running)
        self.live_note.setVisible(running)

    # --- inside ----------------------------------------------------------------------------

    def _make_content(self, group: str) -> QWidget:
        content = QWidget()
        inside = QVBoxLayout(content)
        # The last row brings its own space below.
        inside.setContentsMargins(2, 2, 0, 10 - ROW_SPACING)
        inside.setSpacing(0)
        if group == "augmentation":
            inside.addWidget(self.preview)
            inside.addSpacing(SPACING)
        inside.addLayout(self._form.make_rows(self._groups[group]))
        return content

    @Slot()
    def _on_changed(self) -> None:
        self._show_summaries()
        self.changed.emit()

    def _show_summaries(self) -> None:
        values = self._form.values()
        for group, names in self._groups.items():
            declared = {name: self._declarations[name] for name in names}
            self.lines[group].show_summary(describe_group(values, declared))
        self.preview.show_settings(self.training())
        self._show_live_note()

    @Slot()
    def _show_live_note(self) -> None:
        values = " · ".join(
            f'<a href="{name}" style="text-decoration: none">{self._live_text(name, value)}</a>'
            for name, value in self._form.live_values().items()
        )
        self.live_note.setText(
            self.tr("While it trains: {0} can be changed, from the next batch on.").format(values)
        )

    def _live_text(self, name: str, value: float) -> str:
        declared = self._declarations[name]
        off = declared.off_at_zero and not value
        text = zero_label(declared.group) if off else value_text(name, value)
        return f"{short_label(name)} {text}".replace(" ", "&nbsp;")

    @Slot(str)
    def _on_live_value_clicked(self, name: str) -> None:
        editor = self.unfold(name)
        editor.setFocus(Qt.FocusReason.OtherFocusReason)

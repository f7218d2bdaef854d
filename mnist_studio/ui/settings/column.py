"""The left column: everything that decides a run, on one card."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QCoreApplication, QEvent, QSize, Qt, Signal, Slot
from PySide6.QtGui import QFontMetrics, QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QApplication, QFrame, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from ...training.config import RunConfig, TrainingConfig
from ...training.events import HyperparameterChanged
from ...training.hyperparameter import ConfigError, hyperparameters
from ...training.memory import check_training_memory
from ...training.presets import PRESETS
from .. import theme
from ..editors import NumberEditor
from ..undo_history import UndoHistory
from ..widgets import SPACING, Card
from .architecture_panel import ArchitecturePanel
from .data_panel import DataPanel
from .fold_line import FoldLine
from .hyperparameters_panel import HyperparametersPanel
from .presets_panel import PresetsPanel

if TYPE_CHECKING:
    from ...session.session import Session
    from ...session.settings import Settings

WIDTH = 290  # at scale 1, as the next
NARROWEST = 260
_SAMPLE, _SAMPLES = "Learning rate 0123456789", 1.745  # so many of it are as wide as that
_DRAWING_SHARE = 0.25  # of the column's height, or all that the others leave when folded
_FOLDED = 600  # pixels
_OPEN_GROUPS = "open groups"


class SettingsColumn(QScrollArea):
    """Editor of a :class:`RunConfig`; scrolls when the window is low.

    Its width does not depend on what is in it. Ctrl+Z takes back what was changed, a step for each
    change, where the focus is in the column and there is no typing to take back.

    Parameters
    ----------
    session : Session
        Takes live changes and the data panel's commands.
    remembered : Settings, optional
        Knows from one start to the next which groups are open.

    Signals
    -------
    changed()
        The user changed something.
    fault_shown()
        Something that cannot be used is brought into sight.
    """

    changed = Signal()
    fault_shown = Signal()

    def __init__(
        self,
        session: Session,
        remembered: Settings | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._remembered = remembered
        self._running = False
        self.presets = PresetsPanel()
        self.architecture = ArchitecturePanel()
        self.hyperparameters = HyperparametersPanel()
        self.data = DataPanel(session.data)
        self._history = UndoHistory(RunConfig())
        self._build()
        self._connect()
        self._show_config(self._history.current)

    # --- configuration ---------------------------------------------------------------------

    def config(self) -> RunConfig:
        """Return the settings, each with its last usable value."""
        return RunConfig(
            self.data.data(), self.architecture.model(), self.hyperparameters.training()
        )

    def usable_config(self) -> RunConfig | None:
        """Return the settings, or None after showing which of them cannot be used.

        They cannot without their data set on this computer, either.
        """
        if self.first_error() is not None:
            return None
        if self.data.tell_missing():
            self.fault_shown.emit()
            self._settle()
            self.ensureWidgetVisible(self.data)
            return None
        return None if self._batch_too_large() else self.config()

    def set_config(self, config: RunConfig) -> None:
        """Show other settings without telling that they changed.

        What the user changed before can be brought back.
        """
        if self._history.can_undo or config == self._history.current:
            self._history.change(config)
        else:
            self._history = UndoHistory(config)
        settled = all(editor.settled for editor in self.findChildren(NumberEditor))
        # Mostly a run begins with what is shown here.
        if not (settled and self.architecture.valid and config == self.config()):
            self._show_config(config)

    def first_error(self) -> str | None:
        """Say what is wrong with the first field that cannot be used and bring it into sight.

        Returns
        -------
        str or None
            A sentence, or None if the settings can be used as they are shown.
        """
        for panel in (self.architecture, self.hyperparameters, self.data):
            editor = panel.first_invalid()
            if editor is not None:
                self._bring_into_sight(editor)
                return editor.message or self.architecture.message
        return None

    def _batch_too_large(self) -> bool:
        """Return whether a batch does not fit into the memory, after saying so at its field.

        What does not fit because of the layers is said at these.
        """
        try:
            check_training_memory(self.config())
        except ConfigError as error:
            if error.field_name == "batch_size":
                editor = self.hyperparameters.unfold(error.field_name)
                assert isinstance(editor, NumberEditor)
                editor.show_fault(str(error))
                self._bring_into_sight(editor)
                return True
        return False

    def _bring_into_sight(self, editor: NumberEditor) -> None:
        self.fault_shown.emit()
        self._settle()
        editor.setFocus(Qt.FocusReason.OtherFocusReason)
        editor.selectAll()
        self.ensureWidgetVisible(editor, 0, 48)

    @Slot(int)
    def edit_layer(self, layer: int) -> None:
        """Bring a hidden layer into sight, ready to edit; 0 is the input, which stays as it is."""
        editor = self.architecture.edit_layer(layer)
        if editor is not None:
            self.ensureWidgetVisible(editor, 0, 48)

    def set_running(self, running: bool) -> None:
        """Enable only what can be changed live while a training runs."""
        self._running = running
        before = self.window().focusWidget()
        for panel in (self.presets, self.architecture, self.hyperparameters, self.data):
            panel.set_running(running)
        after = self.window().focusWidget()
        # Qt passes the focus of a disabled field on, perhaps to a live one, which the next turn of
        # the wheel would change.
        if after is not None and after is not before and self.isAncestorOf(after):
            after.clearFocus()

    # --- undo ------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Undo and redo changes; while a training runs, those of live values only."""
        history = self._history
        if event.matches(QKeySequence.StandardKey.Undo):
            self._go(history.undo, back=history.redo)
        elif event.matches(QKeySequence.StandardKey.Redo):
            self._go(history.redo, back=history.undo)
        else:
            super().keyPressEvent(event)

    def _go(self, step: Callable[[], None], *, back: Callable[[], None]) -> None:
        before = self._history.current
        step()
        config = self._history.current
        if config == before:
            return
        changes = live_changes(before, config) if self._running else {}
        if changes is None:
            back()
            return
        self._show_config(config)
        for name, value in changes.items():
            self._session.set_live(name, value)
        self.changed.emit()

    # --- size ------------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        """Ask for the usual width of the column."""
        return QSize(theme.scaled(WIDTH), 650)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the drawing its share of the height."""
        super().resizeEvent(event)
        height = self.viewport().height()
        share = max(_DRAWING_SHARE * height, height - theme.scaled(_FOLDED))
        self.architecture.set_drawing_height(round(share))

    @Slot()
    def _fit_scale(self) -> None:
        # Smaller text does not make room: margins stay as they are. A wider typeface takes some.
        text = int(_SAMPLES * QFontMetrics(QApplication.font()).horizontalAdvance(_SAMPLE))
        self.setMinimumWidth(max(NARROWEST, theme.scaled(NARROWEST), text))

    # --- inside ----------------------------------------------------------------------------

    def _build(self) -> None:
        self.setObjectName("settingsColumn")
        self.setAccessibleName(self.tr("Settings"))
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self._fit_scale()
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # Its place stays free without it, or all would shift when a group opens.
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        # A click on a button leads here, so that what it did can be undone by a key.
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._card = Card()
        self._card.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        body = self._card.body
        body.setContentsMargins(12, 12, 12, 6)
        body.setSpacing(0)
        body.addWidget(self.presets)
        body.addSpacing(12)
        body.addWidget(self.architecture)
        body.addSpacing(10)
        body.addWidget(self.hyperparameters)
        body.addWidget(self.data)
        body.addWidget(self.hyperparameters.live_note)
        self._page = QWidget()
        column = QVBoxLayout(self._page)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._card)
        column.addStretch(1)
        self.setWidget(self._page)
        self._lines = {**self.hyperparameters.lines, "data": self.data.line}
        if self._remembered is not None:
            names = bytes(self._remembered.layout(_OPEN_GROUPS).data()).decode().split()
            for name in self._lines.keys() & names:
                self._lines[name].setChecked(True)

    def _connect(self) -> None:
        theme.notifier().changed.connect(self._fit_scale)
        self.verticalScrollBar().rangeChanged.connect(self._on_range_changed)
        self.presets.chosen.connect(self._on_preset_chosen)
        self.architecture.drawing.layer_clicked.connect(self.edit_layer)
        for panel in (self.architecture, self.hyperparameters, self.data):
            panel.changed.connect(self._on_changed)
        for line in self._lines.values():
            line.toggled.connect(self._on_line_toggled)
            line.clicked.connect(self._on_line_clicked)
        self.hyperparameters.live_changed.connect(self._session.set_live)
        self._session.hyperparameter_changed.connect(self._on_hyperparameter_changed)
        self._session.data.changed.connect(self.hyperparameters.preview.show_dataset)
        self.hyperparameters.preview.show_dataset(self._session.data.dataset)

    def _show_config(self, config: RunConfig) -> None:
        self.architecture.set_model(config.model)
        self.hyperparameters.set_training(config.training)
        self.data.set_data(config.data)
        self._refresh()
        self._settle()

    def _refresh(self) -> None:
        training = self.hyperparameters.training()
        self.architecture.set_optimizer(training.optimizer)
        self.presets.show_current(self.architecture.model(), training)

    def _settle(self) -> None:
        """Lay out at once: rows that came or went would be painted squeezed for a frame."""
        for widget in (self.architecture, self.hyperparameters, self.data, self._card, self._page):
            layout = widget.layout()
            assert layout is not None
            layout.activate()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest.value)

    @Slot()
    def _on_changed(self) -> None:
        self._refresh()
        self._settle()
        focused = self.window().focusWidget()
        edit = focused.edit if isinstance(focused, NumberEditor) else None
        self._history.change(self.config(), part_of=edit)
        self.changed.emit()

    @Slot(str)
    def _on_preset_chosen(self, name: str) -> None:
        preset = PRESETS[name]
        self.architecture.set_model(preset.model)
        self.hyperparameters.set_training(preset.training)
        self._on_changed()

    @Slot()
    def _on_line_toggled(self) -> None:
        self._settle()
        if self._remembered is not None:
            names = " ".join(name for name, line in self._lines.items() if line.isChecked())
            self._remembered.set_layout(_OPEN_GROUPS, QByteArray(names.encode()))

    @Slot(bool)
    def _on_line_clicked(self, opened: bool) -> None:
        """Bring into sight what was unfolded, from its first line on."""
        line = self.sender()
        if opened and isinstance(line, FoldLine):
            for widget in (line.content, line):
                self.ensureWidgetVisible(widget, 0, SPACING)

    @Slot(int, int)
    def _on_range_changed(self, _least: int, most: int) -> None:
        self.verticalScrollBar().setEnabled(most > 0)

    @Slot(object)
    def _on_hyperparameter_changed(self, change: HyperparameterChanged) -> None:
        self.hyperparameters.show_change(change.name, change.value)
        self._refresh()


def live_changes(before: RunConfig, after: RunConfig) -> dict[str, float] | None:
    """Return the values that a running training would have to take over, by name.

    Returns
    -------
    dict of str to float or None
        None if there are other differences as well.
    """
    declared = hyperparameters(TrainingConfig).items()
    live = {name: getattr(after.training, name) for name, each in declared if each.live}
    training = dataclasses.replace(before.training, **live)
    if dataclasses.replace(before, training=training) != after:
        return None
    return {name: value for name, value in live.items() if value != getattr(before.training, name)}

"""Ready-made settings, one click each."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QGridLayout, QPushButton, QWidget

from ...training.config import ModelConfig, TrainingConfig
from ...training.presets import PRESETS
from ..labels import preset_description, preset_title

_COLUMNS = 2


class PresetsPanel(QWidget):
    """A button per preset; the one that equals the settings in view is highlighted.

    Signals
    -------
    chosen(str)
        Name of the preset that was clicked.
    """

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("presetsPanel")
        self._group = QButtonGroup(self)
        # None is highlighted when the settings are edited, which an exclusive group forbids.
        self._group.setExclusive(False)
        self._buttons: dict[str, QPushButton] = {}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(4)
        for position, name in enumerate(PRESETS):
            button = QPushButton(preset_title(name))
            button.setObjectName(f"{name}Preset")
            button.setProperty("segment", True)
            button.setCheckable(True)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.setAccessibleDescription(preset_description(name))
            self._group.addButton(button)
            self._buttons[name] = button
            grid.addWidget(button, *divmod(position, _COLUMNS))
        self._group.buttonClicked.connect(self._on_clicked)
        self._current: str | None = None
        self.set_running(False)

    @property
    def current(self) -> str | None:
        """Name of the highlighted preset."""
        return self._current

    def show_current(self, model: ModelConfig, training: TrainingConfig) -> None:
        """Highlight the preset that equals these settings, if one does."""
        self._current = next(
            (
                name
                for name, preset in PRESETS.items()
                if (preset.model, preset.training) == (model, training)
            ),
            None,
        )
        for name, button in self._buttons.items():
            button.setChecked(name == self._current)

    def set_running(self, running: bool) -> None:
        """Refuse clicks while a training runs."""
        reason = self.tr("A preset cannot be chosen while a training runs; stop it first.")
        for name, button in self._buttons.items():
            button.setEnabled(not running)
            text = preset_description(name)
            button.setToolTip(f"{text}\n{reason}" if running else text)

    @Slot(QAbstractButton)
    def _on_clicked(self, button: QAbstractButton) -> None:
        name = next(name for name, each in self._buttons.items() if each is button)
        # The click has toggled it; what is highlighted follows from the settings alone.
        button.setChecked(name == self._current)
        self.chosen.emit(name)

"""The left column: everything that decides a run, one panel above the other."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QCoreApplication, QEvent, QSize, Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from ..training.config import RunConfig
from ..training.events import HyperparameterChanged
from ..training.presets import PRESETS
from .architecture_panel import ArchitecturePanel
from .data_panel import DataPanel
from .hyperparameters_panel import HyperparametersPanel
from .presets_panel import PresetsPanel

WIDTH = 290


class SettingsColumn(QScrollArea):
    """Editor of a :class:`RunConfig`; scrolls when the window is low.

    Parameters
    ----------
    session : Session
        Takes live changes and the data panel's commands.

    Signals
    -------
    changed()
        The user changed something.
    """

    changed = Signal()

    def __init__(self, session: Any, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("settingsColumn")
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._session = session
        self.presets = PresetsPanel()
        self.architecture = ArchitecturePanel()
        self.hyperparameters = HyperparametersPanel()
        self.data = DataPanel(session)
        self._page = QWidget()
        column = QVBoxLayout(self._page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        for panel in (self.presets, self.architecture, self.hyperparameters, self.data):
            panel.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
            column.addWidget(panel)
        column.addStretch(1)
        self.setWidget(self._page)
        self._page.installEventFilter(self)
        self._connect()
        self.set_config(RunConfig())

    # --- configuration ---------------------------------------------------------------------

    def config(self) -> RunConfig:
        """Return the settings, each with its last usable value."""
        return RunConfig(
            self.data.data(), self.architecture.model(), self.hyperparameters.training()
        )

    def set_config(self, config: RunConfig) -> None:
        """Show other settings without telling that they changed."""
        self.architecture.set_model(config.model)
        self.hyperparameters.set_training(config.training)
        self.data.set_data(config.data)
        self._refresh()
        self._settle()

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
                editor.setFocus(Qt.FocusReason.OtherFocusReason)
                editor.selectAll()
                self.ensureWidgetVisible(editor, 0, 48)
                return editor.message or self.architecture.message
        return None

    def set_running(self, running: bool) -> None:
        """Enable only what can be changed live while a training runs."""
        before = self.window().focusWidget()
        for panel in (self.presets, self.architecture, self.hyperparameters, self.data):
            panel.set_running(running)
        after = self.window().focusWidget()
        # Qt passes the focus of a disabled field on, perhaps to a live one, which the next turn of
        # the wheel would change.
        if after is not None and after is not before and self.isAncestorOf(after):
            after.clearFocus()

    # --- size ------------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        """Ask for the usual width of the column."""
        return QSize(max(WIDTH, self.minimumWidth()), 650)

    def eventFilter(self, watched: Any, event: QEvent) -> bool:
        """Keep the column as wide as its widest panel needs: it does not scroll sideways."""
        if watched is self._page and event.type() == QEvent.Type.LayoutRequest:
            self._fit_width()
        return super().eventFilter(watched, event)

    def _fit_width(self) -> None:
        self.setMinimumWidth(
            self._page.minimumSizeHint().width() + self.verticalScrollBar().sizeHint().width()
        )

    # --- inside ----------------------------------------------------------------------------

    def _connect(self) -> None:
        self.presets.chosen.connect(self._on_preset_chosen)
        for panel in (self.architecture, self.hyperparameters, self.data):
            panel.changed.connect(self._on_changed)
        self.hyperparameters.live_changed.connect(self._session.set_live)
        self._session.hyperparameter_changed.connect(self._on_hyperparameter_changed)

    def _refresh(self) -> None:
        training = self.hyperparameters.training()
        self.architecture.set_optimizer(training.optimizer)
        self.presets.show_current(self.architecture.model(), training)

    def _settle(self) -> None:
        """Lay out at once: rows that came or went would be painted squeezed for a frame."""
        for widget in (self.architecture, self.hyperparameters, self.data, self._page):
            layout = widget.layout()
            assert layout is not None
            layout.activate()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest.value)

    @Slot()
    def _on_changed(self) -> None:
        self._refresh()
        self._settle()
        self.changed.emit()

    @Slot(str)
    def _on_preset_chosen(self, name: str) -> None:
        preset = PRESETS[name]
        self.architecture.set_model(preset.model)
        self.hyperparameters.set_training(preset.training)
        self._on_changed()

    @Slot(object)
    def _on_hyperparameter_changed(self, change: HyperparameterChanged) -> None:
        self.hyperparameters.show_change(change.name, change.value)
        self._refresh()

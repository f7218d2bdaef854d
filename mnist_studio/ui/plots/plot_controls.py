"""The controls that all plots of a view share: x axis, smoothing, and the band around means."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QObject, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from ..choice_button import ChoiceButton
from .common_grid import Spread
from .plotted_run import PlotContent, PlotOptions
from .spans import Smoothing
from .unit_text import unit_text
from .x_units import XUnit

_FEW_RUNS = 3  # up to so many show their raw values unless the user decides


def quiet_button(button: QToolButton) -> QToolButton:
    """Give a button in a plot's header its quiet look."""
    button.setProperty("quiet", True)
    return button


def toggle_button(name: str, text: str, tool_tip: str) -> QToolButton:
    """Return a button that stays pressed."""
    button = QToolButton()
    button.setObjectName(name)
    button.setText(text)
    button.setToolTip(tool_tip)
    button.setCheckable(True)
    return button


def make_unit_button() -> ChoiceButton:
    """Return a button that chooses the :class:`XUnit`, epochs at first."""
    translate = QCoreApplication.translate
    choices = {unit: unit_text(unit) for unit in XUnit}
    button = ChoiceButton(choices, XUnit.EPOCHS, translate("PlotControls", "x: {0} ▾"))
    button.setObjectName("xUnitButton")
    button.setToolTip(
        translate(
            "PlotControls",
            "What the x axis counts. Seconds compare speed, epochs compare settings.",
        )
    )
    return button


class RawChoice(QObject):
    """Whether runs beside each other show their raw values: up to three, or as the user decides.

    Attributes
    ----------
    button : QToolButton
        Checked if they do; hidden where the values of the run in view are enough.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._chosen: bool | None = None
        self.button = toggle_button(
            "rawButton",
            self.tr("Raw"),
            self.tr(
                "Show the loss of every batch, pale behind the smoothed curves. Usual for up to "
                "three runs; more of them hide each other."
            ),
        )
        self.button.hide()
        self.button.clicked.connect(self._on_clicked)

    def offer(self, content: PlotContent) -> None:
        """Show what is usual for these runs, unless the user has decided."""
        usual = len(content.runs) <= _FEW_RUNS
        chosen = usual if self._chosen is None else self._chosen
        self.button.setChecked(chosen and content.run is None)
        self.button.setVisible(content.run is None and bool(content.runs))

    @Slot(bool)
    def _on_clicked(self, checked: bool) -> None:
        self._chosen = checked


class PlotControls(QWidget):
    """One set of controls for the options of several plots.

    Signals
    -------
    chosen(object)
        The user has chosen these :class:`PlotOptions`.
    """

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.options = PlotOptions()
        self.unit_button = make_unit_button()
        self.unit_button.chosen.connect(self._on_unit_chosen)
        self.log_x_button = self._make_log_x_button()
        self.smoothing_button = self._make_smoothing_button()
        self.spread_button = self._make_spread_button()
        self.offer_spread(False)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for button in (
            self.unit_button,
            self.log_x_button,
            self.smoothing_button,
            self.spread_button,
        ):
            row.addWidget(quiet_button(button))

    def offer_spread(self, offered: bool) -> None:
        """Offer the choice of the band, which means nothing unless a run has several seeds."""
        self.spread_button.setEnabled(offered)

    def _make_log_x_button(self) -> QToolButton:
        button = toggle_button(
            "logarithmicXButton",
            self.tr("Log x"),
            self.tr(
                "Logarithmic x axis: shows the first batches large. With a logarithmic loss axis "
                "too, a power law is a straight line."
            ),
        )
        button.clicked.connect(self._on_log_x_clicked)
        return button

    def _make_smoothing_button(self) -> ChoiceButton:
        choices = {
            Smoothing.NONE: self.tr("none"),
            Smoothing.LIGHT: self.tr("light"),
            Smoothing.NORMAL: self.tr("normal"),
            Smoothing.STRONG: self.tr("strong"),
        }
        button = ChoiceButton(choices, Smoothing.NORMAL, self.tr("Smoothing: {0} ▾"))
        button.setObjectName("smoothingButton")
        button.setToolTip(
            self.tr(
                "Over how many batches the training curves are averaged; normal is about a tenth "
                "of an epoch. Stronger is calmer, but shows changes later."
            )
        )
        button.chosen.connect(self._on_smoothing_chosen)
        return button

    def _make_spread_button(self) -> ChoiceButton:
        choices = {
            Spread.DEVIATION: self.tr("± deviation"),
            Spread.RANGE: self.tr("range"),
        }
        button = ChoiceButton(choices, Spread.DEVIATION, self.tr("Band: {0} ▾"))
        button.setObjectName("spreadButton")
        button.setToolTip(
            self.tr(
                "The band around the mean of several seeds: the standard deviation, as usual, or "
                "from the lowest to the highest seed."
            )
        )
        button.chosen.connect(self._on_spread_chosen)
        return button

    @Slot(object)
    def _on_unit_chosen(self, unit: XUnit) -> None:
        self._choose(self.options._replace(scale=self.options.scale._replace(unit=unit)))

    @Slot(bool)
    def _on_log_x_clicked(self, checked: bool) -> None:
        scale = self.options.scale._replace(logarithmic=checked)
        self._choose(self.options._replace(scale=scale))

    @Slot(object)
    def _on_smoothing_chosen(self, smoothing: Smoothing) -> None:
        self._choose(self.options._replace(smoothing=smoothing))

    @Slot(object)
    def _on_spread_chosen(self, spread: Spread) -> None:
        self._choose(self.options._replace(spread=spread))

    def _choose(self, options: PlotOptions) -> None:
        self.options = options
        self.chosen.emit(options)

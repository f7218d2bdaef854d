"""The controls that all plots of a view share: x axis, smoothing, and the band around means."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from ..choice_button import ChoiceButton
from .common_grid import Spread
from .live_plot import quiet_button, toggle_button
from .plotted_run import PlotOptions
from .spans import Smoothing
from .unit_text import unit_text
from .x_units import XUnit


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


class PlotControls(QWidget):
    """One set of controls for several plots; connect :attr:`chosen` to their ``set_options``.

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

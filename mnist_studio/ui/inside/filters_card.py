"""The units of a layer side by side, live."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QResizeEvent

from ...cancel import Cancelled
from ...data.registry import SIDE
from ...insight.units import UnitOrder
from ...number_text import grouped
from ...report.sheet import Sheet
from ...session.inquirer import Inquirer, Work
from ...session.live_figure import LiveFigure
from ...session.run_in_view import RunInView
from ...session.session import Session
from .. import theme
from ..choice_button import ChoiceButton
from ..describe import describe_missing, describe_whose
from ..diverging import levels_of
from ..live_card import LiveCard
from ..plots.plot_controls import quiet_button
from ..redraw_clock import RedrawClock
from ..widgets import Caption, title_label
from .filters_view import FiltersView, Levels
from .layers_work import fixed_images

if TYPE_CHECKING:
    from ...data.dataset import Dataset
    from ...nn.arrays import FloatArray
    from ...nn.network import Network
    from ...training.config import DataConfig


class Contrast(StrEnum):
    """What the fullest color stands for."""

    COMMON = "common"  # the largest weight of all units
    OWN = "own"  # the largest of each unit


@dataclass(frozen=True, eq=False)
class _LayerPicture:
    layer: int
    levels: Levels
    pixels: FloatArray  # as the levels, but exact
    dead: int  # units that are never on
    images: int  # that this is judged by
    busiest: int  # the unit that is on for the most of them


_ALL_CHOICES = 290  # pixels from which the header has room for all of them


class FiltersCard(LiveCard):
    """What the units of a layer look for, and in which order they are shown.

    Parameters
    ----------
    clock : RedrawClock
        Redraws it.
    session : Session
        Whose network is looked at.
    inquirer : Inquirer
        Computes the picture.

    Attributes
    ----------
    layer : int
        Which hidden layer, from 0.

    Signals
    -------
    unit_chosen(int, int)
        Layer and unit that the user wants to know more of.
    """

    unit_chosen = Signal(int, int)

    def __init__(self, clock: RedrawClock, session: Session, inquirer: Inquirer) -> None:
        super().__init__(clock, self._draw)
        self.setObjectName("filtersCard")
        self.layer = 0
        self._session = session
        self._order = UnitOrder.NUMBER
        self._contrast = Contrast.OWN
        self._depth = -1  # until there is a run
        self.figure = LiveFigure(session, inquirer, "filters", self._work, self)
        self.figure.changed.connect(self.turn.mark_dirty)
        self.view = FiltersView()
        self.view.unit_chosen.connect(self._on_unit_chosen)
        self._build()

    def _build(self) -> None:
        self._layers = ChoiceButton({0: "1"}, 0, self.tr("LAYER {0} ▾"))
        self._layers.setProperty("titleMenu", True)
        self._layers.setObjectName("layerButton")
        self._layers.setToolTip(self.tr("Which hidden layer is shown."))
        self._layers.chosen.connect(self._on_layer_chosen)
        orders = {
            UnitOrder.NUMBER: self.tr("by number"),
            UnitOrder.NORM: self.tr("by norm"),
            UnitOrder.USE: self.tr("by use"),
            UnitOrder.GROUP: self.tr("in groups"),
        }
        self._orders = ChoiceButton(orders, self._order, "{0} ▾")
        self._orders.setObjectName("unitOrderButton")
        self._orders.setToolTip(
            self.tr(
                "By the size of the incoming weights, by the share of images for which a unit is "
                "on, or units that answer to the same images together."
            )
        )
        self._orders.chosen.connect(self._on_order_chosen)
        contrasts = {
            Contrast.COMMON: self.tr("one scale"),
            Contrast.OWN: self.tr("own scales"),
        }
        self._contrasts = ChoiceButton(contrasts, self._contrast, "{0} ▾")
        self._contrasts.setObjectName("contrastButton")
        self._contrasts.setToolTip(
            self.tr("Whether the fullest color is the largest weight of all units or of each.")
        )
        self._contrasts.chosen.connect(self._on_contrast_chosen)
        self.header.setSpacing(2)  # or the three do not fit into a narrow window
        self._classes = title_label(self.tr("Classes"))
        self._classes.hide()
        self.header.addWidget(self._layers)
        self.header.addWidget(self._classes)
        self.header.addStretch(1)
        for button in (self._orders, self._contrasts):
            self.header.addWidget(quiet_button(button))
        self.body.addLayout(self.header)
        self.caption = Caption(2)
        self.caption.setObjectName("filtersCaption")
        self.body.addWidget(self.view, 1)
        self.body.addWidget(self.caption)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the choice of the scale out where the others could not be read beside it."""
        super().resizeEvent(event)
        self._contrasts.setVisible(self.width() >= theme.scaled(_ALL_CHOICES))

    def sheet(self) -> Sheet | None:
        """Return what every unit looks for, pixel by pixel."""
        picture = self._picture()
        if picture is None:
            return None
        places = itertools.product(range(1, SIDE + 1), repeat=2)
        columns = (f"row_{row}_column_{column}" for row, column in places)
        units = zip(picture.levels.units, picture.pixels, strict=True)
        return Sheet(["unit", *columns], ([unit + 1, *each.tolist()] for unit, each in units))

    def show_layer(self, layer: int) -> None:
        """Show another layer."""
        if layer != self.layer:
            self.layer = layer
            self._layers.choose(layer)
            self.view.choose(-1)
            self.figure.ask_anew()

    def choose_some_unit(self) -> None:
        """Choose the unit that is on for the most images, if it is known which one that is."""
        picture = self._picture()
        if picture is not None and not picture.levels.names:
            self.view.choose(picture.busiest)
            self._on_unit_chosen(picture.busiest)

    def offer_layers(self, count: int) -> None:
        """Let the user choose among so many hidden layers."""
        if count != self._depth:
            self._depth = count
            self.layer = min(self.layer, max(0, count - 1))
            self._layers.set_choices({k: str(k + 1) for k in range(max(1, count))}, self.layer)
            self._layers.setEnabled(count > 1)
            for button in (self._layers, self._orders):
                button.setVisible(count > 0)
            self._classes.setVisible(not count)
            if not count:
                self.view.choose(-1)

    def _work(self, run: RunInView, dataset: Dataset) -> Work | None:
        if self.layer > max(0, len(run.config.model.hidden) - 1):
            return None
        work = (run.network, self.layer, dataset, run.config.data, self._order, self._contrast)
        return partial(_picture_of, *work)

    def _picture(self) -> _LayerPicture | None:
        picture = cast("_LayerPicture | None", self.figure.answer)
        return picture if picture is not None and picture.layer == self.layer else None

    def _draw(self) -> None:
        picture, missing = self._picture(), self.figure.missing_data
        if missing:
            self.view.show_levels(None)
            self.caption.setText(describe_missing(missing))
        elif picture is not None:
            self.view.show_levels(picture.levels)
            self.caption.setText(describe_whose(self._session.run) + self._describe(picture))

    def _describe(self, picture: _LayerPicture) -> str:
        if picture.levels.names:
            return self.tr(
                "The weights of each class: blue, ink here speaks for it; orange, against it."
            )
        if self.layer == 0:
            text = self.tr("{0} units: blue, ink here excites a unit; orange, it silences it.")
        else:
            text = self.tr(
                "{0} units, each as the gradient of its activation, averaged over images: blue, "
                "more ink would excite it; orange, less."
            )
        text = text.format(grouped(len(picture.levels.units)))
        if picture.dead:
            text += " " + self.tr("{0} never on in {1} images.").format(
                grouped(picture.dead), grouped(picture.images)
            )
        return text

    @Slot(int)
    def _on_unit_chosen(self, unit: int) -> None:
        if self._depth:
            self.unit_chosen.emit(self.layer, unit)
        else:
            self.view.choose(-1)  # the classes are no units to be looked at

    @Slot(object)
    def _on_layer_chosen(self, layer: int) -> None:
        self.show_layer(layer)

    @Slot(object)
    def _on_order_chosen(self, order: UnitOrder) -> None:
        self._order = order
        self.figure.ask_anew()

    @Slot(object)
    def _on_contrast_chosen(self, contrast: Contrast) -> None:
        self._contrast = contrast
        self.figure.ask_anew()


def _picture_of(
    network: Network,
    layer: int,
    dataset: Dataset,
    config: DataConfig,
    order: UnitOrder,
    contrast: Contrast,
    _cancelled: Cancelled,
) -> _LayerPicture:
    import numpy as np

    from ...data.pixels import unit_range
    from ...insight.units import filters, order_units

    images, _ = fixed_images(dataset, config)
    classes = len(network.linear_layers) == 1
    with np.errstate(all="ignore"):
        hidden = network.activations(unit_range(images))[layer]
        units, groups = order_units(network, layer, hidden, UnitOrder.NUMBER if classes else order)
        found = filters(network, layer, images)[units]
        busiest = 0 if classes else order_units(network, layer, hidden, UnitOrder.USE).units[0]
    levels = Levels(
        units.tolist(),
        levels_of(found, own=contrast is Contrast.OWN),
        dataset.class_names if classes else (),
        groups.tolist() if groups.any() else (),
    )
    dead = int(np.count_nonzero((hidden == 0).all(axis=0)))
    return _LayerPicture(layer, levels, found, dead, len(images), int(busiest))

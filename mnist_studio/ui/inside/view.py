"""The middle of the window: the network at work, its units, and one of them."""

from __future__ import annotations

import dataclasses

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ...session.run_files import ChangedNetwork
from ...session.run_in_view import RunInView, Snapshot
from ...session.studio import Studio
from ..live_view import LiveView
from ..network_drawing import NetworkDrawing
from ..widgets import SPACING
from .filters_card import FiltersCard
from .network_card import NetworkCard
from .unit_card import UnitCard


class InsideView(LiveView):
    """Three views of the network that follow one another: a layer, a unit, what is tried with it.

    Parameters
    ----------
    studio : Studio
        Whose run in view is looked at.

    Attributes
    ----------
    network : NetworkCard
    filters : FiltersCard
    unit : UnitCard
    """

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        session = studio.session
        self.filters = FiltersCard(self.clock, session, studio.inquirer)
        self.unit = UnitCard(self.clock, session, studio.inquirer)
        self.drawing = NetworkDrawing()
        self.drawing.watch(session)
        self.network = NetworkCard(self.clock, self.drawing)
        self.follow(
            (self.network, self.filters, self.unit), (self.filters.figure, self.unit.figure)
        )
        self._build()
        session.run_started.connect(self._on_run_started)
        self.filters.unit_chosen.connect(self._show_unit)
        self.filters.figure.changed.connect(self._show_some_unit)
        self.unit.keep_wanted.connect(self._on_keep_wanted)
        self.drawing.unit_clicked.connect(self._on_unit_clicked)
        if session.run is not None:
            self._on_run_started(session.run)

    def _build(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(SPACING)
        row.addWidget(self.filters, 1)
        row.addWidget(self.unit, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACING)
        column.addWidget(self.network, 3)
        column.addLayout(row, 8)

    @Slot(object)
    def _on_run_started(self, run: RunInView) -> None:
        self.filters.offer_layers(len(run.config.model.hidden))
        self.unit.setVisible(bool(run.config.model.hidden))
        self.drawing.set_sizes(run.config.model.sizes)

    @Slot()
    def _show_some_unit(self) -> None:
        """Show what can be known of a unit before the user has chosen one."""
        if not self.unit.chosen:
            self.filters.choose_some_unit()

    @Slot(int, int)
    def _on_unit_clicked(self, layer: int, unit: int) -> None:
        """Show a hidden unit; layers are counted from the input, 0, there."""
        self.filters.show_layer(layer - 1)
        self.filters.view.choose(unit)
        self._show_unit(layer - 1, unit)

    @Slot(int, int)
    def _show_unit(self, layer: int, unit: int) -> None:
        """Show a hidden unit, and where it stands; layers are counted from the first hidden one."""
        self.drawing.mark_unit(layer + 1, unit)
        self.unit.show_unit(layer, unit)

    @Slot(object, str)
    def _on_keep_wanted(self, snapshot: Snapshot, change: str) -> None:
        """Have a run made of a changed network."""
        from ...runs.checkpoint_history import origin_at

        session = self._studio.session
        run, dataset = session.run, session.data.dataset
        if run is None or dataset is None:
            return
        data = dataclasses.replace(run.config.data, dataset=run.dataset)
        config = dataclasses.replace(run.config, data=data)
        row = self._studio.library.row(run.path) if run.path is not None else None
        name = row.title if row is not None else self._stranger(run)
        parent = self.tr("{0}: {1}").format(name, change)
        session.files.keep(
            ChangedNetwork(
                snapshot.network,
                config,
                dataset,
                origin_at(run.history, snapshot.step),
                parent,
                self.tr("from {0}").format(parent),
            )
        )

    def _stranger(self, run: RunInView) -> str:
        """Return what a run is called that is none of the folder of runs."""
        return self.tr("the run that came along") if run.bundled else self.tr("another file")

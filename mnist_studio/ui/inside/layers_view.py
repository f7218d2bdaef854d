"""The layers of the network, their health, and how both came about."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ...insight.health import USUAL_RATIO
from ...insight.hints import hints_of
from ...report.health_texts import finding_text
from ...report.hint_texts import hint_text
from ...session.studio import Studio
from ..hint_stack import HintStack
from ..live_view import LiveView
from ..plots.layer_curves import gradient_norms, update_ratios
from ..plots.plotted_run import PlotContent
from ..plots.x_follower import Track
from ..remedy_card import RemedyCard
from ..widgets import SPACING
from .layer_plot import LayerPlot
from .layers_card import LayersCard
from .layers_work import LayersAnswer

_PLOTS, _MOST = 5, 15  # parts of the height, for the plots, and for the layers at most
_ROOM_FOR_ALL = 380  # pixels of height from which on there is room for the plots, too


class LayersView(LiveView):
    """What is in every layer now, what has been recorded of it, and what to change.

    Parameters
    ----------
    studio : Studio
        Whose run in view is looked at.

    Attributes
    ----------
    remedy : RemedyCard
        What is unhealthy, and what to change.
    layers : LayersCard
        A row for each layer.
    plots : tuple of LayerPlot
        Gradient norms and update ratios over time.
    """

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("layersView")
        self._session = session = studio.session
        self.remedy = RemedyCard()
        self.remedy.setObjectName("healthCard")
        self.layers = LayersCard(self.clock, session, studio.inquirer)
        self.layers.drawn.connect(self._on_drawn)
        self.plots = self._make_plots()
        self._build()
        self.follow((self.layers, *self.plots), (self.layers.figure,))
        session.run_started.connect(self._on_run_changed)
        session.status_changed.connect(self._on_run_changed)
        session.batches_ended.connect(self._on_batches_ended)
        self._on_run_changed(session.run)

    def _make_plots(self) -> tuple[LayerPlot, LayerPlot]:
        norms = LayerPlot(self.clock, self.tr("Gradient norm"), gradient_norms)
        norms.setObjectName("layerGradientsCard")
        norms.set_name(self.tr("Plot of each layer's gradient norm"))
        ratios = LayerPlot(self.clock, self.tr("Update ratio"), update_ratios, USUAL_RATIO)
        ratios.setObjectName("layerUpdatesCard")
        ratios.set_name(self.tr("Plot of how far an update moves each layer's weights"))
        return norms, ratios

    def _build(self) -> None:
        self._lower = QWidget()
        row = QHBoxLayout(self._lower)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACING)
        for plot in self.plots:
            row.addWidget(plot, 1)
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACING)
        column.addWidget(self.remedy)
        column.addWidget(
            HintStack(
                self._session,
                self.layers,
                self.tr("Press Train or open a run: what is in its layers appears here."),
                self.layers.figure,
                lambda: self.layers.answer is not None,
            )
        )
        column.addWidget(self._lower)
        column.setStretch(2, _PLOTS)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave all the room to the layers where there is little."""
        super().resizeEvent(event)
        self._lower.setVisible(self.height() >= _ROOM_FOR_ALL)

    @Slot(object)
    def _on_run_changed(self, _what: object) -> None:
        run = self._session.run
        track = None
        if run is not None:
            rows = len(run.config.model.sizes) - 1
            self._column.setStretch(1, min(1 + 2 * rows, _MOST))
            track = Track(run.history, run.length.total_steps, not run.status.active)
        for plot in self.plots:
            plot.show_content(PlotContent(track))
        self.layers.turn.mark_dirty()

    @Slot(object)
    def _on_batches_ended(self, _part: object) -> None:
        for plot in self.plots:
            plot.turn.mark_dirty()

    @Slot(object)
    def _on_drawn(self, answer: LayersAnswer | None) -> None:
        """Say what is unhealthy, with the remedy, or that the run failed."""
        translate, run = QCoreApplication.translate, self._session.run
        text, remedy, failed = "", None, False
        if run is not None and run.checkpoint is not None and run.checkpoint.failure is not None:
            for hint in hints_of(run.config, run.history, (), run.checkpoint.failure):
                text, remedy, failed = hint_text(hint, translate), hint.remedy, True
        elif answer is not None and answer.findings:
            finding = answer.findings[0]
            text, remedy = finding_text(finding, translate), finding.remedy
        self.remedy.show_sentence(text, remedy, training=self._session.active, failed=failed)

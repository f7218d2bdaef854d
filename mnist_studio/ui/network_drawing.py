"""A drawing of the network at work: its units light up with what is on the pad."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QRect, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import (
    QHideEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from ..data.registry import DATASETS, DIGITS
from ..number_text import grouped, percentage
from . import theme
from .network_picture import NetworkPicture
from .network_places import Places
from .network_trace import UnitTrace, paint_ring

if TYPE_CHECKING:
    from ..insight.flow import Flow
    from ..nn.network import Network
    from ..session.session import Session

LINES = 20
"""Connections of either sign drawn between two layers; deep networks have fewer."""
REST = 100  # milliseconds between two drawings
SHARE = 0.02  # of the time that drawing may take
LONG = 600_000  # milliseconds for which one may look at a unit


class NetworkDrawing(QWidget):
    """Draws the pixels, every unit by its activation, and the strongest connections.

    Without a run, or while other layers are chosen than those of the run in view, only the
    structure is drawn.

    Signals
    -------
    layer_clicked(int)
        A layer was clicked: 0 is the input, the last one the output.
    unit_clicked(int, int)
        A unit was clicked: its layer, as above, which is a hidden one, and its number.
    """

    layer_clicked = Signal(int)
    unit_clicked = Signal(int, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("networkDrawing")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        self._tip = self.tr(
            "The network at work on what is on the pad: the brighter a unit, the higher its "
            "activation. The lines are the strongest connections, blue for more, orange for less."
        )
        self.setToolTip(self._tip)
        self.setMouseTracking(True)
        self._chosen: tuple[int, ...] = ()
        self._sizes: tuple[int, ...] = ()  # what is drawn
        self._names: Sequence[str] = DIGITS
        self._session: Session | None = None
        self._edited = False
        self._flow: Flow | None = None
        self._network: Network | None = None  # that it flows through
        self._pointer: QPointF | None = None
        self._trace: UnitTrace | None = None
        self._marked: tuple[int, int] | None = None  # layer and unit
        self._told = False
        self._places: Places | None = None
        self._network_picture: NetworkPicture | None = None
        self._picture = QPixmap()
        self._look = theme.current(), 1.0  # theme and device pixels a pixel that it is of
        self._stale = True
        self._missed = False
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.timeout.connect(self._on_rested)
        theme.notifier().changed.connect(self._draw_anew)

    # --- what is drawn ---------------------------------------------------------------------

    def set_sizes(self, sizes: Sequence[int]) -> None:
        """Draw layers of these sizes, from the input to the output, until a run is shown."""
        if tuple(sizes) != self._chosen:
            self._chosen = tuple(sizes)
            self._edited = True
            self._draw_anew()
        self.setAccessibleName(
            self.tr("Layers of {0} neurons").format(", ".join(map(str, self._chosen)))
        )

    def watch(self, session: Session) -> None:
        """Draw the run in view at work on what is on the pad, from now on."""
        self._session = session
        session.run_started.connect(self._on_run_started)
        session.network_changed.connect(self._on_news)
        session.drawing.changed.connect(self._on_news)
        self._draw_anew()

    def mark_unit(self, layer: int, unit: int) -> None:
        """Let a unit stand out; layers are counted from the input, 0."""
        self._marked = layer, unit
        self.update()

    @property
    def flow(self) -> Flow | None:
        """What is drawn; None if that is only the structure."""
        return self._flow

    @Slot(object)
    def _on_run_started(self, _run: object) -> None:
        self._edited = False
        self._on_news()

    @Slot()
    def _on_news(self) -> None:
        """Draw soon, but not so often that it takes more than its share of the time."""
        self._stale = True
        if not self.isVisible():
            return  # drawn when it is shown
        self._missed = self._rest.isActive()
        if not self._missed:
            self._rest.start()
            self.update()

    @Slot()
    def _on_rested(self) -> None:
        if self._missed:
            self._on_news()

    @Slot()
    def _draw_anew(self) -> None:
        self._network_picture = None
        self._stale = True
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Draw at the new size."""
        self._draw_anew()

    def sizeHint(self) -> QSize:
        """Return the size in the usual column."""
        return QSize(240, 150)

    def minimumSizeHint(self) -> QSize:
        """Return the size at which ten names can just be read."""
        return QSize(200, 110)

    # --- mouse -----------------------------------------------------------------------------

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Show which layers can be clicked, and follow the sum of the unit under the pointer."""
        self._pointer = event.position()
        layer = self._places and self._places.layer_at(event.position())
        self.setCursor(
            Qt.CursorShape.ArrowCursor if layer is None else Qt.CursorShape.PointingHandCursor
        )
        self._follow_pointer()

    def leaveEvent(self, event: QEvent) -> None:
        """Follow no unit any more."""
        self._pointer = None
        self._follow_pointer()

    def hideEvent(self, event: QHideEvent) -> None:
        """Follow no unit while nobody looks."""
        self._pointer = None
        self._follow_pointer()

    def _follow_pointer(self) -> None:
        followed, self._trace = self._trace is not None, self._trace_pointer()
        self._tell_unit()
        if followed or self._trace is not None:
            self.update()

    def _trace_pointer(self) -> UnitTrace | None:
        """Take the sum apart of the unit under the pointer, as it is now."""
        place = self._unit_at(self._pointer) if self._pointer is not None else None
        if place is None or self._network is None or self._flow is None or self._flow.image is None:
            return None
        return UnitTrace(self._network, self._flow, *place)

    @Slot()
    def _tell_unit(self) -> None:
        """Say what is under the pointer; of a sum at once, and for as long as it is there."""
        text = self.describe(self._pointer) if self._pointer is not None else ""
        told, self._told = self._told, self._trace is not None and self._pointer is not None
        self.setToolTip("" if self._told else text or self._tip)
        if self._trace is not None and self._pointer is not None:
            corner = self.mapToGlobal(self._pointer.toPoint())
            QToolTip.showText(corner, self._trace.describe(text), self, QRect(), LONG)
        elif told:
            QToolTip.hideText()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Tell which layer was clicked."""
        layer = self._places.layer_at(event.position()) if self._places is not None else None
        if layer is not None and event.button() == Qt.MouseButton.LeftButton:
            self.layer_clicked.emit(layer)
            place = self._unit_at(event.position())
            if place is not None and place[0] < len(self._sizes) - 1:
                self.unit_clicked.emit(*place)

    def _unit_at(self, point: QPointF) -> tuple[int, int] | None:
        """Return layer and unit at a point; of several at one dot the one that it shows."""
        for layer, block in enumerate(self._places.blocks if self._places else (), start=1):
            unit = block.unit_at(point)
            if unit is None:
                continue
            if self._flow is not None and block.together > 1:
                values = self._flow.activations[layer][unit : unit + block.together]
                unit += int(abs(values).argmax())
            return layer, unit
        return None

    def describe(self, point: QPointF) -> str:
        """Return what is at a point: a unit and its activation; empty for nothing."""
        place = self._unit_at(point)
        if place is None:
            return ""
        layer, unit = place
        value = float(self._flow.activations[layer][unit]) if self._flow else None
        if layer == len(self._sizes) - 1:
            name = self._names[unit]
            return name if value is None else f"{name}: {percentage(value, 1)}"
        text = self.tr("layer {0}, unit {1} of {2}").format(layer, unit + 1, self._sizes[layer])
        return text if value is None else f"{text}: {grouped(value, 2)}"

    # --- painting --------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the last drawing, or a new one if something has changed."""
        painter, begun = QPainter(self), time.perf_counter()
        look = theme.current(), painter.deviceTransform().m11()
        if look != self._look:
            self._look = look
            self._draw_anew()
        stale = self._stale and bool(self._chosen)
        if stale:
            self._stale = False
            self._take_news()
            self._render()
            if self._pointer is not None:  # numbers under the pointer follow the training
                self._trace = self._trace_pointer()
                QTimer.singleShot(0, self._tell_unit)
        self._paint_picture(painter)
        taken = 1000 * (time.perf_counter() - begun)
        if stale and self._rest.isActive():
            self._rest.start(max(REST, round(taken / SHARE)))

    def _paint_picture(self, painter: QPainter) -> None:
        if self._trace is None or self._places is None:
            painter.drawPixmap(0, 0, self._picture)
            self._paint_mark(painter)
            return
        painter.fillRect(self.rect(), theme.color("surface"))
        painter.setOpacity(0.4)
        painter.drawPixmap(0, 0, self._picture)
        painter.setOpacity(1.0)
        self._trace.paint(painter, self._places)

    def _paint_mark(self, painter: QPainter) -> None:
        layer, unit = self._marked or (0, 0)
        hidden = self._sizes[1:-1]
        if self._places is not None and 0 < layer <= len(hidden) and unit < hidden[layer - 1]:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            paint_ring(painter, self._places, layer, unit)

    def _take_news(self) -> None:
        """Ask the newest network, unless other layers are being chosen."""
        session = self._session
        run = session.run if session else None
        live = run is not None and (not self._edited or run.config.model.sizes == self._chosen)
        before = self._sizes, self._names, self._flow is None
        self._flow, self._names, self._sizes = None, DIGITS, self._chosen
        self._network = None
        if session is not None and run is not None and live:
            from ..insight.flow import flow_through

            self._sizes = run.config.model.sizes
            self._names = DATASETS[run.config.data.dataset].class_names
            most = max(4, LINES // max(1, len(self._sizes) // 3))
            self._network = run.network
            self._flow = flow_through(self._network, session.drawing.pixels, most)
        if before != (self._sizes, self._names, self._flow is None):
            self._network_picture, self._trace = None, None

    def _render(self) -> None:
        if self._network_picture is None:
            at_work = self._flow is not None
            _, ratio = self._look
            self._network_picture = NetworkPicture(
                self, self._sizes, self._names, at_work=at_work, ratio=ratio
            )
            self._places = self._network_picture.places
        self._picture = self._network_picture.draw(self._flow)

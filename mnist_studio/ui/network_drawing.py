"""A drawing of the network at work: its units light up with what is on the pad."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import (
    QFont,
    QFontMetricsF,
    QHideEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from ..data.registry import DATASETS, DIGITS
from . import theme
from .network_lines import SHADES, by_strength, round_pen, structure
from .network_places import Block, Places
from .network_trace import UnitTrace
from .sketch.image import ink_on_paper

if TYPE_CHECKING:
    from ..insight.flow import Flow
    from ..nn.network import Network
    from ..session.session import Session

LINES = 20
"""Connections of either sign drawn between two layers; deep networks have fewer."""
REST = 100  # milliseconds between two drawings
SHARE = 0.02  # of the time that drawing may take
CAPTIONS_FROM = 140  # height in pixels that leaves room for the layers' sizes
WIDEST_LABEL = 70
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
        self._told = False
        self._places: Places | None = None
        self._backdrop = QPixmap()
        self._picture = QPixmap()
        self._name_font = QFont()
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
        self._backdrop = QPixmap()
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
            return name if value is None else f"{name}: {value:.1%}".replace("%", " %")
        text = self.tr("layer {0}, unit {1} of {2}").format(layer, unit + 1, self._sizes[layer])
        return text if value is None else f"{text}: {value:.2f}"

    # --- painting --------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the last drawing, or a new one if something has changed."""
        begun, stale = time.perf_counter(), self._stale and bool(self._chosen)
        if stale:
            self._stale = False
            self._take_news()
            self._render()
            if self._pointer is not None:  # numbers under the pointer follow the training
                self._trace = self._trace_pointer()
                QTimer.singleShot(0, self._tell_unit)
        self._paint_picture(QPainter(self))
        taken = 1000 * (time.perf_counter() - begun)
        if stale and self._rest.isActive():
            self._rest.start(max(REST, round(taken / SHARE)))

    def _paint_picture(self, painter: QPainter) -> None:
        if self._trace is None or self._places is None:
            painter.drawPixmap(0, 0, self._picture)
            return
        painter.fillRect(self.rect(), theme.color("surface"))
        painter.setOpacity(0.4)
        painter.drawPixmap(0, 0, self._picture)
        painter.setOpacity(1.0)
        self._trace.paint(painter, self._places)

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
            self._backdrop, self._trace = QPixmap(), None

    def _render(self) -> None:
        if self._backdrop.isNull():
            self._make_backdrop()
        assert self._places is not None
        self._picture = self._backdrop.copy()
        painter = QPainter(self._picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._flow is not None:
            self._paint_connections(painter, self._places, self._flow)
            if self._flow.image is not None:
                ink, paper = theme.color("ink"), theme.color("paper")
                image = ink_on_paper(self._flow.image, ink, paper)
                painter.drawImage(self._places.picture.adjusted(1, 1, -1, -1), image)
            for layer, block in enumerate(self._places.blocks, start=1):
                self._paint_units(painter, layer, block, self._flow)
            self._paint_answer(painter, self._places.blocks[-1], self._flow.answer)
        painter.end()

    def _make_backdrop(self) -> None:
        """Draw what stays while the network is at work: its structure, dark, with all labels."""
        ratio = self.devicePixelRatioF()
        self._backdrop = QPixmap(self.size() * ratio)
        self._backdrop.setDevicePixelRatio(ratio)
        self._backdrop.fill(theme.color("surface"))
        room = QRectF(self.rect())
        if self.height() >= CAPTIONS_FROM:
            room.setBottom(room.bottom() - self.fontMetrics().height())
        self._name_font = theme.number_font(9, QFont.Weight.Medium)
        self._name_font.setPixelSize(int(max(7, min(13, 0.85 * room.height() / self._sizes[-1]))))
        widest = max(map(QFontMetricsF(self._name_font).horizontalAdvance, self._names))
        places = Places.arrange(self._sizes, room, min(widest, WIDEST_LABEL) + 4)
        self._places = places
        painter = QPainter(self._backdrop)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._flow is None:
            painter.strokePath(structure(self._sizes, places), QPen(theme.color("line"), 1.0))
        painter.fillRect(places.picture, theme.color("paper"))
        painter.setPen(QPen(theme.color("line"), 1))
        painter.drawRect(places.picture.adjusted(0.5, 0.5, -0.5, -0.5))
        for block in places.blocks:
            painter.setPen(round_pen(theme.color("line"), block.size))
            painter.drawPoints(block.dots)
        painter.setPen(theme.color("dim"))
        for index in range(len(self._names)):
            self._paint_name(painter, places.blocks[-1], index)
        if self.height() >= CAPTIONS_FROM:
            self._paint_sizes(painter, places, room.bottom())
        painter.end()

    def _paint_connections(self, painter: QPainter, places: Places, flow: Flow) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for layer, connections in enumerate(flow.connections):
            # Many lines fan out of the picture; fainter, they leave it to be seen. All are while
            # nothing flows through them.
            brightest = 0.35 if layer == 0 or flow.image is None else 0.9
            for strength, path in by_strength(connections, layer, places):
                token = "series_1" if strength > 0 else "series_2"
                shade = theme.tint(token, 0.1 + (brightest - 0.1) * abs(strength))
                painter.strokePath(path, QPen(shade, 1.0))

    def _paint_units(self, painter: QPainter, layer: int, block: Block, flow: Flow) -> None:
        """Light up the units that give something."""
        groups: dict[int, list[QPointF]] = defaultdict(list)
        for shade, point in zip(self._shades(layer, block, flow), block.dots, strict=True):
            if shade:
                groups[shade].append(point)
        for shade, points in groups.items():
            token = "series_2" if shade < 0 else "accent"
            painter.setPen(round_pen(theme.tint(token, abs(shade) / SHADES), block.size))
            painter.drawPoints(points)

    def _shades(self, layer: int, block: Block, flow: Flow) -> list[int]:
        """Return how bright each dot is, from 0 to `SHADES`; negative for what is below zero."""
        import numpy as np

        values = flow.activations[layer]
        if block.together > 1:  # the strongest speaks for all
            padded = np.zeros((len(block.dots), block.together), values.dtype)
            padded.reshape(-1)[: len(values)] = values
            values = padded[np.arange(len(padded)), np.abs(padded).argmax(axis=1)]
        # Probabilities are what they are; activations are told from the layer's highest.
        last = layer == len(self._sizes) - 1
        highest = 1.0 if last else max(float(np.abs(values).max()), 1e-9)
        shades: list[int] = np.rint(values * (SHADES / highest)).astype(int).tolist()
        return shades

    def _paint_answer(self, painter: QPainter, output: Block, answer: int | None) -> None:
        if answer is not None:
            painter.setPen(theme.color("accent"))
            self._paint_name(painter, output, answer)

    def _paint_name(self, painter: QPainter, output: Block, index: int) -> None:
        painter.setFont(self._name_font)
        left, step = output.area.right() + 2, output.step
        box = QRectF(left, output.dots[index].y() - step / 2, self.width() - left, step)
        metrics = painter.fontMetrics()
        text = metrics.elidedText(self._names[index], Qt.TextElideMode.ElideRight, int(box.width()))
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)

    def _paint_sizes(self, painter: QPainter, places: Places, top: float) -> None:
        """Write every layer's size under it, where there is room for it."""
        font = theme.number_font(weight=QFont.Weight.Medium)
        font.setPointSizeF(font.pointSizeF() - 1)
        painter.setFont(font)
        metrics = painter.fontMetrics()
        areas = [places.picture, *(block.area for block in places.blocks)]
        reached = 0.0
        for size, area in zip(self._sizes, areas, strict=True):
            width = metrics.horizontalAdvance(str(size))
            left = min(area.center().x() - width / 2, self.width() - width)
            if left < reached:
                continue
            reached = left + width + 6
            box = QRectF(left, top, width + 2, self.height() - top)
            painter.drawText(box, Qt.AlignmentFlag.AlignBottom, str(size))

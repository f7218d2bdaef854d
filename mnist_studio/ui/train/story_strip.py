"""A lane below the loss plot: what happened when, and the way back to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Slot
from PySide6.QtGui import (
    QFocusEvent,
    QFontMetrics,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QToolTip, QWidget

from ...data.registry import DATASETS
from .. import theme
from ..plots.hover import CrossLine
from ..plots.x_units import XScale
from ..redraw_clock import RedrawClock, Turn
from .back_button import BackButton
from .lane import DOT, Mark, Place, arrange
from .story import Story
from .story_texts import Words, words_of

if TYPE_CHECKING:
    from ...insight.story import Moment
    from ...session.run_in_view import RunInView
    from ...session.session import Session
    from ..plots.graph import Graph

_HEIGHT = 32
_LINE = 7  # how far down the dots are
_LABELS = 13  # and the labels begin
_REACH = DOT + 3  # pixels around a dot that belong to it


class StoryStrip(QWidget):
    """The moments of the run in view, below the loss at their batches.

    Hovering one shows where it was and the whole sentence; a click lets the pad be answered by
    the weights of then, another click, or Esc, by those of now. The arrow keys go from one to the
    next, and Enter does what a click does.

    Parameters
    ----------
    session : Session
        Whose run is told, and who answers on the pad.
    graph : Graph
        The plot above, whose x axis is the lane's.
    clock : RedrawClock
        Redraws it.

    Attributes
    ----------
    turn : Turn
        To be marked when there is something new to show.
    back : BackButton
        Knows whose weights answer.
    """

    def __init__(
        self, session: Session, graph: Graph, clock: RedrawClock, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._graph = graph
        self._scale = XScale()
        self._story = Story(session)
        self._drawn: tuple[object, ...] = ()  # what decides how it looks
        self._moments: tuple[Moment, ...] = ()
        self._known: tuple[bool, ...] = ()  # whether their weights are there
        self._words: tuple[Words, ...] = ()
        self._places: list[Place] = []
        self._current = -1  # the place that is hovered or has the keyboard's attention
        self._line = CrossLine(graph)
        self.turn = Turn(clock, self, self._draw)
        self.back = BackButton(session, self)
        self.setObjectName("storyStrip")
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        theme.NumberFont(self, 9)
        theme.notifier().changed.connect(self._restyle)
        self._restyle()
        self._connect()

    @Slot()
    def _restyle(self) -> None:
        self._drawn = ()
        self.setFixedHeight(theme.scaled(_HEIGHT))
        self.turn.mark_dirty()

    def _connect(self) -> None:
        session = self._session
        session.run_started.connect(self._on_run_started)
        session.network_changed.connect(self._on_network_changed)
        session.drawing.changed.connect(self._on_drawing_changed)
        self.back.changed.connect(self._on_recalled)
        self._graph.view_box.sigRangeChanged.connect(self._on_range_changed)
        self._graph.view_box.sigResized.connect(self._on_graph_resized)

    @property
    def moments(self) -> tuple[Moment, ...]:
        """What is told as of the last redraw."""
        return self._moments

    @property
    def places(self) -> list[Place]:
        """Where the moments are; a place's marks are indices of :attr:`moments`."""
        return self._places

    def set_scale(self, scale: XScale) -> None:
        """Lie below another x axis."""
        self._scale = scale
        self.turn.mark_dirty()

    # --- what the session tells ------------------------------------------------------------

    @Slot(object)
    def _on_run_started(self, _run: object) -> None:
        self._story.begin()
        # They were another run's.
        self._drawn, self._moments, self._words, self._places = (), (), (), []
        self._point_at(-1)
        self.turn.mark_dirty()

    @Slot()
    def _on_network_changed(self) -> None:
        if self.isVisible():
            self._story.follow()
            self.turn.mark_dirty()

    @Slot()
    def _on_recalled(self) -> None:
        self._place_back()
        self.turn.mark_dirty()

    @Slot()
    def _on_drawing_changed(self) -> None:
        self.turn.mark_dirty()

    @Slot(object, object)
    def _on_range_changed(self, _view_box: object, _ranges: object) -> None:
        self.turn.mark_dirty()

    @Slot(object)
    def _on_graph_resized(self, _view_box: object) -> None:
        self._arrange()

    # --- drawing ---------------------------------------------------------------------------

    def _draw(self) -> None:
        run, moments = self._session.run, self._story.look()
        known = tuple(map(self._story.has_weights_of, moments))
        ended = run is None or not run.status.active
        view = self._graph.visible_range()[0], self._graph.area(), self._scale, self.width()
        state = (moments, known, ended, self.back.moment, *view)
        if state == self._drawn:
            return  # as most of the time
        self._drawn, self._moments, self._known = state, moments, known
        if run is None:
            self._words = ()
        else:
            names = DATASETS[run.config.data.dataset].class_names
            self._words = tuple(words_of(each, run.history, names, ended=ended) for each in moments)
        self._arrange()
        told = [self._words[index].label for place in self._places for index in place.marks]
        self.setAccessibleName(", ".join([self.tr("Moments of the training"), *told]))

    def _arrange(self) -> None:
        """Put what is told at its place below the plot as it is now."""
        run = self._session.run
        self._places = self._places_of(run) if run is not None and self._words else []
        self._current = min(self._current, len(self._places) - 1)
        self._draw_line()
        self.update()

    def _places_of(self, run: RunInView) -> list[Place]:
        area = self._graph.area()
        left, right = self._of_graph(area.left()) - DOT, self._of_graph(area.right()) + DOT
        if self.back.moment is not None:
            right = min(right, self.back.x() - DOT)
        metrics = QFontMetrics(self.font())
        steps = [moment.step for moment in self._moments]
        marks = [
            Mark(
                self._of_graph(self._graph.pixel_of(x)),
                metrics.horizontalAdvance(words.label),
                list(type(moment.kind)).index(moment.kind),
            )
            for x, words, moment in zip(
                self._scale.positions(run.history, steps).tolist(),
                self._words,
                self._moments,
                strict=True,
            )
        ]
        return arrange(marks, left, right)

    def _of_graph(self, x: int) -> int:
        """Return the strip's pixel column below one of the graph's."""
        return self.mapFromGlobal(self._graph.mapToGlobal(QPoint(x, 0))).x()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the dots, filled where there is a way back, and the labels."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(theme.color("line"))
        area = self._graph.area()
        left, right = self._of_graph(area.left()), self._of_graph(area.right())
        painter.drawLine(left, _LINE, right, _LINE)
        for position, place in enumerate(self._places):
            words = self._words[place.marks[0]]
            color = theme.color(words.token)
            painter.setPen(QPen(color, 1.5))
            painter.setBrush(color if self._leads_back(place) else theme.color("surface"))
            painter.drawEllipse(QPoint(place.x, _LINE), DOT - 1, DOT - 1)
            recalled = any(self._moments[each] == self.back.moment for each in place.marks)
            if recalled or (position == self._current and self.hasFocus()):
                painter.setPen(QPen(theme.color("accent"), 1.5))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawEllipse(QPoint(place.x, _LINE), DOT + 2, DOT + 2)
            if place.label is not None:
                painter.setPen(theme.color("text" if position == self._current else "dim"))
                room = QRect(place.label, _LABELS, right, self.height() - _LABELS)
                painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, words.label)

    def sizeHint(self) -> QSize:
        """Return one line."""
        return QSize(200, self.minimumHeight())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Arrange the labels in the new width."""
        super().resizeEvent(event)
        self._place_back()
        self._arrange()
        self.turn.mark_dirty()

    def showEvent(self, event: QShowEvent) -> None:
        """Look at what came while it was hidden."""
        super().showEvent(event)
        self._story.follow()
        self.turn.mark_dirty()

    def hideEvent(self, event: QHideEvent) -> None:
        """Claim nothing of what nobody looked at."""
        super().hideEvent(event)
        self._story.rest()
        self._point_at(-1)

    # --- pointing --------------------------------------------------------------------------

    def _place_at(self, x: int) -> int:
        metrics = QFontMetrics(self.font())
        for position, place in enumerate(self._places):
            low, high = place.x - _REACH, place.x + _REACH
            if place.label is not None:
                label = self._words[place.marks[0]].label
                low = min(low, place.label)
                high = max(high, place.label + metrics.horizontalAdvance(label))
            if low <= x <= high:
                return position
        return -1

    def _point_at(self, position: int) -> None:
        """Show in the plot where a moment was, and say all there is to say; -1 for none."""
        self._current = position
        self.update()
        if position < 0:
            self._line.hide()
            QToolTip.hideText()
            self.unsetCursor()
            return
        place = self._places[position]
        self._draw_line()
        sentences = [self._words[index].sentence for index in place.marks]
        if self._leads_back(place):
            self.setCursor(Qt.CursorShape.PointingHandCursor)
            sentences.append(self.tr("Click: the pad is answered as it was then."))
        else:
            self.unsetCursor()
        self.setAccessibleDescription(" ".join(sentences))
        point = self.mapToGlobal(QPoint(place.x, self.height()))
        QToolTip.showText(point, "\n".join(sentences), self)

    def _draw_line(self) -> None:
        """Put the line in the plot where the current moment is now."""
        if self._current >= 0:
            area = self._graph.area()
            x = self._places[self._current].x
            column = self._graph.mapFromGlobal(self.mapToGlobal(QPoint(x, 0))).x()
            self._line.setGeometry(column, area.top(), 1, area.height())
        self._line.setVisible(self._current >= 0)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Show the moment under the pointer."""
        position = self._place_at(event.position().toPoint().x())
        if position != self._current:
            self._point_at(position)

    def leaveEvent(self, event: QEvent) -> None:
        """Show none."""
        super().leaveEvent(event)
        self._point_at(-1)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the first moment if the focus came by the keyboard."""
        super().focusInEvent(event)
        by_key = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
        if event.reason() in by_key and self._places:
            self._point_at(0)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Show none."""
        super().focusOutEvent(event)
        self._point_at(-1)

    # --- going back ------------------------------------------------------------------------

    def _leads_back(self, place: Place) -> bool:
        return self._known[place.marks[0]]

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go back to the moment under the pointer, or forth from it."""
        position = self._place_at(event.position().toPoint().x())
        if position >= 0 and event.button() == Qt.MouseButton.LeftButton:
            self._toggle(position)

    def _toggle(self, position: int) -> None:
        place = self._places[position]
        moments = [self._moments[each] for each in place.marks]
        if self.back.moment in moments:
            self.back.go_back()
        elif (snapshot := self._story.snapshot(moments[0])) is not None:
            self.back.recall(moments[0], snapshot)

    def _place_back(self) -> None:
        self.back.move(
            self.width() - self.back.width() - 4, (self.height() - self.back.height()) // 2
        )

    def event(self, event: QEvent) -> bool:
        """Take Esc for itself while there is something to go back from; else it stops the run."""
        if (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.ShortcutOverride
            and event.key() == Qt.Key.Key_Escape
            and self.back.moment is not None
        ):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go from moment to moment, back to one, and forth."""
        last = len(self._places) - 1
        steps = {
            Qt.Key.Key_Left: max(0, self._current - 1),
            Qt.Key.Key_Right: min(last, self._current + 1),
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: last,
        }
        key = Qt.Key(event.key())
        if key in steps and self._places:
            self._point_at(steps[key])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self._current >= 0:
            self._toggle(self._current)
        elif key == Qt.Key.Key_Escape and self.back.moment is not None:
            self.back.go_back()
        else:
            super().keyPressEvent(event)

"""The base of all live plots: when to draw, what is visible, and what the pointer reads."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Slot
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QToolButton, QWidget

from ..number_text import grouped
from ..widgets import Card
from .graph import Graph
from .hover import CrossLine, Readout, Row
from .legend import Legend
from .plotted_run import PlotOptions
from .redraw_clock import RedrawClock
from .unit_text import unit_text
from .x_follower import Track, XFollower
from .x_units import XScale

if TYPE_CHECKING:
    from ...training.history import History

YRange = tuple[float, float]
HEADER_HEIGHT = 24
_MOST_COLUMNS = 1000


class LivePlot(Card):
    """A card with one plot of a run's history.

    New data only mark it dirty; the clock calls :meth:`redraw`. It follows the run until the user
    zooms or moves the view; a double click or the Follow button makes it follow again.

    Subclasses draw in :meth:`_draw` and read values in :meth:`_read_step`.

    Parameters
    ----------
    title : str
        Shown above the plot.
    clock : RedrawClock
        Redraws it.
    suffix : str
        Written behind the numbers of the y axis.
    """

    def __init__(
        self, title: str, clock: RedrawClock, suffix: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent=parent)
        self._clock = clock
        self._history: History | None = None
        self._total_steps: int | None = None
        self._options = PlotOptions()
        self._x_follower = XFollower()
        self._ended = False
        self._following = True
        self._dirty = True
        self._redraw_seconds = 0.0
        self.legend = Legend()
        self.header.addWidget(self._make_title(title))
        self.header.addSpacing(4)
        self.header.addWidget(self.legend, 1)
        self.header.addStrut(HEADER_HEIGHT)
        self.body.addLayout(self.header)
        self.graph = Graph(suffix, self)
        self.graph.view_box.setLimits(
            xMin=-1e9, xMax=1e12, yMin=-1e9, yMax=1e9, minXRange=1e-4, minYRange=1e-6
        )
        self.body.addWidget(self.graph, 1)
        self.body.setContentsMargins(14, 8, 6, 6)
        self.body.setSpacing(2)
        self.graph.set_x_unit(unit_text(self._options.scale.unit))
        self._cross_line = CrossLine(self.graph)
        self.readout = Readout(self.graph)
        self._pointer: QPointF | None = None
        self.follow_button = self._make_follow_button()
        self.graph.hovered.connect(self._on_hovered)
        self.graph.hover_ended.connect(self._on_hover_ended)
        self.graph.moved_by_user.connect(self._on_moved_by_user)
        self.graph.double_clicked.connect(self.follow)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)

    # --- what is shown ---------------------------------------------------------------------

    def show_history(self, history: History | None, total_steps: int | None = None) -> None:
        """Show another run from its beginning, and follow it.

        Parameters
        ----------
        history : History, optional
            What has been recorded and will be; nothing is shown without.
        total_steps : int, optional
            Updates planned; the x axis goes no further.
        """
        self._history = history
        self._total_steps = total_steps
        self._x_follower = XFollower()
        self._ended = False
        self._start()
        self.follow()

    @property
    def options(self) -> PlotOptions:
        """What the user chose for all plots of the view."""
        return self._options

    @Slot(object)
    def set_options(self, options: PlotOptions) -> None:
        """Draw differently; the view follows again if the x axis is another."""
        other_axis = options.scale != self._options.scale
        self._options = options
        if other_axis:
            self._x_follower = XFollower()
            self.graph.set_logarithmic(x=options.scale.logarithmic)
            self.graph.set_x_unit(unit_text(options.scale.unit))
            self.follow()
        else:
            self.redraw()

    def set_ended(self, ended: bool) -> None:
        """Fit the x axis to the data when the run has ended, or leave room for more."""
        if ended != self._ended:
            self._ended = ended
            self.mark_dirty()

    def mark_dirty(self) -> None:
        """Have it redrawn at the clock's next turn."""
        self._dirty = True
        if self.isVisible():
            self._clock.wake()

    def wants_redraw(self) -> bool:
        """Whether it is out of date and can be seen."""
        return self._dirty and self.isVisible() and not self.window().isMinimized()

    @property
    def frame_seconds(self) -> float:
        """Time that the last redraw and the last painting took."""
        return self._redraw_seconds + self.graph.paint_seconds

    def redraw(self) -> None:
        """Draw the history as it is now."""
        start = time.perf_counter()
        self._dirty = False
        self._update_view()
        self._redraw_seconds = time.perf_counter() - start

    def _update_view(self) -> None:
        tracks = self._tracks()
        if not tracks:
            self._clear()
            if self._following:
                self.graph.set_range((0.0, 1.0), self._empty_y_range())
            return
        x_range, y_range = self.graph.visible_range()
        if self._following:
            x_range = self._x_follower.range_of(tracks, self._scale)
            self.graph.set_range(x_range, y_range)  # what is drawn depends on a pixel's size
        y_range = self._draw(x_range)
        if self._following:
            self.graph.set_range(x_range, y_range)
        if self._pointer is not None:
            self._show_readout(self._pointer)

    # --- following -------------------------------------------------------------------------

    @property
    def following(self) -> bool:
        """Whether the view follows the run."""
        return self._following

    @Slot()
    def follow(self) -> None:
        """Show the whole run and go on following it."""
        self._set_following(True)

    def _set_following(self, following: bool) -> None:
        self._following = following
        self.follow_button.setChecked(following)
        self._place_follow_button()
        self.redraw()

    @Slot(bool)
    def _on_follow_clicked(self, checked: bool) -> None:
        self._set_following(checked)

    @Slot()
    def _on_moved_by_user(self) -> None:
        if self._tracks():
            self._set_following(False)
        else:
            self.follow()

    def _tracks(self) -> list[Track]:
        """Return every history that has begun."""
        if self._history is None or not self._history.step:
            return []
        return [Track(self._history, self._total_steps, self._ended)]

    def _make_follow_button(self) -> QToolButton:
        button = QToolButton(self.graph)
        button.setObjectName("followButton")
        button.setText(self.tr("Follow"))
        button.setToolTip(
            self.tr(
                "Show the whole run and keep up with it. Zooming with the wheel or dragging ends "
                "this; a double click on the plot begins it again."
            )
        )
        button.setCheckable(True)
        button.setChecked(True)
        button.clicked.connect(self._on_follow_clicked)
        return button

    def _place_follow_button(self) -> None:
        """Float in the plot's corner, only where there is something to bring back."""
        button = self.follow_button
        if button.parent() is self.graph:
            button.adjustSize()
            button.move(self.graph.width() - button.width() - 14, 10)
            button.setVisible(not self._following)

    # --- the pointer -----------------------------------------------------------------------

    @Slot(QPointF)
    def _on_hovered(self, point: QPointF) -> None:
        self._pointer = point
        self._show_readout(point)

    @Slot()
    def _on_hover_ended(self) -> None:
        self._pointer = None
        self._cross_line.hide()
        self.readout.hide()

    def _show_readout(self, point: QPointF) -> None:
        area = self.graph.area()
        if not self._tracks() or not area.contains(point.toPoint()):
            self._cross_line.hide()
            self.readout.hide()
            return
        place = self.graph.position_at(point)
        x, rows = self._read(place.x(), place.y())
        column = self.graph.pixel_of(x)
        if not area.left() <= column <= area.right():
            self._on_hover_ended()
            return
        self._cross_line.setGeometry(column, area.top(), 1, area.height())
        self._cross_line.show()
        self.readout.show_rows(rows, point.toPoint(), area)

    def _read(self, x: float, _y: float) -> tuple[float, tuple[Row, ...]]:
        """Return the place nearest to the pointer that has values, and these."""
        history = self._history
        assert history is not None
        step = self._scale.nearest_step(history, x)
        rows = (self._place_row(history, step), *self._read_step(history, step))
        return float(self._scale.positions(history, step)), rows

    def _place_row(self, history: History, step: int) -> Row:
        epoch = (step - 1) // history.batches_per_epoch + 1
        text = self.tr("epoch {0}, batch {1}")
        batch = step - (epoch - 1) * history.batches_per_epoch
        return Row("", text.format(epoch, grouped(batch)), "")

    # --- for subclasses --------------------------------------------------------------------

    @property
    def _scale(self) -> XScale:
        return self._options.scale

    def _columns(self) -> int:
        """Return how many columns a curve of noise is reduced to: one or two pixels each."""
        return min(max(100, self.graph.area().width()), _MOST_COLUMNS)

    def _make_title(self, title: str) -> QWidget:
        label = QLabel(title.upper())
        label.setProperty("role", "title")
        return label

    def _start(self) -> None:
        """Forget what was worked out for the last run."""

    def _clear(self) -> None:
        """Empty all curves."""
        raise NotImplementedError

    def _draw(self, x_range: tuple[float, float]) -> YRange:
        """Give the curves what lies between two coordinates; there is something to draw.

        Returns
        -------
        tuple of float
            The y range to use while following.
        """
        raise NotImplementedError

    def _read_step(self, history: History, step: int) -> tuple[Row, ...]:
        """Return the values of the run in view at a step."""
        raise NotImplementedError

    def _empty_y_range(self) -> YRange:
        return 0.0, 1.0

    # --- Qt --------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what came while it was hidden."""
        super().showEvent(event)
        self.mark_dirty()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the floating button in its corner, and as many columns as there are pixels."""
        super().resizeEvent(event)
        self._place_follow_button()
        self.mark_dirty()


def quiet_button(button: QToolButton) -> QToolButton:
    """Give a button in a plot's header its quiet look."""
    button.setProperty("quiet", True)
    return button


def toggle_button(name: str, text: str, tool_tip: str) -> QToolButton:
    """Return a quiet button that stays pressed."""
    button = quiet_button(QToolButton())
    button.setObjectName(name)
    button.setText(text)
    button.setToolTip(tool_tip)
    button.setCheckable(True)
    return button
